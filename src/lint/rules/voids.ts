/** L14: void labels that one loss is told to leave out, in the hands of something that takes them for classes. */
import { option } from "../catalogue/options";
import { sayOption } from "../fixes/options";
import { callParts, isWithin } from "../fixes/source";
import type { Node } from "../python";
import { classesOf } from "../model/channels";
import { ownParams } from "../model/definitions";
import type { Model } from "../model/model";
import { placeAt, type CallMet, type Met, type OwnCallMet } from "../model/trace";
import { bothRun, isAsked, labelName, untouched } from "./labels";
import { channelsGiven, type LossCall } from "./known";
import { isHere, related, type Finding } from "./rule";

export const isOneHot = (call: CallMet): boolean => call.path !== null && /^(one_?hot|to_categorical)$/.test(call.method);

/** PyTorch and numpy look at the labels; TensorFlow and JAX make rows of zeros. */
export function stops(call: CallMet): boolean {
  return call.family === "torch" || call.family === "monai" || call.family === "kornia" || call.method === "to_categorical";
}

/** Each of them is compared with every call beside it. */
const MAX_IGNORING = 20;

export function voids(model: Model, losses: readonly LossCall[]): Finding[] {
  const byCall = new Map(losses.map((met) => [met.call, met]));
  return losses.filter((met) => ignoredBy(met) !== null).slice(0, MAX_IGNORING).flatMap((met) => missed(model, met, byCall));
}

/** A loss that is told to leave a label out, and the variable that holds the labels. */
interface Ignoring {
  readonly met: LossCall;
  readonly value: number;
  readonly name: string;
}

function missed(model: Model, met: LossCall, byCall: ReadonlyMap<CallMet, LossCall>): Finding[] {
  const value = ignoredBy(met);
  const name = met.labelsNode === undefined ? null : labelName(met.call.file, met.labelsNode);
  if (value === null || name === null) return [];
  const ignoring = { met, value, name };
  return [...met.trace.calls.flatMap((call) => beside(model, ignoring, call, byCall)), ...met.trace.own.flatMap((own) => inside(model, ignoring, own, byCall))];
}

/** Another call that is handed the same labels. */
function beside(model: Model, ignoring: Ignoring, call: CallMet, byCall: ReadonlyMap<CallMet, LossCall>): Finding[] {
  if (!isHere(model, call) || call.node.from === ignoring.met.call.node.from) return [];
  const strict = takesLabels(model, byCall, call, ignoring.value);
  if (strict === null || labelName(call.file, strict.node) !== ignoring.name || !isOutside(ignoring, strict) || !isReached(ignoring, call)) return [];
  return found(model, ignoring, call, call.method, strict.fixes);
}

/** A loss of the user's own that is handed the same labels, and takes them for classes. */
function inside(model: Model, ignoring: Ignoring, own: OwnCallMet, byCall: ReadonlyMap<CallMet, LossCall>): Finding[] {
  if (!isHere(model, own) || own.node.from === ignoring.met.call.node.from || isWithin(ignoring.met.call.node, own.fn.node)) return [];
  const param = paramFor(own, ignoring.name);
  if (param === null || !isReached(ignoring, own)) return [];
  const { trace } = ignoring.met;
  for (const call of trace.calls) {
    if (call.file !== own.fn.file || !isWithin(call.node, own.fn.body) || isAsked(call.node, own.fn.body, call.file)) continue;
    const strict = takesLabels(model, byCall, call, ignoring.value);
    if (strict === null || labelName(call.file, strict.node) !== param || !isOutside(ignoring, strict) || !untouched(trace, call.file, param, call.node, call.node)) continue;
    return found(model, ignoring, own, `${call.method} in ${own.fn.owner?.name ?? own.fn.name}`, []);
  }
  return [];
}

/** The parameter that is handed the labels of this name. */
function paramFor(own: OwnCallMet, name: string): string | null {
  const parts = callParts(own.file, own.node);
  if (parts === null || parts.open) return null;
  const at = parts.positional.findIndex((node) => labelName(own.file, node) === name);
  if (at >= 0) return ownParams(own.fn)[at]?.name ?? null;
  for (const [param, { value }] of parts.named) if (labelName(own.file, value) === name) return param;
  return null;
}

/** Whether the label is none of the classes; 255 is a class of 256 alone. */
function isOutside({ met, value }: Ignoring, strict: Strict): boolean {
  const classes = strict.classes ?? channelsGiven(met);
  return value < 0 || (classes === null ? value === 255 : value >= classes);
}

function isReached({ met, name }: Ignoring, other: Met): boolean {
  return bothRun(met.call.node, other.node, other.file) && untouched(met.trace, other.file, name, met.call.node, other.node);
}

function found(model: Model, { met, value, name }: Ignoring, at: Met, what: string, fixes: NonNullable<Finding["fixes"]>): Finding[] {
  const message = `${name} holds ${value} where a pixel is void (${met.call.method} is told ignore_index=${value}), and ${what} takes it for a class: it stops with an error at the first void pixel. Mask the labels first${fixes.length > 0 ? ", or name the label here too" : ""}.`;
  return [{ rule: "L14", severity: "warning", message, range: { from: at.node.from, to: at.node.to }, related: related(model, placeAt(met.call), `told to ignore ${value} here`), ...(fixes.length > 0 ? { fixes } : {}) }];
}

/** The label that a loss is told to leave out; null where none is, or where it may be a placeholder. */
function ignoredBy({ call, loss, made }: LossCall): number | null {
  if (loss.ignores === null || call.family === "keras") return null;
  const said = option(made, loss.signature, loss.ignores);
  if (said?.given?.kind !== "number" || typeof said.value !== "number" || said.value === -100) return null;
  // The default of a parameter says that void pixels are foreseen where it is 255; -1 may stand for none.
  return said.given.param === null || said.value === 255 ? said.value : null;
}

interface Strict {
  readonly node: Node;
  readonly classes: number | null;
  readonly fixes: NonNullable<Finding["fixes"]>;
}

/** Where a call takes class indices and fails at others. */
function takesLabels(model: Model, byCall: ReadonlyMap<CallMet, LossCall>, call: CallMet, value: number): Strict | null {
  if (isOneHot(call) && stops(call)) {
    const node = call.argNodes[0] ?? call.namedNodes.get("input") ?? call.namedNodes.get("tensor") ?? call.namedNodes.get("labels") ?? call.namedNodes.get("x");
    return node === undefined ? null : { node, classes: classesOf(call), fixes: [] };
  }
  if ((call.path === null || call.family === "torch") && /^(scatter_?|gather)$/.test(call.method)) {
    const node = call.argNodes[2] ?? call.namedNodes.get("index");
    return node === undefined ? null : { node, classes: null, fixes: [] };
  }
  const other = byCall.get(call);
  if (other?.labelsNode === undefined || !other.loss.strict(other.made)) return null;
  const ignored = other.loss.ignores === null ? { value: null } : option(other.made, other.loss.signature, other.loss.ignores);
  if (ignored === null || ignored.value === value || call.family === "keras") return null;
  const file = call.instance?.file ?? call.file;
  const fixes = other.loss.ignores !== null && file.path === model.file.path && (call.family === "torch" || call.family === "smp") ? sayOption(model.file, other.made.node, other.loss.ignores, String(value)) : [];
  return { node: other.labelsNode, classes: channelsGiven(other), fixes };
}
