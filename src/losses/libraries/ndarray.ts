/** Arrays of numbers that remember how they were computed: the options of a library's loss are written once, and its gradient follows. */
import { axisOf, joint, repeated, same, size, stridesOf, walk } from "./shapes";

/** Row-major. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

type Back = (slope: Float64Array) => void;

export class NdArray implements Numbers {
  private readonly depth: number;
  private slope: Float64Array | null = null;

  private constructor(
    readonly shape: readonly number[],
    readonly values: Float64Array,
    /** Whether the gradient reaches it. */
    private readonly follows: boolean,
    private readonly from: readonly NdArray[],
    private readonly back: Back | null,
  ) {
    this.depth = from.reduce((most, a) => Math.max(most, a.depth + 1), 0);
  }

  /** An array that others are computed from; `follows`: with respect to which the gradient is asked. */
  static of({ shape, values }: Numbers, follows = false): NdArray {
    if (values.length !== size(shape)) throw new RangeError(`losses: ${values.length} numbers do not fill the shape (${shape.join(", ")})`);
    return new NdArray(shape, values, follows, [], null);
  }

  static number(value: number): NdArray {
    return NdArray.of({ shape: [], values: Float64Array.of(value) });
  }

  private made(shape: readonly number[], values: Float64Array, from: readonly NdArray[], back: Back): NdArray {
    const follows = from.some((a) => a.follows);
    return new NdArray(shape, values, follows, follows ? from.filter((a) => a.follows) : [], follows ? back : null);
  }

  /** What other code computed of these numbers; `back` adds what a slope of it comes to. */
  derived(shape: readonly number[], values: Float64Array, back: (slope: Float64Array, to: Float64Array) => void): NdArray {
    return this.made(shape, values, [this], (slope) => back(slope, this.slopes));
  }

  private get slopes(): Float64Array {
    return (this.slope ??= new Float64Array(this.values.length));
  }

  /** The derivative of the sum of these numbers with respect to those of `of`. */
  gradient(of: NdArray): Float64Array {
    const seen = new Set<NdArray>([this]);
    for (const a of seen) for (const before of a.from) seen.add(before);
    const order = [...seen].sort((a, b) => b.depth - a.depth);
    for (const a of order) a.slope = null;
    this.slopes.fill(1);
    for (const a of order) a.back?.(a.slopes);
    return seen.has(of) ? of.slopes.slice() : new Float64Array(of.values.length);
  }

  /** f of each number; `derivative` of x and f(x). */
  map(f: (x: number) => number, derivative: (x: number, y: number) => number): NdArray {
    const values = this.values.map(f);
    return this.made(this.shape, values, [this], (slope) => {
      const to = this.slopes;
      for (let i = 0; i < to.length; i++) if (slope[i] !== 0) to[i]! += slope[i]! * derivative(this.values[i]!, values[i]!);
    });
  }

  /** f of two arrays, number by number; axes of 1 (and those that lack in front) are repeated. */
  private zip(other: NdArray | number, f: (x: number, y: number) => number, byX: (x: number, y: number) => number, byY: (x: number, y: number) => number): NdArray {
    const right = typeof other === "number" ? NdArray.number(other) : other;
    const shape = joint(this.shape, right.shape);
    const a = this.as(shape);
    const b = right.as(shape);
    const values = new Float64Array(a.values.length);
    for (let i = 0; i < values.length; i++) values[i] = f(a.values[i]!, b.values[i]!);
    return this.made(shape, values, [a, b], (slope) => {
      for (const [to, by] of [[a, byX], [b, byY]] as const) {
        if (!to.follows) continue;
        const s = to.slopes;
        for (let i = 0; i < s.length; i++) if (slope[i] !== 0) s[i]! += slope[i]! * by(a.values[i]!, b.values[i]!);
      }
    });
  }

  plus(other: NdArray | number): NdArray {
    return this.zip(other, (x, y) => x + y, () => 1, () => 1);
  }

  minus(other: NdArray | number): NdArray {
    return this.zip(other, (x, y) => x - y, () => 1, () => -1);
  }

  times(other: NdArray | number): NdArray {
    return this.zip(other, (x, y) => x * y, (_, y) => y, (x) => x);
  }

  over(other: NdArray | number): NdArray {
    return this.zip(other, (x, y) => x / y, (_, y) => 1 / y, (x, y) => -x / (y * y));
  }

  /** 1 - x */
  complement(): NdArray {
    return this.map((x) => 1 - x, () => -1);
  }

  negative(): NdArray {
    return this.map((x) => -x, () => -1);
  }

  power(exponent: number): NdArray {
    return this.map((x) => x ** exponent, (x) => (exponent === 0 ? 0 : exponent * x ** (exponent - 1)));
  }

  log(): NdArray {
    return this.map(Math.log, (x) => 1 / x);
  }

  exp(): NdArray {
    return this.map(Math.exp, (_, y) => y);
  }

  abs(): NdArray {
    return this.map(Math.abs, (x) => Math.sign(x));
  }

  /** Held between two numbers; without slope outside. */
  clamp(least: number, most = Infinity): NdArray {
    return this.map((x) => (x < least ? least : x > most ? most : x), (x) => (x < least || x > most ? 0 : 1));
  }

  /** The same numbers; no gradient goes through. */
  constant(): NdArray {
    return NdArray.of(this);
  }

  /** Numbers at these places. */
  pick(places: Int32Array, shape: readonly number[]): NdArray {
    const values = new Float64Array(places.length);
    for (let i = 0; i < places.length; i++) values[i] = this.values[places[i]!]!;
    return this.made(shape, values, [this], (slope) => {
      const to = this.slopes;
      for (let i = 0; i < places.length; i++) to[places[i]!]! += slope[i]!;
    });
  }

  reshape(shape: readonly number[]): NdArray {
    if (size(shape) !== this.values.length) throw new RangeError(`losses: an array of shape (${this.shape.join(", ")}) cannot take the shape (${shape.join(", ")})`);
    return this.made(shape, this.values, [this], (slope) => {
      const to = this.slopes;
      for (let i = 0; i < to.length; i++) to[i]! += slope[i]!;
    });
  }

  /** Repeated along axes of 1, as `shape` asks. */
  as(shape: readonly number[]): NdArray {
    if (same(this.shape, shape)) return this;
    return this.pick(repeated(this.shape, shape), shape);
  }

  /** Σ over axes; without axes over all. `keep`: they stay as axes of 1. */
  sum(axes: readonly number[] | null = null, keep = false): NdArray {
    const over = axes === null ? this.shape.map((_, i) => i) : axes.map((a) => axisOf(a, this.shape.length));
    const kept = this.shape.map((n, i) => (over.includes(i) ? 1 : n));
    const to = repeated(kept, this.shape);
    const values = new Float64Array(size(kept));
    for (let i = 0; i < to.length; i++) values[to[i]!]! += this.values[i]!;
    const shape = keep ? kept : this.shape.filter((_, i) => !over.includes(i));
    return this.made(shape, values, [this], (slope) => {
      const s = this.slopes;
      for (let i = 0; i < s.length; i++) s[i]! += slope[to[i]!]!;
    });
  }

  mean(axes: readonly number[] | null = null, keep = false): NdArray {
    const sum = this.sum(axes, keep);
    return sum.over(this.values.length / Math.max(1, sum.values.length));
  }

  /** From `start` to before `end` along an axis. */
  cut(axis: number, start: number, end: number): NdArray {
    const at = axisOf(axis, this.shape.length);
    const shape = this.shape.map((n, i) => (i === at ? end - start : n));
    const inner = size(this.shape.slice(at + 1));
    const places = new Int32Array(size(shape));
    const run = (end - start) * inner;
    for (let i = 0; i < places.length; i++) places[i] = Math.floor(i / run) * this.shape[at]! * inner + start * inner + (i % run);
    return this.pick(places, shape);
  }

  /** Side by side along an axis; its extents may differ. */
  static join(axis: number, list: readonly NdArray[]): NdArray {
    const [first] = list;
    if (first === undefined) throw new RangeError("losses: no arrays to join");
    const extent = list.reduce((n, a) => n + a.shape[axis]!, 0);
    const shape = first.shape.map((n, i) => (i === axis ? extent : n));
    const inner = size(shape.slice(axis + 1));
    const values = new Float64Array(size(shape));
    let start = 0;
    const places = list.map((a) => {
      const run = a.shape[axis]! * inner;
      const offset = start * inner;
      start += a.shape[axis]!;
      return Int32Array.from(a.values, (_, i) => Math.floor(i / run) * extent * inner + offset + (i % run));
    });
    list.forEach((a, k) => places[k]!.forEach((to, i) => (values[to] = a.values[i]!)));
    return first.made(shape, values, list, (slope) => {
      list.forEach((a, k) => {
        if (a.follows) places[k]!.forEach((to, i) => (a.slopes[i]! += slope[to]!));
      });
    });
  }

  /** The axes in another order. */
  turned(order: readonly number[]): NdArray {
    const strides = stridesOf(this.shape);
    const shape = order.map((a) => this.shape[a]!);
    return this.pick(walk(shape, order.map((a) => strides[a]!)), shape);
  }

  /** Softmax along an axis. */
  softmax(axis: number): NdArray {
    const e = this.minus(this.top(axis)).exp();
    return e.over(e.sum([axis], true));
  }

  logSoftmax(axis: number): NdArray {
    const x = this.minus(this.top(axis));
    return x.minus(x.exp().sum([axis], true).log());
  }

  sigmoid(): NdArray {
    return this.map((x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))), (_, y) => y * (1 - y));
  }

  /** log of the sigmoid */
  logSigmoid(): NdArray {
    return this.map((x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))), (_, y) => -Math.expm1(y));
  }

  /** Largest along an axis, as constants. */
  private top(axis: number): NdArray {
    const kept = this.shape.map((n, i) => (i === axisOf(axis, this.shape.length) ? 1 : n));
    const to = repeated(kept, this.shape);
    const values = new Float64Array(size(kept)).fill(-Infinity);
    for (let i = 0; i < to.length; i++) values[to[i]!] = Math.max(values[to[i]!]!, this.values[i]!);
    return NdArray.of({ shape: kept, values });
  }
}
