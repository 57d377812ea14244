/** Label maps of a run, as the analysis of losses needs them. */
import type { Inspection } from "../../run";
import { commonest, type LabelSet } from "./labels";

/** Images of a batch where no file of the run tells. */
export const USUAL_BATCH = 8;

export interface RunLabels {
  readonly set: LabelSet;
  /** "validation labels val/masks, 40 images" */
  readonly over: string;
  readonly names: readonly (string | null)[];
  /** The file that tells the batch size; null: it is assumed. */
  readonly batchBy: string | null;
}

/** A sentence where there are no labels that the analysis can use. */
export function labelsOf(run: Pick<Inspection, "labels" | "trainLabels" | "background" | "classes" | "config">): RunLabels | string {
  const labels = run.labels ?? run.trainLabels;
  if (labels === null) return "No labels were found in this run: choose the folder or file that holds them.";
  if (labels.regions === true) return `${labels.path} holds regions that overlap: losses of one-hot classes do not apply to them.`;
  const { classes, cases } = labels;
  if (cases === 0) return `${labels.path} holds no case.`;
  if (classes < 2) return `${labels.path} holds one class alone: there is nothing to tell apart.`;
  const images = Array.from({ length: cases }, (_, i) => labels.volumes.slice(i * classes, (i + 1) * classes)).filter((volumes) => volumes.some((v) => v > 0));
  if (images.length === 0) return `${labels.path} holds no labelled voxel.`;
  const told = run.config?.batchSize ?? null;
  return {
    set: { classes, background: run.background < classes ? run.background : commonest(images, classes), images, predicted: null, batchSize: told?.value ?? USUAL_BATCH },
    over: `${labels.split === "val" ? "validation" : "training"} labels ${labels.path}, ${images.length} ${images.length === 1 ? "image" : "images"}`,
    names: Array.from({ length: classes }, (_, c) => run.classes[c]?.name ?? null),
    batchBy: told?.by ?? null,
  };
}
