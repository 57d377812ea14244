import type { Snippets } from "./snippets";

export const L05: Snippets = {
  bad: [
    {
      what: "one-hot labels in a closure",
      code: `import tensorflow as tf


def generalized_dice(num_classes, eps=1e-6):
    def loss(y_true, y_pred):
        one_hot = tf.one_hot(tf.cast(y_true, tf.int32), num_classes)
        probs = tf.nn.softmax(y_pred)
        volume = tf.reduce_sum(one_hot, axis=-1)
        w = 1.0 / (volume ** 2 + eps)
        num = tf.reduce_sum(w * tf.reduce_sum(one_hot * probs, axis=-1))
        den = tf.reduce_sum(w * tf.reduce_sum(one_hot + probs, axis=-1))
        return 1.0 - 2.0 * num / den
    return loss
`,
      begins: "tf.reduce_sum(one_hot, axis=-1)",
    },
    {
      what: "dim=1 holds the classes (PyTorch)",
      code: `import torch


def gdl_loss(pred, target):
    p = torch.softmax(pred, dim=1)
    target = torch.nn.functional.one_hot(target, pred.shape[1]).movedim(-1, 1)
    w = 1.0 / (target.sum(dim=1) ** 2 + 1.0)
    num = (w * (p * target).sum(dim=1)).sum()
    den = (w * (p + target).sum(dim=1)).sum()
    return 1 - 2 * num / den
`,
      begins: "target.sum(dim=1)",
    },
    {
      what: "torch dim=1 counts",
      code: `import torch
import torch.nn.functional as F

def wce(logits, labels):
    oh = F.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2).float()
    counts = oh.sum(dim=1)
    w = 1.0 / (counts + 1.0)
    logp = F.log_softmax(logits, 1)
    return -(w.unsqueeze(1) * oh * logp).mean()
`,
      begins: "oh.sum(dim=1)",
    },
    {
      what: "K.sum -1",
      code: `from keras import backend as K

def weighted_cce(y_true, y_pred):
    n = K.sum(y_true, axis=-1)
    freq = n / K.sum(n)
    w = 1 / (freq + K.epsilon())
    return K.mean(w * K.categorical_crossentropy(y_true, y_pred))

model.compile(loss=weighted_cce, optimizer='sgd')
`,
      begins: "K.sum(y_true, axis=-1)",
    },
  ],
  good: [
    {
      what: "class frequency",
      code: `import torch
import torch.nn.functional as F
def wce(logits, labels):
    oh = F.one_hot(labels, logits.shape[1]).permute(0, 3, 1, 2).float()
    f = oh.sum((0, 2, 3)) / oh.sum()
    w = 1 / (f + 1e-3)
    return -(w.view(1, -1, 1, 1) * oh * F.log_softmax(logits, 1)).sum(1).mean()
`,
    },
    {
      what: "volumes over space",
      code: `import tensorflow as tf


def gen_dice_loss(y_true, y_pred, eps=1e-6):
    probs = tf.nn.softmax(y_pred)
    counts = tf.reduce_sum(y_true, axis=[1, 2])
    weights = 1.0 / (counts ** 2)
    weights = tf.where(tf.math.is_finite(weights), weights, eps)
    multed = tf.reduce_sum(y_true * probs, axis=[1, 2])
    summed = tf.reduce_sum(y_true + probs, axis=[1, 2])
    dices = 1.0 - 2.0 * tf.reduce_sum(weights * multed, axis=-1) / tf.reduce_sum(weights * summed, axis=-1)
    return tf.reduce_mean(dices)
`,
    },
    {
      what: "the last axis is voxels after a transpose",
      code: `import torch


def gdl_loss(pred, target):
    b, c = pred.shape[:2]
    p = torch.softmax(pred, 1).reshape(b, c, -1)
    t = target.reshape(b, c, -1)
    w = 1.0 / (t.sum(-1) + 1.0)
    inter = (w * (p * t).sum(-1)).sum(-1)
    total = (w * (p + t).sum(-1)).sum(-1)
    return 1 - (2 * inter / total).mean()
`,
    },
    {
      what: "the sum over classes is used as a mask of labelled pixels",
      code: `from tensorflow.keras import backend as K


def masked_dice_loss(y_true, y_pred):
    labelled = K.sum(y_true, axis=-1, keepdims=True)
    y_pred = y_pred * labelled
    inter = K.sum(y_true * y_pred, axis=(0, 1, 2))
    total = K.sum(y_true + y_pred, axis=(0, 1, 2))
    return 1 - K.mean((2 * inter + 1e-5) / (total + 1e-5))
`,
    },
    {
      what: "a single class picked, its rows summed",
      code: `import tensorflow as tf


def lesion_loss(y_true, y_pred):
    t = tf.reshape(y_true[..., 1], [-1, 65536])
    p = tf.reshape(y_pred[..., 1], [-1, 65536])
    w = 1.0 / (tf.reduce_sum(t, axis=-1) + 1.0)
    inter = tf.reduce_sum(w * tf.reduce_sum(t * p, axis=-1))
    total = tf.reduce_sum(w * tf.reduce_sum(t + p, axis=-1))
    return 1 - 2 * inter / total
`,
    },
    {
      what: "channels first: the last axes are space",
      code: `import torch
import torch.nn as nn


class GDiceLoss(nn.Module):
    def forward(self, net_output, gt):
        y_onehot = torch.zeros_like(net_output).scatter_(1, gt.long(), 1)
        p = net_output.softmax(1)
        w = 1.0 / (y_onehot.sum(dim=(-2, -1)) + 1.0)
        inter = (w * (p * y_onehot).sum(dim=(-2, -1))).sum(1)
        union = (w * (p + y_onehot).sum(dim=(-2, -1))).sum(1)
        return 1 - 2 * (inter / union).mean()
`,
    },
  ],
};
