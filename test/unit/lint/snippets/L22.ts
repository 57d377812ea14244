import type { Snippets } from "./snippets";

export const L22: Snippets = {
  bad: [
    {
      what: "torch.sum, three times",
      begins: "torch.sum(p * t, dim=(0, 2, 3))",
      code: `import torch

def dice_loss(pred, target):
    p = torch.softmax(pred, 1).half()
    t = target.half()
    i = torch.sum(p * t, dim=(0, 2, 3))
    s = torch.sum(p, dim=(0, 2, 3)) + torch.sum(t, dim=(0, 2, 3))
    return 1 - ((2 * i + 1e-3) / (s + 1e-3)).mean()
`,
    },
    {
      what: "two sums (TensorFlow)",
      begins: "tf.reduce_sum(t * p, axis=(1, 2))",
      code: `import tensorflow as tf

def dice_loss(y_true, y_pred):
    t = tf.cast(y_true, tf.float16)
    p = tf.cast(y_pred, tf.float16)
    i = tf.reduce_sum(t * p, axis=(1, 2))
    s = tf.reduce_sum(t + p, axis=(1, 2))
    return 1 - tf.reduce_mean((2 * i + 1e-3) / (s + 1e-3))
`,
    },
    {
      what: "K.set_floatx",
      code: `from keras import backend as K
K.set_floatx('float16')
def dice(y_true, y_pred):
    i = K.sum(y_true * y_pred)
    return 1 - (2. * i + 1.) / (K.sum(y_true) + K.sum(y_pred) + 1.)
model.compile('adam', loss=dice)
`,
      begins: "K.sum(y_true * y_pred)",
    },
    {
      what: "to(torch.float16)",
      code: `import torch
class TverskyFp16(torch.nn.Module):
    def forward(self, pr, gt):
        pr = pr.softmax(1).to(torch.float16)
        gt = gt.to(dtype=torch.float16)
        tp = (pr * gt).sum(dim=(0, 2, 3))
        fp = (pr * (1 - gt)).sum(dim=(0, 2, 3))
        fn = ((1 - pr) * gt).sum(dim=(0, 2, 3))
        return 1 - ((tp + 1) / (tp + .5 * fp + .5 * fn + 1)).mean()
`,
      begins: "(pr * gt).sum(dim=(0, 2, 3))",
    },
  ],
  good: [
    {
      what: "floatx 32",
      code: `from keras import backend as K
K.set_floatx('float32')
def dice(y_true, y_pred):
    i = K.sum(y_true * y_pred, axis=(0, 1, 2))
    return 1 - K.mean((2. * i + 1.) / (K.sum(y_true, axis=(0, 1, 2)) + K.sum(y_pred, axis=(0, 1, 2)) + 1.))
model.compile('adam', loss=dice)
`,
    },
    {
      what: "half precision in the network, float32 in the sums",
      code: `import torch


def dice_loss(pred, target):
    p = torch.softmax(pred.half(), 1).float()
    inter = (p * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-3) / ((p + target).sum((0, 2, 3)) + 1e-3)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "means of float16",
      code: `import tensorflow as tf


def overlap_loss(y_true, y_pred):
    t = tf.cast(y_true, tf.float16)
    p = tf.cast(y_pred, tf.float16)
    return 1.0 - tf.cast(tf.reduce_mean(t * p), tf.float32)
`,
    },
    {
      what: "bfloat16, which reaches as far as float32",
      code: `import torch


def dice_loss(pred, target):
    p = torch.softmax(pred, 1).bfloat16()
    inter = (p * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-3) / ((p + target).sum((0, 2, 3)) + 1e-3)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "labels in float16, the sum told to be float32",
      code: `import torch


class DiceLoss(torch.nn.Module):
    def forward(self, pred, target):
        p = pred.softmax(1)
        t = target.to(torch.float16)
        inter = (p * t.float()).sum((0, 2, 3))
        total = p.sum((0, 2, 3)) + t.sum((0, 2, 3), dtype=torch.float32)
        return 1 - ((2 * inter + 1e-3) / (total + 1e-3)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "a sum over the few classes in float16 (Keras)",
      code: `from keras import ops
import keras


class CE(keras.losses.Loss):
    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true, "float16")
        y_pred = ops.cast(y_pred, "float16")
        return -ops.mean(ops.cast(ops.sum(y_true * ops.log(y_pred + 1e-3), axis=-1), "float32"))
`,
    },
  ],
};
