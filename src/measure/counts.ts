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

/** Voxels from which on a table of all codes of eight bits costs less than looking which codes there are. */
const LONGER = 1 << 18;

interface Table {
  readonly counts: Uint32Array;
  /** Index: (label << shift) | prediction. */
  readonly shift: number;
  readonly size: number;
}

/** Two slabs of equal length, ready to be counted in parts: many small cases lie in one slab. */
export class SlabPair {
  /** What the codes in the slab ask for; looked for when it is needed. */
  private asked: { readonly shift: number; readonly size: number } | null = null;
  private readonly narrow: boolean;

  /** `n` voxels, below 2^32; without predictions labels alone are counted (prediction 0). */
  constructor(
    private readonly labels: Codes,
    private readonly predictions: Codes | null,
    private readonly n: number,
  ) {
    this.narrow = labels.data instanceof Uint8Array && (predictions === null || predictions.data instanceof Uint8Array);
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

  /** Valid until the next call. */
  private count(from: number, to: number): Table {
    const fast = this.narrow && to - from >= LONG ? simd() : null;
    const size = fast !== null && to - from >= LONGER ? EIGHT_BITS : (this.asked ??= this.sizes());
    const a = this.labels.data;
    const b = this.predictions?.data ?? null;
    if (fast !== null) return { ...size, counts: fast.pairs(a.subarray(from, to) as Uint8Array, (b?.subarray(from, to) ?? null) as Uint8Array | null, size.shift, size.size) };
    if (table.length < size.size) table = new Uint32Array(size.size);
    else table.fill(0, 0, size.size);
    if (b === null) countOne(a, from, to, table);
    else if (aligned(a) && aligned(b)) {
      const first = Math.min(to, (from + 3) & ~3);
      const last = Math.max(first, to & ~3);
      countAny(a, b, from, first, size.shift, table);
      countWords(wordsOf(a, this.n), wordsOf(b, this.n), first >> 2, last >> 2, size.shift, table);
      countAny(a, b, last, to, size.shift, table);
    } else countAny(a, b, from, to, size.shift, table);
    return { ...size, counts: table };
  }

  private sizes(): { shift: number; size: number } {
    const shift = this.predictions === null ? 0 : bits(this.predictions.data, this.n);
    return { shift, size: 1 << (bits(this.labels.data, this.n) + shift) };
  }

  private eachCell({ counts, shift, size }: Table, take: (key: number, count: number) => void): void {
    const mask = (1 << shift) - 1;
    const ofLabels = this.labels.decode;
    const ofPredictions = this.predictions?.decode ?? null;
    for (let i = 0; i < size; i++) {
      const count = counts[i]!;
      if (count !== 0) take(pairKey(ofLabels[i >> shift]!, ofPredictions === null ? 0 : ofPredictions[i & mask]!), count);
    }
    // What a rare wide array needed is given back.
    if (size > 1 << 20) table = new Uint32Array(1 << 16);
  }
}

const EIGHT_BITS = { shift: 8, size: 1 << 16 };

/** Whether four codes can be taken in one. */
function aligned(data: Data): data is Uint8Array {
  return data instanceof Uint8Array && (data.byteOffset & 3) === 0;
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
