import type { Snippets } from "./snippets";

export const L02: Snippets = {
  bad: [
    {
      what: "rows of voxels and 1/(V² + epsilon) as a power",
      code: `from tensorflow.keras import backend as K


def generalized_dice(y_true, y_pred):
    y_true = K.reshape(y_true, shape=(-1, 4))
    y_pred = K.reshape(y_pred, shape=(-1, 4))
    ref = K.sum(y_true, -2)
    seg = K.sum(y_pred, -2)
    both = K.sum(y_true * y_pred, -2)
    weights = K.pow(K.square(ref) + K.epsilon(), -1)
    return 2 * K.sum(weights * both) / K.sum(weights * (ref + seg))


def generalized_dice_loss(y_true, y_pred):
    return 1 - generalized_dice(y_true, y_pred)
`,
      begins: "K.pow",
    },
    {
      what: "einsum and 1e-10 (PyTorch)",
      code: `import torch
from torch import einsum


class GeneralizedDice:
    def __call__(self, probs, target):
        pc, tc = probs.type(torch.float32), target.type(torch.float32)
        w = 1 / ((einsum("bcwh->bc", tc).type(torch.float32) + 1e-10) ** 2)
        inter = w * einsum("bcwh,bcwh->bc", pc, tc)
        union = w * (einsum("bcwh->bc", pc) + einsum("bcwh->bc", tc))
        divided = 1 - 2 * einsum("bc->b", inter) / einsum("bc->b", union)
        return divided.mean()
`,
      begins: "1 / ((einsum",
    },
    {
      what: "torch clamp",
      code: `import torch
import torch.nn as nn
import torch.nn.functional as F

class GDL(nn.Module):
    def __init__(self, eps=1e-6):
        super().__init__()
        self.eps = eps

    def forward(self, logits, target):
        p = F.softmax(logits, dim=1)
        t = F.one_hot(target, p.shape[1]).permute(0, 3, 1, 2).float()
        vol = t.sum(dim=(2, 3))
        w = 1.0 / (vol * vol).clamp(min=self.eps)
        num = (w * (p * t).sum(dim=(2, 3))).sum(1)
        den = (w * (p + t).sum(dim=(2, 3))).sum(1)
        return (1 - 2 * num / den).mean()
`,
      begins: "1.0 / (vol * vol).clamp(min=se",
    },
    {
      what: "clip_by_value of reciprocal",
      code: `import tensorflow as tf

def generalized(y, p):
    v = tf.reduce_sum(y, axis=(0, 1, 2))
    w = tf.clip_by_value(1.0 / tf.square(v), 0, 1e10)
    num = tf.reduce_sum(w * tf.reduce_sum(y * p, axis=(0, 1, 2)))
    den = tf.reduce_sum(w * tf.reduce_sum(y + p, axis=(0, 1, 2)))
    return 1 - 2 * num / (den + 1e-7)

net.compile(loss=generalized, optimizer='adam')
`,
      begins: "1.0 / tf.square(v)",
    },
  ],
  good: [
    {
      what: "rows of the weights, mended in a loop",
      code: `import torch
class GeneralizedDiceLoss(torch.nn.Module):
    def forward(self, input, target):
        input = torch.softmax(input, 1)
        reduce_axis = list(range(2, len(input.shape)))
        intersection = torch.sum(target * input, reduce_axis)
        ground_o = torch.sum(target, reduce_axis)
        pred_o = torch.sum(input, reduce_axis)
        denominator = ground_o + pred_o
        w = torch.reciprocal(ground_o.float() * ground_o.float())
        for b in w:
            infs = torch.isinf(b)
            b[infs] = 0.0
            b[infs] = torch.max(b)
        f = 1.0 - (2.0 * (intersection * w).sum(1) + 1e-5) / ((denominator * w).sum(1) + 1e-5)
        return torch.mean(f)
`,
    },
    {
      what: "absent classes set to a small weight by masked_fill",
      code: `import torch
from torch import nn


class GeneralizedDice(nn.Module):
    def forward(self, pred, target):
        p = torch.softmax(pred, dim=1).flatten(2)
        t = target.flatten(2)
        volume = t.sum(-1)
        w = 1.0 / (volume * volume)
        w = w.masked_fill(torch.isinf(w), 1e-6)
        inter = (w * (p * t).sum(-1)).sum(-1)
        total = (w * (p + t).sum(-1)).sum(-1)
        return (1 - 2 * inter / total).mean()
`,
    },
    {
      what: "1/(V + 1), one voxel's weight at most 1",
      code: `import tensorflow as tf


@tf.function
def gdl_loss(y_true, y_pred):
    volume = tf.reduce_sum(y_true, axis=(1, 2, 3))
    w = 1.0 / (volume + 1.0)
    inter = tf.reduce_sum(w * tf.reduce_sum(y_true * y_pred, axis=(1, 2, 3)), axis=-1)
    total = tf.reduce_sum(w * tf.reduce_sum(y_true + y_pred, axis=(1, 2, 3)), axis=-1)
    return tf.reduce_mean(1.0 - 2.0 * inter / total)
`,
    },
    {
      what: "fixed weights of the whole data set",
      code: `import keras.backend as K

FREQUENCIES = [0.92, 0.05, 0.02, 0.01]


def gdl_loss(y_true, y_pred):
    w = K.constant([1.0 / (f ** 2 + 1e-5) for f in FREQUENCIES])
    inter = K.sum(w * K.sum(y_true * y_pred, axis=(0, 1, 2)))
    total = K.sum(w * K.sum(y_true + y_pred, axis=(0, 1, 2)))
    return 1 - 2 * inter / total
`,
    },
    {
      what: "inverse volumes for cross-entropy, where absent classes weigh nothing",
      code: `import torch
import torch.nn.functional as F


def balanced_ce_loss(logits, target):
    counts = torch.bincount(target.flatten(), minlength=logits.shape[1]).float()
    weight = 1.0 / (counts ** 2 + 1e-5)
    return F.cross_entropy(logits, target, weight=weight)
`,
    },
    {
      what: "weights only where a class is there (JAX)",
      code: `import jax
import jax.numpy as jnp


def generalized_dice_loss(logits, labels):
    probs = jax.nn.softmax(logits)
    volume = jnp.sum(labels, axis=(0, 1, 2))
    w = jnp.where(volume > 0, 1.0 / jnp.maximum(volume, 1.0) ** 2, 0.0)
    inter = jnp.sum(w * jnp.sum(probs * labels, axis=(0, 1, 2)))
    total = jnp.sum(w * jnp.sum(probs + labels, axis=(0, 1, 2)))
    return 1 - 2 * inter / total
`,
      notes: ["L21"],
    },
    {
      what: "infinite weights take the largest finite one (TensorFlow 1)",
      code: `import tensorflow as tf


def generalised_dice_loss(prediction, ground_truth):
    prediction = tf.nn.softmax(tf.cast(prediction, tf.float32))
    one_hot = tf.one_hot(ground_truth, tf.shape(prediction)[-1])
    ref_vol = tf.reduce_sum(one_hot, axis=[0, 1, 2])
    intersect = tf.reduce_sum(one_hot * prediction, axis=[0, 1, 2])
    seg_vol = tf.reduce_sum(prediction, axis=[0, 1, 2])
    weights = tf.reciprocal(tf.square(ref_vol))
    finite = tf.where(tf.is_inf(weights), tf.zeros_like(weights), weights)
    weights = tf.where(tf.is_inf(weights), tf.ones_like(weights) * tf.reduce_max(finite), weights)
    return 1 - 2 * tf.reduce_sum(weights * intersect) / tf.reduce_sum(weights * (seg_vol + ref_vol))
`,
      notes: ["L21"],
    },
  ],
};
