import assert from "node:assert/strict";
import { join } from "node:path";
import { lintPython } from "../../../src/lint/check";
import type { RunFacts } from "../../../src/lint/facts";
import { backgroundScore, Forms, overlapOf } from "../../../src/lint/forms";
import { buildModel } from "../../../src/lint/model/model";
import { runFacts } from "../../../src/lint/runFacts";
import type { Finding } from "../../../src/lint/rules/rule";
import { inspectOnce, ROOT } from "../engine/support";

const KERAS = "import tensorflow as tf\nfrom tensorflow.keras import backend as K\n\n";
const TORCH = "import torch\n\n";
const FACTS: RunFacts = {
  run: "digits-a", over: "validation labels", names: [null, "liver", null, "kidney"], background: 0,
  volumes: [269177, 5543, 9000, 100], images: 400, imagesWithout: [0, 100, 200, 380],
  batches: { size: 32, count: 13, without: [0, 0, 1, 9] },
};
const WITHOUT_SIZE: RunFacts = { ...FACTS, batches: null };
const ALL_THERE: RunFacts = { ...FACTS, batches: { size: 32, count: 13, without: [0, 0, 0, 0] } };

/** Weights 1/(V² + 1e-5) over `axes`, above and below. */
const gdl = (axes: string, weights = "1 / (v ** 2 + 1e-5)"): string =>
  `${KERAS}def gdl_loss(y_true, y_pred):\n    v = K.sum(y_true, axis=${axes})\n    w = ${weights}\n    n = K.sum(w * K.sum(y_true * y_pred, axis=${axes}))\n    return 1 - 2 * n / K.sum(w * K.sum(y_true + y_pred, axis=${axes}))\n`;

function only(rule: string, code: string, facts?: RunFacts): Finding {
  const found = lintPython("loss.py", code, facts === undefined ? {} : { facts }).filter((f) => f.rule === rule);
  assert.equal(found.length, 1, found.map((f) => f.message).join(" | "));
  return found[0]!;
}

describe("lint with the numbers of a run: L2", () => {
  it("over batches: the class that is absent most often, and its weight beside background's", () => {
    for (const axes of ["(0, 1, 2)", "(0, 1, 2, 3)"]) {
      const code = axes === "(0, 1, 2)" ? gdl(axes) : gdl(axes).replace("v = K.sum(y_true,", "v = K.sum(y_true[:, :, :, :, :],");
      const { severity, message } = only("L2", code, FACTS);
      assert.equal(severity, "warning");
      // 9 of 13; (269177 / 13)² voxels of background in a batch, times 1e5
      assert.equal(message, "Class 3 (kidney) is absent from 69.2 % of the batches of 32 of run digits-a (validation labels); its weight there is 1e5, 4.3e13 times that of background (1/(V² + 1e-5) with V = 21,000, the mean of a batch). The loss then stands at 1 with almost no gradient. Give absent classes a weight of their own.");
    }
  });
  it("per image", () => {
    assert.match(only("L2", gdl("(1, 2)"), FACTS).message, /^Class 3 \(kidney\) is absent from 95 % of the images of run digits-a \(validation labels\); its weight there is 1e5, 4\.5e10 times that of background \(1\/\(V² \+ 1e-5\) with V = 670, the mean of an image\)\. /);
  });
  it("a batch size that is not known is said, and images stand for batches", () => {
    assert.match(only("L2", gdl("(0, 1, 2)"), WITHOUT_SIZE).message, /absent from 95 % of the images of run digits-a \(validation labels\), whose batch size is not known; its weight there is 1e5, 4\.5e10 times/);
  });
  it("where no class is ever absent it is a note", () => {
    const { severity, message } = only("L2", gdl("(0, 1, 2)"), ALL_THERE);
    assert.equal(severity, "info");
    assert.match(message, /^A class that is absent from a batch gets the weight 1e5, .* No class is absent from any of the 13 batches of 32 of run digits-a \(validation labels\): it does no harm there\. /);
    assert.equal(only("L2", gdl("(1, 2)"), ALL_THERE).severity, "warning", "images do lack it");
    assert.equal(only("L2", gdl("(0, 1, 2)"), { ...ALL_THERE, batches: null, imagesWithout: [0, 0, 0, 0] }).severity, "info", "a batch holds what its images hold");
  });
  it("an infinite weight, power 1, a class that is in none, no background", () => {
    assert.match(only("L2", gdl("(0, 1, 2)", "1 / v ** 2"), FACTS).message, /its weight there is infinite\. The loss is then not a number\./);
    assert.match(only("L2", gdl("(0, 1, 2)", "1 / (v + 1e-5)"), FACTS).message, /is 1e5, 2\.1e9 times that of background \(1\/\(V \+ 1e-5\) with V = 21,000, /);
    assert.match(only("L2", gdl("(0, 1, 2)"), { ...FACTS, batches: { size: 32, count: 13, without: [0, 0, 1, 13] } }).message, /^Class 3 \(kidney\) is absent from all batches of 32 of run/);
    assert.match(only("L2", gdl("(0, 1, 2)"), { ...FACTS, background: null, volumes: [10, 5543, 9000, 100] }).message, /5\.6e10 times that of class 2 \(1\/\(V² \+ 1e-5\) with V = 750, the mean of a batch\)/);
  });
  it("without a run it says what it said", () => {
    assert.match(only("L2", gdl("(0, 1, 2)")).message, /^A class that is absent from a batch gets the weight 1e5, beside 1\/V² for classes of V voxels\. The loss then stands at 1/);
  });
  it("of an example: what its own labels give", async function () {
    this.timeout(60_000);
    const run = await inspectOnce(join(ROOT, "examples", "digits-generalized-dice"));
    const facts = runFacts(run, "digits-generalized-dice");
    assert.ok(facts !== null && run.labels !== null);
    const { cases, classes, volumes } = run.labels;
    const lacking = Array.from({ length: classes }, (_, c) => Array.from({ length: cases }, (__, i) => volumes[i * classes + c]!).filter((v) => v === 0).length);
    const worst = lacking.indexOf(Math.max(...lacking));
    const { message } = only("L2", gdl("(1, 2)"), facts);
    assert.ok(message.startsWith(`Class ${worst} is absent from ${Number(((lacking[worst]! / cases) * 100).toFixed(1))} % of the images of run digits-generalized-dice`), message);
  });
});

describe("lint with the numbers of a run: L4 and others", () => {
  const flat = (ratio: string): string => `${TORCH}def my_loss(pred, target):\n    p = torch.softmax(pred, 1).flatten()\n    t = target.flatten()\n    tp = (p * t).sum()\n    fp = p.sum() - tp\n    fn = t.sum() - tp\n    return 1 - ${ratio}\n`;
  const SHARE = 269177 / (269177 + 5543 + 9000 + 100);

  it("what background alone scores, by the formula of the coefficient", () => {
    // All N voxels predicted as background: B of them right, N - B false positives of background and as many false negatives.
    const [b, n] = [269177, 269177 + 5543 + 9000 + 100];
    const cases: readonly (readonly [string, number])[] = [
      ["2 * tp / (p.sum() + t.sum())", (2 * b) / (n + n)],
      ["tp / (tp + fp + fn)", b / (b + (n - b) + (n - b))],
      ["tp / (tp + 0.3 * fp + 0.7 * fn)", b / (b + 0.3 * (n - b) + 0.7 * (n - b))],
      ["tp / (tp + 0.9 * fp + 0.7 * fn)", b / (b + 0.9 * (n - b) + 0.7 * (n - b))],
      ["2 * tp / ((p * p).sum() + (t * t).sum())", (2 * b) / (n + n)],
    ];
    for (const [ratio, score] of cases) {
      const model = buildModel("loss.py", flat(ratio));
      const [loss] = model.losses;
      const overlap = overlapOf(new Forms(loss!), loss!.trace.ratios[0]!);
      assert.ok(overlap !== null, ratio);
      assert.ok(Math.abs(backgroundScore(overlap, SHARE) - score) < 1e-12, ratio);
      assert.ok(only("L4", flat(ratio), FACTS).message.endsWith(`94.8 % of the labelled voxels of run digits-a (validation labels) are background: predicting background alone already scores ${Number(score.toPrecision(4))} there.`), ratio);
    }
  });
  it("of an unknown formula only the share; of regions nothing", () => {
    const unknown = flat("tp / (tp + a * fp + b * fn)").replace("pred, target", "pred, target, a, b");
    assert.match(only("L4", unknown, FACTS).message, /94\.8 % of the labelled voxels of run digits-a \(validation labels\) are background\.$/);
    assert.doesNotMatch(only("L4", unknown, { ...FACTS, background: null }).message, /digits-a/);
  });
  it("never 1 when it is not quite so", () => {
    assert.match(only("L4", flat("2 * tp / (p.sum() + t.sum())"), { ...FACTS, volumes: [1e8, 1, 1, 1] }).message, /scores over 0\.9999 there\.$/);
  });
  it("L5: how far volumes lie apart; L16, L19, L20: who is absent; L17: how small the smallest is", () => {
    const per = (sum: string, ratio: string): string => `${TORCH}def my_loss(pred, target):\n    p = torch.softmax(pred, 1)\n    i = (p * target).sum(${sum})\n    s = (p + target).sum(${sum})\n    return 1 - (${ratio}).mean()\n`;
    assert.match(only("L5", gdl("-1").replace("axis=-1))\n    return", "axis=-1), axis=(1, 2))\n    return").replace(/axis=-1\)\)\n$/, "axis=-1), axis=(1, 2))\n"), FACTS).message, /In run digits-a \(validation labels\) the largest class has 2,690 times the voxels of the smallest\.$/);
    assert.match(only("L16", per("(2, 3)", "(2 * i + 1e-5) / (s + 1e-5)"), FACTS).message, /Class 3 \(kidney\) is absent from 95 % of the images of run digits-a \(validation labels\)\.$/);
    assert.match(only("L17", per("(2, 3)", "(2 * i + 1) / (s + 1)"), FACTS).message, /In run digits-a \(validation labels\) class 3 \(kidney\), the smallest, has 5 voxels in the mean of the images that hold it\.$/);
    assert.match(only("L19", per("(0, 2, 3)", "2 * i / (s + 1e-6)"), FACTS).message, /absent from 69\.2 % of the batches of 32 of run/);
    assert.match(only("L19", per("(0, 2, 3)", "2 * i / (s + 1e-6)"), ALL_THERE).message, /No class is absent from any of the 13 batches of 32 of run digits-a \(validation labels\)\.$/);
  });
});
