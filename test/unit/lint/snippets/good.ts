/** Losses that are right, across frameworks: no rule warns of any of them. [what it is, code, rules that may leave a note] */
export const GOOD: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "the answer to the classic question, 2-D: per image, absent classes get a small finite weight",
    `import tensorflow as tf

def gen_dice(y_true, y_pred, eps=1e-6):
    """both tensors are [b, h, w, classes] and y_pred is in logit form"""
    pred_tensor = tf.nn.softmax(y_pred)
    y_true_shape = tf.shape(y_true)
    y_true = tf.reshape(y_true, [-1, y_true_shape[1] * y_true_shape[2], y_true_shape[3]])
    y_pred = tf.reshape(pred_tensor, [-1, y_true_shape[1] * y_true_shape[2], y_true_shape[3]])
    counts = tf.reduce_sum(y_true, axis=1)
    weights = 1. / (counts ** 2)
    weights = tf.where(tf.math.is_finite(weights), weights, eps)
    multed = tf.reduce_sum(y_true * y_pred, axis=1)
    summed = tf.reduce_sum(y_true + y_pred, axis=1)
    numerators = tf.reduce_sum(weights * multed, axis=-1)
    denom = tf.reduce_sum(weights * summed, axis=-1)
    dices = 1. - 2. * numerators / denom
    dices = tf.where(tf.math.is_finite(dices), dices, tf.zeros_like(dices))
    return tf.reduce_mean(dices)

model.compile("adam", loss=gen_dice)
`,
    [],
  ],
  [
    "the answer, 3-D",
    `import tensorflow as tf

def gen_dice_loss(y_true, logits, eps=1e-6):
    y_pred = tf.nn.softmax(logits)
    counts = tf.reduce_sum(y_true, axis=[1, 2, 3])
    weights = 1. / (counts ** 2)
    weights = tf.where(tf.math.is_finite(weights), weights, eps)
    numerator = tf.reduce_sum(weights * tf.reduce_sum(y_true * y_pred, axis=[1, 2, 3]), -1)
    denominator = tf.reduce_sum(weights * tf.reduce_sum(y_true + y_pred, axis=[1, 2, 3]), -1)
    return tf.reduce_mean(1 - 2 * numerator / denominator)
`,
    [],
  ],
  [
    "binary Dice, flattened (Keras)",
    `from keras import backend as K

def dice_coef(y_true, y_pred, smooth=1):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    intersection = K.sum(y_true_f * y_pred_f)
    return (2. * intersection + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)

def dice_coef_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)

model.compile(optimizer="adam", loss=dice_coef_loss, metrics=[dice_coef])
`,
    [],
  ],
  [
    "Dice per class over the batch (PyTorch)",
    `import torch
import torch.nn as nn
import torch.nn.functional as F

class DiceLoss(nn.Module):
    def __init__(self, eps=1e-5):
        super().__init__()
        self.eps = eps

    def forward(self, logits, target):
        probs = F.softmax(logits, dim=1)
        onehot = F.one_hot(target, logits.shape[1]).permute(0, 3, 1, 2).float()
        inter = (probs * onehot).sum((0, 2, 3))
        sums = (probs + onehot).sum((0, 2, 3))
        return 1 - ((2 * inter + self.eps) / (sums + self.eps)).mean()
`,
    [],
  ],
  [
    "Tversky per class and image (PyTorch)",
    `import torch

def tversky_loss(pred, target, alpha=0.3, beta=0.7, eps=1e-6):
    p = torch.softmax(pred, dim=1)
    tp = (p * target).sum(dim=(2, 3))
    fp = (p * (1 - target)).sum(dim=(2, 3))
    fn = ((1 - p) * target).sum(dim=(2, 3))
    score = (tp + eps) / (tp + alpha * fp + beta * fn + eps)
    return (1 - score).mean()
`,
    ["L16"],
  ],
  [
    "generalized Dice with weights set to the largest finite one (MONAI's way)",
    `import torch

def generalized_dice_loss(input, target):
    input = torch.softmax(input, 1)
    reduce_axis = list(range(2, input.dim()))
    intersection = torch.sum(target * input, reduce_axis)
    ground_o = torch.sum(target, reduce_axis)
    pred_o = torch.sum(input, reduce_axis)
    denominator = ground_o + pred_o
    w = torch.reciprocal(ground_o * ground_o)
    infs = torch.isinf(w)
    w[infs] = 0.0
    w = w + infs * torch.max(w)
    numer = 2.0 * (intersection * w).sum(dim=1)
    denom = (denominator * w).sum(dim=1)
    return (1 - numer / denom).mean()
`,
    [],
  ],
  [
    "soft Dice per class (JAX)",
    `import jax
import jax.numpy as jnp

def dice_loss(logits, labels):
    probs = jax.nn.softmax(logits, axis=-1)
    inter = jnp.sum(probs * labels, axis=(0, 1, 2))
    sums = jnp.sum(probs, axis=(0, 1, 2)) + jnp.sum(labels, axis=(0, 1, 2))
    return 1 - jnp.mean((2 * inter + 1e-5) / (sums + 1e-5))
`,
    [],
  ],
  [
    "a Keras 3 class",
    `import keras
from keras import ops

class SoftDice(keras.losses.Loss):
    def call(self, y_true, y_pred):
        axes = (0, 1, 2)
        inter = ops.sum(y_true * y_pred, axis=axes)
        sums = ops.sum(y_true, axis=axes) + ops.sum(y_pred, axis=axes)
        return 1 - ops.mean((2 * inter + 1e-5) / (sums + 1e-5))
`,
    [],
  ],
  [
    "TensorFlow 1, cross-entropy on logits",
    `import tensorflow as tf

def xent_loss(labels, logits):
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits))
`,
    [],
  ],
  [
    "cross-entropy and Dice together (PyTorch)",
    `import torch
import torch.nn.functional as F

def dice_ce_loss(logits, target):
    ce = F.cross_entropy(logits, target.long())
    probs = logits.softmax(1)
    onehot = F.one_hot(target.long(), logits.size(1)).movedim(-1, 1)
    inter = (probs * onehot).sum((0, 2, 3))
    dice = (2 * inter + 1e-5) / (probs.sum((0, 2, 3)) + onehot.sum((0, 2, 3)) + 1e-5)
    return ce + 1 - dice.mean()
`,
    [],
  ],
  [
    "a numpy metric beside a Keras model",
    `import numpy as np
import keras

def dice_score(y_true, y_pred):
    y_pred = np.argmax(y_pred, axis=-1)
    inter = np.sum((y_true == 1) * (y_pred == 1))
    return 2 * inter / (np.sum(y_true == 1) + np.sum(y_pred == 1))

model = keras.Sequential([keras.layers.Conv2D(4, 1, activation="softmax")])
model.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy())
`,
    ["L28"],
  ],
  [
    "focal loss (tf.keras)",
    `import tensorflow as tf
from tensorflow.keras import backend as K

def focal_loss(gamma=2.0, alpha=0.25):
    def loss(y_true, y_pred):
        y_pred = K.clip(y_pred, K.epsilon(), 1 - K.epsilon())
        ce = -y_true * K.log(y_pred)
        return K.mean(K.sum(alpha * K.pow(1 - y_pred, gamma) * ce, axis=-1))
    return loss

model.compile("adam", loss=focal_loss(gamma=2.0))
`,
    [],
  ],
];
