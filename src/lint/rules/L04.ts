/** L4: sums that run over the class axis. */
import { perClassFixes } from "../fixes/perClass";
import { backgroundSentence, withFacts } from "../factsWords";
import { backgroundScore, Forms, overlapOf } from "../forms";
import type { RatioMet } from "../model/trace";
import type { Loss, Model } from "../model/model";
import { eachLoss, isHere, type Rule } from "./rule";

export const L04: Rule = {
  id: "L4",
  name: "sums over the class axis",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.ratios.flatMap((ratio) => {
        if (!isHere(model, ratio)) return [];
        const message = messageOf(ratio, loss, model);
        return message === null ? [] : [{ rule: "L4", severity: "warning" as const, message, range: { from: ratio.node.from, to: ratio.node.to }, related: [], fixes: perClassFixes(model, loss, ratio) }];
      }),
    ),
};

function messageOf(ratio: RatioMet, loss: Loss, { facts }: Model): string | null {
  const { above, below } = ratio;
  const { over } = above;
  if (over === null || !over.includes("C") || above.oneClass || above.foreground || above.weights.length > 0 || below.weights.length > 0) return null;
  if (over === "C") {
    // In PyTorch a second axis need not be the classes of an image.
    if (loss.framework !== "keras" && loss.framework !== "tensorflow") return null;
    return withFacts("The sums run over the last axis alone, which holds the classes in channels-last arrays: this is a ratio per pixel, and no overlap of regions. Sum over the image's axes.", facts === null ? null : backgroundSentence(facts, null));
  }
  if (!loss.multiclass) return null;
  const overlap = facts === null ? null : overlapOf(new Forms(loss), ratio);
  const known = facts === null ? null : backgroundSentence(facts, overlap === null ? null : (share) => backgroundScore(overlap, share));
  return withFacts("The sums run over the classes too. With a softmax and one-hot labels this is the mean probability of the true class: predicting background everywhere costs only the share of the foreground, and weights of false positives and negatives have no effect. Sum per class, then average.", known);
}
