"""What the fixed losses must equal: numpy, float64, written from the losses' definitions.

Each maker returns a function of (labels, logits), both channels last, labels one-hot, which returns the value of the loss.
"""
import numpy as np


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def space(t):
    return tuple(range(1, t.ndim - 1))


def everything(t):
    return tuple(range(t.ndim - 1))


def inverse(volumes, absent, power=2, eps=0.0):
    """1/V**power, and `absent` where V is 0."""
    safe = np.where(volumes > 0, volumes, 1)
    return np.where(volumes > 0, 1 / (safe**power + eps), absent)


def generalized(per="image", absent=1e-6, power=2, eps=0.0, activation=softmax, average=True, extra=0.0, smooth=0.0, absent_zero=False):
    """Generalized Dice (Sudre 2017): per image as in the answer to the classic question, or over the batch."""

    def loss(t, z):
        p = activation(z)
        axes = space(t) if per == "image" else everything(t)
        w = inverse(t.sum(axes), 0.0 if absent_zero else absent, power, eps)
        above = 2 * (w * (t * p).sum(axes)).sum(-1) + smooth * w.sum(-1)
        below = (w * (t + p).sum(axes)).sum(-1) + smooth * w.sum(-1) + extra
        return np.mean(1 - above / below)

    return loss


def dice(per="batch", above=0.0, below=0.0, activation=softmax, jaccard=False, scale=1.0, factor=2.0):
    """Mean Dice (or Jaccard) loss over the classes (and images); `factor` 1 for a Dice that somebody wrote without its 2."""

    def loss(t, z):
        p = activation(z)
        axes = space(t) if per == "image" else everything(t)
        i, s = (t * p).sum(axes), (t + p).sum(axes)
        score = (i + above) / (s - i + below) if jaccard else (factor * i + above) / (s + below)
        return scale * np.mean(1 - score)

    return loss


def micro_dice(above=0.0, below=0.0, activation=softmax):
    def loss(t, z):
        p = activation(z)
        return 1 - (2 * (t * p).sum() + above) / ((t + p).sum() + below)

    return loss


def tversky(alpha, beta, per="batch", smooth=0.0, activation=softmax):
    """alpha: weight of false positives, beta: of false negatives."""

    def loss(t, z):
        p = activation(z)
        axes = space(t) if per == "image" else everything(t)
        tp, fp, fn = (t * p).sum(axes), ((1 - t) * p).sum(axes), (t * (1 - p)).sum(axes)
        return np.mean(1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth))

    return loss


def cross_entropy():
    def loss(t, z):
        return np.mean(-(t * np.log(softmax(z))).sum(-1))

    return loss


def of(formula):
    """A loss written as a formula of labels t, probabilities p and logits z."""

    def loss(t, z):
        return formula(t, softmax(z), z)

    return loss
