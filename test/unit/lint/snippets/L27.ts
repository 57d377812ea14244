import type { Snippets } from "./snippets";

export const L27: Snippets = {
  bad: [
    {
      what: "jax.numpy",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    p = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) + 1.0)
    inter = jnp.sum(p * labels, axis=(0, 1, 2))
    total = jnp.sum(p + labels, axis=(0, 1, 2))
    return 1.0 - 2.0 * jnp.sum(w * inter) / jnp.sum(total)
`,
      begins: "2.0 * jnp.sum(w * inter)",
    },
  ],
  good: [
    {
      what: "weights above and below",
      code: `import torch


def gdl_loss(pred, target):
    p = torch.softmax(pred, 1)
    w = 1 / (target.sum(dim=(2, 3)) + 1)
    num = (w * (p * target).sum(dim=(2, 3))).sum(1)
    den = (w * (p + target).sum(dim=(2, 3))).sum(1)
    return 1 - (2 * num / den).mean()
`,
    },
    {
      what: "a weighted mean of scores, weights summing to 1",
      code: `import torch


class WeightedDiceLoss(torch.nn.Module):
    def forward(self, pred, target):
        p = torch.softmax(pred, 1)
        w = 1.0 / (target.sum((0, 2, 3)) + 1.0)
        w = w / w.sum()
        dice = (2 * (p * target).sum((0, 2, 3)) + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)
        return 1 - (w * dice).sum()
`,
      notes: ["L21"],
    },
    {
      what: "the loss of each class weighed (TensorFlow)",
      code: `import tensorflow as tf


def weighted_loss(y_true, y_pred):
    w = 1.0 / (tf.reduce_sum(y_true, axis=[0, 1, 2]) + 1.0)
    inter = tf.reduce_sum(y_true * y_pred, axis=[0, 1, 2])
    loss = 1.0 - (2 * inter + 1e-5) / (tf.reduce_sum(y_true + y_pred, axis=[0, 1, 2]) + 1e-5)
    return tf.reduce_sum(w * loss) / tf.reduce_sum(w)
`,
      notes: ["L21"],
    },
    {
      what: "sensitivity: the overlap over the volume",
      code: `import torch


def sensitivity_loss(pred, target):
    p = torch.softmax(pred, 1)
    tp = (p * target).sum((0, 2, 3))
    volume = target.sum((0, 2, 3)) + 1.0
    return 1 - (tp / volume).mean()
`,
    },
    {
      what: "a constant factor of the overlap (Keras)",
      code: `from keras import ops
import keras


class DiceLoss(keras.losses.Loss):
    def call(self, y_true, y_pred):
        factor = 2.0
        inter = factor * ops.sum(y_true * y_pred, axis=(0, 1, 2))
        total = ops.sum(y_true + y_pred, axis=(0, 1, 2))
        return 1 - ops.mean((inter + 1e-5) / (total + 1e-5))
`,
      notes: ["L21"],
    },
  ],
};
