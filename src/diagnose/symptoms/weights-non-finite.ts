import { finding, layerSubject, sinceText } from "../finding";
import type { Rule } from "../view";
import { amount, list, whole } from "../words";

/** A NaN or an infinity in a tensor. */
export const weightsNonFinite: Rule = (view) => {
  const { checkpoints } = view.measures;
  const bad = checkpoints.map((c) => c.tensors.filter((t) => t.nan + t.inf > 0));
  const first = bad.findIndex((t) => t.length > 0);
  if (first < 0) return [];
  const lastBad = bad.findLastIndex((t) => t.length > 0);
  const recovered = lastBad < checkpoints.length - 1;
  const at = checkpoints[first]!;
  const worst = checkpoints[lastBad]!;
  const tensors = bad[lastBad]!;
  const since = at.epoch !== null ? { epoch: at.epoch } : at.step !== null ? { step: at.step } : null;
  const nan = tensors.reduce((n, t) => n + t.nan, 0);
  const inf = tensors.reduce((n, t) => n + t.inf, 0);
  return [
    finding("weights-non-finite", {
      severity: recovered ? "warning" : "error",
      subject: layerSubject([...new Set(tensors.map((t) => t.layer))]),
      since,
      evidence: { checkpoint: worst.path, tensors: tensors.map((t) => t.name), nan: tensors.map((t) => t.nan), inf: tensors.map((t) => t.inf), firstCheckpoint: at.path },
      message: `${amount(tensors.length, "tensor")} of ${worst.tensors.length} in ${worst.path} ${tensors.length === 1 ? "holds" : "hold"} values that are not finite${first === lastBad ? "" : sinceText(since)} (${whole(nan)} NaN, ${whole(inf)} infinite: ${list(tensors.map((t) => t.name), 3)})${recovered ? "; the newest checkpoint is finite" : ""}.`,
      causes: ["The loss or a gradient became NaN or infinite, and the optimizer wrote it into every weight it touched.", "Half precision overflowed.", "A running variance of a normalisation overflowed."],
      advice: [`Do not use this checkpoint; go back to the last finite one${first > 0 ? ` (${checkpoints[first - 1]!.path})` : ""}.`, "Stop a training when its loss is not finite (TerminateOnNaN, or a check in the loop).", "Clip the gradient norm, lower the learning rate, and look for log(0) and divisions by 0 in the loss."],
    }),
  ];
};
