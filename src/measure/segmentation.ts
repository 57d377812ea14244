/** Exact counts of labels against predictions, one set of cases at a time. */
import { FormatError } from "../read/bytes/source";
import type { VolumeEntry } from "../read/format";
import type { EpochMeasure, LabelSet } from "../run";
import { CaseCounts, countedEpoch } from "./caseCounts";
import { Special, type Codes } from "./codes";
import { labelOf, predictionOf } from "./counts";
import { CLASSES, classesOf, coded, codedLabels, foldOf, greyLabels, greyPredictions, indexedLabels, labelMeaning, predictionMeaning, refuseInstances, type Meaning } from "./interpret";
import { alike, kindOfPair, labelsLayout, pairLayout, stackedCases, type ArrayLayout, type PairLayout } from "./labelLayout";
import { MeasureError, MeasureStopped } from "./measureError";
import { PrefixReader } from "./prefixReader";
import { alikeRegions, labelRegions, regionPair, regionsOfOne, regionVoxels, type RegionHint, type RegionPair } from "./regions";
import { epochOfRegions, labelsOfRegions } from "./regionTable";
import { sideBySide, voxelsOf } from "./voxels";

export { MeasureError, MeasureStopped } from "./measureError";

export interface OpenLabels {
  readonly name: string;
  readonly labels: VolumeEntry;
  close(): void;
}

/** Labels and predictions of one case, or of many stacked along the first axis of both. */
export interface OpenCase extends OpenLabels {
  readonly predictions: VolumeEntry;
}

interface What extends RegionHint {
  readonly split: "train" | "val";
  /** Number of classes where it is known from elsewhere. */
  readonly classesHint: number | null;
  /** How many `cases` will come, where it is known: (N, H, W) is a stack of images when it comes alone, a volume when others come too. */
  readonly files?: number;
}

export interface EpochWhat extends What {
  readonly epoch: number;
  /** `labelValues` of another epoch that was measured with these labels. */
  readonly values?: readonly number[];
  readonly predictions: string;
  readonly labels: string;
}

export interface LabelsWhat extends What {
  readonly path: string;
  /** `labelValues` of the epoch that was measured with these labels. */
  readonly values?: readonly number[];
}

export type OnProblem = (caseName: string, message: string) => void;
/** Numbers of `caseCells` that are kept at most (2 MB). */
const MAX_CASE_CELLS = 1 << 18;

const never = (): boolean => false;
const INTEGER = /^(u?int\d+|bool)$/;

/**
 * Counts predictions against labels over all cases (opened one at a time, closed here). Classes are as many as labels,
 * predictions, class axes and `classesHint` know. Voxels whose label is left out (255, negative) are counted in `ignored` alone.
 * A case that cannot be read or paired is told to `onProblem` and left out; without `onProblem`, or when no case is left,
 * its error is thrown (MeasureError, FormatError). Throws MeasureStopped once `shouldStop` says so.
 */
export function measureEpoch(what: EpochWhat, cases: Iterable<OpenCase>, shouldStop: () => boolean = never, onProblem?: OnProblem): EpochMeasure {
  const counts = new CaseCounts(what.files);
  const kinds = new Map<string, PairLayout>();
  const regionKinds = new Map<string, RegionPair | null>();
  let layout: PairLayout | null = null;
  const regions: { pair: RegionPair | null } = { pair: null };
  let channels = 0;
  let spoilt = 0;
  const pairUp = (left: Iterable<Codes>, right: Iterable<Codes>): void => {
    for (const { a, b, n } of sideBySide(left, right)) {
      if (shouldStop()) throw new MeasureStopped();
      counts.add(a, b, n);
    }
    if (!counts.complete) throw new MeasureError("labels or predictions end before their last voxel");
  };
  eachCase(cases, counts, onProblem, (one) => {
    const labels = new PrefixReader(one.labels);
    const predictions = new PrefixReader(one.predictions);
    // Cases of one set are stored alike: the first of each kind decides.
    const kind = kindOfPair(labels, predictions);
    const seen = regionKinds.get(kind);
    const pair = seen === undefined ? regionPair(labels, predictions, what) : seen === null ? null : alikeRegions(seen, labels, predictions);
    regionKinds.set(kind, pair);
    if (counts.cases.length > 0 && (pair?.count ?? 0) !== (regions.pair?.count ?? 0)) throw new MeasureError(`${pair?.count ?? "no"} overlapping regions, and ${regions.pair?.count ?? "none"} in the first case`);
    if (pair !== null) {
      regions.pair = pair;
      counts.begin(one.name, pair.labels.layout.core, regionsOfOne(pair) ? false : stackedCases([one.labels, pair.labels.layout], [one.predictions, pair.predictions!.layout]));
      const turn = pair.labels.layout.order !== pair.predictions!.layout.order;
      const notes = { nonFinite: 0 };
      pairUp(regionVoxels(labels, pair.labels, "labels", what, turn, { nonFinite: 0 }), regionVoxels(predictions, pair.predictions!, "predictions", what, turn, notes));
      spoilt += notes.nonFinite;
      return;
    }
    const known = kinds.get(kind);
    const here = known === undefined ? pairLayout(labels, predictions, what.classesHint) : alike(known, labels, predictions);
    kinds.set(kind, here);
    if (layout !== null) sameKind(layout, here);
    // Integers stand for themselves. Others are looked at now: later the file is closed.
    const look = here.predictions.classAxis === null && INTEGER.test(one.predictions.dtype) ? null : here.predictions.values();
    if (look !== null && here.predictions.classAxis === null) counts.foldPredictions(foldOf(look));
    counts.begin(one.name, here.labels.core.length < here.predictions.core.length ? here.predictions.core : here.labels.core, here.stacked);
    // Different orders in memory: both are brought into C order, voxel by voxel the same.
    const turn = here.labels.order !== here.predictions.order;
    const notes = { nonFinite: 0 };
    pairUp(voxelsOf(labels, here.labels, "labels", turn, { nonFinite: 0 }), voxelsOf(predictions, here.predictions, "predictions", turn, notes));
    layout ??= here;
    channels = Math.max(channels, axisLength(here.labels), axisLength(here.predictions));
    spoilt += notes.nonFinite;
  });
  return regions.pair === null ? tabulate(what, counts, layout!, channels, spoilt) : epochOfRegions(what, counts, regions.pair, spoilt);
}

/** Voxels per class of one set of label maps; cases, problems and stopping as for `measureEpoch`. */
export function measureLabels(what: LabelsWhat, cases: Iterable<OpenLabels>, shouldStop: () => boolean = never, onProblem?: OnProblem): LabelSet {
  const counts = new CaseCounts(what.files);
  let layout: ArrayLayout | null = null;
  const regions: { pair: RegionPair | null } = { pair: null };
  let channels = 0;
  eachCase(cases, counts, onProblem, (one) => {
    const labels = new PrefixReader(one.labels);
    const pair = regions.pair !== null ? alikeRegions(regions.pair, labels, null) : counts.cases.length === 0 ? labelRegions(labels, what) : null;
    if (pair !== null) {
      regions.pair = pair;
      counts.begin(one.name, pair.labels.layout.core, regionsOfOne(pair) ? false : stackedCases([one.labels, pair.labels.layout]));
      for (const slab of regionVoxels(labels, pair.labels, "labels", what, false, { nonFinite: 0 })) {
        if (shouldStop()) throw new MeasureStopped();
        counts.add(slab, null, slab.data.length);
      }
      if (!counts.complete) throw new MeasureError("labels end before their last voxel");
      return;
    }
    const here = labelsLayout(labels, what.classesHint);
    counts.begin(one.name, here.labels.core, here.stacked);
    for (const slab of voxelsOf(labels, here.labels, "labels", false, { nonFinite: 0 })) {
      if (shouldStop()) throw new MeasureStopped();
      counts.add(slab, null, slab.data.length);
    }
    if (!counts.complete) throw new MeasureError("labels end before their last voxel");
    layout ??= here.labels;
    channels = Math.max(channels, axisLength(here.labels));
  });
  if (regions.pair !== null) return labelsOfRegions(what, counts, regions.pair);
  const decided: ArrayLayout = layout!;
  const values = counts.values().labels;
  const mean = decided.classAxis !== null ? CLASSES : what.values === undefined ? labelMeaning(values, what.classesHint, what.ignoreLabel) : coded(what.values);
  const classes = Math.max(what.classesHint ?? 0, channels, 1 + largest(values, mean));
  const volumes = new Float64Array(counts.cases.length * classes);
  counts.cases.forEach(({ cells }, i) => {
    for (let k = 0; k < cells.length; k += 2) {
      const c = mean.classOf(labelOf(cells[k]!));
      if (c >= 0) volumes[i * classes + c]! += cells[k + 1]!;
    }
  });
  return { path: what.path, split: what.split, cases: counts.cases.length, caseNames: counts.cases.map((c) => c.name), classes, volumes, layout: labelWords(decided, mean) };
}

/** Measures one case after the other; a case that fails is taken back and told. */
function eachCase<T extends OpenLabels>(cases: Iterable<T>, counts: CaseCounts, onProblem: OnProblem | undefined, measure: (one: T) => void): void {
  const failed: { name: string; error: Error }[] = [];
  for (const one of cases) {
    try {
      measure(one);
      counts.commit();
    } catch (error) {
      if (!(error instanceof MeasureError || error instanceof FormatError) || onProblem === undefined) throw error;
      counts.abort();
      failed.push({ name: one.name, error });
    } finally {
      one.close();
    }
  }
  const first = failed[0];
  if (counts.cases.length === 0) {
    if (first === undefined) throw new MeasureError("no case could be opened");
    if (failed.length === 1) throw first.error;
    throw new MeasureError(`none of ${failed.length} cases could be measured; ${first.name}: ${first.error.message}`);
  }
  for (const { name, error } of failed) onProblem!(name, error.message);
}

function tabulate(what: EpochWhat, counts: CaseCounts, layout: PairLayout, channels: number, spoilt: number): EpochMeasure {
  const values = counts.values();
  const single = layout.predictions.classAxis === null;
  const known = Math.max(what.classesHint ?? 0, channels, single ? classesOf(values.predictions) : 1 + largest(values.predictions, CLASSES));
  if (layout.labels.classAxis === null) refuseInstances(values.labels, single ? values.predictions.size : known);
  const scored = new Set([...values.labels].filter((value) => value !== what.ignoreLabel));
  const told = single && what.values !== undefined && [...values.predictions].every((v) => v < what.values!.length) ? what.values : null;
  const ofIndices = (): readonly number[] | null => indexedLabels(scored, values.predictions, what.classesHint, (classOf) => agreement(counts, classOf));
  const labelValues = layout.labels.classAxis !== null ? null : single ? (told ?? greyLabels(scored, values.predictions) ?? ofIndices()) : codesFor(scored, layout.predictions);
  const labelsMean = layout.labels.classAxis !== null ? CLASSES : labelValues === null ? labelMeaning(values.labels, known === 0 ? null : known, what.ignoreLabel) : coded(labelValues);
  const labelClasses = Math.max(known, 1 + largest(values.labels, labelsMean));
  const grey = single && labelValues !== null ? greyPredictions(values.predictions, labelValues.length) : null;
  const predictionsMean = grey ?? (single ? predictionMeaning(values.predictions, { note: labelsMean.note, classes: labelClasses }) : CLASSES);
  const classes = Math.max(labelClasses, 1 + largest(values.predictions, predictionsMean));
  const confusion = new Float64Array(classes * classes);
  const caseDice = new Float64Array(counts.cases.length * classes);
  let ignored = 0;
  let nonFinite = spoilt;
  const both = new Float64Array(classes);
  const sum = new Float64Array(classes);
  const caseCells: number[] = [];
  counts.cases.forEach(({ cells }, i) => {
    both.fill(0);
    sum.fill(0);
    for (let k = 0; k < cells.length; k += 2) {
      const count = cells[k + 1]!;
      const predicted = predictionOf(cells[k]!);
      if (single && predicted === Special.nonFinite) nonFinite += count;
      const t = labelsMean.classOf(labelOf(cells[k]!));
      if (t < 0) {
        ignored += count;
        continue;
      }
      const p = predictionsMean.classOf(predicted);
      confusion[t * classes + p]! += count;
      if (caseCells.length < MAX_CASE_CELLS) caseCells.push(i, t, p, count);
      sum[t]! += count;
      sum[p]! += count;
      if (t === p) both[t]! += count;
    }
    for (let c = 0; c < classes; c++) caseDice[i * classes + c] = (2 * both[c]!) / sum[c]!; // 0/0: undefined, NaN
  });
  const labelsAre = labelWords(layout.labels, labelsMean);
  return {
    ...countedEpoch(what, counts),
    classes,
    confusion,
    caseDice,
    layout: predictionWords(layout.predictions, predictionsMean) + (labelsAre === "index map" ? "" : `; labels: ${labelsAre}`),
    nonFinite,
    ignored,
    ...(labelValues === null ? {} : { labelValues }),
    ...(caseCells.length < MAX_CASE_CELLS ? { caseCells: Float64Array.from(caseCells) } : {}),
  };
}

/** Voxels whose prediction is what `classOf` makes of their label. */
function agreement(counts: CaseCounts, classOf: (label: number) => number): number {
  let same = 0;
  for (const { cells } of counts.cases) for (let k = 0; k < cells.length; k += 2) if (classOf(labelOf(cells[k]!)) === predictionOf(cells[k]!)) same += cells[k + 1]!;
  return same;
}

/** Label values of one class index a voxel beside predictions with an axis of classes. */
function codesFor(labels: ReadonlySet<number>, predictions: ArrayLayout): readonly number[] | null {
  const { channels } = predictions;
  const { sumToOne, min, max } = predictions.values();
  // Scores of their own for each class, and one class more than there are scores: the background may have none.
  if (sumToOne === false && min >= 0 && max <= 1 && labels.size === channels + 1 && labels.has(0) && labels.has(channels)) {
    throw new MeasureError(`predictions hold ${channels} scores a voxel that do not sum to 1, labels the classes 0 to ${channels}: whether the background has a score is not told`);
  }
  return codedLabels(labels, channels);
}

/** Cases of one set are read alike: classes along an axis in all of them, or in none. */
function sameKind(first: PairLayout, here: PairLayout): void {
  for (const what of ["labels", "predictions"] as const) {
    if ((first[what].classAxis === null) !== (here[what].classAxis === null)) throw new MeasureError(`${what} hold ${wordsOf(here[what])}, those of the first case ${wordsOf(first[what])}`);
  }
}

function wordsOf(layout: ArrayLayout): string {
  return layout.classAxis === null ? "one value a voxel" : `${layout.channels} values a voxel`;
}

function axisLength(layout: ArrayLayout): number {
  return layout.classAxis === null ? 0 : layout.channels;
}

function largest(values: ReadonlySet<number>, mean: Meaning): number {
  let most = 0;
  for (const value of values) most = Math.max(most, mean.classOf(value));
  return most;
}

function labelWords(layout: ArrayLayout, mean: Meaning): string {
  return layout.classAxis === null ? mean.note : `one-hot ${axisWords(layout)}`;
}

function predictionWords(layout: ArrayLayout, mean: Meaning): string {
  if (layout.classAxis === null) return mean.note;
  const { sumToOne, integers, min, max } = layout.values();
  const are = sumToOne === true ? (integers ? "one-hot" : "probabilities") : min >= 0 && max <= 1 ? "scores in [0, 1]" : "logits";
  return `${are}, argmax ${axisWords(layout)}`;
}

function axisWords(layout: ArrayLayout): string {
  return `over axis ${layout.classAxis ?? 0} of ${layout.rank}`;
}
