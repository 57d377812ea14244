import type { Snippets } from "./snippets";

export const L23: Snippets = {
  bad: [
    {
      what: "the probability of the true class",
      code: `import torch
def focal(logits, y, gamma=0.5):
    p = torch.sigmoid(logits)
    pt = p * y + (1 - p) * (1 - y)
    return -((1 - pt) ** gamma * torch.log(pt)).mean()
`,
      begins: "(1 - pt) ** gamma",
    },
    {
      what: "1 / gamma (JAX)",
      code: `import jax.numpy as jnp


def focal_tversky_loss(preds, labels):
    tp = jnp.sum(preds * labels)
    score = (tp + 1.0) / (tp + 0.7 * jnp.sum((1 - preds) * labels) + 0.3 * jnp.sum(preds * (1 - labels)) + 1.0)
    return (1.0 - score) ** 0.75
`,
      begins: "(1.0 - score) ** 0.75",
    },
    {
      what: "the method",
      begins: "loss.pow(gamma)",
      code: `import torch

def focal_tversky_loss(pred, target, gamma=0.75):
    tp = (pred * target).sum((0, 2, 3))
    ti = (tp + 1) / ((pred + target).sum((0, 2, 3)) - tp + 1)
    loss = 1 - ti
    return loss.pow(gamma).mean()
`,
    },
    {
      what: "torch sqrt",
      code: `import torch
def loss(p, t):
    i = (p * t).sum((1, 2, 3))
    d = (2 * i + 1) / (p.sum((1, 2, 3)) + t.sum((1, 2, 3)) + 1)
    return torch.sqrt(1 - d).mean()
`,
      begins: "torch.sqrt(1 - d)",
    },
    {
      what: "focal gamma 0.5",
      code: `import torch
import torch.nn.functional as F
class Focal(torch.nn.Module):
    def __init__(self, gamma=0.5):
        super().__init__()
        self.gamma = gamma
    def forward(self, logits, target):
        logp = F.log_softmax(logits, 1).gather(1, target.unsqueeze(1)).squeeze(1)
        p = logp.exp()
        return (-(1 - p) ** self.gamma * logp).mean()
`,
      begins: "(1 - p) ** self.gamma",
    },
    {
      what: "log cosh power exp log",
      code: `import tensorflow as tf
def exp_log(y_true, y_pred):
    i = tf.reduce_sum(y_true * y_pred, axis=[1, 2])
    d = (2 * i + 1) / (tf.reduce_sum(y_true + y_pred, axis=[1, 2]) + 1)
    return tf.reduce_mean(tf.pow(-tf.math.log(d), 0.3))
model.compile('adam', exp_log)
`,
      begins: "tf.pow(-tf.math.log(d), 0.3)",
    },
  ],
  good: [
    {
      what: "the probability of the true class, kept above 0",
      code: `import torch
def focal(logits, y, gamma=0.5):
    p = torch.sigmoid(logits)
    pt = p * y + (1 - p) * (1 - y)
    return -((1 - pt).clamp(min=1e-4) ** gamma * torch.log(pt.clamp(min=1e-6))).mean()
`,
    },
    {
      what: "a power above 1",
      code: `from tensorflow.keras import backend as K


def tversky(y_true, y_pred, alpha=0.7, smooth=1.0):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    tp = K.sum(t * p)
    return (tp + smooth) / (tp + alpha * K.sum(t * (1 - p)) + (1 - alpha) * K.sum((1 - t) * p) + smooth)


def focal_tversky_loss(y_true, y_pred, gamma=4.0 / 3.0):
    return K.pow(1 - tversky(y_true, y_pred), gamma)
`,
    },
    {
      what: "kept above a small number",
      code: `import torch


def focal_dice_loss(pred, target, gamma=0.75):
    inter = (pred * target).sum()
    dice = (2 * inter + 1) / (pred.sum() + target.sum() + 1)
    return torch.clamp(1 - dice, min=1e-6) ** gamma
`,
    },
    {
      what: "a root of the sum, not of the loss",
      code: `import torch


def root_volume_dice_loss(pred, target):
    inter = (pred * target).sum((2, 3))
    total = (pred + target).sum((2, 3))
    weight = total ** 0.5
    return (weight * (1 - (2 * inter + 1) / (total + 1))).sum() / weight.sum()
`,
      notes: ["L17"],
    },
    {
      what: "the score to a power (JAX)",
      code: `import jax.numpy as jnp


def dice_loss(preds, labels):
    inter = jnp.sum(preds * labels)
    dice = (2 * inter + 1.0) / (jnp.sum(preds) + jnp.sum(labels) + 1.0)
    return 1.0 - dice ** 0.5
`,
    },
    {
      what: "gamma from the caller",
      code: `import torch
from torch import nn


class FocalTverskyLoss(nn.Module):
    def __init__(self, gamma):
        super().__init__()
        self.gamma = gamma

    def forward(self, inputs, targets):
        inputs = torch.sigmoid(inputs).view(-1)
        targets = targets.view(-1)
        tp = (inputs * targets).sum()
        tversky = (tp + 1) / (0.5 * inputs.sum() + 0.5 * targets.sum() + 1)
        return (1 - tversky) ** self.gamma
`,
    },
  ],
};
