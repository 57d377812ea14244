/** L26: losses that are negative by their sign convention, and code that misreads them. */
import type { Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Tensor, Value } from "../model/values";
import { isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L26: Rule = {
  id: "L26",
  name: "loss that is negative by convention",
  check: (model) => onePerPlace([...model.losses.flatMap((loss) => [...convention(loss), ...minimised(model, loss), ...misread(model, loss)]), ...flowFindings(model)]),
};

/** -Dice, without a constant that lifts it. */
const isNegative = (value: Value | undefined): value is Tensor => value?.kind === "tensor" && value.level?.sense === "dip" && value.level.shift === 0;

function finding(severity: Finding["severity"], range: Finding["range"], message: string): Finding {
  return { rule: "L26", severity, message, range: { from: range.from, to: range.to }, related: [] };
}

function convention(loss: Loss): Finding[] {
  if (!isNegative(loss.returned)) return [];
  // A lambda has no return statement.
  const place = loss.fn.body.name === "Body" ? loss.trace.returns.find((r) => r.depth === 0 && isNegative(r.value)) : { node: loss.fn.body };
  if (place === undefined) return [];
  const alone = loss.returned.ratio !== null;
  return [finding("info", place.node, alone ? "This loss is the negative of an overlap: it is negative all the time, and its best value is below 0 (-1 for a Dice). A falling negative loss is normal." : "An overlap is subtracted here: the loss falls below 0 once the overlap outweighs the rest. That is normal; its best value is -1 for a Dice beside a cross-entropy.")];
}

/** model.compile(loss=dice_coef): what should grow is made small. */
function minimised(model: Model, loss: Loss): Finding[] {
  const { returned } = loss;
  if (loss.evidence !== "compiled" || returned.kind !== "tensor" || returned.ratio === null || returned.level?.sense !== "score") return [];
  const compiles = model.flows.flatMap((flow) => flow.trace.calls.filter((call) => call.method === "compile"));
  if (compiles.some((call) => call.named.has("loss_weights"))) return [];
  const place = loss.trace.returns.find((r) => r.depth === 0 && r.value.kind === "tensor" && r.value.level?.sense === "score");
  if (place === undefined) return [];
  return [finding("warning", place.node, `${loss.name} grows with the overlap, and is compiled as the loss: training makes it as small as it can, and drives the overlap to 0. Return 1 - score, or its negative.`)];
}

/** A logarithm of what is negative, a maximum with 0: inside the loss. */
function misread(model: Model, loss: Loss): Finding[] {
  return loss.trace.calls.flatMap((call) => {
    const [of] = call.args;
    if (!isHere(model, call) || !isNegative(of) || of.ratio === null) return [];
    if (/^(log|log2|log10|sqrt|rsqrt)$/.test(call.method)) return [finding("warning", call.node, `${call.method} of a negative overlap is not a number, whatever is predicted. Take it of the overlap, or of 1 - overlap.`)];
    if (floorsAtZero(call)) return [finding("warning", call.node, "A negative overlap is cut off at 0 here: the loss is 0 whatever is predicted, and has no gradient. Use 1 - overlap, or leave the bound out.")];
    return [];
  });
}

function floorsAtZero(call: CallMet): boolean {
  if (call.method === "relu") return true;
  const zero = (value: Value | undefined): boolean => value?.kind === "number" && value.value === 0;
  if (call.method === "maximum") return zero(call.args[1]) || zero(call.named.get("y"));
  return /^(clamp|clamp_|clip|clip_by_value|clamp_min)$/.test(call.method) && (zero(call.args[1]) || ["min", "a_min", "clip_value_min", "x_min", "min_value"].some((n) => zero(call.named.get(n))));
}

const CALLBACK = /^(EarlyStopping|ModelCheckpoint|ReduceLROnPlateau)$/;
const NNUNET = /^nnunet(v2)?\..*\.(DC_and_CE_loss|DC_and_BCE_loss|DC_and_topk_loss|SoftDiceLoss|MemoryEfficientSoftDiceLoss)$/;

function flowFindings(model: Model): Finding[] {
  const negative = model.losses.some((loss) => (loss.evidence === "compiled" || loss.evidence === "used") && isNegative(loss.returned));
  return [...model.flows, ...model.losses].flatMap(({ trace }) =>
    trace.calls.flatMap((call): Finding[] => {
      if (!isHere(model, call) || call.path === null || call.instance !== null) return [];
      if (NNUNET.test(call.path)) return [finding("info", call.node, `${call.method} subtracts a Dice: values below 0, down to -1, are normal.`)];
      if (!negative || !CALLBACK.test(call.method)) return [];
      const monitor = call.named.get("monitor") ?? call.args[call.method === "ModelCheckpoint" ? 1 : 0];
      const mode = call.named.get("mode");
      const at = call.namedNodes.get("mode");
      if (monitor?.kind !== "string" || !/^(val_|train_|valid_)?loss$/.test(monitor.value) || mode?.kind !== "string" || mode.value !== "max" || at === undefined) return [];
      const quote = model.file.text[at.from] === "'" ? "'" : '"';
      return [{ ...finding("warning", call.node, `The loss is negative, and its best value the lowest (-1 for a Dice): mode="max" takes the worst epoch for the best.`), fixes: at.name === "String" ? [{ title: 'Watch for the lowest loss: mode="min"', edits: [{ from: at.from, to: at.to, text: `${quote}min${quote}` }], safe: true }] : [] }];
    }),
  );
}
