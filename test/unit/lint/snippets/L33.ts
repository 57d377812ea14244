import type { Snippets } from "./snippets";

const KERAS = "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import backend as K\nfrom tensorflow.keras.optimizers import Adam, SGD\n\n";

const keras = (compile: string, value = "1 - (2 * i + 1) / (K.sum(y_true) + K.sum(y_pred) + 1)"): string => `${KERAS}def dice_loss(y_true, y_pred):
    i = K.sum(y_true * y_pred)
    return ${value}

model.compile(${compile})
`;

const torch = (optimizer: string, criterion = "DiceLoss(sigmoid=True)", rest = ""): string => `import torch\nfrom torch.optim import AdamW\nfrom monai.losses import DiceLoss, DiceCELoss, GeneralizedDiceLoss\n\ncriterion = ${criterion}\noptimizer = ${optimizer}\n${rest}`;

export const L33: Snippets = {
  bad: [
    {
      what: "with a momentum of 0.99",
      code: `import torch
from monai.losses import GeneralizedDiceLoss
from monai.networks.nets import UNet
net = UNet(spatial_dims=3, in_channels=1, out_channels=3, channels=(16, 32), strides=(2,))
crit = GeneralizedDiceLoss(to_onehot_y=True, softmax=True)
opt = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.99)
for b in loader:
    opt.zero_grad()
    crit(net(b["image"]), b["label"]).backward()
    opt.step()
`,
      begins: "0.01",
    },
    { what: "Adam(0.1) on a Dice (Keras)", code: keras("optimizer=Adam(learning_rate=0.1), loss=dice_loss"), begins: "0.1" },
    { what: "a variable for the optimizer", code: keras("opt, loss=dice_loss").replace("model.compile(opt", "opt = keras.optimizers.RMSprop(5e-2)\nmodel.compile(optimizer=opt"), begins: "5e-2" },
    { what: "Adam(1e-2) on a generalized Dice (PyTorch)", code: torch("torch.optim.Adam(model.parameters(), lr=1e-2)", "GeneralizedDiceLoss(softmax=True)"), begins: "1e-2" },
    { what: "AdamW, the rate by place", code: torch("AdamW(model.parameters(), 0.03)"), begins: "0.03" },
    { what: "Keras' own Dice", code: 'import keras\n\nmodel.compile(optimizer=keras.optimizers.AdamW(0.02), loss=keras.losses.Dice())\n\ndef dice_loss(y_true, y_pred):\n    return keras.losses.dice(y_true, y_pred)\n', begins: "0.02" },
    { what: "optax beside a loss of the file", code: "import jax.numpy as jnp\nimport optax\n\ndef dice_loss(p, labels):\n    return 1 - (2 * jnp.sum(p * labels) + 1) / (jnp.sum(p) + jnp.sum(labels) + 1)\n\ntx = optax.adam(0.05)\n", begins: "0.05" },
    { what: "SGD(10)", code: torch("torch.optim.SGD(model.parameters(), lr=10.0, momentum=0.9)"), begins: "10.0" },
  ],
  good: [
    { what: "Adam(1e-3)", code: keras("optimizer=Adam(learning_rate=1e-3), loss=dice_loss") },
    { what: "Dice with cross-entropy", code: keras("optimizer=Adam(learning_rate=0.01), loss=dice_loss", "K.mean(keras.losses.binary_crossentropy(y_true, y_pred)) + 1 - (2 * i + 1) / (K.sum(y_true) + K.sum(y_pred) + 1)") },
    { what: "nnU-Net's SGD(1e-2)", code: torch('torch.optim.SGD(model.parameters(), lr=1e-2, momentum=0.99, nesterov=True)', "DiceCELoss(softmax=True)") },
    { what: "SGD(0.1) on a Dice", code: torch("torch.optim.SGD(model.parameters(), lr=0.1)") },
    { what: "a default of a parameter", code: torch("None").replace("optimizer = None\n", "def optimizer_of(model, lr=0.1):\n    return torch.optim.Adam(model.parameters(), lr=lr)\n") },
    { what: "a schedule that warms up", code: torch("torch.optim.Adam(model.parameters(), lr=1e-2)", "DiceLoss(sigmoid=True)", "scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=1e-3, total_steps=100)\n") },
    { what: "another loss beside it", code: torch("torch.optim.Adam(model.parameters(), lr=1e-2)", "DiceLoss(sigmoid=True)", "bce = torch.nn.BCEWithLogitsLoss()\nloss = criterion(out, y) + bce(out, y)\n") },
    { what: "a cross-entropy compiled, the Dice a metric", code: keras('optimizer=Adam(0.1), loss="binary_crossentropy", metrics=[dice_loss]') },
  ],
};
