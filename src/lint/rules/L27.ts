/** L27: class weights in the numerator only. */
import { weighFixes } from "../fixes/weigh";
import { eachLoss, isHere, related, type Rule } from "./rule";

export const L27: Rule = {
  id: "L27",
  name: "class weights in the numerator only",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.ratios.flatMap((ratio) => {
        const { above, below, node } = ratio;
        const lone = above.weights[0];
        if (lone === undefined || below.weights.length > 0 || below.origin !== 3 || !isHere(model, ratio)) return [];
        // Weights that sum to 1 make a mean of scores.
        if (loss.trace.binaries.some((b) => b.op === "/" && [b.left, b.right].every((v) => v.kind === "tensor" && v.weights.includes(lone) && (v.origin & 2) === 0))) return [];
        return [{ rule: "L27", severity: "warning" as const, message: "The class weights multiply the overlap only: the score may exceed 1 and the loss fall below 0, and a class of large weight is never done. Multiply the sums below with the same weights.", range: { from: node.from, to: node.to }, related: related(model, loss.weightPlaces[lone], "the weights are made here"), fixes: weighFixes(model, loss, ratio, lone, "below") }];
      }),
    ),
};
