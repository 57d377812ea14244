/** What a run's measures say of its labels, for rules to put into words. */
import { presence, type Inspection } from "../run";
import type { RunFacts } from "./facts";

/** Null where the run has no labels that were counted, or none that hold a voxel. `label`: the run's name, as the user knows it. */
export function runFacts(inspection: Pick<Inspection, "labels" | "trainLabels" | "classes" | "background" | "config">, label: string): RunFacts | null {
  // The set over which the class weights of the run's findings are told.
  const labels = inspection.labels ?? inspection.trainLabels;
  if (labels === null) return null;
  const { cases, voxels, casesWithout, batches } = presence(labels, inspection.config?.batchSize?.value ?? null);
  if (!voxels.some((v) => v > 0)) return null;
  // Of regions the first is what lies outside of all of them: no channel of the network.
  const first = labels.regions === true ? 1 : 0;
  return {
    run: label,
    over: labels.split === "train" ? "training labels" : "validation labels",
    names: voxels.map((_, c) => inspection.classes.find(({ index }) => index === c + first)?.name ?? null),
    background: labels.regions === true || inspection.background >= voxels.length ? null : inspection.background,
    volumes: voxels,
    images: cases,
    imagesWithout: casesWithout,
    batches,
  };
}
