import type { Snippets } from "./snippets";

export const L30: Snippets = {
  bad: [
    {
      what: "gamma of a library (smp)",
      code: `import segmentation_models_pytorch as smp
loss = smp.losses.TverskyLoss(mode="multiclass", alpha=0.7, beta=0.3, gamma=4 / 3)
`,
      begins: "smp.losses.TverskyLoss",
    },
    {
      what: "jax.numpy",
      code: `import jax
import jax.numpy as jnp


def focal_jaccard_loss(logits, labels, gamma=2.0):
    p = jax.nn.softmax(logits)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    score = (inter + 1e-5) / (jnp.sum(p + labels, axis=(0, 1, 2)) - inter + 1e-5)
    return jnp.mean(1 - score) ** gamma
`,
      begins: "jnp.mean(1 - score) ** gamma",
    },
    {
      what: "the mean under a name",
      begins: "loss ** gamma",
      code: `import torch

def focal_dice_loss(pred, target, gamma=2.0):
    i = (pred * target).sum((0, 2, 3))
    score = (2 * i + 1e-5) / ((pred + target).sum((0, 2, 3)) + 1e-5)
    loss = (1 - score).mean()
    return loss ** gamma
`,
    },
    {
      what: "1 minus the mean",
      begins: "torch.pow(1 - score.mean(), gamma)",
      code: `import torch

def focal_dice_loss(pred, target, gamma=2.0):
    i = (pred * target).sum((0, 2, 3))
    score = (2 * i + 1e-5) / ((pred + target).sum((0, 2, 3)) + 1e-5)
    return torch.pow(1 - score.mean(), gamma)
`,
    },
    {
      what: "the power as a method of the mean",
      begins: "torch.mean(1 - score).pow(gamma)",
      code: `import torch

def focal_dice_loss(pred, target, gamma=2.0):
    i = (pred * target).sum((0, 2, 3))
    score = (2 * i + 1e-5) / ((pred + target).sum((0, 2, 3)) + 1e-5)
    return torch.mean(1 - score).pow(gamma)
`,
    },
    {
      what: "focal after mean",
      code: `import torch
import torch.nn.functional as F
class Focal(torch.nn.Module):
    def forward(self, logits, target, gamma=2):
        ce = F.cross_entropy(logits, target)
        pt = torch.exp(-ce)
        return (1 - pt) ** gamma * ce
`,
      begins: "(1 - pt) ** gamma",
    },
    {
      what: "focal tversky of mean",
      code: `import torch
def focal_tversky(p, t, gamma=1.5):
    tp = (p * t).sum((0, 2, 3))
    fp = (p * (1 - t)).sum((0, 2, 3))
    fn = ((1 - p) * t).sum((0, 2, 3))
    ti = ((tp + 1e-5) / (tp + .3 * fp + .7 * fn + 1e-5)).mean()
    return (1 - ti) ** gamma
`,
      begins: "(1 - ti) ** gamma",
    },
  ],
  good: [
    {
      what: "gamma of a library with one class (smp)",
      code: `import segmentation_models_pytorch as smp
loss = smp.losses.TverskyLoss(mode="binary", alpha=0.7, beta=0.3, gamma=4 / 3)
`,
    },
    {
      what: "ce squared penalised",
      code: `import torch.nn.functional as F
def loss_fn(pred, target):
    l = F.mse_loss(pred, target)
    return l ** 0.5
`,
    },
    {
      what: "temperature power",
      code: `import torch
import torch.nn.functional as F
def ppl_loss(logits, target):
    ce = F.cross_entropy(logits, target)
    return torch.exp(ce)
`,
    },
    {
      what: "the power of each class, then the mean",
      code: `import torch


class FocalTverskyLoss(torch.nn.Module):
    def __init__(self, gamma=4 / 3):
        super().__init__()
        self.gamma = gamma

    def forward(self, pred, target):
        p = pred.softmax(1)
        tp = (p * target).sum((0, 2, 3))
        loss = 1 - (tp + 1e-5) / ((p + target).sum((0, 2, 3)) - tp + 1e-5)
        return (loss ** self.gamma).mean()
`,
      notes: ["L21"],
    },
    {
      what: "one class: its loss to the power",
      code: `from tensorflow.keras import backend as K


def focal_tversky_loss(y_true, y_pred, gamma=1.5):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    tp = K.sum(t * p)
    return K.pow(1 - (tp + 1) / (0.5 * K.sum(t) + 0.5 * K.sum(p) + 1), gamma)
`,
    },
    {
      what: "a mean of the batch per class, then the power, then the mean over classes",
      code: `import torch


def focal_dice_loss(pred, target, gamma=2.0):
    p = pred.softmax(1)
    inter = (p * target).sum((0, 2, 3))
    dice = (2 * inter + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)
    per_class = 1 - dice
    return torch.pow(per_class, gamma).mean()
`,
      notes: ["L21"],
    },
    {
      what: "gamma of a focal cross-entropy, the mean afterwards",
      code: `import tensorflow as tf


def focal_loss(y_true, y_pred, gamma=2.0):
    y_pred = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
    ce = -y_true * tf.math.log(y_pred)
    return tf.reduce_mean(tf.reduce_sum(tf.pow(1 - y_pred, gamma) * ce, axis=-1))
`,
    },
    {
      what: "the mean's square for a log, without gamma (JAX)",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels):
    p = jax.nn.softmax(logits)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    dice = (2 * inter + 1e-5) / (jnp.sum(p + labels, axis=(0, 1, 2)) + 1e-5)
    return jnp.mean((1 - dice) ** 2)
`,
      notes: ["L21"],
    },
  ],
};
