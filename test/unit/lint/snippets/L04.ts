import type { Snippets } from "./snippets";

export const L04: Snippets = {
  bad: [
    {
      what: "flatten(1) after a softmax (PyTorch)",
      code: `import torch
import torch.nn.functional as F


def dice_loss(logits: torch.Tensor, target: torch.Tensor, num_classes: int) -> torch.Tensor:
    probs = F.softmax(logits, dim=1)
    onehot = F.one_hot(target, num_classes).permute(0, 3, 1, 2).float()
    p, t = probs.flatten(1), onehot.flatten(1)
    inter = (p * t).sum(-1)
    return 1 - ((2 * inter + 1.0) / (p.sum(-1) + t.sum(-1) + 1.0)).mean()
`,
      begins: "(2 * inter",
    },
    {
      what: "axes 1 to 3 of images with classes last (Keras)",
      code: `from tensorflow.keras import backend as K
from tensorflow.keras.layers import Conv2D, Input


def dice_loss(y_true, y_pred, n_classes=5, smooth=1.0):
    inter = K.sum(y_true * y_pred, axis=[1, 2, 3])
    total = K.sum(y_true, axis=[1, 2, 3]) + K.sum(y_pred, axis=[1, 2, 3])
    return 1 - K.mean((2 * inter + smooth) / (total + smooth), axis=0)


model.compile(optimizer="adam", loss=dice_loss)
`,
      begins: "(2 * inter",
    },
    {
      what: "keras flatten softmax",
      code: `from keras.models import Model
from keras.layers import Input, Conv2D
from keras import backend as K

def dice_coef(y_true, y_pred):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    inter = K.sum(y_true_f * y_pred_f)
    return (2. * inter + 1e-5) / (K.sum(y_true_f) + K.sum(y_pred_f) + 1e-5)

def dice_coef_loss(y_true, y_pred):
    return 1 - dice_coef(y_true, y_pred)

inp = Input((128, 128, 1))
x = Conv2D(16, 3, padding='same', activation='relu')(inp)
out = Conv2D(4, 1, activation='softmax')(x)
model = Model(inp, out)
model.compile(optimizer='adam', loss=dice_coef_loss)
`,
      begins: "(2. * inter + 1e-5) / (K.sum(y",
    },
    {
      what: "lightning flatten",
      code: `import torch
import pytorch_lightning as pl

class Seg(pl.LightningModule):
    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.net(x)
        probs = logits.softmax(dim=1)
        onehot = torch.nn.functional.one_hot(y, 4).movedim(-1, 1)
        inter = torch.sum(probs.flatten() * onehot.flatten())
        dice = 2 * inter / (probs.sum() + onehot.sum())
        loss = 1 - dice
        self.log("train_loss", loss)
        return loss
`,
      begins: "2 * inter / (probs.sum() + one",
    },
    {
      what: "keras Dice",
      code: `import keras
i = keras.Input((64, 64, 1))
o = keras.layers.Conv2D(3, 1, activation="softmax")(i)
m = keras.Model(i, o)
m.compile(optimizer="adam", loss=keras.losses.Dice())
`,
      begins: "m.compile(optimizer=\"adam\", lo",
    },
  ],
  good: [
    {
      what: "keras Dice axis",
      code: `import keras
i = keras.Input((64, 64, 1))
o = keras.layers.Conv2D(3, 1, activation="softmax")(i)
m = keras.Model(i, o)
m.compile(optimizer="adam", loss=keras.losses.Dice(axis=(1, 2)))
`,
    },
    {
      what: "flattened, one class",
      code: `import torch.nn as nn
import torch


class DiceLoss(nn.Module):
    def __init__(self, smooth: float = 1.0) -> None:
        super().__init__()
        self.smooth = smooth

    def forward(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        inputs = torch.sigmoid(inputs).view(-1)
        targets = targets.view(-1)
        inter = (inputs * targets).sum()
        return 1 - (2.0 * inter + self.smooth) / (inputs.sum() + targets.sum() + self.smooth)
`,
    },
    {
      what: "rows of voxels, summed over the rows",
      code: `from keras import backend as K


def dice_loss(y_true, y_pred, smooth=1):
    num_classes = K.int_shape(y_pred)[-1]
    y_true_f = K.reshape(y_true, (-1, num_classes))
    y_pred_f = K.reshape(y_pred, (-1, num_classes))
    inter = K.sum(y_true_f * y_pred_f, axis=0)
    return 1 - K.mean((2.0 * inter + smooth) / (K.sum(y_true_f, axis=0) + K.sum(y_pred_f, axis=0) + smooth))
`,
      notes: ["L17", "L21"],
    },
    {
      what: "a loop over classes, each flattened",
      code: `import tensorflow as tf
from tensorflow.keras import backend as K


def dice_coef(y_true, y_pred, smooth=1e-5):
    y_true_f = K.flatten(y_true)
    y_pred_f = K.flatten(y_pred)
    inter = K.sum(y_true_f * y_pred_f)
    return (2.0 * inter + smooth) / (K.sum(y_true_f) + K.sum(y_pred_f) + smooth)


def dice_multilabel_loss(y_true, y_pred, num_labels=4):
    score = 0.0
    for index in range(num_labels):
        score += dice_coef(y_true[..., index], y_pred[..., index])
    return 1 - score / num_labels
`,
      notes: ["L21"],
    },
    {
      what: "three axes of a volume, the classes last",
      code: `import tensorflow as tf
from tensorflow.keras.layers import Conv3D, MaxPooling3D


def soft_dice_loss(y_true, y_pred, axis=(1, 2, 3), epsilon=1e-5):
    y_pred = tf.nn.softmax(y_pred)
    num = 2.0 * tf.reduce_sum(y_true * y_pred, axis=axis)
    den = tf.reduce_sum(tf.square(y_true), axis=axis) + tf.reduce_sum(tf.square(y_pred), axis=axis)
    return 1 - tf.reduce_mean((num + epsilon) / (den + epsilon))
`,
      notes: ["L16"],
    },
    {
      what: "channels first: axes 2 and 3 are space",
      code: `import tensorflow as tf
from tensorflow.keras import backend as K

K.set_image_data_format("channels_first")


def soft_dice_loss(y_true, y_pred):
    y_pred = K.softmax(y_pred, axis=1)
    inter = K.sum(y_true * y_pred, axis=(0, 2, 3))
    total = K.sum(y_true, axis=(0, 2, 3)) + K.sum(y_pred, axis=(0, 2, 3))
    return 1 - K.mean((2 * inter + 1e-5) / (total + 1e-5))
`,
      notes: ["L21"],
    },
    {
      what: "the sum over classes is one of scores",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels):
    probs = jax.nn.softmax(logits, axis=-1)
    inter = jnp.sum(probs * labels, axis=(1, 2))
    total = jnp.sum(probs, axis=(1, 2)) + jnp.sum(labels, axis=(1, 2))
    dice = (2.0 * inter + 1e-5) / (total + 1e-5)
    return jnp.mean(jnp.sum(1.0 - dice, axis=-1))
`,
      notes: ["L16"],
    },
    {
      what: "weights per class before the sum over all",
      code: `import torch


def generalized_dice_loss(pred, target):
    p = pred.softmax(1)
    w = 1 / (target.sum((0, 2, 3)) + 1)
    num = (p * target).sum((0, 2, 3)) * w
    den = (p + target).sum((0, 2, 3)) * w
    return 1 - 2 * num.sum() / den.sum()
`,
      notes: ["L21"],
    },
  ],
};
