/** What a trial tells of its predictions beside their Dice. */
import { predictedVoxels, type EpochMeasure } from "../../run";

/** Voxels by label and prediction: [label * classes + predicted]. */
export type Counts = Pick<EpochMeasure, "classes" | "confusion">;

export function confusion(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Counts {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * classes + predicted[i]!]!++;
  return { classes, confusion: counts };
}

/** Mean of the classes but the background; null where none of them is defined. */
export function foregroundMean(dice: readonly (number | null)[], background: number): number | null {
  const defined = dice.filter((d, c): d is number => c !== background && d !== null);
  return defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length;
}

/** Share of the voxels that are predicted as the class. */
export function predictedShare(counts: Counts, c: number): number {
  const predicted = predictedVoxels(counts);
  const all = predicted.reduce((a, b) => a + b, 0);
  return all === 0 ? 0 : predicted[c]! / all;
}
