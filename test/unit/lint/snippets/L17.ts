import type { Snippets } from "./snippets";

export const L17: Snippets = {
  bad: [
    {
      what: "1.0 in a closure (tf.keras)",
      code: `import tensorflow as tf


def make_dice_loss(smooth=1.0):
    @tf.function
    def dice_loss(y_true, y_pred):
        inter = tf.reduce_sum(y_true * y_pred, axis=[1, 2])
        total = tf.reduce_sum(y_true, axis=[1, 2]) + tf.reduce_sum(y_pred, axis=[1, 2])
        return 1.0 - tf.reduce_mean((2.0 * inter + smooth) / (total + smooth))

    return dice_loss


model.compile(optimizer="adam", loss=make_dice_loss())
`,
      begins: "(2.0 * inter",
    },
    {
      what: "torch 1000 class constant",
      code: `import torch
SMOOTH = 1000.
def dice_loss(pred, target):
    pred = torch.sigmoid(pred)
    i = (pred * target).sum(dim=(1, 2, 3))
    return 1 - ((2 * i + SMOOTH) / (pred.sum((1, 2, 3)) + target.sum((1, 2, 3)) + SMOOTH)).mean()
`,
      begins: "(2 * i + SMOOTH) / (pred.sum((",
    },
    {
      what: "smp smooth",
      code: `import segmentation_models_pytorch as smp
loss = smp.losses.DiceLoss(mode='multiclass', smooth=100.0)
`,
      begins: "smp.losses.DiceLoss(mode='mult",
    },
    {
      what: "mean instead of sum smooth 1",
      code: `import torch
def dice(p, t):
    p = p.sigmoid()
    i = (p * t).mean(dim=(1, 2, 3))
    d = p.mean(dim=(1, 2, 3)) + t.mean(dim=(1, 2, 3))
    return 1 - ((2 * i + 1.) / (d + 1.)).mean()
`,
      begins: "(2 * i + 1.) / (d + 1.)",
    },
  ],
  good: [
    {
      what: "1 for the whole batch and all of one class",
      code: `from tensorflow.keras import backend as K


def dice_coef(y_true, y_pred, smooth=1):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    inter = K.sum(y_true_f * y_pred_f)
    return (2.0 * inter + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_coef_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)


model.compile("adam", loss=dice_coef_loss, metrics=[dice_coef])
`,
      notes: ["L21"],
    },
    {
      what: "1e-5 per image and class",
      code: `import torch


def dice_loss(pred, target, smooth=1e-5):
    p = pred.softmax(dim=1)
    inter = (p * target).sum(dim=(2, 3))
    return 1 - ((2 * inter + smooth) / ((p + target).sum(dim=(2, 3)) + smooth)).mean()
`,
      notes: ["L16"],
    },
    {
      what: "smooth=1.0 by default, 1e-6 where it is made",
      code: `import torch
from torch import nn


class DiceLoss(nn.Module):
    def __init__(self, smooth: float = 1.0):
        super().__init__()
        self.smooth = smooth

    def forward(self, pred, target):
        p = pred.softmax(dim=1)
        inter = (p * target).flatten(2).sum(-1)
        total = p.flatten(2).sum(-1) + target.flatten(2).sum(-1)
        return 1 - ((2 * inter + self.smooth) / (total + self.smooth)).mean()


criterion = DiceLoss(smooth=1e-6)
`,
      notes: ["L16"],
    },
    {
      what: "1 in the batch's sums (MONAI's batch=True)",
      code: `import torch


def batch_dice_loss(pred, target):
    p = torch.softmax(pred, 1)
    inter = (p * target).sum(dim=(0, 2, 3))
    total = p.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
    return 1 - ((2 * inter + 1.0) / (total + 1.0)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "1 added to the volume of a weight",
      code: `import jax.numpy as jnp


def weighted_dice_loss(preds, labels):
    w = 1.0 / (1.0 + jnp.sum(labels, axis=(0, 1, 2)))
    inter = jnp.sum(preds * labels, axis=(0, 1, 2))
    total = jnp.sum(preds + labels, axis=(0, 1, 2)) + 1e-7
    return jnp.sum(w * (1 - 2 * inter / total)) / jnp.sum(w)
`,
      notes: ["L19", "L21"],
    },
  ],
};
