/** What an expression holds. */
import { children, textOf, type Node } from "../python";
import { bindNames } from "./assign";
import { callExpression } from "./calls";
import { moduleMember } from "./imports";
import { elementOf } from "./control";
import type { Frame, Interpreter } from "./interpret";
import { BUILTINS, canonical, WELL_KNOWN } from "./names";
import { binary, negated } from "./operators";
import { subscript } from "./subscripts";
import { derived, join, NONE, number, rankOfArray, UNKNOWN, type Sequence, type Value } from "./values";

export function expression(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const { file } = frame;
  switch (node.name) {
    case "Number": {
      const value = Number(textOf(file, node).replaceAll("_", ""));
      return Number.isNaN(value) ? UNKNOWN : number(value);
    }
    case "Boolean":
      return { kind: "boolean", value: textOf(file, node) === "True" };
    case "None":
      return NONE;
    case "String":
    case "ContinuedString":
      return { kind: "string", value: textOf(file, node).replace(/^\w*["']+|["']+$/g, "") };
    case "VariableName":
      return variable(textOf(file, node), frame);
    case "ParenthesizedExpression": {
      const inner = children(node).find((c) => c.name !== "(" && c.name !== ")");
      return inner === undefined ? UNKNOWN : interpreter.expression(inner, frame);
    }
    case "TupleExpression":
    case "ArrayExpression":
    case "SetExpression":
      return sequence(interpreter, node, frame);
    case "ArrayComprehensionExpression":
    case "ComprehensionExpression":
    case "SetComprehensionExpression":
      return comprehension(interpreter, children(node).slice(1, -1), frame);
    case "DictionaryExpression": {
      for (const c of children(node)) if (![":", ",", "{", "}", "**"].includes(c.name)) interpreter.expression(c, frame);
      return UNKNOWN;
    }
    case "UnaryExpression":
      return unary(interpreter, node, frame);
    case "BinaryExpression":
      return binaryExpression(interpreter, node, frame);
    case "ConditionalExpression": {
      const [yes, , condition, , no] = children(node);
      if (yes === undefined || condition === undefined || no === undefined) return UNKNOWN;
      const test = interpreter.expression(condition, frame);
      if (test.kind === "boolean") return interpreter.expression(test.value ? yes : no, frame);
      return join(interpreter.expression(yes, frame), interpreter.expression(no, frame));
    }
    case "NamedExpression": {
      const [target, , source] = children(node);
      if (target === undefined || source === undefined) return UNKNOWN;
      const value = interpreter.expression(source, frame);
      bindNames(interpreter, [target], value, frame);
      return value;
    }
    case "LambdaExpression":
      return interpreter.lambda(node, frame);
    case "MemberExpression":
      return memberExpression(interpreter, node, frame);
    case "CallExpression":
      return callExpression(interpreter, node, frame);
    case "AwaitExpression":
    case "YieldExpression": {
      const inner = node.firstChild?.nextSibling ?? null;
      return inner === null ? UNKNOWN : interpreter.expression(inner, frame);
    }
    default:
      return UNKNOWN;
  }
}

function variable(name: string, frame: Frame): Value {
  const known = frame.env.get(name);
  if (known !== undefined) return known;
  const library = WELL_KNOWN.get(name);
  if (library !== undefined) return { kind: "library", path: library };
  return BUILTINS.has(name) ? { kind: "library", path: `builtins.${name}` } : UNKNOWN;
}

/** (a, b), [a, *rest] */
function sequence(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const items: Value[] = [];
  let span: Sequence["span"] = null;
  let complete = true;
  let star = false;
  for (const part of children(node)) {
    if (["(", ")", "[", "]", "{", "}", ","].includes(part.name)) continue;
    if (part.name === "*") {
      star = true;
      continue;
    }
    const value = interpreter.expression(part, frame);
    if (!star) items.push(value);
    else if (value.kind === "sequence") {
      items.push(...value.items);
      span = value.span ?? span;
      complete &&= value.complete;
    } else complete = false;
    star = false;
  }
  return { kind: "sequence", items, span, complete };
}

/** The element, with the loop's names bound to what each stands for; a generator's parts begin with its element. */
export function comprehension(interpreter: Interpreter, parts: readonly Node[], frame: Frame): Value {
  const each = parts[0];
  if (each === undefined) return UNKNOWN;
  for (let i = 1; i < parts.length; i++) {
    if (parts[i]!.name !== "for") continue;
    const inAt = parts.findIndex((p, j) => j > i && p.name === "in");
    const source = inAt < 0 ? undefined : parts[inAt + 1];
    if (source === undefined) break;
    bindNames(interpreter, parts.slice(i + 1, inAt).filter((p) => p.name !== ","), elementOf(interpreter.expression(source, frame)), frame);
  }
  return { kind: "sequence", items: [interpreter.expression(each, frame)], span: null, complete: false };
}

function unary(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const [op, operand] = children(node);
  if (op === undefined || operand === undefined) return UNKNOWN;
  const value = interpreter.expression(operand, frame);
  switch (textOf(frame.file, op)) {
    case "-":
      return negated(value);
    case "+":
      return value;
    case "not":
      return value.kind === "boolean" ? { kind: "boolean", value: !value.value } : UNKNOWN;
    case "~":
      return value.kind === "tensor" ? { ...value, part: null, complement: !value.complement } : UNKNOWN;
    default:
      return UNKNOWN;
  }
}

function binaryExpression(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const parts = children(node);
  const left = parts[0];
  const right = parts.at(-1);
  if (left === undefined || right === undefined || parts.length < 3) return UNKNOWN;
  const op = parts.slice(1, -1).map((p) => textOf(frame.file, p)).join(" ");
  const a = interpreter.expression(left, frame);
  const b = interpreter.expression(right, frame);
  return binary(interpreter, op, { value: a, node: left }, { value: b, node: right }, node, frame);
}

function memberExpression(interpreter: Interpreter, node: Node, frame: Frame): Value {
  const parts = children(node);
  const object = parts[0];
  if (object === undefined) return UNKNOWN;
  const held = interpreter.expression(object, frame);
  if (parts.some((p) => p.name === "[")) return subscript(interpreter, held, parts, node, frame);
  const property = parts.at(-1);
  if (property?.name !== "PropertyName") return UNKNOWN;
  return attribute(interpreter, held, textOf(frame.file, property));
}

export function attribute(interpreter: Interpreter, held: Value, name: string): Value {
  switch (held.kind) {
    case "library":
      return held.path.startsWith("file:") ? moduleMember(interpreter, held.path, name) : { kind: "library", path: canonical(`${held.path}.${name}`) };
    case "object":
      return held.attributes.get(name) ?? interpreter.method(held, name) ?? UNKNOWN;
    case "tensor":
      if (name === "shape") return { kind: "shape", of: held, axis: null };
      if (name === "ndim") return rankOfArray(held);
      if (name === "T" || name === "mT") return { ...held, axes: null };
      // outputs.logits of a network
      if (interpreter.step !== null && name === "logits" && held.state === "raw") return { ...held, state: "logits" };
      if (name === "data") return { ...held, gradient: held.gradient === "none" ? "none" : "cut" };
      return name === "dtype" || name === "device" ? UNKNOWN : derived([held], held.gradient);
    case "shape":
      return name === "rank" || name === "ndims" ? rankOfArray(held.of) : UNKNOWN;
    case "class": {
      const fn = held.info.methods.get(name);
      return fn === undefined ? UNKNOWN : { kind: "function", fn, env: held.env, self: null };
    }
    case "unknown":
    case "number":
    case "string":
    case "boolean":
    case "none":
    case "sequence":
    case "rank":
    case "function":
    case "instance":
      return UNKNOWN;
  }
}
