/**
 * Overlap coefficients as formulas: what stands above and below the fraction bar, in sums of predictions p, labels t and their
 * products. Every Dice, Jaccard and Tversky coefficient is pt / (pt + α(p - pt) + β(t - pt)); its letters tell them apart.
 */
import type { Loss } from "./model/model";
import type { RatioMet } from "./model/trace";
import { LABELS, PREDICTIONS, type Tensor, type Value } from "./model/values";

/** Coefficients of a polynomial in p and t, or of its sum over voxels (`one`: their number). */
export interface Form {
  readonly one: number;
  readonly p: number;
  readonly t: number;
  readonly pt: number;
  readonly pp: number;
  readonly tt: number;
}

/** An overlap coefficient: weights of false positives and negatives, and whether predictions are squared below. */
export interface Overlap {
  readonly alpha: number;
  readonly beta: number;
  readonly squared: boolean;
}

const NOTHING: Form = { one: 0, p: 0, t: 0, pt: 0, pp: 0, tt: 0 };
const KEYS = ["one", "p", "t", "pt", "pp", "tt"] as const;
/** Functions that leave values what they are, for a formula. */
const KEEP = /^(abs|identity|contiguous|clone|copy|cpu|cuda|to|type|type_as|float|double|float32|half|float16|bfloat16|cast|convert_to_tensor|tensor|as_tensor|asarray|array|detach|stop_gradient|reshape|view|flatten|ravel|batch_flatten|permute|permute_dimensions|transpose|swapaxes|movedim|moveaxis|unsqueeze|expand_dims|squeeze|clip|clamp|clamp_|clamp_min|clip_by_value|clip_by_value_|maximum|softmax|sigmoid|expit|Softmax|Sigmoid|one_hot|to_categorical|nan_to_num)$/;
/** Labels as whole numbers are what they were; predictions are not. */
const WHOLE = /^(long|int|bool)$/;
const SUMS = /^(sum|nansum|reduce_sum)$/;
/** Below this an added constant keeps a logarithm or a division from failing, and is no part of the formula. */
const TINY = 0.01;

/** A formula made of more steps than this is none of a person's. */
const MAX_DEPTH = 200;

/** The formula of each array that a loss computes; null where it is none, or not known. */
export class Forms {
  private readonly made = new Map<Tensor, () => Form | null>();
  private readonly known = new Map<Tensor, Form | null>();
  private depth = 0;

  constructor(private readonly loss: Loss) {
    const { trace } = loss;
    const from = (result: Value, operands: readonly Value[], form: () => Form | null): void => {
      if (result.kind === "tensor" && !operands.includes(result)) this.made.set(result, form);
    };
    for (const { of, result } of trace.picks) from(result, [of], () => this.of(of));
    for (const { op, left, right, result } of trace.binaries) from(result, [left, right], () => this.operation(op, left, right));
    for (const { method, args, named, result } of trace.calls) from(result, args, () => this.call(method, args.length > 0 ? args : [...named.values()]));
  }

  of(value: Value): Form | null {
    if (value.kind !== "tensor") return null;
    const known = this.known.get(value);
    if (known !== undefined) return known;
    if (this.depth >= MAX_DEPTH) return null;
    this.known.set(value, null); // what is made of itself has none
    const make = this.made.get(value);
    this.depth++;
    const form = make === undefined ? this.leaf(value) : make();
    this.depth--;
    this.known.set(value, form);
    return form;
  }

  private leaf(value: Tensor): Form | null {
    if (value.over !== "" || value.complement) return null;
    const { pair } = this.loss;
    if (value.origin === LABELS && value.param === pair.labels) return { ...NOTHING, t: 1 };
    return value.origin === PREDICTIONS && value.param === pair.predictions ? { ...NOTHING, p: 1 } : null;
  }

  private operation(op: string, left: Value, right: Value): Form | null {
    switch (op) {
      case "*":
        return this.product(left, right);
      case "+":
        return this.sum(left, right, 1);
      case "-":
        return this.sum(left, right, -1);
      case "/":
        return right.kind === "number" && right.value !== 0 ? scaled(this.of(left), 1 / right.value) : null;
      case "**":
        return right.kind === "number" && right.value === 2 ? this.product(left, left) : null;
      default:
        return null;
    }
  }

  private call(method: string, args: readonly Value[]): Form | null {
    const [a, b] = args;
    if (a === undefined) return null;
    if (KEEP.test(method) || (WHOLE.test(method) && a.kind === "tensor" && a.origin === LABELS)) return this.of(a);
    if (SUMS.test(method)) return this.of(a);
    if (method === "einsum" && b !== undefined) return args[2] === undefined ? this.of(b) : this.product(b, args[2]);
    if (method === "square") return this.product(a, a);
    if (b === undefined) return null;
    if (/^(multiply|mul)$/.test(method)) return this.product(a, b);
    if (/^(pow|power)$/.test(method)) return this.operation("**", a, b);
    if (method === "add") return this.sum(a, b, 1);
    return /^(subtract|sub)$/.test(method) ? this.sum(a, b, -1) : null;
  }

  private product(a: Value, b: Value): Form | null {
    if (a.kind === "number") return scaled(this.of(b), a.value);
    if (b.kind === "number") return scaled(this.of(a), b.value);
    if (a.kind !== "tensor" || b.kind !== "tensor") return null;
    if (isWeight(a)) return this.of(b);
    if (isWeight(b)) return this.of(a);
    // The product of two sums is no sum of products.
    return a.over === "" && b.over === "" ? multiplied(this.of(a), this.of(b)) : null;
  }

  private sum(a: Value, b: Value, sign: 1 | -1): Form | null {
    if (a.kind === "tensor" && b.kind === "tensor") return added(this.of(a), scaled(this.of(b), sign));
    const [t, n] = a.kind === "tensor" ? [a, b] : [b, a];
    if (t.kind !== "tensor" || n.kind !== "number") return t.kind === "tensor" && t.over !== "" && t === a ? this.of(t) : null;
    const form = t === a ? this.of(t) : scaled(this.of(t), sign);
    // What is added to a sum is known to the array itself; of elements it is part of the formula.
    return t.over !== "" || Math.abs(n.value) < TINY ? form : added(form, { ...NOTHING, one: t === a ? sign * n.value : n.value });
  }
}

/** α and β of a coefficient; null where its formula is another, or not known. */
export function overlapOf(forms: Forms, ratio: RatioMet): Overlap | null {
  const above = forms.of(ratio.above);
  const below = forms.of(ratio.below);
  if (above === null || below === null || above.pt <= 0 || KEYS.some((key) => key !== "pt" && above[key] !== 0)) return null;
  const { one, p, t, pt, pp, tt } = below;
  // What is below where predictions equal labels; a factor 2 may stand elsewhere.
  const total = p + t + pt + pp + tt;
  if (one !== 0 || total <= 0 || [p, t, pp, tt].some((v) => v < 0)) return null;
  return { alpha: rounded((p + pp) / total), beta: rounded((t + tt) / total), squared: pp > 0 };
}

/** What a coefficient over all voxels and classes is where background alone is predicted and `share` of the labels are background. */
export function backgroundScore({ alpha, beta }: Overlap, share: number): number {
  // Every voxel is predicted once and labelled once: each that is not background is one false positive and one false negative.
  return share / (share + (alpha + beta) * (1 - share));
}

function isWeight(value: Tensor): boolean {
  return value.state === "weights" || value.origin === 0;
}

function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

function scaled(form: Form | null, by: number): Form | null {
  return form === null ? null : combined((key) => form[key] * by);
}

function added(a: Form | null, b: Form | null): Form | null {
  return a === null || b === null ? null : combined((key) => a[key] + b[key]);
}

function combined(value: (key: keyof Form) => number): Form {
  return { one: value("one"), p: value("p"), t: value("t"), pt: value("pt"), pp: value("pp"), tt: value("tt") };
}

/** Null past the second degree. */
function multiplied(a: Form | null, b: Form | null): Form | null {
  if (a === null || b === null) return null;
  const second = (f: Form): boolean => f.pt !== 0 || f.pp !== 0 || f.tt !== 0;
  const first = (f: Form): boolean => f.p !== 0 || f.t !== 0;
  if ((second(a) && (first(b) || second(b))) || (second(b) && first(a))) return null;
  return {
    one: a.one * b.one,
    p: a.p * b.one + a.one * b.p,
    t: a.t * b.one + a.one * b.t,
    pt: a.p * b.t + a.t * b.p + a.pt * b.one + a.one * b.pt,
    pp: a.p * b.p + a.pp * b.one + a.one * b.pp,
    tt: a.t * b.t + a.tt * b.one + a.one * b.tt,
  };
}
