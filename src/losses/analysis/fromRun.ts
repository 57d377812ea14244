/** Label maps of a run, as the analysis of losses needs them. */
import type { EpochMeasure, Inspection, LabelSet } from "../../run";
import { commonest, type LabelSet as CountedLabels } from "./labels";

/** Images of a batch where no file of the run tells. */
export const USUAL_BATCH = 8;

export interface RunLabels {
  readonly set: CountedLabels;
  /** "validation labels val/masks, 40 images" */
  readonly over: string;
  readonly names: readonly (string | null)[];
  /** The file that tells the batch size; null: it is assumed. */
  readonly batchBy: string | null;
}

/** A sentence where there are no labels that the analysis can use. */
export function labelsOf(run: Pick<Inspection, "labels" | "trainLabels" | "epochs" | "background" | "classes" | "config">): RunLabels | string {
  const labels = run.labels ?? run.trainLabels;
  if (labels === null) return "No labels were found in this run: choose the folder or file that holds them.";
  if (labels.regions === true) return `${labels.path} holds regions that overlap: losses of one-hot classes do not apply to them.`;
  const { classes, cases } = labels;
  if (cases === 0) return `${labels.path} holds no case.`;
  if (classes < 2) return `${labels.path} holds one class alone: there is nothing to tell apart.`;
  const all = Array.from({ length: cases }, (_, i) => labels.volumes.slice(i * classes, (i + 1) * classes));
  const held = all.flatMap((volumes, i) => (volumes.some((v) => v > 0) ? [i] : []));
  const images = held.map((i) => all[i]!);
  if (images.length === 0) return `${labels.path} holds no labelled voxel.`;
  const told = run.config?.batchSize ?? null;
  return {
    set: { classes, background: run.background < classes ? run.background : commonest(images, classes), images, predicted: lastPrediction(run.epochs.at(-1), labels, held), batchSize: told?.value ?? USUAL_BATCH },
    over: `${labels.split === "val" ? "validation" : "training"} labels ${labels.path}, ${images.length} ${images.length === 1 ? "image" : "images"}`,
    names: Array.from({ length: classes }, (_, c) => run.classes[c]?.name ?? null),
    batchBy: told?.by ?? null,
  };
}

/** The newest prediction of each labelled image; null where it is not known for all of them. */
function lastPrediction(epoch: EpochMeasure | undefined, labels: LabelSet, held: readonly number[]): Float64Array[] | null {
  if (epoch?.caseCells === undefined || epoch.labels !== labels.path || epoch.classes !== labels.classes) return null;
  const { classes } = labels;
  const byName = new Map<string, Float64Array>(epoch.caseNames.map((name) => [name, new Float64Array(classes * classes)]));
  if (byName.size !== epoch.caseNames.length) return null; // names that do not tell cases apart
  const cells = epoch.caseCells;
  for (let k = 0; k < cells.length; k += 4) {
    const table = byName.get(epoch.caseNames[cells[k]!] ?? "");
    if (table !== undefined) table[cells[k + 1]! * classes + cells[k + 2]!]! += cells[k + 3]!;
  }
  const found = held.map((i) => byName.get(labels.caseNames[i] ?? ""));
  return found.every((table) => table !== undefined) ? found : null;
}
