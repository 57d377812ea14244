import type { Snippets } from "./snippets";

export const L06: Snippets = {
  bad: [
    {
      what: "the weights are overwritten by nothing and read by nobody (JAX)",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    probs = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) ** 2 + 1.0)
    inter = jnp.sum(probs * labels, axis=(0, 1, 2))
    total = jnp.sum(probs + labels, axis=(0, 1, 2))
    return 1.0 - jnp.mean((2 * inter + 1e-5) / (total + 1e-5))
`,
      begins: "w",
    },
  ],
  good: [
    {
      what: "weights used in a helper further down",
      code: `import torch


def weighted_sum(x, w):
    return (x * w).sum(dim=1)


def gdl_loss(pred, target):
    p = torch.softmax(pred, 1)
    w = 1 / (target.sum(dim=(2, 3)) + 1)
    num = weighted_sum((p * target).sum(dim=(2, 3)), w)
    den = weighted_sum((p + target).sum(dim=(2, 3)), w)
    return 1 - (2 * num / den).mean()
`,
    },
    {
      what: "weights kept for a log only, by an attribute",
      code: `import torch.nn as nn
import torch


class GDLoss(nn.Module):
    def forward(self, pred, target):
        p = torch.softmax(pred, 1)
        self.w = 1 / (target.sum(dim=(2, 3)) + 1)
        num = (self.w * (p * target).sum(dim=(2, 3))).sum(1)
        den = (self.w * (p + target).sum(dim=(2, 3))).sum(1)
        return 1 - (2 * num / den).mean()
`,
    },
    {
      what: "one weighting or another, by a flag",
      code: `import torch


def gdl_loss(pred, target, square=True, batch=False):
    p = torch.softmax(pred, 1)
    axes = (0, 2, 3) if batch else (2, 3)
    volume = target.sum(dim=axes)
    if square:
        w = 1 / (volume + 10) ** 2
    else:
        w = 1 / (volume + 10)
    if batch:
        largest = w.max()
        w = w / largest
    else:
        largest = w.max(dim=1, keepdim=True)[0]
        w = w / largest
    num = (w * (p * target).sum(dim=axes)).sum()
    den = (w * (p + target).sum(dim=axes)).sum()
    return 1 - 2 * num / den
`,
    },
    {
      what: "a weighted mean of scores: the sum of the weights is below",
      code: `from keras import ops
import keras


class PresenceWeightedDice(keras.losses.Loss):
    def call(self, y_true, y_pred):
        w = 1.0 / (ops.sum(y_true, axis=(1, 2)) + 10.0)
        dice = (2 * ops.sum(y_true * y_pred, axis=(1, 2)) + 1e-5) / (ops.sum(y_true + y_pred, axis=(1, 2)) + 1e-5)
        return 1 - ops.sum(w * dice, axis=-1) / ops.sum(w, axis=-1)
`,
      notes: ["L16"],
    },
    {
      what: "numerator and denominator weighed in two statements (TensorFlow 1)",
      code: `import tensorflow as tf


def gdl_loss(labels, logits):
    p = tf.nn.softmax(logits)
    w = 1.0 / (tf.reduce_sum(labels, axis=[1, 2]) + 1.0)
    num = tf.reduce_sum(labels * p, axis=[1, 2])
    num *= w
    den = tf.reduce_sum(labels + p, axis=[1, 2])
    den *= w
    return 1.0 - 2.0 * tf.reduce_mean(tf.reduce_sum(num, -1) / tf.reduce_sum(den, -1))
`,
    },
  ],
};
