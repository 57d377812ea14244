/** Probabilities where a loss takes hard decisions, which have no gradient. */
import { child, textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Place, Tensor } from "../model/values";
import type { Edit, Fix } from "../rules/rule";
import { activationOf } from "./activation";
import { fixOf, inPlaceOf, standsIn } from "./code";
import { replace } from "./edits";
import { bare, callParts, nodeAt } from "./source";

/** Every hard decision of the loss becomes what it was taken of; none where one of them is of another kind. */
export function useProbabilities(model: Model, loss: Loss): Fix[] {
  const places = lostPlaces(loss);
  const edits = places.flatMap((place): (Edit | null)[] => {
    const node = place.path === model.file.path ? nodeAt(model.file.root, place) : null;
    return node === null || !standsIn(loss.fn, node) ? [null] : softened(model, loss, node);
  });
  return fixOf("Use the probabilities themselves", edits, false);
}

/** Where gradients of the predictions are lost. */
function lostPlaces(loss: Loss): Place[] {
  const found = new Map<number, Place>();
  const results = [...loss.trace.calls, ...loss.trace.binaries].map((met) => met.result);
  for (const value of results) if (value.kind === "tensor" && value.gradient === "lost" && value.lostAt !== null) found.set(value.lostAt.from, value.lostAt);
  return [...found.values()];
}

const ROUND = /^(round|rint|around|round_)$/;
const ABOVE = /^(greater|greater_equal|gt|ge)$/;

function softened(model: Model, loss: Loss, node: Node): (Edit | null)[] {
  const { file } = model;
  const call = loss.trace.calls.find((c) => c.node.from === node.from && c.node.to === node.to);
  const binary = loss.trace.binaries.find((b) => b.node.from === node.from && b.node.to === node.to);
  if (binary !== undefined && /^>=?$/.test(binary.op)) {
    const limit = binary.right.kind === "number" ? binary.right.value : null;
    const of = binary.left.kind === "tensor" ? binary.left : null;
    return isThreshold(limit, of) && binary.leftNode !== null ? [thresholdless(model, node, binary.leftNode)] : [null];
  }
  const taken = call?.argNodes[0];
  const [of, limit] = call?.args ?? [];
  if (call === undefined || taken === undefined || of?.kind !== "tensor") return [null];
  if (ROUND.test(call.method)) return [of.state === "logits" ? null : replace(node, inPlaceOf(file, node, taken))];
  if (ABOVE.test(call.method)) return isThreshold(limit?.kind === "number" ? limit.value : null, of) ? [thresholdless(model, node, taken)] : [null];
  return call.method === "argmax" ? decided(model, loss, call, taken, of) : [null];
}

/** Between 0 and 1: what is compared are probabilities. */
function isThreshold(limit: number | null, of: Tensor | null): boolean {
  return limit !== null && limit > 0 && limit < 1 && of !== null && of.state !== "logits";
}

/** (p > 0.5).float(), cast(p > 0.5, float32), where(p > 0.5, 1, 0) */
function thresholdless(model: Model, node: Node, kept: Node): Edit | null {
  const { file } = model;
  let outer = node;
  while (outer.parent?.name === "ParenthesizedExpression") outer = outer.parent;
  const { parent } = outer;
  if (parent?.name === "MemberExpression") {
    const method = child(parent, "PropertyName");
    const called = parent.parent?.name === "CallExpression" ? textOf(file, parent.parent).slice(outer.to - parent.parent.from) : "";
    return method !== null && /^\s*\.(float|double)\(\)$|^\s*\.(to|type|astype)\([^()]*(float|dtype)[^()]*\)$/.test(called) ? replace(outer, inPlaceOf(file, outer, bare(kept))) : null;
  }
  const call = parent?.name === "ArgList" ? parent.parent : null;
  const parts = call === null ? null : callParts(file, call);
  if (call === null || parts === null || parts.positional[0]?.from !== outer.from) return null;
  const name = /\w+$/.exec(textOf(file, parts.callee))?.[0] ?? "";
  const [, second, third] = parts.positional;
  if (name === "cast") {
    const type = second ?? parts.named.get("dtype")?.value;
    return type !== undefined && /float|dtype/.test(textOf(file, type)) ? replace(outer, textOf(file, kept)) : null;
  }
  const [yes, no] = [second, third].map((n) => (n === undefined ? "" : textOf(file, n)));
  return name === "where" && /^1(\.0*)?$/.test(yes ?? "") && /^0(\.0*)?$/.test(no ?? "") ? replace(call, inPlaceOf(file, call, kept)) : null;
}

/** one_hot(argmax(x)): the softmax of logits, or probabilities as they are; where it is not known which they are, nothing. */
function decided(model: Model, loss: Loss, call: CallMet, taken: Node, of: Tensor): (Edit | null)[] {
  const { file } = model;
  const outer = call.node.parent?.name === "ArgList" ? call.node.parent.parent : null;
  const parts = outer === null ? null : callParts(file, outer);
  if (outer === null || parts === null || parts.positional[0]?.from !== call.node.from || !/one_hot$/.test(textOf(file, parts.callee))) return [null];
  const axis = call.args[1] ?? call.named.get("axis") ?? call.named.get("dim");
  const torch = loss.framework === "torch";
  if (axis?.kind !== "number" || axis.value !== (torch ? 1 : -1)) return [null];
  const soft = of.state === "probabilities" ? textOf(file, taken) : of.state === "logits" ? activationOf(model, loss, "softmax") : null;
  const whole = torch ? classesSecond(model, outer) : outer;
  if (soft === null || whole === null) return [null];
  if (typeof soft === "string") return [replace(whole, inPlaceOf(file, whole, taken))];
  return [replace(whole, soft.apply(textOf(file, taken))), ...soft.edits];
}

/** one_hot(…).permute(0, 3, 1, 2) and the like: classes where the predictions have them. */
function classesSecond(model: Model, onehot: Node): Node | null {
  const member = onehot.parent;
  const call = member?.name === "MemberExpression" && member.firstChild?.from === onehot.from ? member.parent : null;
  if (member === null || call?.name !== "CallExpression") return null;
  const text = model.file.text.slice(onehot.to, call.to).replace(/\s+/g, "");
  return /^\.(permute\(\(?0,3,1,2\)?\)|permute\(\(?0,4,1,2,3\)?\)|movedim\(-1,1\)|moveaxis\(-1,1\))$/.test(text) ? call : null;
}

