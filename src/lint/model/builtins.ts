/** Python's own functions: len, range, sum and the like. */
import type { Interpreter } from "./interpret";
import { levelOfAll } from "./level";
import { gradientOf, type LibraryCall } from "./library";
import { power } from "./operators";
import { unsigned } from "./parts";
import { derived, number, rankOfArray, UNKNOWN, type Value } from "./values";

/** range(n), range(from, to), with the rank of an array among them. */
export function rangeOf(args: readonly Value[]): Value {
  const [a, b] = args;
  const from = b === undefined ? 0 : a?.kind === "number" ? a.value : null;
  const to = b ?? a;
  if (from === null || to === undefined) return UNKNOWN;
  if (to.kind === "rank") return { kind: "sequence", items: [], span: { from, to: to.offset }, complete: true };
  if (to.kind === "number") return { kind: "sequence", items: Array.from({ length: Math.max(0, Math.min(16, to.value - from)) }, (_, i) => number(from + i)), span: null, complete: to.value - from <= 16 };
  return UNKNOWN;
}

export function builtin(interpreter: Interpreter, call: LibraryCall, args: readonly Value[]): Value {
  const [a = UNKNOWN, b] = args;
  switch (call.method) {
    case "len":
      return a.kind === "shape" && a.axis === null ? rankOfArray(a.of) : a.kind === "sequence" && a.complete ? (a.span === null ? { kind: "number", value: a.items.length, param: a.param ?? null } : { kind: "rank", offset: a.items.length + a.span.to - a.span.from, size: null }) : a.kind === "tensor" ? { kind: "shape", of: a, axis: 0 } : UNKNOWN;
    case "range":
      return rangeOf(args);
    case "tuple":
    case "list":
    case "sorted":
    case "reversed":
      return a;
    case "float":
      return a;
    case "abs":
      return a.kind === "tensor" ? { ...a, part: unsigned(a.part) } : a;
    case "int":
    case "bool":
    case "round":
      return a.kind === "tensor" ? { ...a, ...interpreter.lost(a, call.node, call.frame.file), param: null } : a;
    case "sum": {
      if (a.kind !== "sequence" || a.items.length === 0) return a.kind === "tensor" ? { ...derived([a], a.gradient) } : UNKNOWN;
      const [first] = a.items;
      // A sum over classes: what multiplied each of them multiplies the whole no more.
      return first?.kind === "tensor" ? { ...derived(a.items, gradientOf(a.items)), ...(a.items.length === 1 ? { part: first.part, ratio: first.ratio, level: levelOfAll(first.level, false), over: first.over, state: first.state, oneClass: false, factors: [] } : {}) } : derived(a.items, gradientOf(a.items));
    }
    case "enumerate":
    case "zip":
    case "map": {
      const element = args.map((v) => (v.kind === "sequence" && v.items.length > 0 ? v.items[0]! : derived([v])));
      return { kind: "sequence", items: [{ kind: "sequence", items: call.method === "enumerate" ? [UNKNOWN, ...element] : element, span: null, complete: true }], span: null, complete: false };
    }
    case "pow":
      return b === undefined ? UNKNOWN : power(interpreter, a, b, call.node, call.frame);
    case "isinstance":
    case "hasattr":
    case "callable":
    case "getattr":
    case "print":
    case "str":
    case "super":
      return UNKNOWN;
    default:
      return derived(args);
  }
}
