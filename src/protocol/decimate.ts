/** Long curves made short enough to send and draw, without losing what the eye looks for. */

export interface Points {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** Points of one curve that a page gets at most: about one per pixel column of a wide screen. */
export const MAX_POINTS = 2000;

/**
 * Keeps the lowest and the highest finite value of each bucket of neighbours, and one non-finite value where the bucket holds any
 * (so that gaps stay visible), all at their own steps, in order; the first and the last point always stay.
 * Buckets are aligned to the index and as wide as a power of two, so that a growing curve changes at its end alone.
 * A curve of at most `max` points comes back as it is.
 */
export function decimate(points: Points, max: number = MAX_POINTS): Points {
  const { steps, values } = points;
  const n = Math.min(steps.length, values.length);
  if (n <= max) return n === steps.length && n === values.length ? points : { steps: steps.slice(0, n), values: values.slice(0, n) };
  let finite = true;
  for (let i = 0; i < n && finite; i++) finite = Number.isFinite(values[i]);
  const perBucket = finite ? 2 : 3;
  const buckets = Math.max(1, Math.floor((max - 2) / perBucket));
  let width = 1;
  while (Math.ceil(n / width) > buckets) width *= 2;

  const kept: number[] = [];
  for (let from = 0; from < n; from += width) {
    const to = Math.min(from + width, n);
    const chosen = extremes(values, from, to);
    if (from === 0) chosen.push(0);
    if (to === n) chosen.push(n - 1);
    chosen.sort((a, b) => a - b);
    for (const i of chosen) if (kept[kept.length - 1] !== i) kept.push(i);
  }
  return { steps: Float64Array.from(kept, (i) => steps[i]!), values: Float64Array.from(kept, (i) => values[i]!) };
}

/** Indices of the lowest, the highest and the first non-finite value in [from, to). */
function extremes(values: Float64Array, from: number, to: number): number[] {
  let low = -1;
  let high = -1;
  let gap = -1;
  for (let i = from; i < to; i++) {
    const v = values[i]!;
    if (!Number.isFinite(v)) {
      if (gap < 0) gap = i;
      continue;
    }
    if (low < 0 || v < values[low]!) low = i;
    if (high < 0 || v > values[high]!) high = i;
  }
  return [low, high, gap].filter((i) => i >= 0);
}
