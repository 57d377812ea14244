/** L29: labels that are shares, in an overlap of products. */
import { sayOption } from "../fixes/options";
import type { Loss, Model } from "../model/model";
import type { CallMet, Trace } from "../model/trace";
import { PREDICTIONS, type Place, type Value } from "../model/values";
import { interpolatedLabels } from "./monaiTransforms";
import { isHere, onePerPlace, related, type Finding, type Range, type Rule } from "./rule";

export const L29: Rule = {
  id: "L29",
  name: "soft labels in an overlap",
  check: (model) => onePerPlace([...model.losses.flatMap((loss) => inLoss(model, loss)), ...handedIn(model), ...interpolatedLabels(model)]),
};

const MESSAGE = "Labels between 0 and 1 are multiplied with the predictions: such an overlap is not best at prediction = label. It pushes predictions to 0 and 1 (labels of 0.05 and 0.95: loss 0.27 where they are met, 0.16 at 0 and 1). Square both sums of the denominator, or count the overlap by differences.";

function finding(model: Model, range: Range, soft: Place | null, message: string): Finding {
  return { rule: "L29", severity: "info", message, range: { from: range.from, to: range.to }, related: related(model, soft, "the labels become shares here") };
}

function inLoss(model: Model, loss: Loss): Finding[] {
  if (squares(loss.trace)) return [];
  return loss.trace.ratios.flatMap((ratio) => (isHere(model, ratio) && ratio.above.soft !== null ? [finding(model, ratio.node, ratio.above.soft, MESSAGE)] : []));
}

/** With p² + t² below the bar the best prediction is the label. */
function squares(trace: Trace): boolean {
  const guess = (value: Value | undefined): boolean => value?.kind === "tensor" && (value.origin & PREDICTIONS) !== 0 && value.over === "";
  return trace.binaries.some((b) => (b.op === "**" && guess(b.left)) || (b.op === "*" && b.left.kind === "tensor" && b.left.origin === PREDICTIONS && b.right.kind === "tensor" && b.right.origin === PREDICTIONS && b.left.over === "")) || trace.calls.some((c) => /^(square|pow|power|norm|vector_norm|abs|l1_loss|multiply|mul)$/.test(c.method) && c.args.some(guess));
}

/** Losses of libraries that multiply predictions with labels unless told otherwise. */
const PRODUCTS = /^(monai\.losses\.(\w+\.)?(DiceLoss|GeneralizedDiceLoss|TverskyLoss|MaskedDiceLoss|DiceCELoss|DiceFocalLoss|GeneralizedDiceFocalLoss)|keras\.losses\.(Dice|Tversky|dice|tversky))$/;

function handedIn(model: Model): Finding[] {
  return [...model.flows, ...model.losses].flatMap(({ trace }) => [...trace.calls.flatMap((call) => toLibrary(model, call)), ...ownCalls(model, trace)]);
}

function toLibrary(model: Model, call: CallMet): Finding[] {
  const path = call.path ?? "";
  if (!isHere(model, call) || !PRODUCTS.test(path)) return [];
  const keras = path.startsWith("keras.");
  // The class is made first; what it is called with comes then.
  if (call.instance === null && /\.[A-Z]\w*$/.test(path)) return [];
  const labels = call.named.get(keras ? "y_true" : "target") ?? call.args[keras ? 0 : 1];
  if (labels?.kind !== "tensor" || labels.soft === null) return [];
  const options = call.instance?.named ?? new Map<string, Value>();
  if ((call.instance?.args.length ?? 0) > 4 || ["soft_label", "squared_pred"].some((n) => options.has(n) && !isFalse(options.get(n))) || isTrue(options.get("to_onehot_y"))) return [];
  const remedy = keras ? "Use labels of 0 and 1." : /\.(Dice|GeneralizedDice|Tversky|MaskedDice)Loss$/.test(path) ? "Make the loss with soft_label=True." : "Use labels of 0 and 1.";
  const { instance } = call;
  const fixes = instance !== null && remedy.includes("soft_label") && instance.file.path === model.file.path ? sayOption(model.file, instance.node, "soft_label", "True") : [];
  return [{ ...finding(model, call.node, labels.soft, `${call.method} multiplies predictions with labels, and the labels lie between 0 and 1: it is not best at prediction = label, and pushes predictions to 0 and 1. ${remedy}`), fixes }];
}

/** A loss of the file itself, called with labels that were resized or mixed. */
function ownCalls(model: Model, trace: Trace): Finding[] {
  return trace.own.flatMap((call) => {
    const loss = model.losses.find((l) => l.fn === call.fn);
    if (!isHere(model, call) || loss === undefined || !loss.trace.ratios.some((r) => r.below.weights.length === 0) || squares(loss.trace)) return [];
    const labels = call.named.get(loss.pair.labels) ?? call.positional[loss.pair.labelsFirst ? 0 : 1];
    if (labels?.kind !== "tensor" || labels.soft === null || hardens(loss)) return [];
    return [finding(model, call.node, labels.soft, MESSAGE)];
  });
}

/** Whether the loss rounds its labels or turns them into one-hot. */
function hardens(loss: Loss): boolean {
  return loss.trace.calls.some((c) => /one_?hot|to_categorical|^(round|long|int|argmax)$/i.test(c.method)) || loss.trace.binaries.some((b) => /^[<>=!]=?$/.test(b.op) && b.result.kind === "tensor" && b.result.over === "" && b.result.state === "mask");
}

const isTrue = (value: Value | undefined): boolean => value?.kind === "boolean" && value.value;
const isFalse = (value: Value | undefined): boolean => value?.kind === "boolean" && !value.value;
