/** What the host and its workers say to each other. */
import type { Inspection, RunOptions } from "../run";
import type { PulseMemory } from "./pulse";
import type { Look } from "./session";

export interface WorkerSetup {
  readonly cacheFolder: string | null;
}

/** What a worker is started with. */
export interface WorkerStart extends WorkerSetup {
  readonly pulse: PulseMemory;
  /** States of files (see pulse.ts) that a worker did not come back from. */
  readonly stuck: readonly string[];
}

export type WorkerRequest =
  | { readonly what: "find"; readonly folder: string; readonly explicit: boolean }
  | { readonly what: "present"; readonly folders: readonly string[] }
  | { readonly what: "look"; readonly folder: string }
  | { readonly what: "inspect"; readonly folder: string; readonly options: RunOptions; readonly except: readonly string[]; readonly also: readonly string[]; /** one Int32: not 0 means stop */ readonly stop: SharedArrayBuffer }
  | { readonly what: "forget"; readonly folder: string };

/** `cost`: milliseconds that it took, waiting in line aside. */
export interface Looked {
  readonly look: Look;
  readonly cost: number;
}

/** `inspection`: null when it was stopped. `cost`: milliseconds that listing, and all else that comes again each time, took. */
export interface Inspected {
  readonly inspection: Inspection | null;
  readonly cost: number;
}

export type ToWorker = WorkerRequest & { readonly id: number };

export type FromWorker =
  | { readonly id: number; readonly kind: "progress"; readonly done: number; readonly total: number }
  | { readonly id: number; readonly kind: "done"; readonly value: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly message: string };
