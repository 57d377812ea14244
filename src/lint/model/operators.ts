/** Arithmetic and comparisons. */
import type { Node } from "../python";
import { union, type Axes } from "./axes";
import type { Frame, Interpreter } from "./interpret";
import { combined } from "./channels";
import { levelOfProduct, levelOfSum, scaledLevel, SHARE, shiftedLevel } from "./level";
import { partOf, partOfPower, partOfSum } from "./parts";
import { rankCompared } from "./ranks";
import { mixesLabels, smoothsLabels } from "./soft";
import { placeAt } from "./trace";
import { weighedBy } from "./weighed";
import { combinedGradient, derived, LABELS, merged, named, number, PREDICTIONS, TENSOR, UNKNOWN, type Tensor, type Value } from "./values";

export interface Operand {
  readonly value: Value;
  readonly node: Node;
}

const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">=", "is", "is not", "in", "not in"]);

export function binary(interpreter: Interpreter, op: string, left: Operand, right: Operand, node: Node, frame: Frame): Value {
  const made = op === "*" ? weighedBy(operate(interpreter, op, left.value, right.value, node, frame), left, right, frame) : operate(interpreter, op, left.value, right.value, node, frame);
  const soft = op === "+" && (smoothsLabels(interpreter.trace, left, right) || mixesLabels(frame.file, left, right)) ? placeAt({ file: frame.file, node }) : null;
  const result: Value = combined(op, left.value, right.value, soft === null ? made : { ...(made.kind === "tensor" ? made : TENSOR), origin: LABELS, soft });
  interpreter.trace.binaries.push({ file: frame.file, node, op, left: left.value, right: right.value, leftNode: left.node, rightNode: right.node, result });
  return result;
}

function operate(interpreter: Interpreter, op: string, a: Value, b: Value, node: Node, frame: Frame): Value {
  if (COMPARISONS.has(op)) return compared(interpreter, op, a, b, node, frame);
  if (a.kind === "number" && b.kind === "number") {
    const value = numbers(op, a.value, b.value);
    // What is computed from a parameter's default is no surer than the default.
    return value.kind === "number" ? { ...value, param: a.param ?? b.param } : value;
  }
  if (op === "+" && a.kind === "sequence" && b.kind === "sequence" && a.array !== true && b.array !== true) return { kind: "sequence", items: [...a.items, ...b.items], span: a.span ?? b.span, complete: a.complete && b.complete };
  if (a.kind === "rank" && b.kind === "number" && (op === "+" || op === "-")) return { kind: "rank", offset: a.offset + (op === "+" ? b.value : -b.value), size: a.size === null ? null : a.size + (op === "+" ? b.value : -b.value) };
  switch (op) {
    case "*":
      return times(a, b);
    case "/":
    case "//":
      return divided(interpreter, a, b, node, frame);
    case "+":
      return plus(a, b, 1);
    case "-":
      return plus(a, b, -1);
    case "**":
      return power(interpreter, a, b, node, frame);
    case "and":
    case "or":
      return derived([a, b]);
    case "&":
      return a.kind === "tensor" && b.kind === "tensor" && a.state === "mask" && b.state === "mask" ? product(a, b) : derived([a, b]);
    case "|":
      return a.kind === "tensor" && b.kind === "tensor" && a.state === "mask" && b.state === "mask" ? either(a, b) : derived([a, b]);
    case "@":
      return derived([a, b]);
    default:
      return derived([a, b]);
  }
}

function numbers(op: string, a: number, b: number): Value {
  switch (op) {
    case "+":
      return number(a + b);
    case "-":
      return number(a - b);
    case "*":
      return number(a * b);
    case "/":
      return number(a / b);
    case "//":
      return number(Math.floor(a / b));
    case "%":
      return number(a % b);
    case "**":
      return number(a ** b);
    default:
      return UNKNOWN;
  }
}

/** A comparison with the predictions loses their gradient. */
export function compared(interpreter: Interpreter, op: string, a: Value, b: Value, node: Node, frame: Frame): Value {
  if (op === "is" || op === "is not") {
    const [other, none] = b.kind === "none" ? [a, b] : [b, a];
    if (none.kind !== "none" || other.kind === "unknown") return UNKNOWN;
    if (other.kind === "none") return { kind: "boolean", value: op === "is" };
    if (other.kind === "tensor" && other.param === null) return UNKNOWN;
    return { kind: "boolean", value: op !== "is" };
  }
  if (op === "in" || op === "not in") return UNKNOWN;
  if (a.kind === "rank" && b.kind === "number") return rankCompared(op, a.size, a.offset, b.value);
  const [t, other] = a.kind === "tensor" ? [a, b] : [b, a];
  if (t.kind !== "tensor") {
    // A flag may be anything where its default was not taken; what is known is compared.
    if (a.kind === "string" && b.kind === "string" && (op === "==" || op === "!=")) return { kind: "boolean", value: (a.value === b.value) === (op === "==") };
    return UNKNOWN;
  }
  const both = other.kind === "tensor" ? [t, other] : [t];
  const origin = both.reduce((bits, x) => bits | x.origin, 0);
  const source: Tensor = { ...t, origin, gradient: combinedGradient(both), lostAt: both.find((x) => x.lostAt !== null)?.lostAt ?? null };
  // labels != ignore_index: which pixels count, whatever their class
  if (origin === LABELS && t.over === "" && (op === "!=" || /ignore|void|unlabell?ed/i.test(frame.file.text.slice(node.from, node.to)))) return { ...TENSOR, state: "mask", axes: t.axes, over: "", array: t.array };
  return {
    ...TENSOR, origin, state: "mask", axes: t.axes, over: t.over, array: both.every((x) => x.array), half: false, foreground: t.foreground, oneClass: t.oneClass || (op === "==" && origin === LABELS), masked: op === "==" && origin === LABELS && t.over === "",
    added: t.added, level: SHARE, weights: merged(both.map((x) => x.weights)), ...interpreter.lost(source, node, frame.file),
  };
}

/** a | b of masks: their union, element by element. */
function either(a: Tensor, b: Tensor): Tensor {
  return { ...common(a, b), state: "mask", over: a.over === b.over ? a.over : null, level: SHARE };
}

/** a·b */
export function times(a: Value, b: Value): Value {
  if (a.kind === "tensor" && b.kind === "tensor") return product(a, b);
  const [t, other] = a.kind === "tensor" ? [a, b] : [b, a];
  if (t.kind !== "tensor") return UNKNOWN;
  if (other.kind === "number") return scaled(t, other.value);
  if (other.kind === "boolean") return t;
  // A weight or mask of which nothing is known.
  const gradient = t.gradient === "lost" || t.gradient === "none" ? (t.gradient === "lost" ? "unknown" : "none") : t.gradient;
  return { ...t, param: null, activation: null, state: t.activation === null ? t.state : "unknown", added: t.added === 0 ? 0 : null, gradient, complement: false, level: scaledLevel(t.level, null) };
}

export function scaled(t: Tensor, by: number): Tensor {
  const ratio = by > 0 ? t.ratio : t.ratio === "score" ? "loss" : null;
  return { ...t, param: null, activation: null, state: t.activation === null ? t.state : "unknown", added: t.added === null ? null : t.added * by, ratio, level: scaledLevel(t.level, by), complement: false };
}

function product(a: Tensor, b: Tensor): Tensor {
  const part = partOf(a, b);
  const volume = a.volume > 0 && b.volume > 0 ? a.volume + b.volume : 0;
  const weighs = (t: Tensor): boolean => t.state === "weights";
  const kept = weighs(a) ? b : weighs(b) ? a : null;
  return {
    ...common(a, b),
    state: weighs(a) && weighs(b) ? "weights" : kept !== null ? kept.state : a.state === "sums" && b.state === "sums" ? "sums" : "unknown",
    over: kept !== null ? kept.over : a.over === b.over ? a.over : a.over === "" ? b.over : b.over === "" ? a.over : null,
    part,
    added: kept !== null ? (kept.added === 0 ? 0 : null) : a.added === 0 && b.added === 0 ? 0 : null,
    volume,
    factors: merged([a.factors, b.factors]),
    by: named(a.by, b.by),
    ratio: a.ratio !== null && b.origin === 0 ? a.ratio : b.ratio !== null && a.origin === 0 ? b.ratio : null,
    level: a.level?.sense === "share" && b.level?.sense === "share" ? levelOfProduct(a.level, b.level, part === "tp") : scaledLevel(b.origin === 0 || weighs(b) ? a.level : a.origin === 0 || weighs(a) ? b.level : null, null),
    soft: part !== null ? (a.soft ?? b.soft) : null,
  };
}

/** What holds for any combination of two arrays. */
function common(a: Tensor, b: Tensor): Tensor {
  return {
    ...TENSOR,
    origin: a.origin | b.origin,
    axes: broadcast(a.axes, b.axes),
    gradient: combinedGradient([a, b]),
    lostAt: a.lostAt ?? b.lostAt,
    array: a.array && b.array,
    half: a.half || b.half,
    foreground: a.foreground || b.foreground,
    oneClass: a.oneClass || b.oneClass,
    masked: a.masked || b.masked,
    empty: a.empty && b.empty,
    weights: merged([a.weights, b.weights]),
    averaged: a.averaged && b.averaged,
    weighed: named(a.weighed, b.weighed),
  };
}

function broadcast(a: Axes | null, b: Axes | null): Axes | null {
  if (a === null || b === null) return a ?? b;
  if (a.roles.length === 0) return b;
  if (b.roles.length === 0) return a;
  const [long, short] = a.roles.length >= b.roles.length ? [a, b] : [b, a];
  const tail = long.roles.slice(long.roles.length - short.roles.length);
  return tail.every((role, i) => role === short.roles[i] || role === "1" || short.roles[i] === "1") ? (long.roles.includes("1") && a.roles.length === b.roles.length ? short : long) : null;
}

/** a + b, a - b */
export function plus(a: Value, b: Value, sign: 1 | -1): Value {
  if (a.kind === "tensor" && b.kind === "tensor") return sum(a, b, sign);
  const [t, other] = a.kind === "tensor" ? [a, b] : [b, a];
  if (t.kind !== "tensor") return UNKNOWN;
  const minus = a.kind !== "tensor" && sign < 0; // n - t
  const reduced = t.over !== "";
  const pure = t.part === null && !reduced && (t.origin === LABELS || t.origin === PREDICTIONS);
  const ratio = t.ratio === null ? null : minus ? (t.ratio === "score" ? "loss" : "score") : t.ratio;
  if (other.kind === "number") {
    // 2 * labels - 1 are signs, and no labels.
    const below = (minus ? other.value : sign * (b.kind === "number" ? b.value : other.value)) < -0.01;
    const added = !reduced ? (below && !minus ? -1 : t.added) : t.added === null ? null : (minus ? -t.added : t.added) + (b.kind === "number" ? sign * b.value : other.value);
    // x + eps of elements, before a logarithm, is x.
    const small = Math.abs(other.value) < 0.01;
    return { ...t, param: null, state: t.activation === null || small ? t.state : "unknown", activation: small && !minus ? t.activation : null, complement: minus && other.value === 1 && pure ? !t.complement : t.complement, added, ratio, level: minus ? (t.level?.sense === "share" ? (other.value >= 1 && t.over === "" ? SHARE : null) : shiftedLevel(scaledLevel(t.level, -1), other.value)) : shiftedLevel(t.level, b.kind === "number" ? sign * b.value : other.value), volume: minus ? 0 : t.volume, factors: minus ? [] : t.factors };
  }
  return { ...t, param: null, activation: null, state: t.activation === null ? t.state : "unknown", added: reduced ? null : t.added, ratio, level: null, complement: false, volume: 0, gradient: t.gradient === "lost" ? "unknown" : t.gradient };
}

function sum(a: Tensor, b: Tensor, sign: 1 | -1): Tensor {
  const both = common(a, b);
  const sums = a.state === "sums" && b.state === "sums";
  const weighs = a.state === "weights" || b.state === "weights";
  const rest = partOfSum(a, b, sign);
  return {
    ...both,
    state: weighs ? "weights" : sums ? "sums" : "unknown",
    over: a.over === b.over ? a.over : null,
    part: rest ?? (a.part === b.part ? a.part : null),
    added: a.added === null || b.added === null ? null : a.added + sign * b.added,
    factors: a.factors.filter((id) => b.factors.includes(id)),
    by: a.by.filter((name) => b.by.includes(name)),
    ratio: sign > 0 && a.ratio === b.ratio ? a.ratio : null,
    level: levelOfSum(a.level, b.level, sign),
    soft: a.part !== null && a.part === b.part ? (a.soft ?? b.soft) : null,
  };
}

export function negated(value: Value): Value {
  if (value.kind === "number") return { kind: "number", value: -value.value, param: value.param };
  return value.kind === "tensor" ? scaled(value, -1) : UNKNOWN;
}

/** a / b: weights where b is a volume, a coefficient where a is an overlap. */
export function divided(interpreter: Interpreter, a: Value, b: Value, node: Node, frame: Frame): Value {
  if (b.kind !== "tensor") return b.kind === "number" && a.kind === "tensor" && b.value !== 0 ? scaled(a, 1 / b.value) : times(a, b);
  // The share of a class: a volume still.
  if (b.volume === 1 && b.origin === LABELS && a.kind === "tensor" && a.origin === LABELS && a.volume === 1 && a.part === null && a.over !== null && b.over !== null && a.over !== b.over && union(a.over, b.over) === b.over) return { ...a, param: null, added: null };
  if (b.volume > 0 && b.origin === LABELS && (a.kind !== "tensor" || ((a.origin & PREDICTIONS) === 0 && a.part === null))) return inverse(interpreter, b, node, frame);
  // tp / V: weighed, to be summed over classes.
  if (b.volume > 0 && b.origin === LABELS && a.kind === "tensor" && a.part !== null && a.state === "sums" && b.state === "sums") return product(a, inverse(interpreter, b, node, frame));
  if (a.kind !== "tensor") return { ...b, state: "unknown", activation: null, part: null, complement: false, added: null, volume: 0, factors: [], ratio: null, level: null, param: null };
  const both = common(a, b);
  if (a.state === "weights") return { ...a, half: both.half, gradient: both.gradient };
  if (a.part === "tp" && a.over !== "" && (b.origin & PREDICTIONS) !== 0) {
    interpreter.trace.ratios.push({ file: frame.file, node, above: a, below: b });
    return { ...both, axes: a.axes ?? b.axes, over: a.over, ratio: "score", level: a.level === null ? null : { ...a.level, shift: 0 }, added: null };
  }
  return { ...both, over: a.over, added: null, part: a.part };
}

/** 1 / V^power: weights per class, known by the place where they are made. */
export function inverse(interpreter: Interpreter, volume: Tensor, node: Node, frame: Frame): Tensor {
  const id = interpreter.weightId(frame.file, node);
  return { ...volume, state: "weights", volume: 0, weights: [id], factors: volume.over?.includes("C") === true ? [] : [id], param: null, part: null };
}

export function power(interpreter: Interpreter, a: Value, b: Value, node: Node, frame: Frame): Value {
  if (a.kind !== "tensor") return b.kind === "tensor" ? derived([b]) : UNKNOWN;
  const exponent = b.kind === "number" ? b.value : null;
  if (a.volume > 0 && exponent !== null) {
    const raised: Tensor = { ...a, volume: a.volume * Math.abs(exponent), param: null };
    return exponent < 0 ? inverse(interpreter, raised, node, frame) : raised;
  }
  if (a.state === "weights") return a;
  return { ...a, activation: null, state: a.state === "sums" ? "sums" : "unknown", part: partOfPower(a, exponent), ratio: a.ratio, level: null, soft: null, added: null, param: null, half: a.half };
}
