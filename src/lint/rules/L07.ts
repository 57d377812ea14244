/** L7: an overlap computed on logits. */
import type { CallMet } from "../model/trace";
import type { Model } from "../model/model";
import { PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L07: Rule = {
  id: "L7",
  name: "activation missing",
  check: (model) => onePerPlace([...eachLoss(model, (loss) => loss.trace.binaries.flatMap((met) => (met.op === "*" && isHere(model, met) && isOverlap(met.result) && (isLogits(met.left) || isLogits(met.right)) ? [finding(met.node)] : []))), ...handedIn(model)]),
};

function finding(range: { readonly from: number; readonly to: number }): Finding {
  return {
    rule: "L7",
    severity: "warning",
    message: "Logits are multiplied with the labels. An overlap needs probabilities: with logits the loss leaves [0, 1] and jumps where its denominator crosses 0. Apply a softmax or sigmoid first.",
    range: { from: range.from, to: range.to },
    related: [],
  };
}

const isOverlap = (value: Value): boolean => value.kind === "tensor" && value.part === "tp" && value.over === "";
const isLogits = (value: Value): boolean => value.kind === "tensor" && value.state === "logits" && value.origin === PREDICTIONS;

/** MONAI's overlap losses take probabilities unless they are told of an activation. */
const PLAIN = /^monai\.losses\..*?(DiceLoss|GeneralizedDiceLoss|TverskyLoss|MaskedDiceLoss)$/;

function handedIn(model: Model): Finding[] {
  return [...model.flows, ...model.losses].flatMap(({ trace }) =>
    trace.calls.flatMap((call: CallMet) => {
      const { instance } = call;
      if (instance === null || !isHere(model, call) || !PLAIN.test(instance.path) || ["softmax", "sigmoid", "other_act"].some((n) => instance.named.has(n)) || instance.args.length > 2) return [];
      const [first] = call.args;
      if (first === undefined || !isLogits(first)) return [];
      return [{ ...finding(call.node), message: `${call.method} takes probabilities unless it is made with softmax=True or sigmoid=True, and is given the logits of a network.` }];
    }),
  );
}
