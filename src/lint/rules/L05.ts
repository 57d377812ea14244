/** L5: volumes counted over the class axis. */
import { volumesSentence, withFacts } from "../factsWords";
import { countFixes } from "../fixes/perClass";
import { placeAt } from "../model/trace";
import { PREDICTIONS } from "../model/values";
import { eachLoss, isHere, related, type Rule } from "./rule";

export const L05: Rule = {
  id: "L5",
  name: "volumes counted over the class axis",
  check: (model) =>
    eachLoss(model, (loss) => {
      // What weighs an overlap, or a cost of each pixel.
      const costs = loss.trace.binaries.flatMap((b) => (b.op === "*" && b.result.kind === "tensor" && (b.result.origin & PREDICTIONS) !== 0 ? b.result.weights : []));
      const used = new Set([...loss.trace.ratios.flatMap((r) => [...r.below.weights, ...r.above.weights]), ...costs]);
      return loss.trace.sums.flatMap((met) => {
        const { of, result, node } = met;
        if (met.mean || !isHere(model, met) || of.origin !== 1 || of.part !== null || of.over !== "" || of.oneClass || of.foreground || result.over !== "C") return [];
        // Only volumes whose inverse weighs an overlap.
        const weights = [...loss.trace.binaries, ...loss.trace.calls].find((b) => b.result.kind === "tensor" && b.result.state === "weights" && b.result.over === "C" && b.result.weights.some((id) => used.has(id)));
        if (weights === undefined) return [];
        return [
          {
            rule: "L5",
            severity: "warning" as const,
            message: withFacts(`${loss.pair.labels} is summed over the classes: with one-hot labels that is 1 for every pixel, not the volume of a class, so that all weights are 1. Sum over the image's axes.`, model.facts === null ? null : volumesSentence(model.facts)),
            range: { from: node.from, to: node.to },
            related: related(model, placeAt(weights), "the weights are made here"),
            fixes: countFixes(model, loss),
          },
        ];
      });
    }),
};
