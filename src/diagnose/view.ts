/** The measures with what several rules ask of them, worked out once. */
import { dice, foregroundDice, labelVoxels, predictedVoxels, type CheckpointMeasure, type EpochMeasure, type Finding, type Place, type RunMeasures, type RunState, type Series, type Since } from "../run";
import { Clock, gainOf, lossesOf, rowless, type Losses } from "./curves";
import type { Limits } from "./thresholds";
import { number } from "./words";

/** One measured epoch with its scores. */
export interface Scored {
  readonly measure: EpochMeasure;
  readonly epoch: number;
  readonly dice: readonly (number | null)[];
  readonly labels: readonly number[];
  readonly predicted: readonly number[];
  readonly total: number;
  /** Mean Dice over labelled foreground classes; null when the labels hold none. */
  readonly foreground: number | null;
}

/**
 * Groups what began together: within one measured epoch of the first of its group, earliest first. `from` is an index among
 * the measured epochs.
 */
export function together<T extends { readonly from: number }>(items: readonly T[]): [T, ...T[]][] {
  const out: [T, ...T[]][] = [];
  for (const item of [...items].sort((a, b) => a.from - b.from)) {
    const group = out.at(-1);
    if (group !== undefined && item.from - group[0].from <= 1) group.push(item);
    else out.push([item]);
  }
  return out;
}

/** A symptom: pure, says nothing when it cannot judge. */
export type Rule = (view: View, limits: Limits) => readonly Finding[];

export class View {
  readonly measures: RunMeasures;
  readonly state: RunState;
  readonly losses: Losses;
  readonly clock: Clock;
  /** Ascending by epoch. */
  readonly epochs: readonly Scored[];
  readonly trainEpochs: readonly Scored[];
  /** Checkpoints of known epoch or step, one per epoch: copies of the one before are left out. */
  readonly checkpoints: readonly CheckpointMeasure[];

  constructor(measures: RunMeasures, state: RunState) {
    this.measures = measures.series.some((series) => series.repeats !== undefined) ? { ...measures, series: measures.series.filter((series) => series.repeats === undefined) } : measures;
    this.state = state;
    this.losses = lossesOf(this.measures.series);
    this.clock = new Clock(this.measures.series);
    this.epochs = measures.epochs.filter((e) => e.cases > 0 && e.classes > 0).map((e) => scored(e, measures.background));
    this.trainEpochs = measures.trainEpochs.filter((e) => e.cases > 0 && e.classes > 0).map((e) => scored(e, measures.background));
    this.checkpoints = distinct(measures.checkpoints);
  }

  /** A series as a sentence calls it: by its tag, with its split where another split's series has the same tag (TensorBoard's epoch_loss). */
  nameOf(series: Series): string {
    const shared = this.measures.series.some((s) => s.tag === series.tag && s.split !== series.split);
    return shared && series.split !== null ? `${series.split === "train" ? "training" : series.split === "val" ? "validation" : "test"} ${series.tag}` : series.tag;
  }

  get running(): boolean {
    return this.state === "running";
  }

  get last(): Scored | null {
    return this.epochs.at(-1) ?? null;
  }

  /** First epoch of the log, else of the predictions, else 0. */
  get firstEpoch(): number {
    let first = Infinity;
    for (const s of this.measures.series) if (s.unit === "epoch" && s.steps.length > 0) first = Math.min(first, s.steps[0]!);
    return Number.isFinite(first) ? first : (this.epochs[0]?.epoch ?? 0);
  }

  /** Whether the newest measured predictions are of the end of what the log tells. */
  get measuredToTheEnd(): boolean {
    const last = this.last;
    const end = this.measures.lastEpoch;
    if (last === null) return false;
    // Not yet due: predictions are written every so many epochs.
    const spacing = last.epoch - (this.epochs.at(-2)?.epoch ?? last.epoch);
    return end === null || end - last.epoch <= Math.max(1, 0.25 * (end - this.firstEpoch + 1), spacing);
  }

  /** Index in `epochs` from which on `test` holds to the end; -1 when it does not hold in the last. */
  holdsFrom(test: (e: Scored) => boolean): number {
    let from = -1;
    for (let i = this.epochs.length - 1; i >= 0 && test(this.epochs[i]!); i--) from = i;
    return from;
  }

  /**
   * Whether predictions may be judged as the outcome of a training: they reach its end, and there are some epochs. In the
   * first epochs most networks predict background alone.
   */
  get outcome(): boolean {
    if (!this.measuredToTheEnd) return false;
    if (this.epochs.length >= (this.running ? 3 : 2)) return true;
    const end = this.measures.lastEpoch;
    return !this.running && (end === null || end - this.firstEpoch >= 2);
  }

  /** Whether the training has moved: its loss fell, or some epochs went by where no loss tells. */
  get movedOn(): boolean {
    const { train, val } = this.losses;
    const curve = train ?? val;
    if (curve !== null && curve.y.length >= 3 && gainOf(curve.y) >= 0.02) return true;
    const end = this.measures.lastEpoch ?? this.last?.epoch ?? 0;
    return end - this.firstEpoch >= 2;
  }

  /** Whether what is measured are regions, each counted on its own: class 0 is then what lies outside of all, and no class that is learned. */
  get regions(): boolean {
    return this.last?.measure.regions === true;
  }

  /** Classes that the newest measured labels hold. */
  get labelledClasses(): number[] {
    return (this.last?.labels ?? []).flatMap((v, c) => (v > 0 && !(c === 0 && this.regions) ? [c] : []));
  }

  /** Classes of the foreground that the newest measured labels hold. */
  get foregroundClasses(): number[] {
    const last = this.last;
    if (last === null) return [];
    return last.labels.flatMap((v, c) => (v > 0 && c !== this.measures.background ? [c] : []));
  }

  /** The row of a log where an epoch is told of, of the given series first. */
  row(since: Since | null, prefer: Series | null = null, note?: string): Place[] {
    if (since === null) return [];
    const own = prefer === null ? [] : [prefer];
    const known = [this.losses.val?.series, this.losses.train?.series].filter((s) => s !== undefined);
    const all = [...own, ...known, ...this.measures.series];
    for (const s of [...all.filter((x) => rowless(x) === 0), ...all.filter((x) => rowless(x) === 1)]) {
      if (s.lines === null) continue;
      const step = s.unit === "epoch" ? since.epoch : since.step;
      let at = step === undefined ? -1 : s.steps.indexOf(step);
      const first = at < 0 && s.unit === "step" && since.epoch !== undefined ? this.clock.firstStep(s, since.epoch) : null;
      if (first !== null) at = s.steps.findIndex((x) => x >= first);
      const line = at < 0 ? 0 : (s.lines[at] ?? 0);
      if (line > 0) return [note === undefined ? { path: s.source, line } : { path: s.source, line, note }];
    }
    return [];
  }

  /** Where the loss is, and its class weights. */
  lossPlaces(): Place[] {
    const { loss, classWeights } = this.measures;
    if (loss?.path === null || loss?.path === undefined || loss.line === null) return [];
    const out: Place[] = [{ path: loss.path, line: loss.line, ...(loss.endLine === null ? {} : { endLine: loss.endLine }), note: `the loss of this run, ${loss.foundBy}` }];
    if (loss.weights !== null) {
      const weights = (classWeights?.weights ?? []).filter((w) => w !== null && Number.isFinite(w)) as number[];
      const range = weights.length === 0 || classWeights?.inUse !== true ? "" : `: ${number(Math.min(...weights))} to ${number(Math.max(...weights))} over the ${classWeights.over}`;
      out.push({ path: loss.path, line: loss.weights.line, note: loss.weights.constantInGraphMode === null ? `class weights 1/V${loss.weights.power === 2 ? "²" : ""}${range}` : `every class gets the same weight ${number(loss.weights.constantInGraphMode)} here in graph mode` });
    }
    return out;
  }
}

function scored(measure: EpochMeasure, background: number): Scored {
  const labels = labelVoxels(measure);
  return {
    measure,
    epoch: measure.epoch,
    dice: dice(measure),
    labels,
    predicted: predictedVoxels(measure),
    total: labels.reduce((a, b) => a + b, 0),
    foreground: foregroundDice(measure, background),
  };
}

/**
 * Checkpoints in time, without copies ("last.ckpt", a "best" that equals the "final"): those that differ in no tensor from
 * the one before though they hold optimizer state or running statistics, or that are of the same epoch. Checkpoints of
 * unknown epoch are left out where others are known.
 */
function distinct(all: readonly CheckpointMeasure[]): CheckpointMeasure[] {
  const known = all.filter((c) => time(c) !== null);
  const out: CheckpointMeasure[] = [];
  for (const c of known) {
    const before = out.at(-1);
    if (before !== undefined && time(before) === time(c)) continue;
    if (before !== undefined && isCopy(c)) continue;
    out.push(c);
  }
  return out;
}

/** Epoch where it is known, else step. */
export function time(c: CheckpointMeasure): number | null {
  return c.epoch ?? c.step;
}

function isCopy(c: CheckpointMeasure): boolean {
  const state = c.tensors.filter((t) => (t.role === "optimizer" || t.role === "running") && t.identical !== null);
  return state.length > 0 && c.tensors.every((t) => t.identical !== false);
}
