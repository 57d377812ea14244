/** L11: the background left out of a single channel. */
import { withoutSlice } from "../fixes/slices";
import { eachLoss, isHere, type Rule } from "./rule";

export const L11: Rule = {
  id: "L11",
  name: "background left out of a single channel",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.picks.flatMap((met) => {
        if (!isHere(model, met) || !met.result.empty || met.of.empty) return [];
        return [{ rule: "L11", severity: "warning" as const, message: "This leaves out the first channel of an array that has only one: nothing is left, and the loss is a constant.", range: { from: met.node.from, to: met.node.to }, related: [], fixes: withoutSlice(loss, met) }];
      }),
    ),
};
