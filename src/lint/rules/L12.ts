/** L12: background removed before the softmax. */
import { fixOf, setArgument } from "../fixes/code";
import { activateFirst } from "../fixes/slices";
import { PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, onePerPlace, type Rule } from "./rule";

const MESSAGE = "The background is left out before the softmax: it is then taken over the foreground alone, every pixel must belong to a foreground class, and the background's logit gets no gradient. Apply the softmax first.";
const isTrue = (value: Value | undefined): boolean => value?.kind === "boolean" && value.value;
const isFalse = (value: Value | undefined): boolean => value?.kind === "boolean" && !value.value;

export const L12: Rule = {
  id: "L12",
  name: "background removed before the softmax",
  check: (model) =>
    onePerPlace([
      ...eachLoss(model, (loss) =>
        loss.trace.calls.flatMap((call) => {
          const [first] = call.args;
          if (!isHere(model, call) || !/^(log_)?softmax$/i.test(call.method) || first?.kind !== "tensor" || !first.foreground || first.origin !== PREDICTIONS) return [];
          return [{ rule: "L12", severity: "warning" as const, message: MESSAGE, range: { from: call.node.from, to: call.node.to }, related: [], fixes: activateFirst(loss, call) }];
        }),
      ),
      // MONAI's FocalLoss slices the logits first.
      ...[...model.flows, ...model.losses].flatMap(({ trace }) =>
        trace.calls.flatMap((call) => {
          if (!isHere(model, call) || call.instance !== null || call.family !== "monai" || call.method !== "FocalLoss" || !isFalse(call.named.get("include_background")) || !isTrue(call.named.get("use_softmax"))) return [];
          return [{ rule: "L12", severity: "warning" as const, message: `FocalLoss(include_background=False, use_softmax=True): ${MESSAGE.charAt(0).toLowerCase()}${MESSAGE.slice(1)}`, range: { from: call.node.from, to: call.node.to }, related: [], fixes: fixOf("Let the background count too (include_background=True)", [setArgument(model.file, call.node, "include_background", "True")], false) }];
        }),
      ),
    ]),
};
