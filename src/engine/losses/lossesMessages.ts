/** What the host and the worker that compares losses say to each other. */
import type { LabelSet } from "../../losses/analysis/labels";
import type { LossRow } from "../../protocol/losses";
import type { LossModel, RunConfig } from "../../run";

export interface LossesJob {
  readonly set: LabelSet;
  readonly loss: LossModel | null;
  readonly config: RunConfig | null;
  readonly which: "usual" | "all";
  /** Of the classes, for the code that is copied. */
  readonly names: readonly (string | null)[];
}

/** A loss as Python to paste; null: there is none. */
export interface LossCode {
  readonly keras: string | null;
  readonly pytorch: string | null;
}

export type FromLosses =
  | { readonly kind: "begun"; readonly total: number; /** whether the run's own loss is among them */ readonly own: boolean }
  | { readonly kind: "row"; readonly row: LossRow; readonly code: LossCode }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly message: string };
