import type { Snippets } from "./snippets";

export const L19: Snippets = {
  bad: [
    {
      what: "L1 norms (smp's way), nothing above",
      code: `import torch
import torch.linalg as LA


def soft_dice_loss(output, target, eps=1e-7):
    dims = (0, 2, 3)
    output = output.log_softmax(dim=1).exp()
    output_sum = torch.sum(output, dim=dims)
    target_sum = torch.sum(target, dim=dims)
    difference = LA.vector_norm(output - target, ord=1, dim=dims)
    overlap = (output_sum + target_sum - difference) / 2
    fp = output_sum - overlap
    fn = target_sum - overlap
    return 1.0 - (overlap / (overlap + 0.5 * fp + 0.5 * fn).clamp_min(eps)).mean()
`,
      begins: "overlap /",
    },
    {
      what: "keras Dice axis",
      code: `import keras
i = keras.Input((64, 64, 1))
o = keras.layers.Conv2D(3, 1, activation="softmax")(i)
m = keras.Model(i, o)
m.compile(optimizer="adam", loss=keras.losses.Dice(axis=(1, 2)))
`,
      begins: "keras.losses.Dice(axis=(1, 2))",
    },
    {
      what: "kornia macro",
      code: `import kornia
crit = kornia.losses.DiceLoss(average='macro')
for x, y in loader:
    loss = crit(net(x), y)
    loss.backward()
`,
      begins: "kornia.losses.DiceLoss(average",
    },
  ],
  good: [
    {
      what: "the same constant above and below",
      code: `import torch


def dice_loss(pred, target):
    p = pred.softmax(1)
    inter = (p * target).sum((0, 2, 3))
    return 1 - ((2 * inter + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()
`,
      notes: ["L21"],
    },
    {
      what: "absent classes left out of the mean",
      code: `import torch


class DiceLoss(torch.nn.Module):
    def forward(self, output, target):
        p = torch.softmax(output, dim=1)
        inter = (p * target).sum((0, 2, 3))
        total = (p + target).sum((0, 2, 3))
        dice = 2 * inter / total.clamp(min=1e-7)
        present = target.sum((0, 2, 3)) > 0
        return 1 - dice[present].mean()
`,
      notes: ["L21"],
    },
    {
      what: "not a number where a class is absent, then nanmean",
      code: `import torch


def dice_loss(prob, target):
    inter = (prob * target).sum((0, 2, 3))
    total = (prob + target).sum((0, 2, 3))
    dice = torch.where(target.sum((0, 2, 3)) > 0, 2 * inter / total, torch.nan)
    return 1 - torch.nanmean(dice)
`,
      notes: ["L21"],
    },
    {
      what: "one class that is in every image",
      code: `import tensorflow as tf


def organ_loss(y_true, y_pred):
    t, p = y_true[..., 1], y_pred[..., 1]
    inter = tf.reduce_sum(t * p, axis=[1, 2])
    return 1.0 - tf.reduce_mean(2.0 * inter / (tf.reduce_sum(t + p, axis=[1, 2]) + 1e-7))
`,
    },
    {
      what: "the sums over all classes are divided (JAX)",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    p = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) + 10.0)
    num = jnp.sum(w * jnp.sum(p * labels, axis=(0, 1, 2)))
    return 1.0 - 2.0 * num / jnp.sum(w * jnp.sum(p + labels, axis=(0, 1, 2)))
`,
      notes: ["L21"],
    },
  ],
};
