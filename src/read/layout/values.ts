/** What a few values of an array tell of it. */
import type { Item } from "./arrays";
import type { Peek } from "./plan";

/** Values that are looked at. */
export const PEEKED = 65_536;
/** More distinct whole numbers than any set of classes; images have more. */
const MOST_CLASSES = 64;
/** Voxels whose values along an axis are summed. */
const SUMMED = 2048;
/** float16 shares of many classes sum to 1 within this. */
const TOLERANCE = 0.02;

/** How an array's first values look: whole numbers, few of them; fractions in [0, 1]; others. */
export type Look = "classes" | "shares" | "continuous" | "unknown";

export function lookOf(item: Item, peek: Peek): Look {
  const values = peek(item.ref, PEEKED);
  if (values === null || values.length === 0) return "unknown";
  const seen = new Set<number>();
  let whole = true;
  let inUnit = true;
  for (const raw of values) {
    const value = Number(raw);
    if (Number.isNaN(value)) continue;
    if (value < 0 || value > 1) inUnit = false;
    if (!Number.isInteger(value)) whole = false;
    if (seen.size <= MOST_CLASSES) seen.add(value);
  }
  if (whole) return seen.size <= MOST_CLASSES ? "classes" : "continuous";
  return inUnit ? "shares" : "continuous";
}

/** Whether the first values hold one beyond 1. */
export function beyondOne(item: Item, peek: Peek): boolean {
  const values = peek(item.ref, PEEKED);
  return values !== null && Array.prototype.some.call(values, (v: number | bigint) => Number(v) > 1);
}

/** Whether values along `axis` sum to 1 at the first voxels, as one-hot classes and probabilities do; null where they cannot be read. */
export function sumsToOne(item: Item, axis: number, peek: Peek): boolean | null {
  const length = item.shape[axis] ?? 0;
  if (length < 2 || length > MOST_CLASSES || item.ref.slice !== undefined) return null;
  let sums: Float64Array | null = null;
  for (let index = 0; index < length; index++) {
    const values = peek({ ...item.ref, slice: { axis, index } }, SUMMED);
    if (values === null) return null;
    sums ??= new Float64Array(values.length);
    for (let i = 0; i < sums.length; i++) sums[i]! += Number(values[i] ?? 0);
  }
  return sums !== null && sums.length > 0 && sums.every((sum) => Math.abs(sum - 1) <= TOLERANCE);
}

/** The axis along which labels hold a 1 for the class and else 0: the last, second or first; null for one class index a voxel. */
export function oneHotAxis(item: Item, peek: Peek): number | null {
  const axes = item.shape.length;
  if (axes < 3 || beyondOne(item, peek) || lookOf(item, peek) !== "classes") return null;
  return [axes - 1, 1, 0].find((axis) => sumsToOne(item, axis, peek) === true) ?? null;
}

/** Whether two arrays begin with the same values, which are not all one and the same. */
export function beginAlike(a: Item, b: Item, peek: Peek): boolean {
  if (a.shape.join() !== b.shape.join()) return false;
  const [p, q] = [peek(a.ref, PEEKED), peek(b.ref, PEEKED)];
  if (p === null || q === null || p.length !== q.length) return false;
  let varied = false;
  for (let i = 0; i < p.length; i++) {
    if (p[i] !== q[i]) return false;
    varied ||= p[i] !== p[0];
  }
  return varied;
}
