/** L32: Lovász' Jaccard gradient of raw class indices. */
import { children, textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import { placeAt, type Met } from "../model/trace";
import { LABELS, PREDICTIONS, type Tensor, type Value } from "../model/values";
import { eachLoss, isHere, onePerPlace, related, type Finding, type Fix, type Rule } from "./rule";

export const L32: Rule = {
  id: "L32",
  name: "Lovász sort with class indices",
  check: (model) => onePerPlace([...eachLoss(model, (loss) => inLoss(model, loss)), ...imported(model)]),
};

const MESSAGE = "The Jaccard weights are counted from class indices, in the order of the errors: a pixel of class 3 counts three times, one of class 0 not at all, and the result changes when classes change their numbers. Count from the mask of each class, labels == c.";

function inLoss(model: Model, loss: Loss): Finding[] {
  const { trace } = loss;
  const found: { readonly met: Met; readonly labels: Node | null; readonly of: Value }[] = [];
  for (const pick of trace.picks) if (isRaw(pick.of) && pick.by.some(isOrder)) found.push({ met: pick, labels: pick.node.firstChild, of: pick.of });
  for (const call of trace.calls) {
    const [of] = call.args;
    if (of !== undefined && /^(gather|take|index_select|take_along_dim|take_along_axis)$/.test(call.method) && isRaw(of) && [...call.args.slice(1), ...call.named.values()].some((v) => v.kind === "tensor" && isOrder(v))) found.push({ met: call, labels: call.argNodes[0] ?? null, of });
  }
  return [
    ...found.filter(({ met }) => isHere(model, met)).map(({ met, labels, of }) => ({ ...finding("warning", met, MESSAGE, maskOf(model, loss)), fixes: labels === null ? [] : fixesOf(loss, met, labels, of) })),
    ...rawErrors(loss).filter((met) => isHere(model, met)).map((met) => finding("warning", met, "The errors that are sorted are distances between class indices and the probability of one class: for class 3 they are 2 and more. Take them from the mask of the class, labels == c.")),
  ];
}

/** The mask of the class in place of the labels, where it has a name and comes from these very labels. */
function fixesOf({ trace }: Loss, met: Met, labels: Node, of: Value): readonly Fix[] {
  const mask = trace.binaries.find((b) => b.op === "==" && isMask(b.result) && b.file === met.file && (b.left === of || b.right === of));
  const named = mask === undefined ? undefined : trace.assigns.find((a) => a.file === met.file && isMask(a.value) && a.node.from < mask.node.from && mask.node.to - a.node.from < 200 && a.node.to <= met.node.from && a.node.parent !== null && a.node.parent.from <= mask.node.from && mask.node.to <= a.node.parent.to);
  if (named === undefined || labels.name !== "VariableName") return [];
  return [{ title: `Count from the mask: ${named.name}`, edits: [{ from: labels.from, to: labels.to, text: named.name }], safe: true }];
}

/** labels - p[:, c] in a loop over classes, then sorted. */
function rawErrors({ trace }: Loss): Met[] {
  if (!trace.calls.some((c) => /^(sort|argsort|topk|top_k)$/.test(c.method) && c.args[0]?.kind === "tensor" && c.args[0].origin === (LABELS | PREDICTIONS) && !c.args[0].masked)) return [];
  return trace.binaries.filter((met) => {
    if (met.op !== "-") return false;
    const [labels, guess] = isRaw(met.left) ? [met.left, met.right] : [met.right, met.left];
    if (!isRaw(labels) || guess.kind !== "tensor" || guess.origin !== PREDICTIONS || !guess.oneClass || guess.over !== "") return false;
    const pick = trace.picks.find((p) => p.result === guess);
    return pick !== undefined && loopNames(met).some((name) => new RegExp(`\\b${name}\\b`).test(pick.file.text.slice(pick.node.from, pick.node.to)));
  });
}

/** Names that the loops around a place run through. */
function loopNames({ file, node }: Met): string[] {
  const names: string[] = [];
  for (let at: Node | null = node; at !== null && at.name !== "FunctionDefinition"; at = at.parent) {
    const target = at.name === "ForStatement" ? children(at)[1] : undefined;
    if (target?.name === "VariableName") names.push(textOf(file, target));
  }
  return names;
}

function finding(severity: Finding["severity"], { node }: Met, message: string, places: Finding["related"] = []): Finding {
  return { rule: "L32", severity, message, range: { from: node.from, to: node.to }, related: places };
}

/** Labels as they were handed in, reshaped at most. */
function isRaw(value: Value | undefined): boolean {
  return value?.kind === "tensor" && value.origin === LABELS && value.over === "" && value.part === null && !value.oneClass && (value.state === "raw" || value.state === "indices");
}

/** The order of errors: of what the mask of a class and predictions together make. The labels are class indices then. */
const isOrder = (value: Tensor): boolean => value.state === "indices" && value.masked && value.origin === (LABELS | PREDICTIONS);

function maskOf(model: Model, { trace }: Loss): Finding["related"] {
  const made = trace.binaries.find((b) => b.op === "==" && isMask(b.result)) ?? trace.calls.find((c) => isMask(c.result));
  return made === undefined ? [] : related(model, placeAt(made), "the mask of a class is made here");
}

const isMask = (value: Value): boolean => value.kind === "tensor" && value.masked && value.origin === LABELS && value.over === "";

function imported(model: Model): Finding[] {
  return [...model.flows, ...model.losses].flatMap(({ trace }) =>
    trace.calls.flatMap((call) => {
      if (!isHere(model, call) || call.instance !== null || !/^kornia\.losses\.(\w+\.)?(lovasz_softmax_loss|LovaszSoftmaxLoss)$/.test(call.path ?? "")) return [];
      return [finding("info", call, `kornia before 0.9.0 counts the Jaccard weights of ${call.method} from raw class indices: the loss is no Lovász extension, and changes when classes change their numbers. Use 0.9.0 or newer.`)];
    }),
  );
}
