import assert from "node:assert/strict";
import { describeLoss } from "../../../src/lint/describe";
import { buildModel } from "../../../src/lint/model/model";
import { GOOD } from "./snippets/good";

const KERAS = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";
const TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n";

const question = (slice: string, axes: string): string => `${KERAS}def generalized_dice_coeff(y_true, y_pred):
    Ncl = y_pred.shape[-1]
    w = np.zeros(shape=(Ncl,))
    for l in range(0,Ncl): w[l] = np.sum(np.asarray(y_true[${slice}]==1,np.int8))
    w = 1/(w**2+0.00001)
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator,${axes})
    numerator = K.sum(numerator)
    denominator = y_true+y_pred
    denominator = w*K.sum(denominator,${axes})
    denominator = K.sum(denominator)
    return 2*numerator/denominator

def generalized_dice_loss(y_true, y_pred):
    return 1 - generalized_dice_coeff(y_true, y_pred)
`;

const answer = (axes: string): string => `${KERAS}def gen_dice(y_true, y_pred, eps=1e-6):
    pred = tf.nn.softmax(y_pred)
    counts = tf.reduce_sum(y_true[:, :, :, :${axes === "[1, 2, 3]" ? ", :" : ""}], axis=${axes})
    weights = 1. / (counts ** 2)
    weights = tf.where(tf.math.is_finite(weights), weights, eps)
    multed = tf.reduce_sum(y_true * pred, axis=${axes})
    summed = tf.reduce_sum(y_true + pred, axis=${axes})
    numerators = tf.reduce_sum(weights * multed, axis=-1)
    denom = tf.reduce_sum(weights * summed, axis=-1)
    return tf.reduce_mean(1. - 2. * numerators / denom)

model.compile("adam", loss=gen_dice)
`;

const keras = (body: string, args = "y_true, y_pred"): string => `${KERAS}def my_loss(${args}):\n${body}`;
const torch = (body: string, args = "pred, target"): string => `${TORCH}def my_loss(${args}):\n${body}`;

const SAYS: readonly (readonly [string, string, string])[] = [
  ["the classic question, 2-D", question(":,:,:,l", "(0,1,2)"), "batch-wise generalized Dice, weights 1/(V² + 1e-5), absent class 1e5"],
  ["the classic question, 3-D", question(":,:,:,:,l", "(0,1,2,3)"), "batch-wise generalized Dice, weights 1/(V² + 1e-5), absent class 1e5"],
  ["the answer, 2-D", answer("[1, 2]"), "per-image generalized Dice, weights 1/V², absent class 1e-6"],
  ["the answer, 3-D", answer("[1, 2, 3]"), "per-image generalized Dice, weights 1/V², absent class 1e-6"],
  [
    "squared denominator (Keras)",
    keras("    i = K.sum(y_true * y_pred, axis=(1, 2))\n    s = K.sum(K.square(y_true), axis=(1, 2)) + K.sum(K.square(y_pred), axis=(1, 2))\n    return 1 - K.mean((2 * i + 1) / (s + 1))\n"),
    "per-image soft Dice per class, squared denominator, smoothing 1 above and below",
  ],
  [
    "Tversky with false positives and negatives as products",
    keras("    tp = K.sum(y_true * y_pred)\n    fn = K.sum(y_true * (1 - y_pred))\n    fp = K.sum((1 - y_true) * y_pred)\n    return 1 - tp / (tp + 0.3 * fp + 0.7 * fn)\n"),
    "batch-wise Tversky α 0.3 (false positives) β 0.7 (false negatives), no smoothing",
  ],
  [
    "Tversky with false positives and negatives as differences",
    torch("    p = torch.softmax(pred, 1)\n    tp = (p * target).sum((2, 3))\n    fp = p.sum((2, 3)) - tp\n    fn = target.sum((2, 3)) - tp\n    return 1 - ((tp + eps) / (tp + alpha * fp + beta * fn + eps)).mean()\n", "pred, target, alpha=0.2, beta=0.8, eps=1e-6"),
    "per-image Tversky α 0.2 (false positives) β 0.8 (false negatives) per class, smoothing 1e-6 above and below",
  ],
  ["Tversky with halves is Dice", keras("    tp = K.sum(y_true * y_pred, axis=(0, 1, 2))\n    fn = K.sum(y_true * (1 - y_pred), axis=(0, 1, 2))\n    fp = K.sum((1 - y_true) * y_pred, axis=(0, 1, 2))\n    return 1 - K.mean(tp / (tp + 0.5 * fp + 0.5 * fn))\n"), "batch-wise soft Dice per class, no smoothing"],
  ["Jaccard", torch("    p = torch.softmax(pred, 1)\n    i = (p * target).sum((0, 2, 3))\n    u = (p + target).sum((0, 2, 3)) - i\n    return 1 - (i / u.clamp(min=1e-6)).mean()\n"), "batch-wise soft Jaccard per class"],
  ["Jaccard as p + t - pt of elements", torch("    p = torch.sigmoid(pred)\n    i = (p * target).sum()\n    u = (p + target - p * target).sum()\n    return 1 - (i + 1) / (u + 1)\n"), "batch-wise soft Jaccard, smoothing 1 above and below"],
  ["cross-entropy and Dice (Keras)", keras("    ce = K.categorical_crossentropy(y_true, y_pred)\n    i = K.sum(y_true * y_pred, axis=(0, 1, 2))\n    return K.mean(ce) + 1 - K.mean((2 * i + 1e-5) / (K.sum(y_true + y_pred, axis=(0, 1, 2)) + 1e-5))\n"), "categorical cross-entropy + batch-wise soft Dice per class, smoothing 1e-5 above and below"],
  ["a criterion's object (PyTorch)", `${TORCH}class MyLoss(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.ce = nn.CrossEntropyLoss()\n\n    def forward(self, pred, target):\n        return self.ce(pred, target)\n`, "cross-entropy"],
  ["over classes too", torch("    p = torch.softmax(pred, dim=1).view(-1)\n    t = target.view(-1)\n    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)\n"), "batch-wise soft Dice over all classes at once, smoothing 1 above and below"],
  ["per pixel", keras("    i = K.sum(K.abs(y_true * y_pred), axis=-1)\n    s = K.sum(K.abs(y_true) + K.abs(y_pred), axis=-1)\n    return 1 - (i + 100) / (s - i + 100)\n"), "per-pixel soft Jaccard over the last axis, smoothing 100 above and below"],
  ["smoothing below only", keras("    i = K.sum(y_true * y_pred, axis=(1, 2))\n    return 1 - K.mean(2 * i / (K.sum(y_true + y_pred, axis=(1, 2)) + 1e-7))\n"), "per-image soft Dice per class, smoothing 1e-7 below only"],
  ["background left out", torch("    p = torch.softmax(pred, 1)[:, 1:]\n    t = target[:, 1:]\n    return 1 - (2 * (p * t).sum((0, 2, 3)) / ((p + t).sum((0, 2, 3)) + 1e-6)).mean()\n"), "batch-wise soft Dice per class, smoothing 1e-6 below only, background left out"],
  ["a power (focal Tversky)", keras("    tp = K.sum(y_true * y_pred)\n    fn = K.sum(y_true * (1 - y_pred))\n    fp = K.sum((1 - y_true) * y_pred)\n    return K.pow(1 - (tp + 1) / (tp + 0.7 * fn + 0.3 * fp + 1), 0.75)\n"), "batch-wise Tversky α 0.3 (false positives) β 0.7 (false negatives), smoothing 1 above and below, to the power 0.75"],
  ["weights of the largest finite one", torch("    p = torch.softmax(pred, 1)\n    w = 1 / target.sum((2, 3)) ** 2\n    w[torch.isinf(w)] = w[~torch.isinf(w)].max()\n    n = (w * (p * target).sum((2, 3))).sum(1)\n    d = (w * (p + target).sum((2, 3))).sum(1)\n    return 1 - (2 * n / d).mean()\n"), "per-image generalized Dice, weights 1/V², absent class as the largest other weight"],
  ["weights in the numerator only", torch("    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum((2, 3)) + 1)\n    n = (w * (p * target).sum((2, 3))).sum(1)\n    return 1 - (2 * n / (p + target).sum((2, 3)).sum(1)).mean()\n"), "per-image soft Dice, weights 1/(V + 1) in the numerator only, absent class 1"],
  ["focal loss written out", keras("    p = K.clip(y_pred, 1e-7, 1 - 1e-7)\n    ce = -y_true * K.log(p)\n    return K.mean(K.sum(K.pow(1 - p, 2.0) * ce, axis=-1))\n"), "focal cross-entropy, γ 2"],
  ["hard predictions have a ratio of which no more is known", torch("    hard = pred.argmax(dim=1)\n    i = (hard * target).sum()\n    return 1 - 2 * i / (hard.sum() + target.sum())\n"), "overlap ratio, no smoothing"],
  ["nothing known", keras("    return K.mean(K.exp(y_true - y_pred))\n"), "no ratio known: it is computed from y_true (labels) and y_pred (predictions)"],
];

/** The question's answer as it stands, whose arrays are reshaped by their own shapes. */
const AS_WRITTEN = GOOD.flatMap(([what, code]) => (what.startsWith("the answer to the classic question, 2-D") || what === "the answer, 3-D" ? [code] : []));

const described = (code: string): string[] => buildModel("loss.py", code).losses.map(describeLoss);

describe("lint: what a loss computes, in one line", () => {
  for (const [what, code, says] of SAYS) {
    it(what, () => {
      const all = described(code);
      assert.ok(all.includes(says), all.join(" | "));
    });
  }
  it("the answer as written, 2-D and 3-D: what the axes do not tell is not said", () => {
    assert.equal(AS_WRITTEN.length, 2);
    for (const code of AS_WRITTEN) assert.match(described(code)[0] ?? "", /^(per-image generalized Dice, weights 1\/V²|generalized Dice, weights 1\/V² per image), absent class 1e-6$/);
  });
  it("the question's loss and the coefficient that it calls say the same", () => {
    const [loss, ...others] = described(question("...,l", "(0,1,2)"));
    assert.deepEqual(others, others.map(() => loss));
  });
  it("an unknown weight of false positives is not guessed", () => {
    const [line] = described(torch("    p = torch.softmax(pred, 1)\n    tp = (p * target).sum((0, 2, 3))\n    fp = p.sum((0, 2, 3)) - tp\n    fn = target.sum((0, 2, 3)) - tp\n    return 1 - (tp / (tp + a * fp + b * fn)).mean()\n", "pred, target, a, b"));
    assert.equal(line, "batch-wise overlap ratio per class, no smoothing");
  });
  it("code of thousands of steps ends", () => {
    const long = keras(`    i = y_true * y_pred\n${"    i = i + 1e-9 * i\n".repeat(3000)}    return 1 - K.sum(i) / (K.sum(y_true) + K.sum(y_pred))\n`);
    assert.equal(described(long).length, 1);
  });
});
