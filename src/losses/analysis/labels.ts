/** What the analysis of a loss needs of a set of label maps: how many voxels of each class each image holds. */

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

/** 0 to n - 1 in an order of chance (Fisher and Yates, with the numbers of mulberry32). */
function shuffled(n: number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  let state = 1;
  for (let i = n - 1; i > 0; i--) {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    const j = ((t ^ (t >>> 14)) >>> 0) % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The class with most voxels. */
export function commonest(images: readonly Float64Array[], classes: number): number {
  const totals = Array.from({ length: classes }, (_, c) => images.reduce((s, i) => s + i[c]!, 0));
  return totals.indexOf(Math.max(...totals));
}

/** Mean number of classes that an image (or batch) lacks. */
export function absentClasses(set: LabelSet, units: readonly (readonly number[])[]): number {
  const lacking = units.map((unit) => Array.from({ length: set.classes }, (_, c) => c).filter((c) => unit.every((b) => set.images[b]![c] === 0)).length);
  return lacking.reduce((a, b) => a + b, 0) / Math.max(1, lacking.length);
}
