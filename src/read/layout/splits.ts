/** Words such as "Training" that belong to the names of cases, not to the split that a run keeps predictions of. */
import { caseKey, type Item } from "./arrays";
import { namesMoreThanRole, splitOfFolder } from "./words";

/**
 * Challenges call their cases "BraTS20_Training_001" or "training_pat0": what a run validates on is a part of these. In the name
 * of a case a folder's word wins ("val/BraTS20_Training_001_seg.nii.gz"); where all predictions are called so, and
 * labels too, the word says nothing.
 */
export function settleSplits(items: readonly Item[], assume: (text: string) => void): void {
  const maps = items.filter((item) => item.kind === "labels" || item.kind === "predictions");
  const inCase = maps.filter((item) => item.split === "train" && saidByName(item));
  for (const item of inCase) {
    const folder = item.parts.slice(0, item.stem).map(splitOfFolder).findLast((split) => split !== null) ?? null;
    if (folder !== null && folder !== "train" && namesMoreThanRole(item.parts[item.stem]!)) item.split = folder;
  }
  const named = new Set(inCase);
  const predictions = maps.filter((item) => item.kind === "predictions");
  if (predictions.length === 0 || !predictions.every((item) => named.has(item))) return;
  const labels = inCase.filter((item) => item.kind === "labels");
  if (labels.length === 0 || !labels.every((item) => /\d/.test(caseKey(item)))) return;
  const called = inCase.filter((item) => item.split === "train");
  const first = called[0];
  if (first === undefined) return;
  for (const item of called) item.split = null;
  assume(`“${/train[a-z]*|trn/i.exec(first.parts[first.stem]!)?.[0] ?? "train"}” in ${first.header.path} is taken for a part of the case's name, not for the training set.`);
}

/** Whether the file's name, not a folder, says the split. */
function saidByName(item: Item): boolean {
  return !item.parts.slice(0, item.stem).some((part) => splitOfFolder(part) === "train");
}
