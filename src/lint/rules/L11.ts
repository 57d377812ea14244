/** L11: the background left out of a single channel. */
import { withoutSlice } from "../fixes/slices";
import type { Met } from "../model/trace";
import { child } from "../python";
import { eachLoss, isHere, type Rule } from "./rule";

/** Below if x.shape[1] > 1: a single channel never comes here. */
function isAskedFor({ file, node }: Met): boolean {
  for (let at = node.parent; at !== null && at.name !== "FunctionDefinition"; at = at.parent) {
    const body = at.name === "IfStatement" ? child(at, "Body") : null;
    if (body !== null && /shape|size|chann?el|class|\bn_/.test(file.text.slice(at.from, body.from))) return true;
  }
  return false;
}

export const L11: Rule = {
  id: "L11",
  name: "background left out of a single channel",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.picks.flatMap((met) => {
        if (!isHere(model, met) || !met.result.empty || met.of.empty || isAskedFor(met)) return [];
        return [{ rule: "L11", severity: "warning" as const, message: "This leaves out the first channel of an array that has only one: nothing is left, and the loss is a constant.", range: { from: met.node.from, to: met.node.to }, related: [], fixes: withoutSlice(loss, met) }];
      }),
    ),
};
