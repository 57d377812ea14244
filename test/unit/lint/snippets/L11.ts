import type { Snippets } from "./snippets";

export const L11: Snippets = {
  bad: [
    {
      what: "keepdims, then [..., 1:] (keras.ops)",
      code: `import keras
from keras import ops


class ForegroundDice(keras.losses.Loss):
    def call(self, y_true, y_pred):
        fg = ops.sum(y_pred, axis=-1, keepdims=True)
        fg = fg[..., 1:]
        inter = ops.sum(y_true[..., 1:] * fg)
        return 1 - (2 * inter + 1.0) / (ops.sum(y_true[..., 1:]) + ops.sum(fg) + 1.0)
`,
      begins: "fg[..., 1:]",
    },
    {
      what: "cldice on 1 channel",
      code: `import torch
def soft_dice_cldice(y_true, y_pred):
    y_pred = torch.sigmoid(y_pred)
    yp = y_pred[:, 1:, ...]
    yt = y_true[:, 1:, ...]
    i = (yp * yt).sum()
    return 1 - (2 * i + 1) / (yp.sum() + yt.sum() + 1)
net = torch.nn.Conv2d(3, 1, 1)
for x, y in loader:
    loss = soft_dice_cldice(y, net(x))
    loss.backward()
`,
      begins: "y_pred[:, 1:, ...]",
    },
    {
      what: "keras 1-channel slice",
      code: `import tensorflow as tf
def fg_dice(y_true, y_pred):
    t = y_true[..., 1:]
    p = y_pred[..., 1:]
    i = tf.reduce_sum(t * p, axis=[1, 2])
    return 1 - tf.reduce_mean((2 * i + 1) / (tf.reduce_sum(t + p, axis=[1, 2]) + 1))
inp = tf.keras.Input((64, 64, 3))
out = tf.keras.layers.Conv2D(1, 1, activation='sigmoid')(inp)
model = tf.keras.Model(inp, out)
model.compile('adam', loss=fg_dice)
`,
      begins: "y_pred[..., 1:]",
    },
  ],
  good: [
    {
      what: "multi",
      code: `import tensorflow as tf
def fg(y_true, y_pred):
    t, p = y_true[..., 1:], y_pred[..., 1:]
    i = tf.reduce_sum(t * p, axis=[0, 1, 2])
    return 1 - tf.reduce_mean((2 * i + 1e-5) / (tf.reduce_sum(t + p, axis=[0, 1, 2]) + 1e-5))
inp = tf.keras.Input((64, 64, 3))
out = tf.keras.layers.Conv2D(3, 1, activation='softmax')(inp)
m = tf.keras.Model(inp, out)
m.compile('adam', fg)
`,
    },
    {
      what: "background left out of all classes",
      code: `import torch


def fg_dice_loss(pred, target):
    p = torch.softmax(pred, dim=1)[:, 1:]
    t = target[:, 1:]
    inter = (p * t).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((p + t).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "a new axis, then all of it",
      code: `import torch


def lesion_loss(pred, target):
    p = torch.sigmoid(pred)[:, 0].unsqueeze(1)
    p = p[:, 0:]
    return 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)
`,
      notes: ["L21"],
    },
    {
      what: "only when there are several channels",
      code: `import torch
from torch import nn


class DiceLoss(nn.Module):
    def __init__(self, include_background=True):
        super().__init__()
        self.include_background = include_background

    def forward(self, input, target):
        n_pred_ch = input.shape[1]
        input = torch.sigmoid(input) if n_pred_ch == 1 else torch.softmax(input, 1)
        if not self.include_background and n_pred_ch > 1:
            input, target = input[:, 1:], target[:, 1:]
        inter = (input * target).sum((0, 2, 3))
        return 1 - ((2 * inter + 1e-5) / ((input + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "background left out behind, a new axis in front (TensorFlow)",
      code: `import tensorflow as tf


def fg_loss(y_true, y_pred):
    p = tf.nn.softmax(y_pred)[..., 1:]
    t = y_true[..., 1:]
    inter = tf.reduce_sum(p * t, axis=[0, 1, 2])
    total = tf.reduce_sum(p + t, axis=[0, 1, 2])
    score = tf.expand_dims((2 * inter + 1e-5) / (total + 1e-5), 0)
    return 1 - tf.reduce_mean(score[:, 0:])
`,
      notes: ["L21"],
    },
    {
      what: "[1:] of a list of outputs, the first being the full size",
      code: `import torch


def deep_loss(outputs, target):
    losses = []
    for out in outputs[1:]:
        p = torch.softmax(out, 1)
        losses.append(1 - 2 * (p * target).sum() / (p.sum() + target.sum()))
    return sum(losses) / len(losses)
`,
    },
  ],
};
