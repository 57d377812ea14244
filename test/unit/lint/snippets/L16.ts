import type { Snippets } from "./snippets";

export const L16: Snippets = {
  bad: [
    {
      what: "per image and class by vmap's axes (JAX)",
      code: `import jax
import jax.numpy as jnp


def soft_dice_loss(probs, labels, eps=1e-6):
    probs = probs.reshape(probs.shape[0], -1, probs.shape[-1])
    labels = labels.reshape(labels.shape[0], -1, labels.shape[-1])
    inter = jnp.sum(probs * labels, axis=1)
    total = jnp.sum(probs, axis=1) + jnp.sum(labels, axis=1)
    return 1 - jnp.mean((2 * inter + eps) / (total + eps))
`,
      begins: "(2 * inter",
    },
    {
      what: "monai default per-image",
      code: `from monai.losses import DiceLoss
crit = DiceLoss(to_onehot_y=True, softmax=True, smooth_nr=1.0, smooth_dr=1.0)
for b in loader:
    loss = crit(net(b["image"]), b["label"])
    loss.backward()
`,
      begins: "DiceLoss(to_onehot_y=True, sof",
    },
    {
      what: "nnunet config",
      code: `from nnunetv2.training.loss.compound_losses import DC_and_CE_loss
from nnunetv2.training.loss.dice import MemoryEfficientSoftDiceLoss
loss = DC_and_CE_loss({'batch_dice': False, 'smooth': 1, 'do_bg': False, 'ddp': False}, {}, weight_ce=1, weight_dice=1, dice_class=MemoryEfficientSoftDiceLoss)
`,
      begins: "DC_and_CE_loss({'batch_dice': ",
    },
    {
      what: "inline step",
      code: `import torch, lightning as L
class M(L.LightningModule):
    def training_step(self, batch, idx):
        img, mask = batch["image"], batch["mask"]
        prob = torch.softmax(self.net(img), dim=1)
        inter = (prob * mask).sum(dim=(2, 3))
        card = prob.sum(dim=(2, 3)) + mask.sum(dim=(2, 3))
        loss = 1 - ((2 * inter + 1e-5) / (card + 1e-5)).mean()
        return loss
`,
      begins: "(2 * inter + 1e-5) / (card + 1",
    },
  ],
  good: [
    {
      what: "per class over the batch",
      code: `import torch


class BatchDiceLoss(torch.nn.Module):
    def forward(self, pred, target):
        p = torch.softmax(pred, 1)
        inter = torch.einsum("nchw,nchw->c", p, target)
        total = torch.einsum("nchw->c", p) + torch.einsum("nchw->c", target)
        return 1 - ((2 * inter + 1e-5) / (total + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "smoothing below only, absent classes masked (nnU-Net's noSmooth)",
      code: `import torch


def dice_no_smooth_loss(pred, target):
    p = torch.softmax(pred, 1)
    inter = (p * target).sum((2, 3))
    total = (p + target).sum((2, 3))
    dice = 2 * inter / total.clamp(min=1e-8)
    present = target.sum((2, 3)) > 0
    return 1 - dice[present].mean()
`,
    },
    {
      what: "absent classes left out by where",
      code: `import tensorflow as tf


def soft_dice_loss(y_true, y_pred, smooth=1e-6):
    inter = tf.reduce_sum(y_true * y_pred, axis=[1, 2])
    volume = tf.reduce_sum(y_true, axis=[1, 2])
    dice = (2 * inter + smooth) / (volume + tf.reduce_sum(y_pred, axis=[1, 2]) + smooth)
    present = tf.cast(volume > 0, tf.float32)
    loss = tf.reduce_sum((1 - dice) * present) / tf.maximum(tf.reduce_sum(present), 1.0)
    return loss
`,
      notes: ["L20"],
    },
    {
      what: "one class per image, flattened",
      code: `import torch


def dice_loss(pred: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    p = torch.sigmoid(pred).reshape(-1)
    t = target.reshape(-1)
    return 1 - (2 * (p * t).sum() + 1e-5) / (p.sum() + t.sum() + 1e-5)
`,
    },
    {
      what: "the generalized Dice of an image: sums over classes before the division",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    p = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(1, 2)) + 100.0)
    inter = jnp.sum(w * jnp.sum(p * labels, axis=(1, 2)), axis=-1)
    total = jnp.sum(w * jnp.sum(p + labels, axis=(1, 2)), axis=-1)
    return jnp.mean(1 - 2 * inter / total)
`,
    },
  ],
};
