/** Labels against predictions, counted. */

/** Counts of one set of cases in one epoch. All arrays have `classes` entries unless said otherwise. */
export interface EpochMeasure {
  /** As the log counts it. */
  readonly epoch: number;
  readonly split: "train" | "val";
  /** File, folder, or `file#entry` (npz key, HDF5 dataset), relative to the run's folder. */
  readonly predictions: string;
  readonly labels: string;
  readonly cases: number;
  readonly classes: number;
  /** Voxels by label (row) and prediction (column), row-major, classes × classes. */
  readonly confusion: Float64Array;
  /** True when all cases (two or more) got the same prediction, voxel for voxel, though their labels differ. */
  readonly constant: boolean;
  /** Dice per case and class, cases × classes row-major; NaN where undefined (absent from both). */
  readonly caseDice: Float64Array;
  readonly caseNames: readonly string[];
  /** How the arrays were read, e.g. "index map" or "probabilities, argmax over axis 3 of 4". */
  readonly layout: string;
  /** Voxels whose prediction held a NaN or infinity; they count as predicted by the finite channels alone, or class 0 if none is. */
  readonly nonFinite: number;
  /** Voxels left out because their label is the ignore value (255 or negative). */
  readonly ignored: number;
  /** Label values in the order of the classes that they are taken for; absent where they are class indices themselves. */
  readonly labelValues?: readonly number[];
  /**
   * The classes from 1 on are regions that may overlap, each counted on its own against class 0, "outside": a voxel may count
   * several times, and class 0 is nothing that is predicted.
   */
  readonly regions?: true;
  /**
   * Voxels of each case by label and prediction: case (index in `caseNames`), label, prediction, voxels; case, label, …
   * Only of the newest validation epoch, and where there are not too many.
   */
  readonly caseCells?: Float64Array;
}

/** One set of label maps, counted. */
export interface LabelSet {
  /** File, folder or `file#entry`, relative to the run's folder. */
  readonly path: string;
  readonly split: "train" | "val";
  readonly cases: number;
  readonly caseNames: readonly string[];
  readonly classes: number;
  /** Voxels per case and class, cases × classes row-major. */
  readonly volumes: Float64Array;
  readonly layout: string;
  /** As in `EpochMeasure`. */
  readonly regions?: true;
}

/** What an index of measured classes is called; of regions the first is what lies outside all of them. */
export interface ClassInfo {
  readonly index: number;
  readonly name: string | null;
  readonly background: boolean;
}

/** Row sums: labelled voxels per class. */
export function labelVoxels(m: Pick<EpochMeasure, "classes" | "confusion">): number[] {
  const out = new Array<number>(m.classes).fill(0);
  for (let t = 0; t < m.classes; t++) for (let p = 0; p < m.classes; p++) out[t]! += m.confusion[t * m.classes + p]!;
  return out;
}

/** Column sums: predicted voxels per class. */
export function predictedVoxels(m: Pick<EpochMeasure, "classes" | "confusion">): number[] {
  const out = new Array<number>(m.classes).fill(0);
  for (let t = 0; t < m.classes; t++) for (let p = 0; p < m.classes; p++) out[p]! += m.confusion[t * m.classes + p]!;
  return out;
}

/** Dice per class, 2 TP / (2 TP + FP + FN), from counts summed over all cases; null where the class is in neither. */
export function dice(m: Pick<EpochMeasure, "classes" | "confusion">): (number | null)[] {
  const label = labelVoxels(m);
  const predicted = predictedVoxels(m);
  return label.map((v, c) => {
    const sum = v + predicted[c]!;
    return sum === 0 ? null : (2 * m.confusion[c * m.classes + c]!) / sum;
  });
}

/** Intersection over union per class, TP / (TP + FP + FN); null where the class is in neither. */
export function iou(m: Pick<EpochMeasure, "classes" | "confusion">): (number | null)[] {
  const label = labelVoxels(m);
  const predicted = predictedVoxels(m);
  return label.map((v, c) => {
    const tp = m.confusion[c * m.classes + c]!;
    const union = v + predicted[c]! - tp;
    return union === 0 ? null : tp / union;
  });
}

/** Mean Dice over the classes that the labels hold, background left out; null when there is none. */
export function foregroundDice(m: Pick<EpochMeasure, "classes" | "confusion">, background: number): number | null {
  const label = labelVoxels(m);
  let sum = 0;
  let n = 0;
  for (const [c, d] of dice(m).entries()) {
    if (c === background || label[c] === 0 || d === null) continue;
    sum += d;
    n++;
  }
  return n === 0 ? null : sum / n;
}
