import type { Snippets } from "./snippets";

const KERAS = "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n\n";
const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";
const MONAI = "import monai\nfrom monai.losses import DiceLoss, DiceCELoss, FocalLoss\n\n";
const SMP = "import segmentation_models_pytorch as smp\n\n";

export const L09: Snippets = {
  bad: [
    { what: "categorical cross-entropy of sigmoids (tf.keras)", code: `${KERAS}model = keras.Sequential([layers.Conv2D(8, 3), layers.Conv2D(4, 1, activation="sigmoid")])\nmodel.compile("adam", loss="categorical_crossentropy")\n`, begins: "model.compile" },
    { what: "sparse, a functional model", code: `${KERAS}inputs = keras.Input((64, 64, 3))\nx = layers.Conv2D(8, 3, padding="same")(inputs)\noutputs = layers.Conv2D(5, 1, activation="sigmoid")(x)\nmodel = keras.Model(inputs, outputs)\nmodel.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy())\n`, begins: "model.compile" },
    { what: "by hand", code: `${KERAS}def combined_loss(y_true, y_pred):\n    p = tf.sigmoid(y_pred)\n    return tf.reduce_mean(keras.losses.categorical_crossentropy(y_true, p))\n`, begins: "keras.losses.categorical_crossentropy" },
    { what: "MONAI: sigmoid beside to_onehot_y", code: `${MONAI}loss = DiceLoss(to_onehot_y=True, sigmoid=True)\n`, begins: "DiceLoss" },
    { what: "MONAI: the default of FocalLoss", code: `${MONAI}criterion = FocalLoss(to_onehot_y=True, gamma=2.0)\n`, begins: "FocalLoss" },
    { what: "MONAI: DiceCELoss reads the logits in two ways", code: `${MONAI}criterion = DiceCELoss(to_onehot_y=True, sigmoid=True)\n`, begins: "DiceCELoss" },
    { what: "smp: FocalLoss of several classes", code: `${SMP}focal = smp.losses.FocalLoss(smp.losses.MULTICLASS_MODE)\ndice = smp.losses.DiceLoss("multiclass")\n`, begins: "smp.losses.FocalLoss" },
    { what: "one-hot labels times sigmoids (PyTorch)", code: `${TORCH}def dice_loss(logits, target):\n    p = torch.sigmoid(logits)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n    i = (p * t).sum((0, 2, 3))\n    return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + t.sum((0, 2, 3)) + 1e-5)).mean()\n`, begins: "p * t" },
    { what: "binary cross-entropy of one-hot labels (PyTorch)", code: `${TORCH}def bce_loss(logits, target):\n    onehot = F.one_hot(target, num_classes=3).permute(0, 3, 1, 2).float()\n    return F.binary_cross_entropy_with_logits(logits, onehot)\n`, begins: "F.binary_cross_entropy_with_logits" },
    { what: "pytorch-3dunet: its default", code: `${TORCH}from pytorch3dunet.unet3d.losses import DiceLoss\n\ncriterion = DiceLoss()\n\ndef dice_of(logits, target):\n    onehot = F.one_hot(target, 3).movedim(-1, 1)\n    return criterion(logits, onehot)\n\nloss = dice_of\n`, begins: "criterion(logits" },
    { what: "layers that are added (Keras)", code: "from keras.models import Sequential\nfrom keras.layers import Conv2D, Activation\n\nmodel = Sequential()\nmodel.add(Conv2D(8, 3))\nmodel.add(Conv2D(4, 1))\nmodel.add(Activation(\"sigmoid\"))\nmodel.compile(\"adam\", loss=\"categorical_crossentropy\")\n", begins: "model.compile" },
    { what: "optax", code: "import jax\nimport optax\n\ndef loss_fn(logits, labels):\n    return optax.sigmoid_binary_cross_entropy(logits, jax.nn.one_hot(labels, 4)).mean()\n", begins: "optax.sigmoid_binary_cross_entropy" },
  ],
  good: [
    { what: "a softmax", code: `${KERAS}model = keras.Sequential([layers.Conv2D(8, 3), layers.Conv2D(4, 1, activation="softmax")])\nmodel.compile("adam", loss="categorical_crossentropy")\n` },
    { what: "binary cross-entropy of sigmoids: classes that overlap", code: `${KERAS}model = keras.Sequential([layers.Conv2D(8, 3), layers.Conv2D(4, 1, activation="sigmoid")])\nmodel.compile("adam", loss="binary_crossentropy")\n` },
    { what: "a layer that is added later", code: `${KERAS}model = keras.Sequential([layers.Conv2D(8, 3), layers.Conv2D(4, 1, activation="sigmoid")])\nmodel.add(layers.Conv2D(4, 1, activation="softmax"))\nmodel.compile("adam", loss="categorical_crossentropy")\n` },
    { what: "the last layer depends on a flag (Keras)", code: "from keras.models import Sequential\nfrom keras.layers import Conv2D\n\ndef build(n):\n    model = Sequential()\n    model.add(Conv2D(n, 1, activation=\"softmax\"))\n    if n == 1:\n        model.add(Conv2D(n, 1, activation=\"sigmoid\"))\n    model.compile(\"adam\", loss=\"categorical_crossentropy\")\n    return model\n" },
    { what: "MONAI: sigmoid of regions that overlap", code: `${MONAI}loss = DiceLoss(to_onehot_y=False, sigmoid=True)\n` },
    { what: "MONAI: softmax beside to_onehot_y", code: `${MONAI}loss = DiceCELoss(to_onehot_y=True, softmax=True)\nfocal = FocalLoss(to_onehot_y=True, use_softmax=True)\n` },
    { what: "MONAI: options that are not seen", code: `${MONAI}def make(**options):\n    return FocalLoss(to_onehot_y=True, **options)\n` },
    { what: "smp: binary and multilabel focal loss", code: `${SMP}a = smp.losses.FocalLoss("binary")\nb = smp.losses.FocalLoss(mode="multilabel")\n` },
    { what: "labels of regions times sigmoids (PyTorch)", code: `${TORCH}def dice_loss(logits, target):\n    p = torch.sigmoid(logits)\n    i = (p * target).sum((2, 3))\n    return 1 - ((2 * i + 1e-5) / (p.sum((2, 3)) + target.sum((2, 3)) + 1e-5)).mean()\n`, notes: ["L16"] },
    { what: "one-hot labels times a softmax (PyTorch)", code: `${TORCH}def dice_loss(logits, target):\n    p = torch.softmax(logits, 1)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n    i = (p * t).sum((0, 2, 3))\n    return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + t.sum((0, 2, 3)) + 1e-5)).mean()\n` },
  ],
};
