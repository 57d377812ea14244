import assert from "node:assert/strict";
import { measureEpoch, measureLabels, MeasureError, MeasureStopped, type OpenCase } from "../../../src/measure/segmentation";
import type { EpochMeasure } from "../../../src/run";
import { blobs, counted, pair, random, spread, stored, type Nd } from "./arrays";

const WHAT = { epoch: 3, split: "val" as const, predictions: "p.npz", labels: "l.npz", classesHint: null };
const epoch = (...cases: OpenCase[]): EpochMeasure => measureEpoch({ ...WHAT, files: cases.length }, cases);
const oneHot = (_c: number, right: boolean): number => (right ? 1 : 0);
/** Probabilities that sum to one over C classes. */
const soft = (classes: number) => (_c: number, right: boolean): number => (right ? 0.6 : 0.4 / (classes - 1));
const logit = (c: number, right: boolean): number => (right ? 3.5 : -1.25 * c);
const C = 4;
const N = 5;
const labels2 = blobs([N, 12, 10], C, 1);
const guess2 = blobs([N, 12, 10], C, 2);
const expected2 = counted(labels2, guess2, C);
const labels3 = blobs([9, 8, 7], C, 3);
const guess3 = blobs([9, 8, 7], C, 4);
const expected3 = counted(labels3, guess3, C);
const withAxis = (nd: Nd, axis: number): Nd => ({ shape: [...nd.shape.slice(0, axis), 1, ...nd.shape.slice(axis)], at: (...index) => nd.at(...index.filter((_, i) => i !== axis)) });
const check = (got: EpochMeasure, expected: readonly number[], classes = C): void => {
  assert.equal(got.classes, classes);
  assert.deepEqual([...got.confusion], expected);
};

describe("labels against predictions, in all their layouts", () => {
  const float = Float32Array;
  const CASES: [string, () => OpenCase, string][] = [
    ["index maps, (N, H, W)", () => pair(stored(labels2).entry, stored(guess2).entry), "index map"],
    ["64-bit labels, a 1 at the end", () => pair(stored(withAxis(labels2, 3), BigInt64Array).entry, stored(guess2, Uint16Array).entry), "index map"],
    ["float labels with integer values, a 1 in second place", () => pair(stored(withAxis(labels2, 1), float).entry, stored(guess2, Int32Array).entry), "index map"],
    ["probabilities, classes last", () => pair(stored(labels2).entry, stored(spread(guess2, C, 3, soft(C)), float).entry), "probabilities, argmax over axis 3 of 4"],
    ["logits, classes last", () => pair(stored(labels2).entry, stored(spread(guess2, C, 3, logit), float).entry), "logits, argmax over axis 3 of 4"],
    ["probabilities, classes second", () => pair(stored(withAxis(labels2, 1)).entry, stored(spread(guess2, C, 1, soft(C)), Float64Array).entry), "probabilities, argmax over axis 1 of 4"],
    ["one-hot labels and one-hot predictions", () => pair(stored(spread(labels2, C, 3, oneHot)).entry, stored(spread(guess2, C, 3, oneHot)).entry), "one-hot, argmax over axis 3 of 4; labels: one-hot over axis 3 of 4"],
    ["one-hot labels, index predictions", () => pair(stored(spread(labels2, C, 3, oneHot)).entry, stored(guess2).entry), "index map; labels: one-hot over axis 3 of 4"],
    ["one-hot labels last, probabilities second", () => pair(stored(spread(labels2, C, 3, oneHot), float).entry, stored(spread(guess2, C, 1, soft(C)), float).entry), "probabilities, argmax over axis 1 of 4; labels: one-hot over axis 3 of 4"],
    ["a compressed stream", () => pair(stored(labels2, Uint8Array, "C", false).entry, stored(spread(guess2, C, 1, soft(C)), float, "C", false).entry), "probabilities, argmax over axis 1 of 4"],
    ["Fortran order on one side", () => pair(stored(labels2).entry, stored(guess2, Uint8Array, "F").entry), "index map"],
    ["Fortran order on one side, probabilities", () => pair(stored(labels2, Int16Array).entry, stored(spread(guess2, C, 3, soft(C)), float, "F").entry), "probabilities, argmax over axis 3 of 4"],
  ];
  for (const [what, make, layout] of CASES) {
    it(what, () => {
      const got = epoch(make());
      check(got, expected2);
      assert.equal(got.layout, layout);
    });
  }

  const VOLUMES: [string, () => OpenCase][] = [
    ["NIfTI both", () => pair(stored(labels3, Uint8Array, "F", false).entry, stored(guess3, Uint8Array, "F", false).entry)],
    ["NIfTI labels, npy predictions", () => pair(stored(labels3, Uint8Array, "F", false).entry, stored(guess3).entry)],
    ["npy labels, NIfTI predictions", () => pair(stored(labels3).entry, stored(guess3, Int16Array, "F", false).entry)],
    ["NIfTI with classes as fourth dimension", () => pair(stored(labels3, Uint8Array, "F", false).entry, stored(spread(guess3, C, 3, soft(C)), Float32Array, "F", false).entry)],
    ["NIfTI with classes as fifth dimension", () => pair(stored(labels3, Uint8Array, "F").entry, stored(withAxis(spread(guess3, C, 3, soft(C)), 3), Float32Array, "F").entry)],
    ["axes named backwards (SimpleITK's arrays)", () => pair(stored(labels3, Uint8Array, "F").entry, stored({ shape: [7, 8, 9], at: (z, y, x) => guess3.at(x, y, z) }).entry)],
    ["classes first", () => pair(stored(labels3).entry, stored(spread(guess3, C, 0, logit), Float32Array).entry)],
    ["a batch of one volume, classes second", () => pair(stored(withAxis(labels3, 0)).entry, stored(withAxis(spread(guess3, C, 0, soft(C)), 0), Float32Array).entry)],
  ];
  for (const [what, make] of VOLUMES) {
    it(`a volume: ${what}`, () => {
      const got = epoch(make(), { ...make(), name: "again" });
      check(got, expected3.map((n) => 2 * n));
      assert.deepEqual(got.caseNames, ["case", "again"]);
    });
  }

  it("volumes stacked, classes second or last", () => {
    const labels = blobs([3, 6, 5, 7], C, 5);
    const guess = blobs([3, 6, 5, 7], C, 6);
    for (const axis of [1, 4]) {
      const got = epoch(pair(stored(labels).entry, stored(spread(guess, C, axis, soft(C)), Float32Array).entry));
      check(got, counted(labels, guess, C));
      assert.equal(got.cases, 3);
    }
  });

  it("values decide where two axes fit both shapes", () => {
    // 4 images of 4 classes: (4, 4, 6, 6) against (4, 6, 6)
    const labels = blobs([4, 6, 6], C, 7);
    const guess = blobs([4, 6, 6], C, 8);
    for (const axis of [0, 1]) check(epoch(pair(stored(labels).entry, stored(spread(guess, C, axis, soft(C)), Float32Array).entry)), counted(labels, guess, C));
  });

  it("two slabs and more, whatever way the classes lie", () => {
    const shape = [3, 300, 500];
    const next = random(9);
    const maps = [0, 1].map(() => Uint8Array.from({ length: 450_000 }, () => next(5)));
    const nd = (map: Uint8Array): Nd => ({ shape, at: (n, y, x) => map[(n * 300 + y) * 500 + x]! });
    const [labels, guess] = [nd(maps[0]!), nd(maps[1]!)];
    const expected = new Array<number>(25).fill(0);
    maps[0]!.forEach((t, i) => expected[t * 5 + maps[1]![i]!]!++);
    for (const axis of [0, 1, 3]) {
      for (const seekable of [true, false]) check(epoch(pair(stored(labels, Int8Array).entry, stored(spread(guess, 5, axis, logit), Float32Array, "C", seekable).entry)), expected, 5);
    }
  });
});

describe("what values mean", () => {
  const binary = blobs([4, 8, 8], 2, 11);
  const guess = blobs([4, 8, 8], 2, 12);
  const expected = counted(binary, guess, 2);
  const mapped = (nd: Nd, f: (v: number) => number): Nd => ({ shape: nd.shape, at: (...i) => f(nd.at(...i)) });

  it("one probability a voxel is held against 0.5, one logit against 0", () => {
    const p = epoch(pair(stored(binary).entry, stored(withAxis(mapped(guess, (v) => (v === 1 ? 0.75 : 0.5)), 3), Float32Array).entry));
    check(p, expected, 2);
    assert.equal(p.layout, "probabilities of one class, threshold 0.5");
    const l = epoch(pair(stored(binary).entry, stored(mapped(guess, (v) => (v === 1 ? 0.25 : -7.5)), Float32Array).entry));
    check(l, expected, 2);
    assert.equal(l.layout, "logits of one class, threshold 0");
  });
  it("masks of 0 and 255 are class 1, in labels and predictions", () => {
    const mask = (nd: Nd): Nd => mapped(nd, (v) => v * 255);
    for (const kind of [Uint8Array, Int32Array, Float32Array]) {
      check(epoch(pair(stored(mask(binary), kind).entry, stored(guess).entry)), expected, 2);
      check(epoch(pair(stored(mask(binary), kind).entry, stored(mask(guess), kind).entry)), expected, 2);
      check(epoch(pair(stored(binary, kind).entry, stored(mask(guess), kind).entry)), expected, 2);
    }
    assert.equal(measureLabels({ path: "l", split: "val", classesHint: null }, [pair(stored(mask(binary)).entry, stored(guess).entry)]).classes, 2);
  });
  it("grey levels against masks are held against the middle", () => {
    check(epoch(pair(stored(mapped(binary, (v) => v * 255)).entry, stored(mapped(guess, (v) => (v === 1 ? 200 : 31))).entry)), expected, 2);
  });
  it("255 among classes is left out, and so are negative values", () => {
    const voided = mapped(labels2, (v) => (v === 2 ? 255 : v));
    const want = counted(mapped(labels2, (v) => (v === 2 ? -1 : v)), guess2, C);
    const left = labels2Count(2);
    for (const kind of [Uint8Array, Int32Array, BigInt64Array, Float32Array]) {
      const got = epoch(pair(stored(voided, kind).entry, stored(guess2).entry));
      check(got, want);
      assert.equal(got.ignored, left);
    }
    const negative = epoch(pair(stored(mapped(labels2, (v) => (v === 2 ? -1 : v)), Int8Array).entry, stored(guess2).entry));
    check(negative, want);
    assert.equal(negative.ignored, left);
  });
  it("0 and 255 alone are a mask, whatever predictions know", () => {
    const guess3 = blobs([4, 8, 8], 3, 1);
    const got = epoch(pair(stored(mapped(binary, (v) => v * 255)).entry, stored(guess3).entry));
    check(got, counted(binary, guess3, 3), 3);
    assert.equal(got.ignored, 0);
    check(epoch(pair(stored(mapped(binary, (v) => v * 255)).entry, stored(spread(guess3, 3, 3, soft(3)), Float32Array).entry)), counted(binary, guess3, 3), 3);
  });
  it("classes keep their indices, and are as many as either side knows", () => {
    const gap = (v: number): number => (v === 3 ? 5 : v);
    const sparse = epoch(pair(stored(mapped(labels2, gap)).entry, stored(mapped(guess2, gap)).entry));
    assert.equal(sparse.classes, 6);
    assert.equal(sparse.labelValues, undefined);
    // A network with a class too few: the last one is never predicted.
    const fewer = epoch(pair(stored(labels2).entry, stored(spread(mapped(guess2, (v) => v % 3), C - 1, 3, soft(C - 1)), Float32Array).entry));
    assert.equal(fewer.classes, C);
    assert.equal(fewer.labelValues, undefined);
    assert.equal(epoch(pair(stored(binary).entry, stored(spread(guess, 7, 3, soft(7)), Float32Array).entry)).classes, 7);
    assert.equal(measureEpoch({ ...WHAT, classesHint: 9 }, [pair(stored(binary).entry, stored(guess).entry)]).classes, 9);
  });
  it("as many label values as channels are their classes in order, where they are no indices of channels", () => {
    const predictions = stored(spread(guess2, C, 3, soft(C)), Float32Array).entry;
    for (const values of [[0, 1, 2, 4], [1, 2, 3, 4], [0, 85, 170, 255], [0, 7, 11, 26]]) {
      const labels = stored(mapped(labels2, (v) => values[v]!)).entry;
      const got = epoch(pair(labels, predictions));
      check(got, expected2);
      assert.deepEqual(got.labelValues, values);
      const set = measureLabels({ path: "l", split: "val", classesHint: null, files: 1, values }, [pair(labels, predictions)]);
      assert.equal(set.classes, C);
      assert.equal(set.volumes.reduce((a, b) => a + b, 0), N * 12 * 10);
    }
    const voided = epoch(pair(stored(mapped(labels2, (v) => [0, 4, 2, 255][v]!)).entry, stored(spread(mapped(guess2, (v) => v % 3), 3, 3, soft(3)), Float32Array).entry));
    assert.deepEqual(voided.labelValues, [0, 2, 4]);
    assert.equal(voided.ignored, labels2Count(3));
  });
  it("grey levels from 0 to 255 are classes beside class indices", () => {
    const three = blobs([3, 9, 9], 3, 31);
    const other = blobs([3, 9, 9], 3, 32);
    check(epoch(pair(stored(mapped(three, (v) => [0, 127, 255][v]!)).entry, stored(other).entry)), counted(three, other, 3), 3);
  });
  it("probabilities stored as an image, beside labels of 0 and 1", () => {
    check(epoch(pair(stored(binary, Float32Array).entry, stored({ shape: guess.shape, at: (n, y, x) => (guess.at(n, y, x) === 1 ? 130 + 15 * n + y : 3 * y + x) }).entry)), expected, 2);
  });
  it("voxels of each case in one axis", () => {
    const flat = (nd: Nd): Nd => ({ shape: [N, 120], at: (n, i) => nd.at(n, Math.floor(i / 10), i % 10) });
    const got = epoch(pair(stored(labels2).entry, stored(spread(flat(guess2), C, 2, soft(C)), Float32Array).entry));
    check(got, expected2);
    assert.equal(got.cases, N);
    check(epoch(pair(stored(flat(labels2)).entry, stored(guess2).entry)), expected2);
  });
  it("more than 256 classes", () => {
    const many: Nd = { shape: [2, 20, 20], at: (n, y, x) => n * 400 + y * 20 + x };
    const got = epoch(pair(stored(many, Uint16Array).entry, stored(many, Int32Array).entry));
    assert.equal(got.classes, 800);
    assert.ok(got.confusion.every((v, i) => v === (i % 801 === 0 ? 1 : 0)));
  });
  it("the first largest channel wins; what is not finite is counted and passed over", () => {
    const scores = [[1, 1, 0], [NaN, 2, 1], [NaN, NaN, NaN], [Infinity, 0, 1], [-Infinity, -3, -3], [0, 1, 2]];
    for (const axis of [0, 2]) {
      const p = axis === 2 ? { shape: [2, 3, 3], at: (y: number, x: number, c: number) => scores[y * 3 + x]![c]! } : { shape: [3, 2, 3], at: (c: number, y: number, x: number) => scores[y * 3 + x]![c]! };
      const got = epoch(pair(stored({ shape: [2, 3], at: () => 0 }).entry, stored(p, Float32Array).entry));
      assert.deepEqual([...got.confusion.slice(0, 3)], [2, 2, 2]);
      assert.equal(got.nonFinite, 4);
    }
  });
  it("a NaN in predictions of one value a voxel is background, and counted", () => {
    const got = epoch(pair(stored(binary).entry, stored({ shape: guess.shape, at: (n, y, x) => (n === 0 && y === 0 && x < 3 ? NaN : guess.at(n, y, x)) }, Float32Array).entry));
    assert.equal(got.nonFinite, 3);
    assert.equal(got.classes, 2);
  });
  function labels2Count(c: number): number {
    return expected2.slice(c * C, c * C + C).reduce((a, b) => a + b, 0);
  }
});

describe("cases", () => {
  it("Dice of each case; absent from both is undefined", () => {
    const labels: Nd = { shape: [2, 2, 2], at: (n, y, x) => (n === 0 ? y : x * 2) };
    const guess: Nd = { shape: [2, 2, 2], at: (n, y) => (n === 0 ? y : 0) };
    const got = epoch(pair(stored(labels).entry, stored(guess).entry));
    assert.equal(got.cases, 2);
    assert.deepEqual([...got.caseDice], [1, 1, NaN, 2 / 3, NaN, 0]);
    const cells = [...(got.caseCells ?? [])];
    const rows = Array.from({ length: cells.length / 4 }, (_, k) => cells.slice(4 * k, 4 * k + 4)).sort((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
    assert.deepEqual(rows, [[0, 0, 0, 2], [0, 1, 1, 2], [1, 0, 0, 2], [1, 2, 0, 2]]); // case, label, prediction, voxels
    assert.deepEqual(got.caseNames, ["0", "1"]);
  });
  it("one file of three axes is a stack of images, several are volumes, however many are announced", () => {
    const make = (name: string): OpenCase => pair(stored(labels2).entry, stored(guess2).entry, name);
    assert.equal(measureEpoch(WHAT, [make("a")]).cases, N);
    assert.equal(measureEpoch({ ...WHAT, files: 1 }, [make("a")]).cases, N);
    for (const files of [undefined, 2]) {
      const got = measureEpoch({ ...WHAT, ...(files === undefined ? {} : { files }) }, [make("a"), make("b")]);
      assert.deepEqual(got.caseNames, ["a", "b"]);
      check(got, expected2.map((n) => 2 * n));
    }
  });
  it("the same prediction for all, voxel for voxel", () => {
    const same: Nd = { shape: [3, 6, 6], at: (_n, y, x) => (y > 2 && x > 2 ? 1 : 0) };
    const labels = blobs([3, 6, 6], 2, 21);
    assert.equal(epoch(pair(stored(labels).entry, stored(same).entry)).constant, true);
    assert.equal(epoch(pair(stored(same).entry, stored(same).entry)).constant, false, "labels do not differ");
    const last: Nd = { ...same, at: (n, y, x) => (n === 2 && y === 5 && x === 5 ? 0 : same.at(n, y, x)) };
    assert.equal(epoch(pair(stored(labels).entry, stored(last).entry)).constant, false, "one voxel differs");
    const first = (nd: Nd, n: number): Nd => ({ shape: [6, 6], at: (y, x) => nd.at(n, y, x) });
    const files = [0, 1, 2].map((n) => pair(stored(first(labels, n)).entry, stored(spread(first(same, n), 2, 2, soft(2)), Float32Array).entry));
    assert.equal(epoch(...files).constant, true);
    assert.equal(epoch(files[0]!).constant, false, "a single case");
    const noisy: Nd = { ...same, at: (n, y, x) => (same.at(n, y, x) === 1 ? 0.9 : 0.1 + n / 10) };
    assert.equal(epoch(pair(stored(labels).entry, stored(noisy, Float32Array).entry)).constant, true, "the classes are the same, not the scores");
  });
  it("a bad case is told and left out, and closed like the others", () => {
    const good = pair(stored(labels3).entry, stored(guess3).entry, "good");
    const torn = pair(stored(labels3).entry, stored(guess3, Uint8Array, "C", true, 100).entry, "torn");
    const misfit = pair(stored(labels3).entry, stored(blobs([5, 5, 5], C, 1)).entry, "misfit");
    const said: [string, string][] = [];
    const got = measureEpoch({ ...WHAT, files: 4 }, [torn, good, misfit, { ...good, name: "good2" }], undefined, (name, message) => said.push([name, message]));
    check(got, expected3.map((n) => 2 * n));
    assert.deepEqual(got.caseNames, ["good", "good2"]);
    assert.deepEqual(said.map(([name]) => name), ["torn", "misfit"]);
    assert.match(said[1]![1], /^labels and predictions do not fit: labels \(9, 8, 7\), predictions \(5, 5, 5\)$/);
    assert.deepEqual([good.closed, torn.closed, misfit.closed], [1, 1, 1]);
    assert.throws(() => epoch(torn), /npy: data ends at 100 of 504/);
  });
  it("numbers of cases that differ", () => {
    const fewer: Nd = { ...spread(guess2, C, 3, soft(C)), shape: [N - 1, 12, 10, C] };
    assert.throws(() => epoch(pair(stored(labels2).entry, stored(fewer, Float32Array).entry)), new MeasureError("labels hold 5 cases and predictions 4: labels (5, 12, 10), predictions (4, 12, 10, 4)"));
  });
  it("stops when asked", () => {
    let n = 0;
    assert.throws(() => measureEpoch(WHAT, [pair(stored(labels2).entry, stored(guess2).entry)], () => ++n > 0, () => assert.fail("no problem of the file")), MeasureStopped);
  });
});

describe("what cannot be measured", () => {
  const BAD: [string, () => OpenCase, RegExp][] = [
    ["fractions in labels", () => pair(stored({ ...labels2, at: () => 0.25 }, Float32Array).entry, stored(guess2).entry), /^labels hold the value 0.25, which is no class index$/],
    ["label values beyond classes", () => pair(stored({ ...labels2, at: () => 70000 }, Int32Array).entry, stored(guess2).entry), /^labels hold the value 70000, which is no class index \(0 to 1023\); numbers of objects \(instances\) are not measured$/],
    ["colours for labels", () => pair(stored(spread(labels2, 3, 3, (c) => 100 + c)).entry, stored(guess2).entry), /^labels \(5, 12, 10, 3\) hold the value 100: neither one-hot nor one class index a voxel$/],
    ["fractions of one channel for many classes", () => pair(stored(labels2).entry, stored({ ...guess2, at: () => 0.5 }, Float32Array).entry), /fractions.*4 classes/],
    ["label values that are no channels, and fewer", () => pair(stored({ ...labels2, at: (n, y, x) => [0, 2, 4, 4][labels2.at(n, y, x)]! }).entry, stored(spread(guess2, C, 3, soft(C)), Float32Array).entry), /^labels hold the values 0, 2, 4, predictions 4 values a voxel: which class is which is not told$/],
    ["scores without the background's", () => pair(stored(labels2).entry, stored(spread(guess2, C - 1, 3, (c, right) => (right ? 0.9 : 0.2 + c / 10)), Float32Array).entry), /^predictions hold 3 scores a voxel that do not sum to 1, labels the classes 0 to 3: whether the background has a score/],
    ["negative class indices", () => pair(stored(labels2).entry, stored({ ...guess2, at: () => -1 }, Int8Array).entry), /negative/],
    ["nothing", () => pair(stored({ ...labels2, shape: [0, 12, 10] }).entry, stored(guess2).entry), /^labels hold no voxels: shape \(0, 12, 10\)$/],
    ["a vector", () => pair(stored({ shape: [6], at: () => 0 }).entry, stored({ shape: [6, 4], at: () => 0 }, Float32Array).entry), /^labels are no images: shape \(6,\)$/],
  ];
  for (const [what, make, message] of BAD) {
    it(what, () => {
      assert.throws(() => epoch(make()), (error) => error instanceof MeasureError && message.test(error.message) && !error.message.includes("\n"));
    });
  }
  it("no case at all", () => assert.throws(() => epoch(), MeasureError));
});

describe("labels alone", () => {
  const measure = (nd: Nd, kind: Parameters<typeof stored>[1] = Uint8Array, order: "C" | "F" = "C", hint: number | null = null) =>
    measureLabels({ path: "l", split: "val", classesHint: hint, files: 1 }, [pair(stored(nd, kind, order).entry, stored(nd).entry)]);
  const volumes = (nd: Nd, classes: number): number[] => {
    const out: number[] = [];
    for (let n = 0; n < nd.shape[0]!; n++) {
      const one: Nd = { shape: nd.shape.slice(1), at: (...i) => nd.at(n, ...i) };
      const all = counted(one, { ...one, at: () => 0 }, classes);
      out.push(...Array.from({ length: classes }, (_, c) => all[c * classes]!));
    }
    return out;
  };
  it("volumes per case, as index maps and one-hot", () => {
    const expected = volumes(labels2, C);
    for (const nd of [labels2, withAxis(labels2, 1), withAxis(labels2, 3), spread(labels2, C, 3, oneHot), spread(labels2, C, 1, oneHot)]) {
      for (const kind of [Uint8Array, Float32Array]) {
        const got = measure(nd, kind);
        assert.deepEqual([...got.volumes], expected);
        assert.equal(got.cases, N);
        assert.equal(got.classes, C);
      }
    }
  });
  it("a NIfTI volume is one case", () => {
    const got = measure(labels3, Uint8Array, "F", 6);
    assert.equal(got.cases, 1);
    assert.equal(got.classes, 6);
    assert.equal(got.volumes.reduce((a, b) => a + b, 0), 9 * 8 * 7);
  });
});
