/** Follows the statements and expressions of a loss function far enough to know its class weights 1/V or 1/V². Nothing is run. */
import { binary } from "./arithmetic";
import { libraryCall } from "./calls";
import { FoundWeights } from "./found";
import { children, functionsOf, textOf, type Node, type PythonFile, type PythonFunction } from "./python";
import { assumedArgument, enclosingScope, labelParameter, type Scope } from "./scope";
import { subscript } from "./subscript";
import { opposite, UNKNOWN, type Inverse, type Value } from "./values";

const MAX_CALLS = 6;
const MAX_DEPTH = 200;
/** Statements and expressions looked at in one function with all that it calls: no code can keep us. */
const MAX_STEPS = 100_000;

/** The weights that `fn` uses, in the order in which they were met; constants written as 1/(0**p + eps) count too. */
export function weightsIn(fn: PythonFunction): readonly Inverse[] {
  let found = weightsKnown.get(fn);
  if (found === undefined) {
    const evaluator = new Evaluator(fn.file);
    evaluator.call(fn, null, new Map());
    found = evaluator.found.all;
    weightsKnown.set(fn, found);
  }
  return found;
}

/** Asked for by rules, by what a loss is described as, and for a run's loss. */
const weightsKnown = new WeakMap<PythonFunction, readonly Inverse[]>();

export class Evaluator {
  readonly found = new FoundWeights();
  private readonly functions: ReadonlyMap<string, PythonFunction>;
  private readonly globals: Scope = new Map();
  private readonly eager: boolean;
  private calls = 0;
  private depth = 0;
  private steps = 0;

  constructor(readonly file: PythonFile) {
    this.functions = new Map(functionsOf(file).map((f) => [f.name, f]));
    this.eager = /^\s*(import|from)\s+torch\b/m.test(file.text) && !/^\s*(import|from)\s+(tensorflow|keras)\b/m.test(file.text);
    for (const node of children(file.root)) if (node.name === "AssignStatement") this.statement(node, this.globals);
  }

  /** Follows a function on known arguments; null stands for "as a loss": labels and predictions by name, else in Keras' order. */
  call(fn: PythonFunction, args: readonly Value[] | null, named: ReadonlyMap<string, Value>): Value {
    if (this.calls >= MAX_CALLS) return UNKNOWN;
    this.calls++;
    const scope: Scope = new Map(this.globals);
    for (const outer of fn.within) enclosingScope(this, outer, scope);
    const labels = labelParameter(fn);
    fn.params.forEach((param, i) => {
      const given = args === null ? assumedArgument(param.name, labels) : (args[i] ?? named.get(param.name));
      scope.set(param.name, given ?? (param.fallback === null ? UNKNOWN : this.expression(param.fallback, scope)));
    });
    const result = fn.body.name === "Body" ? this.block(fn.body, scope) : this.expression(fn.body, scope);
    this.calls--;
    return result ?? UNKNOWN;
  }

  private block(body: Node, scope: Scope): Value | null {
    let result: Value | null = null;
    for (const node of children(body)) result = this.statement(node, scope) ?? result;
    return result;
  }

  /** Returns the value of a return statement, null for all others. */
  statement(node: Node, scope: Scope): Value | null {
    if (++this.steps > MAX_STEPS || this.depth >= MAX_DEPTH) return null;
    this.depth++;
    const result = this.statementAt(node, scope);
    this.depth--;
    return result;
  }

  private statementAt(node: Node, scope: Scope): Value | null {
    switch (node.name) {
      case "AssignStatement":
        this.assign(node, scope);
        return null;
      case "UpdateStatement": {
        const [target, op, value] = children(node);
        if (target !== undefined && op !== undefined && value !== undefined) {
          const symbol = textOf(this.file, op).slice(0, -1);
          scope.set(textOf(this.file, target), binary(symbol, this.expression(target, scope), this.expression(value, scope), node.from, this.found));
        }
        return null;
      }
      case "ReturnStatement": {
        const value = children(node)[1];
        return value === undefined ? null : this.expression(value, scope);
      }
      case "IfStatement":
        return this.branches(node, scope);
      case "ForStatement":
        return this.rows(node, scope);
      case "WhileStatement":
      case "WithStatement":
      case "TryStatement": {
        let result: Value | null = null;
        for (const body of children(node)) if (body.name === "Body") result = this.block(body, scope) ?? result;
        return result;
      }
      case "ExpressionStatement": {
        const value = node.firstChild;
        if (value !== null) this.inPlace(value, this.expression(value, scope), scope);
        return null;
      }
      default:
        return null;
    }
  }

  /** for b in w: b[isinf(b)] = … changes w, whose rows they are. */
  private rows(node: Node, scope: Scope): Value | null {
    const [, target, word, source] = children(node);
    const weights = target?.name === "VariableName" && word?.name === "in" && source?.name === "VariableName" ? scope.get(textOf(this.file, source)) : undefined;
    const row = target === undefined || weights?.kind !== "weights" ? null : textOf(this.file, target);
    if (row !== null && weights !== undefined) scope.set(row, weights);
    let result: Value | null = null;
    for (const body of children(node)) if (body.name === "Body") result = this.block(body, scope) ?? result;
    const after = row === null ? undefined : scope.get(row);
    if (after !== undefined && after !== weights && after.kind === "weights" && source !== undefined && !this.rebinds(node, row)) scope.set(textOf(this.file, source), after);
    return result;
  }

  /** Whether a loop gives its variable another value, which leaves what it runs over as it is. */
  private rebinds(loop: Node, name: string | null): boolean {
    return children(loop).some((body) => body.name === "Body" && children(body).some((c) => c.name === "AssignStatement" && c.firstChild?.name === "VariableName" && textOf(this.file, c.firstChild) === name));
  }

  /** w.masked_fill_(…): PyTorch's functions that end in _ change their object. */
  private inPlace(node: Node, value: Value, scope: Scope): void {
    const callee = node.name === "CallExpression" ? node.firstChild : null;
    if (callee?.name !== "MemberExpression" || callee.firstChild === null || !textOf(this.file, callee).endsWith("_")) return;
    if (value.kind !== "unknown") scope.set(textOf(this.file, callee.firstChild), value);
  }

  /** A branch that is known is taken; branches on whether a class is there are joined; others follow one another. */
  private branches(node: Node, scope: Scope): Value | null {
    const parts = children(node);
    let result: Value | null = null;
    for (let i = 0; i < parts.length; i++) {
      const body = parts[i]!;
      if (body.name !== "Body") continue;
      const isElse = parts[i - 1]?.name === "else";
      const test = isElse ? UNKNOWN : this.expression(parts[i - 1] ?? body, scope);
      if (test.kind === "constant" && test.value === false) continue;
      const other = parts.slice(i + 1).find((p) => p.name === "Body");
      if (test.kind === "test") {
        const no = new Map(scope);
        if (other !== undefined) this.block(other, no);
        result = this.block(body, scope) ?? result;
        const [present, absent] = test.trueWhere === "present" ? [scope, no] : [no, scope];
        for (const name of new Set([...scope.keys(), ...no.keys()])) {
          const chosen = this.joined(present.get(name) ?? UNKNOWN, absent.get(name) ?? UNKNOWN);
          scope.set(name, chosen);
        }
        return result;
      }
      result = this.block(body, scope) ?? result;
      if (test.kind === "constant" && test.value === true) return result;
    }
    return result;
  }

  private joined(present: Value, absent: Value): Value {
    if (present === absent) return present;
    const chosen = absent.kind === "unknown" ? present : this.found.choose(present, absent);
    return chosen.kind === "unknown" ? present : chosen;
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
      const bracket = children(target).findIndex((c) => c.name === "[");
      if (target.name !== "MemberExpression" || bracket < 0 || object === null) {
        scope.set(textOf(this.file, target), value);
        return;
      }
      // w[l] = … fills the array class by class; w[isinf(w)] = … replaces what absent classes have.
      const name = textOf(this.file, object);
      const index = children(target)[bracket + 1];
      const test = index === undefined ? UNKNOWN : this.expression(index, scope);
      const before = scope.get(name) ?? UNKNOWN;
      if (test.kind === "test") {
        if (test.trueWhere === "absent" && before.kind !== "unknown") scope.set(name, this.found.choose(before, value));
      } else if (value.kind !== "unknown" && value.kind !== "number") scope.set(name, value);
    });
  }

  expression(node: Node, scope: Scope): Value {
    if (++this.steps > MAX_STEPS || this.depth >= MAX_DEPTH) return UNKNOWN;
    this.depth++;
    const value = this.expressionAt(node, scope);
    this.depth--;
    return value;
  }

  private expressionAt(node: Node, scope: Scope): Value {
    switch (node.name) {
      case "Number":
        return { kind: "number", value: Number(textOf(this.file, node).replaceAll("_", "")) };
      case "Boolean":
        return { kind: "constant", value: textOf(this.file, node) === "True" };
      case "None":
        return { kind: "constant", value: null };
      case "String":
        return { kind: "constant", value: textOf(this.file, node).replace(/^\w*["']+|["']+$/g, "") };
      case "VariableName": {
        const name = textOf(this.file, node);
        return scope.get(name) ?? (this.functions.has(name) ? { kind: "function", name } : UNKNOWN);
      }
      case "ParenthesizedExpression":
      case "TupleExpression":
      case "ArrayExpression":
        return this.sequence(node, scope);
      case "ArrayComprehensionExpression":
      case "ComprehensionExpression": {
        const each = children(node)[1];
        return each === undefined ? UNKNOWN : this.expression(each, scope);
      }
      case "UnaryExpression": {
        const [op, operand] = children(node);
        const value = operand === undefined ? UNKNOWN : this.expression(operand, scope);
        const sign = op === undefined ? "" : textOf(this.file, op);
        if (value.kind === "number" && sign === "-") return { kind: "number", value: -value.value };
        if (value.kind === "test" && (sign === "~" || sign === "not")) return opposite(value);
        if (value.kind === "constant" && sign === "not") return { kind: "constant", value: value.value === null || value.value === "" || value.value === false };
        return value.kind === "number" && sign === "+" ? value : UNKNOWN;
      }
      case "BinaryExpression": {
        const [left, op, right] = children(node);
        if (left === undefined || op === undefined || right === undefined) return UNKNOWN;
        return binary(textOf(this.file, op), this.expression(left, scope), this.expression(right, scope), node.from, this.found);
      }
      case "ConditionalExpression": {
        const [yes, , condition, , no] = children(node);
        if (yes === undefined || condition === undefined || no === undefined) return UNKNOWN;
        const test = this.expression(condition, scope);
        if (test.kind === "constant") return this.expression(test.value === true ? yes : no, scope);
        const [first, second] = [this.expression(yes, scope), this.expression(no, scope)];
        if (test.kind === "test") return test.trueWhere === "present" ? this.joined(first, second) : this.joined(second, first);
        return first.kind === "unknown" ? second : first;
      }
      case "MemberExpression":
        return subscript(this, node, scope);
      case "CallExpression":
        return this.callExpression(node, scope);
      default:
        return UNKNOWN;
    }
  }

  /** (x), (0, 1, 2) and [1, 2]: axes or sizes; a list of volumes or weights is what each of them is. */
  private sequence(node: Node, scope: Scope): Value {
    const parts = children(node).filter((c) => !["(", ")", "[", "]", ","].includes(c.name));
    if (node.name === "ParenthesizedExpression" && parts.length === 1 && parts[0] !== undefined) return this.expression(parts[0], scope);
    const values = parts.map((part) => this.expression(part, scope));
    const first = values[0];
    if (first !== undefined && (first.kind === "volume" || first.kind === "weights")) return values.every((v) => v.kind === first.kind) ? first : UNKNOWN;
    if (!values.some((v) => v.kind === "number") && values.length > 0) return UNKNOWN;
    return { kind: "axes", list: values.map((v) => (v.kind === "number" ? v.value : NaN)), from: null };
  }

  private callExpression(node: Node, scope: Scope): Value {
    const [callee, list] = children(node);
    if (callee === undefined || list === undefined) return UNKNOWN;
    const { positional, named } = this.args(list, scope);
    const path = textOf(this.file, callee);
    const method = path.slice(path.lastIndexOf(".") + 1);
    const known = scope.get(path);
    const own = known?.kind === "function" ? this.functions.get(known.name) : callee.name === "VariableName" ? this.functions.get(path) : path.startsWith("self.") ? this.functions.get(method) : undefined;
    if (own !== undefined) {
      // A class that is called is made; what it does comes when its object is called.
      if (known === undefined && own.within.at(-1)?.name === "ClassDefinition" && callee.name === "VariableName") return { kind: "function", name: path };
      return this.call(own, positional, named);
    }
    // A method's object is its first argument: t.sum((0, 2, 3)) is sum(t, (0, 2, 3)).
    let args = positional;
    if (callee.name === "MemberExpression" && callee.firstChild !== null) {
      const object = this.expression(callee.firstChild, scope);
      if (object.kind !== "unknown") args = [object, ...positional];
    }
    return libraryCall({ method, path, args, named, at: node.from, source: this.file.text, eager: this.eager }, this.found);
  }

  private args(list: Node, scope: Scope): { positional: Value[]; named: Map<string, Value> } {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const parts = children(list);
    // sum(… for …): the comprehension's first part stands for all
    const each = parts.findIndex((p) => p.name === "for");
    for (let i = 0; i < (each < 0 ? parts.length : each); i++) {
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
}
