/** L7: an overlap computed on logits. */
import { knownLoss } from "../catalogue/losses";
import { activate, tellActivation } from "../fixes/activation";
import { sayOption } from "../fixes/options";
import type { CallMet } from "../model/trace";
import type { Loss, Model } from "../model/model";
import { PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L07: Rule = {
  id: "L7",
  name: "activation missing",
  check: (model) => onePerPlace([...eachLoss(model, (loss) => (isEntropy(loss) || !isRatio(loss) ? [] : loss.trace.binaries).flatMap((met) => (met.op === "*" && isHere(model, met) && isOverlap(met.result) && (isLogits(met.left) || isLogits(met.right)) ? [{ ...finding(met.node), fixes: activate(model, loss) }] : []))), ...handedIn(model)]),
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

/** max(z, 0) - z·y + log(1 + exp(-|z|)): a cross-entropy written for logits, with no overlap beside it. */
const isEntropy = ({ trace }: Loss): boolean => trace.ratios.length === 0 && trace.calls.some((c) => /^(log1p|softplus|logsumexp|reduce_logsumexp|logaddexp)$/.test(c.method));

/** An overlap is divided by sums; a cosine by norms. */
const isRatio = ({ trace }: Loss): boolean => trace.ratios.length > 0 && !trace.calls.some((c) => /norm/i.test(c.method));

const isOverlap = (value: Value): boolean => value.kind === "tensor" && value.part === "tp" && value.over === "";
const isLogits = (value: Value): boolean => value.kind === "tensor" && value.state === "logits" && value.origin === PREDICTIONS;


function handedIn(model: Model): Finding[] {
  return [...model.flows, ...model.losses].flatMap(({ trace }) =>
    trace.calls.flatMap((call: CallMet) => {
      const { instance } = call;
      const given = call.args[0] ?? call.named.get("input");
      if (isHere(model, call) && given !== undefined && isLogits(given) && (call.path === "torch.nn.functional.binary_cross_entropy" || (instance !== null && /^torch\.nn\.(\w+\.)*BCELoss$/.test(instance.path)))) {
        return [{ ...finding(call.node), message: `${call.method} takes probabilities, and is given the logits of a network: it stops with an error, or its logarithms are those of numbers that are no probabilities. Use the variant with logits, or apply a sigmoid first.` }];
      }
      const loss = instance === null || !isHere(model, call) ? null : knownLoss(instance.path);
      // Overlaps alone: what a cross-entropy takes is another question.
      if (instance === null || loss === null || (call.family !== "monai" && call.family !== "smp") || loss.applies(instance) !== "none") return [];
      const [first] = call.args;
      if (first === undefined || !isLogits(first)) return [];
      const [said, fixes] = call.family === "monai" ? ["unless it is made with softmax=True or sigmoid=True", tellActivation(model, call, instance)] : ["when it is made with from_logits=False", instance.file.path === model.file.path ? sayOption(model.file, instance.node, "from_logits", "True") : []];
      return [{ ...finding(call.node), message: `${call.method} takes probabilities ${said}, and is given the logits of a network.`, fixes }];
    }),
  );
}
