/** What functions of numpy, TensorFlow, Keras, PyTorch and JAX make of arrays, by their last names: the libraries agree on most of them. */
import type { Frame, Interpreter } from "./interpret";
import { builtin, rangeOf } from "./builtins";
import { counted } from "./channels";
import { EYE, oneHotAxes, scattered, shapeAxes } from "./hot";
import { COST, SHARE } from "./level";
import { compared, divided, inverse, plus, power, times } from "./operators";
import { unsigned } from "./parts";
import { REDUCTIONS, reduction } from "./reductions";
import { scoresOf } from "./scores";
import { SHAPES, shaped } from "./shapes";
import { blursLabels } from "./soft";
import { placeAt, type Called } from "./trace";
import { combinedGradient, derived, LABELS, merged, number, rankOfArray, TENSOR, UNKNOWN, type Tensor, type Value } from "./values";

export interface LibraryCall extends Called {
  readonly frame: Frame;
}

export function libraryCall(interpreter: Interpreter, call: LibraryCall): Value {
  const made = scoresOf(call.path, call.args, call.named, call.node, call.frame.file) ?? resultOf(interpreter, call);
  const result: Value = blursLabels(call) ? { ...(call.args[0]?.kind === "tensor" ? call.args[0] : made.kind === "tensor" ? made : TENSOR), param: null, origin: LABELS, level: SHARE, soft: placeAt({ file: call.frame.file, node: call.node }) } : made;
  const { path, family, method, args, named, argNodes, namedNodes, node, frame } = call;
  const array = family === "numpy" || (family === null && path === null && method === "numpy");
  const value = counted(call, array && result.kind === "tensor" ? { ...result, array: true } : result);
  interpreter.trace.calls.push({ file: frame.file, node, path, family, method, args, named, argNodes, namedNodes, instance: null, result: value });
  if (path === null && method.endsWith("_") && !method.startsWith("_") && argNodes[0]?.name === "VariableName" && value.kind === "tensor") frame.env.set(frame.file.text.slice(argNodes[0].from, argNodes[0].to), value);
  return value;
}

const KEEP = /^(abs|astype|identity|contiguous|clone|copy|cpu|cuda|to|type|type_as|float|double|float32|cast|convert_to_tensor|convert_to_numpy|tensor|as_tensor|asarray|ascontiguousarray|array|from_numpy|nan_to_num|requires_grad_|to_float|numpy|item|get_value|eval|constant|Variable|FloatTensor|as_subclass|Parameter|to_dense|sparse_tensor_to_dense)$/;
/** PyTorch's methods that change their array and do what those without the underscore do. */
const IN_PLACE = /^(add|sub|subtract|mul|multiply|div|divide|true_divide|square|reciprocal|clip|unsqueeze|squeeze|transpose|swapaxes|softmax|sigmoid|abs|neg|round|floor|ceil|nan_to_num)_$/;
const CUT = /^(detach|detach_|stop_gradient)$/;
const HARD = /^(argmax|argmin|round|rint|floor|ceil|sign|heaviside|bincount|unique|nonzero|long|int|bool|searchsorted|histc|logical_and|logical_or|logical_not|logical_xor|greater|greater_equal|less|less_equal|equal|not_equal|gt|ge|lt|le|eq|ne|isclose)$/;
const ONE_HOT = /one_?hot|to_categorical/i;
const MAPS = /^(exp|log|log1p|log2|log10|sqrt|rsqrt|tanh|relu|softplus|cosh|sinh|erf|logit|logcosh|expm1|leaky_relu|gelu|elu|selu)_?$/;
const CLASSIFICATION = /^(cross_entropy|nll_loss|binary_cross_entropy|binary_cross_entropy_with_logits|categorical_crossentropy|sparse_categorical_crossentropy|binary_crossentropy|softmax_cross_entropy_with_logits(_v2)?|sparse_softmax_cross_entropy_with_logits|sigmoid_cross_entropy_with_logits|softmax_cross_entropy|sigmoid_focal_loss|softmax_cross_entropy_with_integer_labels|sigmoid_binary_cross_entropy)$/;
const COMPARE: Readonly<Record<string, string>> = { greater: ">", greater_equal: ">=", less: "<", less_equal: "<=", equal: "==", not_equal: "!=", gt: ">", ge: ">=", lt: "<", le: "<=", eq: "==", ne: "!=" };

function resultOf(interpreter: Interpreter, call: LibraryCall): Value {
  const { method, named, node, frame, family } = call;
  if (call.path === null && IN_PLACE.test(method)) return resultOf(interpreter, { ...call, method: method.slice(0, -1) });
  const args = call.args.length > 0 ? call.args : firstNamed(named);
  const [a = UNKNOWN, b = named.get("other") ?? named.get("y") ?? named.get("exponent") ?? UNKNOWN, c = UNKNOWN] = args;
  if (family === "python") return builtin(interpreter, call, args);
  const hot = scattered(call);
  if (hot !== null) return hot;
  if (/^new_(zeros|ones|full)$/.test(method)) return { ...TENSOR, axes: shapeAxes(b), over: "" };
  if (REDUCTIONS.has(method)) return reduction(interpreter, call, args);
  if (SHAPES.has(method)) return shaped(call, args);
  if (COMPARE[method] !== undefined) return compared(interpreter, COMPARE[method], a, b, node, frame);
  if (CLASSIFICATION.test(method)) return reducedLoss(lossOf(args.concat([...named.values()])), call.path, named);
  if (a.kind === "tensor") {
    if (method === "softmax" || method === "sigmoid" || method === "expit" || method === "hard_sigmoid") {
      // A teacher's probabilities: labels between 0 and 1.
      const soft = a.origin === LABELS && a.over === "" ? placeAt({ file: frame.file, node }) : a.soft;
      return { ...activated(a, method === "softmax" ? "softmax" : "sigmoid"), soft };
    }
    if (method === "log_softmax" || method === "logsigmoid" || method === "log_sigmoid") return { ...a, state: "logs", level: null, activation: method === "log_softmax" ? "softmax" : "sigmoid", param: null };
    if (ONE_HOT.test(method)) return { ...a, state: "oneHot", masked: a.origin === LABELS, level: SHARE, axes: oneHotAxes(call, a), activation: null, soft: null, param: null, complement: false, ...interpreter.lost(a, node, frame.file) };
    if (CUT.test(method)) return { ...a, gradient: a.gradient === "none" ? "none" : "cut", param: null };
    // Both at once: an overlap of masks.
    if (method === "logical_and" && b.kind === "tensor") return times({ ...a, state: "mask", ...interpreter.lost(a, node, frame.file) }, { ...b, state: "mask", ...interpreter.lost(b, node, frame.file) });
    if (HARD.test(method)) return { ...a, state: method.startsWith("arg") ? "indices" : "mask", level: SHARE, soft: null, axes: method.startsWith("arg") ? null : a.axes, activation: null, param: /^(long|int)$/.test(method) && a.origin === LABELS ? a.param : null, complement: false, ...interpreter.lost(a, node, frame.file) };
    if (method === "half" || method === "float16" || method === "bfloat16") return { ...a, half: method !== "bfloat16", param: null };
    if (KEEP.test(method)) return recast(interpreter, a, call, args);
    // log_softmax(x).exp()
    if (method === "exp" && a.state === "logs" && a.activation !== null && a.over === "") return activated(a, a.activation);
    if (MAPS.test(method)) return { ...a, activation: null, complement: false, part: null, ratio: null, level: null, soft: null, param: null, volume: 0, factors: [], state: method.startsWith("log") && a.activation !== null ? "logs" : a.state === "sums" ? "sums" : a.state === "loss" && method === "exp" ? "loss" : "unknown" };
  }
  switch (method) {
    case "softmax":
    case "sigmoid":
      return ofUnknown(a, method);
    case "sort":
    case "topk":
    case "top_k":
      // Values and where they were: the second result tells the order of what was sorted.
      return a.kind === "tensor" && (family === "torch" || family === null || method !== "sort") ? { kind: "sequence", items: [{ ...a, axes: null, param: null }, orderOf(a)], span: null, complete: true } : derived(args);
    case "argsort":
      return a.kind === "tensor" ? { ...orderOf(a), ...interpreter.lost(a, node, frame.file) } : UNKNOWN;
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
      // x.where(test, other) keeps x where the test holds.
      if (method === "where" && call.path === null && args.length === 3) return chosen(interpreter, b, a, c);
      return chosen(interpreter, a, evaluated(interpreter, b, call), evaluated(interpreter, c, call));
    case "masked_fill":
    case "masked_fill_":
      return a.kind === "tensor" ? { ...a, param: null } : UNKNOWN;
    case "ones_like":
    case "ones":
      return args.length > 0 ? { ...TENSOR, axes: shapeAxes(a), over: "" } : UNKNOWN;
    case "zeros_like":
    case "zeros":
    case "full_like":
    case "full":
    case "empty":
    case "empty_like":
      return { ...TENSOR, axes: shapeAxes(a), over: "", array: family === "numpy" };
    case "eye":
      return { ...EYE, array: family === "numpy" };
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
      return a.kind === "tensor" ? rankOfArray(a) : UNKNOWN;
    case "arange":
    case "range":
      return rangeOf(args);
    case "image_data_format":
      return interpreter.layout === null ? UNKNOWN : { kind: "string", value: `channels_${interpreter.layout}` };
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
  return { ...a, half, param: call.method === "numpy" || call.method === "item" ? null : a.param, part: call.method === "abs" ? unsigned(a.part) : a.part, level: call.method === "abs" ? (a.level?.shift === 0 ? { ...a.level, sense: a.level.sense === "dip" ? "score" : a.level.sense } : null) : a.level, soft: whole ? null : a.soft, ...(whole ? { activation: null, ...interpreter.lost(a, call.node, call.frame.file) } : {}) };
}

/** Indices that put an array in order. */
function orderOf(a: Tensor): Tensor {
  return { ...TENSOR, origin: a.origin, state: "indices", masked: a.masked, level: SHARE, added: null };
}

export function activated(a: Tensor, activation: "softmax" | "sigmoid"): Tensor {
  return { ...a, state: "probabilities", activation, level: SHARE, param: null, complement: false };
}

/** Whatever it was applied to, an activation returns probabilities: softmax(model(x)) in a training loop. */
export function ofUnknown(a: Value, activation: "softmax" | "sigmoid"): Value {
  return a.kind === "unknown" ? activated({ ...TENSOR, gradient: "unknown", added: null }, activation) : UNKNOWN;
}

/** What a known loss of labels and predictions returns. */
export function lossOf(values: readonly Value[]): Value {
  const all = derived(values);
  return all.kind === "tensor" ? { ...all, state: "loss", level: COST, gradient: gradientOf(values), axes: null, over: null } : UNKNOWN;
}

/** PyTorch takes the mean of all pixels unless it is told otherwise. */
export function reducedLoss(loss: Value, path: string | null, options: ReadonlyMap<string, Value>): Value {
  const how = options.get("reduction");
  const whole = path?.startsWith("torch.") === true && !["reduce", "size_average"].some((name) => options.has(name)) && (how === undefined || (how.kind === "string" && (how.value === "mean" || how.value === "sum")));
  return whole && loss.kind === "tensor" ? { ...loss, axes: { roles: [], spread: -1 } } : loss;
}

export function gradientOf(values: readonly Value[]): Tensor["gradient"] {
  return combinedGradient(values.flatMap((v) => (v.kind === "tensor" ? [v] : [])));
}

/** where(test, a, b): weights stay weights, whatever absent classes get. */
function chosen(interpreter: Interpreter, test: Value, a: Value, b: Value): Value {
  const tensors = [a, b].flatMap((v) => (v.kind === "tensor" ? [v] : []));
  const weights = tensors.find((t) => t.state === "weights");
  if (weights !== undefined) return { ...weights, weights: merged(tensors.map((t) => t.weights)), factors: merged(tensors.map((t) => t.factors)) };
  const all = [test, a, b].flatMap((v) => (v.kind === "tensor" ? [v] : []));
  if (all.length === 0) return UNKNOWN;
  // Zeros and ones in somebody's shape are numbers.
  const own = tensors.filter((t) => t.origin !== 0 || t.weights.length > 0);
  const [first] = own;
  const base = own.length === 1 && first !== undefined && (first.gradient !== "none" || (first.origin === LABELS && first.over === "")) ? { ...first, param: null, activation: null } : derived(all);
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
  if (first?.kind === "tensor" && tensors.every((t) => t.state === first.state && t.origin === first.origin && t.part === first.part)) return { ...first, axes: null, over: first.over, foreground: false, oneClass: false, param: null, activation: first.activation, complement: tensors.every((t) => t.complement) };
  // Channels beside channels: of the predictions, of the labels, or made of neither.
  const origin = tensors.reduce((bits, t) => bits | t.origin, 0);
  const own = tensors.find((t) => t.origin === origin);
  if (own !== undefined && origin !== 0 && origin !== 3 && tensors.length === list.items.length && tensors.every((t) => t.over === "" && t.part === null)) return { ...own, axes: null, state: "unknown", activation: null, foreground: false, oneClass: false, complement: false, param: null, gradient: gradientOf(tensors) };
  return derived(list.items, gradientOf(list.items));
}
