import assert from "node:assert/strict";
import { toRunView } from "../../../src/protocol";
import type { RunView } from "../../../src/protocol";
import type { ClassWeights } from "../../../src/run";
import { classesInShort } from "../../../webview/model/classes";
import { classWeightsModel } from "../../../webview/model/classWeights";
import { confusionModel } from "../../../webview/model/confusion";
import { collapses, diceChart } from "../../../webview/model/dice";
import { volumeChart } from "../../../webview/model/volumes";
import { epochMeasure, inspection } from "./fake";

/** Confusion of three classes where `hit` of the 10 voxels of class 1, and all of class 2's, are found. */
const three = (epoch: number, hit: number, second = 10): ReturnType<typeof epochMeasure> => epochMeasure(epoch, [[100, 0, 0], [10 - hit, hit, 0], [10 - second, 0, second]]);
const view = (epochs: readonly ReturnType<typeof epochMeasure>[], names: readonly (string | null)[] = []): RunView =>
  toRunView(inspection({ epochs, classes: Array.from({ length: epochs[0]?.classes ?? 0 }, (_, index) => ({ index, name: names[index] ?? null, background: index === 0 })) }));

describe("Dice per class", () => {
  it("finds classes that collapse: never learned, lost, and not those that recover", () => {
    assert.deepEqual(collapses(view([three(0, 0), three(1, 0), three(2, 0)]).epochs!), [{ class: 1, since: 0, lost: false }]);
    assert.deepEqual(collapses(view([three(0, 8), three(1, 0), three(2, 0)]).epochs!), [{ class: 1, since: 1, lost: true }]);
    assert.deepEqual(collapses(view([three(0, 0), three(1, 0), three(2, 5)]).epochs!), []);
    assert.deepEqual(collapses(view([three(0, 8), three(1, 8), three(2, 0)]).epochs!), [], "one epoch is not yet a collapse");
    assert.deepEqual(collapses(view([three(0, 0)]).epochs!), [{ class: 1, since: 0, lost: false }]);
  });

  it("takes a class that the labels lack as undefined, not as collapsed", () => {
    const run = view([epochMeasure(0, [[5, 0, 0], [0, 5, 0], [0, 0, 0]]), epochMeasure(1, [[5, 0, 0], [0, 5, 0], [0, 0, 0]])]);
    assert.deepEqual(collapses(run.epochs!), []);
    const chart = diceChart(run)!;
    assert.match(chart.sentence, /Class 2: undefined, in neither labels nor predictions\./);
    assert.ok(!chart.lines.some((l) => l.key === "class 2"));
  });

  it("names collapsed classes on their line and the others at the end, the mean strongest", () => {
    const chart = diceChart(view([three(0, 8), three(1, 0), three(2, 0)], ["background", "liver", "spleen"]))!;
    assert.deepEqual(chart.notes, [{ x: 2, y: 0, tone: "bad", text: "liver: lost since epoch 1" }]);
    assert.deepEqual(chart.lines.map((l) => [l.label, l.named]), [["mean", true], ["background", true], ["liver", false], ["spleen", true]]);
    assert.equal(chart.lines[0]!.style.weight, "strong");
    assert.match(chart.sentence, /Foreground mean 0\.500 at epoch 2, over 4 cases\. 1 of 2 foreground classes \(liver\) is below 0\.01 since epoch 1\./);
    assert.deepEqual(chart.table().rows.at(-1), ["2", "0.500", "0.952", "0.000", "1.000"]);
  });

  it("is one note when classes fell at many epochs, and nothing without epochs", () => {
    const k = 7;
    const at = (epoch: number): ReturnType<typeof epochMeasure> => epochMeasure(epoch, Array.from({ length: k }, (_, t) => Array.from({ length: k }, (_, p) => (t === p ? (t === 0 ? 50 : epoch < t ? 10 : 0) : p === 0 ? (epoch < t ? 0 : 10) : 0))));
    const chart = diceChart(view(Array.from({ length: 9 }, (_, e) => at(e))))!;
    assert.equal(chart.notes.length, 1);
    assert.equal(chart.notes[0]!.text, "classes 1–6: Dice 0");
    assert.equal(diceChart(view([])), null);
  });

  it("says so of the background too, apart from the foreground", () => {
    const run = view([0, 1].map((e) => epochMeasure(e, [[0, 50], [0, 10]])));
    const chart = diceChart(run)!;
    assert.deepEqual(chart.notes.map((n) => n.text), ["background: Dice 0"]);
    assert.match(chart.sentence, /Background is below 0\.01 since epoch 0\./);
    assert.ok(!/foreground classes? (is|are) below/.test(chart.sentence));
  });

  it("writes class lists short", () => {
    const none = Array.from({ length: 12 }, (_, index) => ({ index, name: null, background: index === 0 }));
    assert.equal(classesInShort(none, [1, 2, 3, 5]), "classes 1–3 and 5");
    assert.equal(classesInShort(none, [4]), "class 4");
    const named = none.map((c) => ({ ...c, name: `organ ${c.index}` }));
    assert.equal(classesInShort(named, [1, 2, 3, 4, 5]), "organ 1, organ 2, organ 3 and 2 more");
  });
});

describe("volumes", () => {
  it("sets predicted beside labelled voxels, at the epoch asked for or the one before", () => {
    const run = view([three(0, 10), three(4, 0)]);
    const at = (x: number | null): (number | null)[] => [volumeChart(run, x)!.epoch, ...volumeChart(run, x)!.rows.map((r) => r.ratio)];
    assert.deepEqual(at(0), [0, 1, 1, 1]);
    assert.deepEqual(at(3), [0, 1, 1, 1]);
    assert.deepEqual(at(null), [4, 1.1, 0, 1]);
    assert.deepEqual(at(-5), [0, 1, 1, 1]);
    assert.match(volumeChart(run, null)!.sentence, /At epoch 4, 10 foreground voxels are predicted where 20 are labelled\. 1 of 2 foreground classes is not predicted at all\./);
    assert.deepEqual(volumeChart(run, null)!.table().rows[1], ["class 1", "10", "0", "0×", "0.000"]);
  });

  it("has no ratio for a class that the labels lack, and marks what is far off", () => {
    const rows = volumeChart(view([epochMeasure(0, [[90, 10, 0], [0, 0, 0], [0, 0, 0]])]), null)!.rows;
    assert.deepEqual(rows.map((r) => [r.ratio, r.off]), [[0.9, false], [null, true], [null, false]]);
  });

  it("draws the largest of many classes in order, and tells what it left out", () => {
    const k = 60;
    const chart = volumeChart(view([epochMeasure(0, Array.from({ length: k }, (_, t) => Array.from({ length: k }, (_, p) => (t === p ? k - t : 0))))]), null)!;
    assert.equal(chart.rows.length, 40);
    assert.equal(chart.leftOut, 20);
    assert.deepEqual(chart.rows.map((r) => r.class), Array.from({ length: 40 }, (_, i) => i));
    assert.equal(chart.table().rows.length, k);
  });
});

describe("confusion", () => {
  it("gives shares of each label's row and says what is mistaken for what", () => {
    const model = confusionModel({ epoch: 3, classes: 3, counts: Float64Array.of(99, 1, 0, 7, 3, 0, 0, 0, 0) }, []);
    assert.deepEqual(model.rows[0]!.cells.map((c) => c.text), ["99.0", "1.0", ""]);
    assert.deepEqual(model.rows[2]!.cells.map((c) => c.text), ["–", "–", "–"]);
    assert.equal(model.rows[1]!.cells[0]!.title, "7 voxels of class 1 predicted as class 0");
    assert.match(model.sentence, /Mostly predicted as class 0: class 1\.$/);
    assert.ok(!/Mostly/.test(confusionModel({ epoch: 0, classes: 2, counts: Float64Array.of(1, 0, 0, 1) }, []).sentence));
  });
});

describe("class weights", () => {
  const weights = (change: Partial<ClassWeights> = {}): ClassWeights => ({
    formula: "1/(V^2 + 1e-5)", power: 2, epsilon: 1e-5, over: "validation labels", volumes: [1e5, 1e3, 1e3], weights: [1e-10, 1e-6, 1e-6],
    inUse: true, absentShare: null, absentPerImage: 8.21, presentPerImage: 2.79, batch: null, constantInGraphMode: null, ...change,
  });
  const model = (change: Partial<ClassWeights>): NonNullable<ReturnType<typeof classWeightsModel>> => classWeightsModel(toRunView(inspection({ epochs: [three(0, 0)], classWeights: weights(change), loss: { name: "gdl", foundBy: "", path: null, line: null, endLine: null, weights: null } })))!;

  it("is a table of volumes, weights and shares; the region of 1e-10 is marked", () => {
    const m = model({});
    assert.equal(m.heading, "w = 1/(V^2 + 1e-5), V over the validation labels");
    assert.deepEqual(m.rows.map((r) => [r.volume, r.weight, r.shareText, r.tiny]), [["100,000", "1e-10", "<0.1 %", true], ["1,000", "1e-6", "50 %", false], ["1,000", "1e-6", "50 %", false]]);
    assert.deepEqual(m.sentences, ["The loss gdl weighs classes so."]);
  });

  it("says what absent classes carry, what batches lack, and what graph mode makes of it", () => {
    const text = model({ absentShare: 0.9997, batch: { batchSize: 32, absentShare: 0.25, batchesLackingAClass: 1, batches: 13 }, constantInGraphMode: 1e5 }).sentences.join(" ");
    assert.match(text, /graph mode .* every class gets the weight 100,000, the weights cancel/);
    assert.match(text, /lacks 8\.2 and holds 2\.8 of the classes on average; those that it lacks carry >99\.9 % of the weight/);
    assert.match(text, /batches of 32 they carry 25 %; 1 of 13 batches lack a class/);
    assert.match(model({ inUse: false }).sentences[0]!, /^No loss of this run was found to weigh classes so/);
  });

  it("lets an infinite weight take all, without dividing by it", () => {
    const m = model({ weights: [1e-10, null, 1e-6] });
    assert.deepEqual(m.rows.map((r) => [r.weight, r.share, r.shareText]), [["1e-10", null, "none"], ["∞", null, "all"], ["1e-6", null, "none"]]);
    assert.equal(classWeightsModel(toRunView(inspection())), null);
  });
});
