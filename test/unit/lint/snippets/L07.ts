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
  ],
  good: [
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
