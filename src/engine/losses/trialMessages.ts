/** What the host and the process that trains say to each other. */
import type { TrialData } from "../../losses/trial/data";
import type { Inspection, LabelSet, LossModel, RunConfig } from "../../run";
import type { TrialNetwork } from "./trialNetwork";

/** Images and labels of a run, which the process reads itself; the toy set stands in where it finds no images. */
export interface RunImages {
  readonly kind: "run";
  readonly folder: string;
  readonly labels: Pick<LabelSet, "path" | "split" | "classes">;
  readonly background: number;
}

/** Null for a run without labels. */
export function runImages(run: Pick<Inspection, "folder" | "labels" | "trainLabels">, background: number): RunImages | null {
  const labels = run.labels ?? run.trainLabels;
  return labels === null ? null : { kind: "run", folder: run.folder, labels: { path: labels.path, split: labels.split, classes: labels.classes }, background };
}

export interface TrialJob {
  readonly data: RunImages | { readonly kind: "toy" } | { readonly kind: "synthetic"; readonly dimensions: 2 | 3 } | { readonly kind: "given"; readonly data: TrialData };
  /** Variants by their ids; the run's own loss, where `loss` and `config` tell it, is trained first. */
  readonly variants: readonly string[];
  readonly loss: LossModel | null;
  readonly config: RunConfig | null;
  readonly steps: number;
  /** Steps between two measurements. */
  readonly slice: number;
  /** Each variant is trained once for each. */
  readonly seeds: readonly number[];
  readonly batchNorm: boolean;
  /** Where it is left out, what suits images or volumes (trialNetwork.ts). */
  readonly network?: TrialNetwork;
  /** Folders below which node_modules may hold @tensorflow/tfjs-node, the first one first. */
  readonly folders: readonly string[];
  /** Only this backend, where others would be tried before or after it. */
  readonly backend?: BackendName | undefined;
}

export type BackendName = "tensorflow" | "wasm" | "cpu";

export interface TrialVariant {
  readonly id: string;
  readonly name: string;
  /** Whether it is the loss that the run used. */
  readonly own: boolean;
}

/** Why the training of a variant ended. nan: its loss or gradient was not finite. */
export type Ending = "done" | "nan" | "failed" | "stopped";

/** A validation image, its labels and a prediction: bytes, row by row. Of volumes the slice with most labelled voxels. */
export interface TrialPicture {
  readonly width: number;
  readonly height: number;
  /** Intensities of the first channel, the least 0 and the largest 255. */
  readonly image: Uint8Array;
  readonly labels: Uint8Array;
  readonly predicted: Uint8Array;
}

export type FromTrial =
  /** `words`: for people, with what was tried before it. */
  | { readonly kind: "backend"; readonly name: BackendName; readonly words: string }
  | { readonly kind: "begun"; readonly variants: readonly TrialVariant[]; readonly seeds: readonly number[]; readonly steps: number; readonly from: string; readonly classes: number; readonly background: number; readonly train: number; readonly val: number; /** Why it is not the run's own images that were asked for. */ readonly instead: string | null }
  | {
      readonly kind: "point";
      readonly id: string;
      readonly seed: number;
      /** Steps that are done, of `steps`. */
      readonly step: number;
      readonly steps: number;
      /** Seconds that the steps since the last point took. */
      readonly seconds: number;
      /** Mean loss of the steps since the last point; the loss itself before the first step is not known, so null. */
      readonly loss: number | null;
      /** Dice of each class over the validation images; null where neither labels nor predictions hold it. */
      readonly dice: readonly (number | null)[];
      /** Mean of the classes but the background. */
      readonly foreground: number | null;
      /** Share of the validation voxels that are predicted as background. */
      readonly background: number;
    }
  | { readonly kind: "ended"; readonly id: string; readonly seed: number; readonly why: Ending; readonly message?: string }
  | { readonly kind: "pictures"; readonly id: string; readonly seed: number; readonly images: readonly TrialPicture[] }
  /** It rests between two steps until it is resumed. */
  | { readonly kind: "paused" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };

export type ToTrial = { readonly kind: "job"; readonly job: TrialJob } | { readonly kind: "pause" } | { readonly kind: "resume" } | { readonly kind: "skip"; readonly id: string };
