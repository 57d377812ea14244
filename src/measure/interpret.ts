/** What the values of a whole set mean: classes, masks of 0 and 255, values left out, thresholds. */
import { Special } from "./codes";
import { MeasureError } from "./measureError";

/** Value → class; -1 for what is left out. */
export interface Meaning {
  readonly classOf: (value: number) => number;
  /** For the layout's sentence. */
  readonly note: string;
}

/** Classes that an argmax gave. */
export const CLASSES: Meaning = { classOf: (value) => value, note: "" };
const AS_THEY_ARE: Meaning = { classOf: (value) => (value < 0 ? -1 : value), note: "index map" };
const MASK: Meaning = { classOf: (value) => (value === 255 ? 1 : value), note: "masks of 0 and 255" };

/**
 * Label values. `ignore`, the value that the run's settings name, is left out; 255 is, too, unless the labels hold 254 too (then it is a class like others), or nothing but 0 and 255,
 * where it is class 1 (as image masks have it): what is left out lies around or beside objects, and there is none. Negative
 * values are left out.
 */
export function labelMeaning(values: ReadonlySet<number>, knownClasses: number | null, ignore?: number | null): Meaning {
  if (ignore !== undefined && ignore !== null && ignore >= 0 && values.has(ignore)) return { classOf: (value) => (value < 0 || value === ignore ? -1 : value), note: `index map, ${ignore} left out` };
  if (!values.has(255)) return AS_THEY_ARE;
  const others = [...values].filter((v) => v !== 255 && v >= 0);
  if (others.includes(254) || (knownClasses ?? 0) > 255) return AS_THEY_ARE;
  if (others.every((v) => v === 0)) return MASK;
  return { classOf: (value) => (value < 0 || value === 255 ? -1 : value), note: "index map, 255 left out" };
}

/**
 * Label values in the order of the classes that they stand for, where they are no class indices of predictions with `channels`
 * values a voxel: 0, 1, 2, 4 for 4 channels; 1, 2, 3 for 3; grey levels 0, 127, 255 for 3. As many values as channels are taken
 * in their order. Null where they are class indices; more values than channels are too (a network with a class too few).
 * Throws MeasureError where there are fewer, so that nothing tells which value is which channel.
 */
export function codedLabels(values: ReadonlySet<number>, channels: number): readonly number[] | null {
  const all = [...values].filter((v) => v >= 0).sort((a, b) => a - b);
  const classes = all.filter((v) => v !== 255);
  if (classes.every((v) => v < channels)) return null;
  for (const list of [classes, all]) if (list.length === channels) return list;
  if (classes.length > channels) return null;
  throw new MeasureError(`labels hold the values ${classes.join(", ")}, predictions ${channels} values a voxel: which class is which is not told`);
}

/**
 * Labels stored as an image: three or more grey levels evenly spread from 0 to 255, beside predictions of as many class indices,
 * or of the same levels.
 */
export function greyLabels(values: ReadonlySet<number>, predictions: ReadonlySet<number>): readonly number[] | null {
  const all = [...values].sort((a, b) => a - b);
  const n = all.length;
  if (n < 3 || !all.every((v, i) => Math.abs(v - (255 * i) / (n - 1)) <= 1)) return null;
  const fits = (most: (v: number) => boolean): boolean => [...predictions].every((v) => (v >= 0 && most(v)) || v === Special.nonFinite);
  return fits((v) => v < n) || fits((v) => nearLevel(v, n)) ? all : null;
}

/**
 * Labels whose values are no class indices beside predictions that are (0, 10, 20 for 0, 1, 2; 0, 1, 2, 4 for 0 to 3), as many as the
 * network's classes where these are known. Only where the predictions hold a value that the labels lack, and agree better with
 * the labels so (`agreement`: voxels for which label and prediction are the same class): else the labels hold a class that is never predicted.
 */
export function indexedLabels(labels: ReadonlySet<number>, predictions: ReadonlySet<number>, channels: number | null, agreement: (classOf: (label: number) => number) => number): readonly number[] | null {
  const all = [...labels].filter((v) => v >= 0 && v !== 255).sort((a, b) => a - b);
  const n = all.length;
  if (n < 2 || all[n - 1]! < n || (channels !== null && channels !== n)) return null;
  const numbers = [...predictions].filter((v) => v !== Special.nonFinite);
  if (numbers.some((v) => v < 0 || v >= n) || numbers.every((v) => labels.has(v))) return null;
  return agreement(coded(all).classOf) > agreement((v) => v) ? all : null;
}

/** Whether a grey value is one of `n` levels from 0 to 255. */
function nearLevel(value: number, n: number): boolean {
  return value <= 255 && Math.abs(value - (255 * levelOf(value, n)) / (n - 1)) <= 1;
}

function levelOf(value: number, n: number): number {
  return Math.round((value * (n - 1)) / 255);
}

/** Predictions beside labels of `n` grey levels: of the same levels, or class indices (null). */
export function greyPredictions(values: ReadonlySet<number>, n: number): Meaning | null {
  if ([...values].every((v) => v < n)) return null;
  return { classOf: (value) => (value < 0 ? 0 : levelOf(value, n)), note: `${n} grey levels` };
}

/** More different labels than this are numbers of objects where the predictions know fewer classes. */
const MOST_LABELS = 256;

/** Throws MeasureError where label values seem to number objects (cells, nuclei) one by one. `classes`: as many as predictions know. */
export function refuseInstances(labels: ReadonlySet<number>, classes: number): void {
  if (labels.size > MOST_LABELS && classes * 2 < labels.size) throw new MeasureError(`labels hold ${labels.size} different values, predictions ${classes} classes: the labels number objects (instances), which are not measured`);
}

/** Values that stand for classes in their order; others are left out. */
export function coded(values: readonly number[]): Meaning {
  const index = new Map(values.map((value, i) => [value, i]));
  return { classOf: (value) => index.get(value) ?? -1, note: `values ${values.join(", ")} for classes 0 to ${values.length - 1}` };
}

/**
 * Values of predictions with one value a voxel: class indices, masks, or scores of one class against the background.
 * `labels`: what the labels were taken for, and how many classes they hold.
 */
export function predictionMeaning(values: ReadonlySet<number>, labels: { readonly note: string; readonly classes: number }): Meaning {
  const fractions = [Special.low, Special.high, Special.above, Special.below].some((s) => values.has(s));
  const numbers = [...values].filter((v) => v >= 0);
  const finite = (classOf: (value: number) => number): ((value: number) => number) => (value) => (value === Special.nonFinite ? 0 : classOf(value));
  if (fractions) {
    if (labels.classes > 2) throw new MeasureError(`predictions hold one value a voxel, and fractions: no class indices, though the labels hold ${labels.classes} classes`);
    const scores = [Special.above, Special.below, Special.negative, Special.huge].some((s) => values.has(s)) || numbers.some((v) => v > 1);
    return scores ? { classOf: finite(aboveZero), note: "logits of one class, threshold 0" } : { classOf: finite(aboveHalf), note: "probabilities of one class, threshold 0.5" };
  }
  if (values.has(Special.huge)) throw new MeasureError("predictions hold values above 1023, which are no class indices");
  const twoClasses = labels.classes <= 2;
  if (twoClasses && numbers.includes(255) && numbers.every((v) => v === 0 || v === 255)) return { ...MASK, classOf: finite(MASK.classOf) };
  // Labels of two classes and dozens of values up to 255: probabilities stored as an image.
  const grey = (twoClasses || labels.note === MASK.note) && numbers.some((v) => v >= MAX_INDICES) && numbers.every((v) => v <= 255);
  if (grey) return { classOf: finite((value) => (value > 127 ? 1 : 0)), note: "grey levels of one class, threshold 127.5" };
  if (values.has(Special.negative)) throw new MeasureError("predictions hold negative values, which are no class indices");
  return { classOf: finite((value) => value), note: "index map" };
}

/** More distinct indices than this are taken for grey levels when the labels are masks. */
const MAX_INDICES = 32;

/** Classes that predictions with one value a voxel show, before it is known what the labels are; 0 when they may be scores or grey levels. */
export function classesOf(values: ReadonlySet<number>): number {
  let most = -1;
  for (const value of values) {
    if (value >= MAX_INDICES || (value < 0 && value !== Special.nonFinite)) return 0;
    most = Math.max(most, value);
  }
  return most + 1;
}

/** What predictions with one value a voxel are compared as, judged by the range of a first look at them. */
export function foldOf(values: { readonly min: number; readonly max: number; readonly integers: boolean }): (value: number) => number {
  if (values.integers) return (value) => value;
  return values.min < 0 || values.max > 1 ? aboveZero : aboveHalf;
}

function aboveHalf(value: number): number {
  return value === Special.high || value >= 1 ? 1 : 0;
}

function aboveZero(value: number): number {
  return value > 0 || value === Special.low || value === Special.high || value === Special.above || value === Special.huge ? 1 : 0;
}

/** One sentence for each way in which label values were taken for classes. */
export function labelAssumptions(epochs: readonly { readonly labels: string; readonly labelValues?: readonly number[] }[]): string[] {
  const said = epochs.flatMap(({ labels, labelValues }) => (labelValues === undefined ? [] : [`Label values ${labelValues.join(", ")} in ${labels} are taken for classes 0 to ${labelValues.length - 1} in their order, as the predictions count them.`]));
  return [...new Set(said)];
}
