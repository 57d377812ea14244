import type { Snippets } from "./snippets";

export const L01: Snippets = {
  bad: [
    {
      what: ".numpy() in a loss made by a function",
      code: `import numpy as np
import tensorflow as tf


def make_loss(smooth=1.0):
    def loss(y_true, y_pred):
        present = np.unique(y_true.numpy())
        inter = tf.reduce_sum(y_true * y_pred)
        return 1 - (2 * inter + smooth) / (tf.reduce_sum(y_true) + tf.reduce_sum(y_pred) + smooth) + 0 * len(present)
    return loss


model.compile(optimizer="adam", loss=make_loss(smooth=0.5))
`,
      begins: "y_true.numpy()",
    },
    {
      what: "in a dictionary of losses for two outputs",
      code: `import numpy as np
from tensorflow.keras import backend as K


def mask_loss(y_true, y_pred):
    err = K.square(y_true - y_pred)
    return np.mean(err)


losses = {"mask": mask_loss, "edge": "binary_crossentropy"}
model.compile(optimizer="adam", loss=losses, loss_weights=[1.0, 0.5])
`,
      begins: "np.mean",
    },
    {
      what: "python float on tensor",
      code: `from tensorflow.keras import backend as K

def wbce(gt, p):
    pos = float(K.sum(gt))
    neg = float(K.sum(1 - gt))
    w = gt * (neg / pos) + (1 - gt)
    return K.mean(w * K.binary_crossentropy(gt, p))

model.compile(loss=wbce, optimizer='adam')
`,
      begins: "float(K.sum(gt))",
    },
    {
      what: "skimage/scipy distance transform on tensor",
      code: `import numpy as np
from scipy.ndimage import distance_transform_edt
import tensorflow.keras.backend as K

def surface_loss(y_true, y_pred):
    d = distance_transform_edt(y_true)
    return K.mean(d * y_pred)

model.compile(optimizer="adam", loss=surface_loss)
`,
      begins: "distance_transform_edt(y_true)",
    },
  ],
  good: [
    {
      what: "numpy on the static shape and on constants",
      code: `import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

CLASS_WEIGHTS = np.array([0.1, 1.0, 2.0, 4.0], dtype=np.float32)


def weighted_dice_loss(y_true, y_pred):
    n_pixels = float(np.prod(y_pred.shape[1:3]))
    weights = K.constant(CLASS_WEIGHTS / np.sum(CLASS_WEIGHTS))
    inter = K.sum(y_true * y_pred, axis=(1, 2)) / n_pixels
    union = K.sum(y_true + y_pred, axis=(1, 2)) / n_pixels
    dice = (2.0 * inter + np.finfo(np.float32).eps) / (union + np.finfo(np.float32).eps)
    return 1.0 - K.sum(weights * K.mean(dice, axis=0))


model.compile(optimizer="adam", loss=weighted_dice_loss)
`,
    },
    {
      what: "numpy inside tf.numpy_function, which hands over values",
      code: `import numpy as np
import tensorflow as tf
from scipy.ndimage import distance_transform_edt


def _distance_map(y_true):
    neg = np.asarray(y_true == 0, dtype=np.float32)
    return distance_transform_edt(neg).astype(np.float32)


def boundary_loss(y_true, y_pred):
    dist = tf.numpy_function(_distance_map, [y_true], tf.float32)
    return tf.reduce_mean(dist * y_pred)


model.compile("adam", loss=boundary_loss)
`,
    },
    {
      what: "eager by run_eagerly=True",
      code: `import numpy as np
from tensorflow import keras


def hausdorff_like_loss(y_true, y_pred):
    count = np.sum(y_true.numpy() > 0)
    return keras.backend.mean(keras.backend.square(y_true - y_pred)) * float(count)


model.compile(optimizer="sgd", loss=hausdorff_like_loss, run_eagerly=True)
`,
    },
    {
      what: "PyTorch: float() and numpy of a detached tensor for a log",
      code: `import numpy as np
import torch
from torch import nn


class LoggedDiceLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.history = []

    def forward(self, pred, target):
        prob = pred.softmax(dim=1)
        inter = torch.einsum("bchw,bchw->c", prob, target)
        total = prob.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
        dice = (2 * inter + 1e-5) / (total + 1e-5)
        self.history.append(np.asarray(dice.detach().cpu().numpy()))
        self.last = float(dice.mean())
        return 1 - dice.mean()
`,
      notes: ["L21"],
    },
    {
      what: "a numpy twin beside the Keras loss",
      code: `import numpy as np
from keras import ops
import keras


def dice_np(y_true, y_pred):
    inter = np.sum(np.asarray(y_true) * np.asarray(y_pred))
    return 2 * inter / (np.sum(y_true) + np.sum(y_pred))


@keras.saving.register_keras_serializable(package="seg")
def dice_loss(y_true, y_pred):
    inter = ops.sum(y_true * y_pred, axis=(0, 1, 2))
    total = ops.sum(y_true, axis=(0, 1, 2)) + ops.sum(y_pred, axis=(0, 1, 2))
    return 1 - ops.mean((2 * inter + 1e-5) / (total + 1e-5))


print(dice_np(np.ones(4), np.ones(4)))
model.compile(loss=dice_loss, optimizer="adam")
`,
      notes: ["L21"],
    },
    {
      what: "jax.numpy is no numpy",
      code: `import jax
import jax.numpy as np


def dice_loss(logits, labels):
    probs = jax.nn.softmax(logits, axis=-1)
    inter = np.sum(probs * labels, axis=(0, 1, 2))
    total = np.sum(probs + labels, axis=(0, 1, 2))
    return 1.0 - np.mean((2 * inter + 1e-5) / (total + 1e-5))
`,
      notes: ["L21"],
    },
  ],
};
