/** Sums, means and other reductions over axes. */
import { CHANNELS_FIRST, lettersOf, reduceAxes, union, type Axes, type AxisList } from "./axes";
import type { Interpreter } from "./interpret";
import { levelOfAll, levelOfProduct } from "./level";
import type { LibraryCall } from "./library";
import { unsigned } from "./parts";
import { combinedGradient, derived, LABELS, number, tensorsIn, UNKNOWN, type Tensor, type Value } from "./values";

export const REDUCTIONS = new Set([
  "sum", "nansum", "reduce_sum", "sparse_reduce_sum", "count_nonzero", "mean", "reduce_mean", "nanmean", "max", "reduce_max", "amax", "min", "reduce_min", "amin", "prod", "reduce_prod", "std", "var", "logsumexp", "reduce_logsumexp", "median", "any", "all", "reduce_any", "reduce_all", "einsum", "dot", "vdot", "inner", "tensordot", "matmul", "bmm", "norm", "vector_norm",
]);

const SUMS = /^(sum|nansum|reduce_sum|sparse_reduce_sum|count_nonzero)$/;
const MEANS = /^(mean|reduce_mean|nanmean)$/;

export function reduction(interpreter: Interpreter, call: LibraryCall, args: readonly Value[]): Value {
  const { method, named, frame, node } = call;
  if (method === "einsum") return summedByLetters(interpreter, call, args) ?? einsum(args);
  const [given = UNKNOWN] = args;
  // sum(dtype=torch.float32) adds in that type.
  const type = named.get("dtype");
  const a = given.kind === "tensor" && given.half && type?.kind === "library" && /\.(float32|float64|float|double)$/.test(type.path) ? { ...given, half: false } : given;
  if (a.kind === "sequence") {
    const gathered = a.items.length === 1 || a.complete ? derived(a.items, combinedGradient(tensorsIn(a.items))) : derived(a.items);
    const [first] = a.items;
    return first?.kind === "tensor" && gathered.kind === "tensor" ? { ...gathered, ratio: first.ratio, level: a.items.length === 1 ? levelOfAll(first.level, MEANS.test(method)) : null } : gathered;
  }
  if (a.kind !== "tensor") return UNKNOWN;
  const norm = normOf(call, args);
  if (/^(dot|vdot|inner|tensordot|matmul|bmm)$/.test(method) || (norm === null && /norm$/.test(method))) return derived(args, combinedGradient(tensorsIn(args)));
  const axes = named.get("axis") ?? named.get("dim") ?? named.get("axes") ?? named.get("reduction_axes") ?? named.get("reduction_indices") ?? (method === "max" || method === "min" ? onlyAxes(args[1]) : norm !== null ? args[2] : positionalAxes(args.slice(1)));
  const list = axisList(axes);
  const keepValue = named.get("keepdims") ?? named.get("keepdim") ?? named.get("keep_dims") ?? (args[2]?.kind === "boolean" ? args[2] : undefined);
  const keep = keepValue?.kind === "boolean" && keepValue.value;
  // reduction="none" of a loss's own sum
  const reduced = list === undefined ? { axes: null, over: null } : reduceAxes(a.axes ?? skippedAxes(call, a, list), list, keep);
  const whole = list === null;
  const over = whole && a.axes === null && a.over !== null && a.over !== "" ? null : union(a.over, reduced.over);
  const sums = SUMS.test(method) || norm !== null;
  const means = MEANS.test(method);
  // Weights per class (and image) still multiply the whole of a sum over space, but not a sum over classes or a second sum.
  const weighed = a.over === "" && reduced.over !== null && !reduced.over.includes("C") && !whole;
  const result: Tensor = {
    ...a,
    state: sums ? "sums" : a.state === "weights" && method.includes("max") ? "weights" : means ? (a.state === "loss" ? "loss" : "sums") : "unknown",
    activation: null,
    axes: reduced.axes,
    over,
    part: norm !== null ? unsigned(a.part) : sums || means ? a.part : null,
    complement: false,
    added: a.over === "" ? 0 : a.added === 0 || means ? a.added : null,
    oneClass: a.oneClass,
    volume: sums && a.origin === LABELS && a.part === null && a.weights.length === 0 ? (a.volume > 0 && !whole ? a.volume : 1) : 0,
    factors: weighed || a.factors.length === 0 ? a.factors : [],
    by: a.by.length === 0 || (reduced.over !== null && !reduced.over.includes("C") && !whole) ? a.by : [],
    averaged: a.averaged || (means && reduced.over?.includes("S") === true),
    ratio: sums || means ? a.ratio : null,
    level: sums || means ? levelOfAll(a.level, means) : null,
    param: null,
    gradient: /^(any|all|reduce_any|reduce_all|count_nonzero)$/.test(method) ? interpreter.lost(a, node, frame.file).gradient : a.gradient,
  };
  if (sums || means) interpreter.trace.sums.push({ file: frame.file, node, of: a, result, mean: means });
  return result;
}

/** Norms that are sums of magnitudes: of order 1, and of an order that the code chooses and then raises to it. Null: no such norm. */
function normOf({ method, named }: LibraryCall, args: readonly Value[]): 1 | "open" | null {
  if (!/norm$/.test(method)) return null;
  const order = named.get("ord") ?? named.get("p") ?? args[1];
  if (order?.kind === "number") return order.value === 1 ? 1 : null;
  return method === "vector_norm" && order?.kind === "unknown" ? "open" : null;
}

/** Labels of PyTorch may be class indices or one-hot; sums that leave out axis 1 alone say that the classes lie along it. */
function skippedAxes(call: LibraryCall, a: Tensor, list: AxisList | null): Axes | null {
  if (list === null || a.origin !== LABELS || a.over !== "" || (call.family !== "torch" && !call.named.has("dim") && (call.path !== null || call.named.has("axis")))) return null;
  return list.from === null && list.list.includes(2) && list.list.includes(3) && !list.list.includes(1) && list.list.every((i) => i >= 0) ? CHANNELS_FIRST : null;
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

/** einsum("bk->b", x): a sum over the letters that are left out. */
function summedByLetters(interpreter: Interpreter, call: LibraryCall, args: readonly Value[]): Value | null {
  const [text, of, ...rest] = args;
  const pattern = text?.kind === "string" ? /^\s*([a-z]+)\s*->\s*([a-z]*)\s*$/i.exec(text.value) : null;
  if (pattern === null || of?.kind !== "tensor" || rest.length > 0) return null;
  const [, from = "", to = ""] = pattern;
  const left = from.split("").filter((letter) => to.includes(letter)).join("");
  if (left !== to || left === from) return null;
  const axes = from.split("").flatMap((letter, i) => (to.includes(letter) ? [] : [number(i)]));
  return reduction(interpreter, { ...call, method: "sum", named: new Map([["axis", { kind: "sequence", items: axes, span: null, complete: true }]]) }, [of]);
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
  return { ...all, state: "sums", over, axes: left, part: both ? "tp" : null, added: 0, volume: labels ? 1 : 0, level: levelOfProduct(a?.level ?? null, b?.level ?? null, both) };
}
