/** What the values of an array look like, from a bounded sample. */
import type { PrefixReader } from "./prefixReader";

export interface AxisValues {
  readonly min: number;
  readonly max: number;
  /** Whether all finite values seen are integers. */
  readonly integers: boolean;
  /** Whether values in [0, 1] sum to 1 along the class axis; null where no whole line along it was seen. */
  readonly sumToOne: boolean | null;
}

/** Values that are looked at, and lines along the class axis at the least. */
const SAMPLE = 1 << 15;
const LINES = 16;
/** Where the beginning holds no whole line, this many are read one value at a time. */
const FAR_LINES = 16;
/** float16 probabilities of many classes sum to 1 within this. */
const TOLERANCE = 0.02;

/** Storage is [outer][channels][inner]. */
export function valuesAlong(reader: PrefixReader, outer: number, channels: number, inner: number): AxisValues {
  const prefix = reader.prefix();
  const range = reader.range(SAMPLE);
  if (channels === 1) return { ...range, sumToOne: null };
  let { min, max, integers } = range;
  let lines = 0;
  let ones = 0;
  const line = (at: (c: number) => number): void => {
    let sum = 0;
    for (let c = 0; c < channels; c++) {
      const v = at(c);
      if (!Number.isFinite(v)) return; // says nothing
      if (v < min) min = v;
      if (v > max) max = v;
      if (integers && !Number.isInteger(v)) integers = false;
      if (v < -1e-6 || v > 1 + TOLERANCE) {
        lines++; // no shares
        return;
      }
      sum += v;
    }
    lines++;
    if (Math.abs(sum - 1) <= TOLERANCE) ones++;
  };
  const whole = wholeLines(prefix.length, channels, inner);
  const every = Math.max(1, Math.floor(whole / Math.max(LINES, SAMPLE / channels)));
  for (let n = 0; n < whole; n += every) {
    if (lines >= LINES && ones < lines / 2) break; // it is clear
    const start = Math.floor(n / inner) * channels * inner + (n % inner);
    line((c) => Number(prefix[start + c * inner]!));
  }
  if (lines === 0 && reader.entry.seekable) {
    const voxels = outer * inner;
    for (let k = 0; k < FAR_LINES; k++) {
      const n = Math.floor(((k + 0.5) / FAR_LINES) * voxels);
      const start = Math.floor(n / inner) * channels * inner + (n % inner);
      line((c) => Number(reader.read(start + c * inner, 1)[0]!));
    }
  }
  return { min, max, integers, sumToOne: lines === 0 ? null : ones >= 0.99 * lines };
}

/** Lines along the class axis that lie wholly within the first `length` elements, counted in voxel order. */
function wholeLines(length: number, channels: number, inner: number): number {
  const blocks = Math.floor(length / (channels * inner));
  const rest = length - blocks * channels * inner - (channels - 1) * inner;
  return blocks * inner + Math.max(0, rest);
}
