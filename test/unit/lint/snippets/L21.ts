import type { Snippets } from "./snippets";

const KERAS = "import tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";
const TORCH = "import torch\nimport torch.nn as nn\n\n";

const metric = (sums: string, loop: string): string => `${TORCH}def dice_coeff(pred, target):
    pred = (torch.sigmoid(pred) > 0.5).float()
    i = (pred * target).sum(${sums})
    return ((2 * i + 1e-5) / (pred.sum(${sums}) + target.sum(${sums}) + 1e-5)).mean()

def validate(model, val_loader):
    total = 0
    for images, masks in val_loader:
        pred = model(images)
${loop}    return total / len(val_loader)
`;

const coefficient = (axes: string): string => `${KERAS}def dice_coef(y_true, y_pred, smooth=1):
    i = K.sum(y_true * y_pred${axes})
    return K.mean((2 * i + smooth) / (K.sum(y_true${axes}) + K.sum(y_pred${axes}) + smooth))

model.compile("adam", loss="binary_crossentropy", metrics=[dice_coef])
`;

const weighted = (volumes: string, sums: string, end: string): string => `${TORCH}def gdl_loss(pred, target):
    p = torch.softmax(pred, 1)
    v = target.sum(dim=${volumes})
    w = torch.where(v > 0, 1 / v.clamp(min=1) ** 2, torch.full_like(v, 1e-9))
    i = w * (p * target).sum(dim=${sums})
    d = w * (p + target).sum(dim=${sums})
    return 1 - (2 * i.sum(${end}) / d.sum(${end})).mean()
`;

export const L21: Snippets = {
  bad: [
    { what: "per class over the batch (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    return 1 - ((2 * i + 1e-5) / ((p + target).sum((0, 2, 3)) + 1e-5)).mean()\n`, begins: "(2 * i" },
    { what: "a Keras metric that flattens the batch", code: coefficient(""), begins: "(2 * i" },
    { what: "a metric added up over a loader (PyTorch)", code: metric("", "        total += dice_coeff(pred, masks)\n"), begins: "(2 * i" },
    { what: "weights of the batch (TensorFlow)", code: `${KERAS}def gdl_loss(y_true, y_pred):\n    v = tf.reduce_sum(y_true, axis=[0, 1, 2])\n    w = 1 / tf.maximum(v, 1.0)\n    w = tf.where(v > 0, w, tf.zeros_like(w))\n    n = tf.reduce_sum(w * tf.reduce_sum(y_true * y_pred, axis=[0, 1, 2]))\n    d = tf.reduce_sum(w * tf.reduce_sum(y_true + y_pred, axis=[0, 1, 2]))\n    return 1 - 2 * n / d\n`, begins: "w * tf.reduce_sum(y_true * y_pred" },
    { what: "weights of each image, sums of the batch (PyTorch)", code: weighted("(2, 3)", "(0, 2, 3)", ""), begins: "w * (p * target)" },
    { what: "a class of Keras 3", code: `import keras\nfrom keras import ops\n\nclass DiceLoss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        i = ops.sum(y_true * y_pred, axis=(0, 1, 2))\n        s = ops.sum(y_true + y_pred, axis=(0, 1, 2))\n        return 1 - ops.mean((2 * i + 1e-5) / (s + 1e-5))\n`, begins: "(2 * i" },
    {
      what: "smp metric micro",
      code: `import segmentation_models_pytorch as smp
loss_fn = smp.losses.DiceLoss(smp.losses.MULTICLASS_MODE, from_logits=True)
for x, y in dl:
    loss = loss_fn(net(x), y)
`,
      begins: "smp.losses.DiceLoss(smp.losses",
    },
    {
      what: "weights of the batch in MONAI",
      code: `from monai.losses import GeneralizedDiceLoss
loss = GeneralizedDiceLoss(to_onehot_y=True, softmax=True, batch=True)
`,
      begins: "GeneralizedDiceLoss(",
    },
  ],
  good: [
    { what: "per class and image (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum((2, 3))\n    return 1 - ((2 * i + 1e-5) / ((p + target).sum((2, 3)) + 1e-5)).mean()\n`, notes: ["L16"] },
    { what: "a Keras metric of each image", code: coefficient(", axis=(1, 2)"), notes: ["L17"] },
    { what: "a metric of each image, added up (PyTorch)", code: metric("(1, 2, 3)", "        total += dice_coeff(pred, masks)\n") },
    { what: "a metric called with one image after the other", code: metric("", "        for k in range(len(pred)):\n            total += dice_coeff(pred[k], masks[k])\n") },
    { what: "a metric that nothing averages", code: metric("", "").replace("return total / len(val_loader)", "return dice_coeff(torch.cat(pred), torch.cat(masks))") },
    { what: "weights and sums of each image (PyTorch)", code: weighted("(2, 3)", "(2, 3)", "1") },
    { what: "axes that are not known", code: `${TORCH}def dice_loss(pred, target, dims):\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum(dims)\n    return 1 - ((2 * i + 1e-5) / ((p + target).sum(dims) + 1e-5)).mean()\n` },
    { what: "a cross-entropy over the batch (JAX)", code: `import jax\nimport jax.numpy as jnp\n\ndef cross_entropy_loss(logits, labels):\n    return -jnp.mean(jnp.sum(labels * jax.nn.log_softmax(logits), axis=-1))\n` },
  ],
};
