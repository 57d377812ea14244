/** L4: sums that run over the class axis. */
import { perClassFixes } from "../fixes/perClass";
import { backgroundSentence, withFacts } from "../factsWords";
import { backgroundScore, Forms, overlapOf } from "../forms";
import type { RatioMet } from "../model/trace";
import type { Loss, Model } from "../model/model";
import { endOf } from "../model/ends";
import { tracesOf } from "./known";
import { eachLoss, isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L04: Rule = {
  id: "L4",
  name: "sums over the class axis",
  check: (model) =>
    onePerPlace([...flattened(model), ...eachLoss(model, (loss) =>
      loss.trace.ratios.flatMap((ratio) => {
        if (!isHere(model, ratio)) return [];
        const message = messageOf(ratio, loss, model);
        return message === null ? [] : [{ rule: "L4", severity: "warning" as const, message, range: { from: ratio.node.from, to: ratio.node.to }, related: [], fixes: perClassFixes(model, loss, ratio) }];
      }),
    )]),
};

/** compile(loss=keras.losses.Dice()) behind a softmax: without an axis all of it is summed. */
function flattened(model: Model): Finding[] {
  return tracesOf(model).flatMap((trace) => trace.calls.map((call) => ({ call, trace }))).flatMap(({ call, trace }): Finding[] => {
    const given = call.method === "compile" && isHere(model, call) ? (call.named.get("loss") ?? call.args[2]) : undefined;
    const [network] = call.args;
    if (given?.kind !== "instance" || !/^keras\.losses\.(Dice|Tversky)$/.test(given.path) || given.named.has("axis") || given.args.length > 0 || network?.kind !== "instance") return [];
    const end = endOf(network, trace, call);
    if (end === null || end.activation !== "softmax" || end.channels === null || end.channels.count < 2) return [];
    return [{ rule: "L4", severity: "warning", message: `${given.path.endsWith("Dice") ? "Dice" : "Tversky"} of Keras sums over all axes unless it is given one, the classes too. With a softmax and one-hot labels this is the mean probability of the true class: predicting background everywhere costs only the share of the foreground. Give it axis=(0, 1, 2), or the axes of your images.`, range: { from: call.node.from, to: call.node.to }, related: [] }];
  });
}

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
