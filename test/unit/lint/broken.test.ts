import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";

const HEAD = "import numpy as np\nimport torch\nimport torch.nn as nn\nimport tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";

/** Functions with findings, which broken code around them must leave as they are. */
const FUNCTIONS = [
  `def gdl_loss(y_true, y_pred):
    w = 1 / K.square(K.sum(y_true, axis=(0, 1, 2)))
    w = tf.clip_by_value(w, 1e-17, 1.0 - 1e-7)
    num = K.sum(w * K.sum(y_true * y_pred, axis=(0, 1, 2)))
    den = K.sum(w * K.sum(y_true + y_pred, axis=(0, 1, 2)))
    return 1 - 2 * num / den
`,
  `class DiceLoss(nn.Module):
    def forward(self, pred, target):
        hard = pred.argmax(dim=1)
        i = (hard * target).sum()
        return 1 - 2 * i / (hard.sum() + target.sum())
`,
  `def mean_loss(y_true, y_pred):
    overlap = K.sum(y_true * y_pred, axis=-1)
    return 1 - np.mean(overlap)
`,
  `@tf.function
def soft_dice_loss(y_true, y_pred):
    i = K.sum(y_true * y_pred, axis=(1, 2))
    return 1 - K.mean((2 * i + 1e-6) / (K.sum(y_true + y_pred, axis=(1, 2)) + 1e-6))
`,
  // Nothing is wrong with this one.
  `def batch_dice_loss(y_true, y_pred):
    i = K.sum(y_true * y_pred, axis=(0, 1, 2))
    return 1 - K.mean((2 * i + 1e-6) / (K.sum(y_true + y_pred, axis=(0, 1, 2)) + 1e-6))
`,
];

const BROKEN = [
  "x = foo(1, 2\n", "x = [1, 2, (3\n", "x = {'a': \n", "x = y[\n", "return )\n", "x = 'unclosed\n", "x = '''unclosed\n", '"""unclosed\n', "f'{x\n",
  "def half(a, b\n", "def half(a, b):\n", "def half(a,\n", "def\n", "def f(x):\n    return x +\n", "async\n", "lambda x: \n",
  "class\n", "class A(\n", "class A:\n", "@\n", "@decorated\n", "import\n", "from a import (b,\n", "from a import\n",
  "else:\n    pass\n", "elif z:\n    q = 1\n", "if x ==\n", "if x:\n", "for i in\n", "while\n", "try:\n    y = 1\n", "except ValueError:\n", "with open('f') as f\n", "    indented = 1\n", "print 'old'\n",
  "model.compile(loss=\n", "model.compile(optimizer='adam', loss=[\n", "criterion = {'a': \n", "loss_fn = partial(\n", "self.criterion =\n",
];

const indented = (text: string, by: string): string => text.replace(/^(?=.)/gm, by);

/** Where the broken lines stand: a text with the function in it. */
const PLACES: readonly (readonly [string, (fn: string, broken: string) => string])[] = [
  ["before", (fn, broken) => `${HEAD}${broken}${fn}`],
  ["before, a line between", (fn, broken) => `${HEAD}${broken}\n${fn}`],
  ["above the imports", (fn, broken) => `${broken}\n${HEAD}${fn}`],
  ["after", (fn, broken) => `${HEAD}${fn}${broken}`],
  ["between it and another function", (fn, broken) => `${HEAD}${fn}\n${broken}\ndef other(a):\n    return a\n`],
  ["in the function before", (fn, broken) => `${HEAD}def other(a, b):\n    c = a + b\n${indented(broken, "    ")}\n${fn}`],
  ["in the class before", (fn, broken) => `${HEAD}class Net(nn.Module):\n    def one(self):\n        return 1\n${indented(broken, "    ")}\n${fn}`],
  ["in the method before", (fn, broken) => `${HEAD}class Net(nn.Module):\n    def one(self):\n${indented(broken, "        ")}\n${fn}`],
  ["in the function after", (fn, broken) => `${HEAD}${fn}\ndef other(a, b):\n${indented(broken, "    ")}`],
];

const found = (text: string): string => lintPython("loss.py", text).map((f) => `${f.rule} ${f.severity} ${text.slice(f.range.from, f.range.to)}`).sort().join(" | ");

describe("lint: broken code elsewhere in the file", () => {
  for (const fn of FUNCTIONS) {
    it(`neither silences nor invents a finding in ${/(?:def|class) (\w+)/.exec(fn)![1]!}`, () => {
      const want = found(HEAD + fn);
      for (const [where, text] of PLACES) for (const broken of BROKEN) assert.equal(found(text(fn, broken)), want, `${where}: ${JSON.stringify(broken)}`);
    });
  }
});
