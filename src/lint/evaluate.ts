/** Follows the expressions of a loss function far enough to know its class weights 1/V or 1/V². */
import { child, children, functionsOf, textOf, type Node, type PythonFile, type PythonFunction } from "./python";
import { compare, einsum, overOf, PASSING } from "./library";
import { inverse, UNKNOWN, type Inverse, type Value, type Volume } from "./values";

const LABEL_NAME = /^(y_?true|true|targets?|labels?|gts?|ground_?truth|masks?|one_?hot|onehot_labels|y|t|y_onehot|reference|seg)$/i;
const PREDICTION_NAME = /pred|logit|output|prob|softmax|^(p|x|input|inputs|net)$/i;
const MAX_DEPTH = 6;

type Scope = Map<string, Value>;

/** The weights that `fn` uses, in the order in which they were met; constants written as 1/(0**p + eps) count too. */
export function weightsIn(fn: PythonFunction): Inverse[] {
  const evaluator = new Evaluator(fn.file);
  evaluator.call(fn, null);
  return evaluator.found;
}

class Evaluator {
  readonly found: Inverse[] = [];
  private readonly functions: Map<string, PythonFunction>;
  private readonly globals: Scope = new Map();
  private depth = 0;

  constructor(private readonly file: PythonFile) {
    this.functions = new Map(functionsOf(file).map((f) => [f.name, f]));
    for (const node of children(file.root)) if (node.name === "AssignStatement") this.statement(node, this.globals);
  }

  /** Runs a function on known arguments; null stands for "as a loss": labels and predictions by name, else in Keras' order. */
  call(fn: PythonFunction, args: readonly Value[] | null): Value {
    if (this.depth >= MAX_DEPTH) return UNKNOWN;
    this.depth++;
    const scope: Scope = new Map(this.globals);
    for (const outer of fn.within) this.enclosing(outer, scope);
    const labels = labelParameter(fn);
    fn.params.forEach((param, i) => {
      const given = args === null ? asLoss(param.name, labels) : args[i];
      scope.set(param.name, given ?? (param.fallback === null ? UNKNOWN : this.expression(param.fallback, scope)));
    });
    const result = this.block(fn.body, scope);
    this.depth--;
    return result ?? UNKNOWN;
  }

  /** What a nested function sees: its maker's parameters and assignments, or its class's attributes. */
  private enclosing(node: Node, scope: Scope): void {
    if (node.name === "ClassDefinition") {
      const body = child(node, "Body");
      for (const member of body === null ? [] : children(body)) {
        const isInit = member.name === "FunctionDefinition" && children(member).some((c) => c.name === "VariableName" && textOf(this.file, c) === "__init__");
        if (isInit) this.enclosing(member, scope);
      }
      return;
    }
    const params = child(node, "ParamList");
    const parts = params === null ? [] : children(params);
    parts.forEach((part, i) => {
      if (part.name !== "VariableName" || parts[i - 1]?.name === "AssignOp") return;
      const j = parts[i + 1]?.name === "TypeDef" ? i + 2 : i + 1;
      const fallback = parts[j]?.name === "AssignOp" ? parts[j + 1] : undefined;
      scope.set(textOf(this.file, part), fallback === undefined ? UNKNOWN : this.expression(fallback, scope));
    });
    const body = child(node, "Body");
    if (body !== null) for (const s of children(body)) if (s.name === "AssignStatement") this.statement(s, scope);
  }

  private block(body: Node, scope: Scope): Value | null {
    let result: Value | null = null;
    for (const node of children(body)) {
      const value = this.statement(node, scope);
      if (value !== null) result = value;
    }
    return result;
  }

  /** Returns the value of a return statement, null for all others. */
  private statement(node: Node, scope: Scope): Value | null {
    switch (node.name) {
      case "AssignStatement":
        this.assign(node, scope);
        return null;
      case "UpdateStatement": {
        const [target, op, value] = children(node);
        if (target !== undefined && op !== undefined && value !== undefined) {
          const symbol = textOf(this.file, op).slice(0, -1);
          scope.set(textOf(this.file, target), this.binary(symbol, this.expression(target, scope), this.expression(value, scope), node.from));
        }
        return null;
      }
      case "ReturnStatement": {
        const value = children(node)[1];
        return value === undefined ? null : this.expression(value, scope);
      }
      case "ForStatement":
      case "WhileStatement":
      case "WithStatement":
      case "IfStatement":
      case "TryStatement": {
        let result: Value | null = null;
        for (const body of children(node)) if (body.name === "Body") result = this.block(body, scope) ?? result;
        return result;
      }
      case "ExpressionStatement": {
        const value = node.firstChild;
        if (value !== null) this.expression(value, scope);
        return null;
      }
      default:
        return null;
    }
  }

  private assign(node: Node, scope: Scope): void {
    const parts = children(node);
    const cut = parts.findIndex((p) => p.name === "AssignOp");
    if (cut < 0) return;
    const targets = parts.slice(0, cut).filter((p) => p.name !== "," && p.name !== "TypeDef");
    const values = parts.slice(cut + 1).filter((p) => p.name !== ",");
    targets.forEach((target, i) => {
      const source = values[i];
      const value = source === undefined || (targets.length > 1 && values.length === 1) ? UNKNOWN : this.expression(source, scope);
      const object = target.firstChild;
      const isSubscript = target.name === "MemberExpression" && children(target).some((c) => c.name === "[");
      if (!isSubscript || object === null) {
        scope.set(textOf(this.file, target), value);
        return;
      }
      // w[l] = … fills the array class by class; w[isinf(w)] = … replaces what absent classes have.
      const name = textOf(this.file, object);
      const index = children(target).find((c) => !["[", "]", object.name].includes(c.name) || (c.from > object.to && c.name !== "[" && c.name !== "]"));
      const test = index === undefined ? UNKNOWN : this.expression(index, scope);
      const before = scope.get(name) ?? UNKNOWN;
      if (test.kind === "test" && test.trueWhere === "absent" && before.kind === "weights") scope.set(name, this.withAbsent(before, value));
      else if (value.kind !== "unknown") scope.set(name, value);
    });
  }

  private expression(node: Node, scope: Scope): Value {
    switch (node.name) {
      case "Number":
        return { kind: "number", value: Number(textOf(this.file, node).replaceAll("_", "")) };
      case "VariableName": {
        const name = textOf(this.file, node);
        return scope.get(name) ?? (this.functions.has(name) ? { kind: "function", name } : UNKNOWN);
      }
      case "ParenthesizedExpression":
      case "TupleExpression":
      case "ArrayExpression":
        return this.sequence(node, scope);
      case "UnaryExpression": {
        const [op, operand] = children(node);
        const value = operand === undefined ? UNKNOWN : this.expression(operand, scope);
        const sign = op === undefined ? "" : textOf(this.file, op);
        if (value.kind === "number" && sign === "-") return { kind: "number", value: -value.value };
        if (value.kind === "test" && (sign === "~" || sign === "not")) return { kind: "test", trueWhere: value.trueWhere === "present" ? "absent" : "present" };
        return value.kind === "number" && sign === "+" ? value : UNKNOWN;
      }
      case "BinaryExpression": {
        const [left, op, right] = children(node);
        if (left === undefined || op === undefined || right === undefined) return UNKNOWN;
        return this.binary(textOf(this.file, op), this.expression(left, scope), this.expression(right, scope), node.from);
      }
      case "ConditionalExpression": {
        const [yes, , , , no] = children(node);
        const first = yes === undefined ? UNKNOWN : this.expression(yes, scope);
        return first.kind !== "unknown" || no === undefined ? first : this.expression(no, scope);
      }
      case "MemberExpression":
        return this.member(node, scope);
      case "CallExpression":
        return this.callExpression(node, scope);
      default:
        return UNKNOWN;
    }
  }

  /** (x), (0, 1, 2) and [1, 2]: a sum's axes when all are numbers. */
  private sequence(node: Node, scope: Scope): Value {
    const parts = children(node).filter((c) => !["(", ")", "[", "]", ","].includes(c.name));
    if (node.name === "ParenthesizedExpression" && parts.length === 1 && parts[0] !== undefined) return this.expression(parts[0], scope);
    const numbers: number[] = [];
    for (const part of parts) {
      const value = this.expression(part, scope);
      if (value.kind !== "number") return UNKNOWN;
      numbers.push(value.value);
    }
    return { kind: "axes", axes: numbers };
  }

  private binary(op: string, left: Value, right: Value, at: number): Value {
    if (op === "==" || op === ">" || op === "<" || op === "!=" || op === ">=" || op === "<=") return compare(op, left, right);
    if (left.kind === "number" && right.kind === "number") return this.arithmetic(op, left.value, right.value, left, right, at);
    if (left.kind === "axes" && right.kind === "axes" && op === "+") {
      if (Array.isArray(left.axes) && Array.isArray(right.axes)) return { kind: "axes", axes: [...(left.axes as number[]), ...(right.axes as number[])] };
      if (Array.isArray(left.axes)) return (left.axes as number[]).includes(0) ? { kind: "axes", axes: { from: 0 } } : right;
      return left;
    }
    if (op === "+" && left.kind === "volume" && right.kind === "number") return { ...left, epsilon: left.epsilon + right.value };
    if (op === "+" && left.kind === "number" && right.kind === "volume") return { ...right, epsilon: right.epsilon + left.value };
    if (op === "*" && left.kind === "volume" && right.kind === "volume" && left.epsilon === 0 && right.epsilon === 0) return { ...left, power: left.power + right.power };
    if (op === "**" && left.kind === "volume" && right.kind === "number") return this.power(left, right.value, at);
    if (op === "**" && left.kind === "weights" && right.kind === "number" && right.value === 2 && left.power === 1) return this.squared(left);
    if (op === "*" && left.kind === "weights" && right.kind === "weights" && left.power === 1 && right.power === 1) return this.squared(left);
    if (op === "/" && left.kind === "number" && right.kind === "volume") return this.keep(inverse(right, at));
    // Scaled or normalised weights stand in the same ratios.
    if ((op === "*" || op === "/") && left.kind === "weights" && (right.kind === "number" || right.kind === "unknown")) return right.kind === "number" ? left : op === "/" ? left : UNKNOWN;
    if (op === "*" && left.kind === "number" && right.kind === "weights") return right;
    return UNKNOWN;
  }

  private squared(weights: Extract<Value, { kind: "weights" }>): Value {
    const absent = typeof weights.absent === "number" ? weights.absent ** 2 : weights.absent;
    return this.keep({ ...weights, power: 2, epsilon: weights.epsilon ** 2, absent });
  }

  private arithmetic(op: string, a: number, b: number, left: Value, right: Value, at: number): Value {
    const zeroPower = (v: Value): v is Extract<Value, { kind: "number" }> => v.kind === "number" && v.inverse !== undefined;
    switch (op) {
      case "+": {
        // 0.0**2 + eps: a volume that is the constant 0
        const base = zeroPower(left) ? left.inverse : zeroPower(right) ? right.inverse : undefined;
        return { kind: "number", value: a + b, ...(base === undefined ? {} : { inverse: { ...base, epsilon: a + b, absent: 1 / (a + b) } }) };
      }
      case "-":
        return { kind: "number", value: a - b };
      case "*":
        return { kind: "number", value: a * b };
      case "/":
        if (zeroPower(right) && right.inverse !== undefined && right.value > 0) this.keep({ kind: "weights", ...right.inverse, absent: a / b, at });
        return { kind: "number", value: a / b };
      case "**":
        if (a === 0 && (b === 1 || b === 2)) return { kind: "number", value: 0, inverse: { power: b, over: "batch", epsilon: 0, absent: "infinite", symbolic: true, at } };
        return { kind: "number", value: a ** b };
      default:
        return UNKNOWN;
    }
  }

  private power(volume: Extract<Value, { kind: "volume" }>, exponent: number, at: number): Value {
    const up = Math.abs(exponent);
    const raised: Volume = { ...volume, power: volume.power * up, epsilon: volume.epsilon ** up, floor: volume.floor ** up };
    return exponent < 0 ? this.keep(inverse(raised, at)) : { kind: "volume", ...raised };
  }

  /** Remembers weights that were met, and passes them on. */
  private keep(value: Value): Value {
    if (value.kind === "weights") this.found.push(value);
    return value;
  }

  /** The same weights with another value for absent classes; replaces what was remembered. */
  private withAbsent(weights: Extract<Value, { kind: "weights" }>, replacement: Value): Value {
    const absent = replacement.kind === "number" ? replacement.value : "max";
    const changed: Value = { ...weights, absent };
    const last = this.found.findIndex((f) => f.at === weights.at);
    if (last >= 0) this.found[last] = changed;
    return changed;
  }

  private member(node: Node, scope: Scope): Value {
    const whole = textOf(this.file, node);
    const known = scope.get(whole);
    if (known !== undefined) return known; // self.eps
    const parts = children(node);
    const object = parts[0];
    if (object === undefined) return UNKNOWN;
    const value = this.expression(object, scope);
    if (!parts.some((p) => p.name === "[")) return UNKNOWN;
    if (value.kind !== "labels") return value.kind === "volume" || value.kind === "weights" ? value : UNKNOWN;
    const indices: (Node | null)[] = [];
    let current: Node | null = null;
    for (const part of parts.slice(parts.findIndex((p) => p.name === "[") + 1)) {
      if (part.name === "," || part.name === "]") {
        indices.push(current);
        current = null;
      } else if (part.name !== ":" || current === null) current = part;
    }
    const picks = (i: Node | null | undefined): boolean => i !== null && i !== undefined && (i.name === "VariableName" || i.name === "Number");
    const last = indices.at(-1);
    return { ...value, oneImage: value.oneImage || picks(indices[0]), oneClass: value.oneClass || (indices.length > 1 && picks(last)) || picks(indices[1]) };
  }

  private callExpression(node: Node, scope: Scope): Value {
    const [callee, list] = children(node);
    if (callee === undefined || list === undefined) return UNKNOWN;
    const { positional, named } = this.args(list, scope);
    const path = textOf(this.file, callee);
    const method = path.slice(path.lastIndexOf(".") + 1);
    const own = callee.name === "VariableName" ? this.functions.get(path) : path.startsWith("self.") ? this.functions.get(method) : undefined;
    if (own !== undefined) return this.call(own, positional);
    // A method's object is its first argument: t.sum((0, 2, 3)) is sum(t, (0, 2, 3)).
    let args = positional;
    if (callee.name === "MemberExpression" && callee.firstChild !== null) {
      const object = this.expression(callee.firstChild, scope);
      if (object.kind !== "unknown") args = [object, ...positional];
    }
    return this.library(method, path, args, named, node.from);
  }

  private args(list: Node, scope: Scope): { positional: Value[]; named: Map<string, Value> } {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const parts = children(list);
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      if (["(", ")", ","].includes(part.name)) continue;
      if (part.name === "VariableName" && parts[i + 1]?.name === "AssignOp") {
        const value = parts[i + 2];
        if (value !== undefined) named.set(textOf(this.file, part), this.expression(value, scope));
        i += 2;
      } else positional.push(this.expression(part, scope));
    }
    return { positional, named };
  }

  /** Functions of TensorFlow, Keras' backend, numpy, PyTorch and JAX, by their last name. */
  private library(method: string, path: string, args: readonly Value[], named: ReadonlyMap<string, Value>, at: number): Value {
    const first = args[0] ?? named.get("input") ?? UNKNOWN;
    const second = args[1] ?? UNKNOWN;
    switch (method) {
      case "sum":
      case "reduce_sum":
      case "count_nonzero":
        return this.sum(first, named.get("axis") ?? named.get("dim") ?? args[1], path);
      case "square":
        return first.kind === "volume" ? this.power(first, 2, at) : first.kind === "weights" && first.power === 1 ? this.squared(first) : UNKNOWN;
      case "pow":
        return this.binary("**", first, second, at);
      case "reciprocal":
      case "reciprocal_no_nan": {
        const value = first.kind === "volume" ? this.keep(inverse(first, at)) : UNKNOWN;
        return method === "reciprocal_no_nan" && value.kind === "weights" ? this.withAbsent(value, { kind: "number", value: 0 }) : value;
      }
      case "divide":
      case "truediv":
        return this.binary("/", first, second, at);
      case "divide_no_nan": {
        const value = this.binary("/", first, second, at);
        return value.kind === "weights" ? this.withAbsent(value, { kind: "number", value: 0 }) : value;
      }
      case "add":
        return this.binary("+", first, second, at);
      case "multiply":
        return this.binary("*", first, second, at);
      case "maximum":
      case "clamp":
      case "clamp_min":
      case "clip":
      case "clip_by_value": {
        const floor = named.get("min") ?? named.get("a_min") ?? named.get("clip_value_min") ?? second;
        if (first.kind === "volume" && floor.kind === "number") return { ...first, floor: Math.max(first.floor, floor.value) };
        const ceiling = named.get("max") ?? named.get("clip_value_max") ?? args[2];
        if (first.kind === "weights" && ceiling?.kind === "number" && first.absent === "infinite") return this.withAbsent(first, ceiling);
        return first;
      }
      case "where": {
        if (first.kind !== "test") return UNKNOWN;
        const third = args[2] ?? UNKNOWN;
        const [present, absent] = first.trueWhere === "present" ? [second, third] : [third, second];
        return present.kind === "weights" ? this.withAbsent(present, absent) : UNKNOWN;
      }
      case "nan_to_num": {
        const infinite = named.get("posinf");
        return first.kind === "weights" && infinite !== undefined ? this.withAbsent(first, infinite) : first;
      }
      case "isfinite":
      case "is_finite":
        return first.kind === "weights" ? { kind: "test", trueWhere: "present" } : UNKNOWN;
      case "isinf":
      case "is_inf":
        return first.kind === "weights" ? { kind: "test", trueWhere: "absent" } : UNKNOWN;
      case "logical_not":
        return first.kind === "test" ? { kind: "test", trueWhere: first.trueWhere === "present" ? "absent" : "present" } : UNKNOWN;
      case "equal":
        return compare("==", first, second);
      case "not_equal":
        return compare("!=", first, second);
      case "greater":
        return compare(">", first, second);
      case "range":
        return second.kind === "number" || second.kind === "unknown" ? { kind: "axes", axes: { from: args.length > 1 && first.kind === "number" ? first.value : 0 } } : UNKNOWN;
      case "epsilon":
        return { kind: "number", value: 1e-7 };
      case "one_hot":
        return first.kind === "labels" ? { ...first, oneClass: false } : UNKNOWN;
      case "einsum":
        return einsum(this.file.text.slice(at, at + 200), args);
      default:
        // tuple(…), float(), cast, movedim, contiguous, asarray and their like leave what something is as it is
        if (first.kind === "labels" && /asarray|array|numpy/.test(method)) return { ...first, numpy: true };
        return PASSING.test(method) ? first : UNKNOWN;
    }
  }

  private sum(value: Value, axes: Value | undefined, path: string): Value {
    if (value.kind !== "labels") return UNKNOWN;
    const symbolic = value.compared && (value.numpy || path.startsWith("np.") || path.startsWith("numpy."));
    const over = overOf(value, axes);
    return over === null ? UNKNOWN : { kind: "volume", power: 1, over, epsilon: 0, floor: 0, symbolic };
  }
}

/** The parameter that holds the labels: by name, else the first of two (Keras' order). */
function labelParameter(fn: PythonFunction): string | null {
  const named = fn.params.find((p) => LABEL_NAME.test(p.name) || /true|target|label|mask|truth/i.test(p.name));
  if (named !== undefined) return named.name;
  return fn.params.find((p) => p.fallback === null && !PREDICTION_NAME.test(p.name))?.name ?? null;
}

function asLoss(name: string, labels: string | null): Value | undefined {
  if (name === labels) return { kind: "labels", oneClass: false, oneImage: false, compared: false, numpy: false };
  return PREDICTION_NAME.test(name) ? { kind: "predictions" } : undefined;
}
