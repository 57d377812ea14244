"""Which fixed snippet is compared with what. The format: README.md."""
import numpy as np

import reference as ref
from case import Case

CLIP = 1.0 - 1e-7


def clipped(per):
    """Weights clipped into [1e-17, 1)."""

    def loss(t, z):
        p = ref.softmax(z)
        axes = ref.space(t) if per == "image" else ref.everything(t)
        w = np.clip(ref.inverse(t.sum(axes), 1e-6), 1e-17, CLIP)
        return np.mean(1 - 2 * (w * (t * p).sum(axes)).sum(-1) / (w * (t + p).sum(axes)).sum(-1))

    return loss


def square_plus_one(t, axes):
    """The weights of several snippets: 1/(V**2 + 1), 0 for absent classes."""
    v = t.sum(axes)
    return np.where(v > 0, 1 / (v**2 + 1), 0)


def weighted(formula):
    """A formula of w, overlap and sums, per image and class."""

    def loss(t, z):
        p = ref.softmax(z)
        axes = ref.space(t)
        return np.mean(formula(square_plus_one(t, axes), (t * p).sum(axes), (t + p).sum(axes)))

    return loss


def inverse_volume(t, z):
    """PyTorch snippets with w = 1/(V + 1): weighted on both sides."""
    p = ref.softmax(z)
    axes = ref.space(t)
    w = 1 / (t.sum(axes) + 1)
    return np.mean(1 - 2 * (w * (t * p).sum(axes)).sum(-1) / (w * (t + p).sum(axes)).sum(-1))


def scaled_smoothing(t, z):
    p = ref.softmax(z)
    axes = ref.space(t)
    w = 1 / (t.sum(axes) ** 2 + 1e5)
    above = 2 * (w * (t * p).sum(axes)).sum(-1) + 1e-5 * w.sum(-1)
    return np.mean(1 - above / ((w * (t + p).sum(axes)).sum(-1) + 1e-5 * w.sum(-1)))


GDL = "generalized_dice_loss"
per_image = ref.generalized("image")
over_batch = ref.generalized("batch")

def summed(t, p, z):
    """Weights per image, sums over all images."""
    w = ref.inverse(t.sum((1, 2)), 1e-6)
    return 1 - 2 * (w * (t * p).sum((1, 2))).sum() / (w * (t + p).sum((1, 2))).sum()


def in_rows(w_of):
    """Sums over the batch, with weights made of the volumes."""

    def loss(t, z):
        p = ref.softmax(z)
        axes = ref.everything(t)
        w = w_of(t.sum(axes))
        return 1 - 2 * (w * (t * p).sum(axes)).sum() / (w * (t + p).sum(axes)).sum()

    return loss


def used_with_smoothing(t, z):
    p = ref.softmax(z)
    axes = ref.everything(t)
    w = ref.inverse(t.sum(axes), 1e-6)
    return 1 - (2 * (w * (t * p).sum(axes)).sum() + 1e-5) / ((w * (t + p).sum(axes)).sum() + 1e-5)


def scaled_in_batch(t, z):
    p = ref.softmax(z)
    axes = ref.everything(t)
    w = 1 / (t.sum(axes) + 10) ** 2
    return 1 - (2 * (w * (t * p).sum(axes)).sum() + 1e-5 * w.sum()) / ((w * (t + p).sum(axes)).sum() + 1e-5 * w.sum())


CASES = [
    # The classic question: all of its fixes, one after the other, make the answer's loss.
    Case("L1", "the classic question, 2-D", fix="all", call=GDL, reference=per_image, vectors="port.ben_so"),
    Case("L1", "the classic question, 3-D", fix="all", call=GDL, reference=per_image, space=3),
    Case("L1", "the classic question, 2-D", call=GDL, reference=ref.generalized("batch", absent=1 / 0.00001, eps=0.00001)),
    Case("L1", "np.mean of predictions in a Keras class", call="MyLoss", reference=ref.of(lambda t, p, z: 1 - np.mean(t * p))),
    Case("L1", "float() of a symbol", call="my_loss", reference=ref.of(lambda t, p, z: (t * p).sum() / t.sum())),
    Case("L2", "the classic question, 2-D", call=GDL, reference=per_image, vectors="port.ben_so"),
    Case("L2", "the classic question, 2-D", fix=1, call=GDL, reference=over_batch),
    Case("L2", "the classic question, 3-D", call=GDL, reference=per_image, space=3),
    Case("L2", "the classic question, 3-D", fix=1, call=GDL, reference=over_batch, space=3),
    Case("L2", "infinite weights clipped to almost 1", call="gdl_loss", reference=clipped("image")),
    Case("L2", "infinite weights clipped to almost 1", fix=1, call="gdl_loss", reference=clipped("batch")),
    Case("L2", "clamped from below (PyTorch)", call="dice_loss", predictions="logits", reference=per_image, vectors="port.ben_so"),
    Case("L2", "clamped from below (PyTorch)", fix=1, call="dice_loss", predictions="logits", reference=over_batch),
    Case("L3", "elementwise before the mean (Keras)", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - 2 * (w * i).sum(-1) / ((w * s).sum(-1) + 1e-5))),
    Case("L3", "under names", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - 2 * (w * i).sum(-1) / (w * s).sum(-1))),
    Case("L3", "PyTorch", call="dice_loss", predictions="logits", reference=inverse_volume),
    Case("L4", "flattened with a softmax (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1, below=1)),
    Case("L4", "K.flatten with classes", call="dice_loss", reference=ref.dice(above=1, below=1)),
    Case("L4", "the class axis alone (keras-contrib's Jaccard)", call="jaccard_distance_loss", reference=ref.dice(above=100, below=100, jaccard=True, scale=100)),
    Case("L4", "all axes of a 4-D array", call="dice_loss", predictions="logits", reference=ref.dice(), inputs=["made", "fixtures"]),
    Case("L5", "the answer with axis=-1", call="gen_dice_loss", predictions="logits", reference=per_image, vectors="port.ben_so"),
    Case("L5", "K.sum, power 1", call="gdl_loss", reference=inverse_volume),
    Case("L5", "keras.ops", call="GDL", reference=ref.of(summed)),
    Case("L6", "computed and unused", call="gdl_loss", reference=ref.generalized("image", extra=1e-5)),
    Case("L6", "computed and unused", fix=1, call="gdl_loss", reference=ref.dice("image", below=1e-5)),
    Case("L6", "in the denominator only", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - 2 * (w * i).sum() / (w * s).sum())),
    Case("L6", "in the denominator only (PyTorch)", call="dice_loss", predictions="logits", reference=inverse_volume),
    Case("L16", "per image and class (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5), vectors="monai.DiceLoss(softmax,include_background=True,batch=True)"),
    Case("L16", "per image and class (Keras)", call="dice_loss", reference=ref.dice(above=1e-6, below=1e-6)),
    Case("L16", "reshaped (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-4, below=1e-4, factor=1)),
    Case("L17", "1 per image and class (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1, below=1)),
    Case("L17", "100 (Keras)", call="iou_loss", reference=ref.dice(above=100, below=100, jaccard=True)),
    Case("L17", "a class (PyTorch)", call="DiceLoss", predictions="logits", reference=ref.dice(above=1, below=1)),
    Case("L18", "1e-5 on weighted sums (Keras)", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - (2 * (w * i).sum(-1) + 1e-5 * w.sum(-1)) / ((w * s).sum(-1) + 1e-5 * w.sum(-1)))),
    Case("L18", "PyTorch", call="dice_loss", predictions="logits", reference=scaled_smoothing),
    Case("L18", "1 (Keras)", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - (2 * (w * i).sum() + w.sum()) / ((w * s).sum() + w.sum()))),
    Case("L19", "nothing above (Keras)", call="dice_loss", reference=ref.dice(above=1e-5, below=1e-5), vectors="monai.DiceLoss(softmax,include_background=True,batch=True)"),
    Case("L19", "nothing above (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5), vectors="monai.DiceLoss(softmax,include_background=True,batch=True)"),
    Case("L19", "Tversky per class (JAX-like axes in Keras ops)", call="TverskyLoss", reference=ref.tversky(0.5, 0, smooth=1e-5)),
    Case("L20", "masked by presence (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5)),
    Case("L20", "in place (PyTorch)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5)),
    Case("L20", "Keras", call="dice_loss", reference=ref.dice(above=1e-5, below=1e-5)),
    Case("L27", "in the numerator only (Keras)", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - 2 * (w * i).sum() / (w * s).sum())),
    Case("L27", "PyTorch", call="dice_loss", predictions="logits", reference=inverse_volume),
    Case("L27", "per class", call="gdl_loss", reference=weighted(lambda w, i, s: 1 - 2 * (w * i).sum(-1) / ((w * s).sum(-1) + 1e-5))),
    # Snippets of the rules' own files.
    Case("L1", "in a dictionary of losses for two outputs", call="mask_loss", reference=ref.of(lambda t, p, z: np.mean((t - p) ** 2))),
    Case("L2", "rows of voxels and 1/(V² + epsilon) as a power", call="generalized_dice_loss", reference=in_rows(lambda v: ref.inverse(v, 1e-6))),
    Case("L2", "einsum and 1e-10 (PyTorch)", call="GeneralizedDice", reference=per_image),
    Case("L3", "jax.numpy", call="gdl_loss", predictions="logits", reference=inverse_volume),
    Case("L4", "flatten(1) after a softmax (PyTorch)", call="lambda logits, target: dice_loss(logits, target, 4)", labels="indices", predictions="logits", reference=ref.dice("image", above=1, below=1)),
    Case("L4", "axes 1 to 3 of images with classes last (Keras)", call="dice_loss", reference=ref.dice(above=1, below=1)),
    Case("L5", "one-hot labels in a closure", call="generalized_dice(4)", labels="indices", predictions="logits", reference=ref.of(summed)),
    Case("L5", "dim=1 holds the classes (PyTorch)", call="gdl_loss", labels="indices", predictions="logits", reference=ref.of(summed)),
    Case("L6", "the weights are overwritten by nothing and read by nobody (JAX)", call="gdl_loss", predictions="logits", reference=used_with_smoothing),
    Case("L6", "the weights are overwritten by nothing and read by nobody (JAX)", fix=1, call="gdl_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5)),
    Case("L16", "per image and class by vmap's axes (JAX)", call="soft_dice_loss", reference=ref.dice(above=1e-6, below=1e-6)),
    Case("L17", "1.0 in a closure (tf.keras)", call="make_dice_loss()", reference=ref.dice(above=1, below=1)),
    Case("L18", "1e-5 on weighted sums (JAX)", call="gdl_loss", predictions="logits", reference=scaled_in_batch),
    Case("L19", "L1 norms (smp's way), nothing above", call="soft_dice_loss", predictions="logits", reference=ref.dice(above=2e-5, below=2e-5)),
    Case("L20", "by presence (JAX)", call="dice_loss", predictions="logits", reference=ref.dice(above=1e-5, below=1e-5)),
    Case("L27", "jax.numpy", call="gdl_loss", predictions="logits", reference=in_rows(lambda v: 1 / (v + 1))),
]
