import assert from "node:assert/strict";
import { alignEpochs, type AlignInput, type Numbered } from "../../../../src/read/layout/epochs";

const files = (numbers: readonly (number | null)[], more: Partial<Numbered> = {}): Numbered[] =>
  numbers.map((number) => ({ path: `f_${number ?? "last"}.npz`, number, counts: null, contentEpoch: null, contentStep: null, ...more }));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const align = (input: Partial<AlignInput>): ReturnType<typeof alignEpochs> => alignEpochs({ logEpochs: null, stepsPerEpoch: null, predictions: [], checkpoints: [], ...input });

describe("alignEpochs: predictions", () => {
  const cases: readonly { name: string; log: number[] | null; numbers: number[]; want: (number | null)[]; said?: RegExp }[] = [
    { name: "log from 0, files from 1", log: range(0, 11), numbers: range(1, 12), want: range(0, 11) },
    { name: "log from 0, files from 0", log: range(0, 12), numbers: range(0, 12), want: range(0, 12) },
    { name: "log from 1, files from 1", log: range(1, 10), numbers: range(1, 10), want: range(1, 10) },
    { name: "log from 1, files from 0", log: range(1, 10), numbers: range(0, 9), want: range(1, 10) },
    { name: "gaps from 1 though the last number is the log's last", log: range(0, 15), numbers: [1, 5, 10, 15], want: [0, 4, 9, 14] },
    { name: "every fifth, from 1", log: range(0, 19), numbers: [5, 10, 15], want: [4, 9, 14] },
    { name: "every fifth, from 0", log: range(0, 19), numbers: [4, 9, 14], want: [4, 9, 14] },
    { name: "a number that the log's length rules out for counting from 0", log: range(0, 11), numbers: [3, 7, 12], want: [2, 6, 11] },
    { name: "a file ahead of the row that is being written", log: range(0, 4), numbers: range(1, 6), want: range(0, 5) },
    { name: "a resumed log", log: range(10, 19), numbers: range(11, 20), want: range(10, 19) },
    { name: "no log, 0 present", log: null, numbers: [0, 3], want: [0, 3] },
    { name: "no log, no 0", log: null, numbers: [1, 3], want: [0, 2] },
    { name: "an empty log", log: [], numbers: [1, 2], want: [0, 1] },
    { name: "numbers that are no epochs of this log", log: range(0, 4), numbers: [1, 2, 400], want: [0, 1, null], said: /f_400\.npz names no epoch of the log and is left out/ },
    { name: "every second, the last of the log among them when counted from 0", log: range(0, 10), numbers: [1, 3, 5, 7, 9], want: [1, 3, 5, 7, 9] },
    { name: "every second, the last of the log among them when counted from 1", log: range(0, 8), numbers: [1, 3, 5, 7, 9], want: [0, 2, 4, 6, 8] },
    { name: "every second, either way", log: range(1, 6), numbers: [1, 3, 5], want: [1, 3, 5], said: /\(1, 3, 5\) are taken to count epochs from 1, since neither/ },
    { name: "every second, either way, of a log that counts from 0", log: range(0, 5), numbers: [1, 3, 5], want: [1, 3, 5], said: /\(1, 3, 5\) are taken to count epochs from 0, since neither/ },
    { name: "every third from 0, and the last", log: range(0, 10), numbers: [2, 5, 8, 10], want: [2, 5, 8, 10] },
    { name: "early steps that may be epochs", log: range(0, 8), numbers: range(1, 9).map((n) => 8 * n), want: range(0, 8), said: /up to 72 are taken for steps, 8 an epoch/ },
    { name: "steps of every third epoch, the first step as low as an epoch", log: range(1, 8), numbers: [8, 32, 56], want: [1, 4, 7], said: /8 an epoch/ },
    { name: "epochs of a longer training that lay here before", log: range(0, 11), numbers: range(1, 20), want: [...range(0, 12), null, null, null, null, null, null, null], said: /left out/ },
    { name: "the first and every second", log: range(0, 6), numbers: [1, 2, 4, 6], want: [0, 1, 3, 5] },
    { name: "one number that is none of the log's", log: range(0, 4), numbers: [9], want: [4], said: /up to 9 count steps/ },
  ];
  for (const { name, log, numbers, want, said } of cases) {
    it(name, () => {
      const made = align({ logEpochs: log, predictions: files(numbers) });
      assert.deepEqual(made.predictions, want);
      if (said === undefined) assert.deepEqual(made.assumptions, []);
      else assert.match(made.assumptions.join("\n"), said);
    });
  }
  it("steps, with the steps of an epoch known or inferred from the log's rows", () => {
    const predictions = files([126, 252, 882], { counts: "step" });
    assert.deepEqual(align({ logEpochs: range(1, 14), stepsPerEpoch: 63, predictions }).predictions, [2, 4, 14]);
    const inferred = align({ logEpochs: range(1, 14), predictions });
    assert.deepEqual(inferred.predictions, [2, 4, 14]);
    assert.match(inferred.assumptions.join(), /63 an epoch/);
    // Saved every third epoch of 33 steps, of seven: 28 to 42 steps an epoch, and 33 alone divides both.
    assert.deepEqual(align({ logEpochs: range(0, 6), predictions: files([99, 198], { counts: "step" }) }).predictions, [2, 5]);
    // The 1st, 5th and 10th of 13 epochs: 11 alone divides all and is not too few.
    assert.deepEqual(align({ logEpochs: range(0, 12), predictions: files([11, 55, 110], { counts: "step" }) }).predictions, [0, 4, 9]);
    // Every 1000 steps: no whole number of epochs.
    assert.deepEqual(align({ logEpochs: range(0, 2), predictions: files([1000, 2000], { counts: "step" }) }).predictions, [1, 2]);
    assert.deepEqual(align({ logEpochs: range(0, 3), stepsPerEpoch: 100, predictions: files([100, 150, 400]) }).predictions, [0, 1, 3]);
  });
  it("steps without anything that tells how many an epoch has: in their order, and that is said", () => {
    const predictions = files([37, 100], { counts: "step" });
    const made = align({ logEpochs: range(0, 6), predictions });
    assert.deepEqual(made.predictions, [2, 6]);
    assert.match(made.assumptions.join(), /nothing tells how many an epoch has: the last one is placed at epoch 6/);
    const logless = align({ predictions });
    assert.deepEqual(logless.predictions, [37, 100]);
    assert.match(logless.assumptions.join(), /steps stand for epochs/);
    assert.deepEqual(align({ checkpoints: predictions }).checkpoints, [null, null], "checkpoints alone need no place");
  });
  it("one prediction without a number belongs to the last epoch, beside numbered ones only a name that says so", () => {
    assert.deepEqual(align({ logEpochs: range(0, 9), predictions: files([null]) }).predictions, [9]);
    assert.deepEqual(align({ predictions: files([null]) }).predictions, [0]);
    assert.deepEqual(align({ logEpochs: range(0, 9), predictions: [...files([1, 2]), ...files([null], { path: "pred_best.npy" })] }).predictions, [0, 1, null]);
    assert.deepEqual(align({ logEpochs: range(0, 9), predictions: [...files([1, 2]), ...files([null], { path: "pred_final.npy" })] }).predictions, [0, 1, 9]);
    assert.deepEqual(align({ logEpochs: range(0, 1), predictions: [...files([1, 2]), ...files([null], { path: "pred_final.npy" })] }).predictions, [0, 1, null]);
  });
});

describe("alignEpochs: checkpoints", () => {
  it("have a base of their own", () => {
    const made = align({ logEpochs: range(0, 11), predictions: files(range(0, 11)), checkpoints: files([1, 6, 12]) });
    assert.deepEqual(made.predictions, range(0, 11));
    assert.deepEqual(made.checkpoints, [0, 5, 11]);
  });
  it("that do not tell count as predictions do, and that is said", () => {
    const made = align({ logEpochs: range(0, 11), predictions: files(range(0, 11)), checkpoints: files([8, 9, 10]) });
    assert.deepEqual(made.checkpoints, [8, 9, 10]);
    assert.match(made.assumptions.join(), /checkpoints \(8, 9, 10\) .* from 0, as those of predictions/);
  });
  it("that hold steps tell their base", () => {
    const at = (number: number, contentStep: number): Numbered => ({ ...files([number])[0]!, contentStep });
    assert.deepEqual(align({ logEpochs: range(0, 11), checkpoints: [at(3, 128), at(8, 288)] }).checkpoints, [3, 8]);
    assert.deepEqual(align({ logEpochs: range(0, 11), checkpoints: [at(3, 96), at(8, 256)] }).checkpoints, [2, 7]);
    assert.deepEqual(align({ logEpochs: range(0, 11), stepsPerEpoch: 32, checkpoints: [at(7, 256)] }).checkpoints, [7]);
  });
  it("a single plain number without a log says nothing", () => {
    assert.deepEqual(align({ checkpoints: files([22362]) }).checkpoints, [null]);
    assert.deepEqual(align({ checkpoints: files([7], { counts: "epoch" }) }).checkpoints, [6]);
    assert.deepEqual(align({ checkpoints: files([7]), predictions: files([7]) }).checkpoints, [6]);
  });
  it("without a number go by their content", () => {
    const last: Numbered = { path: "last.keras", number: null, counts: null, contentEpoch: null, contentStep: 320 };
    assert.deepEqual(align({ logEpochs: range(0, 9), stepsPerEpoch: 32, checkpoints: [...files([1, 5]), last] }).checkpoints, [0, 4, 9]);
    assert.deepEqual(align({ logEpochs: range(1, 9), checkpoints: [...files([1, 5]).map((f) => ({ ...f, contentEpoch: f.number })), { ...last, contentStep: null, contentEpoch: 7 }] }).checkpoints, [1, 5, 7]);
    assert.deepEqual(align({ logEpochs: range(0, 9), checkpoints: files([null]) }).checkpoints, [null]);
  });
});
