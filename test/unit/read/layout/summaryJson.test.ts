import assert from "node:assert/strict";
import { FormatError } from "../../../../src/read/bytes/source";
import { isSummary, readSummary, summaryProblems } from "../../../../src/read/layout/summaryJson";

const TEXT = `{"foreground_mean": {"Dice": 0.8}, "mean": {"1": {"Dice": 0.8}}, "metric_per_case": [
  {"metrics": {"1": {"Dice": 0.8, "FN": 1, "FP": 2, "IoU": 0.6, "TN": 9, "TP": 6}, "2": {"Dice": NaN, "FN": 0, "FP": 0, "IoU": NaN, "TN": 18, "TP": 0}},
   "prediction_file": "/x/validation/case_003.nii.gz", "reference_file": "/x/labelsTr/case_003.nii.gz"}]}`;

describe("summary.json of nnU-Net", () => {
  it("is read: version 2 with NaN, version 1, and nothing else", () => {
    const summary = readSummary(TEXT)!;
    assert.equal(summary.foregroundMean, 0.8);
    assert.equal(summary.cases[0]!.name, "case_003");
    assert.deepEqual(summary.cases[0]!.classes.get("1"), { dice: 0.8, tp: 6, fp: 2, fn: 1 });
    assert.equal(summary.cases[0]!.classes.get("2")!.dice, null);
    const one = readSummary('{"results": {"all": [{"1": {"Dice": 0.5}, "test": "a/b_01.nii.gz", "reference": "c.nii.gz"}], "mean": {"1": {"Dice": 0.5}}}}')!;
    assert.equal(one.cases[0]!.name, "b_01");
    assert.equal(one.mean.get("1")!.dice, 0.5);
    assert.equal(readSummary('{"loss": [1, 2]}'), null);
    for (let n = 0; n < TEXT.length; n += 7) assert.throws(() => readSummary(TEXT.slice(0, n)), (error) => error instanceof FormatError && error.torn);
    assert.ok(isSummary("fold_0/validation/summary.json") && !isSummary("my_summary.json.txt"));
  });

  it("is held against what is recomputed, class by class", () => {
    const summary = readSummary(TEXT)!;
    const epoch = { caseNames: ["case_3"], classes: 3, caseDice: Float64Array.of(1, 0.8, NaN) };
    assert.deepEqual(summaryProblems(summary, epoch), []);
    assert.deepEqual(summaryProblems(summary, { ...epoch, caseDice: Float64Array.of(1, 0.79, 0.2) }), [
      "summary.json: class 1 of case_003 has Dice 0.800, recomputed 0.790",
      "summary.json: class 2 of case_003 has Dice undefined, recomputed 0.200",
    ]);
    assert.deepEqual(summaryProblems(summary, { ...epoch, caseNames: ["case_004"] }), []);
  });

  it("counts regions in their order", () => {
    const summary = readSummary(TEXT.replace('"1": {"Dice": 0.8, ', '"(1, 2)": {"Dice": 0.8, ').replace('"2": {"Dice": NaN', '"(2,)": {"Dice": 0.5'))!;
    assert.deepEqual(summaryProblems(summary, { caseNames: ["case_003"], classes: 3, regions: true, caseDice: Float64Array.of(1, 0.8, 0.4) }), ["summary.json: class (2,) of case_003 has Dice 0.500, recomputed 0.400"]);
  });

  it("says ten lines at most", () => {
    const cases = Array.from({ length: 30 }, (_, i) => ({ metrics: { 1: { Dice: 0.1 } }, prediction_file: `c_${i}.nii.gz` }));
    const lines = summaryProblems(readSummary(JSON.stringify({ metric_per_case: cases }))!, { caseNames: cases.map((_, i) => `c_${i}`), classes: 2, caseDice: new Float64Array(60).fill(0.5) });
    assert.equal(lines.length, 11);
    assert.equal(lines[10], "summary.json: 20 more Dice differ from what is recomputed");
  });
});
