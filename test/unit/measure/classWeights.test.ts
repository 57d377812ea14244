import assert from "node:assert/strict";
import { classWeights } from "../../../src/measure/classWeights";
import type { ClassWeightRule, LabelSet, LossModel } from "../../../src/run";

const labels = (rows: readonly (readonly number[])[], split: "train" | "val" = "val"): LabelSet => ({
  path: "l.npz",
  split,
  cases: rows.length,
  caseNames: rows.map((_, i) => String(i)),
  classes: rows[0]!.length,
  volumes: Float64Array.from(rows.flat()),
  layout: "index map",
});
const loss = (rule: Partial<ClassWeightRule>): LossModel => ({
  name: "gdl",
  foundBy: "the only one",
  path: "loss.py",
  line: 1,
  endLine: 5,
  weights: { power: 2, over: "image", epsilon: 0, absent: "infinite", constantInGraphMode: null, line: 3, ...rule },
});
const close = (a: number | null | undefined, b: number): void => assert.ok(a !== null && a !== undefined && Math.abs(a - b) <= 1e-12 * Math.abs(b), `${String(a)} for ${b}`);
// Two images: the first lacks class 2, the second class 1.
const set = labels([[90, 10, 0], [80, 0, 20]]);

describe("class weights on labels", () => {
  it("the classic question: 1/(V^2 + 1e-5) over batches", () => {
    const got = classWeights(set, loss({ over: "batch", epsilon: 1e-5, absent: 1e5, constantInGraphMode: 1e5 }), { batchSize: 1 });
    assert.equal(got?.formula, "1/(V^2 + 1e-5)");
    assert.equal(got.over, "validation labels");
    assert.equal(got.inUse, true);
    assert.equal(got.constantInGraphMode, 1e5);
    assert.deepEqual(got.volumes, [170, 10, 20]);
    close(got.weights[0], 1 / (170 ** 2 + 1e-5));
    close(got.weights[1], 1 / (100 + 1e-5));
    const first = 1e5 / (1e5 + 1 / (8100 + 1e-5) + 1 / (100 + 1e-5));
    const second = 1e5 / (1e5 + 1 / (6400 + 1e-5) + 1 / (400 + 1e-5));
    close(got.absentShare, (first + second) / 2);
    assert.deepEqual([got.batch?.batchSize, got.batch?.batches, got.batch?.batchesLackingAClass], [1, 2, 2]);
    close(got.batch?.absentShare, (first + second) / 2);
    assert.deepEqual([got.absentPerImage, got.presentPerImage], [1, 2]);
  });
  it("batches of all cases when there are fewer than 32, with what is left over at the end", () => {
    const rule = loss({ over: "batch", absent: 1 });
    assert.deepEqual(classWeights(set, rule, { batchSize: null })?.batch, { batchSize: 2, absentShare: 0, batchesLackingAClass: 0, batches: 1 });
    const many = labels(Array.from({ length: 33 }, (_, i) => [5, i === 32 ? 0 : 5]));
    const got = classWeights(many, rule, { batchSize: null })?.batch;
    assert.deepEqual([got?.batchSize, got?.batches, got?.batchesLackingAClass], [32, 2, 1]);
    close(got?.absentShare, 1 / (1 + 1 / 25) / 2);
  });
  it("what absent classes are given: a number, the largest finite weight, infinity", () => {
    close(classWeights(set, loss({ absent: 1e-6 }), { batchSize: null })?.absentShare, (1e-6 / (1e-6 + 1 / 8100 + 1 / 100) + 1e-6 / (1e-6 + 1 / 6400 + 1 / 400)) / 2);
    close(classWeights(set, loss({ absent: "max" }), { batchSize: null })?.absentShare, (0.01 / (0.02 + 1 / 8100) + 0.0025 / (0.005 + 1 / 6400)) / 2);
    const infinite = classWeights(labels([[10, 0], [5, 5]]), loss({ power: 1 }), { batchSize: null });
    assert.equal(infinite?.absentShare, 0.5);
    assert.equal(infinite.batch, null);
    assert.equal(infinite.formula, "1/V");
    assert.deepEqual(classWeights(labels([[10, 0]]), loss({}), { batchSize: null })?.weights, [0.01, null]);
    assert.deepEqual(classWeights(labels([[10, 0]]), loss({ absent: "max" }), { batchSize: null })?.weights, [0.01, 0.01]);
  });
  it("without a rule: 1/V^2 as information", () => {
    for (const model of [null, { ...loss({}), weights: null }]) {
      const got = classWeights(labels([[10, 0, 2]], "train"), model, { batchSize: 4 });
      assert.deepEqual(
        [got?.formula, got?.over, got?.inUse, got?.absentShare, got?.batch, got?.weights],
        ["1/V^2", "training labels", false, null, null, [0.01, null, 0.25]],
      );
    }
  });
  it("an image without any voxel says nothing, and neither do labels without any", () => {
    assert.equal(classWeights(labels([[0, 0], [5, 5]]), loss({}), { batchSize: null })?.absentShare, 0);
    assert.equal(classWeights(labels([[0, 0]]), loss({}), { batchSize: null }), null);
    assert.equal(classWeights({ ...set, cases: 0, caseNames: [], volumes: new Float64Array(0) }, loss({}), { batchSize: null }), null);
  });
  it("epsilons as they are written", () => {
    const formula = (epsilon: number, power: 1 | 2 = 2): string | undefined => classWeights(set, loss({ epsilon, power, absent: 1 / epsilon }), { batchSize: null })?.formula;
    assert.deepEqual([formula(1), formula(1e-10), formula(0.001, 1), formula(2.5e-7)], ["1/(V^2 + 1)", "1/(V^2 + 1e-10)", "1/(V + 0.001)", "1/(V^2 + 2.5e-7)"]);
  });
});
