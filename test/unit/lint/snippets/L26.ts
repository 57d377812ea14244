import type { Snippets } from "./snippets";

const KERAS = "import tensorflow as tf\nfrom tensorflow.keras import backend as K\nfrom tensorflow.keras.callbacks import EarlyStopping, ModelCheckpoint\n\n";
const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

const coef = `${KERAS}def dice_coef(y_true, y_pred, smooth=1.0):
    t = K.flatten(y_true)
    p = K.flatten(y_pred)
    i = K.sum(t * p)
    return (2. * i + smooth) / (K.sum(t) + K.sum(p) + smooth)

`;
const loss = (value: string, rest = ""): string => `${coef}def dice_coef_loss(y_true, y_pred):\n    return ${value}\n\nmodel.compile("adam", loss=dice_coef_loss, metrics=[dice_coef])\n${rest}`;

const torchLoss = (value: string): string => `${TORCH}class DiceCELoss(nn.Module):
    def __init__(self, weight_ce=1, weight_dice=1):
        super().__init__()
        self.weight_ce = weight_ce
        self.weight_dice = weight_dice
        self.ce = nn.CrossEntropyLoss()

    def forward(self, pred, target):
        onehot = F.one_hot(target, pred.shape[1]).movedim(-1, 1)
        p = torch.softmax(pred, 1)
        i = (p * onehot).sum((2, 3))
        dice = ((2 * i + 1e-5) / ((p + onehot).sum((2, 3)) + 1e-5)).mean()
        return ${value}
`;

export const L26: Snippets = {
  bad: [
    { what: "-dice_coef (Keras)", code: loss("-dice_coef(y_true, y_pred)"), begins: "-dice_coef" },
    { what: "-2 times the overlap (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.sigmoid(pred)\n    return -2.0 * (p * target).sum() / (p.sum() + target.sum() + 1e-6)\n`, begins: "-2.0" },
    { what: "cross-entropy minus Dice (PyTorch)", code: torchLoss("self.weight_ce * self.ce(pred, target) - self.weight_dice * dice"), begins: "self.weight_ce" },
    { what: "the negative added (PyTorch)", code: torchLoss("self.ce(pred, target) + (-dice)"), begins: "self.ce" },
    { what: "JAX", code: `import jax\nimport jax.numpy as jnp\n\ndef dice_loss(logits, labels):\n    p = jax.nn.sigmoid(logits)\n    return -(2 * jnp.sum(p * labels) + 1) / (jnp.sum(p) + jnp.sum(labels) + 1)\n`, begins: "-(2 *" },
    { what: "the coefficient itself compiled as the loss", code: `${coef}model.compile("adam", loss=dice_coef)\n`, begins: "(2. * i" },
    { what: "early stopping that waits for a maximum", code: loss("-dice_coef(y_true, y_pred)", 'model.fit(x, y, callbacks=[EarlyStopping(monitor="val_loss", mode="max", patience=5)])\n'), begins: "EarlyStopping" },
    { what: "the best checkpoint is the worst", code: loss("-dice_coef(y_true, y_pred)", "saved = ModelCheckpoint('best.keras', monitor='val_loss', mode='max', save_best_only=True)\n"), begins: "ModelCheckpoint" },
    { what: "the logarithm of a negative", code: loss("-K.log(-dice_coef(y_true, y_pred))"), begins: "K.log" },
    { what: "cut off at 0 (PyTorch)", code: `${TORCH}def dice_loss(pred, target):\n    p = torch.sigmoid(pred)\n    loss = -(2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)\n    return torch.clamp(loss, min=0)\n`, begins: "torch.clamp" },
    { what: "nnU-Net's loss", code: "from nnunetv2.training.loss.compound_losses import DC_and_CE_loss\n\nloss_fn = DC_and_CE_loss({}, {})\n\ndef dice_loss(y_true, y_pred):\n    return loss_fn(y_pred, y_true)\n", begins: "DC_and_CE_loss" },
    {
      what: "nnunet class plus ce",
      code: `import torch.nn as nn
import torch
class SoftDice(nn.Module):
    def forward(self, x, y):
        x = x.softmax(1)
        i = (x * y).sum((0, 2, 3))
        dc = (2 * i + 1e-5) / ((x + y).sum((0, 2, 3)) + 1e-5)
        return -dc.mean()
class DCCE(nn.Module):
    def __init__(self):
        super().__init__()
        self.dc = SoftDice()
        self.ce = nn.CrossEntropyLoss()
    def forward(self, x, y):
        return self.ce(x, y.argmax(1)) + self.dc(x, y)
`,
      begins: "-dc.mean()",
    },
    {
      what: "by a lambda (Keras)",
      code: `from keras import backend as K
def dice(y_true, y_pred):
    return (2 * K.sum(y_true * y_pred) + 1e-5) / (K.sum(y_true) + K.sum(y_pred) + 1e-5)
dice_loss = lambda y_true, y_pred: -dice(y_true, y_pred)
m.compile('adam', loss=dice_loss)
`,
      begins: "-dice(y_true",
    },
  ],
  good: [
    { what: "1 - dice_coef (Keras)", code: loss("1 - dice_coef(y_true, y_pred)", 'model.fit(x, y, callbacks=[EarlyStopping(monitor="val_loss", mode="min")])\n') },
    { what: "-dice + 1", code: loss("-dice_coef(y_true, y_pred) + 1.") },
    { what: "the logarithm of the overlap", code: loss("-K.log(dice_coef(y_true, y_pred))", 'EarlyStopping(monitor="val_dice_coef", mode="max")\n') },
    { what: "cross-entropy plus 1 - Dice (PyTorch)", code: torchLoss("self.weight_ce * self.ce(pred, target) + self.weight_dice * (1 - dice)"), notes: ["L16"] },
    { what: "cross-entropy - Dice + 1 (PyTorch)", code: torchLoss("self.ce(pred, target) - dice + 1"), notes: ["L16"] },
    { what: "1 + cross-entropy - Dice (PyTorch)", code: torchLoss("1 + self.ce(pred, target) - dice"), notes: ["L16"] },
    { what: "a constant that is not known", code: `${coef}def dice_loss(y_true, y_pred, n):\n    return n - dice_coef(y_true, y_pred)\n` },
    { what: "the coefficient as a metric", code: `${coef}model.compile("adam", loss="binary_crossentropy", metrics=[dice_coef])\nEarlyStopping(monitor="val_dice_coef", mode="max")\n` },
    { what: "a negative weight for a loss that grows", code: `${coef}model.compile("adam", loss=dice_coef, loss_weights=-1.0)\n` },
    { what: "a negative log likelihood", code: `${KERAS}def nll_loss(y_true, y_pred):\n    return -K.mean(K.sum(y_true * K.log(y_pred + 1e-7), axis=-1))\n` },
    {
      what: "1 - Dice by a lambda (Keras)",
      code: `from keras import backend as K
def dice(y_true, y_pred):
    return (2 * K.sum(y_true * y_pred) + 1e-5) / (K.sum(y_true) + K.sum(y_pred) + 1e-5)
dice_loss = lambda y_true, y_pred: 1 - dice(y_true, y_pred)
m.compile('adam', loss=dice_loss)
`,
    },
  ],
};
