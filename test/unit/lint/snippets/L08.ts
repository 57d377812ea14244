import type { Snippets } from "./snippets";

export const L08: Snippets = {
  bad: [
    {
      what: "the user's own loss class, called through self.criterion",
      code: `import torch
import torch.nn as nn


class DiceLoss(nn.Module):
    def forward(self, inputs, targets):
        inputs = torch.softmax(inputs, dim=1)
        inter = (inputs * targets).sum((0, 2, 3))
        return 1 - ((2 * inter + 1e-5) / ((inputs + targets).sum((0, 2, 3)) + 1e-5)).mean()


class Trainer:
    def __init__(self, net):
        self.net = net
        self.criterion = DiceLoss()

    def step(self, x, y):
        out = torch.softmax(self.net(x), dim=1)
        loss = self.criterion(out, y)
        loss.backward()
`,
      begins: "torch.softmax(inputs",
    },
    {
      what: "softmax twice (JAX)",
      code: `import jax
import jax.numpy as jnp


def ce_loss(logits, labels):
    probs = jax.nn.softmax(logits, axis=-1)
    probs = jax.nn.softmax(probs)
    return -jnp.mean(jnp.sum(labels * jnp.log(probs + 1e-7), axis=-1))
`,
      begins: "jax.nn.softmax(probs)",
    },
    {
      what: "probabilities under the name of the logits, read by others too (PyTorch)",
      begins: "F.cross_entropy(pred, target)",
      code: `import torch
import torch.nn.functional as F

def dice_ce_loss(pred, target, onehot):
    pred = F.softmax(pred, dim=1)
    ce = F.cross_entropy(pred, target)
    i = (pred * onehot).sum((0, 2, 3))
    return ce + 1 - ((2 * i + 1) / ((pred + onehot).sum((0, 2, 3)) + 1)).mean()
`,
    },
    {
      what: "probabilities under the name of the logits (PyTorch)",
      begins: "F.cross_entropy(pred, target)",
      code: `import torch
import torch.nn.functional as F

def ce_loss(pred, target):
    pred = torch.softmax(pred, dim=1)
    return F.cross_entropy(pred, target)
`,
    },
    {
      what: "a training loop (PyTorch)",
      begins: "criterion(outputs, masks)",
      code: `import torch
import torch.nn as nn

criterion = nn.BCEWithLogitsLoss()

def train(model, loader, optimizer):
    for images, masks in loader:
        outputs = torch.sigmoid(model(images))
        loss = criterion(outputs, masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
`,
    },
    {
      what: "a training loop that reads the probabilities as well (PyTorch)",
      begins: "criterion(outputs, masks)",
      code: `import torch
import torch.nn as nn

criterion = nn.BCEWithLogitsLoss()

def train(model, loader, optimizer):
    for images, masks in loader:
        outputs = torch.sigmoid(model(images))
        loss = criterion(outputs, masks)
        accuracy = ((outputs > 0.5) == masks).float().mean()
        loss.backward()
`,
    },
    {
      what: "MONAI's DiceLoss(softmax=True) of a softmax",
      begins: "loss_fn(p, y)",
      code: `import torch
from monai.losses import DiceLoss

loss_fn = DiceLoss(to_onehot_y=True, softmax=True)

def step(net, x, y):
    p = torch.softmax(net(x), dim=1)
    return loss_fn(p, y)
`,
    },
    {
      what: "MONAI's DiceCELoss(softmax=True) of a softmax",
      begins: "loss_fn(p, y)",
      code: `import torch
from monai.losses import DiceCELoss

loss_fn = DiceCELoss(softmax=True, to_onehot_y=True)

def step(net, x, y):
    p = torch.softmax(net(x), dim=1)
    return loss_fn(p, y)
`,
    },
    {
      what: "smp's DiceLoss of a softmax",
      begins: "dice(p, y)",
      code: `import torch
import segmentation_models_pytorch as smp

dice = smp.losses.DiceLoss(mode="multiclass")

def step(net, x, y):
    p = net(x).softmax(dim=1)
    return dice(p, y)
`,
    },
    {
      what: "smp's LovaszLoss of a softmax",
      begins: "loss(torch.softmax(net(x), 1), y)",
      code: `import torch
import segmentation_models_pytorch as smp

def step(net, x, y):
    loss = smp.losses.LovaszLoss("multiclass")
    return loss(torch.softmax(net(x), 1), y)
`,
    },
    {
      what: "from_logits=True in a call (Keras)",
      begins: "keras.losses.categorical_crossentropy(y_true, p, from_logits=True)",
      code: `import tensorflow as tf
from tensorflow import keras

def my_loss(y_true, y_pred):
    p = tf.nn.softmax(y_pred)
    return keras.losses.categorical_crossentropy(y_true, p, from_logits=True)
`,
    },
    {
      what: "logits= of a softmax (TensorFlow)",
      begins: "tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=probs)",
      code: `import tensorflow as tf

def xent_loss(labels, logits):
    probs = tf.nn.softmax(logits)
    return tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=probs))
`,
    },
    {
      what: "nn.Softmax, then nn.CrossEntropyLoss",
      begins: "self.ce(p, target)",
      code: `import torch
import torch.nn as nn

class Loss(nn.Module):
    def __init__(self):
        super().__init__()
        self.softmax = nn.Softmax(dim=1)
        self.ce = nn.CrossEntropyLoss()

    def forward(self, pred, target):
        p = self.softmax(pred)
        return self.ce(p, target)
`,
    },
    {
      what: "softmax as a method, twice (PyTorch)",
      begins: "p.softmax(1)",
      code: `import torch

def dice_loss(pred, target):
    p = pred.softmax(1)
    q = p.softmax(1)
    i = (q * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / ((q + target).sum((0, 2, 3)) + 1)).mean()
`,
    },
    {
      what: "keras custom softmax in the loss",
      code: `import tensorflow as tf
from tensorflow.keras.layers import Conv2D, Input, Activation
from tensorflow.keras.models import Model

def gen_dice(y_true, y_pred):
    y_pred = tf.nn.softmax(y_pred)
    i = tf.reduce_sum(y_true * y_pred, axis=[1, 2])
    u = tf.reduce_sum(y_true + y_pred, axis=[1, 2])
    return 1 - tf.reduce_mean((2 * i + 1e-5) / (u + 1e-5))

a = Input((64, 64, 3))
z = Conv2D(4, 1)(a)
z = Activation('softmax')(z)
model = Model(a, z)
model.compile(optimizer='adam', loss=gen_dice)
`,
      begins: "tf.nn.softmax(y_pred)",
    },
  ],
  good: [
    {
      what: "two models",
      code: `import tensorflow as tf
def soft(y_true, y_pred):
    p = tf.nn.softmax(y_pred)
    return tf.reduce_mean(tf.square(y_true - p))
a = tf.keras.Sequential([tf.keras.layers.Dense(4)])
a.compile('adam', loss=soft)
`,
    },
    {
      what: "softmax for Dice, logits for cross-entropy",
      code: `import torch
import torch.nn.functional as F


class DiceCELoss(torch.nn.Module):
    def forward(self, logits, target):
        ce = F.cross_entropy(logits, target)
        prob = F.softmax(logits, dim=1)
        onehot = F.one_hot(target, logits.shape[1]).permute(0, 3, 1, 2)
        inter = (prob * onehot).sum((0, 2, 3))
        total = prob.sum((0, 2, 3)) + onehot.sum((0, 2, 3))
        return ce + 1 - ((2 * inter + 1e-5) / (total + 1e-5)).mean()
`,
    },
    {
      what: "a softmax in the network, from_logits=False",
      code: `import tensorflow as tf
from tensorflow.keras import layers

inputs = layers.Input((128, 128, 3))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
outputs = layers.Conv2D(4, 1, activation="softmax")(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss=tf.keras.losses.CategoricalCrossentropy(from_logits=False))
`,
    },
    {
      what: "log-softmax and NLL, then exp for Dice",
      code: `import torch
import torch.nn.functional as F


def nll_dice_loss(pred, target):
    log_prob = F.log_softmax(pred, dim=1)
    nll = F.nll_loss(log_prob, target)
    prob = log_prob.exp()
    onehot = F.one_hot(target, pred.shape[1]).movedim(-1, 1)
    inter = (prob * onehot).sum((0, 2, 3))
    return nll + 1 - ((2 * inter + 1e-5) / ((prob + onehot).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "softmax for the metric only, in the training step",
      code: `import torch
import torch.nn as nn


class Segmenter(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Conv2d(3, 5, 1)
        self.criterion = nn.CrossEntropyLoss()

    def training_step(self, batch, batch_idx):
        x, y = batch
        logits = self.net(x)
        loss = self.criterion(logits, y)
        prob = torch.softmax(logits, dim=1)
        self.log("confidence", prob.max(1)[0].mean())
        return loss
`,
    },
    {
      what: "a softmax over space of attention, then the network's own",
      code: `import torch
import torch.nn as nn


class AttentionHead(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(64, 64)
        self.out = nn.Linear(64, 5)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x, target):
        weight = torch.softmax(self.query(x), dim=-1)
        logits = self.out(weight * x)
        return self.loss(logits, target)
`,
    },
    {
      what: "temperature: a softmax of log-probabilities",
      code: `import torch


def sharpened_dice_loss(pred, target, temperature=0.5):
    log_prob = torch.log_softmax(pred, dim=1)
    prob = torch.softmax(log_prob / temperature, dim=1)
    inter = (prob * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((prob + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
  ],
};
