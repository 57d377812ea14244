/** L25: Tversky's alpha and beta. */
import { exchangeLetters, type Weighed } from "../fixes/powers";
import type { BinaryMet } from "../model/trace";
import type { Part, Value } from "../model/values";
import { eachLoss, isHere, type Rule } from "./rule";

export const L25: Rule = {
  id: "L25",
  name: "Tversky's letters exchanged",
  check: (model) =>
    eachLoss(model, (loss) => {
      const weighed = loss.trace.binaries.flatMap((met) => (met.op === "*" && isHere(model, met) ? letterOf(met) : []));
      const alpha = weighed.filter((w) => w.letter === "alpha");
      const beta = weighed.filter((w) => w.letter === "beta");
      const [first] = alpha;
      if (first === undefined || beta.length === 0 || !alpha.every((w) => w.part === "fn") || !beta.every((w) => w.part === "fp")) return [];
      return [{ rule: "L25", severity: "info" as const, message: "alpha weighs false negatives here and beta false positives: the other way round than in Salehi et al., MONAI and segmentation_models.pytorch. Values taken from there mean the opposite.", range: { from: first.met.node.from, to: first.met.node.to }, related: [], fixes: exchangeLetters(model, loss, weighed) }];
    }),
};

function letterOf(met: BinaryMet): (Weighed & { readonly part: Part })[] {
  for (const [node, other] of [[met.leftNode, met.right], [met.rightNode, met.left]] as const) {
    if (node === null) continue;
    const name = met.file.text.slice(node.from, node.to).replace(/^self\./, "");
    const part = partOf(other);
    if ((name === "alpha" || name === "beta") && part !== null) return [{ letter: name, part, met, node }];
  }
  return [];
}

function partOf(value: Value): Part | null {
  return value.kind === "tensor" && (value.part === "fp" || value.part === "fn") ? value.part : null;
}
