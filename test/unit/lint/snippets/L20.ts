import type { Snippets } from "./snippets";

export const L20: Snippets = {
  bad: [
    {
      what: "by presence (JAX)",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels):
    p = jax.nn.softmax(logits)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    dice = 2 * inter / (jnp.sum(p + labels, axis=(0, 1, 2)) + 1e-7)
    present = jnp.sum(labels, axis=(0, 1, 2)) > 0
    return jnp.mean((1 - dice) * present)
`,
      begins: "(1 - dice) * present",
    },
    {
      what: "smp binary",
      code: `import segmentation_models_pytorch as smp
loss_fn = smp.losses.DiceLoss(mode="binary")
for x, y in loader:
    loss = loss_fn(net(x), y)
    loss.backward()
`,
      begins: "smp.losses.DiceLoss(mode=\"bina",
    },
    {
      what: "tf boolean",
      code: `import tensorflow as tf
def dl(y, p):
    v = tf.reduce_sum(y, axis=[1, 2, 3])
    i = tf.reduce_sum(y * p, axis=[1, 2, 3])
    s = tf.reduce_sum(y + p, axis=[1, 2, 3])
    l = 1 - (2 * i + 1.) / (s + 1.)
    return tf.reduce_mean(tf.where(v > 0, l, tf.zeros_like(l)))
model.compile('adam', loss=dl)
`,
      begins: "tf.where(v > 0, l, tf.zeros_li",
    },
  ],
  good: [
    {
      what: "the mask weighs voxels, not classes",
      code: `import torch


def masked_dice_loss(pred, target, ignore_index=255):
    valid = (target != ignore_index).float()
    p = torch.softmax(pred, 1)[:, 1] * valid
    t = (target == 1).float() * valid
    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)
`,
      notes: ["L21"],
    },
    {
      what: "absent classes get a term of their own",
      code: `import torch


def dice_loss(pred, target):
    p = torch.softmax(pred, 1)
    inter = (p * target).sum((0, 2, 3))
    dice = (2 * inter + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)
    present = target.sum((0, 2, 3)) > 0
    loss = torch.where(present, 1 - dice, p.mean((0, 2, 3)))
    return loss.mean()
`,
      notes: ["L21"],
    },
    {
      what: "weights by volume, never 0",
      code: `import tensorflow as tf


def dice_loss(y_true, y_pred):
    volume = tf.reduce_sum(y_true, axis=[1, 2])
    w = tf.sqrt(volume + 1.0)
    dice = (2 * tf.reduce_sum(y_true * y_pred, axis=[1, 2]) + 1e-5) / (tf.reduce_sum(y_true + y_pred, axis=[1, 2]) + 1e-5)
    return tf.reduce_sum(w * (1 - dice)) / tf.reduce_sum(w)
`,
      notes: ["L16"],
    },
    {
      what: "classes chosen by the user",
      code: `import torch
from torch import nn


class DiceLoss(nn.Module):
    def __init__(self, classes=None):
        super().__init__()
        self.classes = classes

    def forward(self, y_pred, y_true):
        p = y_pred.softmax(1)
        inter = (p * y_true).sum((0, 2, 3))
        loss = 1 - (2 * inter + 1e-5) / ((p + y_true).sum((0, 2, 3)) + 1e-5)
        if self.classes is not None:
            loss = loss[self.classes]
        return loss.mean()
`,
      notes: ["L21"],
    },
    {
      what: "present classes are counted for a log (JAX)",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels):
    p = jax.nn.softmax(logits)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    dice = (2 * inter + 1e-5) / (jnp.sum(p + labels, axis=(0, 1, 2)) + 1e-5)
    present = jnp.sum(labels, axis=(0, 1, 2)) > 0
    return 1 - jnp.mean(dice), {"classes": jnp.sum(present)}
`,
      notes: ["L21"],
    },
  ],
};
