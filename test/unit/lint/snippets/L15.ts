import type { Snippets } from "./snippets";

export const L15: Snippets = {
  bad: [
    {
      what: "nn.CrossEntropyLoss and Dice in a class (PyTorch)",
      code: `import torch
import torch.nn as nn


class ComboLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.ce = nn.CrossEntropyLoss()

    def forward(self, inputs, targets):
        ce = self.ce(inputs, targets.long())
        inputs = torch.softmax(inputs, dim=1)
        inter = (inputs * targets).sum()
        return ce + 1 - (2 * inter + 1) / (inputs.sum() + targets.sum() + 1)
`,
      begins: "inputs * targets",
    },
    {
      what: "sparse cross-entropy and a cast (tf.keras)",
      begins: "tf.cast(y_true, tf.float32) * y_pred",
      code: `import tensorflow as tf

def combo_loss(y_true, y_pred):
    ce = tf.keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
    i = tf.reduce_sum(tf.cast(y_true, tf.float32) * y_pred, axis=(1, 2))
    return tf.reduce_mean(ce) + 1 - tf.reduce_mean(2 * i / tf.reduce_sum(y_pred, axis=(1, 2)))
`,
    },
    {
      what: "torch [B,H,W] vs [B,C,H,W]",
      code: `import torch
import torch.nn.functional as F
def dice(logits, target):
    p = F.softmax(logits, dim=1)
    t = target.argmax(dim=1)
    inter = (p * t).sum((2, 3))
    return 1 - ((2 * inter + 1) / (p.sum((2, 3)) + 1)).mean()
`,
      begins: "p * t",
    },
    {
      what: "tf loss with expand_dims",
      code: `import tensorflow as tf
def soft_dice(y_true, y_pred):
    y_pred = tf.nn.softmax(y_pred, axis=-1)
    y = tf.expand_dims(tf.argmax(y_true, axis=-1), -1)
    y = tf.cast(y, tf.float32)
    inter = tf.reduce_sum(y * y_pred, axis=[1, 2])
    den = tf.reduce_sum(y + y_pred, axis=[1, 2])
    return 1 - tf.reduce_mean((2 * inter + 1e-6) / (den + 1e-6))
model.compile('adam', loss=soft_dice)
`,
      begins: "y * y_pred",
    },
  ],
  good: [
    {
      what: "pixel weight by class index",
      code: `import torch
import torch.nn.functional as F
def ce(logits, target, class_weights):
    t = target.argmax(1)
    w = class_weights[t]
    return (w * F.cross_entropy(logits, t, reduction='none')).mean()
`,
    },
    {
      what: "argmax used as index",
      code: `import torch
def loss_fn(logits, onehot):
    p = logits.softmax(1)
    idx = onehot.argmax(1, keepdim=True)
    pt = p.gather(1, idx)
    return -(pt.log()).mean()
`,
    },
    {
      what: "one-hot before the product",
      code: `import torch
import torch.nn.functional as F


def dice_ce_loss(pred, target):
    ce = F.cross_entropy(pred, target.long())
    onehot = F.one_hot(target.long(), pred.shape[1]).permute(0, 3, 1, 2)
    p = torch.softmax(pred, 1)
    inter = (p * onehot).sum((0, 2, 3))
    return ce + 1 - ((2 * inter + 1e-5) / ((p + onehot).sum((0, 2, 3)) + 1e-5)).mean()
`,
    },
    {
      what: "each class compared in a loop",
      code: `import tensorflow as tf


def sparse_dice_loss(y_true, y_pred, num_classes=4):
    ce = tf.keras.losses.sparse_categorical_crossentropy(y_true, y_pred)
    total = 0.0
    for c in range(num_classes):
        t = tf.cast(tf.equal(y_true, c), tf.float32)[..., 0]
        p = y_pred[..., c]
        total += (2 * tf.reduce_sum(t * p) + 1.0) / (tf.reduce_sum(t) + tf.reduce_sum(p) + 1.0)
    return tf.reduce_mean(ce) + 1 - total / num_classes
`,
      notes: ["L21"],
    },
    {
      what: "two classes: cross-entropy of indices, Dice of the foreground's probability",
      code: `import torch
import torch.nn.functional as F


class BinaryDiceCE(torch.nn.Module):
    def forward(self, logits, target):
        ce = F.cross_entropy(logits, target.long())
        fg = torch.softmax(logits, dim=1)[:, 1]
        inter = (fg * target).sum()
        return ce + 1 - (2 * inter + 1) / (fg.sum() + target.sum() + 1)
`,
      notes: ["L21"],
    },
    {
      what: "argmax of one-hot labels for the cross-entropy",
      code: `import torch
import torch.nn as nn


class ComboLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.ce = nn.CrossEntropyLoss()

    def forward(self, inputs, targets):
        ce = self.ce(inputs, targets.argmax(dim=1))
        p = inputs.softmax(dim=1)
        inter = (p * targets).sum(dim=(0, 2, 3))
        return ce + 1 - ((2 * inter + 1e-5) / ((p + targets).sum(dim=(0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "rows of an identity matrix (PyTorch goodies)",
      code: `import torch
import torch.nn.functional as F


def dice_loss(true, logits, eps=1e-7):
    ce = F.cross_entropy(logits, true.long())
    onehot = torch.eye(logits.shape[1])[true.long()]
    onehot = onehot.permute(0, 3, 1, 2).float()
    probas = F.softmax(logits, dim=1)
    dims = (0, 2, 3)
    inter = torch.sum(probas * onehot, dims)
    total = torch.sum(probas + onehot, dims)
    return ce + 1 - (2.0 * inter / (total + eps)).mean()
`,
      notes: ["L19"],
    },
  ],
};
