/** What an expression is known to be. Unknown stays unknown: a rule says nothing of what it cannot know. */
import type { Node, PythonFile } from "../python";
import type { Axes } from "./axes";
import type { ClassInfo, FunctionInfo } from "./definitions";
import type { Env } from "./env";
import { sameLevel, type Level } from "./level";

/** Bits: what an array was computed from. */
export const LABELS = 1;
export const PREDICTIONS = 2;

/**
 * - raw: as the caller hands it in
 * - probabilities, logs: after an activation; logs of probabilities
 * - oneHot, indices, mask: labels or hard predictions
 * - sums: summed over axes; loss: what a known loss returns; weights: the inverse of volumes
 */
export type State = "raw" | "logits" | "probabilities" | "logs" | "oneHot" | "indices" | "mask" | "sums" | "weights" | "loss" | "unknown";

/** Whether a gradient reaches the predictions through this value. `cut`: on purpose (detach, stop_gradient); `lost`: by argmax, round, a comparison. */
export type Gradient = "flows" | "lost" | "cut" | "none" | "unknown";

/**
 * True and false positives and negatives, as products of labels and predictions. Overlaps are also written as a difference:
 * sum(p) + sum(t) (both) - sum(|p - t|) (difference, made of minus) is 2 sum(p t).
 */
export type Part = "tp" | "fp" | "fn" | "both" | "minus" | "difference";

/** How many classes or channels an array has. */
export interface Channels {
  readonly count: number;
  /** Index of the axis along which they lie, 1 or -1 as a rule; null when it moved. */
  readonly axis: number | null;
  /** The number of the array's axes, where the layer that made it tells. */
  readonly rank: number | null;
}

export interface Tensor {
  readonly kind: "tensor";
  readonly origin: number;
  readonly state: State;
  readonly activation: "softmax" | "sigmoid" | null;
  readonly axes: Axes | null;
  /** Letters of the axes reduced so far; "" for none, null when undecided. */
  readonly over: string | null;
  /** A product of labels with predictions, or a sum of them. */
  readonly part: Part | null;
  /** 1 - x of labels or predictions. */
  readonly complement: boolean;
  /** The constant added since the reduction; null: something that is not known was added. */
  readonly added: number | null;
  readonly gradient: Gradient;
  /** The place where the gradient was lost. */
  readonly lostAt: Place | null;
  /** A numpy array: values, not symbols. */
  readonly array: boolean;
  /** 16-bit floating point. */
  readonly half: boolean;
  /** The first class was left out. */
  readonly foreground: boolean;
  /** A single class was picked (by index or by comparison). */
  readonly oneClass: boolean;
  /** Made with a mask of a class: labels == c, or one-hot labels. */
  readonly masked: boolean;
  /** An index left nothing of it: [:, 1:] of a single channel. */
  readonly empty: boolean;
  /** The power of a volume (sum of labels): 1, 2; 0 for what is none. */
  readonly volume: number;
  /** Identities of weights per class that took part, and of those that still multiply the whole. */
  readonly weights: readonly number[];
  readonly factors: readonly number[];
  /** Names of weights that are handed in: those that multiply the whole of it, and those that took part. */
  readonly by: readonly string[];
  readonly weighed: readonly string[];
  /** A mean over pixels took part: no larger than what it is a mean of. */
  readonly averaged: boolean;
  /** A ratio of overlap and sums (a Dice, Jaccard or Tversky coefficient) or its complement. */
  readonly ratio: "score" | "loss" | null;
  /** What a perfect prediction makes of it; null when not known. */
  readonly level: Level | null;
  /** Where labels became shares between 0 and 1: smoothed, mixed, interpolated. */
  readonly soft: Place | null;
  /** Name of the parameter that it is, unchanged. */
  readonly param: string | null;
  /** The length of its class axis, where the source tells. */
  readonly channels: Channels | null;
  /** A value that it is known to hold, above 1: 255 of a mask, the highest label that is drawn. */
  readonly holds: number | null;
}

export interface Place {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

export interface Sequence {
  readonly kind: "sequence";
  readonly items: readonly Value[];
  /** range(from, rank + to): axes from `from` on. */
  readonly span: { readonly from: number; readonly to: number } | null;
  /** Whether `items` are all of it. */
  readonly complete: boolean;
  /** An array of these numbers, no list: + adds. */
  readonly array?: true;
  /** The name of the parameter whose default it is. */
  readonly param?: string;
}

export interface Instance {
  readonly kind: "instance";
  /** Canonical path of a library's class. */
  readonly path: string;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Where it is made. */
  readonly node: Node;
  readonly file: PythonFile;
}

export type Value =
  | { readonly kind: "unknown" }
  | { readonly kind: "number"; readonly value: number; /** the name of the parameter whose default it is */ readonly param: string | null }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "none" }
  | Sequence
  /** The shape of an array, or one of its sizes. */
  | { readonly kind: "shape"; readonly of: Tensor | null; readonly axis: number | null }
  /** The number of an array's axes, plus an offset. */
  | { readonly kind: "rank"; readonly offset: number; /** the number itself, where the array's axes are all known */ readonly size: number | null }
  /** A library's module, function or class by its canonical path. */
  | { readonly kind: "library"; readonly path: string }
  | { readonly kind: "function"; readonly fn: FunctionInfo; readonly env: Env; readonly self: Value | null }
  | { readonly kind: "class"; readonly info: ClassInfo; readonly env: Env }
  /** An object of a class in the user's files. */
  | { readonly kind: "object"; readonly info: ClassInfo; readonly env: Env; readonly attributes: Map<string, Value>; readonly node: Node | null }
  | Instance
  | Tensor;

export const UNKNOWN: Value = { kind: "unknown" };
export const NONE: Value = { kind: "none" };

export const TENSOR: Tensor = {
  kind: "tensor", origin: 0, state: "unknown", activation: null, axes: null, over: null, part: null, complement: false, added: 0, gradient: "none", lostAt: null, array: false,
  half: false, foreground: false, oneClass: false, masked: false, empty: false, volume: 0, weights: [], factors: [], by: [], weighed: [], averaged: false, ratio: null, level: null, soft: null, param: null, channels: null, holds: null,
};

export const number = (value: number): Value => ({ kind: "number", value, param: null });

/** The number of axes of an array. */
export function rankOfArray(of: Tensor | null): Value {
  return { kind: "rank", offset: 0, size: of?.axes != null && of.axes.spread < 0 ? of.axes.roles.length : null };
}

/** An array of which only is known what it was computed from. */
export function derived(from: readonly Value[], gradient: Gradient = "unknown"): Value {
  const tensors = tensorsIn(from);
  if (tensors.length === 0) return UNKNOWN;
  const origin = tensors.reduce((bits, t) => bits | t.origin, 0);
  const half = tensors.some((t) => t.half);
  const array = tensors.every((t) => t.array);
  const weights = merged(tensors.map((t) => t.weights));
  const own = combinedGradient(tensors);
  const lost = own === "lost" || own === "cut" || own === "none" ? own : gradient;
  return { ...TENSOR, origin, half, array, weights, added: null, gradient: lost, lostAt: lost === "lost" ? (tensors.find((t) => t.lostAt !== null)?.lostAt ?? null) : null };
}

export function tensorsIn(values: readonly Value[]): Tensor[] {
  return values.flatMap((v) => (v.kind === "tensor" ? [v] : v.kind === "sequence" ? tensorsIn(v.items) : []));
}

export function combinedGradient(tensors: readonly Tensor[]): Gradient {
  for (const gradient of ["flows", "unknown", "lost", "cut"] as const) if (tensors.some((t) => t.gradient === gradient)) return gradient;
  return "none";
}

/** The names of both, each once. */
export function named(a: readonly string[], b: readonly string[]): readonly string[] {
  return a.length === 0 || a === b ? b : b.length === 0 ? a : [...new Set([...a, ...b])];
}

export function merged(lists: readonly (readonly number[])[]): readonly number[] {
  const first = lists.find((l) => l.length > 0);
  if (first === undefined) return [];
  return lists.every((l) => l.length === 0 || l === first) ? first : [...new Set(lists.flat())];
}

/** What is true of both: the value after a branch that may or may not be taken. */
export function join(a: Value, b: Value): Value {
  if (a === b) return a;
  if (a.kind === "tensor" && b.kind === "tensor") return joinTensors(a, b);
  // Perhaps there is none: where it is used, there is one.
  if (a.kind === "none" && b.kind === "tensor") return { ...b, param: null };
  if (b.kind === "none" && a.kind === "tensor") return { ...a, param: null };
  if (a.kind === "number" && b.kind === "number" && a.value === b.value) return a;
  if (a.kind === "string" && b.kind === "string" && a.value === b.value) return a;
  if (a.kind === "boolean" && b.kind === "boolean" && a.value === b.value) return a;
  if (a.kind === "none" && b.kind === "none") return a;
  if (a.kind === "library" && b.kind === "library" && a.path === b.path) return a;
  if (a.kind === "instance" && b.kind === "instance" && a.node === b.node) return a;
  if (a.kind === "object" && b.kind === "object" && a.node !== null && a.node === b.node) return a;
  if (a.kind === "function" && b.kind === "function" && a.fn === b.fn) return a;
  if (a.kind === "class" && b.kind === "class" && a.info === b.info) return a;
  if (a.kind === "rank" && b.kind === "rank" && a.offset === b.offset) return a.size === b.size ? a : { ...a, size: null };
  if (a.kind === "sequence" && b.kind === "sequence" && a.items.length === b.items.length && a.array === b.array && JSON.stringify(a.span) === JSON.stringify(b.span)) return { ...a, items: a.items.map((v, i) => join(v, b.items[i]!)), complete: a.complete && b.complete };
  // Weights that are counted, or some that are handed in.
  const [known, other] = a.kind === "tensor" ? [a, b] : [b, a];
  if (known.kind === "tensor" && known.state === "weights" && other.kind === "unknown") return { ...known, param: null, added: null };
  return derived([a, b]);
}

const isConstant = (t: Tensor): boolean => t.origin === 0 && t.weights.length === 0 && t.state === "unknown";

function joinTensors(a: Tensor, b: Tensor): Tensor {
  const same = <T>(x: T, y: T, other: T): T => (x === y ? x : other);
  const axes = JSON.stringify(a.axes) === JSON.stringify(b.axes) ? a.axes : null;
  const gradient = same(a.gradient, b.gradient, "unknown");
  return {
    kind: "tensor",
    origin: a.origin | b.origin,
    // Weights of one kind or another, or none.
    state: (a.state === "weights" && isConstant(b)) || (b.state === "weights" && isConstant(a)) ? "weights" : same(a.state, b.state, "unknown"),
    activation: same(a.activation, b.activation, null),
    axes,
    over: same(a.over, b.over, null),
    part: same(a.part, b.part, null),
    complement: a.complement && b.complement,
    added: same(a.added, b.added, null),
    gradient,
    lostAt: gradient === "lost" ? (a.lostAt ?? b.lostAt) : null,
    array: a.array && b.array,
    half: a.half && b.half,
    foreground: a.foreground && b.foreground,
    oneClass: a.oneClass || b.oneClass,
    masked: a.masked || b.masked,
    empty: a.empty && b.empty,
    volume: same(a.volume, b.volume, 0),
    weights: merged([a.weights, b.weights]),
    factors: a.factors.filter((id) => b.factors.includes(id)),
    by: a.by.filter((name) => b.by.includes(name)),
    weighed: named(a.weighed, b.weighed),
    averaged: a.averaged && b.averaged,
    ratio: same(a.ratio, b.ratio, null),
    level: sameLevel(a.level, b.level),
    // Smoothed on one way only: perhaps not at all.
    soft: a.soft !== null && b.soft !== null ? a.soft : null,
    param: same(a.param, b.param, null),
    channels: a.channels?.count === b.channels?.count && a.channels?.axis === b.channels?.axis ? a.channels : null,
    holds: same(a.holds, b.holds, null),
  };
}
