import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";
import { applyFix, applyFixes, areSound } from "../../../src/lint/fixes/edits";
import { parsePython, type Node } from "../../../src/lint/python";
import type { Finding } from "../../../src/lint/rules/rule";
import { SNIPPETS } from "./snippets/all";
import { BAD as FIRST_BAD } from "./snippets/bad";

const BAD = [...FIRST_BAD.map(([rule, what, code]) => ({ rule, what, code, path: "loss.py" })), ...SNIPPETS.flatMap(([rule, { bad }]) => bad.map(({ what, code, path = "loss.py" }) => ({ rule, what, code, path })))];

/** Places where the grammar found an error. */
function errorsIn(text: string): number {
  let count = 0;
  const visit = (node: Node): void => {
    for (let c = node.firstChild; c !== null; c = c.nextSibling) {
      if (c.name === "⚠") count++;
      visit(c);
    }
  };
  visit(parsePython("loss.py", text).root);
  return count;
}

const loud = (findings: readonly Finding[]): string[] => findings.filter((f) => f.severity !== "info").map((f) => f.rule);

/** What was there all along and shows once the finding is gone: with one-hot labels it is known that a sum runs over classes. */
const REVEALED: ReadonlyMap<string, readonly string[]> = new Map([["L15", ["L4"]]]);

/** How often each rule is among them. */
function counts(rules: readonly string[]): Map<string, number> {
  const out = new Map<string, number>();
  for (const rule of rules) out.set(rule, (out.get(rule) ?? 0) + 1);
  return out;
}

/** First fixes, one after the other, until none is left. */
function fixedInTurn(path: string, code: string): { text: string; titles: string[] } {
  let text = code;
  const titles: string[] = [];
  for (let i = 0; i < 12; i++) {
    const fix = lintPython(path, text).find((f) => f.severity !== "info" && (f.fixes?.length ?? 0) > 0)?.fixes?.[0];
    if (fix === undefined) return { text, titles };
    titles.push(fix.title);
    text = applyFix(text, fix);
  }
  assert.fail(`no end of fixes: ${titles.join(", ")}`);
}

describe("quick fixes of bad snippets", () => {
  const seen = new Map<string, number>();
  for (const { rule, what, code, path } of BAD) {
    it(`${rule}: ${what}`, () => {
      const before = lintPython(path, code);
      const own = before.filter((f) => f.rule === rule);
      for (const finding of own) {
        for (const fix of finding.fixes ?? []) {
          seen.set(rule, (seen.get(rule) ?? 0) + 1);
          assert.match(fix.title, /^[A-Z][^\n]{3,80}[^.\s]$/, "a title in the imperative");
          assert.ok(fix.edits.length > 0 && areSound(fix.edits), `${fix.title}: edits in order, without overlaps`);
          assert.ok(fix.edits.every((e) => e.from >= 0 && e.to <= code.length), fix.title);
          const text = applyFix(code, fix);
          assert.notEqual(text, code, fix.title);
          assert.ok(errorsIn(text) <= errorsIn(code), `${fix.title}: it parses\n${text}`);
          const after = lintPython(path, text);
          assert.ok(after.filter((f) => f.rule === rule).length < own.length, `${fix.title}: the finding is gone\n${text}`);
          const had = counts(loud(before));
          for (const [name, n] of counts(loud(after))) if (!(REVEALED.get(rule)?.includes(name) ?? false)) assert.ok(n <= (had.get(name) ?? 0), `${fix.title}: ${name} is new\n${text}`);
        }
      }
    });

    it(`${rule}: ${what}: all safe fixes at once`, () => {
      const safe = (text: string): string => applyFixes(text, lintPython(path, text).flatMap((f) => f.fixes?.find((x) => x.safe) ?? []));
      let text = code;
      for (let i = 0; i < 6 && safe(text) !== text; i++) text = safe(text);
      assert.equal(safe(text), text, "it comes to an end");
      assert.ok(errorsIn(text) <= errorsIn(code), text);
      assert.ok(loud(lintPython(path, text)).length <= loud(lintPython(path, code)).length || REVEALED.has(rule), text);
    });

    it(`${rule}: ${what}: fixes in turn come to an end`, () => {
      assert.ok(errorsIn(fixedInTurn(path, code).text) <= errorsIn(code));
    });
  }

  it("most rules with a fix were met", () => {
    for (const rule of ["L1", "L2", "L3", "L4", "L5", "L6", "L16", "L17", "L18", "L19", "L20", "L27"]) assert.ok((seen.get(rule) ?? 0) >= 3, rule);
  });
});

describe("quick fixes of the classic question", () => {
  for (const [dimensions, axes] of [["2-D", "1, 2"], ["3-D", "1, 2, 3"]] as const) {
    it(`${dimensions}: per image, absent classes 1e-6`, () => {
      const code = BAD.find((b) => b.rule === "L1" && b.what === `the classic question, ${dimensions}`)?.code ?? "";
      const { text, titles } = fixedInTurn("loss.py", code);
      assert.deepEqual(titles, ["Count all classes at once with K.sum", "Weigh per image, absent classes 1e-6"]);
      assert.deepEqual(loud(lintPython("loss.py", text)), []);
      assert.ok(text.includes(`    w = K.sum(y_true, axis=(${axes}))
    w = tf.where(w > 0, 1 / tf.maximum(w, 1) ** 2, 1e-6)
    # Compute gen dice coef:
    numerator = y_true*y_pred
    numerator = w*K.sum(numerator, (${axes}))
    numerator = K.sum(numerator, axis=-1)
    denominator = y_true + y_pred
    denominator = w*K.sum(denominator, (${axes}))
    denominator = K.sum(denominator, axis=-1)
    return K.mean(2*numerator/denominator)
`), text);
    });
  }
});

const KERAS = "import numpy as np\nimport tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";

/** [what, rule, code, a line that the first fix makes; null: no fix may be offered] */
const NEAR: readonly (readonly [string, string, string, string | null])[] = [
  ["numpy without a counterpart", "L1", `${KERAS}def my_loss(y_true, y_pred):\n    return K.mean(y_pred) * np.unique(y_true)\n\nmodel.compile(loss=my_loss)\n`, null],
  ["a list of counts for each class", "L1", `${KERAS}def my_loss(y_true, y_pred):\n    v = np.array([np.sum(y_true[..., c] == 1) for c in range(4)])\n    return K.mean(v * y_pred)\n\nmodel.compile(loss=my_loss)\n`, "    v = K.stack([K.sum(K.cast(K.equal(y_true[..., c], 1), K.floatx())) for c in range(4)])"],
  ["an import is added below the others", "L1", `"""Losses."""\nimport numpy as np\nfrom tensorflow import keras\n\nclass Loss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        return np.mean(y_true * y_pred)  # overlap\n`, "import tensorflow as tf\n\nclass Loss(keras.losses.Loss):\n    def call(self, y_true, y_pred):\n        return tf.reduce_mean(y_true * y_pred)  # overlap"],
  ["y = y.numpy() goes", "L1", `${KERAS}def my_loss(y_true, y_pred):\n    y_true = y_true.numpy()\n    return np.mean(y_true * y_pred)\n\nmodel.compile(loss=my_loss)\n`, "def my_loss(y_true, y_pred):\n    return K.mean(y_true * y_pred)"],
  ["nothing is put before a lambda", "L2", `${KERAS}gdl_loss = lambda y_true, y_pred: 1 - 2 * K.sum((1 / (K.sum(y_true, (0, 1, 2)) + 1e-6)) * K.sum(y_true * y_pred, (0, 1, 2))) / K.sum((1 / (K.sum(y_true, (0, 1, 2)) + 1e-6)) * K.sum(y_true + y_pred, (0, 1, 2)))\nmodel.compile(loss=gdl_loss)\n`, "\n\ngdl_loss = lambda y_true, y_pred: 1 - K.mean(2 * K.sum((tf.where(K.sum(y_true, (1, 2)) > 0, 1 / tf.maximum(K.sum(y_true, (1, 2)), 1), 1e-6))"],
  ["Keras before 3 has no keras.ops", "L2", "import keras\nfrom keras import backend as K\n\ndef gdl_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=(0, 1, 2))\n    w = 1 / (v**2 + 1e-6)\n    return 1 - 2 * K.sum(w * K.sum(y_true * y_pred, axis=(0, 1, 2))) / K.sum(w * K.sum(y_true + y_pred, axis=(0, 1, 2)))\n", "    w = K.switch(v > 0, 1 / K.maximum(v, 1) ** 2, 1e-6 * K.ones_like(v))"],
  ["weights divided by their sum stay in their unit", "L2", `${KERAS}def gdl_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=(0, 1, 2))\n    w = 1 / (v**2 + 1e-6)\n    w = w / K.sum(w)\n    return 1 - 2 * K.sum(w * K.sum(y_true * y_pred, axis=(0, 1, 2))) / K.sum(w * K.sum(y_true + y_pred, axis=(0, 1, 2)))\n`, "    v = K.sum(y_true, axis=(0, 1, 2))\n    w = tf.where(v > 0, 1 / tf.maximum(v, 1) ** 2, 1e-6)"],
  ["scores that are summed", "L3", "import torch\n\ndef dice_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum(dim=(2, 3)) + 1)\n    score = (2 * w * (p * target).sum(dim=(2, 3))) / (w * (p + target).sum(dim=(2, 3)))\n    return 1 - score.sum() / score.numel()\n", null],
  ["a mean along the classes", "L3", "import torch\n\ndef dice_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    w = 1 / (target.sum(dim=(2, 3)) + 1)\n    num = w * (p * target).sum(dim=(2, 3))\n    den = w * (p + target).sum(dim=(2, 3))\n    score = num / den\n    return 1 - score.mean(dim=1).mean()\n", "    score = torch.sum(num, dim=-1, keepdim=True) / torch.sum(den, dim=-1, keepdim=True)"],
  ["one-hot labels that lie otherwise", "L4", "import torch\nimport torch.nn.functional as F\n\ndef dice_loss(pred, target):\n    p = torch.softmax(pred, 1).view(-1)\n    t = F.one_hot(target, 4).view(-1)\n    return 1 - (2 * (p * t).sum() + 1) / (p.sum() + t.sum() + 1)\n", null],
  ["the mean of those that are there", "L20", "import torch\n\ndef dice_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    loss = 1 - 2 * (p * target).sum((0, 2, 3)) / (p + target).sum((0, 2, 3))\n    present = (target.sum((0, 2, 3)) > 0).float()\n    return (loss * present).sum() / present.sum()\n", null],
];

describe("quick fixes of code near the snippets", () => {
  for (const [what, rule, code, line] of NEAR) {
    it(`${rule}: ${what}`, () => {
      const fixes = lintPython("loss.py", code).filter((f) => f.rule === rule).flatMap((f) => f.fixes ?? []);
      if (line === null) assert.deepEqual(fixes, []);
      else assert.ok(fixes.length > 0 && applyFix(code, fixes[0]!).includes(line), fixes.map((f) => applyFix(code, f)).join("\n----\n"));
    });
  }
});

describe("edits", () => {
  const fix = (...edits: readonly (readonly [number, number, string])[]): { title: string; safe: boolean; edits: { from: number; to: number; text: string }[] } => ({ title: "Change it", safe: true, edits: edits.map(([from, to, text]) => ({ from, to, text })) });
  it("are applied in source order, insertions before what they stand at", () => {
    assert.equal(applyFix("abcdef", fix([4, 5, "E"], [1, 1, "("], [1, 3, "BC"], [3, 3, ")"])), "a(BC)dEf");
  });
  it("that collide with an earlier fix wait for the next time", () => {
    assert.equal(applyFixes("abcdef", [fix([0, 2, "X"]), fix([1, 3, "Y"]), fix([4, 5, "Z"])]), "XcdZf");
    assert.equal(applyFixes("abcdef", [fix([0, 2, "X"]), fix([0, 2, "X"], [3, 3, "!"])]), "Xc!def");
    assert.equal(applyFixes("abc", [fix([1, 1, "x"]), fix([1, 1, "y"])]), "axbc");
  });
});
