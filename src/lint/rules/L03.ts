/** L3: class weights that cancel. */
import { cancelFixes } from "../fixes/classSum";
import { PREDICTIONS } from "../model/values";
import { eachLoss, isHere, related, type Finding, type Rule } from "./rule";

const MESSAGE = "The class weights stand above and below the fraction bar of the same class and cancel: every choice of weights gives the same loss. Sum over the classes first, then divide.";

export const L03: Rule = {
  id: "L3",
  name: "class weights cancel",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.binaries.flatMap((met): Finding[] => {
        const { op, left, right, node } = met;
        if (op !== "/" || !isHere(model, met) || left.kind !== "tensor" || right.kind !== "tensor" || left.state === "weights" || right.state === "weights") return [];
        const handed = left.by.find((name) => right.by.includes(name));
        const shared = left.factors.find((id) => right.factors.includes(id));
        // Both are sums per class: a mask of elements is no weight.
        if (shared === undefined && handed !== undefined && left.over !== "" && right.over !== "" && (right.origin & PREDICTIONS) !== 0) {
          return [{ rule: "L3", severity: "warning", message: MESSAGE, range: { from: node.from, to: node.to }, related: [] }];
        }
        if (shared === undefined || left.over === "" || right.over === "") return [];
        return [
          {
            rule: "L3",
            severity: "warning",
            message: MESSAGE,
            range: { from: node.from, to: node.to },
            related: related(model, loss.weightPlaces[shared], "the weights are made here"),
            fixes: cancelFixes(model, loss, met),
          },
        ];
      }),
    ),
};
