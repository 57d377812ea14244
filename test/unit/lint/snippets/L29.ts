import type { Snippets } from "./snippets";

const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";
const KERAS = "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import backend as K\n\n";

const smoothed = (labels: string, below = "(p + t).sum((0, 2, 3))"): string => `${TORCH}def dice_loss(pred, target, smoothing=0.1):
    p = torch.softmax(pred, 1)
    t = ${labels}
    i = (p * t).sum((0, 2, 3))
    return 1 - ((2 * i + 1e-5) / (${below} + 1e-5)).mean()
`;

const resized = (mode: string, body = ""): string => `${TORCH}def dice_loss(pred, target):
    p = torch.sigmoid(pred)
${body}    i = (p * target).sum((0, 2, 3))
    return 1 - ((2 * i + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()

def train_step(model, images, masks):
    masks = F.interpolate(masks, size=(256, 256), mode="${mode}")
    return dice_loss(model(images), masks)
`;

const monai = (loss: string, labels = "lam * y_a + (1 - lam) * y_b"): string => `import numpy as np\nfrom monai.losses import DiceLoss, DiceCELoss\n\ncriterion = ${loss}\n\ndef step(model, x, y_a, y_b):\n    lam = np.random.beta(0.4, 0.4)\n    y = ${labels}\n    return criterion(model(x), y)\n`;
const transforms = (transform: string, rest = ""): string => `from monai.losses import DiceLoss\nfrom monai.transforms import AsDiscreted, Compose, LoadImaged, Resized, Spacingd\n\ntrain = Compose([\n    LoadImaged(keys=["image", "label"]),\n    ${transform},\n${rest}])\nloss = DiceLoss(to_onehot_y=True, softmax=True)\n`;

export const L29: Snippets = {
  bad: [
    { what: "label smoothing (PyTorch)", code: smoothed("target * (1 - smoothing) + smoothing / pred.shape[1]"), begins: "(2 * i" },
    { what: "label smoothing (Keras)", code: `${KERAS}def dice_loss(y_true, y_pred):\n    y_true = y_true * 0.9 + 0.05\n    i = K.sum(y_true * y_pred)\n    return 1 - (2 * i + 1) / (K.sum(y_true) + K.sum(y_pred) + 1)\n`, begins: "(2 * i" },
    { what: "bilinear inside the loss (TensorFlow)", code: `${KERAS}def iou_loss(y_true, y_pred):\n    t = tf.image.resize(y_true, (64, 64))\n    i = tf.reduce_sum(t * y_pred, axis=[1, 2, 3])\n    return 1 - (i + 1.0) / (tf.reduce_sum(t + y_pred, axis=[1, 2, 3]) - i + 1.0)\n`, begins: "(i + 1.0)" },
    { what: "bilinear before the loss (PyTorch)", code: resized("bilinear"), begins: "dice_loss(model(images), masks)" },
    { what: "mixup and MONAI's DiceLoss", code: monai("DiceLoss(softmax=True)"), begins: "criterion(model(x), y)" },
    { what: "MONAI's Spacingd for image and label alike", code: transforms('Spacingd(keys=["image", "label"], pixdim=(1, 1, 1))'), begins: "Spacingd(" },
    { what: "MONAI's Resized with one mode", code: transforms('Resized(keys=["image", "label"], spatial_size=(96, 96, 96), mode="trilinear")'), begins: "Resized(" },
    { what: "blurred labels (JAX)", code: `import jax\nimport jax.numpy as jnp\n\ndef dice_loss(logits, labels):\n    p = jax.nn.sigmoid(logits)\n    t = jax.image.resize(labels, (4, 64, 64, 1), "linear")\n    return 1 - (2 * jnp.sum(p * t) + 1) / (jnp.sum(p) + jnp.sum(t) + 1)\n`, begins: "(2 * jnp" },
    {
      what: "blurred labels",
      code: `import torch
import torchvision.transforms.functional as TF
def dice(logits, target):
    t = TF.gaussian_blur(target, 5)
    p = torch.sigmoid(logits)
    i = (p * t).sum((1, 2, 3))
    return 1 - ((2 * i + 1e-5) / (p.sum((1, 2, 3)) + t.sum((1, 2, 3)) + 1e-5)).mean()
`,
      begins: "(2 * i + 1e-5) / (p.sum((1, 2,",
    },
    {
      what: "distillation",
      code: `import torch
def distill(student_logits, teacher_logits):
    p = student_logits.softmax(1)
    q = teacher_logits.softmax(1).detach()
    i = (p * q).sum((0, 2, 3))
    return 1 - ((2 * i + 1e-5) / ((p + q).sum((0, 2, 3)) + 1e-5)).mean()
`,
      begins: "(2 * i + 1e-5) / ((p + q).sum(",
    },
  ],
  good: [
    { what: "no smoothing", code: smoothed("target * 1.0") },
    { what: "smoothing of 0 by default", code: smoothed("target * (1 - smoothing) + smoothing / pred.shape[1]").replace("smoothing=0.1", "smoothing=0.0") },
    { what: "both squared (PyTorch)", code: smoothed("target * 0.9 + 0.025", "(p ** 2 + t ** 2).sum((0, 2, 3))") },
    { what: "smoothed labels for the cross-entropy only (Keras)", code: `${KERAS}def combo_loss(y_true, y_pred):\n    ce = keras.losses.binary_crossentropy(y_true * 0.9 + 0.05, y_pred)\n    i = K.sum(y_true * y_pred)\n    return K.mean(ce) + 1 - (2 * i + 1) / (K.sum(y_true) + K.sum(y_pred) + 1)\n` },
    { what: "nearest neighbour (PyTorch)", code: resized("nearest") },
    { what: "rounded inside the loss (PyTorch)", code: resized("bilinear", "    target = (target > 0.5).float()\n") },
    { what: "a weight map of the labels (PyTorch)", code: `${TORCH}def weighted_bce_loss(pred, target):\n    weight = target * 0.9 + 0.1\n    return F.binary_cross_entropy_with_logits(pred, target, weight=weight)\n` },
    { what: "MONAI told of soft labels", code: monai("DiceLoss(softmax=True, soft_label=True)") },
    { what: "two losses mixed, not two labels", code: monai("DiceLoss(softmax=True)", "y_a").replace("return criterion(model(x), y)", "return lam * criterion(model(x), y_a) + (1 - lam) * criterion(model(x), y_b)") },
    { what: "MONAI: nearest for the label", code: transforms('Spacingd(keys=["image", "label"], pixdim=(1, 1, 1), mode=("bilinear", "nearest"))') },
    { what: "MONAI: discrete again", code: transforms('Spacingd(keys=["image", "label"], pixdim=(1, 1, 1))', '    AsDiscreted(keys="label", threshold=0.5),\n') },
    { what: "MONAI: the image alone", code: transforms('Resized(keys=["image"], spatial_size=(96, 96, 96))') },
  ],
};
