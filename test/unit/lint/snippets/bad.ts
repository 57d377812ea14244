/** Losses that are wrong. [rule, what it is, code, the text that the finding points at begins with this] */
const KERAS = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";
const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";
const JAX = "import jax\nimport jax.numpy as jnp\n\n";

const question = (slice: string, axes: string, eps: string): string => `${KERAS}def generalized_dice_coeff(y_true, y_pred):
    Ncl = y_pred.shape[-1]
    w = np.zeros(shape=(Ncl,))
    for l in range(0, Ncl): w[l] = np.sum(np.asarray(y_true[${slice}]==1, np.int8))
    w = 1/(w**2 + ${eps})
    # Compute gen dice coef:
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator, ${axes})
    numerator = K.sum(numerator)
    denominator = y_true + y_pred
    denominator = w*K.sum(denominator, ${axes})
    denominator = K.sum(denominator)
    return 2*numerator/denominator

def generalized_dice_loss(y_true, y_pred):
    return 1 - generalized_dice_coeff(y_true, y_pred)

model.compile(optimizer="adam", loss=generalized_dice_loss)
`;

/** Weights 1/(V² + eps) of a Keras loss, then `rest`. */
const weighted = (rest: string): string => `${KERAS}def gdl_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=(1, 2))\n    w = 1 / (v**2 + 1.0)\n    w = tf.where(v > 0, w, K.zeros_like(w))\n    num = K.sum(y_true * y_pred, axis=(1, 2))\n    den = K.sum(y_true + y_pred, axis=(1, 2))\n${rest}`;

const torchLoss = (body: string, args = "pred, target"): string => `${TORCH}def dice_loss(${args}):\n${body}`;

export const BAD: readonly (readonly [string, string, string, string])[] = [
  ["L1", "the classic question, 2-D", question(":,:,:,l", "(0,1,2)", "0.00001"), "np.asarray"],
  ["L1", "the classic question, 3-D", question(":,:,:,:,l", "(0,1,2,3)", "0.00001"), "np.asarray"],
  ["L1", "np.mean of predictions in a Keras class", `import numpy as np\nimport keras\n\nclass MyLoss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        p = y_pred * y_true\n        return 1 - np.mean(p)\n`, "np.mean"],
  ["L1", "float() of a symbol", `${KERAS}def my_loss(y_true, y_pred):\n    n = float(K.sum(y_true))\n    return K.sum(y_true * y_pred) / n\n`, "float(K.sum"],
  ["L2", "the classic question, 2-D", question("...,l", "(0,1,2)", "0.00001"), "1/(w**2"],
  ["L2", "the classic question, 3-D", question(":,:,:,:,l", "(0,1,2,3)", "0.00001"), "1/(w**2"],
  ["L2", "infinite weights clipped to almost 1", `${KERAS}def gdl_loss(y_true, y_pred):\n    w = 1 / K.square(K.sum(y_true, axis=(0, 1, 2)))\n    w = tf.clip_by_value(w, 1e-17, 1.0 - 1e-7)\n    num = K.sum(w * K.sum(y_true * y_pred, axis=(0, 1, 2)))\n    den = K.sum(w * K.sum(y_true + y_pred, axis=(0, 1, 2)))\n    return 1 - 2 * num / den\n`, "1 / K.square"],
  ["L2", "clamped from below (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    v = target.sum(dim=(0, 2, 3))\n    w = 1 / (v * v).clamp(min=1e-6)\n    num = (w * (p * target).sum(dim=(0, 2, 3))).sum()\n    den = (w * (p + target).sum(dim=(0, 2, 3))).sum()\n    return 1 - 2 * num / den\n"), "1 / (v * v)"],
  ["L3", "elementwise before the mean (Keras)", weighted("    return 1 - K.mean(2 * w * num / (w * den + 1e-5))\n"), "2 * w * num"],
  ["L3", "under names", weighted("    above = w * num\n    below = w * den\n    return 1 - K.mean(2 * above / below)\n"), "2 * above"],
  ["L3", "PyTorch", torchLoss("    p = torch.softmax(pred, 1)\n    v = target.sum(dim=(2, 3))\n    w = 1 / (v + 1)\n    num = (p * target).sum(dim=(2, 3)) * w\n    den = (p + target).sum(dim=(2, 3)) * w\n    return 1 - (2 * num / den).mean()\n"), "2 * num"],
  ["L4", "flattened with a softmax (PyTorch)", torchLoss("    p = torch.softmax(pred, dim=1).view(-1)\n    t = target.view(-1)\n    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)\n"), "(2 * (p * t)"],
  ["L4", "K.flatten with classes", `${KERAS}def dice_loss(y_true, y_pred):\n    num_classes = K.int_shape(y_pred)[-1]\n    t = K.flatten(y_true)\n    p = K.flatten(y_pred)\n    return 1 - (2 * K.sum(t * p) + 1) / (K.sum(t) + K.sum(p) + 1)\n`, "(2 * K.sum"],
  ["L4", "the class axis alone (keras-contrib's Jaccard)", `${KERAS}def jaccard_distance_loss(y_true, y_pred, smooth=100):\n    intersection = K.sum(K.abs(y_true * y_pred), axis=-1)\n    sum_ = K.sum(K.abs(y_true) + K.abs(y_pred), axis=-1)\n    jac = (intersection + smooth) / (sum_ - intersection + smooth)\n    return (1 - jac) * smooth\n`, "(intersection + smooth)"],
  ["L4", "all axes of a 4-D array", `${KERAS}def dice_loss(y_true, y_pred):\n    p = tf.nn.softmax(y_pred)\n    i = tf.reduce_sum(y_true[:, :, :, :] * p, axis=[0, 1, 2, 3])\n    return 1 - 2 * i / (tf.reduce_sum(y_true) + tf.reduce_sum(p))\n`, "2 * i"],
  ["L5", "the answer with axis=-1", `${KERAS}def gen_dice_loss(y_true, y_pred):\n    p = tf.nn.softmax(y_pred)\n    counts = tf.reduce_sum(y_true, axis=-1)\n    weights = 1. / (counts ** 2)\n    n = tf.reduce_sum(weights * tf.reduce_sum(y_true * p, axis=-1), axis=[1, 2])\n    d = tf.reduce_sum(weights * tf.reduce_sum(y_true + p, axis=-1), axis=[1, 2])\n    return 1 - 2 * n / d\n`, "tf.reduce_sum(y_true, axis=-1)"],
  ["L5", "K.sum, power 1", `${KERAS}def gdl_loss(y_true, y_pred):\n    w = 1 / (K.sum(y_true, axis=-1) + 1)\n    n = K.sum(w * K.sum(y_true * y_pred, axis=-1), axis=(1, 2))\n    return 1 - 2 * n / K.sum(w * K.sum(y_true + y_pred, axis=-1), axis=(1, 2))\n`, "K.sum(y_true, axis=-1)"],
  ["L5", "keras.ops", `import keras\nfrom keras import ops\n\nclass GDL(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        v = ops.sum(y_true, axis=-1)\n        w = ops.reciprocal(ops.square(v))\n        n = ops.sum(w * ops.sum(y_true * y_pred, axis=-1))\n        return 1 - 2 * n / ops.sum(w * ops.sum(y_true + y_pred, axis=-1))\n`, "ops.sum(y_true, axis=-1)"],
  ["L6", "computed and unused", `${KERAS}def gdl_loss(y_true, y_pred):\n    w = 1 / (K.sum(y_true, axis=(1, 2))**2 + 1)\n    num = K.sum(y_true * y_pred, axis=(1, 2))\n    den = K.sum(y_true + y_pred, axis=(1, 2))\n    return 1 - K.mean(2 * num / (den + 1e-5))\n`, "w"],
  ["L6", "in the denominator only", weighted("    return 1 - 2 * K.sum(num) / K.sum(w * den)\n"), "2 * K.sum(num)"],
  ["L6", "in the denominator only (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum(dim=(2, 3)) + 1)\n    num = (p * target).sum(dim=(2, 3)).sum(1)\n    den = (w * (p + target).sum(dim=(2, 3))).sum(1)\n    return 1 - (2 * num / den).mean()\n"), "2 * num"],
  ["L7", "logits times labels (PyTorch)", torchLoss("    inter = (logits * target).sum((0, 2, 3))\n    return 1 - (2 * inter / (logits + target).sum((0, 2, 3))).mean()\n", "logits, target"), "logits * target"],
  ["L7", "logits times labels (TensorFlow)", `${KERAS}def dice_loss(y_true, logits):\n    i = tf.reduce_sum(y_true * logits, axis=[1, 2])\n    return 1 - tf.reduce_mean(2 * i / tf.reduce_sum(y_true + logits, axis=[1, 2]))\n`, "y_true * logits"],
  ["L7", "MONAI's DiceLoss on a network's output", `import torch\nfrom monai.losses import DiceLoss\nfrom monai.networks.nets import UNet\n\nmodel = UNet(spatial_dims=3, in_channels=1, out_channels=4, channels=(8, 16), strides=(2,)).to("cuda")\ncriterion = DiceLoss(to_onehot_y=True)\noutputs = model(images)\nloss = criterion(outputs, labels)\n`, "criterion(outputs"],
  ["L8", "softmax before cross-entropy", torchLoss("    p = F.softmax(pred, dim=1)\n    return F.cross_entropy(p, target)\n"), "F.cross_entropy"],
  ["L8", "softmax twice", `${KERAS}def dice_loss(y_true, y_pred):\n    y_pred = tf.nn.softmax(y_pred)\n    y_pred = K.softmax(y_pred)\n    i = K.sum(y_true * y_pred, axis=(0, 1, 2))\n    return 1 - K.mean((2 * i + 1e-5) / (K.sum(y_true + y_pred, axis=(0, 1, 2)) + 1e-5))\n`, "K.softmax"],
  ["L8", "a model with a softmax and from_logits=True", `import keras\nfrom keras import layers\n\nmodel = keras.Sequential([layers.Conv2D(8, 3), layers.Conv2D(4, 1, activation="softmax")])\nmodel.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n`, "model.compile"],
  ["L8", "sigmoid, then BCEWithLogitsLoss", `${TORCH}criterion = nn.BCEWithLogitsLoss()\n\ndef train(model, x, y):\n    out = torch.sigmoid(model(x))\n    loss = criterion(torch.sigmoid(out_of(x)), y)\n    return loss\n\ndef bce_loss(pred, target):\n    return criterion(torch.sigmoid(pred), target)\n`, "criterion(torch.sigmoid(pred)"],
  ["L11", "a new axis, then [:, 1:]", torchLoss("    p = torch.sigmoid(pred)[:, 0].unsqueeze(1)\n    p = p[:, 1:]\n    i = (p * target).sum()\n    return 1 - 2 * i / (p.sum() + target.sum())\n"), "p[:, 1:]"],
  ["L11", "expand_dims (TensorFlow)", `${KERAS}def dice_loss(y_true, y_pred):\n    p = tf.expand_dims(y_pred[..., 0], -1)\n    p = p[..., 1:]\n    return 1 - 2 * K.sum(p * y_true) / (K.sum(p) + K.sum(y_true))\n`, "p[..., 1:]"],
  ["L11", "None as an axis", torchLoss("    p = torch.sigmoid(pred[:, 0])[:, None]\n    q = p[:, 1:]\n    return 1 - 2 * (q * target).sum() / (q.sum() + target.sum())\n"), "p[:, 1:]"],
  ["L12", "sliced, then softmax (PyTorch)", torchLoss("    fg = pred[:, 1:]\n    p = torch.softmax(fg, dim=1)\n    i = (p * target[:, 1:]).sum((0, 2, 3))\n    return 1 - (2 * i / (p + target[:, 1:]).sum((0, 2, 3))).mean()\n"), "torch.softmax(fg"],
  ["L12", "in one expression (TensorFlow)", `${KERAS}def fg_loss(y_true, y_pred):\n    p = tf.nn.softmax(y_pred[..., 1:])\n    i = K.sum(y_true[..., 1:] * p, axis=(0, 1, 2))\n    return 1 - K.mean((2 * i + 1e-5) / (K.sum(y_true[..., 1:] + p, axis=(0, 1, 2)) + 1e-5))\n`, "tf.nn.softmax"],
  ["L12", "MONAI's FocalLoss", "from monai.losses import FocalLoss\n\nloss_fn = FocalLoss(include_background=False, to_onehot_y=True, use_softmax=True)\n", "FocalLoss("],
  ["L15", "indices for cross-entropy and Dice (PyTorch)", `${TORCH}def dice_ce_loss(pred, target):\n    ce = F.cross_entropy(pred, target.long())\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum()\n    return ce + 1 - 2 * i / (p.sum() + target.sum())\n`, "p * target"],
  ["L15", "sparse cross-entropy and Dice (Keras)", `${KERAS}def combo_loss(y_true, y_pred):\n    ce = K.sparse_categorical_crossentropy(y_true, y_pred)\n    i = K.sum(y_true * y_pred)\n    return K.mean(ce) + 1 - 2 * i / (K.sum(y_true) + K.sum(y_pred))\n`, "y_true * y_pred"],
  ["L15", "TensorFlow 1", `import tensorflow as tf\n\ndef combo_loss(labels, logits):\n    ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)\n    p = tf.nn.softmax(logits)\n    i = tf.reduce_sum(labels * p)\n    return tf.reduce_mean(ce) + 1 - 2 * i / (tf.reduce_sum(labels) + tf.reduce_sum(p))\n`, "labels * p"],
  ["L16", "per image and class (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((2, 3))\n    return 1 - ((2 * i + 1e-5) / ((p + target).sum((2, 3)) + 1e-5)).mean()\n"), "(2 * i"],
  ["L16", "per image and class (Keras)", `${KERAS}def dice_loss(y_true, y_pred, smooth=1e-6):\n    i = K.sum(y_true * y_pred, axis=(1, 2))\n    return 1 - K.mean((2 * i + smooth) / (K.sum(y_true + y_pred, axis=(1, 2)) + smooth))\n`, "(2 * i"],
  ["L16", "reshaped (PyTorch)", torchLoss("    b, c = pred.shape[:2]\n    p = torch.softmax(pred, 1).view(b, c, -1)\n    t = target.view(b, c, -1)\n    i = (p * t).sum(-1)\n    return 1 - ((i + 1e-4) / (p.sum(-1) + t.sum(-1) + 1e-4)).mean()\n"), "(i + 1e-4)"],
  ["L17", "1 per image and class (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((2, 3))\n    return 1 - ((2 * i + 1) / ((p + target).sum((2, 3)) + 1)).mean()\n"), "(2 * i"],
  ["L17", "100 (Keras)", `${KERAS}def iou_loss(y_true, y_pred, smooth=100):\n    i = K.sum(y_true * y_pred, axis=(1, 2))\n    u = K.sum(y_true + y_pred, axis=(1, 2)) - i\n    return 1 - K.mean((i + smooth) / (u + smooth))\n`, "(i + smooth)"],
  ["L17", "a class (PyTorch)", `${TORCH}class DiceLoss(nn.Module):\n    def __init__(self, smooth=1.0):\n        super().__init__()\n        self.smooth = smooth\n\n    def forward(self, pred, target):\n        p = pred.softmax(1)\n        i = (p * target).flatten(2).sum(-1)\n        s = p.flatten(2).sum(-1) + target.flatten(2).sum(-1)\n        return 1 - ((2 * i + self.smooth) / (s + self.smooth)).mean()\n`, "(2 * i"],
  ["L18", "1e-5 on weighted sums (Keras)", weighted("    return 1 - (2 * K.sum(w * num, -1) + 1e-5) / (K.sum(w * den, -1) + 1e-5)\n"), "(2 * K.sum"],
  ["L18", "PyTorch", torchLoss("    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum(dim=(2, 3)) ** 2 + 1e5)\n    num = (w * (p * target).sum(dim=(2, 3))).sum(1)\n    den = (w * (p + target).sum(dim=(2, 3))).sum(1)\n    return 1 - ((2 * num + 1e-5) / (den + 1e-5)).mean()\n"), "(2 * num"],
  ["L18", "1 (Keras)", weighted("    above = 2 * K.sum(w * num) + 1\n    below = K.sum(w * den) + 1\n    return 1 - above / below\n"), "above / below"],
  ["L19", "nothing above (Keras)", `${KERAS}def dice_loss(y_true, y_pred):\n    i = K.sum(y_true * y_pred, axis=(1, 2))\n    return 1 - K.mean(2 * i / (K.sum(y_true + y_pred, axis=(1, 2)) + 1e-7))\n`, "2 * i"],
  ["L19", "nothing above (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    return 1 - (2 * i / (p + target).sum((0, 2, 3)).clamp(min=1e-6)).mean()\n"), "2 * i"],
  ["L19", "Tversky per class (JAX-like axes in Keras ops)", `from keras import ops\nimport keras\n\nclass TverskyLoss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        tp = ops.sum(y_true * y_pred, axis=(0, 1, 2))\n        fp = ops.sum((1 - y_true) * y_pred, axis=(0, 1, 2))\n        return 1 - ops.mean(tp / (tp + 0.5 * fp + 1e-7))\n`, "tp / (tp"],
  ["L20", "masked by presence (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    loss = 1 - 2 * i / (p + target).sum((0, 2, 3))\n    present = target.sum((0, 2, 3)) > 0\n    return (loss * present.float()).mean()\n"), "loss * present"],
  ["L20", "in place (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    loss = 1 - 2 * i / (p + target).sum((0, 2, 3))\n    mask = target.sum((0, 2, 3)) > 0\n    loss *= mask.to(loss.dtype)\n    return loss.mean()\n"), "loss *= mask"],
  ["L20", "Keras", `${KERAS}def dice_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=(1, 2))\n    d = 2 * K.sum(y_true * y_pred, axis=(1, 2)) / (K.sum(y_true + y_pred, axis=(1, 2)) + 1e-7)\n    return K.mean((1 - d) * K.cast(K.greater(v, 0), "float32"))\n`, "(1 - d)"],
  ["L22", "half() (PyTorch)", torchLoss("    p = torch.softmax(pred, 1).half()\n    i = (p * target).sum((0, 2, 3)) + 1e-3\n    return 1 - (2 * i / ((p + target).float().sum((0, 2, 3)) + 1e-3)).mean()\n"), "(p * target).sum"],
  ["L22", "tf.cast", `${KERAS}def dice_loss(y_true, y_pred):\n    t = tf.cast(y_true, tf.float16)\n    v = tf.reduce_sum(t, axis=(1, 2))\n    return 1 - K.mean(v)\n`, "tf.reduce_sum(t"],
  ["L22", "to(torch.float16)", torchLoss("    t = target.to(torch.float16)\n    n = t.sum()\n    return (pred * target).sum() / n\n"), "t.sum()"],
  ["L23", "1 - Tversky to the power 0.75 (Abraham)", `${KERAS}def focal_tversky_loss(y_true, y_pred, gamma=0.75):\n    tp = K.sum(y_true * y_pred)\n    fn = K.sum(y_true * (1 - y_pred))\n    fp = K.sum((1 - y_true) * y_pred)\n    ti = (tp + 1) / (tp + 0.7 * fn + 0.3 * fp + 1)\n    return K.pow(1 - ti, gamma)\n`, "K.pow"],
  ["L23", "**", torchLoss("    i = (pred * target).sum()\n    d = 2 * i / (pred.sum() + target.sum())\n    return (1 - d) ** 0.5\n"), "(1 - d) ** 0.5"],
  ["L23", "torch.pow", torchLoss("    i = (pred * target).sum((0, 2, 3))\n    d = (2 * i + 1e-5) / ((pred + target).sum((0, 2, 3)) + 1e-5)\n    return torch.pow(1 - d, 0.3).mean()\n"), "torch.pow"],
  ["L24", "item assignment (TensorFlow)", `${KERAS}def gdl_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=(1, 2))\n    v[v == 0] = 1.0\n    i = K.sum(y_true * y_pred, axis=(1, 2)) / v\n    return 1 - K.mean(i)\n`, "v[v == 0]"],
  ["L24", "item assignment (JAX)", `${JAX}def dice_loss(logits, labels):\n    p = jax.nn.softmax(logits)\n    p[p < 0.1] = 0\n    return 1 - jnp.mean(p * labels)\n`, "p[p < 0.1]"],
  ["L24", "a softmax changed in place (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    p[:, 0] = 0\n    i = (p * target).sum((0, 2, 3)) + 1e-5\n    return 1 - (2 * i / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()\n"), "p[:, 0]"],
  ["L25", "alpha on false negatives (Keras)", `${KERAS}def tversky_loss(y_true, y_pred, alpha=0.7, beta=0.3):\n    tp = K.sum(y_true * y_pred)\n    fn = K.sum(y_true * (1 - y_pred))\n    fp = K.sum((1 - y_true) * y_pred)\n    return 1 - (tp + 1) / (tp + alpha * fn + beta * fp + 1)\n`, "alpha * fn"],
  ["L25", "a class (PyTorch)", `${TORCH}class TverskyLoss(nn.Module):\n    def __init__(self, alpha=0.7, beta=0.3):\n        super().__init__()\n        self.alpha = alpha\n        self.beta = beta\n\n    def forward(self, inputs, targets):\n        inputs = torch.sigmoid(inputs)\n        tp = (inputs * targets).sum()\n        fp = ((1 - targets) * inputs).sum()\n        fn = (targets * (1 - inputs)).sum()\n        return 1 - (tp + 1) / (tp + self.alpha * fn + self.beta * fp + 1)\n`, "self.alpha * fn"],
  ["L25", "false positives as a difference", torchLoss("    tp = (pred * target).sum()\n    fp = pred.sum() - tp\n    fn = target.sum() - tp\n    return 1 - (tp + 1) / (tp + beta * fp + alpha * fn + 1)\n", "pred, target, alpha=0.7, beta=0.3"), "alpha * fn"],
  ["L27", "in the numerator only (Keras)", weighted("    return 1 - 2 * K.sum(w * num) / K.sum(den)\n"), "2 * K.sum(w * num)"],
  ["L27", "PyTorch", torchLoss("    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum(dim=(2, 3)) + 1)\n    num = (w * (p * target).sum(dim=(2, 3))).sum(1)\n    den = (p + target).sum(dim=(2, 3)).sum(1)\n    return 1 - (2 * num / den).mean()\n"), "2 * num"],
  ["L27", "per class", weighted("    return K.mean(1 - 2 * w * num / (den + 1e-5))\n"), "2 * w * num"],
  ["L30", "mean, then the power (PyTorch)", torchLoss("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    score = (i + 1e-5) / ((p + target).sum((0, 2, 3)) - i + 1e-5)\n    return torch.mean(1 - score) ** gamma\n", "pred, target, gamma=2.0"), "torch.mean(1 - score) ** gamma"],
  ["L30", "a class", `${TORCH}class FocalTverskyLoss(nn.Module):\n    def __init__(self, gamma=4 / 3):\n        super().__init__()\n        self.gamma = gamma\n\n    def forward(self, pred, target):\n        p = pred.softmax(1)\n        tp = (p * target).sum((0, 2, 3))\n        loss = 1 - (tp + 1e-5) / ((p + target).sum((0, 2, 3)) - tp + 1e-5)\n        return loss.mean() ** self.gamma\n`, "loss.mean() ** self.gamma"],
  ["L30", "K.pow of K.mean", `${KERAS}def focal_tversky_loss(y_true, y_pred, gamma=1.5):\n    tp = K.sum(y_true * y_pred, axis=(0, 1, 2))\n    ti = (tp + 1e-5) / (K.sum(y_true + y_pred, axis=(0, 1, 2)) - tp + 1e-5)\n    return K.pow(K.mean(1 - ti), gamma)\n`, "K.pow"],
  ["L31", "argmax (PyTorch)", torchLoss("    hard = pred.argmax(dim=1)\n    i = (hard * target).sum()\n    return 1 - 2 * i / (hard.sum() + target.sum())\n"), "pred.argmax"],
  ["L31", "K.round (Keras)", `${KERAS}def dice_loss(y_true, y_pred):\n    p = K.round(y_pred)\n    i = K.sum(y_true * p)\n    return 1 - (2 * i + 1) / (K.sum(y_true) + K.sum(p) + 1)\n\nmodel.compile("adam", loss=dice_loss)\n`, "K.round"],
  ["L31", "a threshold (TensorFlow)", `${KERAS}def iou_loss(y_true, y_pred):\n    p = tf.cast(y_pred > 0.5, tf.float32)\n    i = tf.reduce_sum(y_true * p)\n    return 1 - i / (tf.reduce_sum(y_true) + tf.reduce_sum(p) - i + 1e-6)\n`, "y_pred > 0.5"],
  ["L31", "one-hot of the argmax (JAX)", `${JAX}def dice_loss(logits, labels):\n    p = jax.nn.one_hot(jnp.argmax(logits, -1), 4)\n    return 1 - 2 * jnp.sum(p * labels) / (jnp.sum(p) + jnp.sum(labels))\n`, "jnp.argmax"],
];
