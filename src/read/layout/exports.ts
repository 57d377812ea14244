/** SavedModels that a training exports when it has ended, told from those that it saves on its way. */
import { numbersInNames } from "./numbers";

const VARIABLES = /^(|.*\/)variables\/variables\.index$/;

/**
 * Of the checkpoints' paths those that hold the network as it was exported: a SavedModel whose path has no number, where there
 * are other checkpoints. Names of its tensors are others than theirs, and nothing tells its epoch. `files`: has all paths of the run.
 */
export function exportedModels(checkpoints: readonly string[], files: { has(path: string): boolean }): readonly string[] {
  const numbers = numbersInNames(checkpoints);
  const exported = checkpoints.filter((path, i) => {
    const folder = VARIABLES.exec(path)?.[1];
    return folder !== undefined && numbers[i]?.number === null && files.has(`${folder}saved_model.pb`);
  });
  return exported.length === checkpoints.length ? [] : exported;
}
