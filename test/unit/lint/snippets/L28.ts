import type { Snippets } from "./snippets";

const TORCH = "import torch\nimport torch.nn as nn\n\n";

const dice = (body: string): string => `${TORCH}def dice_score(pred, target):
    pred = torch.nn.functional.one_hot(pred.argmax(1), 4).movedim(-1, 1)
    i = (pred * target).sum((2, 3))
    s = pred.sum((2, 3)) + target.sum((2, 3))
${body}`;

const monai = (use: string, imports = "compute_dice"): string => `import torch\nfrom monai.metrics import ${imports}\n\ndef validate(model, loader):\n    for image, y in loader:\n        y_pred = model(image)\n${use}`;
const torchmetrics = (use: string): string => `import torch\nfrom torchmetrics.segmentation import DiceScore, GeneralizedDiceScore, MeanIoU\n\n${use}`;
const smp = (options: string): string => `import segmentation_models_pytorch as smp\n\ndef evaluate(output, target):\n    tp, fp, fn, tn = smp.metrics.get_stats(output, target, mode="multilabel", threshold=0.5)\n    return smp.metrics.iou_score(tp, fp, fn, tn, ${options})\n`;

export const L28: Snippets = {
  bad: [
    { what: "a plain mean over classes (PyTorch)", code: dice("    d = 2 * i / s\n    return d.mean()\n"), begins: "d.mean()" },
    { what: "nothing predicted, nothing there (numpy)", code: "import numpy as np\n\ndef dice_metric(y_true, y_pred):\n    i = np.logical_and(y_true, y_pred).sum()\n    return 2.0 * i / (y_true.sum() + y_pred.sum())\n", begins: "2.0 * i" },
    { what: "a threshold (Keras)", code: 'import tensorflow as tf\nfrom tensorflow.keras import backend as K\n\ndef iou(y_true, y_pred):\n    p = K.cast(y_pred > 0.5, "float32")\n    i = K.sum(y_true * p)\n    return i / (K.sum(y_true) + K.sum(p) - i)\n', begins: "i / (K.sum" },
    { what: "0/0 counted as 0", code: dice("    d = torch.nan_to_num(2 * i / s)\n    return d.mean()\n"), begins: "torch.nan_to_num" },
    { what: "MONAI: a plain mean of compute_dice", code: monai("        d = compute_dice(y_pred=y_pred, y=y)\n        print(d.mean())\n"), begins: "d.mean()" },
    { what: "MONAI: a plain mean of what was collected", code: monai('    metric = DiceMetric(reduction="none")\n    metric(y_pred=y_pred, y=y)\n    return torch.mean(metric.aggregate())\n', "DiceMetric"), begins: "torch.mean" },
    { what: "MONAI: absent everywhere is 0", code: 'from monai.metrics import DiceMetric\n\nmetric = DiceMetric(include_background=False, reduction="mean_batch")\n', begins: "DiceMetric" },
    { what: "torchmetrics: GeneralizedDiceScore", code: torchmetrics("metric = GeneralizedDiceScore(num_classes=4)\n"), begins: "GeneralizedDiceScore" },
    { what: "torchmetrics: GeneralizedDiceScore per class", code: torchmetrics('metric = GeneralizedDiceScore(num_classes=4, per_class=True, weight_type="linear")\n'), begins: "GeneralizedDiceScore" },
    { what: "torchmetrics: the mean of MeanIoU per class", code: torchmetrics("miou = MeanIoU(num_classes=4, per_class=True)\nmiou.update(pred, target)\nprint(miou.compute().cpu().mean())\n"), begins: "miou.compute()" },
    { what: "torchmetrics: the mean of Dice per class, in a class", code: torchmetrics('class Lit:\n    def __init__(self):\n        self.dice = DiceScore(num_classes=4, average="none")\n\n    def end(self):\n        each = self.dice.compute()\n        # DiceScore(\n        return each.mean()\n'), begins: "each.mean()" },
    { what: "segmentation_models.pytorch: absent is 1", code: smp('reduction="macro"'), begins: "smp.metrics.iou_score" },
    {
      what: "metric nan to zero",
      code: `import torch
def dice_metric(pred, target):
    i = (pred * target).sum((2, 3))
    d = 2 * i / (pred + target).sum((2, 3))
    d[torch.isnan(d)] = 0
    return d.mean()
`,
      begins: "d[torch.isnan(d)]",
    },
  ],
  good: [
    { what: "nanmean (PyTorch)", code: dice("    d = 2 * i / s\n    return d.nanmean()\n") },
    { what: "1 where both are empty", code: dice("    d = torch.where(s > 0, 2 * i / s, torch.ones_like(s))\n    return d.mean()\n") },
    { what: "smoothed", code: dice("    d = (2 * i + 1e-6) / (s + 1e-6)\n    return d.mean()\n") },
    { what: "NaN becomes 1", code: dice("    d = torch.nan_to_num(2 * i / s, nan=1.0)\n    return d.mean()\n") },
    { what: "a branch (numpy)", code: "import numpy as np\n\ndef dice_metric(y_true, y_pred):\n    i = np.logical_and(y_true, y_pred).sum()\n    n = y_true.sum() + y_pred.sum()\n    if n == 0:\n        return 1.0\n    return 2.0 * i / n\n" },
    { what: "probabilities are never all 0 (Keras)", code: 'import tensorflow as tf\nfrom tensorflow.keras import backend as K\n\ndef iou(y_true, y_pred):\n    i = K.sum(y_true * y_pred)\n    return i / (K.sum(y_true) + K.sum(y_pred) - i)\n' },
    { what: "MONAI: nanmean", code: monai("        d = compute_dice(y_pred=y_pred, y=y)\n        print(d.nanmean())\n") },
    { what: "MONAI: empty images count", code: monai("        d = compute_dice(y_pred=y_pred, y=y, ignore_empty=False)\n        print(d.mean())\n") },
    { what: "MONAI: told apart", code: 'from monai.metrics import DiceMetric\n\nmetric = DiceMetric(include_background=False, reduction="mean_batch", get_not_nans=True)\nmean = DiceMetric(reduction="mean")\nmean(y_pred=a, y=b)\nprint(mean.aggregate().mean())\n' },
    { what: "torchmetrics: linear weights, mean of all", code: torchmetrics('metric = GeneralizedDiceScore(num_classes=4, weight_type="linear")\nmiou = MeanIoU(num_classes=4)\nprint(miou.compute().mean())\n') },
    { what: "segmentation_models.pytorch: over everything", code: smp('reduction="micro"') },
  ],
};
