/** How many classes arrays have, and values that labels are known to hold: kept by what leaves them, forgotten by everything else. */
import type { LibraryCall } from "./library";
import { PREDICTIONS, TENSOR, UNKNOWN, type Channels, type Value } from "./values";

const LEAVES = /^(softmax|log_softmax|sigmoid|log_?sigmoid|expit|abs|identity|contiguous|clone|copy|cpu|cuda|to|type|type_as|float|double|half|long|int|byte|float32|cast|astype|convert_to_tensor|convert_to_numpy|tensor|as_tensor|asarray|ascontiguousarray|array|from_numpy|requires_grad_|detach|stop_gradient|numpy|relu|tanh|exp|log|dropout[123]?d?|interpolate|upsample|clamp_min)_?$/;
/** The number of classes stays; where their axis is then, is not followed. */
const MOVES = /^(permute|permute_dimensions|transpose|movedim|moveaxis|swapaxes)$/;
/** Values change all the same. */
const MAPS = /^(softmax|log_softmax|sigmoid|log_?sigmoid|expit|relu|tanh|exp|log|dropout[123]?d?|interpolate|upsample|clamp_min)_?$/;
/** Shapes may change; values stay. */
const SAME_VALUES = /^(reshape|view|flatten|ravel|unsqueeze|expand_dims|squeeze|expand|repeat|tile)$/;
const ONE_HOT = /^(one_?hot|to_categorical)$/i;
/** Layers of TensorFlow 1, which are functions. */
const LAYERS = /^tensorflow\.(contrib\.)?layers\.(dense|conv[123]d|fully_connected)$/;
const MAKES_ARRAY = /^(tensor|as_tensor|Tensor|FloatTensor|LongTensor|array|asarray|constant|convert_to_tensor|from_numpy)$/;

/** What a library's function leaves of what is known; a list of numbers made an array keeps its numbers. */
export function counted(call: LibraryCall, result: Value): Value {
  const [a = UNKNOWN] = call.args;
  if (a.kind === "sequence" && MAKES_ARRAY.test(call.method) && a.complete && a.span === null && a.items.length > 0 && a.items.every((v) => v.kind === "number")) return { ...a, array: true };
  const channels = channelsAfter(call, a);
  const holds = holdsAfter(call, a);
  if (LAYERS.test(call.path ?? "")) return { ...TENSOR, origin: PREDICTIONS, gradient: "flows", added: null, channels };
  if (result.kind !== "tensor") {
    // Labels of which nothing else is known; drawn or chosen numbers.
    if (ONE_HOT.test(call.method) && call.path !== null) return { ...TENSOR, state: "oneHot", channels };
    return holds === null || !/^(randint|where)$/.test(call.method) ? result : { ...TENSOR, array: call.family === "numpy", holds };
  }
  return result.channels === channels && result.holds === holds ? result : { ...result, channels, holds };
}

function channelsAfter(call: LibraryCall, a: Value): Channels | null {
  const { method } = call;
  if (ONE_HOT.test(method)) {
    const count = classesOf(call);
    return count === null ? null : { count, axis: call.path?.startsWith("monai.") === true || call.path?.startsWith("kornia.") === true ? 1 : -1, rank: null };
  }
  if (LAYERS.test(call.path ?? "")) {
    const count = call.named.get("filters") ?? call.named.get("units") ?? call.named.get("num_outputs") ?? call.args[1];
    return count?.kind === "number" && count.param === null && !call.named.has("data_format") ? { count: count.value, axis: -1, rank: null } : null;
  }
  if (a.kind !== "tensor" || a.channels === null) return null;
  if (LEAVES.test(method)) return a.channels;
  return MOVES.test(method) ? { ...a.channels, axis: null, rank: null } : null;
}

/** The number of classes that one_hot or to_categorical is told; null when that is not known. */
export function classesOf({ args, named }: Pick<LibraryCall, "args" | "named">): number | null {
  const count = named.get("num_classes") ?? named.get("depth") ?? args[1];
  return count?.kind === "number" && count.param === null && Number.isInteger(count.value) && count.value > 0 ? count.value : null;
}

function holdsAfter(call: LibraryCall, a: Value): number | null {
  const { method, args, named, family } = call;
  if (method === "randint") return highestDrawn(args, named, family === "torch" || family === "numpy");
  if (method === "where") {
    const values = args.slice(1, 3).flatMap((v) => (v.kind === "number" ? [v.value] : []));
    // where(void, 255, y): what y holds besides is not known.
    return args.length === 3 && values.length > 0 && values.every((v) => Number.isInteger(v) && v >= 0) && Math.max(...values) > 1 ? Math.max(...values) : null;
  }
  return a.kind === "tensor" && ((LEAVES.test(method) && !MAPS.test(method)) || SAME_VALUES.test(method)) && !isTruth(call) ? a.holds : null;
}

/** .to(torch.bool): 255 is True then. */
function isTruth({ args, named }: LibraryCall): boolean {
  return [args[1], named.get("dtype")].some((type) => (type?.kind === "library" || type?.kind === "string") && /bool/.test(type.kind === "library" ? type.path : type.value));
}

/** randint(high, size), randint(low, high, size): the highest value is drawn sooner or later. */
function highestDrawn(args: readonly Value[], named: ReadonlyMap<string, Value>, known: boolean): number | null {
  const numbers = args.slice(0, 2).flatMap((v) => (v.kind === "number" ? [v.value] : []));
  const high = named.get("high") ?? (numbers.length > 0 ? { kind: "number" as const, value: numbers.at(-1)!, param: null } : undefined);
  return known && high?.kind === "number" && high.param === null && Number.isInteger(high.value) && high.value > 2 ? high.value - 1 : null;
}

/** Of two arrays that are combined element by element. */
export function combined(op: string, left: Value, right: Value, result: Value): Value {
  if (result.kind !== "tensor") return result;
  const channels = COMPARISON.test(op) ? null : broadcast(left, right);
  const holds = scaledMask(op, left, right) ?? scaledMask(op, right, left);
  return result.channels === channels && result.holds === holds ? result : { ...result, channels, holds };
}

const COMPARISON = /^(==|!=|<=?|>=?|is|is not|in|not in)$/;

function broadcast(left: Value, right: Value): Channels | null {
  const a = left.kind === "tensor" ? left.channels : null;
  const b = right.kind === "tensor" ? right.channels : null;
  if (left.kind === "tensor" && right.kind === "tensor") return a !== null && b !== null && a.count === b.count ? a : null;
  // A number leaves the shape; what is not known may broadcast.
  return left.kind === "number" ? b : right.kind === "number" ? a : null;
}

/** (x > 0) * 255 */
function scaledMask(op: string, mask: Value, by: Value): number | null {
  return op === "*" && mask.kind === "tensor" && mask.state === "mask" && mask.holds === null && by.kind === "number" && Number.isInteger(by.value) && by.value > 1 ? by.value : null;
}

/** x[mask] = 255: the array holds it then; with less than it held, or what is not known, nothing more is known of it. */
export function put(held: Value, value: Value, masked: boolean): Value {
  const holds = value.kind === "number" && Number.isInteger(value.value) && value.value > 1 && !(held.kind === "tensor" && held.holds !== null && held.holds > value.value) ? value.value : null;
  // Nothing is known of it but what was put where a comparison says: an array, as no list or dictionary takes that.
  if (held.kind === "unknown") return masked && holds !== null ? { ...TENSOR, gradient: "unknown", holds } : held;
  if (held.kind !== "tensor") return held;
  return held.holds === holds ? held : { ...held, holds };
}
