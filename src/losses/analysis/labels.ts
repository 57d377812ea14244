/** What the analysis of a loss needs of a set of label maps: how many voxels of each class each image holds. */
import { random } from "../random";

export interface LabelSet {
  readonly classes: number;
  /** Index of the background class; without one, the class with most voxels takes its part. */
  readonly background: number;
  /** Voxels per class, one array an image. */
  readonly images: readonly Float64Array[];
  /** Voxels by label and prediction of the run's own last prediction, [label * classes + predicted], one array an image. Null where there is none. */
  readonly predicted: readonly Float64Array[] | null;
  /** Images of a batch. */
  readonly batchSize: number;
}

/** Batches that are looked at, at most. */
const MAX_BATCHES = 16;

/** Indices of images by batch, shuffled as a training shuffles them, the same way each time. */
export function batchesOf(set: LabelSet): number[][] {
  const order = shuffled(set.images.length);
  const size = Math.max(1, Math.min(set.batchSize, order.length));
  const count = Math.min(Math.floor(order.length / size), MAX_BATCHES);
  return Array.from({ length: count }, (_, k) => order.slice(k * size, (k + 1) * size));
}

/** 0 to n - 1 in an order of chance (Fisher and Yates). */
function shuffled(n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  const next = random(1);
  for (let i = n - 1; i > 0; i--) {
    const j = (next() * 2 ** 32) % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The class with most voxels. */
export function commonest(images: readonly Float64Array[], classes: number): number {
  const totals = Array.from({ length: classes }, (_, c) => images.reduce((s, i) => s + i[c]!, 0));
  return totals.indexOf(Math.max(...totals));
}

/** Voxels per class of each image or batch. */
export function volumesOf(set: LabelSet, units: readonly (readonly number[])[]): number[][] {
  return units.map((unit) => Array.from({ length: set.classes }, (_, c) => unit.reduce((s, b) => s + set.images[b]![c]!, 0)));
}

/** Mean number of classes that an image or batch lacks. */
export function absentClasses(volumes: readonly (readonly number[])[]): number {
  return volumes.reduce((s, v) => s + v.filter((n) => n === 0).length, 0) / Math.max(1, volumes.length);
}
