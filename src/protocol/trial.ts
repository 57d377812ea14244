/** What the page shows of a trial (short trainings with several losses), and what it may ask of its host. */

/** Stands for a run's folder where there is none: the comparison is on the toy set. */
export const TOY_FOLDER = "toy set";

export type TrialSource = "run" | "toy" | "synthetic 2-D" | "synthetic 3-D";

export interface TrialChoice {
  readonly data: TrialSource;
  /** Ids of losses; the run's own is trained with them always. */
  readonly variants: readonly string[];
  /** Of each training. */
  readonly steps: number;
  readonly batchNorm: boolean;
  /** Trainings of each variant, from other first weights. */
  readonly seeds: number;
}

/** Losses that one trial takes, the run's own among them. */
export const MOST_VARIANTS = 8;

/** Training of one variant from one seed. */
export interface TrialLine {
  readonly id: string;
  readonly seed: number;
  /** Steps after which was measured; the entries of what follows are of these. */
  readonly steps: readonly number[];
  /** Mean loss since the measurement before; null where there is none. */
  readonly loss: readonly (number | null)[];
  /** Mean Dice of the classes but the background. */
  readonly foreground: readonly (number | null)[];
  /** Dice of each class, by measurement. */
  readonly dice: readonly (readonly (number | null)[])[];
  /** Share of the voxels that are predicted as background. */
  readonly background: readonly number[];
  /** Seconds that its steps took. */
  readonly seconds: number;
  /** How it ended; null: it has not. */
  readonly why: "done" | "nan" | "failed" | "stopped" | null;
  readonly message: string | null;
}

export interface TrialVerdict {
  readonly variants: readonly { readonly id: string; readonly name: string; readonly outcome: "learned" | "partly" | "little" | "background" | "stuck" | "nan" | "failed" | "stopped"; readonly sentence: string }[];
  readonly summary: string;
  readonly limits: string;
}

export interface TrialState {
  /** none: nothing was trained on these labels. */
  readonly phase: "none" | "starting" | "running" | "paused" | "ended";
  /** Data that can be trained on, the one that suggests itself first. */
  readonly sources: readonly TrialSource[];
  readonly choice: TrialChoice | null;
  /** What runs it, in words. */
  readonly backend: string | null;
  /** Where the data comes from, in words; what follows is about it. */
  readonly from: string | null;
  /** Why it is not the run's own images that were asked for; null where it is what was asked for. */
  readonly instead: string | null;
  readonly names: readonly (string | null)[];
  readonly classes: number;
  readonly background: number;
  /** Images that are trained on, and that are measured. */
  readonly train: number;
  readonly val: number;
  readonly variants: readonly { readonly id: string; readonly name: string; readonly own: boolean }[];
  readonly seeds: readonly number[];
  readonly lines: readonly TrialLine[];
  readonly verdict: TrialVerdict | null;
  /** One line when the trial ended early. */
  readonly error: string | null;
  /** When it ended, in milliseconds since 1970; null while it runs. */
  readonly ended: number | null;
  /** Whether it is what was kept from before this panel was opened. */
  readonly restored: boolean;
}

/** A validation image: bytes, row by row. */
export interface TrialImage {
  readonly width: number;
  readonly height: number;
  /** Intensities from 0 to 255. */
  readonly image: Uint8Array;
  readonly labels: Uint8Array;
}

/** The same images for all variants, and what each predicts for them. */
export interface TrialPictures {
  readonly images: readonly TrialImage[];
  readonly predicted: readonly { readonly id: string; readonly seed: number; readonly images: readonly Uint8Array[] }[];
}

export interface TrialHostMethods {
  trialStart: (params: TrialChoice) => void;
  trialPause: (params: null) => void;
  trialResume: (params: null) => void;
  /** Ends it; what was measured stays. */
  trialStop: (params: null) => void;
  /** Goes on with the next variant. */
  trialSkip: (params: { readonly id: string }) => void;
}

/** Posted to the page whenever either changed. */
export type TrialMessage = { readonly type: "trial"; readonly state: TrialState } | { readonly type: "trialPictures"; readonly pictures: TrialPictures };
