/** What a panel compares losses on: the labels of its run, or the toy set where there are none. */
import { basename } from "node:path";
import { runImages, type RunImages } from "../../engine/losses/trialMessages";
import type { RunEntry } from "../../engine/runs";
import { labelsOf, type RunLabels } from "../../losses/analysis/fromRun";
import type { LossModel, RunConfig } from "../../run";

export interface CompareSubject {
  readonly kind: "labels";
  readonly title: string;
  readonly labels: RunLabels;
  readonly loss: LossModel | null;
  readonly config: RunConfig | null;
  /** Where images of the run may be found. */
  readonly images: RunImages | null;
  /** Why the toy set stands in; null where the labels are the run's. */
  readonly instead: string | null;
  /** While these are the same, so is what is compared. */
  readonly of: readonly unknown[];
}

export type Compared = CompareSubject | { readonly kind: "reading" | "problem"; readonly title: string; readonly text: string };

/** The toy set as it was read: null while it is not, a sentence where it cannot be. */
export type Toy = RunLabels | string | null;

/** Without a run; `loss`: the one that the user looked at. */
export function toySubject(toy: Toy, loss: LossModel | null): Compared {
  return onToy(typeof toy === "object" && toy !== null ? "No run" : "the toy set", toy, loss, null, "No run is compared: these are the labels of the toy set. Open a folder with runs to compare losses on your own labels.");
}

export function runSubject(folder: string, entry: RunEntry | undefined, searching: boolean, toy: () => Toy): Compared {
  const title = entry?.label ?? basename(folder);
  if (entry === undefined) return searching ? { kind: "reading", title, text: "Looking for the run." } : { kind: "problem", title, text: "No run is in this folder any more." };
  const { inspection } = entry;
  if (inspection === null) return entry.phase === "failed" ? { kind: "problem", title, text: entry.error ?? "The run could not be read." } : { kind: "reading", title, text: "The run is being read." };
  const labels = labelsOf(inspection);
  const config = inspection.config ?? null;
  if (typeof labels === "string") return onToy(title, toy(), inspection.loss, config, `${labels} What follows is on the labels of the toy set.`);
  return { kind: "labels", title, labels, loss: inspection.loss, config, images: runImages(inspection, labels.set.background), instead: null, of: [inspection.labels ?? inspection.trainLabels, inspection.loss, inspection.background, labels.set.batchSize] };
}

function onToy(title: string, toy: Toy, loss: LossModel | null, config: RunConfig | null, instead: string): Compared {
  if (toy === null) return { kind: "reading", title, text: "The toy set is being read." };
  if (typeof toy === "string") return { kind: "problem", title, text: toy };
  return { kind: "labels", title, labels: toy, loss, config, images: null, instead, of: [toy, loss] };
}
