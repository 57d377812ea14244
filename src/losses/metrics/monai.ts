/** MONAI's Dice metrics (monai/metrics/meandice.py, generalized_dice.py, meaniou.py) of hard labels, (B, C, …). */
import type { Numbers } from "../libraries/ndarray";
import { size } from "../libraries/shapes";
import { channelsOf, countsOf, withoutClasses, type Counts, type Table } from "./hard";

export interface MonaiMetricOptions {
  readonly include_background?: boolean;
  /** A class without label is NaN; otherwise 1 where nothing of it is predicted either, and 0 where something is. */
  readonly ignore_empty?: boolean;
  /** For predictions or labels that are class numbers in one channel. */
  readonly num_classes?: number | null;
  /** Voxels with this label do not count. */
  readonly ignore_index?: number | null;
}

/** compute_dice: 2 TP/(2 TP + FP + FN) of each image and class. */
export function monaiDice(predicted: Numbers, label: Numbers, options: MonaiMetricOptions = {}): Table {
  return of(counted(predicted, label, options), options, (both, v, p) => (2 * both) / (v + p), (v, p) => v + p);
}

/** compute_iou: TP/(TP + FP + FN) of each image and class. */
export function monaiIou(predicted: Numbers, label: Numbers, options: MonaiMetricOptions = {}): Table {
  return of(counted(predicted, label, options), options, (both, v, p) => both / (v + p - both), (v, p) => v + p);
}

function of(counts: Counts, { ignore_empty: empty = true }: MonaiMetricOptions, score: (both: number, label: number, predicted: number) => number, any: (label: number, predicted: number) => number): Table {
  const values = counts.label.map((v, i) => {
    if (v > 0) return score(counts.both[i]!, v, counts.predicted[i]!);
    if (empty) return NaN;
    return any(v, counts.predicted[i]!) <= 0 ? 1 : 0;
  });
  return { images: counts.images, classes: counts.classes, values };
}

function counted(predicted: Numbers, label: Numbers, { include_background: background = true, num_classes: told = null, ignore_index: ignored = null }: MonaiMetricOptions): Counts {
  const classes = told ?? predicted.shape[1] ?? 1;
  const spread = (x: Numbers): Numbers => (x.shape[1] === 1 && classes > 1 ? channelsOf({ shape: [x.shape[0]!, ...x.shape.slice(2)], values: x.values }, classes) : x);
  const binary = spread(predicted);
  const counts = countsOf({ shape: binary.shape, values: binary.values.map((p) => (p === 0 ? 0 : 1)) }, spread(label), ignoredMask(label, ignored));
  return background || classes === 1 ? counts : withoutClasses(counts, (c) => c === 0);
}

/** 0 where a voxel is ignored: by its number, by the channel of that class, or because no channel has it. */
function ignoredMask(label: Numbers, ignored: number | null): Numbers | null {
  if (ignored === null) return null;
  const [images = 0, classes = 0, ...space] = label.shape;
  const n = size(space);
  const values = new Float64Array(images * n);
  for (let i = 0; i < values.length; i++) {
    const at = (c: number): number => label.values[(Math.floor(i / n) * classes + c) * n + (i % n)]!;
    if (classes === 1) values[i] = at(0) === ignored ? 0 : 1;
    else if (ignored >= 0 && ignored < classes) values[i] = 1 - at(ignored);
    else values[i] = Array.from({ length: classes }, (_, c) => at(c)).some((t) => t > 0) ? 1 : 0;
  }
  return { shape: [images, 1, ...space], values };
}

export interface GeneralizedOptions {
  readonly include_background?: boolean;
  readonly weight_type?: "square" | "simple" | "uniform";
  readonly sum_over_classes?: boolean;
  readonly ignore_index?: number | null;
}

/** compute_generalized_dice: Σ 2 w TP/Σ w (P + V) of each image, w = 1/V²; without `sum_over_classes` of each class, where the weights cancel. */
export function monaiGeneralizedDice(predicted: Numbers, label: Numbers, options: GeneralizedOptions = {}): Table {
  const { include_background: background = true, weight_type: kind = "square", sum_over_classes: together = false, ignore_index: ignored = null } = options;
  const all = countsOf(predicted, label, ignoredMask(label, ignored));
  const counts = withoutClasses(all, (c) => (c === 0 && !background) || c === ignored);
  const { images, classes } = counts;
  if (classes === 0) return { images, classes: 1, values: new Float64Array(images) };
  const out: number[] = [];
  for (let b = 0; b < images; b++) {
    const rows = Array.from({ length: classes }, (_, c) => b * classes + c);
    const plain = rows.map((i) => (kind === "square" ? 1 / counts.label[i]! ** 2 : kind === "simple" ? 1 / counts.label[i]! : 1));
    const largest = Math.max(0, ...plain.filter(Number.isFinite));
    const w = plain.map((x) => (x === Infinity ? (largest > 0 ? largest : 1) : x));
    const over = rows.map((i, c) => 2 * counts.both[i]! * w[c]!);
    const under = rows.map((i, c) => (counts.label[i]! + counts.predicted[i]!) * w[c]!);
    if (together) out.push(ratio(add(over), add(under)));
    else rows.forEach((_, c) => out.push(ratio(over[c]!, under[c]!)));
  }
  return { images, classes: together ? 1 : classes, values: Float64Array.from(out) };
}

/** Nothing labelled and nothing predicted scores 1. */
const ratio = (over: number, under: number): number => (under === 0 ? 1 : over / under);
const add = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

export type MetricReduction = "none" | "mean" | "sum" | "mean_batch" | "sum_batch" | "mean_channel" | "sum_channel";

/** do_metric_reduction: NaN counts neither above nor below the bar; what is NaN throughout becomes 0. */
export function reducedMetric(table: Table, by: MetricReduction): number[] {
  const { images, classes } = table;
  const cell = (b: number, c: number): number => table.values[b * classes + c]!;
  const column = (c: number): number[] => Array.from({ length: images }, (_, b) => cell(b, c));
  const row = (b: number): number[] => Array.from({ length: classes }, (_, c) => cell(b, c));
  const told = (list: readonly number[]): number[] => list.filter((x) => !Number.isNaN(x));
  const mean = (list: readonly number[]): number => (told(list).length === 0 ? 0 : add(told(list)) / told(list).length);
  const rows = Array.from({ length: images }, (_, b) => row(b));
  const columns = Array.from({ length: classes }, (_, c) => column(c));
  switch (by) {
    case "none":
      return [...table.values];
    case "mean": {
      const held = rows.filter((r) => told(r).length > 0);
      return [held.length === 0 ? 0 : add(held.map(mean)) / held.length];
    }
    case "sum":
      return [add(told([...table.values]))];
    case "mean_batch":
      return columns.map(mean);
    case "sum_batch":
      return columns.map((list) => add(told(list)));
    case "mean_channel":
      return rows.map(mean);
    case "sum_channel":
      return rows.map((list) => add(told(list)));
  }
}
