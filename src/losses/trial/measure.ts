/** Dice of predictions, by counting. */

/** Voxels by label and prediction: counts[label * classes + predicted]. */
export function confusion(labels: ArrayLike<number>, predicted: ArrayLike<number>, classes: number): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]! * classes + predicted[i]!]!++;
  return counts;
}

/** 2 TP/(2 TP + FP + FN) of each class; null where neither labels nor predictions hold it. */
export function diceOf(counts: Float64Array, classes: number): (number | null)[] {
  return Array.from({ length: classes }, (_, c) => {
    let labelled = 0;
    let predicted = 0;
    for (let k = 0; k < classes; k++) {
      labelled += counts[c * classes + k]!;
      predicted += counts[k * classes + c]!;
    }
    return labelled + predicted === 0 ? null : (2 * counts[c * classes + c]!) / (labelled + predicted);
  });
}

/** Mean of the classes but the background; null where none of them is defined. */
export function foregroundMean(dice: readonly (number | null)[], background: number): number | null {
  const defined = dice.filter((d, c): d is number => c !== background && d !== null);
  return defined.length === 0 ? null : defined.reduce((a, b) => a + b, 0) / defined.length;
}

/** Share of the voxels that are predicted as the class. */
export function predictedShare(counts: Float64Array, classes: number, c: number): number {
  let own = 0;
  let all = 0;
  counts.forEach((n, i) => {
    all += n;
    if (i % classes === c) own += n;
  });
  return all === 0 ? 0 : own / all;
}
