/** Arrays in memory as volume entries, and the plainest possible counts to hold others against. */
import type { NumericArray } from "../../../src/read/bytes/source";
import { FormatError } from "../../../src/read/bytes/source";
import type { VolumeEntry } from "../../../src/read/format";
import type { OpenCase } from "../../../src/measure/segmentation";

type Maker = new (length: number) => NumericArray;

export interface Nd {
  readonly shape: readonly number[];
  /** Logical index → value. */
  readonly at: (...index: number[]) => number;
}

export interface Kept {
  readonly entry: VolumeEntry;
  /** [start, count] of every read. */
  readonly reads: [number, number][];
}

/** `nd` stored as `kind` in `order`; a stream that is not seekable fails when read backwards. `end`: elements that are there. */
export function stored(nd: Nd, kind: Maker = Uint8Array, order: "C" | "F" = "C", seekable = true, end = Infinity): Kept {
  const total = nd.shape.reduce((a, b) => a * b, 1);
  const data = new kind(total);
  const index = new Array<number>(nd.shape.length).fill(0);
  const axes = order === "C" ? nd.shape.map((_, i) => nd.shape.length - 1 - i) : nd.shape.map((_, i) => i);
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  for (let e = 0; e < total; e++) {
    const v = nd.at(...index);
    (data as { [i: number]: unknown })[e] = big ? BigInt(v) : v;
    for (const axis of axes) {
      if (++index[axis]! < nd.shape[axis]!) break;
      index[axis] = 0;
    }
  }
  const reads: [number, number][] = [];
  let last = 0;
  const entry: VolumeEntry = {
    entry: null,
    dtype: kind.name.replace("Array", "").toLowerCase(),
    shape: nd.shape,
    order,
    scaled: false,
    seekable,
    read(start, count) {
      reads.push([start, count]);
      if (!seekable && start < last) throw new Error(`read backwards: ${start} after ${last}`);
      last = start;
      if (start + count > Math.min(total, end)) throw new FormatError("npy", `data ends at ${end} of ${total}`, true);
      return data.subarray(start, start + count);
    },
  };
  return { entry, reads };
}

/** A case of one stored pair. */
export function pair(labels: VolumeEntry, predictions: VolumeEntry, name = "case"): OpenCase & { closed: number } {
  return {
    name,
    labels,
    predictions,
    closed: 0,
    close() {
      this.closed++;
    },
  };
}

/** A stream of whole numbers in [0, n), the same every time. */
export function random(seed: number): (n: number) => number {
  let s = seed >>> 0;
  return (n) => {
    s = (Math.imul(s, 1664525) + 1013904223) >>> 0;
    return Math.floor((s / 4294967296) * n);
  };
}

/** Blobs: class by distance from a few centres; differs with `seed`. Index by any number of axes. */
export function blobs(shape: readonly number[], classes: number, seed: number): Nd {
  const next = random(seed);
  const centres = Array.from({ length: classes * 2 }, () => shape.map((n) => next(n)));
  return {
    shape,
    at: (...index) => {
      let nearest = 0;
      let best = Infinity;
      centres.forEach((centre, k) => {
        const d = centre.reduce((sum, x, i) => sum + (x - index[i]!) ** 2, 0);
        if (d < best) [best, nearest] = [d, k];
      });
      return nearest % classes;
    },
  };
}

/** `nd` with a class axis at `axis`: `score(class, isTheOne, index)`. */
export function spread(nd: Nd, classes: number, axis: number, score: (c: number, right: boolean, index: readonly number[]) => number): Nd {
  const shape = [...nd.shape.slice(0, axis), classes, ...nd.shape.slice(axis)];
  return {
    shape,
    at: (...index) => {
      const voxel = index.filter((_, i) => i !== axis);
      const c = index[axis]!;
      return score(c, nd.at(...voxel) === c, voxel);
    },
  };
}

/** classes × classes, counted voxel by voxel. */
export function counted(labels: Nd, predictions: Nd, classes: number): number[] {
  const out = new Array<number>(classes * classes).fill(0);
  const visit = (index: number[]): void => {
    if (index.length < labels.shape.length) {
      for (let i = 0; i < labels.shape[index.length]!; i++) visit([...index, i]);
      return;
    }
    const t = labels.at(...index);
    if (t >= 0) out[t * classes + predictions.at(...index)]!++;
  };
  visit([]);
  return out;
}
