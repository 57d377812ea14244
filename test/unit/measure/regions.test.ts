import assert from "node:assert/strict";
import { measureEpoch, measureLabels, type EpochWhat, type OpenCase } from "../../../src/measure/segmentation";
import type { VolumeEntry } from "../../../src/read/format";
import { dice } from "../../../src/run";
import { pair, stored, type Nd } from "./arrays";

const WHAT: EpochWhat = { epoch: 0, split: "val", predictions: "p", labels: "l", classesHint: null };
const SHAPE = [16, 18, 20] as const;

/** Balls within each other, as BraTS' regions lie: region r is the ball of radius `radii[r]`. */
const inside = (radii: readonly number[], off: number) => (r: number, z: number, y: number, x: number): number => ((z - 8) ** 2 + (y - 9 - off) ** 2 + (x - 10) ** 2 < radii[r]! ** 2 ? 1 : 0);
const truth = inside([7, 5, 3], 0);
const guess = inside([6, 5, 2], 1);

const first = (at: (r: number, z: number, y: number, x: number) => number): Nd => ({ shape: [3, ...SHAPE], at: (r, z, y, x) => at(r, z, y, x) });
const last = (at: (r: number, z: number, y: number, x: number) => number): Nd => ({ shape: [...SHAPE, 3], at: (z, y, x, r) => at(r, z, y, x) });

/** Dice of each region on its own, counted the plain way. */
function plain(a: typeof truth, b: typeof truth): number[] {
  return [0, 1, 2].map((r) => {
    let [both, sum] = [0, 0];
    for (let z = 0; z < SHAPE[0]; z++) {
      for (let y = 0; y < SHAPE[1]; y++) {
        for (let x = 0; x < SHAPE[2]; x++) {
          const [t, p] = [a(r, z, y, x), b(r, z, y, x)];
          both += t * p;
          sum += t + p;
        }
      }
    }
    return (2 * both) / sum;
  });
}

const measured = (cases: readonly OpenCase[], more: Partial<EpochWhat> = {}): ReturnType<typeof measureEpoch> => measureEpoch({ ...WHAT, files: cases.length, ...more }, cases);
const entry = (nd: Nd, kind: Parameters<typeof stored>[1] = Uint8Array, order: "C" | "F" = "C"): VolumeEntry => stored(nd, kind, order).entry;
const wanted = plain(truth, guess);
const scores = (low: number, high: number) => (r: number, z: number, y: number, x: number): number => (guess(r, z, y, x) === 1 ? high : low);

describe("overlapping regions", () => {
  it("are counted each on its own, class 0 is outside", () => {
    const epoch = measured([pair(entry(first(truth)), entry(first(guess)))]);
    assert.equal(epoch.classes, 4);
    assert.equal(epoch.regions, true);
    assert.deepEqual(dice(epoch).slice(1), wanted);
    assert.deepEqual([...epoch.caseDice].slice(1), wanted);
    assert.equal(epoch.layout, "3 regions that may overlap, along axis 0 of 4, each counted on its own; predictions: maps of 0 and 1, each above 0.5 along axis 0 of 4");
  });

  for (const [name, low, high] of [["probabilities", 0.2, 0.7], ["logits", -3, 2]] as const) {
    it(`of ${name}, in any order of axes and of memory`, () => {
      for (const labels of [entry(first(truth)), entry(last(truth)), entry(first(truth), Float32Array), entry(first(truth), Uint8Array, "F"), entry(last(truth), Int16Array, "F")]) {
        for (const predictions of [entry(first(scores(low, high)), Float32Array), entry(last(scores(low, high)), Float32Array), entry(last(scores(low, high)), Float64Array, "F")]) {
          const epoch = measured([pair(labels, predictions), pair(labels, predictions, "other")]);
          assert.deepEqual(dice(epoch).slice(1), wanted);
          assert.ok(epoch.layout.includes(`${name}, each above ${low < 0 ? 0 : 0.5} along`), epoch.layout);
          assert.equal(epoch.constant, false, "the labels are the same, too");
        }
      }
    });
  }

  it("stacked: (N, C, H, W)", () => {
    const nd = (at: typeof truth): Nd => ({ shape: [SHAPE[0], 3, SHAPE[1], SHAPE[2]], at: (z, r, y, x) => at(r, z, y, x) });
    const epoch = measured([pair(entry(nd(truth)), entry(nd(scores(0.1, 0.9)), Float32Array))]);
    assert.equal(epoch.cases, 16);
    assert.deepEqual(dice(epoch).slice(1), wanted);
  });

  it("made up of label values, where the settings tell: index maps against scores and against index maps", () => {
    const index = (at: typeof truth) => (z: number, y: number, x: number): number => at(0, z, y, x) + at(1, z, y, x) + at(2, z, y, x);
    const regions = [[1, 2, 3], [2, 3], [3]];
    const map = (at: typeof truth): VolumeEntry => entry({ shape: SHAPE, at: (z, y, x) => index(at)(z, y, x) });
    assert.deepEqual(dice(measured([pair(map(truth), entry(first(scores(0.1, 0.9)), Float32Array))], { regions })).slice(1), wanted);
    assert.deepEqual(dice(measured([pair(map(truth), map(guess))], { regions })).slice(1), wanted);
    assert.deepEqual(dice(measured([pair(entry(first(truth)), map(guess))], { regions })).slice(1), wanted);
    assert.throws(() => measured([pair(entry(first(truth)), map(guess))]), { message: "labels hold 3 overlapping regions (3, 16, 18, 20), predictions one class index a voxel: which classes make up each region is not told" });
    // Labels that are left out count for no region.
    const holed = entry({ shape: SHAPE, at: (z, y, x) => (z === 0 ? 4 : index(truth)(z, y, x)) });
    const epoch = measured([pair(holed, map(guess))], { regions, ignoreLabel: 4 });
    assert.equal(epoch.ignored, 18 * 20);
    assert.deepEqual(dice(epoch).slice(1), wanted);
  });

  it("in labels alone", () => {
    const set = measureLabels({ path: "l", split: "val", classesHint: null, files: 1 }, [{ name: "a", labels: entry(first(truth)), close: () => undefined }]);
    let voxels = 0;
    for (let z = 0; z < 16; z++) for (let y = 0; y < 18; y++) for (let x = 0; x < 20; x++) voxels += truth(1, z, y, x);
    assert.equal(set.classes, 4);
    assert.equal(set.volumes[2], voxels);
    assert.equal(set.regions, true);
  });

  it("are not seen in one-hot arrays, in volumes of masks, or in stacks of images", () => {
    const ring = (c: number, z: number, y: number, x: number): number => Number(truth(0, z, y, x) + truth(1, z, y, x) === c);
    assert.equal(measured([pair(entry(first(ring)), entry(first(ring)))]).regions, undefined);
    const mask: Nd = { shape: SHAPE, at: (z, y, x) => truth(0, z, y, x) };
    assert.equal(measured([pair(entry(mask), entry(mask))]).regions, undefined);
    // Few thin slices of one body: they meet, and none holds another.
    const slices: Nd = { shape: [3, 40, 40], at: (z, y, x) => ((y - 20 - z) ** 2 + (x - 20) ** 2 < 100 ? 1 : 0) };
    assert.equal(measured([pair(entry(slices), entry(slices)), pair(entry(slices), entry(slices), "b")]).regions, undefined);
  });

  it("of a prediction with holes: what is not finite is in no region", () => {
    const epoch = measured([pair(entry(first(truth)), entry(first((r, z, y, x) => (z === 8 ? NaN : scores(0.1, 0.9)(r, z, y, x))), Float32Array))]);
    assert.equal(epoch.nonFinite, 3 * 18 * 20);
    assert.ok(dice(epoch)[1]! < wanted[0]!);
  });
});
