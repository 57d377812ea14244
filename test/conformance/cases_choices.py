"""Fixes of L9, L10, L13, L28, L29 and L32: softmax or sigmoid, weights, absent classes, soft labels, masks of classes."""
import numpy as np

import reference as ref
from case import Case
from cases_activations import HOT, focal, lovasz_softmax, per_image, with_cross_entropy

INDICES = "lambda pred, target: {}(pred, target[:, None])"


def foreground(above, weights):
    """MONAI's DiceLoss(include_background=False, weight=...): per image and class, weighted, the mean of all."""

    def loss(t, z):
        p, t = ref.softmax(z)[..., 1:], t[..., 1:]
        axes = ref.space(t)
        score = (2 * (t * p).sum(axes) + above) / ((t + p).sum(axes) + above)
        return np.mean((1 - score) * np.array(weights))

    return loss


def soft_dice(t, z):
    """MONAI's soft_label=True: labels of 0 and 1 give what they always gave."""
    return per_image(1e-5)(t, z)


def single_soft(above):
    return ref.micro_dice(above, above, activation=ref.sigmoid)


# Names of the snippets that a training script would have.
NAMES = """
import torch

class Anything:
    def __call__(self, *a, **k):
        return self
    def __iter__(self):
        return iter(())
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

loader = net = Anything()
"""

CASES = [
    Case("L9", "one-hot labels times sigmoids (PyTorch)", **HOT, call="dice_loss", reference=ref.dice("batch", 1e-5, 1e-5)),
    Case("L9", "MONAI: sigmoid beside to_onehot_y", **HOT, call=INDICES.format("loss"), reference=per_image(1e-5)),
    Case("L9", "MONAI: the default of FocalLoss", **HOT, call=INDICES.format("criterion"), reference=focal(2.0)),
    Case("L9", "MONAI: DiceCELoss reads the logits in two ways", **HOT, call=INDICES.format("criterion"), reference=with_cross_entropy(per_image(1e-5))),
    Case("L10", "an axis made for it (PyTorch)", call="lambda pred, target: dice_loss(pred[:, 0], target)", predictions="logits", classes=1, reference=single_soft(1)),
    Case("L10", "MONAI: softmax=True ignored", before=NAMES, call="loss_function", predictions="logits", classes=1, reference=ref.dice("image", 1e-5, 1e-5, activation=ref.sigmoid)),
    Case("L10", "nn.Sequential (PyTorch)", run=False),
    Case("L13", "MONAI DiceLoss without background, weights of all classes", **HOT, before=NAMES, call=INDICES.format("criterion"), reference=foreground(1e-5, [1.0, 1.0, 2.0])),
    Case("L29", "mixup and MONAI's DiceLoss", before=NAMES, call="criterion", predictions="logits", reference=soft_dice),
    Case("L32", "Berman's loop, labels for the mask", **HOT, call="lambda pred, target: lovasz_softmax_flat(torch.softmax(pred.float(), 1).movedim(1, -1).reshape(-1, 4), target.reshape(-1))", reference=lovasz_softmax, inputs=["made", "fixtures"], gradient=False),
]
