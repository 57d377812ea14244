/** Why nothing, or not all, can be judged yet. Only what matters: a run without checkpoints is judged by its predictions. */
import type { Limits } from "./thresholds";
import type { View } from "./view";
import { amount } from "./words";

export function doubts(view: View, limits: Limits): string[] {
  const { measures, last } = view;
  const out: string[] = [];
  const points = Math.max(0, ...measures.series.map((s) => s.values.length));
  if (points === 0 && last === null) {
    if (measures.checkpoints.length > 0) out.push("There are checkpoints alone: neither a log nor predictions with labels.");
    else out.push("There is neither a log nor a prediction with labels.");
    return out;
  }
  const loss = view.losses.train ?? view.losses.val;
  if (points > 0 && loss === null && last === null) out.push("No loss was found in the log.");
  if (loss !== null && loss.y.length === 0) return out;
  if (loss !== null && loss.series.unit === "epoch" && loss.y.length < limits("flatTraining.points") && last === null) out.push(`The log holds ${amount(loss.y.length, "epoch")}; curves are judged from ${limits("flatTraining.points")} on.`);
  if (last === null) {
    if (measures.unlabelled !== undefined) out.push(`There are predictions (${measures.unlabelled}), but no labels were found for them: "Choose Labels…" (in a terminal, --labels) tells where they are.`);
    else if (measures.labels === null) out.push("No predictions of validation cases were found: a loss that falls may hide a class that is never learned.");
    else out.push("There are labels of validation cases, but no predictions.");
    return out;
  }
  if (!view.measuredToTheEnd) out.push(`Predictions end at epoch ${last.epoch} of ${measures.lastEpoch ?? last.epoch}: what the run predicts at its end cannot be judged.`);
  else if (!view.outcome) out.push(`Predictions of ${amount(view.epochs.length, "epoch")} are too few to judge classes by.`);
  else if (last.foreground === null && last.total === 0) out.push("The labels hold no voxel that counts.");
  return out;
}
