/** Why nothing, or not all, can be judged yet. Only what matters: a run without checkpoints is judged by its predictions. */
import type { Limits } from "./thresholds";
import type { View } from "./view";
import { amount } from "./words";

export function doubts(view: View, limits: Limits): string[] {
  const { measures, last } = view;
  const out: string[] = [];
  const points = Math.max(0, ...measures.series.map((s) => s.values.length));
  if (points === 0 && last === null) {
    if (measures.checkpoints.length > 0) out.push("There are checkpoints alone, neither a log nor predictions with labels.");
    else out.push("There is neither a log nor a prediction with labels.");
    return out;
  }
  const loss = view.losses.train ?? view.losses.val;
  if (points > 0 && loss === null && last === null) out.push("No loss was found in the log.");
  if (loss !== null && loss.y.length === 0) return out;
  if (loss !== null && loss.series.unit === "epoch" && loss.y.length < limits("flatTraining.points") && last === null) out.push(`The log holds ${amount(loss.y.length, "epoch")}; curves are judged from ${limits("flatTraining.points")} on.`);
  if (last === null) {
    if (measures.labels === null) out.push("No labels and predictions of validation cases were found: classes cannot be judged, and a loss that falls may hide one that is never found.");
    else out.push("There are labels, but no predictions: classes cannot be judged.");
    return out;
  }
  if (!view.measuredToTheEnd) out.push(`Predictions end at epoch ${last.epoch} of ${measures.lastEpoch ?? last.epoch}: the classes at the end of the run cannot be judged.`);
  else if (!view.outcome) out.push(`Predictions of ${amount(view.epochs.length, "epoch")} are too few to judge classes by.`);
  else if (last.foreground === null && last.total === 0) out.push("The labels hold no voxel that counts.");
  return out;
}
