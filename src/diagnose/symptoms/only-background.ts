import { collapseCauses, stepCauses, stillFalling } from "../dynamics";
import { finding, sinceText } from "../finding";
import { backgroundShare, lossAdvice, ruleCauses, shareCauses } from "../lossCauses";
import type { Rule, Scored } from "../view";
import { classNames, list, percent, whole } from "../words";
import { layerFrozen } from "./layer-frozen";
import { vanished } from "./weights-near-zero";

/** The labels hold foreground, and at least 99.9 % of what is predicted is background. */
export const onlyBackground: Rule = (view, limits) => {
  const b = view.measures.background;
  const share = (e: Scored): number => (e.predicted[b] ?? 0) / e.total;
  const from = view.holdsFrom((e) => e.total > 0 && e.foreground !== null && share(e) >= limits("onlyBackground.share") && e.foreground < limits("onlyBackground.dice"));
  if (from < 0 || !view.outcome) return [];
  if (view.running && view.epochs.length - from < 3) return [];
  const last = view.last!;
  const since = { epoch: view.epochs[from]!.epoch };
  const foreground = view.foregroundClasses;
  const labelled = foreground.reduce((n, c) => n + last.labels[c]!, 0);
  const found = foreground.reduce((n, c) => n + last.measure.confusion[c * last.measure.classes + c]!, 0);
  const predicted = share(last);
  const every = predicted === 1 ? "Every voxel is" : `${percent(predicted)} of ${view.regions ? "what is counted over all regions" : "the voxels"} ${view.regions ? "is" : "are"}`;
  const dice = foreground.map((c) => last.dice[c] ?? null);
  const zero = dice.every((d) => d === 0);
  const scores = zero ? `Dice of ${classNames(foreground, view.measures.classes)} is 0` : `mean foreground Dice is ${(last.foreground ?? 0).toFixed(4)}`;
  const collapsed = collapseCauses(view, from);
  const steps = stepCauses(view, since.epoch);
  const frozen = layerFrozen(view, limits)[0]?.subject;
  const still = frozen?.layers ?? (frozen?.layer === undefined ? [] : [frozen.layer]);
  const dead = still.length === 0 ? [] : [`${list(still, 3)} no longer ${still.length === 1 ? "changes" : "change"} at all: dead activations (ReLU gives 0 for every input) leave the same output for every voxel.`];
  const causes = [...collapsed, ...steps, ...dead, ...ruleCauses(view), ...stillFalling(view), ...shareCauses(view)];
  const tiny = vanished(view, limits);
  if (tiny.length > 0) causes.unshift(`The weights themselves have vanished (${tiny[0]!.layer}${tiny.length > 1 ? ` and ${tiny.length - 1} more` : ""}: nearly all magnitudes below 1e-9): weight decay or regularisation far too strong, or an optimizer that shrinks them.`);
  causes.push(
    "The learning rate is so high that the network jumped to this answer and stays there, or so low that it has not left it.",
    "The output and the loss do not fit: softmax applied twice or not at all, labels that are not one-hot, or training labels that hold background alone.",
  );
  return [
    finding("only-background", {
      severity: "error",
      subject: { class: b },
      since,
      evidence: {
        predictedBackgroundShare: predicted,
        labelBackgroundShare: backgroundShare(view),
        labelledForegroundVoxels: labelled,
        foundForegroundVoxels: found,
        foregroundDice: last.foreground,
        epoch: last.epoch,
      },
      message: `${every} predicted as background${sinceText(since)}: ${whole(found)} of ${whole(labelled)} labelled ${view.regions ? "voxels of the regions" : "foreground voxels"} were found, ${scores}.`,
      causes,
      advice: [
        ...(tiny.length > 0 ? ["Lower the weight decay or the penalty (1e-4 is usual), or leave it out for some epochs."] : []),
        ...(collapsed.length > 0 ? [`Go back to the last checkpoint before epoch ${since.epoch} and continue with a tenth of the learning rate.`] : steps.length > 0 ? ["Start again with a tenth of the learning rate."] : []),
        ...lossAdvice(view),
        "Overfit two or three cases that hold every class: a network that cannot do that has a wrong loss, label coding or output layer, and no lack of data.",
        "Check that the loss gets logits or probabilities as it expects (softmax once, over the class axis).",
      ],
      at: [...view.row(since), ...view.lossPlaces()],
    }),
  ];
};
