/** How label and prediction arrays lie: which axis holds the classes, which voxels belong together. */
import type { VolumeEntry } from "../read/format";
import { valuesAlong, type AxisValues } from "./axisValues";
import { MAX_CLASS } from "./codes";
import { MeasureError, shapeText } from "./measureError";
import type { PrefixReader } from "./prefixReader";

/** One way to read an array. */
export interface ArrayLayout {
  /** Axis of the logical shape that holds the classes; null for one value a voxel. */
  readonly classAxis: number | null;
  /** Axes of the logical shape. */
  readonly rank: number;
  /** Length of the class axis; 1 without one. */
  readonly channels: number;
  /** Storage as [outer][channels][inner]. */
  readonly outer: number;
  readonly inner: number;
  /** Logical shape of the voxels, without class axis and axes of length 1. */
  readonly core: readonly number[];
  readonly order: "C" | "F";
  /** What the values along the class axis, or the values themselves, look like; looked at when first asked for. */
  readonly values: () => AxisValues;
}

export interface PairLayout {
  readonly labels: ArrayLayout;
  readonly predictions: ArrayLayout;
  /** Whether the first axis counts cases. Null: three axes, which may be a stack of images or one volume. */
  readonly stacked: boolean | null;
}

/** All ways to read `entry`: one value a voxel, or classes along any axis that may hold them. */
export function candidates(reader: PrefixReader): ArrayLayout[] {
  const { shape, order } = reader.entry;
  const out = [layoutOf(reader, null)];
  shape.forEach((size, axis) => {
    const rest = shape.filter((n, i) => i !== axis && n > 1).length;
    if (size >= 2 && size <= MAX_CLASS + 1 && rest >= 2) out.push(layoutOf(reader, axis));
  });
  return order === "C" || shape.length < 2 ? out : [...out, ...out.map(turned)];
}

/** The same bytes, called by the reverse of the axes: (x, y, z) with x running fastest is (z, y, x) with the last running fastest. */
function turned(layout: ArrayLayout): ArrayLayout {
  return { ...layout, core: [...layout.core].reverse(), order: "C" };
}

function layoutOf(reader: PrefixReader, classAxis: number | null): ArrayLayout {
  const { shape, order } = reader.entry;
  const stored = order === "C" ? shape : [...shape].reverse();
  const at = classAxis === null ? shape.length : order === "C" ? classAxis : shape.length - 1 - classAxis;
  const channels = classAxis === null ? 1 : shape[classAxis]!;
  const outer = stored.slice(0, at).reduce((a, b) => a * b, 1);
  const inner = stored.slice(at + 1).reduce((a, b) => a * b, 1);
  let seen: AxisValues | null = null;
  const values = (): AxisValues => (seen ??= valuesAlong(reader, outer, channels, inner));
  return { classAxis, rank: shape.length, channels, outer, inner, core: shape.filter((n, i) => i !== classAxis && n > 1), order, values };
}

/** What decides, beside the values, how a pair is read. */
export function kindOfPair(labels: PrefixReader, predictions: PrefixReader): string {
  return [labels, predictions].map(({ entry }) => `${entry.dtype} ${entry.order} ${entry.shape.join()}`).join(" ");
}

/** The layout of another pair of the same kind, for this one. */
export function alike(layout: PairLayout, labels: PrefixReader, predictions: PrefixReader): PairLayout {
  const again = (reader: PrefixReader, { classAxis, order }: ArrayLayout): ArrayLayout => {
    const own = layoutOf(reader, classAxis);
    return own.order === order ? own : turned(own);
  };
  return { labels: again(labels, layout.labels), predictions: again(predictions, layout.predictions), stacked: layout.stacked };
}

/** The layout of labels and predictions that fits both shapes, and the values where several do. */
export function pairLayout(labels: PrefixReader, predictions: PrefixReader, classesHint: number | null): PairLayout {
  hasVoxels("labels", labels.entry);
  hasVoxels("predictions", predictions.entry);
  const ofLabels = candidates(labels);
  const ofPredictions = candidates(predictions);
  const pairs = ofLabels.flatMap((l) => ofPredictions.filter((p) => equal(l.core, p.core) || flattened(l, p) || flattened(p, l)).map((p) => ({ l, p })));
  const memo = new Map<ArrayLayout, number>();
  const score = (layout: ArrayLayout, isLabels: boolean): number => {
    let s = memo.get(layout);
    if (s === undefined) memo.set(layout, (s = plausibility(layout, isLabels, isLabels ? labels : predictions, classesHint)));
    return s;
  };
  let best: { l: ArrayLayout; p: ArrayLayout } | null = null;
  let most = -Infinity;
  // Where no axis can hold classes, only the order of the axes is open: the values need not be looked at.
  const plain = pairs.every(({ l, p }) => l.classAxis === null && p.classAxis === null);
  for (const pair of pairs) {
    const s = plain ? placeOf(pair.l, labels) + placeOf(pair.p, predictions) : score(pair.l, true) + score(pair.p, false);
    if (s > most) [best, most] = [pair, s];
  }
  if (best === null) throw new MeasureError(misfit(labels.entry, predictions.entry, ofLabels, ofPredictions));
  checkOneHot(best.l, labels.entry);
  return { labels: best.l, predictions: best.p, stacked: stackedCases([labels.entry, best.l], [predictions.entry, best.p]) };
}

/** Labels along an axis are one-hot or shares; a stack of masks, or fractions, must not be taken for that. */
function checkOneHot(layout: ArrayLayout, entry: VolumeEntry): void {
  if (layout.classAxis === null || layout.values().sumToOne !== false || layout.values().max > 1) return;
  throw new MeasureError(`labels ${shapeText(entry.shape)} do not sum to 1 along axis ${layout.classAxis}: neither one-hot nor one class index a voxel`);
}

/** The layout of labels alone: one-hot where an axis holds one 1 and else 0, else an index map. */
export function labelsLayout(labels: PrefixReader, classesHint: number | null): { readonly labels: ArrayLayout; readonly stacked: boolean | null } {
  hasVoxels("labels", labels.entry);
  let best: ArrayLayout | null = null;
  let most = -Infinity;
  for (const layout of candidates(labels)) {
    const s = plausibility(layout, true, labels, classesHint);
    if (s > most) [best, most] = [layout, s];
  }
  return { labels: best!, stacked: stackedCases([labels.entry, best!]) };
}

/** Higher is likelier. What the values say outweighs the number of classes, and that the usual places. */
function plausibility(layout: ArrayLayout, isLabels: boolean, reader: PrefixReader, classesHint: number | null): number {
  const { classAxis, channels } = layout;
  const values = layout.values();
  const place = placeOf(layout, reader);
  if (classAxis === null) return place + (values.integers ? 2 : isLabels ? -8 : -2);
  const rank = reader.entry.shape.length;
  const usual = classAxis === rank - 1 ? 0.4 : classAxis === 1 ? 0.3 : classAxis === 0 ? 0.1 : 0;
  const count = channels === classesHint ? 1 : 0;
  const said = values.sumToOne === true ? 4 : isLabels ? -4 : values.integers && values.max > 1 ? -4 : values.sumToOne === false && values.min >= 0 && values.max <= 1 ? -1 : 1;
  return place + usual + count + said;
}

function placeOf(layout: ArrayLayout, reader: PrefixReader): number {
  return layout.order === reader.entry.order ? 0.2 : 0;
}

/** Whether the first axis of the voxels counts cases. A NIfTI file is one case; of four axes the first counts. */
export function stackedCases(...arrays: readonly (readonly [VolumeEntry, ArrayLayout])[]): boolean | null {
  const core = arrays[0]![1].core;
  if (core.length < 3 || arrays.some(([entry]) => entry.order === "F")) return false;
  // (1, D, H, W): a batch of one volume
  const batchOfOne = arrays.some(([entry, layout]) => entry.shape.filter((_, i) => i !== layout.classAxis)[0] === 1);
  if (core.length === 3 && batchOfOne) return false;
  if (core.length > 3) return !batchOfOne;
  // (512, 512, 40): slices last. A stack of images is (N, H, W).
  return core[0] === core[1] && core[1] !== core[2] ? false : null;
}

/** (N, H·W) for the cases of (N, H, W): the same voxels in the same order where both are stored in C order. */
function flattened(flat: ArrayLayout, full: ArrayLayout): boolean {
  const [cases, voxels, more] = flat.core;
  return full.core.length >= 3 && more === undefined && flat.order === "C" && full.order === "C" && cases === full.core[0] && voxels === full.core.slice(1).reduce((a, b) => a * b, 1);
}

function misfit(labels: VolumeEntry, predictions: VolumeEntry, ofLabels: readonly ArrayLayout[], ofPredictions: readonly ArrayLayout[]): string {
  const shapes = `labels ${shapeText(labels.shape)}, predictions ${shapeText(predictions.shape)}`;
  for (const l of ofLabels) {
    for (const p of ofPredictions) {
      if (l.core.length > 2 && equal(l.core.slice(1), p.core.slice(1))) return `labels hold ${l.core[0]!} cases and predictions ${p.core[0]!}: ${shapes}`;
    }
  }
  return `labels and predictions do not fit: ${shapes}`;
}

function hasVoxels(what: string, entry: VolumeEntry): void {
  if (entry.shape.length === 0 || entry.shape.some((n) => n === 0)) throw new MeasureError(`${what} hold no voxels: shape ${shapeText(entry.shape)}`);
  if (entry.shape.filter((n) => n > 1).length < 2) throw new MeasureError(`${what} are no images: shape ${shapeText(entry.shape)}`);
}

export function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}
