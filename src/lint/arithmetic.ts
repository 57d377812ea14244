/** Operators on the values of a loss function. */
import type { FoundWeights } from "./found";
import { inverse, UNKNOWN, type Axes, type Inverse, type Value, type Volume, type VolumeValue, type Weights } from "./values";

const COMPARISONS = new Set(["==", "!=", "<", "<=", ">", ">="]);
type NumberValue = Extract<Value, { kind: "number" }>;

/** `at`: where it stands in the source. */
export function binary(op: string, left: Value, right: Value, at: number, found: FoundWeights): Value {
  if (COMPARISONS.has(op)) return compare(op, left, right);
  if (left.kind === "number" && right.kind === "number") return numbers(op, left, right, at, found);
  if (left.kind === "axes" && right.kind === "axes") return op === "+" ? joined(left, right) : UNKNOWN;
  switch (op) {
    case "+":
      if (left.kind === "volume" && right.kind === "number") return { ...left, epsilon: left.epsilon + right.value };
      if (left.kind === "number" && right.kind === "volume") return { ...right, epsilon: right.epsilon + left.value };
      // w + infs * max(w)
      if (left.kind === "weights" && right.kind === "fill") return found.withAbsent(left, right.value);
      if (left.kind === "fill" && right.kind === "weights") return found.withAbsent(right, left.value);
      return UNKNOWN;
    case "**":
      if (right.kind !== "number") return UNKNOWN;
      if (left.kind === "volume") return power(left, right.value, at, found);
      return left.kind === "weights" && left.power === 1 && right.value === 2 ? squared(left, found) : UNKNOWN;
    case "/":
      if (left.kind === "number" && right.kind === "volume") return found.keep(inverse(right, at));
      // Scaled or normalised weights stand in the same ratios.
      return left.kind === "weights" && (right.kind === "number" || right.kind === "unknown") ? left : UNKNOWN;
    case "*":
      return product(left, right, found);
    default:
      return UNKNOWN;
  }
}

function product(left: Value, right: Value, found: FoundWeights): Value {
  if (left.kind === "volume" && right.kind === "volume" && left.epsilon === 0 && right.epsilon === 0) return { ...left, power: left.power + right.power, floor: left.floor * right.floor };
  if (left.kind === "weights" && right.kind === "weights" && left.power === 1 && right.power === 1) return squared(left, found);
  if (left.kind === "test" && left.trueWhere === "absent") return { kind: "fill", value: right };
  if (right.kind === "test" && right.trueWhere === "absent") return { kind: "fill", value: left };
  for (const [a, b] of [[left, right], [right, left]] as const) {
    if (b.kind !== "number") continue;
    if (a.kind === "weights" || a.kind === "largest") return a;
  }
  return UNKNOWN;
}

/** A comparison: of labels with a class index, of what tells absent classes, or of two constants. */
export function compare(op: string, left: Value, right: Value): Value {
  if (left.kind === "labels") return op === "==" ? { ...left, compared: true, oneClass: true } : UNKNOWN;
  if (left.kind === "volume" && right.kind === "number") {
    if (op === ">" || op === "!=" || op === ">=") return { kind: "test", trueWhere: "present" };
    return { kind: "test", trueWhere: "absent" };
  }
  // w == inf
  if (left.kind === "weights" && op === "==") return { kind: "test", trueWhere: "absent" };
  if (left.kind === "constant" && right.kind === "constant" && (op === "==" || op === "!=")) return { kind: "constant", value: (left.value === right.value) === (op === "==") };
  return UNKNOWN;
}

export function squared(weights: Weights, found: FoundWeights): Value {
  const absent = typeof weights.absent === "number" ? weights.absent ** 2 : weights.absent;
  return found.keep({ ...weights, power: 2, epsilon: weights.epsilon ** 2, absent });
}

/** (V^p + epsilon)^exponent; epsilon is raised with it, which is exact where V = 0 and near enough elsewhere. */
export function power(volume: VolumeValue, exponent: number, at: number, found: FoundWeights): Value {
  const up = Math.abs(exponent);
  const raised: Volume = { ...volume, power: volume.power * up, epsilon: volume.epsilon ** up, floor: volume.floor ** up };
  return exponent < 0 ? found.keep(inverse(raised, at)) : { kind: "volume", ...raised };
}

function numbers(op: string, left: NumberValue, right: NumberValue, at: number, found: FoundWeights): Value {
  const [a, b] = [left.value, right.value];
  const filled = left.filled === true || right.filled === true ? { filled: true } : {};
  switch (op) {
    case "+": {
      // 0.0**2 + eps: a volume that is the constant 0
      const base: Inverse | undefined = left.inverse ?? right.inverse;
      return { kind: "number", value: a + b, ...filled, ...(base === undefined ? {} : { inverse: { ...base, epsilon: a + b, absent: 1 / (a + b) } }) };
    }
    case "-":
      return { kind: "number", value: a - b, ...filled };
    case "*":
      return { kind: "number", value: a * b, ...filled };
    case "/":
      if (right.inverse !== undefined && b > 0) found.keep({ kind: "weights", ...right.inverse, absent: a / b, at });
      return { kind: "number", value: a / b, ...filled };
    case "**":
      if (a === 0 && (b === 1 || b === 2) && left.filled !== true) return { kind: "number", value: 0, inverse: { power: b, over: "batch", epsilon: 0, absent: "infinite", symbolic: true, at } };
      return { kind: "number", value: a ** b, ...filled };
    default:
      return UNKNOWN;
  }
}

function joined(left: Axes, right: Axes): Value {
  return { kind: "axes", list: [...left.list, ...right.list], from: left.from === null ? right.from : right.from === null ? left.from : Math.min(left.from, right.from) };
}
