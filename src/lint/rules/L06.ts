/** L6: class weights that are never used, or only below the fraction bar. */
import type { Loss, Model } from "../model/model";
import { unusedFixes, weighFixes } from "../fixes/weigh";
import { children } from "../python";
import { eachLoss, isHere, related, type Finding, type Rule } from "./rule";

export const L06: Rule = { id: "L6", name: "class weights unused or in the denominator only", check: (model) => eachLoss(model, (loss) => [...below(model, loss), ...unused(model, loss)]) };

function below(model: Model, loss: Loss): Finding[] {
  return loss.trace.ratios.flatMap((ratio) => {
    const { above, below: under, node } = ratio;
    const lone = under.weights.find((id) => !above.weights.includes(id));
    // A denominator of weighted sums of both, not a normalisation.
    if (lone === undefined || !isHere(model, ratio) || above.weights.length > 0 || (under.origin & 2) === 0) return [];
    return [
      {
        rule: "L6",
        severity: "warning" as const,
        message: "The class weights multiply the denominator only. The ratio is then no weighted Dice and may leave [0, 1]. Multiply the overlap with the same weights.",
        range: { from: node.from, to: node.to },
        related: related(model, loss.weightPlaces[lone], "the weights are made here"),
        fixes: weighFixes(model, loss, ratio, lone, "above"),
      },
    ];
  });
}

/** Weights under a name that is not read again before the function ends. */
function unused(model: Model, loss: Loss): Finding[] {
  const { body } = loss.fn;
  const last = new Map<string, { from: number; to: number }>();
  for (const met of loss.trace.assigns) {
    if (!isHere(model, met) || met.node.from < body.from || met.node.to > body.to) continue;
    if (met.value.kind === "tensor" && met.value.state === "weights") last.set(met.name, { from: met.node.from, to: met.node.to });
    else last.delete(met.name);
  }
  return [...last].flatMap(([name, at]) => {
    const end = model.file.text.indexOf("\n", at.to);
    // The rest of the statement may read the old value: what follows its line counts, and a loop may come back to what stands above.
    const statement = statementEnd(loss, at.to);
    const after = model.file.text.slice(Math.max(end, statement), body.to);
    if (end < 0 || inLoop(loss, at.from) || after.trim() === "" || !/\breturn\b/.test(after) || new RegExp(`\\b${name.replace(/\W/g, "\\$&")}\\b`).test(withoutComments(after))) return [];
    return [{ rule: "L6", severity: "warning" as const, message: `The class weights ${name} are computed and never used: the loss is the one without weights.`, range: at, related: [], unused: true as const, fixes: unusedFixes(model, loss, at) }];
  });
}

function withoutComments(text: string): string {
  return text.replace(/#[^\n]*/g, "");
}

/** The end of the innermost statement: of a branch, the other statements and the other ways count. */
function statementEnd(loss: Loss, at: number): number {
  let body = loss.fn.body;
  for (let depth = 0; depth < 100; depth++) {
    const inside = children(body).find((n) => n.from <= at && at <= n.to);
    const inner = inside === undefined ? undefined : children(inside).find((n) => n.name === "Body" && n.from <= at && at <= n.to);
    if (inner === undefined) return inside?.to ?? at;
    body = inner;
  }
  return at;
}

function inLoop(loss: Loss, at: number): boolean {
  for (let node = loss.fn.body.firstChild; node !== null; node = node.nextSibling) if (node.from <= at && at < node.to) return node.name === "ForStatement" || node.name === "WhileStatement";
  return false;
}
