/** What the trial trains on: the toy set, synthetic volumes, splits and batches; and how predictions are counted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dice } from "../../../src/run";
import { batches, batchOf, unusable, voxelsOfImage } from "../../../src/losses/trial/data";
import { digitsOf } from "../../../src/losses/trial/digits";
import { confusion, foregroundMean, predictedShare } from "../../../src/losses/trial/measure";
import { synthetic } from "../../../src/losses/trial/synthetic";
import { digitBytes, ROOT, toy } from "./trialSupport";

describe("trial: toy set", () => {
  it("holds 300 of each digit, labelled where a pixel is 0.4 at least", () => {
    const data = toy();
    assert.deepEqual([data.images.length, data.labels.length, data.classes, data.space], [3000 * 784, 3000 * 784, 11, [28, 28]]);
    const digits = new Map<number, number>();
    for (let i = 0; i < 3000; i++) {
      const held = new Set(data.labels.subarray(i * 784, (i + 1) * 784));
      held.delete(0);
      assert.equal(held.size, 1);
      for (const l of held) digits.set(l, (digits.get(l) ?? 0) + 1);
    }
    assert.deepEqual([...digits].sort((a, b) => a[0] - b[0]), Array.from({ length: 10 }, (_, d) => [d + 1, 300]));
    data.images.forEach((x, i) => assert.equal(data.labels[i] === 0, Math.fround(x) < Math.fround(0.4)));
    assert.equal(unusable(data), null);
  });
  it("is small, and its licence lies beside it", () => {
    assert.ok(readFileSync(join(ROOT, "media", "trial", "digits.bin")).length < 600_000);
    assert.match(readFileSync(join(ROOT, "media", "trial", "digits.md"), "utf8"), /LeCun[\s\S]*by-sa\/3\.0/);
  });
  it("validates on images that it does not train on", () => {
    const { train, val } = toy();
    assert.deepEqual([train.length, val.length, new Set([...train, ...val]).size], [2800, 200, 3000]);
  });
  it("what is no set of digits is refused", () => {
    assert.throws(() => digitsOf(digitBytes().subarray(1)), /no set of digits/);
  });
});

describe("trial: synthetic volumes", () => {
  for (const dimensions of [2, 3] as const) {
    it(`${dimensions}-D: four classes, each object absent at times, small, the same each time`, () => {
      const data = synthetic({ dimensions });
      const n = voxelsOfImage(data);
      const count = data.labels.length / n;
      assert.equal(data.space.length, dimensions);
      for (const label of [1, 2, 3]) {
        const held = Array.from({ length: count }, (_, b) => data.labels.subarray(b * n, (b + 1) * n).includes(label)).filter(Boolean).length;
        assert.ok(held > count * 0.5 && held < count * 0.9, `class ${label} in ${held} of ${count}`);
      }
      const background = data.labels.filter((l) => l === 0).length / data.labels.length;
      assert.ok(background > 0.8, String(background));
      assert.deepEqual(synthetic({ dimensions }).labels, data.labels);
      assert.notDeepEqual(synthetic({ dimensions, seed: 2 }).labels, data.labels);
      assert.equal(unusable(data), null);
    });
  }
});

describe("trial: batches", () => {
  it("every image once a round, in another order, the same for the same seed", () => {
    const data = synthetic({ dimensions: 2, images: 40 });
    const take = (seed: number, count: number): number[][] => {
      const of = batches(data, 7, seed);
      return Array.from({ length: count }, () => [...of.next().value]);
    };
    const rounds = take(1, 10);
    assert.deepEqual(take(1, 10), rounds);
    assert.notDeepEqual(take(2, 10), rounds);
    const first = rounds.slice(0, 5).flat();
    assert.deepEqual([...first].sort((a, b) => a - b), [...data.train]);
    assert.notDeepEqual(first, rounds.slice(5).flat());
  });
  it("hold the images and labels that were asked for", () => {
    const data = synthetic({ dimensions: 3, side: 4, images: 9 });
    const batch = batchOf(data, [3, 8]);
    assert.deepEqual([...batch.labels], [...data.labels.subarray(3 * 64, 4 * 64), ...data.labels.subarray(8 * 64, 9 * 64)]);
    assert.deepEqual([...batch.images], [...data.images.subarray(3 * 64, 4 * 64), ...data.images.subarray(8 * 64, 9 * 64)]);
  });
});

describe("trial: data that cannot be trained on", () => {
  const good = synthetic({ dimensions: 2, side: 8, images: 16 });
  const cases = [
    [{ ...good, classes: 3 }, /A label is 3, and there are 3 classes/],
    [{ ...good, classes: 1 }, /one class alone/],
    [{ ...good, space: [64] }, /two or three dimensions/],
    [{ ...good, images: good.images.subarray(1) }, /do not fit/],
    [{ ...good, images: good.images.map((x, i) => (i === 5 ? NaN : x)) }, /not finite/],
    [{ ...good, val: new Int32Array() }, /too few/],
  ] as const;
  for (const [data, said] of cases) it(String(said), () => assert.match(unusable(data)!, said));
});

describe("trial: counting", () => {
  it("Dice is 2 TP/(2 TP + FP + FN), and not defined where nothing holds the class", () => {
    const counts = confusion([0, 0, 1, 1, 2, 0], [0, 1, 1, 1, 0, 0], 4);
    assert.deepEqual(dice(counts), [4 / 6, 4 / 5, 0, null]);
    assert.equal(foregroundMean(dice(counts), 0), 0.4);
    assert.equal(foregroundMean([1, null], 0), null);
    assert.equal(predictedShare(counts, 1), 0.5);
  });
});
