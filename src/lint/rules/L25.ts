/** L25: Tversky's alpha and beta. */
import { exchangeLetters, type Weighed } from "../fixes/powers";
import type { AssignMet, BinaryMet } from "../model/trace";
import type { Part, Value } from "../model/values";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L25: Rule = {
  id: "L25",
  name: "Tversky's letters exchanged",
  check: (model) =>
    eachLoss(model, (loss) => {
      const weighed = loss.trace.binaries.flatMap((met) => (met.op === "*" && isHere(model, met) ? letterOf(met) : []));
      const alpha = weighed.filter((w) => w.letter === "alpha");
      const beta = weighed.filter((w) => w.letter === "beta");
      const [first] = alpha;
      const once = first !== undefined && beta.length === 0 && loss.fn.params.some((p) => p.name === "beta") && ["fn", "fp"].every((part) => alpha.some((w) => w.part === part));
      if (once) return [{ rule: "L25", severity: "info" as const, message: "alpha weighs false positives and false negatives alike, and beta nothing: the loss is a Dice with another factor, whatever beta is.", range: { from: first.met.node.from, to: first.met.node.to }, related: [] }];
      if (first === undefined || beta.length === 0 || !alpha.every((w) => w.part === "fn") || !beta.every((w) => w.part === "fp")) return loss.trace.assigns.flatMap((met) => (isHere(model, met) ? misnamed(met) : []));
      return [{ rule: "L25", severity: "info" as const, message: "alpha weighs false negatives here and beta false positives: the other way round than in Salehi et al., MONAI and segmentation_models.pytorch. Values taken from there mean the opposite.", range: { from: first.met.node.from, to: first.met.node.to }, related: [], fixes: exchangeLetters(model, loss, weighed) }];
    }),
};

/** fp = sum(labels * (1 - predictions)): the name says the contrary of what is counted. */
function misnamed({ name, value, node }: AssignMet): Finding[] {
  const said = /^(fn|false_?neg\w*)$/i.test(name) ? "fn" : /^(fp|false_?pos\w*)$/i.test(name) ? "fp" : null;
  const counted = partOf(value);
  if (said === null || counted === null || counted === said) return [];
  const [what, not] = said === "fn" ? ["false positives (predicted, and not labelled)", "negatives"] : ["false negatives (labelled, and not predicted)", "positives"];
  return [{ rule: "L25", severity: "info", message: `${name} counts ${what}, not false ${not}: the weights alpha and beta act the other way round than their names say.`, range: { from: node.from, to: node.to }, related: [] }];
}

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
