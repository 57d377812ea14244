/** The tight loops of tensor statistics. Each takes a block that fits the first-level cache and two array types at most, so that the engine keeps one fast version. */
import type { NumericArray } from "../read/bytes/source";

export type Floats = Float32Array | Float64Array;

/** Elements a block: 64 KiB as float64. Sums inside a block are plain, between blocks they are merged. */
export const BLOCK = 8192;

/** What one pass over a block of finite values gives. Reused between calls. */
export interface BlockSums {
  /** Sum of (v - shift). */
  sum: number;
  /** Sum of (v - shift)². */
  squares: number;
  /** Sum of |v|; NaN or infinite when a value is not finite. */
  sumAbs: number;
  min: number;
  max: number;
  minAbs: number;
}

/** Sums around `shift`. The caller looks at `sumAbs` first: when it is not finite the block holds NaN or infinities and must be sifted. */
export function sumBlock(a: Floats, shift: number, into: BlockSums): void {
  let sum = 0;
  let squares = 0;
  let sumAbs = 0;
  let min = Infinity;
  let max = -Infinity;
  let minAbs = Infinity;
  const n = a.length;
  for (let i = 0; i < n; i++) {
    const v = a[i]!;
    const d = v - shift;
    const abs = Math.abs(v);
    sum += d;
    squares += d * d;
    sumAbs += abs;
    min = Math.min(min, v);
    max = Math.max(max, v);
    minAbs = Math.min(minAbs, abs);
  }
  into.sum = sum;
  into.squares = squares;
  into.sumAbs = sumAbs;
  into.min = min;
  into.max = max;
  into.minAbs = minAbs;
}

/** How many values are zero, and how many have magnitudes below two limits (zeros among them); NaN is none of these. Reused between calls. */
export interface SmallCounts {
  zeros: number;
  belowFirst: number;
  belowSecond: number;
}

/**
 * Counts small values. Without branches where it can: the bits of a float32, sign aside, ascend with its magnitude, so that
 * the sign of their difference to a limit's bits is the comparison.
 */
export function countSmall(a: Floats, first: number, second: number, into: SmallCounts): void {
  if (a instanceof Float32Array) countSmall32(new Int32Array(a.buffer, a.byteOffset, a.length), bitsOf(first), bitsOf(second), into);
  else countSmall64(a, first, second, into);
}

function countSmall32(bits: Int32Array, first: number, second: number, into: SmallCounts): void {
  let zeros = 0;
  let belowFirst = 0;
  let belowSecond = 0;
  const n = bits.length;
  for (let i = 0; i < n; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    zeros = (zeros + ((magnitude - 1) >>> 31)) | 0;
    belowFirst = (belowFirst + ((magnitude - first) >>> 31)) | 0;
    belowSecond = (belowSecond + ((magnitude - second) >>> 31)) | 0;
  }
  into.zeros = zeros;
  into.belowFirst = belowFirst;
  into.belowSecond = belowSecond;
}

function countSmall64(a: Float64Array, first: number, second: number, into: SmallCounts): void {
  let zeros = 0;
  let belowFirst = 0;
  let belowSecond = 0;
  const n = a.length;
  for (let i = 0; i < n; i++) {
    const magnitude = Math.abs(a[i]!);
    zeros += magnitude === 0 ? 1 : 0;
    belowFirst += magnitude < first ? 1 : 0;
    belowSecond += magnitude < second ? 1 : 0;
  }
  into.zeros = zeros;
  into.belowFirst = belowFirst;
  into.belowSecond = belowSecond;
}

const one = new Float32Array(1);
const oneBits = new Int32Array(one.buffer);

/** Bits of the least float32 that is not below `limit`. */
function bitsOf(limit: number): number {
  one[0] = limit;
  return one[0] < limit ? oneBits[0]! + 1 : oneBits[0]!;
}

/** Copies the finite values to `into`; gives how many, and how many were NaN (the others were infinite). */
export function siftFinite(a: Floats, into: Float64Array): { finite: number; nan: number } {
  let finite = 0;
  let nan = 0;
  const n = a.length;
  for (let i = 0; i < n; i++) {
    const v = a[i]!;
    if (Number.isFinite(v)) into[finite++] = v;
    else if (Number.isNaN(v)) nan++;
  }
  return { finite, nan };
}

/** Largest |a - b| over a block; NaN or infinite when a value is not finite. */
export function maxChange(a: Floats, b: Floats): number {
  let most = 0;
  const n = a.length;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Largest |a - b| of 64-bit integers, rounded once at the end; -1 for an empty block. */
export function maxChangeBig(a: BigInt64Array | BigUint64Array, b: BigInt64Array | BigUint64Array): number {
  let most = -1n;
  const n = a.length;
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    const abs = d < 0n ? -d : d;
    if (abs > most) most = abs;
  }
  return Number(most);
}

/** Whether two arrays of one type hold the same bits: NaN equals the same NaN, 0 differs from -0. */
export function sameBits(a: NumericArray, b: NumericArray): boolean {
  if (a.constructor !== b.constructor || a.length !== b.length) return false;
  return a.BYTES_PER_ELEMENT % 4 === 0 ? sameWords(wordsOf(a), wordsOf(b)) : sameBytes(bytesOf(a), bytesOf(b));
}

function wordsOf(a: NumericArray): Uint32Array {
  return new Uint32Array(a.buffer, a.byteOffset, a.byteLength / 4);
}

function bytesOf(a: NumericArray): Uint8Array {
  return new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
}

function sameWords(x: Uint32Array, y: Uint32Array): boolean {
  const n = x.length;
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return false;
  return true;
}

function sameBytes(x: Uint8Array, y: Uint8Array): boolean {
  const n = x.length;
  for (let i = 0; i < n; i++) if (x[i] !== y[i]) return false;
  return true;
}
