import assert from "node:assert/strict";
import { findLoss } from "../../../src/lint/lossFunction";
import type { ClassWeightRule } from "../../../src/run";

const rule = (code: string, name: string | null = null): ClassWeightRule | null | undefined => findLoss(name, null, [{ path: "loss.py", text: code, own: true }])?.weights;

/** [what it is, code, expected part of the rule (null: no class weights)] */
const CASES: [string, string, Partial<ClassWeightRule> | null][] = [
  [
    "the classic question's code, 3-D",
    `def generalized_dice_loss(y_true, y_pred):
    Ncl = y_pred.shape[-1]
    w = np.zeros((Ncl,))
    for l in range(0, Ncl): w[l] = np.sum(np.asarray(y_true[:,:,:,:,l]==1, np.int8))
    w = 1/(w**2 + 0.00001)
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator,(0,1,2,3))
    numerator = K.sum(numerator)
    denominator = w*K.sum(y_true+y_pred,(0,1,2,3))
    return 1-2*numerator/K.sum(denominator)
`,
    { power: 2, over: "batch", epsilon: 1e-5, absent: 1 / 1e-5, constantInGraphMode: 1 / 1e-5, line: 5 },
  ],
  [
    "the answer's code: per image, absent classes get a small finite weight",
    `def generalized_dice_loss_w(y_true, logits, eps=1e-6):
    y_pred = tf.nn.softmax(logits)
    counts = tf.reduce_sum(y_true, axis=[1, 2])
    weights = 1. / (counts ** 2)
    weights = tf.where(tf.math.is_finite(weights), weights, eps)
    numerator = tf.reduce_sum(weights * tf.reduce_sum(y_true * y_pred, axis=[1, 2]), -1)
    denominator = tf.reduce_sum(weights * tf.reduce_sum(y_true + y_pred, axis=[1, 2]), -1)
    return tf.reduce_mean(1 - 2 * numerator / denominator)
`,
    { power: 2, over: "image", epsilon: 0, absent: 1e-6, constantInGraphMode: null, line: 4 },
  ],
  ["a volume written as the constant 0", "def gdl(y_true, y_pred):\n    w = np.full((4,), 1 / (0.0 ** 2 + 0.00001))\n    return 1 - K.sum(w * K.sum(y_true * y_pred, (0, 1, 2)))\n", { power: 2, epsilon: 1e-5, constantInGraphMode: 1 / 1e-5, line: 2 }],
  ["axes from a range, the batch among them", "def gdl(y_true, y_pred):\n    axes = tuple(range(len(y_pred.shape) - 1))\n    w = 1 / (tf.reduce_sum(y_true, axes) ** 2 + 0.00001)\n    return 1 - w\n", { power: 2, over: "batch", epsilon: 1e-5 }],
  ["axes from a range, without the batch", "def gdl(y_true, y_pred):\n    axes = tuple(range(1, len(y_pred.shape) - 1))\n    w = 1 / (tf.reduce_sum(y_true, axes) + 1.0)\n    return 1 - w\n", { power: 1, over: "image", epsilon: 1, absent: 1 }],
  ["PyTorch, methods, channels first", "def gdl(logits, target):\n    p = torch.softmax(logits, 1)\n    t = F.one_hot(target, p.shape[1]).movedim(-1, 1).float()\n    w = 1 / (t.sum((0, 2, 3)) ** 2 + 1e-5)\n    return 1 - 2 * (w * (p * t).sum((0, 2, 3))).sum()\n", { power: 2, over: "batch", epsilon: 1e-5 }],
  ["clamped from below, per image", "def gdl(pred, target):\n    v = target.sum(dim=(2, 3, 4))\n    w = 1.0 / (v * v).clamp(min=1e-6)\n    return 1 - (w * (pred * target).sum(dim=(2, 3, 4))).sum()\n", { power: 2, over: "image", epsilon: 0, absent: 1 / 1e-6 }],
  ["infinite weights set to the largest finite one", "def gdl(pred, target):\n    w = torch.reciprocal(torch.square(target.sum((2, 3))))\n    w[torch.isinf(w)] = w[~torch.isinf(w)].max()\n    return 1 - w\n", { power: 2, over: "image", absent: "max" }],
  ["nothing catches the infinite weight", "def gdl(y_true, y_pred):\n    w = 1 / K.sum(y_true, axis=(0, 1, 2)) ** 2\n    return 1 - w * y_pred\n", { power: 2, over: "batch", absent: "infinite" }],
  ["a helper in the same file computes them", "EPS = 1e-5\n\ndef class_weights(t):\n    return 1 / (K.sum(t, (0, 1, 2)) ** 2 + EPS)\n\ndef gdl_loss(y_true, y_pred):\n    w = class_weights(y_true)\n    return 1 - w\n", { power: 2, over: "batch", epsilon: 1e-5, line: 4 }],
  ["a loss made by a function", "def make(eps=1e-3):\n    def loss(y_true, y_pred):\n        w = 1 / (tf.reduce_sum(y_true, (1, 2)) + eps)\n        return 1 - w\n    return loss\n", { power: 1, over: "image", epsilon: 1e-3 }],
  ["a loss written as a class", "class GDL(nn.Module):\n    def __init__(self, eps=1e-4):\n        super().__init__()\n        self.eps = eps\n    def forward(self, pred, target):\n        w = 1 / (target.sum((2, 3)) ** 2 + self.eps)\n        return 1 - w\n", { power: 2, over: "image", epsilon: 1e-4 }],
  ["divide_no_nan gives absent classes 0", "def gdl(y_true, y_pred):\n    w = tf.math.divide_no_nan(1.0, tf.reduce_sum(y_true, (1, 2)))\n    return 1 - w\n", { power: 1, over: "image", absent: 0 }],
  ["a branch on the count itself", "def gdl(y_true, y_pred):\n    v = tf.reduce_sum(y_true, (1, 2))\n    w = tf.where(v > 0, 1 / v ** 2, 0.0)\n    return 1 - w\n", { power: 2, over: "image", absent: 0 }],
  ["einsum per image", 'def gdl(pred, target):\n    w = 1 / (einsum("bcwh->bc", target) + 1e-10) ** 2\n    return 1 - w\n', { power: 2, over: "image", epsilon: 1e-10 ** 2 }],
  ["cross-entropy has none", "def ce_loss(y_true, y_pred):\n    return -K.mean(K.sum(y_true * K.log(y_pred), -1))\n", null],
  ["plain Dice has none", "def dice_loss(y_true, y_pred):\n    i = K.sum(y_true * y_pred)\n    return 1 - 2 * i / (K.sum(y_true) + K.sum(y_pred) + 1)\n", null],
  ["Dice per class divides by a sum of both, which is no weight", "def dice_loss(y_true, y_pred):\n    i = K.sum(y_true * y_pred, (0, 1, 2))\n    d = K.sum(y_true, (0, 1, 2)) + K.sum(y_pred, (0, 1, 2))\n    return 1 - K.mean((2 * i + 1) / (d + 1))\n", null],
];

describe("class weights in a loss function", () => {
  for (const [what, code, expected] of CASES) {
    it(what, () => {
      const got = rule(code);
      if (expected === null) assert.equal(got, null);
      else {
        assert.ok(got, "a rule is found");
        for (const [key, value] of Object.entries(expected)) {
          const have: unknown = got[key as keyof ClassWeightRule];
          if (typeof value === "number" && typeof have === "number") assert.ok(Math.abs(have - value) <= 1e-9 * Math.abs(value), `${key}: ${have} for ${value}`);
          else assert.equal(have, value, key);
        }
      }
    });
  }

  it("reads every prefix of every snippet without failing", () => {
    for (const [, code] of CASES) for (let n = 0; n <= code.length; n++) findLoss(null, null, [{ path: "loss.py", text: code.slice(0, n), own: true }]);
  });
});

describe("the loss that a run used", () => {
  const two = "def dice_loss(y_true, y_pred):\n    return 1 - y_pred\n\n\ndef focal_loss(y_true, y_pred):\n    return y_true\n";
  it("is the function that the compile config names, with its lines", () => {
    const loss = findLoss("focal_loss", "checkpoints/a.keras", [{ path: "train.py", text: two, own: true }]);
    assert.equal(loss?.path, "train.py");
    assert.equal(loss.line, 5);
    assert.equal(loss.endLine, 6);
    assert.match(loss.foundBy, /compile config of checkpoints\/a\.keras/);
  });
  it("is known by name alone when no script has it", () => {
    const loss = findLoss("categorical_crossentropy", "a.keras", [{ path: "train.py", text: two, own: true }]);
    assert.equal(loss?.name, "categorical_crossentropy");
    assert.equal(loss.path, null);
  });
  it("is not guessed between two, nor taken from elsewhere without a name", () => {
    assert.equal(findLoss(null, null, [{ path: "train.py", text: two, own: true }]), null);
    assert.equal(findLoss(null, null, [{ path: "/p/loss.py", text: "def l(y_true, y_pred):\n    return y_pred\n", own: false }]), null);
  });
  it("is the one that calls the others", () => {
    const text = "def dice_loss(y_true, y_pred):\n    return 1\n\ndef total_loss(y_true, y_pred):\n    return dice_loss(y_true, y_pred) + 1\n";
    assert.equal(findLoss(null, null, [{ path: "t.py", text, own: true }])?.name, "total_loss");
  });
  it("prefers the run's own file to the workspace's", () => {
    const text = "def gdl(y_true, y_pred):\n    return 1\n";
    assert.equal(findLoss("gdl", null, [{ path: "/a/gdl.py", text, own: false }, { path: "z.py", text, own: true }])?.path, "z.py");
  });
});
