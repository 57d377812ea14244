/** What calls of TensorFlow, Keras, numpy, PyTorch and JAX mean for class weights, by the function's last name. */
import { binary, compare, power, squared } from "./arithmetic";
import type { FoundWeights } from "./found";
import { einsum, flattened, reshaped, sum } from "./reductions";
import { inverse, opposite, UNKNOWN, type Value } from "./values";

/** Calls that leave what something is as it is. */
const PASSING =
  /^(tuple|list|float|double|half|long|int|type|to|cast|astype|movedim|permute|transpose|swapaxes|moveaxis|contiguous|view_as|asarray|array|convert_to_tensor|convert_to_numpy|constant|stop_gradient|detach|identity|expand_dims|unsqueeze|squeeze|float32|copy|clone|cpu|cuda|item|numpy|full|stack|concat|concatenate|cat|hstack|from_numpy|to_float|tensor|as_tensor|Parameter|abs)$/;
/** Functions that turn class indices into one-hot labels, whoever wrote them. */
const ONE_HOT = /one_?hot|to_categorical/i;

export interface Call {
  /** The function's last name. */
  readonly method: string;
  /** As it is written: np.sum, self.eps.clamp. */
  readonly path: string;
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Offset in the source. */
  readonly at: number;
  readonly source: string;
  /** Comparisons and numpy see values, not symbols (PyTorch). */
  readonly eager: boolean;
}

export function libraryCall(call: Call, found: FoundWeights): Value {
  const { method, path, args, named, at } = call;
  const first = args[0] ?? named.get("input") ?? named.get("x") ?? UNKNOWN;
  const second = args[1] ?? named.get("other") ?? named.get("y") ?? UNKNOWN;
  const axes = named.get("axis") ?? named.get("dim") ?? named.get("axes") ?? named.get("reduction_axes") ?? named.get("reduction_indices") ?? args[1];
  switch (method) {
    case "sum":
    case "nansum":
    case "reduce_sum":
    case "sparse_reduce_sum":
    case "count_nonzero": {
      const numpy = first.kind === "labels" && (first.numpy || /^(np|numpy)\./.test(path));
      return sum(first, axes, !call.eager && numpy && first.compared);
    }
    case "bincount":
      return first.kind === "labels" ? { kind: "volume", power: 1, over: first.oneImage ? "image" : "batch", epsilon: 0, floor: 0, symbolic: false } : UNKNOWN;
    case "einsum":
      return einsum(call.source.slice(at, at + 200), args);
    case "square":
      return first.kind === "volume" ? power(first, 2, at, found) : first.kind === "weights" && first.power === 1 ? squared(first, found) : UNKNOWN;
    case "pow":
    case "pow_":
    case "power":
      return binary("**", first, second, at, found);
    case "reciprocal":
    case "reciprocal_no_nan": {
      const value = first.kind === "volume" ? found.keep(inverse(first, at)) : UNKNOWN;
      return method === "reciprocal_no_nan" && value.kind === "weights" ? found.withAbsent(value, { kind: "number", value: 0 }) : value;
    }
    case "divide":
    case "div":
    case "true_divide":
    case "truediv":
      return binary("/", first, second, at, found);
    case "divide_no_nan": {
      const value = binary("/", first, second, at, found);
      return value.kind === "weights" ? found.withAbsent(value, { kind: "number", value: 0 }) : value;
    }
    case "add":
      return binary("+", first, second, at, found);
    case "multiply":
    case "mul":
      return binary("*", first, second, at, found);
    case "max":
    case "amax":
    case "reduce_max":
    case "nanmax":
      if (first.kind === "weights") return { kind: "largest" };
      return first.kind === "volume" && second.kind === "number" ? { ...first, floor: Math.max(first.floor, second.value) } : UNKNOWN;
    case "maximum":
    case "clamp":
    case "clamp_":
    case "clamp_min":
    case "clip":
    case "clip_by_value": {
      const [value, bound] = first.kind === "number" ? [second, first] : [first, second];
      const floor = named.get("min") ?? named.get("a_min") ?? named.get("x_min") ?? named.get("min_value") ?? named.get("clip_value_min") ?? bound;
      if (value.kind === "volume") return floor.kind === "number" ? { ...value, floor: Math.max(value.floor, floor.value) } : value;
      const ceiling = named.get("max") ?? named.get("a_max") ?? named.get("x_max") ?? named.get("max_value") ?? named.get("clip_value_max") ?? args[2] ?? UNKNOWN;
      return value.kind === "weights" ? found.atMost(value, ceiling) : value.kind === "labels" ? value : UNKNOWN;
    }
    case "minimum":
    case "min":
    case "clamp_max":
      if (first.kind === "weights") return found.atMost(first, named.get("max") ?? second);
      return second.kind === "weights" ? found.atMost(second, first) : UNKNOWN;
    case "where":
    case "switch":
    case "cond": {
      const third = args[2] ?? UNKNOWN;
      if (first.kind !== "test") return UNKNOWN;
      return first.trueWhere === "present" ? found.choose(second, third) : found.choose(third, second);
    }
    case "masked_fill":
    case "masked_fill_": {
      const fill = named.get("value") ?? args[2] ?? UNKNOWN;
      return second.kind === "test" && second.trueWhere === "absent" ? found.choose(first, fill) : first;
    }
    case "nan_to_num": {
      const infinite = named.get("posinf") ?? args[2];
      return first.kind === "weights" && infinite !== undefined ? found.withAbsent(first, infinite) : first;
    }
    case "isfinite":
    case "is_finite":
      return first.kind === "weights" && first.absent === "infinite" ? { kind: "test", trueWhere: "present" } : UNKNOWN;
    case "isinf":
    case "isposinf":
    case "is_inf":
      return first.kind === "weights" && first.absent === "infinite" ? { kind: "test", trueWhere: "absent" } : UNKNOWN;
    case "logical_not":
      return first.kind === "test" ? opposite(first) : UNKNOWN;
    case "equal":
    case "eq":
      return compare("==", first, second);
    case "not_equal":
    case "ne":
      return compare("!=", first, second);
    case "greater":
    case "gt":
      return compare(">", first, second);
    case "less_equal":
    case "le":
      return compare("<=", first, second);
    case "zeros_like":
      return { kind: "number", value: 0, filled: true };
    case "ones_like":
      return { kind: "number", value: 1, filled: true };
    case "full_like":
    case "fill":
      return second.kind === "number" ? { ...second, filled: true } : second.kind === "largest" ? second : UNKNOWN;
    case "range":
    case "arange":
      if (args.length > 1 && first.kind !== "number") return UNKNOWN;
      return { kind: "axes", ...rangeOf(first, args) };
    case "epsilon":
      return { kind: "number", value: 1e-7 };
    case "view":
    case "reshape": {
      if (first.kind !== "labels") return PASSED.has(first.kind) ? first : UNKNOWN;
      return reshaped(first, sizesOf(args.slice(1)));
    }
    case "batch_flatten":
      return first.kind === "labels" ? { ...first, lie: "flat" } : UNKNOWN;
    case "flatten":
    case "ravel": {
      if (first.kind !== "labels") return PASSED.has(first.kind) ? first : UNKNOWN;
      const from = named.get("start_dim") ?? args[1];
      return flattened(first, from?.kind === "number" ? from.value : 0);
    }
    default:
      return passing(call, first);
  }
}

const PASSED: ReadonlySet<Value["kind"]> = new Set(["volume", "weights", "largest", "number"]);

function passing({ method, path, args, eager }: Call, first: Value): Value {
  if (ONE_HOT.test(method) && first.kind === "labels") return { ...first, oneClass: false };
  if (!PASSING.test(method)) return UNKNOWN;
  if (first.kind !== "labels") return first;
  // .numpy() needs values: it fails on a symbol rather than turn it into a constant.
  if (/^(as)?array$/.test(method) && /^(np|numpy)\./.test(path)) return { ...first, numpy: !eager };
  const [a, b] = (args[1]?.kind === "axes" ? args[1].list : args.slice(1).map((v) => (v.kind === "number" ? v.value : NaN)));
  const swaps = /^(permute|transpose|swapaxes)$/.test(method) && ((a === 1 && b === 0) || (a === 0 && b === 1 && method !== "permute"));
  return swaps ? { ...first, swapped: true } : first;
}

function sizesOf(args: readonly Value[]): readonly number[] {
  const only = args.length === 1 ? args[0]! : null;
  if (only?.kind === "axes") return only.list;
  return args.map((v) => (v.kind === "number" ? v.value : NaN));
}

/** range(n): 0, 1, … n-1 with n known or not; range(1, n): from 1 on. */
function rangeOf(first: Value, args: readonly Value[]): { list: readonly number[]; from: number | null } {
  const start = args.length > 1 && first.kind === "number" ? first.value : 0;
  const end = args.length > 1 ? args[1]! : first;
  if (end.kind !== "number") return { list: [], from: start };
  const n = Math.max(0, Math.min(8, end.value - start));
  return { list: Array.from({ length: n }, (_, i) => start + i), from: null };
}
