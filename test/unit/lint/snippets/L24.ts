import type { Snippets } from "./snippets";

export const L24: Snippets = {
  bad: [
    {
      what: "item assignment (Keras 3)",
      begins: "v[v == 0]",
      code: `import keras
from keras import ops

class MyDiceLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        v = ops.sum(y_true, axis=(1, 2))
        v[v == 0] = 1.0
        i = ops.sum(y_true * y_pred, axis=(1, 2)) / v
        return 1 - ops.mean(i)
`,
    },
    {
      what: "an update of items (JAX)",
      begins: "p[..., 0]",
      code: `import jax
import jax.numpy as jnp

def dice_loss(logits, labels):
    p = jax.nn.softmax(logits)
    p[..., 0] *= 0.5
    return 1 - jnp.mean(p * labels)
`,
    },
    {
      what: "masks, twice (PyTorch)",
      begins: "p[target == 255]",
      code: `import torch

def dice_loss(pred, target):
    p = torch.sigmoid(pred)
    p[target == 255] = 0
    p[p < 0.01] = 0
    i = (p * target).sum((0, 2, 3)) + 1e-5
    return 1 - (2 * i / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
    },
    {
      what: "self.weight /=",
      code: `import torch
import torch.nn as nn
class WDice(nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight
    def forward(self, logits, onehot):
        p = logits.softmax(1)
        self.weight /= self.weight.sum()
        self.weight[0] *= 0.5
        i = (p * onehot).sum((0, 2, 3))
        d = (p + onehot).sum((0, 2, 3))
        return (self.weight * (1 - (2 * i + 1e-5) / (d + 1e-5))).sum()
`,
      begins: "self.weight /= self.weight.sum",
    },
    {
      what: "mul_",
      code: `import torch
class L(torch.nn.Module):
    def __init__(self, class_weight):
        super().__init__()
        self.register_buffer("cw", class_weight)
    def forward(self, out, tgt):
        p = out.softmax(1)
        self.cw.mul_(1 / tgt.sum((0, 2, 3)).clamp(min=1))
        i = (p * tgt).sum((0, 2, 3))
        d = (p + tgt).sum((0, 2, 3))
        return (self.cw * (1 - (2 * i + 1e-5) / (d + 1e-5))).mean()
`,
      begins: "self.cw.mul_(1 / tgt.sum((0, 2",
    },
  ],
  good: [
    {
      what: "weights local",
      code: `import torch
def wdice(p, t, weights=None):
    w = torch.ones(3)
    w[0] = 0.1
    w /= w.sum()
    i = (p * t).sum((0, 2, 3))
    d = (p + t).sum((0, 2, 3))
    return ((1 - (2 * i + 1e-5) / (d + 1e-5)) * w).sum()
`,
    },
    {
      what: "a numpy array filled class by class",
      code: `import numpy as np
import tensorflow as tf


def class_weights(counts):
    w = np.zeros(len(counts))
    for i, count in enumerate(counts):
        w[i] = 1.0 / (count + 1.0)
    return w


WEIGHTS = class_weights([100, 10, 5])


def weighted_dice_loss(y_true, y_pred):
    inter = tf.reduce_sum(y_true * y_pred, axis=[0, 1, 2])
    total = tf.reduce_sum(y_true + y_pred, axis=[0, 1, 2])
    return 1 - tf.reduce_sum(WEIGHTS * (2 * inter + 1e-5) / (total + 1e-5)) / WEIGHTS.sum()
`,
      notes: ["L21"],
    },
    {
      what: "JAX's at",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels):
    p = jax.nn.softmax(logits)
    p = p.at[..., 0].set(0.0)
    labels = labels.at[..., 0].set(0.0)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    return 1 - jnp.mean((2 * inter + 1e-5) / (jnp.sum(p + labels, axis=(0, 1, 2)) + 1e-5))
`,
    },
    {
      what: "weights without gradient, changed in place (PyTorch)",
      code: `import torch


def generalized_dice_loss(pred, target):
    p = torch.softmax(pred, 1)
    ground = target.sum((2, 3))
    w = torch.reciprocal(ground * ground)
    infs = torch.isinf(w)
    w[infs] = 0.0
    w = w + infs * torch.max(w)
    num = (w * (p * target).sum((2, 3))).sum(1)
    return (1 - 2 * num / (w * (p + target).sum((2, 3))).sum(1)).mean()
`,
    },
    {
      what: "a clone of the softmax under no_grad",
      code: `import torch


def hard_negative_loss(pred, target):
    with torch.no_grad():
        q = torch.softmax(pred, 1).clone()
        q[:, 0] = 0
    p = torch.softmax(pred, 1)
    inter = (p * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)).mean() + q.mean().detach()
`,
      notes: ["L21"],
    },
    {
      what: "a list, not an array (Keras)",
      code: `from tensorflow.keras import backend as K


def multi_dice_loss(y_true, y_pred):
    scores = [0.0] * 3
    for c in range(3):
        t, p = K.flatten(y_true[..., c]), K.flatten(y_pred[..., c])
        scores[c] = (2 * K.sum(t * p) + 1e-5) / (K.sum(t) + K.sum(p) + 1e-5)
    return 1 - sum(scores) / 3
`,
      notes: ["L21"],
    },
  ],
};
