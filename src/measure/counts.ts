/** Counts of pairs of codes. */
import { MAX_CLASS, PLAIN, SPECIALS, type Codes } from "./codes";

const WIDTH = MAX_CLASS + 1 + SPECIALS;

/** A pair of decoded values in one number. */
export function pairKey(label: number, prediction: number): number {
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

let table = new Uint32Array(1 << 16);

let zeros = new Uint8Array(0);

/** Adds the first `n` voxels of both slabs to `into`; without predictions, of labels alone (prediction 0). `n` must be below 2^32. */
export function countPairs(labels: Codes, given: Codes | null, n: number, into: Cells): void {
  if (given === null && zeros.length < n) zeros = new Uint8Array(n);
  const predictions = given ?? { data: zeros, decode: PLAIN };
  const labelBits = bits(labels.data, n);
  const shift = bits(predictions.data, n);
  const size = 1 << (labelBits + shift);
  if (table.length < size) table = new Uint32Array(size);
  else table.fill(0, 0, size);
  if (labels.data instanceof Uint8Array && predictions.data instanceof Uint8Array) countBytes(labels.data, predictions.data, n, shift, table);
  else countAny(labels.data, predictions.data, n, shift, table);
  const mask = (1 << shift) - 1;
  for (let i = 0; i < size; i++) {
    const count = table[i]!;
    if (count === 0) continue;
    const key = pairKey(labels.decode[i >> shift]!, predictions.decode[i & mask]!);
    into.set(key, (into.get(key) ?? 0) + count);
  }
  // What a rare wide array needed is given back.
  if (size > 1 << 20) table = new Uint32Array(1 << 16);
}

/** Bits that the codes need: the table is no larger than their values ask for. */
function bits(data: Uint8Array | Uint16Array, n: number): number {
  let or = 0;
  let i = 0;
  if (data instanceof Uint8Array) {
    const head = -data.byteOffset & 3;
    for (; i < Math.min(head, n); i++) or |= data[i]!;
    if (n > head) {
      const words = new Uint32Array(data.buffer, data.byteOffset + head, (n - head) >> 2);
      let four = 0;
      for (let w = 0; w < words.length; w++) four |= words[w]!;
      or |= (four | (four >>> 8) | (four >>> 16) | (four >>> 24)) & 255;
      i = head + words.length * 4;
    }
  }
  for (; i < n; i++) or |= data[i]!;
  return 32 - Math.clz32(or);
}

/** Four voxels a load; a stretch of equal words is counted once. Segmentations are mostly such stretches. */
function countBytes(labels: Uint8Array, predictions: Uint8Array, n: number, shift: number, into: Uint32Array): void {
  let i = 0;
  const head = -labels.byteOffset & 3;
  if (head === (-predictions.byteOffset & 3) && n >= 8 + head) {
    for (; i < head; i++) into[(labels[i]! << shift) | predictions[i]!]!++;
    const a = new Uint32Array(labels.buffer, labels.byteOffset + head, (n - head) >> 2);
    const b = new Uint32Array(predictions.buffer, predictions.byteOffset + head, (n - head) >> 2);
    const words = a.length;
    let left = a[0]!;
    let right = b[0]!;
    let run = 0;
    for (let w = 0; w < words; w++) {
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
    i = head + words * 4;
  }
  for (; i < n; i++) into[(labels[i]! << shift) | predictions[i]!]!++;
}

function addWord(l: number, r: number, times: number, shift: number, into: Uint32Array): void {
  into[((l & 255) << shift) | (r & 255)]! += times;
  into[(((l >>> 8) & 255) << shift) | ((r >>> 8) & 255)]! += times;
  into[(((l >>> 16) & 255) << shift) | ((r >>> 16) & 255)]! += times;
  into[((l >>> 24) << shift) | (r >>> 24)]! += times;
}

function countAny(labels: Uint8Array | Uint16Array, predictions: Uint8Array | Uint16Array, n: number, shift: number, into: Uint32Array): void {
  for (let i = 0; i < n; i++) into[(labels[i]! << shift) | predictions[i]!]!++;
}
