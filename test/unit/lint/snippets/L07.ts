import type { Snippets } from "./snippets";

export const L07: Snippets = {
  bad: [
    {
      what: "with a cross-entropy that needs the logits (PyTorch)",
      begins: "logits * target",
      code: `import torch
import torch.nn.functional as F

def dice_ce_loss(logits, target):
    ce = F.cross_entropy(logits, target)
    inter = (logits * target).sum((0, 2, 3))
    dice = (2 * inter + 1e-5) / (logits.sum((0, 2, 3)) + target.sum((0, 2, 3)) + 1e-5)
    return ce + 1 - dice.mean()
`,
    },
    {
      what: "binary, flattened under its own name (PyTorch)",
      begins: "logits * target",
      code: `import torch

def dice_loss(logits, target):
    """Dice."""
    logits = logits.view(-1)
    target = target.view(-1)
    inter = (logits * target).sum()
    return 1 - (2 * inter + 1) / (logits.sum() + target.sum() + 1)
`,
    },
    {
      what: "logits times labels (JAX)",
      begins: "logits * labels",
      code: `import jax
import jax.numpy as jnp

def dice_loss(logits, labels):
    inter = jnp.sum(logits * labels, axis=(0, 1, 2))
    return 1 - jnp.mean(2 * inter / jnp.sum(logits + labels, axis=(0, 1, 2)))
`,
    },
    {
      what: "torch dice on raw conv output",
      code: `import torch
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(3, 1, 1)
    def forward(self, x):
        return self.c(x)

def dice_loss(pred, target):
    inter = (pred * target).sum()
    return 1 - (2 * inter + 1) / (pred.sum() + target.sum() + 1)

net = Net()
opt = torch.optim.Adam(net.parameters())
for x, y in loader:
    out = net(x)
    loss = dice_loss(out, y)
    loss.backward()
`,
      begins: "pred * target",
    },
    {
      what: "keras linear output",
      code: `import tensorflow as tf
from tensorflow.keras import layers

def dice(y, p):
    i = tf.reduce_sum(y * p, axis=[1, 2, 3])
    return 1 - (2 * i + 1) / (tf.reduce_sum(y, axis=[1, 2, 3]) + tf.reduce_sum(p, axis=[1, 2, 3]) + 1)

inp = tf.keras.Input((64, 64, 1))
h = layers.Conv2D(8, 3, activation='relu', padding='same')(inp)
out = layers.Conv2D(1, 1)(h)
model = tf.keras.Model(inp, out)
model.compile(optimizer='adam', loss=dice)
`,
      begins: "y * p",
    },
    {
      what: "BCELoss on logits",
      code: `import torch
import torch.nn as nn
model = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 1, 1))
crit = nn.BCELoss()
for x, y in loader:
    loss = crit(model(x), y)
    loss.backward()
`,
      begins: "crit(model(x), y)",
    },
    {
      what: "inline",
      code: `import torch
def train(model, loader, opt):
    for img, target in loader:
        logits = model(img)
        inter = (logits * target).sum((1, 2, 3))
        loss = (1 - (2 * inter + 1) / (logits.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1)).mean()
        loss.backward()
`,
      begins: "logits * target",
    },
  ],
  good: [
    {
      what: "wgan",
      code: `import torch
import torch.nn as nn
D = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 1, 1))
def adv_loss(pred, target):
    return -(pred * target).mean()
for x, y in loader:
    loss = adv_loss(D(x), y)
    loss.backward()
`,
    },
    {
      what: "hinge",
      code: `import torch
import torch.nn as nn
net = nn.Linear(10, 1)
def hinge_loss(output, target):
    return torch.clamp(1 - output * target, min=0).mean()
for x, y in loader:
    loss = hinge_loss(net(x), y)
    loss.backward()
`,
    },
    {
      what: "cosine similarity of logits",
      code: `import torch
import torch.nn as nn
enc = nn.Linear(10, 4)
def cosine_loss(pred, target):
    return 1 - (pred * target).sum(-1) / (pred.norm(dim=-1) * target.norm(dim=-1))
for x, y in loader:
    loss = cosine_loss(enc(x), y).mean()
    loss.backward()
`,
    },
    {
      what: "regression mse on linear",
      code: `import tensorflow as tf
def my_loss(y_true, y_pred):
    return tf.reduce_mean(tf.square(y_true - y_pred)) + 0.1 * tf.reduce_mean(tf.abs(y_true * y_pred))
m = tf.keras.Sequential([tf.keras.layers.Dense(8, activation='relu'), tf.keras.layers.Dense(1)])
m.compile('adam', my_loss)
`,
    },
    {
      what: "model logits sigmoid inside the loss",
      code: `import tensorflow as tf
def dice(y_true, y_pred):
    p = tf.sigmoid(y_pred)
    i = tf.reduce_sum(y_true * p, axis=[1, 2, 3])
    return 1 - tf.reduce_mean((2 * i + 1e-5) / (tf.reduce_sum(y_true + p, axis=[1, 2, 3]) + 1e-5))
i = tf.keras.Input((64, 64, 1))
o = tf.keras.layers.Conv2D(1, 1)(i)
m = tf.keras.Model(i, o)
m.compile('adam', dice)
`,
    },
    {
      what: "bce on own sigmoid",
      code: `import torch
import torch.nn as nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c = nn.Conv2d(3, 1, 1)
    def forward(self, x):
        return torch.sigmoid(self.c(x))
net = Net()
crit = nn.BCELoss()
for x, y in loader:
    loss = crit(net(x), y)
    loss.backward()
`,
    },
    {
      what: "logits, after their sigmoid",
      code: `import torch


def dice_loss(logits, target, eps: float = 1.0):
    prob = torch.sigmoid(logits).flatten(1)
    target = target.flatten(1)
    inter = (prob * target).sum(1)
    return (1 - (2 * inter + eps) / (prob.sum(1) + target.sum(1) + eps)).mean()
`,
    },
    {
      what: "logits times labels in a cross-entropy (numerically stable)",
      code: `import tensorflow as tf


def sigmoid_ce_loss(labels, logits):
    return tf.reduce_mean(tf.nn.relu(logits) - logits * labels + tf.math.log1p(tf.exp(-tf.abs(logits))))
`,
    },
    {
      what: "the hinge of Lovász: signs, not labels",
      code: `import torch
import torch.nn.functional as F


def lovasz_hinge_flat(logits, labels):
    signs = 2.0 * labels.float() - 1.0
    errors = 1.0 - logits * signs
    errors_sorted, perm = torch.sort(errors, dim=0, descending=True)
    gt_sorted = labels[perm]
    gts = gt_sorted.sum()
    inter = gts - gt_sorted.float().cumsum(0)
    union = gts + (1 - gt_sorted).float().cumsum(0)
    return torch.dot(F.relu(errors_sorted), 1.0 - inter / union)
`,
    },
    {
      what: "MONAI's DiceLoss, told of the softmax",
      code: `import torch
from monai.losses import DiceLoss
from monai.networks.nets import UNet

model = UNet(spatial_dims=3, in_channels=1, out_channels=4, channels=(16, 32, 64), strides=(2, 2))
loss_function = DiceLoss(to_onehot_y=True, softmax=True)


def train_step(image, label):
    outputs = model(image)
    return loss_function(outputs, label)
`,
    },
    {
      what: "the activation in another function of the class",
      code: `import torch
from torch import nn


class DiceLoss(nn.Module):
    def __init__(self, activation="softmax"):
        super().__init__()
        self.activation = activation

    def _activate(self, logits):
        if self.activation == "softmax":
            return torch.softmax(logits, dim=1)
        return torch.sigmoid(logits)

    def forward(self, logits, target):
        prob = self._activate(logits)
        inter = torch.einsum("bchw,bchw->bc", prob, target)
        total = torch.einsum("bchw->bc", prob) + torch.einsum("bchw->bc", target)
        return 1 - ((2 * inter) / (total + 1e-7)).mean()
`,
      notes: ["L19"],
    },
    {
      what: "from_logits=False: what is called logits may be probabilities already",
      code: `import jax
import jax.numpy as jnp


def dice_loss(logits, labels, from_logits=True):
    probs = jax.nn.softmax(logits) if from_logits else logits
    inter = jnp.sum(probs * labels, axis=(0, 1, 2))
    total = jnp.sum(probs + labels, axis=(0, 1, 2))
    return 1 - jnp.mean((2 * inter + 1e-5) / (total + 1e-5))
`,
      notes: ["L21"],
    },
  ],
};
