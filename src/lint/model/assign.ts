/** Assignments: names, tuples, attributes, items. */
import { children, textOf, type Node } from "../python";
import type { Frame, Interpreter } from "./interpret";
import { put } from "./channels";
import { binary } from "./operators";
import { labelsBy } from "./steps";
import { derived, join, UNKNOWN, type Value } from "./values";

/** a = b = value; a, b = values; a: int = value */
export function assign(interpreter: Interpreter, node: Node, frame: Frame): void {
  const groups: Node[][] = [[]];
  for (const part of children(node)) {
    if (part.name === "AssignOp") groups.push([]);
    else if (part.name !== "," && part.name !== "TypeDef") groups.at(-1)!.push(part);
  }
  const sources = groups.pop() ?? [];
  if (groups.length === 0 || sources.length === 0) return;
  const each = sources.map((s) => interpreter.expression(s, frame));
  const value: Value = each.length === 1 ? each[0]! : { kind: "sequence", items: each, span: null, complete: true };
  for (const targets of groups) {
    if (targets.length === 1) bind(interpreter, targets[0]!, value, frame, sources[0]!);
    else spread(interpreter, targets, value, frame, sources[0]!);
  }
}

/** Names of a for or with statement. */
export function bindNames(interpreter: Interpreter, targets: readonly Node[], value: Value, frame: Frame): void {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) bind(interpreter, only, value, frame, only);
  else spread(interpreter, targets, value, frame, targets[0] ?? null);
}

function spread(interpreter: Interpreter, targets: readonly Node[], value: Value, frame: Frame, source: Node | null): void {
  const known = value.kind === "sequence" && value.complete && value.items.length === targets.length ? value.items : null;
  targets.forEach((target, i) => bind(interpreter, target, known?.[i] ?? partOf(value, i), frame, source ?? target));
}

function partOf(value: Value, index: number): Value {
  if (value.kind === "shape" && value.axis === null) return { kind: "shape", of: value.of, axis: index };
  return value.kind === "tensor" || value.kind === "sequence" ? derived([value]) : UNKNOWN;
}

function bind(interpreter: Interpreter, target: Node, value: Value, frame: Frame, source: Node): void {
  const { file, env } = frame;
  switch (target.name) {
    case "VariableName": {
      const name = textOf(file, target);
      const held = labelsBy(interpreter.step, name, value, source, frame);
      env.set(name, held);
      interpreter.trace.assigns.push({ file, node: target, name, value: held });
      return;
    }
    case "TupleExpression":
    case "ArrayExpression":
    case "ParenthesizedExpression":
      spread(interpreter, children(target).filter((c) => !["(", ")", "[", "]", ","].includes(c.name)), value, frame, source);
      return;
    case "MemberExpression":
      member(interpreter, target, value, frame);
      return;
    default:
      return;
  }
}

function member(interpreter: Interpreter, target: Node, value: Value, frame: Frame): void {
  const object = target.firstChild;
  if (object === null) return;
  const parts = children(target);
  const bracket = parts.findIndex((p) => p.name === "[");
  const held = interpreter.expression(object, frame);
  if (bracket < 0) {
    const property = parts.at(-1);
    if (held.kind === "object" && property?.name === "PropertyName") {
      const name = textOf(frame.file, property);
      const known = held.attributes.get(name);
      interpreter.program.memory?.wrote(held.attributes);
      // Set in a constructor and again in a branch of it: either may hold.
      held.attributes.set(name, known === undefined || known.kind === "none" ? value : join(known, value));
    }
    return;
  }
  for (const part of parts.slice(bracket + 1)) if (part.name !== ":" && part.name !== "," && part.name !== "]") interpreter.expression(part, frame);
  const name = textOf(frame.file, object);
  interpreter.trace.items.push({ file: frame.file, node: target, target: held, name, value });
  if (object.name === "VariableName") frame.env.set(name, filled(held, value, isCompared(parts[bracket + 1])));
}

/** x[x > 20] */
function isCompared(index: Node | undefined): boolean {
  return index?.name === "BinaryExpression" && children(index).some((c) => c.name === "CompareOp");
}

/** w[l] = …: the array holds what its places are filled with. */
function filled(held: Value, value: Value, masked: boolean): Value {
  if (value.kind === "tensor") {
    // An array made empty and then filled class by class.
    if (held.kind !== "tensor" || (held.origin === 0 && held.weights.length === 0)) return { ...value, axes: null, array: held.kind === "tensor" ? held.array || value.array : value.array };
    if (held.state === "weights" || value.state === "weights") return { ...held, weights: [...new Set([...held.weights, ...value.weights])], state: "weights" };
    return join(held, value);
  }
  // A constant put where a mask says: what the rest is, stays.
  return put(held, value, masked);
}

/** x += value, x[i] *= value */
export function augmented(interpreter: Interpreter, node: Node, frame: Frame): void {
  const [target, op, source] = children(node);
  if (target === undefined || op === undefined || source === undefined) return;
  const symbol = textOf(frame.file, op).slice(0, -1);
  const value = binary(interpreter, symbol, { value: interpreter.expression(target, frame), node: target }, { value: interpreter.expression(source, frame), node: source }, node, frame);
  if (target.name === "VariableName") bind(interpreter, target, value, frame, source);
  else if (target.name === "MemberExpression") member(interpreter, target, value, frame);
}
