/** Exact statistics of weights, one tensor at a time and chunk by chunk: memory does not grow with the tensor. */
import type { NumericArray } from "../read/bytes/source";
import { FormatError } from "../read/bytes/source";
import type { TensorEntry } from "../read/format";
import type { TensorStats } from "../run";
import { maxChange, sumBlock } from "./kernels";
import { BLOCK, type BlockSums, countSmall, type Floats, maxChangeBig, sameBits, siftFinite, type SmallCounts } from "./kernelsTensor";
import { layerOfName, roleOfTensor } from "./tensorNames";

export { outputChannels, roleOfTensor } from "./tensorNames";

/** Magnitudes below this count as `tiny`: the region around 1e-10 and less. */
export const TINY = 1e-9;

/** Smallest positive normal number of each floating dtype (IEEE 754; bfloat16 has float32's exponents, float8 as in ml_dtypes). */
const MIN_NORMAL: Readonly<Record<string, number>> = {
  float64: 2 ** -1022,
  float32: 2 ** -126,
  bfloat16: 2 ** -126,
  float16: 2 ** -14,
  float8_e5m2: 2 ** -14,
  float8_e4m3fn: 2 ** -6,
  float8_e5m2fnuz: 2 ** -15,
  float8_e4m3fnuz: 2 ** -7,
};

/** The finite values of a block that holds others too. */
const sifted = new Float64Array(BLOCK);

const small: SmallCounts = { zeros: 0, belowFirst: 0, belowSecond: 0 };

/** Running sums over blocks. Mean and squared deviations are merged after Chan, Golub and LeVeque (1979). */
class Accumulator {
  count = 0;
  finite = 0;
  zeros = 0;
  subnormal = 0;
  tiny = 0;
  nan = 0;
  inf = 0;
  min = Infinity;
  max = -Infinity;
  mean = 0;
  /** Sum of squared deviations from the mean. */
  m2 = 0;
  sumAbs = 0;
  private readonly block: BlockSums = { sum: 0, squares: 0, sumAbs: 0, min: 0, max: 0, minAbs: 0 };

  constructor(private readonly minNormal: number) {}

  add(values: Floats): void {
    if (values.length === 0) return;
    this.count += values.length;
    if (this.sum(values)) return;
    const { finite, nan } = siftFinite(values, sifted);
    this.nan += nan;
    this.inf += values.length - finite - nan;
    if (finite > 0) this.sum(sifted.subarray(0, finite), true);
  }

  /** False when the block holds values that are not finite; nothing is added then. `finite`: known to hold none. */
  private sum(values: Floats, finite = false): boolean {
    const b = this.block;
    const before = this.finite;
    // Around the mean so far (around a value of its own for the first block) nothing cancels: the error stays within a few
    // roundings of the sum that is kept.
    const shift = before > 0 ? this.mean : Number.isFinite(values[0]) ? values[0]! : 0;
    sumBlock(values, shift, b);
    if (!finite && !Number.isFinite(b.sumAbs)) return false;
    const n = values.length;
    const total = before + n;
    const away = b.sum / n;
    this.m2 += Math.max(0, b.squares - b.sum * away) + away * away * (before / total) * n;
    this.mean = shift + away * (n / total);
    this.finite = total;
    this.sumAbs += b.sumAbs;
    this.min = Math.min(this.min, b.min);
    this.max = Math.max(this.max, b.max);
    if (b.minAbs < TINY || b.minAbs < this.minNormal) this.countSmall(values);
    return true;
  }

  private countSmall(values: Floats): void {
    countSmall(values, TINY, this.minNormal, small);
    this.zeros += small.zeros;
    this.tiny += small.belowFirst - small.zeros;
    this.subnormal += Math.max(0, small.belowSecond - small.zeros);
  }
}

/** Hands out the elements of an iterator of chunks in runs of any length. */
class Runs {
  private chunks: Iterator<NumericArray> | null = null;
  private chunk: NumericArray | null = null;
  private at = 0;

  constructor(private readonly entry: TensorEntry) {}

  /** Elements that can be taken in one piece; 0 at the end. */
  available(): number {
    this.chunks ??= this.entry.chunks()[Symbol.iterator]();
    while (this.chunk === null || this.at >= this.chunk.length) {
      const next = this.chunks.next();
      if (next.done === true) return 0;
      this.chunk = next.value;
      this.at = 0;
    }
    return this.chunk.length - this.at;
  }

  take(count: number): NumericArray {
    const piece = this.chunk!.subarray(this.at, this.at + count);
    this.at += count;
    return piece;
  }
}

const scratch = [new Float64Array(BLOCK), new Float64Array(BLOCK)] as const;

/** As float32 or float64; other types are converted (exactly, but for 64-bit integers beyond 2^53). */
function asFloats(values: NumericArray, which: 0 | 1): Floats {
  if (values instanceof Float32Array || values instanceof Float64Array) return values;
  const out = scratch[which].subarray(0, values.length);
  if (isBig(values)) for (let i = 0; i < values.length; i++) out[i] = Number(values[i]);
  else out.set(values);
  return out;
}

function isBig(values: NumericArray): values is BigInt64Array | BigUint64Array {
  return values instanceof BigInt64Array || values instanceof BigUint64Array;
}

/** Compares with the checkpoint before, element by element. */
class Change {
  /** -1 while nothing was compared; NaN or infinite once a difference is. */
  most = -1;
  identical: boolean;

  constructor(private readonly runs: Runs, sameType: boolean) {
    this.identical = sameType;
  }

  /** False when the tensor before ends early or cannot be read. */
  add(values: NumericArray, floats: Floats): boolean {
    let done = 0;
    while (done < values.length) {
      let n: number;
      try {
        n = Math.min(values.length - done, this.runs.available());
      } catch (error) {
        // That file's own measure has said so already; what is asked for here does not depend on it.
        if (error instanceof FormatError) return false;
        throw error;
      }
      if (n === 0) return false;
      this.compare(values.subarray(done, done + n), floats.subarray(done, done + n), this.runs.take(n));
      done += n;
    }
    return true;
  }

  private compare(now: NumericArray, floats: Floats, before: NumericArray): void {
    // Bits first: that ends at the first value that differs, and spares the subtraction where none does.
    if (this.identical) this.identical = sameBits(now, before);
    let change: number;
    if (isBig(now) && isBig(before)) change = maxChangeBig(now, before);
    else {
      const other = asFloats(before, 1);
      change = maxChange(floats, other);
    }
    this.most = Math.max(this.most, change);
  }
}

/**
 * Exact statistics over all elements of a tensor; sums in float64, elements that are NaN or infinite counted apart.
 * `before`: the same tensor in the checkpoint before; it is compared when name and shape agree.
 * `std` is over the population. Throws FormatError where the tensor's bytes cannot be read.
 */
export function measureTensor(entry: TensorEntry, before: TensorEntry | null): TensorStats {
  const sums = new Accumulator(MIN_NORMAL[entry.dtype] ?? 0);
  const comparable = before !== null && before.name === entry.name && sameShape(before.shape, entry.shape);
  let change = comparable ? new Change(new Runs(before), before.dtype === entry.dtype) : null;
  for (const chunk of entry.chunks()) {
    for (let at = 0; at < chunk.length; at += BLOCK) {
      const values = chunk.subarray(at, at + BLOCK);
      const floats = asFloats(values, 0);
      sums.add(floats);
      if (change !== null && !change.add(values, floats)) change = null;
    }
  }
  const changed = change !== null && change.most !== -1 ? change : null;
  const n = sums.finite;
  return {
    name: entry.name,
    layer: entry.layer ?? layerOfName(entry.name),
    role: roleOfTensor(entry.name, entry.kind, entry.shape),
    dtype: entry.dtype,
    shape: entry.shape,
    count: sums.count,
    zeros: sums.zeros,
    subnormal: sums.subnormal,
    nan: sums.nan,
    inf: sums.inf,
    min: n === 0 ? null : sums.min + 0,
    max: n === 0 ? null : sums.max + 0,
    mean: n === 0 ? null : sums.mean + 0,
    std: n === 0 ? null : held(Math.sqrt(sums.m2 / n)),
    meanAbs: n === 0 ? null : sums.sumAbs / n,
    // Both terms are sums of squares: nothing cancels.
    l2: n === 0 ? null : held(Math.sqrt(sums.m2 + n * sums.mean * sums.mean)),
    maxAbsChange: changed === null || !Number.isFinite(changed.most) ? null : changed.most,
    identical: changed === null ? null : changed.identical,
    tiny: sums.tiny,
  };
}

/** Where magnitudes above 1e150 overflow the squares, infinity minus infinity is meant as infinity. */
function held(value: number): number {
  return Number.isNaN(value) ? Infinity : value;
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
