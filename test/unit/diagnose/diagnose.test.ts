import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { diagnose, THRESHOLDS } from "../../../src/diagnose";
import { SYMPTOMS, type Finding, type RunMeasures, type RunState, type SymptomId } from "../../../src/run";
import { HEALTHY } from "./healthy";
import { EMPTY, GDL, WEIGHTS, checkpoints, epoch, fall, labels, loss, run, scores, series, times, valLoss } from "./make";

interface Sick {
  readonly measures: RunMeasures;
  readonly subject?: Finding["subject"];
  readonly since?: number | null;
  /** What the sentence must say. */
  readonly says: RegExp;
}

const nothing = times(6, (i) => scores(2 * i, 0, 0));
const learned = fall(12, 0, 0.9, 0.4).map((d, i) => scores(i, d, d));

/** One run per symptom that has it. */
const SICK: Readonly<Record<SymptomId, Sick>> = {
  "only-background": { measures: run({ series: [loss(fall(12, 1, 0.14)), valLoss(fall(12, 0.9, 0.14))], epochs: nothing }), subject: { class: 0 }, since: 0, says: /^Every voxel is predicted as background since epoch 0: 0 of 100 labelled/ },
  "constant-prediction": {
    measures: run({ series: [loss(fall(12, 1, 0.5))], epochs: times(6, (i) => epoch(2 * i, [[850, 50], [90, 10]], { constant: i > 1 })) }),
    since: 4, says: /All 4 cases get the same prediction since epoch 4, voxel for voxel, though/,
  },
  "class-never-learned": { measures: run({ series: [loss(fall(12, 1, 0.2))], epochs: learned.map((e) => scores(e.epoch, 0.9, 0)) }), subject: { class: 2 }, since: 0, says: /^Class 2 was never learned: Dice is 0 in all 12 measured epochs \(0 to 11\)/ },
  "class-lost": { measures: run({ series: [loss(fall(12, 1, 0.2))], epochs: times(12, (i) => scores(i, 0.9, i < 7 ? 0.6 : 0)) }), subject: { class: 2 }, since: 7, says: /^Class 2 was learned and lost: Dice reached 0.75 at epoch 0 and has been below 0.01 since epoch 7/ },
  "class-confused": { measures: run({ series: [loss(fall(12, 1, 0.2))], epochs: times(4, (i) => epoch(3 * i, [[900, 0, 0], [0, 60, 0], [5, 30, 5]])) }), subject: { class: 2 }, since: 0, says: /75 % of class 2 as class 1/ },
  "flat-validation": {
    measures: run({ series: [loss([0.337, ...times(11, (i) => 0.142 - i * 1e-6)]), valLoss(times(12, (i) => 0.1417 - i * 1e-6)), series("val_accuracy", "val", "accuracy", times(12, () => 0.858345))] }),
    since: 0, says: /val_loss stands still since epoch 0 .* val_accuracy has been exactly 0.8583/,
  },
  "flat-training": { measures: run({ series: [loss(times(12, () => 1)), valLoss(times(12, () => 1))] }), since: 0, says: /has not moved at all: loss is 1 at all 12 points/ },
  "nan-loss": { measures: run({ series: [loss([1, 0.8, NaN, NaN, NaN]), valLoss([1, 0.9, 0.8, NaN, NaN])] }), since: 2, subject: { series: "loss" }, says: /loss has been NaN since epoch 2: 3 of 5 points of loss and 2 of 5 points of val_loss/ },
  "diverging-loss": { measures: run({ series: [loss([0.85, 0.45, 0.25, 0.2, 0.46, 2.9, 4.1, 5.1, 24, 60]), valLoss([0.5, 0.3, 0.2, 0.19, 0.3, 1, 2.6, 14, 22, 70])] }), since: 4, says: /loss has diverged since epoch 4: it opened at 0.85, was 0.2 at epoch 3, and ends at 60/ },
  "overfitting": {
    measures: run({ series: [loss(fall(40, 1, 0.05, 0.1)), valLoss(times(40, (i) => (i < 12 ? 1 - 0.05 * i : 0.45 + 0.01 * (i - 11))))], checkpoints: checkpoints(() => ({}), 8) }),
    since: 11, says: /val_loss was best at epoch 11 .* went on falling/,
  },
  "train-val-dice-gap": {
    measures: run({ series: [loss(fall(12, 1, 0.2))], epochs: times(6, (i) => scores(2 * i, 0.3, 0.3)), trainEpochs: times(6, (i) => scores(2 * i, 0.95, 0.95, { split: "train" })) }),
    since: 0, says: /Mean foreground Dice is 0.97\d on training and 0.46\d on validation/,
  },
  "logged-metric-misleads": {
    measures: run({ series: [loss(fall(12, 1, 0.2)), series("val_accuracy", "val", "accuracy", times(12, (i) => (35 + i) / 50))], epochs: learned.map((e) => scores(e.epoch, 0.9, 0)) }),
    since: 5, says: /val_accuracy ends at 0.92, but class 2 is not found at all/,
  },
  "weights-near-zero": { measures: run({ checkpoints: checkpoints((name, i) => (name === "enc/kernel" && i > 1 ? { tiny: 1150, zeros: 2, meanAbs: 3e-11, min: -1e-10, max: 1e-10, subnormal: 4 } : {})) }), subject: { layer: "enc" }, since: 4, says: /enc\/kernel.*below 1e-9 .*mean 3e-11/ },
  "weights-non-finite": { measures: run({ checkpoints: checkpoints((name, i) => (name === "out/kernel" && i > 2 ? { nan: 1000, inf: 2 } : {})) }), subject: { layer: "out" }, since: 6, says: /1,000 NaN, 2 infinite/ },
  "weights-exploding": { measures: run({ checkpoints: checkpoints((name, i) => (name === "out/kernel" ? { meanAbs: 0.08 * 5 ** i } : {})) }), subject: { layer: "out" }, since: 4, says: /out\/kernel has a mean magnitude of 10, 125 times/ },
  "layer-frozen": { measures: run({ checkpoints: checkpoints((name, i) => (name === "enc/kernel" && i > 1 ? { identical: true, maxAbsChange: 0 } : {}), 5) }), subject: { layer: "enc" }, since: 4, says: /enc\/kernel is bit for bit the same in the last 4 checkpoints/ },
  "nothing-changes": { measures: run({ checkpoints: checkpoints((name, i) => (i === 0 ? {} : name.includes("moving") ? {} : { identical: true, maxAbsChange: 0 })) }), since: 2, says: /every trainable tensor is the same, bit for bit/ },
  "class-weights-near-zero": { measures: run({ loss: GDL, classWeights: { ...WEIGHTS, absentShare: 0.1 } }), since: null, says: /1.4e-11 \(class 0, V = 269,177\) and 1.2e-7 \(class 2/ },
  "absent-class-dominates": { measures: run({ loss: GDL, classWeights: { ...WEIGHTS, weights: [1e-3, 1e-2, 1e-2] } }), since: null, says: /1.4 of 3 classes that an image lacks hold 99.99 % of the weight/ },
  "validation-without-foreground": { measures: run({ series: [loss(fall(12, 1, 0.2))], labels: labels([[784, 0, 0], [784, 0, 0]]) }), since: 0, says: /1,568 voxels in 2 cases/ },
  "class-absent-from-validation": { measures: HEALTHY["class absent from validation"]!, subject: { class: 2 }, since: null, says: /Class 2 never appears/ },
};

const flat = (f: Finding): Finding[] => [f, ...f.explains.flatMap(flat)];
const all = (m: RunMeasures, state: RunState = "finished"): Finding[] => diagnose(m, { state }).findings.flatMap(flat);

describe("diagnose: what rules look at", () => {
  const found = (measures: RunMeasures): SymptomId[] => diagnose(measures, { state: "finished" }).findings.map((f) => f.symptom);
  it("a kernel that is zero throughout and never changes is frozen", () => {
    assert.deepEqual(found(run({ checkpoints: checkpoints((name) => (name === "enc/kernel" ? { identical: true, maxAbsChange: 0, zeros: 1152, count: 1152, min: 0, max: 0, meanAbs: 0 } : {}), 5) })), ["layer-frozen"]);
  });
  it("the test set stands for validation where there is none, and an epoch's mean goes before its last batch", () => {
    const turned = [...fall(10, 1, 0.3), ...times(20, (i) => 0.35 + 0.03 * i)];
    assert.deepEqual(found(run({ series: [series("train Loss", "train", "loss", fall(30, 1, 0.01, 0.12)), series("test Average loss", "test", "loss", turned)] })), ["overfitting"]);
    const [mean, batch] = [[1, 0.8, 0.6, 0.5, 0.4, 3.2, 3.1, 3, 2.9, 2.9], [1, 0.8, 0.6, 0.5, 0.4, 3.3, 1.5, 4.1, 1.3, 3.9]];
    assert.deepEqual(found(run({ series: [loss(batch), series("Train loss", "train", "loss", mean)] })), ["diverging-loss"]);
  });
});

describe("diagnose", () => {
  for (const id of SYMPTOMS) {
    it(`${id} fires on its sick run`, () => {
      const { measures, subject, since, says } = SICK[id];
      const found = all(measures).filter((f) => f.symptom === id);
      assert.equal(found.length, 1, `found: ${all(measures).map((f) => f.symptom).join(", ")}`);
      const f = found[0]!;
      assert.match(f.message, says);
      if (subject !== undefined) assert.deepEqual(f.subject, subject);
      if (since !== undefined) assert.deepEqual(f.since?.epoch ?? null, since);
      assert.ok(f.causes.length > 0 && f.advice.length > 0);
      assert.ok(!/undefined(?!, which)|\bnull\b|Infinity/.test(f.message), f.message);
    });
    it(`${id} is silent on healthy runs`, () => {
      for (const [name, measures] of Object.entries(HEALTHY)) {
        for (const state of ["finished", "running"] as const) {
          if (name.endsWith("still running") && state !== "running") continue;
          const said = all(measures, state).filter((f) => f.symptom === id && f.severity !== "info");
          assert.deepEqual(said.map((f) => `${name}: ${f.message}`), []);
        }
      }
    });
    it(`${id} has a page that names it`, () => {
      const path = `docs/symptoms/${id}.md`;
      assert.ok(existsSync(path), path);
      const page = readFileSync(path, "utf8");
      assert.ok(page.startsWith(`# ${id}\n`), path);
      for (const [name, t] of Object.entries(THRESHOLDS)) if (t.symptom === id) assert.ok(page.includes(`\`${name}\``), `${path} does not tell of ${name}`);
    });
    it(`${id} can be ignored`, () => {
      assert.deepEqual(diagnose(SICK[id].measures, { state: "finished", ignored: [id] }).findings.flatMap(flat).filter((f) => f.symptom === id), []);
    });
  }

  it("gives the same findings in the same order, and leaves its input alone", () => {
    for (const { measures } of Object.values(SICK)) {
      const before = JSON.stringify(measures);
      const one = JSON.stringify(diagnose(measures, { state: "finished" }));
      assert.equal(JSON.stringify(diagnose(measures, { state: "finished" })), one);
      assert.equal(JSON.stringify(measures), before);
    }
  });

  it("evidence is numbers, texts and null; never NaN or infinity", () => {
    const broken = run({
      series: [loss(times(12, () => NaN)), valLoss(times(12, () => Infinity)), series("val_accuracy", "val", "accuracy", times(12, () => NaN)), series("lr", null, "lr", times(12, () => NaN))],
      epochs: nothing,
      checkpoints: checkpoints(() => ({ nan: 1152, min: null, max: null, mean: null, std: null, meanAbs: null, l2: null, maxAbsChange: null, identical: true })),
      labels: labels([[NaN, NaN, NaN]]),
      loss: GDL,
      classWeights: { ...WEIGHTS, weights: [null, null, null], absentShare: NaN, absentPerImage: NaN },
    });
    const findings = all(broken);
    assert.ok(findings.some((f) => f.symptom === "nan-loss"));
    for (const f of [...findings, ...Object.values(SICK).flatMap((s) => all(s.measures))]) {
      for (const [key, value] of Object.entries(f.evidence)) {
        for (const v of Array.isArray(value) ? (value as readonly unknown[]) : [value]) assert.ok(v === null || typeof v === "string" || Number.isFinite(v), `${f.symptom}.${key}: ${String(v)}`);
      }
    }
  });

  it("thresholds can be changed by name; unknown names and values that are no numbers do nothing", () => {
    const { measures } = SICK["train-val-dice-gap"];
    const ids = (thresholds: Record<string, number>): string[] => diagnose(measures, { state: "finished", thresholds }).findings.map((f) => f.symptom);
    assert.ok(ids({}).includes("train-val-dice-gap"));
    assert.ok(!ids({ "trainValGap.gap": 0.9 }).includes("train-val-dice-gap"));
    assert.ok(ids({ "trainValGap.gap": NaN, toString: 3, "no.such": 1 }).includes("train-val-dice-gap"));
  });

  it("every threshold has a unit, a reason and a symptom", () => {
    for (const [name, t] of Object.entries(THRESHOLDS)) {
      assert.ok(t.unit.length > 0 && t.reason.length > 20 && Number.isFinite(t.default), name);
      assert.ok((SYMPTOMS as readonly string[]).includes(t.symptom), name);
    }
  });
});

describe("one leading finding per cause", () => {
  it("background alone leads, with the loss as its probable cause", () => {
    const measures = run({
      series: [loss([0.337, ...times(11, () => 0.142)]), valLoss(times(12, () => 0.1417)), series("val_accuracy", "val", "accuracy", times(12, () => 0.9))],
      epochs: times(12, (i) => scores(i, 0, 0, { constant: true })),
      loss: GDL,
      classWeights: WEIGHTS,
    });
    const { findings } = diagnose(measures, { state: "finished" });
    assert.deepEqual(findings.map((f) => f.symptom), ["only-background"]);
    const below = findings[0]!.explains.map((f) => f.symptom);
    for (const id of ["constant-prediction", "class-never-learned", "flat-validation", "logged-metric-misleads", "absent-class-dominates", "class-weights-near-zero"]) assert.ok(below.includes(id as SymptomId), `${id} in ${below.join()}`);
    assert.equal(findings[0]!.explains.find((f) => f.symptom === "absent-class-dominates")!.severity, "warning");
    assert.match(findings[0]!.causes[0]!, /gives a class that an image lacks the weight 1e5, where classes that are there get 1.4e-11 to 1.2e-7|99.99 %/);
    assert.deepEqual(findings[0]!.at.map((p) => `${p.path}:${p.line}`), ["training.csv:2", "train_loss.py:5", "train_loss.py:8"]);
    const never = findings[0]!.explains.find((f) => f.symptom === "class-never-learned")!;
    assert.deepEqual(never.subject, { classes: [1, 2] });
  });

  it("weights that graph mode turns into a constant are said to cancel", () => {
    const rule = { ...GDL.weights!, over: "batch" as const, constantInGraphMode: 1e5 };
    const measures = run({ series: [loss(fall(12, 1, 0.14))], epochs: nothing, loss: { ...GDL, weights: rule }, classWeights: { ...WEIGHTS, constantInGraphMode: 1e5 } });
    const lead = diagnose(measures, { state: "finished" }).findings[0]!;
    assert.match(lead.causes[0]!, /In graph mode .* same weight 1e5: the 1\/V² weights cancel/);
    assert.ok(!flat(lead).some((f) => f.symptom === "absent-class-dominates"));
  });

  it("a loss that is NaN accounts for what came after, not for what was before", () => {
    const measures = run({ series: [loss([1, 0.8, 0.7, 0.6, 0.5, 0.4, NaN, NaN, NaN, NaN, NaN, NaN])], epochs: times(12, (i) => scores(i, i < 6 ? 0.8 : 0, i < 6 ? 0.7 : 0, { constant: i >= 6 })), checkpoints: checkpoints((_, i) => (i === 3 ? { nan: 5 } : {})) });
    const { findings } = diagnose(measures, { state: "finished" });
    assert.deepEqual(findings.map((f) => f.symptom), ["nan-loss"]);
    for (const id of ["only-background", "constant-prediction", "class-lost", "weights-non-finite"]) assert.ok(findings[0]!.explains.some((f) => f.symptom === id), id);
    const early = run({ series: [loss([1, 0.8, 0.7, 0.6, 0.5, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, NaN])], epochs: nothing });
    assert.deepEqual(diagnose(early, { state: "finished" }).findings.map((f) => f.symptom).sort(), ["nan-loss", "only-background"]);
  });

  it("classes that go at different times are told apart, the later below the earlier", () => {
    const rows = (one: number, two: number): number[][] => [[880, 10, 10], [60 - one, one, 0], [40 - two, 0, two]];
    const measures = run({ series: [loss(fall(12, 1, 0.2))], epochs: times(12, (i) => epoch(i, rows(i < 3 ? 50 : 0, i < 8 ? 30 : 0))) });
    const { findings } = diagnose(measures, { state: "finished" });
    const told = (f: Finding): unknown => [f.symptom, f.subject.class, f.since?.epoch];
    assert.deepEqual(findings.map(told), [["class-lost", 1, 3]]);
    assert.deepEqual(findings[0]!.explains.filter((f) => f.symptom === "class-lost").map(told), [["class-lost", 2, 8]]);
    const together = run({ series: [loss(fall(12, 1, 0.2))], epochs: times(12, (i) => epoch(i, rows(i < 3 ? 50 : 0, i < 4 ? 30 : 0))) });
    assert.deepEqual(diagnose(together, { state: "finished" }).findings.map((f) => [f.symptom, f.subject, f.since]), [["class-lost", { classes: [1, 2] }, { epoch: 3 }]]);
  });

  it("weights of a loss in a healthy run stay information", () => {
    const findings = all(HEALTHY["generalised Dice that works"]!);
    assert.deepEqual([...new Set(findings.map((f) => f.severity))], ["info"]);
  });
});

describe("the likeliest cause comes first", () => {
  const first = (m: RunMeasures, id: SymptomId): string => all(m).find((f) => f.symptom === id)?.causes[0] ?? "not found";
  it("foreground that was found before a collapse", () => {
    const measures = run({ series: [loss(fall(12, 1, 0.2))], epochs: times(12, (i) => scores(i, i < 6 ? 0.8 : 0, i < 6 ? 0.6 : 0)) });
    assert.match(first(measures, "only-background"), /^Foreground was found before \(mean Dice 0.\d+ at epoch 0\): look at what changed by epoch 6/);
  });
  it("weights far above their initial scale", () => {
    const measures = run({ series: [loss(fall(12, 1, 0.9))], epochs: nothing, checkpoints: checkpoints((name) => (name.endsWith("kernel") ? { meanAbs: 18 } : {})) });
    assert.match(first(measures, "only-background"), /^The steps were too large: 2 of 2 kernels .* mean magnitude 18/);
    assert.match(all(measures)[0]!.advice[0]!, /a tenth of the learning rate/);
  });
  it("validation that is never like training", () => {
    const measures = run({ series: [loss(fall(12, 1, 0.1)), valLoss(times(12, (i) => 2 + 0.1 * i))], epochs: learned.map((e) => scores(e.epoch, 0.2, 0)) });
    assert.match(first(measures, "class-never-learned"), /^Even at its best val_loss is 2 where loss is 1: inputs or labels of validation/);
    assert.match(first(measures, "overfitting"), /^Even at its best val_loss/);
  });
  it("classes that take each other's place", () => {
    const swapped = run({ series: [loss(fall(12, 1, 0.2))], epochs: times(6, (i) => epoch(2 * i, [[900, 0, 0], [0, 5, 55], [0, 38, 2]])) });
    assert.match(first(swapped, "class-confused"), /^Classes 1 and 2 take each other's place/);
  });
  it("a loss that rose before it was NaN, and a validation loss alone", () => {
    assert.match(first(run({ series: [loss([1, 0.2, 0.9, 3, NaN, NaN])] }), "nan-loss"), /^It had risen from 0.2 to 3 before/);
    assert.match(first(run({ series: [loss(fall(6, 1, 0.2)), valLoss(times(6, () => NaN))] }), "nan-loss"), /^The training loss \(loss\) stays finite/);
  });
  it("weights that never change are no matter of how much is background", () => {
    const measures = run({ series: [loss(times(8, () => 1.2))], epochs: times(4, (i) => epoch(2 * i, [[500, 400], [90, 10]])), checkpoints: checkpoints((name, i) => (i === 0 || name.includes("moving") ? {} : { identical: true, maxAbsChange: 0 })) });
    assert.match(first(measures, "nothing-changes"), /^The learning rate is 0/);
  });
});

describe("what a statement claims is so", () => {
  const ids = (m: RunMeasures): string[] => all(m).map((f) => f.symptom);
  it("a level that is noisy at first is flat where nothing is found, and only there", () => {
    const level = [0.995, 0.992, 0.9905, 0.99, 0.99, 0.9899, 0.9898, 0.9899, 0.9898, 0.9898];
    assert.ok(ids(run({ series: [loss(level)], epochs: times(5, (i) => scores(2 * i, 0.01, 0.02)) })).includes("flat-training"));
    assert.ok(!ids(run({ series: [loss(level)], epochs: times(5, (i) => scores(2 * i, 0.5, 0.5)) })).includes("flat-training"));
    assert.ok(!ids(run({ series: [loss(level)] })).includes("flat-training"));
    const slow = times(10, (i) => 0.995 - 0.0009 * i);
    assert.ok(!ids(run({ series: [loss(slow)], epochs: times(5, (i) => scores(2 * i, 0.01, 0.02)) })).includes("flat-training"));
  });
  it("a validation loss is not flat while training improves, where training ends above its opening", () => {
    const measures = run({ series: [loss([0.32, 0.14, ...times(10, () => 0.93)]), valLoss([0.14, 0.14, ...times(10, () => 0.92)])], epochs: times(12, (i) => scores(i, 0, 0, { constant: true })) });
    assert.ok(!ids(measures).includes("flat-validation"));
    assert.ok(ids(measures).includes("diverging-loss"));
  });
  it("a collapse near the end of a short run is divergence", () => {
    assert.deepEqual(ids(run({ series: [loss([0.711, 0.71, 0.706, 0.679, 0.288, 0.101, 0.612, 0.64, 0.64, 0.64])] })), ["diverging-loss"]);
  });
  it("a training loss that was as low before has not gone on falling", () => {
    const measures = run({ series: [loss([0.581, 0.54, 0.601, 0.534, 0.818, 0.604, 0.584, 0.465, 0.566, 0.592]), valLoss([0.576, 0.641, 0.594, 0.574, 0.294, 0.329, 0.403, 0.5, 0.466, 0.377])] });
    assert.ok(!ids(measures).includes("overfitting"));
  });
  it("TensorBoard's equal tags are told apart by their split, and a score per epoch leads", () => {
    const tag = { tag: "epoch_loss", lines: null };
    const measures = run({
      series: [loss(fall(40, 1, 0.05, 0.1), tag), valLoss(times(40, (i) => (i < 12 ? 1 - 0.05 * i : 0.45 + 0.01 * (i - 11))), tag), series("evaluation_accuracy_vs_iterations", "val", "accuracy", times(40, () => 0.9), { unit: "step" }), series("epoch_accuracy", "val", "accuracy", times(40, () => 0.9))],
      epochs: learned.map((e) => scores(e.epoch === 11 ? 39 : e.epoch, 0.9, 0)),
    });
    const said = all(measures);
    assert.match(said.find((f) => f.symptom === "overfitting")!.message, /^Validation epoch_loss was best at epoch 11 .* while training epoch_loss went on falling/);
    assert.deepEqual(said.find((f) => f.symptom === "logged-metric-misleads")!.since, { epoch: 0 });
  });
});

describe("what cannot be judged is said", () => {
  const doubts = (m: RunMeasures, state: RunState = "finished"): string => diagnose(m, { state }).cannotJudge.join(" ");
  it("nothing at all", () => assert.match(doubts(EMPTY), /neither a log nor a prediction/));
  it("a log alone", () => assert.match(doubts(run({ series: [loss(fall(9, 1, 0.1))] })), /No predictions of validation cases/));
  it("labels without predictions", () => assert.match(doubts(run({ series: [loss(fall(9, 1, 0.1))], labels: labels([[9, 1]]) })), /no predictions/));
  it("one epoch", () => assert.match(doubts(HEALTHY["one epoch only"]!), /Predictions of 1 epoch are too few/));
  it("predictions that end before the run", () => assert.match(doubts(run({ series: [loss(fall(40, 1, 0.1))], epochs: times(3, (i) => scores(i, 0, 0)) })), /Predictions end at epoch 2 of 39/));
  it("nothing for a run with log and predictions", () => assert.equal(doubts(HEALTHY["noisy validation"]!), ""));
  it("what the first epoch predicts is no outcome, and predictions of epoch 0 are none of a run of three epochs", () => {
    const mixed = epoch(0, [[900, 0, 0], [0, 60, 0], [5, 35, 0]]);
    const metric = series("val_accuracy", "val", "accuracy", [0.9]);
    const one = run({ series: [loss([1.1]), metric], epochs: [mixed] });
    const early = run({ series: [loss([1.1, 0.6, 0.4]), series("val_accuracy", "val", "accuracy", [0.9, 0.92, 0.93])], epochs: [mixed] });
    for (const measures of [one, early]) {
      assert.deepEqual(all(measures), []);
      assert.notEqual(doubts(measures), "");
    }
    assert.deepEqual(all(run({ series: [loss(fall(12, 1, 0.2))], epochs: [epoch(11, [[900, 0, 0], [0, 60, 0], [5, 35, 0]])] })).map((f) => f.symptom), ["class-confused"]);
  });
  it("background alone in the first epochs of a running training is no finding", () => {
    const start = run({ series: [loss([1.1, 0.5]), valLoss([0.5, 0.4])], epochs: times(2, (i) => scores(i, 0, 0)) });
    assert.deepEqual(all(start, "running"), []);
  });
});

describe("long and awkward logs", () => {
  it("a log of a million batches is judged in a few seconds, and its places are found by epochs", () => {
    const n = 1_000_000;
    const steps = Float64Array.from({ length: n }, (_, i) => i);
    const measures = run({
      series: [
        loss([], { unit: "step", steps, values: Float64Array.from({ length: n }, (_, i) => (i < n / 2 ? 1 / (1 + i / 1e4) : 5 + Math.sin(i))), lines: Uint32Array.from({ length: n }, (_, i) => i + 2) }),
        valLoss([], { unit: "step", steps, values: Float64Array.from({ length: n }, (_, i) => 1 / (1 + i / 1e4)), lines: null }),
        series("epoch", null, "other", [0, 1, 2, 3], { unit: "step", steps: Float64Array.from([249_999, 499_999, 749_999, 999_999]), lines: null }),
      ],
      lastEpoch: 3,
    });
    const began = performance.now();
    const f = all(measures).find((x) => x.symptom === "diverging-loss");
    assert.ok(performance.now() - began < 10_000);
    assert.deepEqual(f?.since, { epoch: 2 });
    assert.equal(f.at.length, 1);
    assert.equal(f.at[0]!.line, 500_002);
  });
  it("a row of its own is pointed at before a file that has one line", () => {
    const measures = run({ series: [loss(times(12, () => 1), { source: "history.json", lines: new Uint32Array(12).fill(1) }), loss(times(12, () => 1))] });
    assert.deepEqual(all(measures)[0]?.at, [{ path: "training.csv", line: 2 }]);
  });
  it("negative losses overfit and diverge too", () => {
    const negative = run({ series: [loss(fall(40, 0, -0.95, 0.1)), valLoss(times(40, (i) => (i < 12 ? -0.05 * i : -0.55 + 0.01 * (i - 11))))] });
    assert.deepEqual(all(negative).map((f) => [f.symptom, f.since?.epoch]), [["overfitting", 11]]);
    const lost = run({ series: [loss([...fall(10, 0, -0.9), ...times(10, () => 0.4)])] });
    assert.deepEqual(all(lost).map((f) => [f.symptom, f.since?.epoch]), [["diverging-loss", 10]]);
  });
  it("steps without epochs are said as steps", () => {
    const steps = Float64Array.from(times(10, (i) => 50 * i));
    const measures = run({ series: [loss([1, 0.9, 0.8, NaN, NaN, NaN, NaN, NaN, NaN, NaN], { unit: "step", steps })] });
    assert.deepEqual(all(measures)[0]?.since, { step: 150 });
    assert.match(all(measures)[0]!.message, /since step 150/);
  });
});
