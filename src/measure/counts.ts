/** Counts of pairs of codes. */
import { MAX_CLASS, SPECIALS, type Codes } from "./codes";
import { simd } from "./simd";

const WIDTH = MAX_CLASS + 1 + SPECIALS;

/** A pair of decoded values in one number. */
function pairKey(label: number, prediction: number): number {
  return (label + SPECIALS) * WIDTH + prediction + SPECIALS;
}

export function labelOf(key: number): number {
  return Math.floor(key / WIDTH) - SPECIALS;
}

export function predictionOf(key: number): number {
  return (key % WIDTH) - SPECIALS;
}

/** Voxels per pair of values in one case. */
export type Cells = Map<number, number>;

type Data = Uint8Array | Uint16Array;

let table = new Uint32Array(1 << 16);
/** Voxels from which on the way into WebAssembly is worth it. */
const LONG = 1 << 13;

/** Two slabs of equal length, ready to be counted in parts: many small cases lie in one slab. */
export class SlabPair {
  private readonly shift: number;
  private readonly size: number;
  /** Four voxels at a time, where both lie aligned. */
  private readonly words: { readonly labels: Uint32Array; readonly predictions: Uint32Array } | null;

  /** `n` voxels, below 2^32; without predictions labels alone are counted (prediction 0). */
  constructor(
    private readonly labels: Codes,
    private readonly predictions: Codes | null,
    n: number,
  ) {
    this.shift = predictions === null ? 0 : bits(predictions.data, n);
    this.size = 1 << (bits(labels.data, n) + this.shift);
    const a = labels.data;
    const b = predictions?.data;
    const aligned = a instanceof Uint8Array && b instanceof Uint8Array && (a.byteOffset & 3) === 0 && (b.byteOffset & 3) === 0;
    this.words = aligned ? { labels: wordsOf(a, n), predictions: wordsOf(b, n) } : null;
  }

  /** Adds the voxels [from, to) to `into`. */
  addTo(into: Cells, from: number, to: number): void {
    this.eachCell(this.count(from, to), (key, count) => into.set(key, (into.get(key) ?? 0) + count));
  }

  /** The voxels [from, to) as key, count, key, count, …; a case that lies wholly in the slab. */
  cells(from: number, to: number): number[] {
    const out: number[] = []; // a typed array of a few numbers costs more than they do
    this.eachCell(this.count(from, to), (key, count) => void out.push(key, count));
    return out;
  }

  /** The table of counts, valid until the next call. */
  private count(from: number, to: number): Uint32Array {
    const fast = this.words !== null && to - from >= LONG ? simd() : null;
    if (fast !== null) return fast.pairs(this.labels.data.subarray(from, to) as Uint8Array, this.predictions!.data.subarray(from, to) as Uint8Array, this.shift, this.size);
    if (table.length < this.size) table = new Uint32Array(this.size);
    else table.fill(0, 0, this.size);
    const a = this.labels.data;
    const b = this.predictions?.data;
    if (b === undefined) countOne(a, from, to, table);
    else if (this.words === null) countAny(a, b, from, to, this.shift, table);
    else {
      const first = Math.min(to, (from + 3) & ~3);
      const last = Math.max(first, to & ~3);
      countAny(a, b, from, first, this.shift, table);
      countWords(this.words.labels, this.words.predictions, first >> 2, last >> 2, this.shift, table);
      countAny(a, b, last, to, this.shift, table);
    }
    return table;
  }

  private eachCell(counts: Uint32Array, take: (key: number, count: number) => void): void {
    const mask = (1 << this.shift) - 1;
    const none = this.predictions === null;
    const ofLabels = this.labels.decode;
    for (let i = 0; i < this.size; i++) {
      const count = counts[i]!;
      if (count !== 0) take(pairKey(ofLabels[i >> this.shift]!, none ? 0 : this.predictions.decode[i & mask]!), count);
    }
    // What a rare wide array needed is given back.
    if (this.size > 1 << 20) table = new Uint32Array(1 << 16);
  }
}

function wordsOf(data: Uint8Array, n: number): Uint32Array {
  return new Uint32Array(data.buffer, data.byteOffset, n >> 2);
}

/** Bits that the codes need: the table is no larger than their values ask for. */
function bits(data: Data, n: number): number {
  let or = 0;
  let i = 0;
  if (data instanceof Uint8Array) {
    const head = Math.min(n, -data.byteOffset & 3);
    for (; i < head; i++) or |= data[i]!;
    const words = new Uint32Array(data.buffer, data.byteOffset + head, (n - head) >> 2);
    let four = 0;
    for (let w = 0; w < words.length; w++) four |= words[w]!;
    or |= (four | (four >>> 8) | (four >>> 16) | (four >>> 24)) & 255;
    i = head + words.length * 4;
  }
  for (; i < n; i++) or |= data[i]!;
  return 32 - Math.clz32(or);
}

/** Four voxels a load; a stretch of equal words is counted once. Segmentations are mostly such stretches. */
function countWords(a: Uint32Array, b: Uint32Array, from: number, to: number, shift: number, into: Uint32Array): void {
  if (from >= to) return;
  let left = a[from]!;
  let right = b[from]!;
  let run = 0;
  for (let w = from; w < to; w++) {
    const l = a[w]!;
    const r = b[w]!;
    if (l === left && r === right) {
      run++;
      continue;
    }
    addWord(left, right, run, shift, into);
    left = l;
    right = r;
    run = 1;
  }
  addWord(left, right, run, shift, into);
}

function addWord(l: number, r: number, times: number, shift: number, into: Uint32Array): void {
  into[((l & 255) << shift) | (r & 255)]! += times;
  into[(((l >>> 8) & 255) << shift) | ((r >>> 8) & 255)]! += times;
  into[(((l >>> 16) & 255) << shift) | ((r >>> 16) & 255)]! += times;
  into[((l >>> 24) << shift) | (r >>> 24)]! += times;
}

function countAny(labels: Data, predictions: Data, from: number, to: number, shift: number, into: Uint32Array): void {
  for (let i = from; i < to; i++) into[(labels[i]! << shift) | predictions[i]!]!++;
}

function countOne(labels: Data, from: number, to: number, into: Uint32Array): void {
  for (let i = from; i < to; i++) into[labels[i]!]!++;
}
