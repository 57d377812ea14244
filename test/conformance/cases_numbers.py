"""Fixes of L22, L23, L24, L25, L30 and L31: precision, powers, changes in place, letters, hard decisions."""
import numpy as np

import reference as ref
from case import Case

LEAST = 1e-7


def tversky_powered(gamma, alpha, beta):
    """Focal Tversky over everything: alpha weighs false positives."""

    def loss(t, z):
        p = ref.softmax(z)
        tp, fp, fn = (t * p).sum(), ((1 - t) * p).sum(), (t * (1 - p)).sum()
        return max(1 - (tp + 1) / (tp + alpha * fp + beta * fn + 1), LEAST) ** gamma

    return loss


def tversky_whole(alpha, beta, activation=ref.softmax):
    def loss(t, z):
        p = activation(z)
        tp, fp, fn = (t * p).sum(), ((1 - t) * p).sum(), (t * (1 - p)).sum()
        return 1 - (tp + 1) / (tp + alpha * fp + beta * fn + 1)

    return loss


def powered(gamma, above, jaccard=False, activation=ref.softmax):
    """The mean over classes of (1 - score) ** gamma."""

    def loss(t, z):
        p = activation(z)
        axes = ref.everything(t)
        i, s = (t * p).sum(axes), (t + p).sum(axes)
        score = (i + above) / (s - i + above) if jaccard else (2 * i + above) / (s + above)
        return np.mean(np.maximum(1 - score, LEAST) ** gamma)

    return loss


def without_background(t, z):
    """Dice of probabilities whose first class was set to 0."""
    p = ref.softmax(z)
    p = np.concatenate([np.zeros_like(p[..., :1]), p[..., 1:]], axis=-1)
    axes = ref.everything(t)
    i = (t * p).sum(axes) + 1e-5
    return np.mean(1 - 2 * i / ((t + p).sum(axes) + 1e-5))


def recall(t, z):
    """Sums of labels where a class is there, 1 where not."""
    v = t.sum((1, 2))
    return 1 - np.mean((t * ref.softmax(z)).sum((1, 2)) / np.where(v == 0, 1, v))


def thresholded(t, z):
    p = ref.softmax(z)
    return 1 - np.mean(np.where(p < 0.1, 0, p) * t)


def halved(t, z):
    p = ref.softmax(z)
    p = np.concatenate([p[..., :1] * 0.5, p[..., 1:]], axis=-1)
    return 1 - np.mean(p * t)


def small_dropped(t, z):
    p = ref.sigmoid(z)
    p = np.where(p < 0.01, 0, p)
    axes = ref.everything(t)
    i = (t * p).sum(axes) + 1e-5
    return np.mean(1 - 2 * i / ((t + p).sum(axes) + 1e-5))


# What is 16 bits before the sums differs from any reference by more than is allowed here: casts to 16 bits do nothing while the loss runs.
EXACT = """
import tensorflow as tf

def exact(loss):
    cast = tf.cast

    def run(y, p):
        tf.cast = lambda x, dtype, name=None: cast(x, tf.float32 if dtype == tf.float16 else dtype, name)
        try:
            return loss(y, p)
        finally:
            tf.cast = cast

    return run
"""
TORCH_EXACT = """
import torch

def exact(loss):
    def run(pred, target):
        half, single = torch.Tensor.half, torch.Tensor.float
        torch.Tensor.half = torch.Tensor.float = lambda self: self
        try:
            return loss(pred, target)
        finally:
            torch.Tensor.half, torch.Tensor.float = half, single

    return run
"""

CASES = [
    Case("L22", "half() (PyTorch)", before=TORCH_EXACT, call="exact(dice_loss)", predictions="logits", reference=lambda t, z: np.mean(1 - 2 * ((t * ref.softmax(z)).sum((0, 1, 2)) + 1e-3) / ((t + ref.softmax(z)).sum((0, 1, 2)) + 1e-3))),
    Case("L22", "torch.sum, three times", before=TORCH_EXACT, call="exact(dice_loss)", predictions="logits", reference=ref.dice("batch", 1e-3, 1e-3)),
    Case("L22", "two sums (TensorFlow)", before=EXACT, call="exact(dice_loss)", reference=ref.dice("image", 1e-3, 1e-3)),
    Case("L22", "to(torch.float16)", call="dice_loss", reference=lambda t, z: (t * ref.softmax(z)).sum() / t.sum()),
    Case("L22", "tf.cast", call="lambda y, p: dice_loss(y, p) + 0 * tf.reduce_sum(p)", reference=lambda t, z: 1 - np.mean(t.sum((1, 2)))),
    Case("L23", "1 - Tversky to the power 0.75 (Abraham)", call="focal_tversky_loss", reference=tversky_powered(0.75, 0.3, 0.7)),
    Case("L23", "**", call="dice_loss", reference=lambda t, z: np.sqrt(1 - 2 * (t * ref.softmax(z)).sum() / (t + ref.softmax(z)).sum())),
    Case("L23", "torch.pow", call="dice_loss", reference=powered(0.3, 1e-5)),
    Case("L23", "1 / gamma (JAX)", call="focal_tversky_loss", reference=tversky_powered(0.75, 0.3, 0.7)),
    Case("L23", "the method", call="focal_tversky_loss", reference=powered(0.75, 1, jaccard=True)),
    Case("L24", "item assignment (TensorFlow)", call="gdl_loss", reference=recall),
    Case("L24", "item assignment (Keras 3)", call="MyDiceLoss", reference=recall),
    Case("L24", "item assignment (JAX)", call="dice_loss", predictions="logits", reference=thresholded),
    Case("L24", "an update of items (JAX)", call="dice_loss", predictions="logits", reference=halved),
    Case("L24", "a softmax changed in place (PyTorch)", call="dice_loss", predictions="logits", reference=without_background),
    Case("L24", "masks, twice (PyTorch)", call="dice_loss", predictions="logits", reference=small_dropped),
    # The letters changed places, and their defaults with them: the loss is what it was.
    Case("L25", "alpha on false negatives (Keras)", call="tversky_loss", reference=tversky_whole(0.3, 0.7)),
    Case("L25", "a class (PyTorch)", call="TverskyLoss", predictions="logits", reference=tversky_whole(0.3, 0.7, ref.sigmoid)),
    Case("L25", "a class (PyTorch)", call="TverskyLoss", make={"alpha": 0.2, "beta": 0.9}, predictions="logits", reference=tversky_whole(0.2, 0.9, ref.sigmoid)),
    Case("L25", "false positives as a difference", call="dice_loss", reference=tversky_whole(0.3, 0.7)),
    Case("L30", "mean, then the power (PyTorch)", call="dice_loss", predictions="logits", reference=powered(2.0, 1e-5, jaccard=True)),
    Case("L30", "a class", call="FocalTverskyLoss", predictions="logits", reference=powered(4 / 3, 1e-5, jaccard=True)),
    Case("L30", "K.pow of K.mean", call="focal_tversky_loss", reference=powered(1.5, 1e-5, jaccard=True)),
    Case("L30", "jax.numpy", call="focal_jaccard_loss", predictions="logits", reference=powered(2.0, 1e-5, jaccard=True)),
    Case("L30", "the mean under a name", call="focal_dice_loss", reference=powered(2.0, 1e-5)),
    Case("L30", "1 minus the mean", call="focal_dice_loss", reference=powered(2.0, 1e-5)),
    Case("L30", "the power as a method of the mean", call="focal_dice_loss", reference=powered(2.0, 1e-5)),
    Case("L31", "K.round (Keras)", call="dice_loss", reference=ref.micro_dice(1, 1)),
    Case("L31", "a threshold (TensorFlow)", call="iou_loss", reference=lambda t, z: 1 - (t * ref.softmax(z)).sum() / ((t + ref.softmax(z)).sum() - (t * ref.softmax(z)).sum() + 1e-6)),
    Case("L31", "one-hot of the argmax (JAX)", call="dice_loss", predictions="logits", reference=ref.micro_dice()),
    Case("L31", "a threshold and float() (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice("batch", 1, 1, activation=ref.sigmoid)),
    Case("L31", "one-hot of the argmax (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice("batch", 1, 1)),
    Case("L31", "K.round, twice (Keras)", call="dice_loss", reference=ref.micro_dice(1, 1)),
    Case("L31", "where of a threshold (TensorFlow)", call="dice_loss", reference=ref.micro_dice(1, 1)),
]
