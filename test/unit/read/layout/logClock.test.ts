import assert from "node:assert/strict";
import { alignEpochs, type Numbered } from "../../../../src/read/layout/epochs";
import { type Counted, logClock } from "../../../../src/read/layout/logClock";

const clock = (rows: readonly (readonly [step: number, epoch: number])[], tag = "epoch"): Counted => ({ tag, unit: "step", steps: rows.map(([s]) => s), values: rows.map(([, e]) => e) });
const rows = (n: number, of: (i: number) => readonly [number, number]): Counted => clock(Array.from({ length: n }, (_, i) => of(i)));
const numbered = (path: string, number: number | null, counts: Numbered["counts"] = null, split: "train" | "val" = "val"): Numbered => ({ path, number, counts, split, contentEpoch: null, contentStep: null });

describe("logClock: epochs of logs by step", () => {
  it("transformers: the share that is done, or whole epochs at their ends", () => {
    assert.deepEqual(logClock([rows(28, (i) => [(i + 1) * 31.5, (i + 1) / 2])]), { first: 1, last: 14, stepsPerEpoch: 63 });
    assert.deepEqual(logClock([rows(14, (i) => [(i + 1) * 63, i + 1])]), { first: 1, last: 14, stepsPerEpoch: 63 });
    assert.deepEqual(logClock([clock([[126, 2], [252, 4], [378, 6]], "train/epoch")]), { first: 1, last: 6, stepsPerEpoch: 63 });
  });
  it("Lightning: from 0, at the last step of each, also when it went on from epoch 5", () => {
    assert.deepEqual(logClock([rows(12, (i) => [(i + 1) * 63 - 1, i])]), { first: 0, last: 11, stepsPerEpoch: 63 });
    assert.deepEqual(logClock([rows(6, (i) => [(i + 6) * 63 - 1, i + 5])]), { first: 0, last: 10, stepsPerEpoch: 63 });
  });
  it("every tenth step, whole epochs from 0 and from 1", () => {
    assert.deepEqual(logClock([rows(40, (i) => [10 * i, Math.floor((10 * i) / 50)])]), { first: 0, last: 7, stepsPerEpoch: 50 });
    assert.deepEqual(logClock([rows(40, (i) => [10 * (i + 1), Math.floor((10 * i) / 50) + 1])]), { first: 1, last: 8, stepsPerEpoch: 50 });
  });
  it("none without such a series, or where it falls or is no number", () => {
    for (const series of [[], [clock([[1, 3], [2, 1]])], [clock([[1, NaN]])], [clock([[1, 1], [2, 2]], "epoch_loss")], [{ ...clock([[1, 1]]), unit: "epoch" as const }]]) assert.equal(logClock(series), null);
  });
});

describe("alignEpochs: each set by its own count", () => {
  it("training predictions from 0 beside validation predictions from 1", () => {
    const predictions = [...[1, 2, 3, 4].map((n) => numbered(`val/${n}.npy`, n)), ...[0, 1, 2, 3].map((n) => numbered(`train/${n}.npy`, n, null, "train"))];
    const { predictions: epochs } = alignEpochs({ logEpochs: [0, 1, 2, 3], stepsPerEpoch: null, predictions, checkpoints: [] });
    assert.deepEqual(epochs, [0, 1, 2, 3, 0, 1, 2, 3]);
  });
  it("steps by the log's own epochs", () => {
    const { predictions, checkpoints } = alignEpochs({ logEpochs: Array.from({ length: 14 }, (_, i) => i + 1), stepsPerEpoch: 63, predictions: [126, 252, 882].map((n) => numbered(`predictions/step_${n}`, n, "step")), checkpoints: [numbered("checkpoint-756/model.safetensors", 756), numbered("final/model.safetensors", null)] });
    assert.deepEqual(predictions, [2, 4, 14]);
    assert.equal(checkpoints[0], 12);
  });
  it("a log of every second epoch counts from 1, of every fifth from 0", () => {
    const of = (log: number[], numbers: number[]): readonly (number | null)[] => alignEpochs({ logEpochs: log, stepsPerEpoch: null, predictions: numbers.map((n) => numbered(`p/${n}.npy`, n)), checkpoints: [] }).predictions;
    assert.deepEqual(of([2, 4, 6, 8], [2, 4, 6, 8]), [2, 4, 6, 8]);
    assert.deepEqual(of([4, 9, 14], [4, 9, 14]), [4, 9, 14]);
  });
});
