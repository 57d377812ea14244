/** What a page needs to show one run: plain data that can be posted. Undefined numbers are NaN inside of Float64Array, null elsewhere. */
import type { CheckpointMeasure, ClassInfo, ClassWeights, EpochMeasure, Finding, Inspection, LossModel, Problem, KnownSetting, Quantity, RunState, Series, SettingsFile, Source, Split } from "../run";
import { dice, epochCount, foregroundDice, knownSettings, labelVoxels, predictedVoxels, settingsFiles } from "../run";
import { decimate } from "./decimate";
import { verdict } from "./verdict";
import type { Verdict } from "./verdict";

export interface SeriesView {
  /** Tells it from the others of its run. */
  readonly key: string;
  readonly tag: string;
  readonly source: string;
  readonly split: Split | null;
  readonly quantity: Quantity;
  readonly class: number | null;
  readonly unit: "epoch" | "step";
  /** Decimated; ascending. */
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Points logged, and how many of them are not finite. */
  readonly points: number;
  readonly nonFinite: number;
  readonly restarts: number;
}

/** Measures of one split, a row an epoch. Tables are epochs × classes, row-major. */
export interface EpochsView {
  readonly epochs: Float64Array;
  readonly classes: number;
  /** NaN where a class is in neither labels nor predictions. */
  readonly dice: Float64Array;
  /** Mean Dice over the foreground classes that the labels hold; NaN when there are none. */
  readonly foreground: Float64Array;
  /** Voxels. */
  readonly labelled: Float64Array;
  readonly predicted: Float64Array;
  readonly cases: Float64Array;
  /** As in `EpochMeasure`: class 0 is outside of all regions, and none that is shown. */
  readonly regions?: true;
  /** Of the newest epoch. */
  readonly layout: string;
  readonly predictions: string;
  readonly labels: string;
}

/** Mean magnitude of each kernel, a column a checkpoint. */
export interface WeightsView {
  readonly checkpoints: readonly { readonly path: string; readonly epoch: number | null; readonly step: number | null }[];
  readonly kernels: readonly {
    /** The tensor's name in the file, and its layer. */
    readonly name: string;
    readonly layer: string;
    /** Mean |w| over finite values, an entry a checkpoint; NaN where the checkpoint lacks the tensor or has no finite value in it. */
    readonly meanAbs: Float64Array;
    /** Values of the newest checkpoint that are NaN or infinite, and non-zero ones below 1e-9. */
    readonly nonFinite: number;
    readonly tiny: number;
    readonly zeros: number;
    readonly count: number;
  }[];
  /** Kernels beyond those listed, which were left out. */
  readonly leftOut: number;
}

type KernelView = WeightsView["kernels"][number];

export interface RunView {
  readonly folder: string;
  readonly name: string;
  readonly state: RunState;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly cannotJudge: readonly string[];
  readonly classes: readonly ClassInfo[];
  readonly background: number;
  readonly lastEpoch: number | null;
  /** Epochs that it has gone through; null where nothing tells. */
  readonly epochCount: number | null;
  /** How it was set up: what matters to a diagnosis, then all that its files tell. */
  readonly settings: { readonly known: readonly KnownSetting[]; readonly files: readonly SettingsFile[] };
  readonly series: readonly SeriesView[];
  readonly epochs: EpochsView | null;
  readonly trainEpochs: EpochsView | null;
  readonly weights: WeightsView | null;
  readonly loss: LossModel | null;
  readonly classWeights: ClassWeights | null;
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
  readonly assumptions: readonly string[];
}

/** Kernels a page gets at most; large networks have hundreds and no eye tells them apart. */
export const MAX_KERNELS = 200;

/** What a page shows of an inspection. */
export function toRunView(inspection: Inspection): RunView {
  return {
    folder: inspection.folder,
    name: inspection.name,
    state: inspection.state,
    modified: inspection.modified,
    verdict: verdict(inspection),
    findings: inspection.findings,
    cannotJudge: inspection.cannotJudge,
    classes: inspection.classes,
    background: inspection.background,
    lastEpoch: inspection.lastEpoch,
    epochCount: epochCount(inspection),
    settings: { known: knownSettings(inspection.config), files: settingsFiles(inspection.config) },
    series: inspection.series.filter((series) => series.repeats === undefined).map(seriesView),
    epochs: epochsView(inspection.epochs, inspection.background),
    trainEpochs: epochsView(inspection.trainEpochs, inspection.background),
    weights: weightsView(inspection.checkpoints),
    loss: inspection.loss,
    classWeights: inspection.classWeights,
    sources: inspection.sources,
    problems: inspection.problems,
    assumptions: inspection.assumptions,
  };
}

function seriesView(series: Series): SeriesView {
  let nonFinite = 0;
  for (const v of series.values) if (!Number.isFinite(v)) nonFinite++;
  const { steps, values } = decimate(series);
  return {
    key: `${series.source}\n${series.tag}`,
    tag: series.tag,
    source: series.source,
    split: series.split,
    quantity: series.quantity,
    class: series.class,
    unit: series.unit,
    steps,
    values,
    points: series.values.length,
    nonFinite,
    restarts: series.restarts,
  };
}

function epochsView(epochs: readonly EpochMeasure[], background: number): EpochsView | null {
  const newest = epochs[epochs.length - 1];
  if (!newest) return null;
  const classes = epochs.reduce((most, m) => Math.max(most, m.classes), 0);
  const table = (rowOf: (m: EpochMeasure) => readonly (number | null)[], missing: number): Float64Array => {
    const out = new Float64Array(epochs.length * classes).fill(missing);
    for (const [e, m] of epochs.entries()) for (const [c, v] of rowOf(m).entries()) out[e * classes + c] = v ?? NaN;
    return out;
  };
  return {
    epochs: Float64Array.from(epochs, (m) => m.epoch),
    classes,
    dice: table(dice, NaN),
    foreground: Float64Array.from(epochs, (m) => foregroundDice(m, background) ?? NaN),
    labelled: table(labelVoxels, 0),
    predicted: table(predictedVoxels, 0),
    cases: Float64Array.from(epochs, (m) => m.cases),
    ...(newest.regions === true ? { regions: true } : {}),
    layout: newest.layout,
    predictions: newest.predictions,
    labels: newest.labels,
  };
}

function weightsView(checkpoints: readonly CheckpointMeasure[]): WeightsView | null {
  if (checkpoints.length === 0) return null;
  const kernels = new Map<string, { layer: string; meanAbs: Float64Array; nonFinite: number; tiny: number; zeros: number; count: number }>();
  for (const [column, checkpoint] of checkpoints.entries()) {
    const own = new Set(checkpoint.tensors.flatMap((t) => (t.role === "kernel" ? [t.name] : [])));
    for (const t of checkpoint.tensors) {
      // A kernel that shares its storage with an earlier one is that one under another name.
      if (t.role !== "kernel" || (t.sameAs !== undefined && own.has(t.sameAs))) continue;
      let row = kernels.get(t.name);
      if (!row) {
        row = { layer: t.layer, meanAbs: new Float64Array(checkpoints.length).fill(NaN), nonFinite: 0, tiny: 0, zeros: 0, count: 0 };
        kernels.set(t.name, row);
      }
      row.meanAbs[column] = t.meanAbs ?? NaN;
      row.nonFinite = t.nan + t.inf;
      row.tiny = t.tiny;
      row.zeros = t.zeros;
      row.count = t.count;
    }
  }
  const all = [...kernels].map(([name, row]) => ({ name, ...row }));
  return {
    checkpoints: checkpoints.map(({ path, epoch, step }) => ({ path, epoch, step })),
    kernels: chosenKernels(all),
    leftOut: Math.max(0, all.length - MAX_KERNELS),
  };
}

/** All that fit, in the file's order; of more, those with odd values and the weakest come before the others. */
function chosenKernels(all: readonly KernelView[]): readonly KernelView[] {
  if (all.length <= MAX_KERNELS) return all;
  const newest = (k: KernelView): number => k.meanAbs[k.meanAbs.length - 1]!;
  const rank = (k: KernelView): number => (k.nonFinite > 0 ? 0 : k.tiny > 0 ? 1 : 2);
  const order = all.map((_, i) => i);
  const weakest = new Set([...order].sort((a, b) => (newest(all[a]!) || Infinity) - (newest(all[b]!) || Infinity)).slice(0, MAX_KERNELS / 10));
  const place = (i: number): number => Math.min(rank(all[i]!), weakest.has(i) ? 1 : 2);
  order.sort((a, b) => place(a) - place(b) || a - b);
  return order
    .slice(0, MAX_KERNELS)
    .sort((a, b) => a - b)
    .map((i) => all[i]!);
}
