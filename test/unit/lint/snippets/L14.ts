import type { Snippets } from "./snippets";

const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";
const KERAS = "import numpy as np\nfrom tensorflow import keras\n\n";
const DICE = "    i = (p * t).sum((0, 2, 3))\n    d = (2 * i + 1e-5) / (p.sum((0, 2, 3)) + t.sum((0, 2, 3)) + 1e-5)\n";

export const L14: Snippets = {
  bad: [
    {
      what: "void put into labels of a loader",
      code: `import torch
import torch.nn as nn
model = nn.Conv2d(3, 19, 1)
ce = nn.CrossEntropyLoss()
for x, y in loader:
    y[y == 19] = 255
    loss = ce(model(x), y)
    loss.backward()
`,
      begins: "ce(model",
    },
    {
      what: "void where a test says (PyTorch)",
      code: `import torch
import torch.nn.functional as F
def one(y, logits):
    y = torch.where(y > 20, 255, y)
    oh = F.one_hot(y, 21).permute(0, 3, 1, 2)
    p = logits.softmax(1)
    i = (p * oh).sum((0, 2, 3))
    return 1 - ((2 * i + 1) / (p.sum((0, 2, 3)) + oh.sum((0, 2, 3)) + 1)).mean()
`,
      begins: "F.one_hot",
    },
    { what: "255 ignored by the cross-entropy, not by one_hot (PyTorch)", code: `${TORCH}def ce_dice_loss(logits, target):\n    ce = F.cross_entropy(logits, target, ignore_index=255)\n    p = logits.softmax(1)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n${DICE}    return ce + 1 - d.mean()\n`, begins: "F.one_hot" },
    { what: "the same in a class, scattered (PyTorch)", code: `${TORCH}class CeDiceLoss(nn.Module):\n    def __init__(self, ignore_index=255):\n        super().__init__()\n        self.ce = nn.CrossEntropyLoss(ignore_index=ignore_index)\n\n    def forward(self, logits, target):\n        ce = self.ce(logits, target.long())\n        p = logits.softmax(1)\n        t = torch.zeros_like(logits).scatter_(1, target.unsqueeze(1).long(), 1.0)\n${DICE.replaceAll("    ", "        ")}        return ce + 1 - d.mean()\n`, begins: "torch.zeros_like(logits).scatter_" },
    { what: "smp beside a cross-entropy with -1", code: "import torch.nn as nn\nimport segmentation_models_pytorch as smp\n\nmodel = smp.Unet(\"resnet34\", classes=3)\nce = nn.CrossEntropyLoss(ignore_index=-1)\ndice = smp.losses.DiceLoss(\"multiclass\")\nfor x, y in loader:\n    out = model(x)\n    loss = ce(out, y) + dice(out, y)\n", begins: "dice(out" },
    { what: "MONAI beside a cross-entropy with 255", code: "import torch.nn as nn\nfrom monai.losses import DiceLoss\n\nce = nn.CrossEntropyLoss(ignore_index=255)\ndice = DiceLoss(to_onehot_y=True, softmax=True)\n\ndef both_loss(logits, target):\n    return dice(logits, target[:, None]) + ce(logits, target)\n", begins: "dice(logits" },
    { what: "labels drawn from too many classes (PyTorch)", code: `${TORCH}model = nn.Conv2d(3, 4, 1)\ncriterion = nn.CrossEntropyLoss()\ny = torch.randint(0, 5, (2, 64, 64))\nloss = criterion(model(x), y)\n`, begins: "criterion(model" },
    { what: "a mask of 0 and 255 (PyTorch)", code: `${TORCH}def mask_loss(pred, mask):\n    target = torch.where(mask > 0, 255, 0)\n    t = F.one_hot(target, num_classes=2)\n    return F.binary_cross_entropy_with_logits(pred, t.permute(0, 3, 1, 2).float())\n`, begins: "F.one_hot" },
    { what: "to_categorical of a list (Keras)", code: `${KERAS}labels = keras.utils.to_categorical(np.array([0, 1, 2, 3]), num_classes=3)\nmodel.compile("adam", loss="categorical_crossentropy")\n`, begins: "keras.utils.to_categorical" },
    { what: "one-hot for fewer classes than the network has (PyTorch)", code: `${TORCH}model = nn.Conv2d(3, 4, 1)\ncriterion = nn.BCEWithLogitsLoss()\nfor x, y in loader:\n    onehot = F.one_hot(y, num_classes=3).permute(0, 3, 1, 2).float()\n    loss = criterion(model(x), onehot)\n`, begins: "criterion(model" },
    { what: "255 handed on to a loss of one's own (PyTorch)", code: `${TORCH}class Dice(nn.Module):\n    def __init__(self, n):\n        super().__init__()\n        self.n = n\n\n    def forward(self, logits, target):\n        p = logits.softmax(1)\n        t = F.one_hot(target.long(), self.n).permute(0, 3, 1, 2)\n        i = (p * t).sum((0, 2, 3))\n        return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + t.sum((0, 2, 3)) + 1e-5)).mean()\n\nce = nn.CrossEntropyLoss(ignore_index=255)\ndice = Dice(21)\nfor x, y in loader:\n    y = y.cuda().long()\n    out = net(x)\n    loss = ce(out, y) + dice(out, y)\n`, begins: "dice(out" },
    {
      what: "threshold to 255",
      code: `import torch
import torch.nn.functional as F
def prep(mask):
    mask = torch.where(mask > 0.5, 255, 0)
    return F.one_hot(mask, 2)
`,
      begins: "F.one_hot(mask, 2)",
    },
  ],
  good: [
    {
      what: "the label that was put, mended again",
      code: `import numpy as np
from tensorflow.keras.utils import to_categorical
y = np.where(m > 127, 255, 0)
v = to_categorical(y[y < 2], 2)
y2 = np.where(m > 127, 255, 0)
y2[y2 == 255] = 2
w = to_categorical(y2, 3)
y3 = np.where(m > 127, 255, 0)
for a, b in table.items():
    y3[y3 == a] = b
z = to_categorical(y3, 3)
cfg = {}
cfg["a"] = 255
`,
    },
    {
      what: "void pixels taken out or mended",
      code: `import torch
import torch.nn.functional as F
for x, y in loader:
    y[y > 18] = 255
    keep = y < 19
    oh = F.one_hot(torch.masked_select(y, keep), 19)
    oh2 = F.one_hot(y * keep, 19)
    oh3 = F.one_hot(y.clamp(max=18), 19)
    oh4 = F.one_hot(y % 255, 19)
    y[~keep] = 0
    oh5 = F.one_hot(y, 19)
`,
    },
    { what: "void pixels masked before one_hot (PyTorch)", code: `${TORCH}def ce_dice_loss(logits, target):\n    ce = F.cross_entropy(logits, target, ignore_index=255)\n    valid = target != 255\n    p = logits.softmax(1) * valid.unsqueeze(1)\n    t = F.one_hot(target * valid, 4).permute(0, 3, 1, 2) * valid.unsqueeze(1)\n${DICE}    return ce + 1 - d.mean()\n` },
    { what: "void pixels set to 0 in between (PyTorch)", code: `${TORCH}def ce_dice_loss(logits, target):\n    ce = F.cross_entropy(logits, target, ignore_index=255)\n    target = target.clone()\n    target[target == 255] = 0\n    p = logits.softmax(1)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n${DICE}    return ce + 1 - d.mean()\n` },
    { what: "a class that is ignored (PyTorch)", code: `${TORCH}def ce_dice_loss(logits, target):\n    ce = F.cross_entropy(logits, target, ignore_index=0)\n    p = logits.softmax(1)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n${DICE}    return ce + 1 - d.mean()\n` },
    { what: "one or the other (PyTorch)", code: `${TORCH}def seg_loss(logits, target, kind="ce"):\n    if kind == "ce":\n        return F.cross_entropy(logits, target, ignore_index=255)\n    p = logits.softmax(1)\n    t = F.one_hot(target, 4).permute(0, 3, 1, 2)\n${DICE}    return 1 - d.mean()\n` },
    { what: "both told to ignore (smp)", code: "import torch.nn as nn\nimport segmentation_models_pytorch as smp\n\nce = nn.CrossEntropyLoss(ignore_index=255)\ndice = smp.losses.DiceLoss(\"multiclass\", ignore_index=255)\nfor x, y in loader:\n    out = model(x)\n    loss = ce(out, y) + dice(out, y)\n" },
    { what: "a loss of one's own that clamps what it is told to ignore (PyTorch)", code: `${TORCH}class Dice(nn.Module):\n    def __init__(self, n, ignore_index=None):\n        super().__init__()\n        self.n = n\n        self.ignore_index = ignore_index\n\n    def forward(self, logits, target):\n        if self.ignore_index is not None:\n            target = target.clamp(max=self.n - 1)\n        p = logits.softmax(1)\n        t = F.one_hot(target.long(), self.n).permute(0, 3, 1, 2)\n        i = (p * t).sum((0, 2, 3))\n        return 1 - ((2 * i + 1e-5) / (p.sum((0, 2, 3)) + t.sum((0, 2, 3)) + 1e-5)).mean()\n\nce = nn.CrossEntropyLoss(ignore_index=255)\ndice = Dice(21, 255)\nfor x, y in loader:\n    out = net(x)\n    loss = ce(out, y) + dice(out, y)\n` },
    { what: "labels drawn from the classes (PyTorch)", code: `${TORCH}model = nn.Conv2d(3, 4, 1)\ncriterion = nn.CrossEntropyLoss()\ny = torch.randint(0, 4, (2, 64, 64))\nloss = criterion(model(x), y)\n` },
    { what: "255 named to the cross-entropy (PyTorch)", code: `${TORCH}model = nn.Conv2d(3, 4, 1)\ncriterion = nn.CrossEntropyLoss(ignore_index=255)\ny = torch.randint(0, 4, (2, 64, 64))\ny[0, 0] = 255\nloss = criterion(model(x), y)\n` },
    { what: "a mask of 0 and 1 (PyTorch)", code: `${TORCH}def mask_loss(pred, mask):\n    target = torch.where(mask > 0, 1, 0)\n    t = F.one_hot(target, num_classes=2)\n    return F.cross_entropy(pred, t.permute(0, 3, 1, 2).float())\n` },
    { what: "to_categorical, classes enough (Keras)", code: `${KERAS}labels = keras.utils.to_categorical(np.array([0, 1, 2, 3]), num_classes=4)\nmodel.compile("adam", loss="categorical_crossentropy")\n` },
  ],
};
