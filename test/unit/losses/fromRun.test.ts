/** Labels and the newest prediction of a run, as the analysis of losses takes them. */
import assert from "node:assert/strict";
import { labelsOf, type RunLabels } from "../../../src/losses/analysis/fromRun";
import type { EpochMeasure, LabelSet } from "../../../src/run";

const labels: LabelSet = { path: "labels", split: "val", cases: 3, caseNames: ["a", "b", "c"], classes: 2, volumes: Float64Array.of(6, 2, 0, 0, 5, 3), layout: "index map" };
const epoch: EpochMeasure = { epoch: 4, split: "val", predictions: "p", labels: "labels", cases: 3, classes: 2, confusion: new Float64Array(4), constant: false, caseDice: new Float64Array(6), caseNames: ["c", "a", "b"], layout: "", nonFinite: 0, ignored: 0, caseCells: Float64Array.of(0, 0, 0, 5, 0, 1, 1, 3, 1, 0, 0, 6, 1, 1, 0, 2) };
const run = (change: Partial<Parameters<typeof labelsOf>[0]> = {}): Parameters<typeof labelsOf>[0] => ({ labels, trainLabels: null, epochs: [epoch], background: 0, classes: [], ...change });
const of = (change: Partial<Parameters<typeof labelsOf>[0]> = {}): RunLabels => {
  const made = labelsOf(run(change));
  assert.ok(typeof made !== "string");
  return made;
};

const problem = (change: Partial<Parameters<typeof labelsOf>[0]>): string => {
  const made = labelsOf(run(change));
  assert.ok(typeof made === "string");
  return made;
};

describe("losses: labels of a run", () => {
  it("images without a labelled voxel are left out, and predictions follow the names of the cases", () => {
    const { set, over, batchBy } = of();
    assert.deepEqual(set.images.map((i) => [...i]), [[6, 2], [5, 3]]);
    assert.deepEqual(set.predicted?.map((t) => [...t]), [[6, 0, 2, 0], [5, 0, 0, 3]]);
    assert.match(over, /validation labels labels, 2 images/);
    assert.deepEqual([set.batchSize, batchBy], [8, null]);
  });
  it("a prediction that does not belong to these labels is left out", () => {
    assert.equal(of({ epochs: [] }).set.predicted, null);
    assert.equal(of({ epochs: [{ ...epoch, labels: "others" }] }).set.predicted, null);
    assert.equal(of({ epochs: [{ ...epoch, caseNames: ["c", "a", "a"] }] }).set.predicted, null);
    assert.equal(of({ epochs: [{ ...epoch, caseNames: ["x", "y", "z"] }] }).set.predicted, null);
    const without = { ...epoch };
    Reflect.deleteProperty(without, "caseCells");
    assert.equal(of({ epochs: [without] }).set.predicted, null);
  });
  it("a background that is no class: the class with most voxels takes its part", () => {
    assert.equal(of({ background: 7 }).set.background, 0);
  });
  it("says why there is nothing to compare", () => {
    assert.match(problem({ labels: null }), /choose the folder or file that holds them/);
    assert.match(problem({ labels: { ...labels, regions: true } }), /regions that overlap/);
    assert.match(problem({ labels: { ...labels, classes: 1, volumes: new Float64Array(3) } }), /one class alone/);
    assert.match(problem({ labels: { ...labels, volumes: new Float64Array(6) } }), /no labelled voxel/);
    assert.match(problem({ labels: { ...labels, cases: 0, caseNames: [], volumes: new Float64Array(0) } }), /no case/);
  });
});
