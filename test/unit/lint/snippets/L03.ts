import type { Snippets } from "./snippets";

export const L03: Snippets = {
  bad: [
    {
      what: "per class in a loop over images (PyTorch)",
      code: `import torch
from torch import nn


class GeneralizedDiceLoss(nn.Module):
    def forward(self, predict, target):
        total = 0
        for i in range(target.shape[0]):
            p = predict[i].reshape(predict.shape[1], -1)
            t = target[i].reshape(target.shape[1], -1)
            w = 1.0 / (t.sum(dim=1) * t.sum(dim=1) + 1.0)
            inter = (p * t).sum(dim=1)
            dice = 2 * inter * w / ((p + t).sum(dim=1) * w)
            total = total + 1 - dice.mean()
        return total
`,
      begins: "2 * inter",
    },
    {
      what: "jax.numpy",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    probs = jax.nn.softmax(logits)
    inter = jnp.sum(probs * labels, axis=(1, 2))
    total = jnp.sum(probs + labels, axis=(1, 2))
    w = 1.0 / (jnp.sum(labels, axis=(1, 2)) + 1.0)
    return 1.0 - jnp.mean(2.0 * (w * inter) / (w * total))
`,
      begins: "2.0 * (w * inter)",
    },
    {
      what: "keras class weights",
      code: `from keras import backend as K

def class_dice(y_true, y_pred):
    w = K.constant([0.1, 1., 5.])
    i = w * K.sum(y_true * y_pred, axis=(1, 2))
    u = w * (K.sum(y_true, axis=(1, 2)) + K.sum(y_pred, axis=(1, 2)))
    return 1 - K.mean((2 * i) / u)

model.compile(loss=class_dice, optimizer='adam')
`,
      begins: "(2 * i) / u",
    },
    {
      what: "loop scalars",
      code: `import torch

def gen_dice(p, t, weights):
    total = 0
    for c in range(p.shape[1]):
        a = (p[:, c] * t[:, c]).sum()
        b = p[:, c].sum() + t[:, c].sum()
        total += (2 * weights[c] * a) / (weights[c] * b)
    return 1 - total / p.shape[1]
`,
      begins: "(2 * weights[c] * a) / (weight",
    },
  ],
  good: [
    {
      what: "weight map",
      code: `import torch
def dice_loss(pred, target, weights):
    num = 2 * (weights * pred * target).sum((2, 3))
    den = (weights * (pred + target)).sum((2, 3))
    return 1 - ((num + 1e-5) / (den + 1e-5)).mean()
`,
    },
    {
      what: "weighted sums over the classes, then one division",
      code: `import torch


def generalized_dice_loss(pred, target):
    p = torch.softmax(pred, dim=1)
    volume = target.sum(dim=(2, 3))
    w = 1.0 / (volume + 1.0)
    num = (w * (p * target).sum(dim=(2, 3))).sum(dim=1)
    den = (w * (p + target).sum(dim=(2, 3))).sum(dim=1)
    return (1 - 2 * num / den).mean()
`,
    },
    {
      what: "the score of each class is weighed, not its parts",
      code: `from keras import ops
import keras


class WeightedDice(keras.losses.Loss):
    def call(self, y_true, y_pred):
        volume = ops.sum(y_true, axis=(0, 1, 2))
        w = 1.0 / (volume + 1.0)
        inter = ops.sum(y_true * y_pred, axis=(0, 1, 2))
        total = ops.sum(y_true + y_pred, axis=(0, 1, 2))
        dice = (2 * inter + 1e-5) / (total + 1e-5)
        return 1 - ops.sum(w * dice) / ops.sum(w)
`,
      notes: ["L21"],
    },
    {
      what: "a mask of valid pixels above and below",
      code: `import torch
import torch.nn as nn


class MaskedDice(nn.Module):
    def forward(self, inputs, targets, valid_mask):
        p = torch.sigmoid(inputs)
        inter = (p * targets * valid_mask).sum(dim=(0, 2, 3))
        total = (p * valid_mask).sum(dim=(0, 2, 3)) + (targets * valid_mask).sum(dim=(0, 2, 3))
        return 1 - ((2 * inter + 1e-5) / (total + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "weights per image, summed over images and classes",
      code: `import tensorflow as tf


def gdl_loss(y_true, y_pred):
    volume = tf.reduce_sum(y_true, axis=[1, 2])
    w = tf.math.divide_no_nan(1.0, volume)
    above = tf.reduce_sum(w * tf.reduce_sum(y_true * y_pred, axis=[1, 2]))
    below = tf.reduce_sum(w * tf.reduce_sum(y_true + y_pred, axis=[1, 2]))
    return 1.0 - 2.0 * above / below
`,
    },
    {
      what: "weights normalised by their sum, then a weighted mean (JAX)",
      code: `import jax
import jax.numpy as jnp


def weighted_jaccard_loss(logits, labels):
    probs = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) + 1.0)
    w = w / jnp.sum(w)
    inter = jnp.sum(probs * labels, axis=(0, 1, 2))
    union = jnp.sum(probs + labels, axis=(0, 1, 2)) - inter
    return 1.0 - jnp.sum(w * (inter + 1e-5) / (union + 1e-5))
`,
      notes: ["L21"],
    },
    {
      what: "weighted sums collected in a loop over the classes",
      code: `import tensorflow as tf


def gdl_loss(y_true, y_pred):
    y_pred = tf.nn.softmax(y_pred)
    num, den = 0.0, 0.0
    for c in range(4):
        w = 1.0 / (tf.reduce_sum(y_true[..., c]) + 1.0)
        num += w * tf.reduce_sum(y_true[..., c] * y_pred[..., c])
        den += w * tf.reduce_sum(y_true[..., c] + y_pred[..., c])
    return 1.0 - 2.0 * num / den
`,
      notes: ["L21"],
    },
  ],
};
