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
  ],
  good: [
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
