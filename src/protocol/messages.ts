/** What a run's page and its host say to each other. The page speaks first. */
import type { SymptomId } from "../run";
import type { Patch } from "./delta";
import type { RpcMessage } from "./rpc";
import type { RunView } from "./runView";

/** What the panel shows. */
export type PanelState =
  | { readonly kind: "run"; readonly view: RunView; readonly progress: Progress | null; readonly error: string | null }
  | { readonly kind: "reading"; readonly name: string; readonly folder: string; readonly progress: Progress | null }
  | { readonly kind: "failed"; readonly name: string; readonly folder: string; readonly error: string }
  /** No run is in this folder (any more). */
  | { readonly kind: "gone"; readonly name: string; readonly folder: string };

/** Files read of those to be read. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type ToPage =
  | { readonly type: "snapshot"; readonly revision: number; readonly state: PanelState }
  /** Turns the state of revision `base` into that of `revision`; a page that has another one asks again by "ready". */
  | { readonly type: "delta"; readonly base: number; readonly revision: number; readonly patch: Patch }
  | RpcMessage;

export type ToHost =
  /** The page listens and has nothing: send a snapshot. */
  { readonly type: "ready" } | RpcMessage;

/** Voxels by label (row) and prediction (column), row-major. */
export interface ConfusionView {
  readonly epoch: number;
  readonly classes: number;
  readonly counts: Float64Array;
}

/** What a page may ask of its host. */
export interface HostMethods {
  /** Opens a text file at a line (from 1). Only places that the run's findings and sources name are opened. */
  openPlace: (params: { readonly path: string; readonly line: number }) => void;
  /** Opens the documentation of a symptom. */
  openDocs: (params: { readonly symptom: SymptomId }) => void;
  /** Counts of one measured validation epoch; null when it was not measured. */
  confusion: (params: { readonly epoch: number }) => ConfusionView | null;
  [method: string]: (params: never) => unknown;
}

/** A host asks nothing of its page. */
export type PageMethods = Readonly<Record<string, never>>;

/** The type of panel that VS Code restores after a reload. */
export const PANEL_TYPE = "runDoctor.run";

/** Version of what a page keeps of its own (`setState`); states of other versions are left unread. */
export const STATE_SCHEMA = 1;

/** The run's folder that a page's kept state names; null when it is none of ours. */
export function folderOfState(state: unknown): string | null {
  if (typeof state !== "object" || state === null || !("schema" in state) || state.schema !== STATE_SCHEMA) return null;
  return "folder" in state && typeof state.folder === "string" && state.folder !== "" ? state.folder : null;
}
