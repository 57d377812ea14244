/** L15: class indices multiplied with probabilities per class. */
import { makeOneHot } from "../fixes/oneHot";
import { placeAt, type CallMet } from "../model/trace";
import type { Loss } from "../model/model";
import { LABELS, PREDICTIONS, type Value } from "../model/values";
import { eachLoss, isHere, related, type Rule } from "./rule";

export const L15: Rule = {
  id: "L15",
  name: "class indices where one-hot labels are needed",
  check: (model) =>
    eachLoss(model, (loss) => {
      const hard = loss.trace.binaries.filter((met) => met.op === "*" && isHere(model, met) && ((isHard(met.left) && isPerClass(met.right)) || (isHard(met.right) && isPerClass(met.left))));
      if (hard.length > 0) return hard.map(({ node }) => ({ rule: "L15", severity: "warning" as const, message: "Class indices (of an argmax) are multiplied with the probabilities of all classes: the product is broadcast, and class 2 counts twice. Multiply with one-hot labels.", range: { from: node.from, to: node.to }, related: [] }));
      const indices = loss.trace.calls.find((call) => takesIndices(call, loss));
      if (indices === undefined) return [];
      return loss.trace.binaries.flatMap((met) => {
        if (met.op !== "*" || !isHere(model, met) || met.result.kind !== "tensor" || met.result.part !== "tp" || met.result.over !== "") return [];
        if (!isWhole(met.left, loss) && !isWhole(met.right, loss)) return [];
        // The probability of one class has no axis of classes.
        if ([met.left, met.right].some((v) => v.kind === "tensor" && (v.oneClass || v.state === "indices"))) return [];
        return [
          {
            rule: "L15",
            severity: "warning" as const,
            message: `${loss.pair.labels} holds class indices (a sparse cross-entropy takes it), and is multiplied with the probabilities of all classes: the product is broadcast and counts class 2 twice. Turn the labels into one-hot first.`,
            range: { from: met.node.from, to: met.node.to },
            related: related(model, placeAt(indices), "taken as class indices here"),
            fixes: makeOneHot(model, loss, indices),
          },
        ];
      });
    }),
};

const isHard = (v: Value): boolean => v.kind === "tensor" && v.origin === LABELS && v.state === "indices" && v.over === "" && !v.oneClass;
const isPerClass = (v: Value): boolean => v.kind === "tensor" && v.origin === PREDICTIONS && v.activation === "softmax" && v.over === "" && !v.oneClass && !v.foreground && (v.axes === null || v.axes.roles.includes("C"));

function takesIndices(call: CallMet, loss: Loss): boolean {
  const name = call.method;
  const isLabels = (v: Value | undefined): boolean => v?.kind === "tensor" && v.param === loss.pair.labels;
  if (/^(sparse_categorical_crossentropy|SparseCategoricalCrossentropy)$/.test(name)) return call.args.some(isLabels) || isLabels(call.named.get("y_true"));
  if (name === "sparse_softmax_cross_entropy_with_logits") return isLabels(call.named.get("labels"));
  // Targets of PyTorch's cross-entropy may be probabilities; whole numbers are not.
  if (!/^torch\.nn\.(functional\.cross_entropy|CrossEntropyLoss)$/.test(call.path ?? "") || call.node.to - call.node.from > 400) return false;
  const target = call.argNodes[1];
  return isLabels(call.args[1]) && target !== undefined && /\.long\(\)|\.to\(torch\.(long|int64)\)/.test(call.file.text.slice(target.from, target.to));
}

/** The labels as they were handed in: no comparison, no class picked, no one-hot. */
function isWhole(value: Value, loss: Loss): boolean {
  return value.kind === "tensor" && value.origin === LABELS && value.param === loss.pair.labels && !value.oneClass;
}
