import type { Snippets } from "./snippets";

const KERAS = "from tensorflow import keras\nfrom tensorflow.keras import layers\n\n";
const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

export const L10: Snippets = {
  bad: [
    { what: "Dense(1, softmax) (Keras)", code: `${KERAS}model = keras.Sequential([layers.Dense(16), layers.Dense(1, activation="softmax")])\nmodel.compile("adam", loss="binary_crossentropy")\n`, begins: "layers.Dense(1" },
    { what: "Conv2D(1, softmax), functional (Keras)", code: `${KERAS}inputs = keras.Input((64, 64, 1))\nx = layers.Conv2D(8, 3, padding="same")(inputs)\nout = layers.Conv2D(1, (1, 1), activation="softmax")(x)\nmodel = keras.Model(inputs, out)\nmodel.compile("adam", loss="mse")\n`, begins: "layers.Conv2D(1" },
    { what: "categorical cross-entropy of one output (Keras)", code: `${KERAS}model = keras.Sequential([layers.Dense(16), layers.Dense(1, activation="sigmoid")])\nmodel.compile("adam", loss="categorical_crossentropy")\n`, begins: "model.compile" },
    { what: "sparse, of logits (Keras)", code: `${KERAS}model = keras.Sequential([layers.Conv2D(16, 3), layers.Conv2D(1, 1)])\nmodel.compile("adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))\n`, begins: "model.compile" },
    { what: "F.softmax(dim=1) of one channel (PyTorch)", code: `${TORCH}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.body = nn.Conv2d(3, 16, 3)\n        self.head = nn.Conv2d(16, 1, 1)\n\n    def forward(self, x):\n        return F.softmax(self.head(self.body(x)), dim=1)\n`, begins: "F.softmax" },
    { what: "nn.Sequential (PyTorch)", code: `${TORCH}net = nn.Sequential(nn.Conv3d(1, 8, 3), nn.ReLU(), nn.Conv3d(8, 1, 1), nn.Softmax(dim=1))\ncriterion = nn.BCELoss()\n`, begins: "nn.Softmax" },
    { what: "cross-entropy of one channel (PyTorch)", code: `${TORCH}model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 1, 1))\ncriterion = nn.CrossEntropyLoss()\nfor x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n`, begins: "criterion(model" },
    { what: "MONAI: softmax=True ignored", code: "from monai.losses import DiceLoss\nfrom monai.networks.nets import UNet\n\nnet = UNet(spatial_dims=3, in_channels=1, out_channels=1, channels=(16, 32), strides=(2,))\nloss_function = DiceLoss(softmax=True)\nfor batch in loader:\n    outputs = net(batch[\"image\"])\n    loss = loss_function(outputs, batch[\"label\"])\n", begins: "loss_function(outputs" },
    { what: "MONAI: focal loss of one channel", code: "from monai.losses import FocalLoss\nfrom monai.networks.nets import VNet\n\nnet = VNet()\ncriterion = FocalLoss(use_softmax=True)\nloss = criterion(net(image), label)\n", begins: "criterion(net" },
    { what: "smp: one class in multiclass mode", code: "import segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\", in_channels=3)\nloss_fn = smp.losses.DiceLoss(\"multiclass\")\nfor x, y in loader:\n    loss = loss_fn(model(x), y)\n", begins: "loss_fn(model" },
    { what: "smp: softmax of one class", code: "import segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\", classes=1, activation=\"softmax\")\nloss_fn = smp.losses.DiceLoss(\"binary\", from_logits=False)\n", begins: "smp.Unet" },
    { what: "flax", code: "import flax.linen as nn\nimport jax\nimport optax\n\nclass Net(nn.Module):\n    @nn.compact\n    def __call__(self, x):\n        x = nn.Conv(16, (3, 3))(x)\n        return jax.nn.softmax(nn.Dense(1)(x))\n", begins: "jax.nn.softmax" },
    { what: "TensorFlow 1", code: "import tensorflow as tf\n\nnet = tf.layers.conv2d(images, 16, 3, activation=tf.nn.relu)\nlogits = tf.layers.conv2d(net, 1, 1)\nloss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits_v2(labels=masks, logits=logits))\n", begins: "tf.nn.softmax_cross_entropy" },
    { what: "an axis made for it (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.softmax(pred.unsqueeze(1), dim=1)\n    i = (p * target).sum()\n    return 1 - (2 * i + 1) / (p.sum() + target.sum() + 1)\n`, begins: "torch.softmax" },
  ],
  good: [
    {
      what: "an option that chooses softmax or sigmoid",
      code: `import torch
net = torch.nn.Conv2d(3, 1, 1)
def predict(x, multiclass=False):
    out = net(x)
    return torch.softmax(out, 1) if multiclass else torch.sigmoid(out)
`,
    },
    {
      what: "a sigmoid where there is one channel",
      code: `import torch.nn as nn
import torch.nn.functional as F
class UNet(nn.Module):
    def __init__(self, n_classes=1):
        super().__init__()
        self.n_classes = n_classes
        self.outc = nn.Conv2d(64, n_classes, kernel_size=1)
    def forward(self, x):
        x = self.outc(x)
        return F.softmax(x, dim=1) if self.n_classes > 1 else F.sigmoid(x)
net = UNet(n_classes=1)
criterion = nn.BCELoss()
for x, y in loader:
    criterion(net(x), y).backward()
`,
    },
    { what: "a sigmoid (Keras)", code: `${KERAS}model = keras.Sequential([layers.Dense(16), layers.Dense(1, activation="sigmoid")])\nmodel.compile("adam", loss="binary_crossentropy")\n` },
    { what: "two channels (Keras)", code: `${KERAS}model = keras.Sequential([layers.Dense(16), layers.Dense(2, activation="softmax")])\nmodel.compile("adam", loss="sparse_categorical_crossentropy")\n` },
    { what: "channels first: the softmax runs over the width, one filter or not", code: `${KERAS}x = layers.Conv2D(1, 1, activation="softmax", data_format="channels_first")(x)\nmodel.compile("adam", loss="binary_crossentropy")\n` },
    { what: "attention over time, one score each (Keras)", code: `${KERAS}def attend(h):\n    scores = layers.Dense(1)(h)\n    weights = layers.Softmax(axis=1)(scores)\n    return weights * h\n` },
    { what: "attention over time (PyTorch)", code: `${TORCH}class Pool(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.score = nn.Linear(64, 1)\n        self.chain = nn.Sequential(nn.Linear(64, 1), nn.Softmax(dim=1))\n\n    def forward(self, h):\n        return (F.softmax(self.score(h), dim=1) * h).sum(1) + (self.chain(h) * h).sum(1)\n` },
    { what: "attention over space, one map (PyTorch)", code: `${TORCH}class Context(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.mask = nn.Conv2d(64, 1, 1)\n        self.line = nn.Conv1d(64, 1, 1)\n\n    def forward(self, x, s):\n        b = x.size(0)\n        m = F.softmax(self.mask(x).view(b, 1, -1), dim=2)\n        return m, F.softmax(self.line(s), dim=-1)\n` },
    { what: "one channel by default alone (PyTorch)", code: `${TORCH}class Net(nn.Module):\n    def __init__(self, n_classes=1):\n        super().__init__()\n        self.n_classes = n_classes\n        self.head = nn.Conv2d(16, n_classes, 1)\n\n    def forward(self, x):\n        x = self.head(x)\n        return F.softmax(x, dim=1) if self.n_classes > 1 else torch.sigmoid(x)\n` },
    { what: "one class by the default of a list alone (PyTorch)", code: `${TORCH}class Net(nn.Module):\n    def __init__(self, class_names=["words"]):\n        super().__init__()\n        self.class_names = class_names\n        num_classes = len(self.class_names)\n        self.head = nn.Sequential(nn.Conv2d(16, 16, 3), nn.Conv2d(16, num_classes, 1))\n\n    def forward(self, x, target):\n        return self.compute_loss(self.head(x), target)\n\n    def compute_loss(self, out_map, target):\n        p = torch.softmax(out_map, dim=1) if len(self.class_names) > 1 else torch.sigmoid(out_map)\n        i = (p * target).sum((2, 3))\n        return 1 - ((2 * i + 1) / ((p + target).sum((2, 3)) + 1)).mean()\n`, notes: ["L4", "L16"] },
    { what: "the picked channel of a softmax (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.softmax(pred, dim=1)[:, 1:2]\n    i = (p * target).sum((1, 2, 3))\n    return 1 - ((2 * i + 1e-5) / (p.sum((1, 2, 3)) + target.sum((1, 2, 3)) + 1e-5)).mean()\n`, notes: ["L16", "L4"] },
    { what: "one channel, binary cross-entropy (PyTorch)", code: `${TORCH}model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 1, 1))\ncriterion = nn.BCEWithLogitsLoss()\nfor x, y in loader:\n    loss = criterion(model(x), y)\n    loss.backward()\n` },
    { what: "two scores joined before the cross-entropy (PyTorch)", code: `${TORCH}score = nn.Linear(64, 1)\ncriterion = nn.CrossEntropyLoss()\nloss = criterion(torch.cat([score(a), score(b)], dim=1), y)\n` },
    { what: "MONAI: sigmoid for one channel", code: "from monai.losses import DiceCELoss\nfrom monai.networks.nets import UNet\n\nnet = UNet(spatial_dims=3, in_channels=1, out_channels=1, channels=(16, 32), strides=(2,))\nloss_function = DiceCELoss(sigmoid=True)\nloss = loss_function(net(image), label)\n" },
    { what: "smp: binary mode, and a number of classes that is not known", code: "import segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\")\nloss_fn = smp.losses.DiceLoss(\"binary\")\nloss = loss_fn(model(x), y)\nother = smp.Unet(\"resnet34\", classes=len(CLASSES))\nmulti = smp.losses.DiceLoss(\"multiclass\")\nloss = multi(other(x), y)\n" },
  ],
};
