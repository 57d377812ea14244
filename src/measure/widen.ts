/** The same counts over more classes: epochs of a run are shown and compared class by class. */
import type { EpochMeasure, LabelSet } from "../run";

/** Classes beyond those that were seen have no voxels. `classes` must not be less than the measure's own. */
function widenEpoch(epoch: EpochMeasure, classes: number): EpochMeasure {
  const own = epoch.classes;
  if (classes === own) return epoch;
  const confusion = new Float64Array(classes * classes);
  for (let t = 0; t < own; t++) confusion.set(epoch.confusion.subarray(t * own, (t + 1) * own), t * classes);
  return { ...epoch, classes, confusion, caseDice: widenRows(epoch.caseDice, own, classes, NaN) };
}

function widenLabels(labels: LabelSet, classes: number): LabelSet {
  return classes === labels.classes ? labels : { ...labels, classes, volumes: widenRows(labels.volumes, labels.classes, classes, 0) };
}

function widenRows(rows: Float64Array, from: number, to: number, fill: number): Float64Array {
  const n = from === 0 ? 0 : rows.length / from;
  const out = new Float64Array(n * to).fill(fill);
  for (let i = 0; i < n; i++) out.set(rows.subarray(i * from, (i + 1) * from), i * to);
  return out;
}

/** A table of more classes than this is not widened: it would cost megabytes an epoch, for values that are no classes. */
const MOST_WIDENED = 256;

interface Sets {
  readonly epochs: readonly EpochMeasure[];
  readonly trainEpochs: readonly EpochMeasure[];
  readonly labels: LabelSet | null;
  readonly trainLabels: LabelSet | null;
}

/** All sets of a run over the same classes: as many as any of them holds. */
export function overSameClasses<T extends Sets>(sets: T): T {
  const { epochs, trainEpochs, labels, trainLabels } = sets;
  const classes = [...epochs, ...trainEpochs, labels, trainLabels].reduce((most, set) => Math.max(most, set?.classes ?? 0), 0);
  if (classes > MOST_WIDENED) return sets;
  return {
    ...sets,
    epochs: epochs.map((epoch) => widenEpoch(epoch, classes)),
    trainEpochs: trainEpochs.map((epoch) => widenEpoch(epoch, classes)),
    labels: labels === null ? null : widenLabels(labels, classes),
    trainLabels: trainLabels === null ? null : widenLabels(trainLabels, classes),
  };
}
