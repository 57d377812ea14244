/** L12: background removed before the softmax. */
import { fixOf, setArgument } from "../fixes/code";
import { activateFirst } from "../fixes/slices";
import type { Loss } from "../model/model";
import type { CallMet } from "../model/trace";
import { PREDICTIONS, type Value } from "../model/values";
import { textOf } from "../python";
import { bothRun } from "./labels";
import { eachLoss, isHere, onePerPlace, type Finding, type Rule } from "./rule";

const MESSAGE = "The background is left out before the softmax: it is then taken over the foreground alone, every pixel must belong to a foreground class, and the background's logit gets no gradient. Apply the softmax first.";
const isTrue = (value: Value | undefined): boolean => value?.kind === "boolean" && value.value;
const isFalse = (value: Value | undefined): boolean => value?.kind === "boolean" && !value.value;

/** if not include_background: logits = logits[:, 1:]: where that way is taken; the softmax of the same name follows. */
function isLeftOutBefore({ trace }: Loss, call: CallMet): boolean {
  const [node] = call.argNodes;
  const name = node?.name === "VariableName" ? textOf(call.file, node) : null;
  const last = trace.assigns.filter((a) => a.name === name && a.file === call.file && a.node.from < call.node.from).at(-1);
  return last !== undefined && last.value.kind === "tensor" && last.value.foreground && last.value.activation === null && last.value.origin === PREDICTIONS && bothRun(last.node, call.node, call.file);
}

export const L12: Rule = {
  id: "L12",
  name: "background removed before the softmax",
  check: (model) =>
    onePerPlace([
      ...eachLoss(model, (loss) =>
        loss.trace.calls.flatMap((call): Finding[] => {
          const [first] = call.args;
          if (!isHere(model, call) || !/^(log_)?softmax$/i.test(call.method) || first?.kind !== "tensor" || first.origin !== PREDICTIONS) return [];
          if (!first.foreground) return isLeftOutBefore(loss, call) ? [{ rule: "L12", severity: "info", message: MESSAGE, range: { from: call.node.from, to: call.node.to }, related: [] }] : [];
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
