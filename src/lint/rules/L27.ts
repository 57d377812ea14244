/** L27: class weights in the numerator only. */
import { weighFixes } from "../fixes/weigh";
import type { Loss } from "../model/model";
import { eachLoss, isHere, related, type Finding, type Rule } from "./rule";

const MESSAGE = "The class weights multiply the overlap only: the score may exceed 1 and the loss fall below 0, and a class of large weight is never done. Multiply the sums below with the same weights.";

/** Divided by the sum of the weights, here or where they are made: a mean of scores. */
function isNormalised({ fn }: Loss, name: string): boolean {
  const bare = name.replace(/\[[^\]]*\]$/, "").replace(/^self\./, "");
  const { file, node } = fn.owner ?? fn.within[0] ?? fn;
  const text = file.text.slice(node.from, node.to);
  return text.includes(`${bare}.sum(`) || ["sum", "mean"].some((name) => new RegExp(`\\b${name}\\(\\s?${bare.replace(/\W/g, "\\$&")}\\s?[,)]`).test(text)) || text.includes(`${bare}.mean(`) || /normali[sz]e/i.test(text);
}

export const L27: Rule = {
  id: "L27",
  name: "class weights in the numerator only",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.ratios.flatMap((ratio): Finding[] => {
        const { above, below, node } = ratio;
        const lone = above.weights[0];
        const [handed] = above.weighed;
        if (lone === undefined && handed !== undefined && below.weighed.length === 0 && below.weights.length === 0 && below.origin === 3 && isHere(model, ratio) && !isNormalised(loss, handed)) {
          return [{ rule: "L27", severity: "warning", message: MESSAGE, range: { from: node.from, to: node.to }, related: [] }];
        }
        if (lone === undefined || below.weights.length > 0 || below.origin !== 3 || !isHere(model, ratio)) return [];
        // Weights that sum to 1 make a mean of scores.
        if (loss.trace.binaries.some((b) => b.op === "/" && [b.left, b.right].every((v) => v.kind === "tensor" && v.weights.includes(lone) && (v.origin & 2) === 0))) return [];
        return [{ rule: "L27", severity: "warning", message: MESSAGE, range: { from: node.from, to: node.to }, related: related(model, loss.weightPlaces[lone], "the weights are made here"), fixes: weighFixes(model, loss, ratio, lone, "below") }];
      }),
    ),
};
