/** What is wrong with a run: one statement with its numbers. */

export const SYMPTOMS = [
  "only-background",
  "constant-prediction",
  "class-never-learned",
  "class-lost",
  "class-confused",
  "flat-validation",
  "flat-training",
  "nan-loss",
  "diverging-loss",
  "overfitting",
  "train-val-dice-gap",
  "logged-metric-misleads",
  "weights-near-zero",
  "weights-non-finite",
  "weights-exploding",
  "layer-frozen",
  "nothing-changes",
  "class-weights-near-zero",
  "absent-class-dominates",
  "validation-without-foreground",
  "class-absent-from-validation",
] as const;

export type SymptomId = (typeof SYMPTOMS)[number];
export type Severity = "error" | "warning" | "info";

/** What a finding is about. An empty subject is the run as a whole. */
export interface Subject {
  readonly class?: number;
  readonly classes?: readonly number[];
  readonly layer?: string;
  readonly layers?: readonly string[];
  readonly series?: string;
}

/** When it began: `epoch` as the log counts it, `step` for series that know no epoch. */
export interface Since {
  readonly epoch?: number;
  readonly step?: number;
}

/** A place in a text file that a finding points at. Lines and columns count from 1. */
export interface Place {
  /** Relative to the run's folder with forward slashes; absolute for files outside of it. */
  readonly path: string;
  readonly line: number;
  readonly column?: number;
  readonly endLine?: number;
  readonly endColumn?: number;
  /** What is to be seen there, in a few words. */
  readonly note?: string;
}

export type Evidence = Readonly<Record<string, number | string | null | readonly (number | string | null)[]>>;

export interface Finding {
  readonly symptom: SymptomId;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly since: Since | null;
  /** Numbers that bear the statement; undefined or non-finite ones are null. */
  readonly evidence: Evidence;
  /** One sentence with the numbers. */
  readonly message: string;
  /** Likely causes, the likeliest first. */
  readonly causes: readonly string[];
  /** What to do next, first things first. */
  readonly advice: readonly string[];
  readonly at: readonly Place[];
  /** Findings that this one accounts for. */
  readonly explains: readonly Finding[];
}
