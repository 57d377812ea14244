import assert from "node:assert/strict";
import { measureEpoch, MeasureError } from "../../../src/measure/segmentation";
import { blobs, counted, pair, stored } from "./arrays";

const WHAT = { epoch: 0, split: "val" as const, predictions: "p", labels: "l", classesHint: null };
const labels = blobs([12, 10], 3, 1);
const guess = blobs([12, 10], 3, 1);
const coded = (values: readonly number[]) => ({ shape: labels.shape, at: (...index: number[]) => values[labels.at(...index)]! });

describe("label values that are no class indices", () => {
  for (const values of [[0, 10, 20], [0, 2, 5], [1, 2, 3]]) {
    it(`${values.join(", ")} beside predictions of 0, 1, 2`, () => {
      const got = measureEpoch(WHAT, [pair(stored(coded(values)).entry, stored(guess).entry)]);
      assert.deepEqual([...got.confusion], [...counted(labels, guess, 3)]);
      assert.deepEqual(got.labelValues, values);
    });
  }

  it("stay as they are where the network has more classes", () => {
    const got = measureEpoch({ ...WHAT, classesHint: 6 }, [pair(stored(coded([0, 2, 5])).entry, stored(guess).entry)]);
    assert.equal(got.labelValues, undefined);
  });

  it("are those of another epoch where this one's predictions show nothing", () => {
    const none = { shape: labels.shape, at: () => 0 };
    const got = measureEpoch({ ...WHAT, values: [0, 10, 20] }, [pair(stored(coded([0, 10, 20])).entry, stored(none).entry)]);
    assert.deepEqual([...got.confusion], [...counted(labels, none, 3)]);
  });
});

describe("labels that are nearly integers, or none", () => {
  it("integers stored with a scale come back as integers", () => {
    const off = { shape: labels.shape, at: (...index: number[]) => labels.at(...index) * 1.0000153 };
    const entry = { ...stored(off, Float64Array).entry, scaled: true };
    assert.deepEqual([...measureEpoch(WHAT, [pair(entry, stored(guess).entry)]).confusion], [...counted(labels, guess, 3)]);
  });

  it("fractions are refused, not taken for scores along an axis", () => {
    const solid = blobs([10, 9, 8], 3, 1);
    const half = { shape: solid.shape, at: (...index: number[]) => solid.at(...index) / 2 };
    assert.throws(() => measureEpoch(WHAT, [pair(stored(half, Float32Array).entry, stored(solid).entry)]), MeasureError);
  });
});
