/** Calls: of the user's own functions and classes (followed), of libraries (known by their canonical names). */
import { child, children, textOf, type Node } from "../python";
import { attribute, comprehension } from "./expressions";
import { instanceCall } from "./instances";
import type { Arguments, Frame, Interpreter } from "./interpret";
import { libraryCall, ofUnknown } from "./library";
import { familyOf, lastName } from "./names";
import { predictionsBy } from "./steps";
import { collected, LEAVES_SCORES, left, scoredBy } from "./scores";
import { derived, LABELS, TENSOR, UNKNOWN, type Value } from "./values";

export interface Given extends Arguments {
  readonly argNodes: readonly Node[];
  readonly namedNodes: ReadonlyMap<string, Node>;
}

export function callExpression(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const callee = node.firstChild;
  const list = child(node, "ArgList");
  if (callee === null || list === null) return UNKNOWN;
  const property = callee.name === "MemberExpression" && child(callee, "[") === null ? child(callee, "PropertyName") : null;
  const object = property === null ? null : callee.firstChild;
  if (property !== null && object !== null) {
    if (textOf(frame.file, object) === "super()") return superCall(interpreter, textOf(frame.file, property), list, frame, node);
    const held = interpreter.expression(object, frame);
    return methodCall(interpreter, held, object, textOf(frame.file, property), argumentsOf(interpreter, list, frame), node, frame);
  }
  const called = interpreter.expression(callee, frame);
  return apply(interpreter, called, argumentsOf(interpreter, list, frame), node, frame);
}

function methodCall(interpreter: Interpreter, held: Value, object: Node, name: string, given: Given, node: Node, frame: Frame): Value {
  if (held.kind === "tensor" || held.kind === "shape") {
    if (held.kind === "shape") return name === "numel" || name === "as_list" ? held : UNKNOWN;
    return libraryCall(interpreter, { path: null, family: null, method: name, args: [held, ...given.positional], named: given.named, argNodes: [object, ...given.argNodes], namedNodes: given.namedNodes, node, frame });
  }
  if (held.kind === "sequence") {
    const [first] = given.positional;
    if (name === "append" && first !== undefined && object.name === "VariableName") frame.env.set(textOf(frame.file, object), { ...held, items: [...held.items.slice(0, 40), first], complete: held.complete && held.items.length < 40 });
    if (held.array === true) return /^(to|cuda|cpu|float|double|clone)$/.test(name) ? held : UNKNOWN;
    return name === "index" ? UNKNOWN : name === "copy" || name === "tolist" || name === "numpy" ? held : derived([held]);
  }
  if (held.kind === "object") {
    const own = held.attributes.get(name) ?? interpreter.method(held, name);
    if (own !== null) return apply(interpreter, own, given, node, frame);
  }
  if (held.kind === "library" || held.kind === "class") return apply(interpreter, attribute(interpreter, held, name), given, node, frame);
  if (held.kind === "instance" && /^(to|cuda|cpu|eval|train|float|double|half|requires_grad_)$/.test(name)) return held;
  if (held.kind === "instance" && scoredBy(held) !== null && LEAVES_SCORES.test(name)) return left(held, name);
  const network = held.kind === "object" || held.kind === "unknown" ? predictionsBy(interpreter.step, `${textOf(frame.file, object)}.${name}`) : null;
  if (network !== null) return network;
  // A method of something that is not known: model.compile(loss=…), loss.backward().
  const applied = (name === "softmax" || name === "sigmoid") && given.positional.every((v) => v.kind === "number") ? ofUnknown(held, name) : UNKNOWN;
  const result = applied.kind === "tensor" ? applied : (held.kind === "instance" ? collected(held, name) : null) ?? derived([...given.positional, ...given.named.values()]);
  interpreter.trace.calls.push({ file: frame.file, node, path: null, family: null, method: name, args: [held, ...given.positional], named: given.named, argNodes: [object, ...given.argNodes], namedNodes: given.namedNodes, instance: held.kind === "instance" ? held : null, result });
  return result;
}

/** super().__init__(…) is followed with the constructors; other methods of a base are looked up. */
function superCall(interpreter: Interpreter, name: string, list: Node, frame: Frame, node: Node): Value {
  const given = argumentsOf(interpreter, list, frame);
  const self = frame.env.get("self");
  if (name === "__init__" || self?.kind !== "object") return UNKNOWN;
  for (const { info, env } of interpreter.lineage(self.info, self.env).slice(1)) {
    const fn = info.methods.get(name);
    if (fn !== undefined) return apply(interpreter, { kind: "function", fn, env, self }, given, node, frame);
  }
  return derived(given.positional);
}

const ENTRIES = ["call", "forward", "__call__"] as const;

export function apply(interpreter: Interpreter, called: Value, given: Given, node: Node, frame: Frame): Value {
  switch (called.kind) {
    case "function":
      interpreter.trace.own.push({ file: frame.file, node, fn: called.fn, positional: given.positional, named: given.named });
      return withoutIgnored(called.fn.name, interpreter.call(called.fn, called.env, called.self, given, frame.depth + 1));
    case "class":
      interpreter.made.push({ info: called.info, given, node, file: frame.file });
      return interpreter.make(called.info, called.env, given, node, frame.depth + 1);
    case "object": {
      for (const entry of ENTRIES) {
        const method = interpreter.method(called, entry);
        if (method?.kind !== "function") continue;
        interpreter.trace.own.push({ file: frame.file, node, fn: method.fn, positional: given.positional, named: given.named });
        return interpreter.call(method.fn, method.env, called, given, frame.depth + 1);
      }
      return predictionsBy(interpreter.step, node.firstChild === null ? "" : textOf(frame.file, node.firstChild)) ?? derived(given.positional);
    }
    case "library":
      return libraryPath(interpreter, called.path, given, node, frame);
    case "instance":
      return instanceCall(interpreter, called, given, node, frame);
    case "unknown":
    case "number":
    case "string":
    case "boolean":
    case "none":
    case "sequence":
    case "shape":
    case "rank":
    case "tensor": {
      const callee = node.firstChild;
      const result = predictionsBy(interpreter.step, callee === null ? "" : textOf(frame.file, callee)) ?? activatedSomehow(given, callee === null ? "" : textOf(frame.file, callee)) ?? derived([...given.positional, ...given.named.values()]);
      if (callee?.name === "VariableName") interpreter.trace.calls.push({ file: frame.file, node, path: null, family: null, method: textOf(frame.file, callee), args: given.positional, named: given.named, argNodes: given.argNodes, namedNodes: given.namedNodes, instance: null, result });
      return result;
    }
  }
}

/** create_ignore_mask(labels): which voxels count, whatever their class. */
function withoutIgnored(name: string, result: Value): Value {
  return /ignore|valid_?mask|void/i.test(name) && result.kind === "tensor" && result.origin === LABELS ? { ...TENSOR, state: "mask", over: "", array: result.array } : result;
}

/** self.activation(x), apply_nonlin(x): which activation is not known, but that it leaves the shape is. */
function activatedSomehow(given: Given, callee: string): Value | null {
  const [only] = given.positional;
  // Gathered from all processes: one axis more, which is summed.
  if (only?.kind === "tensor" && /(gather|reduce)\w*(\.apply)?$/i.test(callee)) return { ...only, axes: only.axes === null ? null : { roles: ["1", ...only.axes.roles], spread: only.axes.spread < 0 ? -1 : only.axes.spread + 1 }, param: null };
  if (given.positional.length !== 1 || given.named.size > 0 || only?.kind !== "tensor" || only.over !== "" || !/act(ivation)?s?(_?fn|_?func)?$|nonlin\w*$|non_lin\w*$|normali[sz](e|ation|er)$|softmax|sigmoid/i.test(callee)) return null;
  return { ...only, state: "unknown", activation: null, param: null, gradient: only.gradient === "flows" ? "unknown" : only.gradient };
}

/** A library's class makes an instance; its function is known by its name. */
function libraryPath(interpreter: Interpreter, path: string, given: Given, node: Node, frame: Frame): Value {
  if (path.startsWith("file:")) return derived(given.positional);
  const method = lastName(path);
  const family = familyOf(path);
  if (/^[A-Z]/.test(method) && family !== "python" && !/^(Tensor|FloatTensor|LongTensor|Variable|Parameter)$/.test(method)) {
    const result: Value = { kind: "instance", path, args: given.positional, named: given.named, node, file: frame.file };
    interpreter.trace.calls.push({ file: frame.file, node, path, family, method, args: given.positional, named: given.named, argNodes: given.argNodes, namedNodes: given.namedNodes, instance: null, result });
    return result;
  }
  return libraryCall(interpreter, { path, family, method, args: given.positional, named: given.named, argNodes: given.argNodes, namedNodes: given.namedNodes, node, frame });
}

export function argumentsOf(interpreter: Interpreter, list: Node, frame: Frame): Given {
  const positional: Value[] = [];
  const argNodes: Node[] = [];
  const named = new Map<string, Value>();
  const namedNodes = new Map<string, Node>();
  let open = false;
  const parts = children(list);
  const inner = parts.filter((p) => p.name !== "(" && p.name !== ")");
  if (inner.some((p) => p.name === "for")) return { positional: [comprehension(interpreter, inner, frame)], named, open, argNodes: inner.slice(0, 1), namedNodes };
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (["(", ")", ","].includes(part.name)) continue;
    if (part.name === "*" || part.name === "**") {
      const source = parts[i + 1];
      if (source !== undefined) {
        const value = interpreter.expression(source, frame);
        if (part.name === "*" && value.kind === "sequence" && value.complete) {
          positional.push(...value.items);
          argNodes.push(...value.items.map(() => source));
        } else open = true;
      }
      i++;
    } else if (part.name === "VariableName" && parts[i + 1]?.name === "AssignOp") {
      const value = parts[i + 2];
      if (value !== undefined) {
        named.set(textOf(frame.file, part), interpreter.expression(value, frame));
        namedNodes.set(textOf(frame.file, part), value);
      }
      i += 2;
    } else if (!open) {
      positional.push(interpreter.expression(part, frame));
      argNodes.push(part);
    } else interpreter.expression(part, frame);
  }
  return { positional, named, open, argNodes, namedNodes };
}

