/** Sums, means and other reductions over axes. */
import { lettersOf, reduceAxes, union, type AxisList } from "./axes";
import type { Interpreter } from "./interpret";
import type { LibraryCall } from "./library";
import { combinedGradient, derived, LABELS, tensorsIn, UNKNOWN, type Tensor, type Value } from "./values";

export const REDUCTIONS = new Set([
  "sum", "nansum", "reduce_sum", "sparse_reduce_sum", "count_nonzero", "mean", "reduce_mean", "nanmean", "max", "reduce_max", "amax", "min", "reduce_min", "amin", "prod", "reduce_prod", "std", "var", "logsumexp", "reduce_logsumexp", "median", "any", "all", "reduce_any", "reduce_all", "einsum", "dot", "vdot", "inner", "tensordot", "matmul", "bmm", "norm",
]);

const SUMS = /^(sum|nansum|reduce_sum|sparse_reduce_sum|count_nonzero)$/;
const MEANS = /^(mean|reduce_mean|nanmean)$/;

export function reduction(interpreter: Interpreter, call: LibraryCall, args: readonly Value[]): Value {
  const { method, named, frame, node } = call;
  if (method === "einsum") return einsum(args);
  const [a = UNKNOWN] = args;
  if (a.kind === "sequence") {
    const gathered = a.items.length === 1 || a.complete ? derived(a.items, combinedGradient(tensorsIn(a.items))) : derived(a.items);
    const [first] = a.items;
    return first?.kind === "tensor" && gathered.kind === "tensor" ? { ...gathered, ratio: first.ratio } : gathered;
  }
  if (a.kind !== "tensor") return UNKNOWN;
  if (/^(dot|vdot|inner|tensordot|matmul|bmm|norm)$/.test(method)) return derived(args, combinedGradient(tensorsIn(args)));
  const axes = named.get("axis") ?? named.get("dim") ?? named.get("axes") ?? named.get("reduction_axes") ?? named.get("reduction_indices") ?? (method === "max" || method === "min" ? onlyAxes(args[1]) : positionalAxes(args.slice(1)));
  const list = axisList(axes);
  const keepValue = named.get("keepdims") ?? named.get("keepdim") ?? named.get("keep_dims") ?? (args[2]?.kind === "boolean" ? args[2] : undefined);
  const keep = keepValue?.kind === "boolean" && keepValue.value;
  // reduction="none" of a loss's own sum
  const reduced = list === undefined ? { axes: null, over: null } : reduceAxes(a.axes, list, keep);
  const whole = list === null;
  const over = whole && a.axes === null && a.over !== null && a.over !== "" ? null : union(a.over, reduced.over);
  const sums = SUMS.test(method);
  const means = MEANS.test(method);
  // Weights per class (and image) still multiply the whole of a sum over space, but not a sum over classes or a second sum.
  const weighed = a.over === "" && reduced.over !== null && !reduced.over.includes("C") && !whole;
  const result: Tensor = {
    ...a,
    state: sums ? "sums" : a.state === "weights" && method.includes("max") ? "weights" : means ? (a.state === "loss" ? "loss" : "sums") : "unknown",
    activation: null,
    axes: reduced.axes,
    over,
    part: sums || means ? a.part : null,
    complement: false,
    added: a.over === "" ? 0 : a.added === 0 || means ? a.added : null,
    oneClass: a.oneClass,
    volume: sums && a.origin === LABELS && a.part === null ? (a.volume > 0 && !whole ? a.volume : 1) : 0,
    factors: weighed || a.factors.length === 0 ? a.factors : [],
    ratio: sums || means ? a.ratio : null,
    param: null,
    gradient: /^(any|all|reduce_any|reduce_all|count_nonzero)$/.test(method) ? interpreter.lost(a, node, frame.file).gradient : a.gradient,
  };
  if (sums || means) interpreter.trace.sums.push({ file: frame.file, node, of: a, result, mean: means });
  return result;
}

function onlyAxes(value: Value | undefined): Value | undefined {
  return value?.kind === "tensor" ? undefined : value;
}

/** sum(0, 2, 3) as well as sum((0, 2, 3)) */
function positionalAxes(values: readonly Value[]): Value | undefined {
  const [first] = values;
  const numbers = values.filter((v) => v.kind === "number");
  return numbers.length > 1 && numbers.length === values.length ? { kind: "sequence", items: numbers, span: null, complete: true } : first;
}

/** null: all axes; undefined: not known. */
export function axisList(value: Value | undefined): AxisList | null | undefined {
  if (value === undefined || value.kind === "none") return null;
  if (value.kind === "number") return { list: [value.value], from: null, to: 0 };
  if (value.kind === "rank") return value.offset < 0 ? { list: [value.offset], from: null, to: 0 } : undefined;
  if (value.kind !== "sequence" || !value.complete) return undefined;
  const list: number[] = [];
  for (const item of value.items) {
    if (item.kind === "number") list.push(item.value);
    else return undefined;
  }
  return { list, from: value.span?.from ?? null, to: value.span?.to ?? 0 };
}

/** einsum("bcwh,bcwh->bc", p, t) */
function einsum(args: readonly Value[]): Value {
  const pattern = args[0]?.kind === "string" ? /^([a-z.,\s]+)->([a-z.\s]*)$/i.exec(args[0].value) : null;
  const tensors = tensorsIn(args);
  const all = derived(tensors, combinedGradient(tensors));
  if (pattern === null || all.kind !== "tensor") return all;
  const [, from = "", to = ""] = pattern;
  const inputs = from.split(",").map((s) => s.trim());
  const letters = inputs[0] ?? "";
  const known = tensors[0]?.axes ?? null;
  if (letters.length < 3 || inputs.some((i) => i !== letters)) return all;
  const rank = letters.length;
  // The letters of the first operand name its axes in order.
  const roles = known === null ? null : letters.split("").map((_, i) => (known.spread < 0 ? known.roles[i] : i < known.spread ? known.roles[i] : i >= rank - (known.roles.length - 1 - known.spread) ? known.roles[known.roles.length - (rank - i)] : known.roles[known.spread]));
  const rest = to.trim().split("");
  const over = roles === null || roles.includes(undefined) ? null : lettersOf(roles.flatMap((r, i) => (rest.includes(letters[i]!) ? [] : [r ?? "?"])));
  const left = roles === null || roles.includes(undefined) ? null : { roles: rest.map((l) => roles[letters.indexOf(l)] ?? "?"), spread: -1 };
  const [a, b] = tensors;
  const labels = tensors.length === 1 && a?.origin === LABELS;
  const both = tensors.length === 2 && a !== undefined && b !== undefined && a.origin !== b.origin && a.origin !== 0 && b.origin !== 0 && (a.origin | b.origin) === 3;
  return { ...all, state: "sums", over, axes: left, part: both ? "tp" : null, added: 0, volume: labels ? 1 : 0 };
}
