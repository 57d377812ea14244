import type { Snippets } from "./snippets";

export const L18: Snippets = {
  bad: [
    {
      what: "1e-5 on weighted sums (JAX)",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels, eps=1e-5):
    p = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) + 10.0) ** 2
    num = jnp.sum(w * jnp.sum(p * labels, axis=(0, 1, 2)))
    den = jnp.sum(w * jnp.sum(p + labels, axis=(0, 1, 2)))
    return 1.0 - (2.0 * num + eps) / (den + eps)
`,
      begins: "(2.0 * num",
    },
    {
      what: "monai GDL",
      code: `from monai.losses import GeneralizedDiceLoss
crit = GeneralizedDiceLoss(to_onehot_y=True, softmax=True)
for b in dl:
    loss = crit(net(b["image"]), b["label"])
    loss.backward()
`,
      begins: "GeneralizedDiceLoss(to_onehot_",
    },
  ],
  good: [
    {
      what: "weighted sums without smoothing",
      code: `import torch


def gdl_loss(pred, target):
    p = torch.softmax(pred, 1)
    w = 1 / (target.sum(dim=(2, 3)) + 10) ** 2
    num = (w * (p * target).sum(dim=(2, 3))).sum(1)
    den = (w * (p + target).sum(dim=(2, 3))).sum(1)
    return 1 - (2 * num / den).mean()
`,
    },
    {
      what: "smoothing in the sums, before they are weighed",
      code: `import torch


def gdl_loss(pred, target, smooth=1e-5):
    p = torch.softmax(pred, 1)
    w = 1 / (target.sum(dim=(2, 3)) + 10) ** 2
    num = (w * ((p * target).sum(dim=(2, 3)) + smooth)).sum(1)
    den = (w * ((p + target).sum(dim=(2, 3)) + smooth)).sum(1)
    return 1 - (2 * num / den).mean()
`,
    },
    {
      what: "smoothing beside given weights of order 1",
      code: `import tensorflow as tf


def weighted_dice_loss(y_true, y_pred):
    weights = tf.constant([0.2, 1.0, 1.0, 2.0])
    inter = tf.reduce_sum(weights * tf.reduce_sum(y_true * y_pred, axis=[0, 1, 2]))
    total = tf.reduce_sum(weights * tf.reduce_sum(y_true + y_pred, axis=[0, 1, 2]))
    return 1.0 - (2.0 * inter + 1e-5) / (total + 1e-5)
`,
    },
    {
      what: "a bound below instead of a constant (keras.ops)",
      code: `import keras
from keras import ops


@keras.saving.register_keras_serializable()
class GeneralizedDice(keras.losses.Loss):
    def call(self, y_true, y_pred):
        w = 1.0 / ops.square(ops.sum(y_true, axis=(1, 2)) + 10.0)
        num = ops.sum(w * ops.sum(y_true * y_pred, axis=(1, 2)), axis=-1)
        den = ops.sum(w * ops.sum(y_true + y_pred, axis=(1, 2)), axis=-1)
        return 1.0 - 2.0 * num / ops.maximum(den, 1e-12)
`,
    },
    {
      what: "a constant that is below what matters (1e-10, JAX)",
      code: `import jax
import jax.numpy as jnp


def gdl_loss(logits, labels):
    p = jax.nn.softmax(logits)
    w = 1.0 / (jnp.sum(labels, axis=(0, 1, 2)) + 10.0)
    num = jnp.sum(w * jnp.sum(p * labels, axis=(0, 1, 2)))
    den = jnp.sum(w * jnp.sum(p + labels, axis=(0, 1, 2)))
    return 1.0 - (2.0 * num + 1e-10) / (den + 1e-10)
`,
      notes: ["L21"],
    },
  ],
};
