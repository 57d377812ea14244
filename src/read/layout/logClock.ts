/** Epochs of a log whose series are by step: from the series that says in which epoch each step lay. */

/** A series of the log; a `Series` will do. */
export interface Counted {
  readonly tag: string;
  readonly unit: "epoch" | "step";
  readonly steps: ArrayLike<number>;
  readonly values: ArrayLike<number>;
}

export interface LogClock {
  /** As the log counts its first epoch. */
  readonly first: 0 | 1;
  readonly last: number;
  readonly stepsPerEpoch: number | null;
}

const EPOCH = /(?:^|[^a-z])epoch$/i;
/** A row at most this share of an epoch past a whole number of epochs is that epoch's end: 1 for the first counts from 1. */
const AT_END = 0.25;

/**
 * Lightning, W&B and JSON lines log whole epochs, of which a step lies within; transformers logs the share that is done (1.5). Null
 * without such a series.
 */
export function logClock(series: readonly Counted[]): LogClock | null {
  const all = series.filter((s) => s.unit === "step" && s.steps.length > 0 && EPOCH.test(s.tag)).sort((a, b) => b.steps.length - a.steps.length);
  const best = all.find(isClock);
  if (best === undefined) return null;
  const n = best.steps.length;
  const [first, last] = [best.values[0]!, best.values[n - 1]!];
  const whole = Array.prototype.every.call(best.values, Number.isInteger);
  // Ends of the first and the last epoch that is known to be whole, where several rows lie in one.
  const each = last > first ? stepsBetween(best, whole) : null;
  if (!whole) return { first: 1, last: Math.max(1, Math.ceil(last - 1e-6)), stepsPerEpoch: each ?? (last > 0 ? best.steps[n - 1]! / last : null) };
  if (first === 0) return { first: 0, last, stepsPerEpoch: each };
  if (each === null) return { first: 1, last, stepsPerEpoch: first === 1 && best.steps[0]! > 0 ? best.steps[n - 1]! : null };
  let furthest = -Infinity;
  for (let i = 0; i < n; i++) furthest = Math.max(furthest, best.steps[i]! / each - best.values[i]!);
  return { first: furthest > AT_END ? 0 : 1, last, stepsPerEpoch: each };
}

/** Not negative, and never falling: what it says at a later step is no earlier epoch. */
function isClock({ steps, values }: Counted): boolean {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(value >= 0) || !Number.isFinite(value) || (i > 0 && (value < values[i - 1]! || steps[i]! < steps[i - 1]!))) return false;
  }
  return true;
}

/** Steps an epoch: between the last steps of the first and the last epoch but one, which are whole; else between the rows at the ends. */
function stepsBetween({ steps, values }: Counted, whole: boolean): number | null {
  const n = steps.length;
  const ends: number[] = [];
  for (let i = 0; i < n; i++) if (i + 1 === n || values[i + 1]! > values[i]!) ends.push(i);
  const to = whole && ends.length > 2 ? ends[ends.length - 2]! : n - 1;
  const from = whole ? ends[0]! : 0;
  const span = values[to]! - values[from]!;
  const each = span > 0 ? (steps[to]! - steps[from]!) / span : null;
  if (each === null || !(each > 0)) return null;
  return Math.abs(each - Math.round(each)) < 1e-6 * each ? Math.round(each) : each;
}
