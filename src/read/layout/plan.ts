/** What is what in a run's folder: decided from names and headers alone, before any data is read. */
import type { RunOptions } from "../../run";
import type { NumericArray } from "../bytes/source";

/** A file in the run's folder. */
export interface FileEntry {
  /** Relative to the run's folder, forward slashes. */
  readonly path: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  /** Files that hold parts of it (shards of a checkpoint): it changes when they do. */
  readonly parts?: readonly FileEntry[];
}

/** One folder of a listing: names only. `truncated` when it held more than the walk was willing to list. */
export interface FolderEntry {
  readonly name: string;
  readonly files: readonly string[];
  readonly folders: readonly FolderEntry[];
  readonly truncated: boolean;
}

/** The header of one array in a volume file. */
export interface VolumeHeader {
  readonly path: string;
  readonly format: string;
  readonly entry: string | null;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  /** An image of colours, seen as one 0xRRGGBB a pixel (see `colourCodes`): `shape` is without the samples. */
  readonly colour?: "rgb" | "rgba";
  /** Names of the classes by value, or along the first axis, where the file tells them (see `VolumeEntry`). */
  readonly classNames?: readonly (string | null)[];
  readonly channelsAre?: "regions";
}

/** An array, by file and entry. */
export interface VolumeRef {
  readonly path: string;
  readonly entry: string | null;
  /** One index of an axis alone, where epochs or cases are stacked in one array (see `sliceEntry`). */
  readonly slice?: { readonly axis: number; readonly index: number };
}

/** Arrays of one epoch against their labels; an array may hold many cases along its first axis. */
export interface PairPlan {
  /** As the names count it (files often count from 1 where the log counts from 0); null where no name tells. */
  readonly number: number | null;
  /** What the number counts, as far as the name tells ("epoch", "step", or null). */
  readonly counts: "epoch" | "step" | null;
  readonly split: "train" | "val";
  /** File, folder, or `file#entry`: what a report calls it. */
  readonly predictions: string;
  readonly labels: string;
  readonly cases: readonly { readonly name: string; readonly labels: VolumeRef; readonly predictions: VolumeRef }[];
}

export interface LabelPlan {
  readonly split: "train" | "val";
  readonly path: string;
  readonly cases: readonly { readonly name: string; readonly ref: VolumeRef }[];
}

/** What a volume file was taken for; "other" holds neither (images, inputs). */
export interface VolumeRole {
  readonly path: string;
  readonly kind: "labels" | "predictions" | "other";
}

export interface PlanInput {
  /** Headers of all arrays of all volume files of the run. */
  readonly volumes: readonly VolumeHeader[];
  readonly peek: Peek;
  readonly options: RunOptions;
}

export interface RunPlan {
  /** In order of split, number, path. */
  readonly pairs: readonly PairPlan[];
  readonly labels: readonly LabelPlan[];
  /** One entry a volume file. */
  readonly roles: readonly VolumeRole[];
  readonly assumptions: readonly string[];
  readonly problems: readonly { readonly path: string; readonly message: string }[];
}

/** Reads a few values of an array, for telling labels from predictions and images where the names do not. */
export type Peek = (ref: VolumeRef, count: number) => NumericArray | null;
