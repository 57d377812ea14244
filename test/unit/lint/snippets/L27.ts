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
    {
      what: "keras weights numerator",
      code: `from keras import backend as K
def wdice(y_true, y_pred):
    w = K.constant([1., 5., 10.])
    num = 2. * K.sum(w * y_true * y_pred, axis=(1, 2))
    den = K.sum(y_true, axis=(1, 2)) + K.sum(y_pred, axis=(1, 2))
    return 1. - K.mean((num + 1e-5) / (den + 1e-5))
model.compile(loss=wdice, optimizer='adam')
`,
      begins: "(num + 1e-5) / (den + 1e-5)",
    },
    {
      what: "class self.weight",
      code: `import torch
class DiceW(torch.nn.Module):
    def __init__(self, weight=None):
        super().__init__()
        self.register_buffer('weight', weight)
    def forward(self, input, target):
        probs = torch.sigmoid(input)
        intersect = (probs * target).sum((0, 2, 3))
        if self.weight is not None:
            intersect = self.weight * intersect
        denominator = (probs * probs).sum((0, 2, 3)) + (target * target).sum((0, 2, 3))
        return 1 - (2 * (intersect / denominator.clamp(min=1e-6))).mean()
crit = DiceW(torch.tensor([1., 4.]))
`,
      begins: "intersect / denominator.clamp(",
    },
    {
      what: "tf loop",
      code: `import tensorflow as tf
W = [1.0, 3.0, 9.0]
def wd(y_true, y_pred):
    top = 0.0
    bot = 0.0
    for c in range(3):
        top += W[c] * tf.reduce_sum(y_true[..., c] * y_pred[..., c])
        bot += tf.reduce_sum(y_true[..., c]) + tf.reduce_sum(y_pred[..., c])
    return 1 - 2 * top / bot
model.compile('adam', loss=wd)
`,
      begins: "2 * top / bot",
    },
  ],
  good: [
    {
      what: "normalised param",
      code: `import torch
class D(torch.nn.Module):
    def __init__(self, weight):
        super().__init__()
        self.weight = weight / weight.sum()
    def forward(self, pred, target):
        i = (pred * target).sum((0, 2, 3))
        d = (pred + target).sum((0, 2, 3))
        return 1 - (self.weight * (2 * i + 1e-5) / (d + 1e-5)).sum()
`,
    },
    {
      what: "step weights of terms",
      code: `import torch
import torch.nn.functional as F
class M(torch.nn.Module):
    def training_step(self, batch, i):
        x, y = batch
        logits = self.model(x)
        p = logits.softmax(1)
        t = F.one_hot(y, 3).permute(0, 3, 1, 2)
        inter = (p * t).sum((0, 2, 3))
        dice = 1 - ((2 * inter + 1e-5) / ((p + t).sum((0, 2, 3)) + 1e-5)).mean()
        loss = self.ce_weight * F.cross_entropy(logits, y) + self.dice_weight * dice
        pred = logits.argmax(1)
        self.log("acc", (pred == y).float().mean())
        return loss
`,
    },
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
