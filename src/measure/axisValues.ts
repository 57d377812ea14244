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
  /** Takes the values along a line one by one; false once it needs no more. */
  const follow = (): ((v: number) => boolean) => {
    let sum = 0;
    let seen = 0;
    return (v) => {
      if (!Number.isFinite(v)) return false; // says nothing
      if (v < min) min = v;
      if (v > max) max = v;
      if (integers && !Number.isInteger(v)) integers = false;
      sum += v;
      const noShare = v < -1e-6 || v > 1 + TOLERANCE;
      if (!noShare && ++seen < channels) return true;
      lines++;
      if (!noShare && Math.abs(sum - 1) <= TOLERANCE) ones++;
      return false;
    };
  };
  const whole = wholeLines(prefix.length, channels, inner);
  const every = Math.max(1, Math.floor(whole / Math.max(LINES, SAMPLE / channels)));
  for (let n = 0; n < whole; n += every) {
    if (lines >= LINES && ones < lines / 2) break; // it is clear
    const start = Math.floor(n / inner) * channels * inner + (n % inner);
    const take = follow();
    for (let c = 0; take(Number(prefix[start + c * inner]!)); ) c++;
  }
  if (lines === 0 && reader.entry.seekable) {
    const voxels = outer * inner;
    const far = Array.from({ length: FAR_LINES }, (_, k) => {
      const n = Math.floor(((k + 0.5) / FAR_LINES) * voxels);
      return { at: Math.floor(n / inner) * channels * inner + (n % inner), take: follow(), goesOn: true };
    });
    // In storage order, across the lines: where jumps cost (compressed chunks), each part is decompressed once.
    const blocks = new Map<number, typeof far>();
    for (const line of far) {
      const block = Math.floor(line.at / (channels * inner));
      blocks.set(block, [...(blocks.get(block) ?? []), line]);
    }
    for (const block of blocks.values()) {
      for (let c = 0; c < channels && block.some((line) => line.goesOn); c++) {
        for (const line of block) if (line.goesOn) line.goesOn = line.take(Number(reader.read(line.at + c * inner, 1)[0]!));
      }
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
