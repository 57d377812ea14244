"""Fixes of L7, L8, L11, L12 and L15: activations, slices, one-hot labels."""
import numpy as np

import reference as ref
from case import Case


def batch_dice(above=1e-5, below=1e-5, **more):
    return ref.dice("batch", above=above, below=below, **more)


def dice_per_class(activation, above=0.0, per="batch"):
    return ref.dice(per, above=above, below=above, activation=activation)


def binary_cross_entropy(t, z):
    return np.mean(np.logaddexp(0, z) - t * z)


def foreground_dice(above=1e-5):
    """The background is left out behind the softmax."""

    def loss(t, z):
        p, t = ref.softmax(z)[..., 1:], t[..., 1:]
        axes = ref.everything(t)
        return np.mean(1 - (2 * (t * p).sum(axes) + above) / ((t + p).sum(axes) + above))

    return loss


def with_cross_entropy(other):
    return lambda t, z: ref.cross_entropy()(t, z) + other(t, z)


def crossed_micro(t, z):
    """Dice over everything, of one-hot labels."""
    p = ref.softmax(z)
    return 1 - 2 * (t * p).sum() / (t + p).sum()


def per_image(above):
    return ref.dice("image", above=above, below=above)


def lovasz_softmax(t, z):
    """Berman 2018, over the batch, classes that are present."""
    p = ref.softmax(z).reshape(-1, z.shape[-1])
    t = t.reshape(-1, t.shape[-1])
    losses = []
    for c in range(t.shape[-1]):
        if t[:, c].sum() == 0:
            continue
        errors = np.abs(t[:, c] - p[:, c])
        order = np.argsort(-errors, kind="stable")
        truth = t[order, c]
        jaccard = 1 - (truth.sum() - np.cumsum(truth)) / (truth.sum() + np.cumsum(1 - truth))
        jaccard[1:] = jaccard[1:] - jaccard[:-1]
        losses.append((errors[order] * jaccard).sum())
    return np.mean(losses)


def focal(gamma, weights=None):
    """MONAI's FocalLoss with a softmax: per pixel and class, the mean of all."""

    def loss(t, z):
        p = ref.softmax(z)
        return np.mean(-t * (1 - p) ** gamma * np.log(p))

    return loss


SAME = "lambda x: x"
HOT = dict(labels="indices", predictions="logits")

# There is no second device here: the network stays where it is while the snippet is read.
ON_CPU = """
import torch
images = torch.zeros(1, 1, 16, 16, 16)
labels = torch.zeros(1, 1, 16, 16, 16)
moved = torch.nn.Module.to
torch.nn.Module.to = lambda self, *to: self
"""

# step() returns nothing: what its criterion returned is kept, and its own backward pass left out.
KEPT = """
kept = []

class Quiet:
    def backward(self):
        pass

def keep(value):
    kept.append(value)
    return Quiet()
"""

CASES = [
    Case("L7", "logits times labels (PyTorch)", call="dice_loss", predictions="logits", reference=dice_per_class(ref.softmax)),
    Case("L7", "logits times labels (PyTorch)", fix=1, call="dice_loss", predictions="logits", reference=dice_per_class(ref.sigmoid)),
    Case("L7", "logits times labels (TensorFlow)", call="dice_loss", predictions="logits", reference=dice_per_class(ref.softmax, per="image")),
    Case("L7", "logits times labels (TensorFlow)", fix=1, call="dice_loss", predictions="logits", reference=dice_per_class(ref.sigmoid, per="image")),
    Case("L7", "with a cross-entropy that needs the logits (PyTorch)", call="lambda pred, target: dice_ce_loss(pred, target)", predictions="logits", reference=with_cross_entropy(batch_dice())),
    Case("L7", "binary, flattened under its own name (PyTorch)", call="dice_loss", predictions="logits", classes=1, reference=ref.micro_dice(1, 1, activation=ref.sigmoid)),
    Case("L7", "logits times labels (JAX)", call="dice_loss", predictions="logits", reference=dice_per_class(ref.softmax)),
    Case("L7", "logits times labels (JAX)", fix=1, call="dice_loss", predictions="logits", reference=dice_per_class(ref.sigmoid)),
    Case("L7", "MONAI's DiceLoss on a network's output", **HOT, before=ON_CPU, call="setattr(torch.nn.Module, 'to', moved) or (lambda pred, target: criterion(pred, target[:, None]))", reference=per_image(1e-5)),
    Case("L8", "softmax before cross-entropy", **HOT, call="dice_loss", reference=ref.cross_entropy()),
    Case("L8", "softmax twice", call="dice_loss", predictions="logits", reference=batch_dice()),
    Case("L8", "a model with a softmax and from_logits=True", framework="keras", before="import keras\n", labels="indices", call="model.loss", reference=ref.cross_entropy()),
    Case("L8", "sigmoid, then BCEWithLogitsLoss", fix="all", call="bce_loss", predictions="logits", classes=1, reference=binary_cross_entropy),
    Case("L8", "probabilities under the name of the logits, read by others too (PyTorch)", call="lambda pred, target: dice_ce_loss(pred, target, target)", predictions="logits", reference=with_cross_entropy(batch_dice(1, 1))),
    Case("L8", "probabilities under the name of the logits (PyTorch)", **HOT, call="ce_loss", reference=ref.cross_entropy()),
    Case("L8", "a training loop (PyTorch)", run=False, before="import torch\n"),
    Case("L8", "MONAI's DiceLoss(softmax=True) of a softmax", **HOT, call=f"lambda pred, target: step({SAME}, pred, target[:, None])", reference=per_image(1e-5)),
    Case("L8", "MONAI's DiceCELoss(softmax=True) of a softmax", **HOT, call=f"lambda pred, target: step({SAME}, pred, target[:, None])", reference=with_cross_entropy(per_image(1e-5))),
    Case("L8", "from_logits=True in a call (Keras)", call="my_loss", predictions="logits", reference=ref.cross_entropy()),
    Case("L8", "logits= of a softmax (TensorFlow)", call="xent_loss", predictions="logits", reference=ref.cross_entropy()),
    Case("L8", "nn.Softmax, then nn.CrossEntropyLoss", **HOT, call="Loss", reference=ref.cross_entropy()),
    Case("L8", "softmax twice (JAX)", call="ce_loss", predictions="logits", reference=lambda t, z: -np.mean((t * np.log(ref.softmax(z) + 1e-7)).sum(-1))),
    Case("L8", "the user's own loss class, called through self.criterion", call="lambda pred, target: [t := Trainer(lambda x: x), setattr(t, 'criterion', (lambda own: lambda p, y: keep(own(p, y)))(t.criterion)), t.step(pred, target)] and kept.pop()", before=KEPT, predictions="logits", reference=batch_dice()),
    Case("L8", "softmax as a method, twice (PyTorch)", call="dice_loss", predictions="logits", reference=batch_dice(1, 1)),
    Case("L11", "a new axis, then [:, 1:]", call="dice_loss", predictions="logits", classes=1, reference=ref.micro_dice(activation=ref.sigmoid)),
    Case("L11", "expand_dims (TensorFlow)", call="dice_loss", classes=1, reference=ref.micro_dice(activation=ref.sigmoid)),
    Case("L11", "None as an axis", call="dice_loss", predictions="logits", classes=1, reference=ref.micro_dice(activation=ref.sigmoid)),
    Case("L12", "sliced, then softmax (PyTorch)", call="dice_loss", predictions="logits", reference=foreground_dice(0.0)),
    Case("L12", "in one expression (TensorFlow)", call="fg_loss", predictions="logits", reference=foreground_dice()),
    Case("L12", "sliced under its own name (PyTorch)", call="fg_dice_loss", predictions="logits", reference=foreground_dice(1.0)),
    Case("L12", "sliced and activated under its own name (PyTorch)", call="lambda pred, target: fg_dice_loss(pred, target[:, 1:])", predictions="logits", reference=foreground_dice(1.0)),
    Case("L12", "MONAI's FocalLoss", **HOT, call="lambda pred, target: loss_fn(pred, target[:, None])", reference=focal(2.0)),
    Case("L15", "indices for cross-entropy and Dice (PyTorch)", **HOT, call="dice_ce_loss", reference=with_cross_entropy(crossed_micro)),
    Case("L15", "nn.CrossEntropyLoss and Dice in a class (PyTorch)", **HOT, call="ComboLoss", reference=with_cross_entropy(ref.micro_dice(1, 1))),
    Case("L15", "sparse cross-entropy and Dice (Keras)", labels="indices", call="combo_loss", reference=with_cross_entropy(ref.dice("batch"))),
    Case("L15", "TensorFlow 1", labels="indices", predictions="logits", call="lambda y, p: combo_loss(tf.cast(y, tf.int32), p)", reference=with_cross_entropy(ref.dice("batch"))),
    Case("L15", "sparse cross-entropy and a cast (tf.keras)", labels="indices", call="combo_loss", reference=with_cross_entropy(lambda t, z: 1 - np.mean(2 * (t * ref.softmax(z)).sum((1, 2)) / ref.softmax(z).sum((1, 2))))),
]
