/** What the host and its workers say to each other. */
import type { RunOptions } from "../run";

export interface WorkerSetup {
  readonly cacheFolder: string | null;
}

export type WorkerRequest =
  | { readonly what: "find"; readonly folder: string; readonly explicit: boolean }
  | { readonly what: "changed"; readonly folder: string }
  | { readonly what: "inspect"; readonly folder: string; readonly options: RunOptions; /** one Int32: not 0 means stop */ readonly stop: SharedArrayBuffer | null }
  | { readonly what: "forget"; readonly folder: string };

export type ToWorker = WorkerRequest & { readonly id: number };

export type FromWorker =
  | { readonly id: number; readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: "done"; readonly value: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };
