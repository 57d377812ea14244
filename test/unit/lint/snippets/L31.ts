import type { Snippets } from "./snippets";

export const L31: Snippets = {
  bad: [
    {
      what: "a threshold and float() (PyTorch)",
      begins: "p > 0.5",
      code: `import torch

def dice_loss(pred, target):
    p = torch.sigmoid(pred)
    hard = (p > 0.5).float()
    i = (hard * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / ((hard + target).sum((0, 2, 3)) + 1)).mean()
`,
    },
    {
      what: "one-hot of the argmax (PyTorch)",
      begins: "logits.argmax(dim=1)",
      code: `import torch
import torch.nn.functional as F

def dice_loss(logits, target):
    p = F.one_hot(logits.argmax(dim=1), 4).permute(0, 3, 1, 2).float()
    i = (p * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / ((p + target).sum((0, 2, 3)) + 1)).mean()
`,
    },
    {
      what: "K.round, twice (Keras)",
      begins: "K.round(y_pred)",
      code: `from tensorflow.keras import backend as K

def dice_loss(y_true, y_pred):
    i = K.sum(y_true * K.round(y_pred))
    return 1 - (2 * i + 1) / (K.sum(y_true) + K.sum(K.round(y_pred)) + 1)
`,
    },
    {
      what: "where of a threshold (TensorFlow)",
      begins: "y_pred > 0.5",
      code: `import tensorflow as tf

def dice_loss(y_true, y_pred):
    p = tf.where(y_pred > 0.5, 1.0, 0.0)
    i = tf.reduce_sum(y_true * p)
    return 1 - (2 * i + 1) / (tf.reduce_sum(y_true) + tf.reduce_sum(p) + 1)
`,
    },
    {
      what: "detach in lightning",
      code: `import torch
import lightning as L
class M(L.LightningModule):
    def training_step(self, batch, i):
        x, y = batch
        pred = torch.argmax(self(x), dim=1)
        loss = torch.nn.functional.mse_loss(pred.float(), y.float())
        return loss
`,
      begins: "torch.argmax(self(x), dim=1)",
    },
    {
      what: "HF compute_loss",
      code: `import torch
from transformers import Trainer
class SegTrainer(Trainer):
    def compute_loss(self, model, inputs, return_outputs=False):
        labels = inputs.pop("labels")
        outputs = model(**inputs)
        logits = outputs.logits
        pred = logits.argmax(dim=1)
        inter = ((pred == 1) & (labels == 1)).sum().float()
        loss = 1 - 2 * inter / ((pred == 1).sum() + (labels == 1).sum())
        return (loss, outputs) if return_outputs else loss
`,
      begins: "logits.argmax(dim=1)",
    },
    {
      what: "tf train_step",
      code: `import tensorflow as tf
class Seg(tf.keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            logits = self(x, training=True)
            p = tf.cast(tf.sigmoid(logits) > 0.5, tf.float32)
            loss = 1 - 2 * tf.reduce_sum(p * y) / (tf.reduce_sum(p) + tf.reduce_sum(y))
        g = tape.gradient(loss, self.trainable_variables)
        return {"loss": loss}
`,
      begins: "tf.sigmoid(logits) > 0.5",
    },
  ],
  good: [
    {
      what: "attention module",
      code: `import torch
import torch.nn as nn
class Attn(nn.Module):
    def forward(self, logits, target):
        idx = logits.argmax(-1)
        return torch.nn.functional.one_hot(idx, 4) * target
`,
    },
    {
      what: "rl step",
      code: `import torch
class A:
    def train_step(self, batch):
        states, actions, targets = batch
        logits = self.model(states)
        action = logits.argmax(1)
        q = logits.gather(1, action.unsqueeze(1))
        loss = ((q.squeeze(1) - targets) ** 2).mean()
        loss.backward()
`,
    },
    {
      what: "step with argmax metric after",
      code: `import torch
def train_one_epoch(model, loader, opt, criterion):
    for x, y in loader:
        out = model(x)
        loss = criterion(out, y)
        pred = out.argmax(1)
        acc = (pred == y).float().mean()
        loss.backward()
        opt.step()
`,
    },
    {
      what: "argmax of the labels",
      code: `import torch
import torch.nn.functional as F


def ce_loss(pred, target):
    return F.cross_entropy(pred, target.argmax(dim=1))
`,
    },
    {
      what: "hard predictions only weigh the soft ones",
      code: `import torch


def self_weighted_dice_loss(pred, target):
    p = torch.softmax(pred, dim=1)
    wrong = (p.argmax(dim=1) != target.argmax(dim=1)).float().unsqueeze(1)
    p = p * (1 + wrong)
    inter = (p * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
    },
    {
      what: "straight through: hard forwards, soft backwards",
      code: `import tensorflow as tf


def straight_through_loss(y_true, y_pred):
    hard = tf.round(y_pred)
    p = y_pred + tf.stop_gradient(hard - y_pred)
    inter = tf.reduce_sum(y_true * p)
    return 1 - (2 * inter + 1) / (tf.reduce_sum(y_true) + tf.reduce_sum(p) + 1)
`,
    },
    {
      what: "a hard score beside a differentiable loss",
      code: `import torch
import torch.nn as nn


class LossWithScore(nn.Module):
    def forward(self, logits, target):
        loss = nn.functional.binary_cross_entropy_with_logits(logits, target)
        with torch.no_grad():
            hard = (torch.sigmoid(logits) > 0.5).float()
            self.score = (2 * (hard * target).sum() + 1) / (hard.sum() + target.sum() + 1)
        return loss
`,
    },
    {
      what: "gumbel softmax, hard (JAX: soft threshold)",
      code: `import jax
import jax.numpy as jnp


def soft_threshold_loss(logits, labels):
    p = jax.nn.sigmoid(50.0 * (jax.nn.sigmoid(logits) - 0.5))
    inter = jnp.sum(p * labels)
    return 1 - (2 * inter + 1.0) / (jnp.sum(p) + jnp.sum(labels) + 1.0)
`,
    },
    {
      what: "labels thresholded, predictions not (Keras)",
      code: `from keras import ops
import keras


class BinarizedLabels(keras.losses.Loss):
    def call(self, y_true, y_pred):
        y_true = ops.cast(y_true > 0.5, "float32")
        inter = ops.sum(y_true * y_pred)
        return 1 - (2 * inter + 1) / (ops.sum(y_true) + ops.sum(y_pred) + 1)
`,
    },
  ],
};
