import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";
import { applyFix } from "../../../src/lint/fixes/edits";

/** The text after the first fix of a rule's first finding; null where there is none. */
function fixed(rule: string, code: string): string | null {
  const finding = lintPython("loss.py", code).find((f) => f.rule === rule);
  assert.ok(finding !== undefined, "found");
  const fix = finding.fixes?.[0];
  return fix === undefined ? null : applyFix(code, fix);
}

const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

describe("quick fixes of activations", () => {
  it("leave comments between arguments where they are", () => {
    const code = (options: string): string => `from monai.losses import DiceLoss\nfrom monai.networks.nets import UNet\n\nmodel = UNet(spatial_dims=3, in_channels=1, out_channels=4, channels=(8, 16), strides=(2,))\ncriterion = DiceLoss(\n${options})\nloss = criterion(model(images), labels)\n`;
    assert.equal(fixed("L7", code("    to_onehot_y=True  # indices\n")), code("    to_onehot_y=True, softmax=True  # indices\n"));
    assert.equal(fixed("L7", code("    to_onehot_y=True,  # indices\n")), code("    to_onehot_y=True, softmax=True  # indices\n"));
    assert.equal(fixed("L7", code("    to_onehot_y=True,\n    softmax=False,\n")), code("    to_onehot_y=True,\n    softmax=True,\n"));
    const doubled = (options: string): string => `import torch\nfrom monai.losses import DiceLoss\n\ncriterion = DiceLoss(${options})\n\ndef step(net, x, y):\n    return criterion(torch.softmax(net(x), 1), y)\n`;
    assert.equal(fixed("L8", doubled("to_onehot_y=True,  # indices\n    softmax=True,  # four classes\n")), doubled("to_onehot_y=True,  # indices\n      # four classes\n"));
    assert.equal(fixed("L8", doubled("softmax=True, to_onehot_y=True")), doubled("to_onehot_y=True"));
    assert.equal(fixed("L8", doubled("softmax=True")), doubled(""));
  });

  it("give a cross-entropy the logits, whoever else reads the probabilities", () => {
    const code = (lines: string): string => `${TORCH}def ce_loss(pred, target):\n${lines}`;
    assert.equal(fixed("L8", code("    p = F.softmax(pred, dim=1)  # classes\n    return F.cross_entropy(p, target)\n")), code("    return F.cross_entropy(pred, target)\n"));
    assert.equal(fixed("L8", code("    p = F.softmax(pred, dim=1)\n    return F.cross_entropy(p, target) + p[:, 0].mean()\n")), code("    p = F.softmax(pred, dim=1)\n    return F.cross_entropy(pred, target) + p[:, 0].mean()\n"));
    assert.equal(fixed("L8", code("    pred = F.softmax(pred, dim=1)\n    return F.cross_entropy(pred, target) + pred[:, 0].mean()\n")), code("    logits = pred\n    pred = F.softmax(pred, dim=1)\n    return F.cross_entropy(logits, target) + pred[:, 0].mean()\n"));
    // pred holds something else by then.
    assert.equal(fixed("L8", code("    p = F.softmax(pred, dim=1)\n    pred = target\n    return F.cross_entropy(p, target) + pred.mean()\n")), code("    p = pred\n    pred = target\n    return F.cross_entropy(p, target) + pred.mean()\n"));
  });

  it("do nothing where two mistakes look alike", () => {
    const code = `${TORCH}def dice_loss(pred, target):\n    p = torch.sigmoid(pred)\n    p = torch.softmax(p, 1)\n    i = (p * target).sum((0, 2, 3))\n    return 1 - ((2 * i + 1) / ((p + target).sum((0, 2, 3)) + 1)).mean()\n`;
    assert.equal(fixed("L8", code), null);
  });

  it("do not change an option that other calls rely on", () => {
    const code = `import torch\nimport segmentation_models_pytorch as smp\n\ndice = smp.losses.DiceLoss("multiclass")\n\ndef step(net, x, y):\n    return dice(torch.softmax(net(x), 1), y) + dice(net(x), y)\n`;
    assert.equal(fixed("L8", code), null);
  });

  it("do not take labels that may be void for classes", () => {
    const code = `${TORCH}def dice_ce_loss(pred, target):\n    ce = F.cross_entropy(pred, target.long(), ignore_index=255)\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum()\n    return ce + 1 - 2 * i / (p.sum() + target.sum())\n`;
    assert.equal(fixed("L15", code), null);
  });

  it("leave hard decisions of unknown predictions alone", () => {
    const code = `${TORCH}def dice_loss(pred, target):\n    p = F.one_hot(pred.argmax(1), 4).permute(0, 3, 1, 2).float()\n    i = (p * target).sum((0, 2, 3))\n    return 1 - ((2 * i + 1) / ((p + target).sum((0, 2, 3)) + 1)).mean()\n`;
    assert.equal(fixed("L31", code), null);
  });

  it("exchange no letters that the file hands over", () => {
    const code = `from tensorflow.keras import backend as K\n\ndef tversky_loss(y_true, y_pred, alpha=0.7, beta=0.3):\n    tp = K.sum(y_true * y_pred)\n    fn = K.sum(y_true * (1 - y_pred))\n    fp = K.sum((1 - y_true) * y_pred)\n    return 1 - (tp + 1) / (tp + alpha * fn + beta * fp + 1)\n`;
    assert.ok(fixed("L25", code) !== null);
    assert.equal(fixed("L25", `${code}\ndef strict_loss(y_true, y_pred):\n    return tversky_loss(y_true, y_pred, alpha=0.9, beta=0.1)\n`), null);
    assert.equal(fixed("L25", `${code}\ndef strict_loss(y_true, y_pred):\n    return tversky_loss(y_true, y_pred, 0.9, 0.1)\n`), null);
  });

  it("make no mask of fewer axes than the array", () => {
    const code = `import tensorflow as tf\n\ndef my_loss(y_true, y_pred):\n    p = tf.nn.softmax(y_pred)\n    p[tf.reduce_sum(y_true, -1) == 0] = 0.0\n    return tf.reduce_mean(p * y_true)\n`;
    assert.equal(fixed("L24", code), null);
  });
});
