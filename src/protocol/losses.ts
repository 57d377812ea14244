/** What the page that compares losses shows, and what it may ask of its host. */
import type { TrialHostMethods } from "./trial";

/** A number as JSON carries it: those that are not finite by name. */
export type Sent = number | "NaN" | "∞" | "-∞";

export interface LossNumbers {
  readonly uniform: Sent;
  readonly background: Sent;
  readonly perfect: Sent;
  readonly wrongClass: Sent | null;
  /** At the run's own last prediction. */
  readonly own: Sent | null;
  /** Perfect but for one class, by class. */
  readonly missing: readonly (Sent | null)[];
  /** Σ over voxels of |dL/dz| by class: for a fresh network, and with background at 0.99. */
  readonly fresh: readonly Sent[];
  readonly collapsed: readonly Sent[];
  /** Σ over voxels of objects of dL/dz of their class, and of background, with background at 0.99. */
  readonly towardsTruth: Sent;
  readonly onBackground: Sent;
  readonly barrier: Sent;
  readonly maskBarrier: Sent | null;
  readonly weights: { readonly mean: readonly (Sent | null)[]; readonly ratio: Sent; readonly absentShare: Sent } | null;
  /** Classes that an image or batch lacks on average. */
  readonly absent: number;
  readonly unit: "image" | "batch";
  readonly scaleShift: Sent;
  readonly float32: readonly string[];
  readonly float16: readonly string[];
}

export interface LossRow {
  readonly id: string;
  readonly name: string;
  readonly formula: string;
  readonly source: string;
  readonly unit: string;
  readonly absentRule: string;
  readonly traps: readonly string[];
  /** The loss that the run used. */
  readonly own: boolean;
  readonly outlook: "not finite" | "dead" | "trap" | "weak" | "open" | "not analysed";
  readonly sentence: string;
  /** Why it cannot be copied as code; null where it can. */
  readonly noCode: string | null;
  readonly numbers: LossNumbers | null;
}

export interface LossTable {
  readonly kind: "table";
  readonly title: string;
  readonly folder: string;
  /** What was counted: "validation labels labels/val.npz, 400 images". */
  readonly over: string;
  readonly names: readonly (string | null)[];
  readonly classes: number;
  readonly images: number;
  readonly background: number;
  readonly batchSize: number;
  /** The file that tells the batch size; null: it is assumed. */
  readonly batchBy: string | null;
  /** Why the toy set stands in for the run's labels; null where it does not. */
  readonly instead: string | null;
  /** The run's loss by its name, when it could not be made out. */
  readonly unknownLoss: string | null;
  readonly rows: readonly LossRow[];
  /** Rows that there will be. */
  readonly total: number;
  /** One line when the comparison ended early. */
  readonly error: string | null;
}

export type LossesState = LossTable | { readonly kind: "reading" | "problem"; readonly title: string; readonly folder: string; /** one sentence */ readonly text: string };

export interface LossesHostMethods extends TrialHostMethods {
  /** Compares the usual variants, or all that are known. */
  choose: (params: { readonly which: "usual" | "all" }) => void;
  /** Ends what is being computed. */
  stop: (params: null) => void;
  /** Puts a loss as Python on the clipboard. */
  copyCode: (params: { readonly id: string; readonly framework: "keras" | "pytorch" }) => void;
  chooseLabels: (params: null) => void;
  openRun: (params: null) => void;
  [method: string]: (params: never) => unknown;
}

/** The type of panel that VS Code restores after a reload. */
export const LOSSES_PANEL = "runDoctor.losses";
