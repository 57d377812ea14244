/** An activation that is applied twice: one of the two is taken away. */
import { textOf, type Node } from "../python";
import type { Flow, Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Instance, Tensor, Value } from "../model/values";
import type { Fix } from "../rules/rule";
import { boundName, fixOf, replaced, setArgument, standsIn, statementOf, usesOf, withoutArgument, withoutStatement } from "./code";
import { activatedNode, handLogits, madeBy } from "./logits";
import { callParts } from "./source";

export type Activation = "softmax" | "sigmoid";

/** softmax(softmax(x)), sigmoid(softmax(x)): the first one stays. Softmax of a sigmoid: it is not known which was meant. */
export function withoutSecond(owner: Loss | Flow, call: CallMet, tensor: Tensor): Fix[] {
  const second: Activation = /softmax/i.test(call.method) ? "softmax" : "sigmoid";
  const inner = activatedNode(call);
  const source = madeBy(owner, tensor);
  // In a loop it may be its own first.
  if (inner === null || (second === "softmax" && tensor.activation === "sigmoid") || source === null || source.node.from === call.node.from) return [];
  if (!standsIn(owner.fn, call.node)) return second === tensor.activation ? beforeOwn(owner, call, inner, tensor) : [];
  const { file } = call;
  const statement = statementOf(call.node);
  const whole = statement !== null && boundName(file, statement) === textOf(file, inner) && statement.to === call.node.to ? withoutStatement(file, statement) : null;
  return fixOf(`Remove the second activation (${second})`, [whole ?? replaced(file, call.node, inner)], second === tensor.activation);
}

/** A loss of the user's own that begins with the activation, called with probabilities: it gets the logits. */
function beforeOwn(owner: Loss | Flow, call: CallMet, inner: Node, tensor: Tensor): Fix[] {
  const [own, ...others] = owner.trace.own.filter((o) => standsIn(owner.fn, o.node) && [...o.positional, ...o.named.values()].includes(tensor));
  const name = textOf(call.file, inner);
  if (own === undefined || others.length > 0 || own.fn.file.path !== call.file.path || !standsIn(own.fn, call.node) || !own.fn.params.some((p) => p.name === name)) return [];
  // What else reads the parameter wants probabilities, unless the activation's result takes its name.
  const statement = statementOf(call.node);
  const rebinds = statement !== null && boundName(call.file, statement) === name;
  if (usesOf(call.file, own.fn.body, name).some((n) => n.from !== inner.from && !(rebinds && n.from >= statement.from))) return [];
  const parts = callParts(own.file, own.node);
  const at = own.positional.indexOf(tensor);
  const taken = at >= 0 ? parts?.positional[at] : [...own.named].flatMap(([key, value]) => (value === tensor ? [parts?.named.get(key)?.value] : []))[0];
  return taken === undefined || parts?.open !== false ? [] : fixOf(`Give ${/[\w.]+$/.exec(textOf(own.file, parts.callee))?.[0] ?? "it"} the logits`, handLogits(owner, own, taken, tensor), true);
}

/** A loss that takes logits gets them. */
export function withLogits(owner: Loss | Flow, call: CallMet, taken: Node | undefined, tensor: Tensor, expects: Activation | null): Fix[] {
  if (taken === undefined || (expects !== null && tensor.activation !== expects)) return [];
  return fixOf(`Give ${call.method} the logits`, handLogits(owner, call, taken, tensor), true);
}

/** from_logits=True and the like, where the call or the object's maker says it. */
export function withOption(model: Model, call: CallMet, name: string, value: "True" | "False"): Fix[] {
  const made = call.instance === null ? call.node : call.instance.node;
  if ((call.instance?.file ?? call.file).path !== model.file.path || (call.instance !== null && !isAlways(model, call.instance))) return [];
  return fixOf(`Say ${name}=${value}`, [setArgument(model.file, made, name, value)], true);
}

/** softmax=True taken out of the maker of a loss. */
export function withoutOption(model: Model, instance: Instance, name: string): Fix[] {
  if (instance.file.path !== model.file.path || !isAlways(model, instance)) return [];
  return fixOf(`Drop ${name}=True`, [withoutArgument(model.file, instance.node, name)], true);
}

/** Whether every call of the object that is seen hands over probabilities. */
function isAlways(model: Model, instance: Instance): boolean {
  const calls = [...model.losses, ...model.flows].flatMap(({ trace }) => trace.calls.filter((c) => c.instance?.node.from === instance.node.from && c.instance.file.path === instance.file.path));
  return calls.every((c) => [...c.args, ...c.named.values()].some(isProbable));
}

function isProbable(value: Value): boolean {
  return value.kind === "tensor" && value.state === "probabilities" && value.activation !== null;
}
