/** Curves out of logged series, and what rules ask of them. */
import type { Series, Since } from "../run";

/** The finite points of a series, in order. Its arrays are the series' own where all points are finite: nobody writes to them. */
export interface Curve {
  readonly series: Series;
  /** Steps as the series counts them. */
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** Several rules ask for the same curve, and a series that did not change is asked for again. */
const CURVES = new WeakMap<Series, Curve>();

export function curveOf(series: Series): Curve {
  const known = CURVES.get(series);
  if (known !== undefined) return known;
  const curve = { series, ...finitePoints(series.steps, series.values) };
  CURVES.set(series, curve);
  return curve;
}

function finitePoints(steps: Float64Array, values: Float64Array): { x: Float64Array; y: Float64Array } {
  const n = Math.min(steps.length, values.length);
  let count = 0;
  for (let i = 0; i < n; i++) if (Number.isFinite(values[i]!)) count++;
  if (count === n) return { x: steps.subarray(0, n), y: values.subarray(0, n) };
  const x = new Float64Array(count);
  const y = new Float64Array(count);
  let at = 0;
  for (let i = 0; i < n; i++) {
    if (!Number.isFinite(values[i]!)) continue;
    x[at] = steps[i]!;
    y[at++] = values[i]!;
  }
  return { x, y };
}

/** Words of a tag that say which split or how often, not what. */
const ASIDE = new Set(["train", "training", "trn", "val", "valid", "validation", "test", "eval", "dev", "epoch", "epochs", "step", "steps", "batch", "iter", "iteration", "iterations", "avg", "average", "mean", "total", "running", "metrics", "metric", "scalars", "vs", "per", "log", "logs"]);
const PER_STEP = /(^|[^a-z])(step|batch|iter|iteration|iterations)([^a-z]|$)/;

/** What is left of a tag without its split: the same for `loss` and `val_loss`, for `Loss/train` and `Loss/val`. */
export function coreOf(tag: string): string {
  return tag.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word !== "" && !ASIDE.has(word)).join(" ");
}

export interface Losses {
  readonly train: Curve | null;
  readonly val: Curve | null;
}

/**
 * The training loss and the validation loss that belong together. Of several, the plainest name ("loss"), then a value per
 * epoch before one per batch, then a file with lines to point at, then the longer one.
 */
export function lossesOf(all: readonly Series[]): Losses {
  const losses = all.filter((s) => s.quantity === "loss" && s.class === null && s.values.length > 0);
  // Loops without a validation set evaluate on the test set after each epoch; one value at the end is no curve.
  const val = best(losses.filter((s) => s.split === "val"), () => true) ?? best(losses.filter((s) => s.split === "test" && s.values.length > 1), () => true);
  const train = losses.filter((s) => s.split === "train");
  const candidates = train.length > 0 ? train : losses.filter((s) => s.split === null);
  const core = val === null ? null : coreOf(val.tag);
  const same = candidates.filter((s) => coreOf(s.tag) === core);
  const chosen = best(same.length > 0 ? same : val === null || core === "loss" ? candidates : candidates.filter((s) => coreOf(s.tag) === "loss"), (s) => val === null || s.unit === val.unit);
  return { train: chosen === null ? null : curveOf(chosen), val: val === null ? null : curveOf(val) };
}

function best(series: readonly Series[], preferred: (s: Series) => boolean): Series | null {
  const key = (s: Series): number[] => [coreOf(s.tag) === "loss" ? 0 : 1, PER_STEP.test(s.tag.toLowerCase()) ? 1 : 0, preferred(s) ? 0 : 1, s.unit === "epoch" ? 0 : 1, namesSplit(s), rowless(s), -s.values.length];
  let chosen: Series | null = null;
  for (const s of series) if (chosen === null || less(key(s), key(chosen))) chosen = s;
  return chosen;
}

/** Beside "Train loss" a bare "loss" is often that of an epoch's last batch, off a progress bar. */
const namesSplit = (s: Series): number => (/train|val|test/i.test(s.tag) ? 0 : 1);

/** 0 where each point has a row of its own, 1 where a file has one line for all of them, 2 where it has no lines. */
export function rowless(s: Series): number {
  if (s.lines === null || s.lines.length === 0) return 2;
  return s.lines.length > 1 && s.lines[0] === s.lines[s.lines.length - 1] ? 1 : 0;
}

function less(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i]! !== b[i]!) return a[i]! < b[i]!;
  }
  return false;
}

/** Means over `width` neighbouring points; element i covers points i to i + width - 1. */
export function movingMean(y: ArrayLike<number>, width: number): Float64Array {
  const w = Math.max(1, Math.min(Math.floor(width), y.length));
  const out = new Float64Array(Math.max(0, y.length - w + 1));
  if (y.length * w > 4e6) return slidingMean(y, w, out);
  for (let i = 0; i + w <= y.length; i++) {
    let sum = 0;
    for (let j = i; j < i + w; j++) sum += y[j]!;
    out[i] = sum / w;
  }
  return out;
}

/** The same in one pass, for long curves: what enters the window is added, what leaves it is taken away, and it is summed afresh now and then. */
function slidingMean(y: ArrayLike<number>, w: number, out: Float64Array): Float64Array {
  let sum = 0;
  for (let i = 0; i + w <= y.length; i++) {
    if (i % w === 0) {
      sum = 0;
      for (let j = i; j < i + w; j++) sum += y[j]!;
    } else sum += y[i + w - 1]! - y[i - 1]!;
    out[i] = sum / w;
  }
  return out;
}

export function least(y: ArrayLike<number>): number {
  let out = Infinity;
  for (let i = 0; i < y.length; i++) if (y[i]! < out) out = y[i]!;
  return out;
}

export function most(y: ArrayLike<number>): number {
  let out = -Infinity;
  for (let i = 0; i < y.length; i++) if (y[i]! > out) out = y[i]!;
  return out;
}

export function indexOfLeast(y: ArrayLike<number>): number {
  let at = 0;
  for (let i = 1; i < y.length; i++) if (y[i]! < y[at]!) at = i;
  return at;
}

export function mean(y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) sum += y[i]!;
  return sum / y.length;
}

/** Several rules smooth the same curve. */
const SMOOTHED = new WeakMap<Float64Array, Float64Array>();

/** Smoothed when there are many points (a loss per batch): means over a twentieth. */
export function smooth(y: Float64Array): Float64Array {
  if (y.length < 40) return y;
  let smoothed = SMOOTHED.get(y);
  if (smoothed === undefined) SMOOTHED.set(y, (smoothed = movingMean(y, Math.ceil(y.length / 20))));
  return smoothed;
}

/**
 * How far a curve came below its opening, as a share of the opening or of its range, whichever is larger: losses may open
 * near zero, or be negative.
 */
export function gainOf(y: Float64Array): number {
  const s = smooth(y);
  if (s.length === 0) return 0;
  const low = least(s);
  const scale = Math.max(Math.abs(s[0]!), most(s) - low);
  return scale === 0 ? 0 : (s[0]! - low) / scale;
}

/** Index of the first point from which on the values stay within `range`; the last index when only that does. */
export function standsStillFrom(y: ArrayLike<number>, range: number): number {
  let low = Infinity;
  let high = -Infinity;
  for (let i = y.length - 1; i >= 0; i--) {
    low = Math.min(low, y[i]!);
    high = Math.max(high, y[i]!);
    if (high - low > range) return i + 1;
  }
  return 0;
}

/** Tells since when, in epochs as the log counts, where a series of steps comes with a series of epochs; else the step. */
export class Clock {
  readonly #epochs: readonly Series[];
  constructor(all: readonly Series[]) {
    this.#epochs = all.filter((s) => s.unit === "step" && /(^|[^a-z])epochs?$/i.test(s.tag) && s.quantity === "other" && s.values.length > 0);
  }

  since(series: Series, step: number): Since {
    const epoch = this.epoch(series, step);
    return epoch === null ? { step } : { epoch };
  }

  /** Whether steps of the series can be told in epochs, and the first step that belongs to an epoch: the one after the last step of those before. */
  firstStep(series: Series, epoch: number): number | null {
    if (series.unit === "epoch") return epoch;
    const clock = this.#clockOf(series);
    if (clock === undefined) return null;
    let after = -Infinity;
    for (let i = 0; i < clock.steps.length; i++) if (Math.ceil(clock.values[i]! - 1e-9) < epoch) after = clock.steps[i]!;
    return Number.isFinite(after) ? after + 1 : (clock.steps[0] ?? null);
  }

  #clockOf(series: Series): Series | undefined {
    return this.#epochs.find((s) => s.source === series.source) ?? this.#epochs[0];
  }

  epoch(series: Series, step: number): number | null {
    if (series.unit === "epoch") return step;
    const clock = this.#clockOf(series);
    if (clock === undefined) return null;
    for (let i = 0; i < clock.steps.length; i++) {
      const value = clock.values[i]!;
      if (clock.steps[i]! >= step && Number.isFinite(value)) return Math.ceil(value - 1e-9);
    }
    return null;
  }
}
