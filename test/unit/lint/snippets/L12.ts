import type { Snippets } from "./snippets";

export const L12: Snippets = {
  bad: [
    {
      what: "where an option says so",
      code: `import torch
import torch.nn.functional as F
def loss(logits, target, include_background=False):
    if not include_background:
        logits = logits[:, 1:]
        target = target[:, 1:]
    p = F.softmax(logits, dim=1)
    i = (p * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + target.sum((0, 2, 3)) + 1e-5)).mean()
`,
      begins: "F.softmax",
    },
    {
      what: "classes last (JAX)",
      code: `import jax
import jax.numpy as jnp


def fg_dice_loss(logits, labels):
    probs = jax.nn.softmax(logits[..., 1:], axis=-1)
    labels = labels[..., 1:]
    inter = jnp.sum(probs * labels, axis=(0, 1, 2))
    return 1 - jnp.mean((2 * inter + 1e-5) / (jnp.sum(probs + labels, axis=(0, 1, 2)) + 1e-5))
`,
      begins: "jax.nn.softmax(logits[..., 1:]",
    },
    {
      what: "sliced under its own name (PyTorch)",
      begins: "pred.softmax(dim=1)",
      code: `import torch

def fg_dice_loss(pred, target):
    pred = pred[:, 1:]
    target = target[:, 1:]
    p = pred.softmax(dim=1)
    i = (p * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / ((p + target).sum((0, 2, 3)) + 1)).mean()
`,
    },
    {
      what: "sliced and activated under its own name (PyTorch)",
      begins: "torch.softmax(pred, dim=1)",
      code: `import torch

def fg_dice_loss(pred, target):
    pred = pred[:, 1:, ...]
    pred = torch.softmax(pred, dim=1)
    i = (pred * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / ((pred + target).sum((0, 2, 3)) + 1)).mean()
`,
    },
  ],
  good: [
    {
      what: "after the softmax, where an option says so",
      code: `import torch
import torch.nn.functional as F
def loss(logits, target, include_background=False):
    p = F.softmax(logits, dim=1)
    if not include_background:
        p = p[:, 1:]
        target = target[:, 1:]
    i = (p * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + target.sum((0, 2, 3)) + 1e-5)).mean()
`,
    },
    {
      what: "softmax first, then the foreground",
      code: `import torch


def fg_dice_loss(pred, target):
    probs = torch.softmax(pred, dim=1)
    probs, target = probs[:, 1:], target[:, 1:]
    inter = (probs * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((probs + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "a sigmoid of the foreground: classes stand alone",
      code: `import torch


def fg_dice_loss(pred, target):
    probs = torch.sigmoid(pred[:, 1:])
    target = target[:, 1:]
    inter = (probs * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((probs + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "the first time step left out, not the first class",
      code: `import jax
import jax.numpy as jnp


def sequence_loss(logits, labels):
    logits = logits[1:]
    labels = labels[1:]
    logp = jax.nn.log_softmax(logits, axis=-1)
    return -jnp.mean(jnp.sum(labels * logp, axis=-1))
`,
    },
    {
      what: "MONAI's FocalLoss without the background, by sigmoids",
      code: `from monai.losses import FocalLoss

criterion = FocalLoss(include_background=False, to_onehot_y=True, gamma=2.0)
`,
      notes: ["L9"],
    },
    {
      what: "classes are dropped after the softmax (TensorFlow, functools.partial)",
      code: `import functools
import tensorflow as tf


def region_loss(y_true, y_pred, first=1):
    p = tf.nn.softmax(y_pred, axis=-1)[..., 1:]
    t = y_true[..., 1:]
    inter = tf.reduce_sum(t * p, axis=[0, 1, 2])
    return 1 - tf.reduce_mean((2 * inter + 1e-5) / (tf.reduce_sum(t + p, axis=[0, 1, 2]) + 1e-5))


model.compile("adam", loss=functools.partial(region_loss, first=1))
`,
      notes: ["L21"],
    },
  ],
};
