import { collapseCauses, stepCauses } from "../dynamics";
import { finding, sinceText } from "../finding";
import { lossAdvice, lossCauses } from "../lossCauses";
import type { Rule } from "../view";
import { amount, oneClass, percent } from "../words";

/** Cases whose labels differ get the same prediction, voxel for voxel. */
export const constantPrediction: Rule = (view) => {
  const from = view.holdsFrom((e) => e.measure.constant && e.measure.cases >= 2);
  if (from < 0 || !view.outcome) return [];
  if (view.running && view.epochs.length - from < 3) return [];
  const last = view.last!;
  const since = { epoch: view.epochs[from]!.epoch };
  const top = last.predicted.indexOf(Math.max(...last.predicted));
  const share = last.total === 0 ? 0 : last.predicted[top]! / last.total;
  return [
    finding("constant-prediction", {
      severity: "error",
      since,
      evidence: { cases: last.measure.cases, mostPredictedClass: top, mostPredictedShare: share, epoch: last.epoch },
      message: `All ${amount(last.measure.cases, "case")} get the same prediction${sinceText(since)}, voxel for voxel, though their labels differ${view.regions ? "" : `; ${percent(share)} of it is class ${oneClass(top, view.measures.classes)}`}.`,
      causes: [
        ...collapseCauses(view, from),
        ...stepCauses(view, since.epoch),
        ...lossCauses(view),
        "The input no longer reaches the output: dead activations, weights that have vanished or overflowed, or a normalisation that wipes out the image.",
        "The same case was written for all: look at how the predictions were saved.",
      ],
      advice: [...lossAdvice(view), "Predict two very different inputs and compare the outputs layer by layer: the first layer that gives the same for both is where the input is lost."],
      at: view.row(since),
    }),
  ];
};
