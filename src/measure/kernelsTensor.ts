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
  for (let i = 0; i < a.length; i++) {
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

/** How many values have a magnitude below `limit`; NaN is not counted. */
export function countBelow(a: Floats, limit: number): number {
  let n = 0;
  for (let i = 0; i < a.length; i++) n += Math.abs(a[i]!) < limit ? 1 : 0;
  return n;
}

export function countZeros(a: Floats): number {
  let n = 0;
  for (let i = 0; i < a.length; i++) n += a[i] === 0 ? 1 : 0;
  return n;
}

/** Copies the finite values to `into`; gives how many, and how many were NaN (the others were infinite). */
export function siftFinite(a: Floats, into: Float64Array): { finite: number; nan: number } {
  let finite = 0;
  let nan = 0;
  for (let i = 0; i < a.length; i++) {
    const v = a[i]!;
    if (Number.isFinite(v)) into[finite++] = v;
    else if (Number.isNaN(v)) nan++;
  }
  return { finite, nan };
}

/** Largest |a - b| over a block; NaN or infinite when a value is not finite (then ask `maxChangeFinite`). */
export function maxChange(a: Floats, b: Floats): number {
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}

/** Largest |a - b| over the elements that are finite in both; -1 when there is none. */
export function maxChangeFinite(a: Floats, b: Floats): number {
  let most = -1;
  for (let i = 0; i < a.length; i++) {
    const x = a[i]!;
    const y = b[i]!;
    if (Number.isFinite(x) && Number.isFinite(y)) most = Math.max(most, Math.abs(x - y));
  }
  return most;
}

/** Largest |a - b| of 64-bit integers, rounded once at the end; -1 for an empty block. */
export function maxChangeBig(a: BigInt64Array | BigUint64Array, b: BigInt64Array | BigUint64Array): number {
  let most = -1n;
  for (let i = 0; i < a.length; i++) {
    const d = a[i]! - b[i]!;
    const abs = d < 0n ? -d : d;
    if (abs > most) most = abs;
  }
  return Number(most);
}

/** Whether two arrays of one type hold the same bits: NaN equals the same NaN, 0 differs from -0. */
export function sameBits(a: NumericArray, b: NumericArray): boolean {
  if (a.constructor !== b.constructor || a.length !== b.length) return false;
  const wide = a.BYTES_PER_ELEMENT % 4 === 0;
  const x = wide ? new Uint32Array(a.buffer, a.byteOffset, a.byteLength / 4) : new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const y = wide ? new Uint32Array(b.buffer, b.byteOffset, b.byteLength / 4) : new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  for (let i = 0; i < x.length; i++) if (x[i] !== y[i]) return false;
  return true;
}
