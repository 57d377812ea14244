/** One training and what was measured of it. */
import type { CheckpointMeasure } from "./checkpoint";
import type { RunConfig } from "./config";
import type { Finding } from "./finding";
import type { ClassWeights, LossModel } from "./loss";
import type { ClassInfo, EpochMeasure, LabelSet } from "./segmentation";
import type { Series } from "./series";

export type RunState = "running" | "finished" | "stalled" | "unknown";
export type SourceKind = "log" | "checkpoint" | "labels" | "predictions" | "script" | "config";

export interface Source {
  /** Relative to the run's folder, forward slashes. A folder of one epoch's cases is one source. */
  readonly path: string;
  readonly kind: SourceKind;
  readonly format: string;
  /** One line when something is wrong with it; what was good was kept. */
  readonly problem: string | null;
}

export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** What was assumed where the files do not tell, each in one sentence; the user can say otherwise by command. */
export type Assumption = string;

/** All numbers that a diagnosis may use. Pure data: can be posted between threads. */
export interface RunMeasures {
  readonly classes: readonly ClassInfo[];
  /** Index of the background class. */
  readonly background: number;
  /** Epoch of the newest row or event, as the log counts; null without a log. */
  readonly lastEpoch: number | null;
  readonly series: readonly Series[];
  /** Ascending by epoch. */
  readonly epochs: readonly EpochMeasure[];
  /** Training predictions against training labels, where the run kept them. */
  readonly trainEpochs: readonly EpochMeasure[];
  readonly labels: LabelSet | null;
  readonly trainLabels: LabelSet | null;
  /** A file of predictions for which no labels were found; absent where all have theirs. */
  readonly unlabelled?: string;
  /** In order of epoch, step, path. */
  readonly checkpoints: readonly CheckpointMeasure[];
  /** Output channels of the network's last layer where a checkpoint shows it. */
  readonly outputChannels: number | null;
  readonly loss: LossModel | null;
  readonly classWeights: ClassWeights | null;
  /** How the run was set up, as far as its files tell; absent where they were not asked. */
  readonly config?: RunConfig;
}

/** A run, read, measured and diagnosed. */
export interface Inspection extends RunMeasures {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** Label: the folder's name. */
  readonly name: string;
  readonly state: RunState;
  /** Milliseconds since 1970 of the newest change. */
  readonly modified: number;
  readonly sources: readonly Source[];
  readonly problems: readonly Problem[];
  readonly assumptions: readonly Assumption[];
  /** Leading findings, worst first; the others hang below them. */
  readonly findings: readonly Finding[];
  /** Why nothing, or not all, can be judged yet; empty when all can. */
  readonly cannotJudge: readonly string[];
}

/** What the user told us because the files do not. All optional; paths relative to the run's folder or absolute. */
export interface RunOptions {
  readonly labels?: string;
  readonly predictions?: string;
  readonly background?: number;
  readonly classNames?: readonly string[];
  /** Thresholds of the rules that the user changed, by name. */
  readonly thresholds?: Readonly<Record<string, number>>;
  /** Symptoms not to report for this run. */
  readonly ignoredSymptoms?: readonly string[];
  /** Folders outside the run to look for the loss function in. */
  readonly scriptFolders?: readonly string[];
}

/**
 * Epochs that a run has gone through: as its log counts them, else as predictions and checkpoints do; null where nothing tells.
 * One that counts from 0 has had one more than its last epoch's number.
 */
export function epochCount(run: Pick<RunMeasures, "series" | "epochs" | "checkpoints" | "lastEpoch">): number | null {
  const logged = run.series.filter((s) => s.unit === "epoch" && s.steps.length > 0);
  const last = logged.length > 0 ? logged.reduce((most, s) => Math.max(most, s.steps[s.steps.length - 1]!), -Infinity) : run.lastEpoch;
  if (last === null || !Number.isFinite(last)) return null;
  const counted = (s: Series): boolean => s.unit === "step" && s.tag === "epoch" && s.values[0] === 0;
  const fromZero = logged.some((s) => s.steps[0] === 0) || run.epochs.some((m) => m.epoch === 0) || run.checkpoints.some((c) => c.epoch === 0) || (logged.length === 0 && run.series.some(counted));
  return Math.floor(last) + (fromZero ? 1 : 0);
}
