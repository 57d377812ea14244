/** What functions of numpy, TensorFlow, Keras, PyTorch and JAX make of arrays, by their last names: the libraries agree on most of them. */
import type { Frame, Interpreter } from "./interpret";
import { compared, divided, inverse, plus, power, times } from "./operators";
import { REDUCTIONS, reduction } from "./reductions";
import { SHAPES, shaped } from "./shapes";
import type { Called } from "./trace";
import { combinedGradient, derived, LABELS, merged, number, TENSOR, UNKNOWN, type Tensor, type Value } from "./values";

export interface LibraryCall extends Called {
  readonly frame: Frame;
}

export function libraryCall(interpreter: Interpreter, call: LibraryCall): Value {
  const result = resultOf(interpreter, call);
  const { path, family, method, args, named, argNodes, node, frame } = call;
  const array = family === "numpy" || (family === null && path === null && method === "numpy");
  const value = array && result.kind === "tensor" ? { ...result, array: true } : result;
  interpreter.trace.calls.push({ file: frame.file, node, path, family, method, args, named, argNodes, instance: null, result: value });
  if (path === null && method.endsWith("_") && !method.startsWith("_") && argNodes[0]?.name === "VariableName" && value.kind === "tensor") frame.env.set(frame.file.text.slice(argNodes[0].from, argNodes[0].to), value);
  return value;
}

const KEEP = /^(abs|identity|contiguous|clone|copy|cpu|cuda|to|type|type_as|float|double|float32|cast|convert_to_tensor|convert_to_numpy|tensor|as_tensor|asarray|ascontiguousarray|array|from_numpy|nan_to_num|requires_grad_|to_float|numpy|item|get_value|eval|constant|Variable|FloatTensor|as_subclass|as_tensor)$/;
const CUT = /^(detach|detach_|stop_gradient)$/;
const HARD = /^(argmax|argmin|argsort|round|rint|floor|ceil|sign|heaviside|bincount|unique|nonzero|long|int|bool|searchsorted|histc|logical_and|logical_or|logical_not|logical_xor|greater|greater_equal|less|less_equal|equal|not_equal|gt|ge|lt|le|eq|ne|isclose)$/;
const ONE_HOT = /one_?hot|to_categorical/i;
const MAPS = /^(exp|log|log1p|log2|log10|sqrt|rsqrt|tanh|relu|softplus|cosh|sinh|erf|logit|logcosh|expm1|leaky_relu|gelu|elu|selu)_?$/;
const CLASSIFICATION = /^(cross_entropy|nll_loss|binary_cross_entropy|binary_cross_entropy_with_logits|categorical_crossentropy|sparse_categorical_crossentropy|binary_crossentropy|softmax_cross_entropy_with_logits(_v2)?|sparse_softmax_cross_entropy_with_logits|sigmoid_cross_entropy_with_logits|softmax_cross_entropy|sigmoid_focal_loss|softmax_cross_entropy_with_integer_labels|sigmoid_binary_cross_entropy)$/;
const COMPARE: Readonly<Record<string, string>> = { greater: ">", greater_equal: ">=", less: "<", less_equal: "<=", equal: "==", not_equal: "!=", gt: ">", ge: ">=", lt: "<", le: "<=", eq: "==", ne: "!=" };

function resultOf(interpreter: Interpreter, call: LibraryCall): Value {
  const { method, named, node, frame, family } = call;
  const args = call.args.length > 0 ? call.args : firstNamed(named);
  const [a = UNKNOWN, b = named.get("other") ?? named.get("y") ?? named.get("exponent") ?? UNKNOWN, c = UNKNOWN] = args;
  if (family === "python") return builtin(interpreter, call, args);
  if (REDUCTIONS.has(method)) return reduction(interpreter, call, args);
  if (SHAPES.has(method)) return shaped(call, args);
  if (COMPARE[method] !== undefined) return compared(interpreter, COMPARE[method], a, b, node, frame);
  if (CLASSIFICATION.test(method)) return lossOf(args.concat([...named.values()]));
  if (a.kind === "tensor") {
    if (method === "softmax" || method === "sigmoid" || method === "expit" || method === "hard_sigmoid") return activated(a, method === "softmax" ? "softmax" : "sigmoid");
    if (method === "log_softmax" || method === "logsigmoid" || method === "log_sigmoid") return { ...a, state: "logs", activation: null, param: null };
    if (ONE_HOT.test(method)) return { ...a, state: "oneHot", axes: null, activation: null, param: null, complement: false, ...interpreter.lost(a, node, frame.file) };
    if (CUT.test(method)) return { ...a, gradient: a.gradient === "none" ? "none" : "cut", param: null };
    if (HARD.test(method)) return { ...a, state: method.startsWith("arg") ? "indices" : "mask", axes: method.startsWith("arg") ? null : a.axes, activation: null, param: /^(long|int)$/.test(method) && a.origin === LABELS ? a.param : null, complement: false, ...interpreter.lost(a, node, frame.file) };
    if (method === "half" || method === "float16" || method === "bfloat16") return { ...a, half: method !== "bfloat16", param: null };
    if (KEEP.test(method)) return recast(interpreter, a, call, args);
    if (MAPS.test(method)) return { ...a, activation: null, complement: false, part: null, ratio: null, param: null, volume: 0, factors: [], state: method.startsWith("log") && a.activation !== null ? "logs" : a.state === "sums" ? "sums" : "unknown" };
  }
  switch (method) {
    case "square":
      return power(interpreter, a, number(2), node, frame);
    case "pow":
    case "pow_":
    case "power":
      return power(interpreter, a, b, node, frame);
    case "reciprocal":
    case "reciprocal_no_nan":
      return a.kind === "tensor" && a.volume > 0 ? inverse(interpreter, a, node, frame) : derived([a]);
    case "divide":
    case "div":
    case "true_divide":
    case "truediv":
    case "divide_no_nan": {
      const value = divided(interpreter, a, b, node, frame);
      interpreter.trace.binaries.push({ file: frame.file, node, op: "/", left: a, right: b, leftNode: null, rightNode: null, result: value });
      return value;
    }
    case "multiply":
    case "mul":
      return times(a, b);
    case "add":
      return plus(a, b, 1);
    case "subtract":
    case "sub":
      return plus(a, b, -1);
    case "clip":
    case "clamp":
    case "clamp_":
    case "clamp_min":
    case "clamp_max":
    case "clip_by_value":
      return a.kind === "tensor" ? { ...a, param: null } : derived([a]);
    case "maximum":
    case "minimum":
      return a.kind === "tensor" && b.kind !== "tensor" ? { ...a, param: null, volume: a.volume } : b.kind === "tensor" && a.kind !== "tensor" ? { ...b, param: null } : derived([a, b], gradientOf([a, b]));
    case "where":
    case "switch":
    case "cond":
      return chosen(interpreter, a, evaluated(interpreter, b, call), evaluated(interpreter, c, call));
    case "masked_fill":
    case "masked_fill_":
      return a.kind === "tensor" ? { ...a, param: null } : UNKNOWN;
    case "ones_like":
    case "ones":
      return args.length > 0 ? { ...TENSOR, state: "unknown" } : UNKNOWN;
    case "zeros_like":
    case "zeros":
    case "full_like":
    case "full":
    case "empty":
      return { ...TENSOR, array: family === "numpy" };
    case "epsilon":
    case "finfo":
      return method === "epsilon" ? number(1e-7) : UNKNOWN;
    case "stack":
    case "cat":
    case "concat":
    case "concatenate":
      return stacked(a);
    case "int_shape":
    case "shape":
    case "size":
      if (a.kind !== "tensor") return UNKNOWN;
      return method === "size" && b.kind === "number" ? { kind: "shape", of: a, axis: b.value } : { kind: "shape", of: a, axis: null };
    case "dim":
    case "ndim":
    case "rank":
    case "ndimension":
      return a.kind === "tensor" ? { kind: "rank", offset: 0 } : UNKNOWN;
    case "arange":
    case "range":
      return rangeOf(args);
    case "get_shape":
      return a.kind === "tensor" ? { kind: "shape", of: a, axis: null } : UNKNOWN;
    default:
      return derived([...args, ...named.values()], "unknown");
  }
}

function firstNamed(named: ReadonlyMap<string, Value>): readonly Value[] {
  for (const name of ["input", "x", "inputs", "tensor", "a", "input_tensor", "logits", "indices", "condition"]) {
    const value = named.get(name);
    if (value !== undefined) return [value];
  }
  return [];
}

/** A cast to whole numbers loses the gradient; a cast to 16 bits is remembered. */
function recast(interpreter: Interpreter, a: Tensor, call: LibraryCall, args: readonly Value[]): Tensor {
  const type = call.named.get("dtype") ?? args[1];
  const text = type?.kind === "string" ? type.value : type?.kind === "library" ? type.path : "";
  const name = text.slice(text.lastIndexOf(".") + 1);
  const whole = /^(u?int\d+|int|long|bool|uint8|bool_)$/.test(name);
  const half = /^(float16|half)$/.test(name) ? true : /^(float32|float64|float|double)$/.test(name) || call.method === "float" || call.method === "double" ? false : a.half;
  // A cast of labels or of a mask leaves what they are.
  return { ...a, half, param: call.method === "numpy" || call.method === "item" ? null : a.param, ...(whole ? { activation: null, ...interpreter.lost(a, call.node, call.frame.file) } : {}) };
}

export function activated(a: Tensor, activation: "softmax" | "sigmoid"): Tensor {
  return { ...a, state: "probabilities", activation, param: null, complement: false };
}

/** What a known loss of labels and predictions returns. */
export function lossOf(values: readonly Value[]): Value {
  const all = derived(values);
  return all.kind === "tensor" ? { ...all, state: "loss", gradient: gradientOf(values), axes: null, over: null } : UNKNOWN;
}

function gradientOf(values: readonly Value[]): Tensor["gradient"] {
  return combinedGradient(values.flatMap((v) => (v.kind === "tensor" ? [v] : [])));
}

/** where(test, a, b): weights stay weights, whatever absent classes get. */
function chosen(interpreter: Interpreter, test: Value, a: Value, b: Value): Value {
  const tensors = [a, b].flatMap((v) => (v.kind === "tensor" ? [v] : []));
  const weights = tensors.find((t) => t.state === "weights");
  if (weights !== undefined) return { ...weights, weights: merged(tensors.map((t) => t.weights)), factors: merged(tensors.map((t) => t.factors)) };
  const all = [test, a, b].flatMap((v) => (v.kind === "tensor" ? [v] : []));
  if (all.length === 0) return UNKNOWN;
  const [first] = tensors;
  const base = tensors.length === 1 && first !== undefined && first.gradient !== "none" ? { ...first, param: null, activation: null } : derived(all);
  if (base.kind !== "tensor") return UNKNOWN;
  return { ...base, origin: all.reduce((bits, t) => bits | t.origin, 0), gradient: combinedGradient(all), lostAt: all.find((t) => t.lostAt !== null)?.lostAt ?? null, array: all.every((t) => t.array), ...(interpreter.withoutGradient > 0 ? {} : {}) };
}

/** K.switch takes functions as well as values. */
function evaluated(interpreter: Interpreter, value: Value, call: LibraryCall): Value {
  return value.kind === "function" ? interpreter.call(value.fn, value.env, value.self, { positional: [], named: new Map(), open: false }, call.frame.depth + 1) : value;
}

function stacked(list: Value): Value {
  if (list.kind !== "sequence") return list.kind === "tensor" ? { ...list, axes: null, param: null } : UNKNOWN;
  const [first] = list.items;
  const tensors = list.items.flatMap((v) => (v.kind === "tensor" ? [v] : []));
  if (first?.kind === "tensor" && tensors.every((t) => t.state === first.state && t.origin === first.origin && t.part === first.part)) return { ...first, axes: null, over: first.over, foreground: false, oneClass: false, param: null, activation: first.activation };
  return derived(list.items, gradientOf(list.items));
}

/** range(n), range(from, to), with the rank of an array among them. */
function rangeOf(args: readonly Value[]): Value {
  const [a, b] = args;
  const from = b === undefined ? 0 : a?.kind === "number" ? a.value : null;
  const to = b ?? a;
  if (from === null || to === undefined) return UNKNOWN;
  if (to.kind === "rank") return { kind: "sequence", items: [], span: { from, to: to.offset }, complete: true };
  if (to.kind === "number") return { kind: "sequence", items: Array.from({ length: Math.max(0, Math.min(16, to.value - from)) }, (_, i) => number(from + i)), span: null, complete: to.value - from <= 16 };
  return UNKNOWN;
}

function builtin(interpreter: Interpreter, call: LibraryCall, args: readonly Value[]): Value {
  const [a = UNKNOWN, b] = args;
  switch (call.method) {
    case "len":
      return a.kind === "shape" && a.axis === null ? { kind: "rank", offset: 0 } : a.kind === "sequence" && a.complete && a.span === null ? number(a.items.length) : a.kind === "tensor" ? { kind: "shape", of: a, axis: 0 } : UNKNOWN;
    case "range":
      return rangeOf(args);
    case "tuple":
    case "list":
    case "sorted":
    case "reversed":
      return a;
    case "float":
    case "abs":
      return a;
    case "int":
    case "bool":
    case "round":
      return a.kind === "tensor" ? { ...a, ...interpreter.lost(a, call.node, call.frame.file), param: null } : a;
    case "sum": {
      if (a.kind !== "sequence" || a.items.length === 0) return a.kind === "tensor" ? { ...derived([a], a.gradient) } : UNKNOWN;
      const [first] = a.items;
      // A sum over classes: what multiplied each of them multiplies the whole no more.
      return first?.kind === "tensor" ? { ...derived(a.items, gradientOf(a.items)), ...(a.items.length === 1 ? { part: first.part, ratio: first.ratio, over: first.over, state: first.state, oneClass: false, factors: [] } : {}) } : derived(a.items, gradientOf(a.items));
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
