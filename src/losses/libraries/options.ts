/** Options of a library's loss as data: what each may be, what it is when not given, and one line for what cannot be. */
import { NdArray, type Numbers } from "./ndarray";

export type OptionValue = boolean | number | string | null | readonly OptionValue[];
export type Options = Readonly<Record<string, OptionValue>>;

export interface Spec<T> {
  readonly fallback: T;
  /** What it may be, for the complaint. */
  readonly wants: string;
  /** Undefined for a value that it may not have. */
  readonly read: (value: OptionValue) => T | undefined;
}

export type Specs = Readonly<Record<string, Spec<unknown>>>;
export type Read<S extends Specs> = { readonly [K in keyof S]: S[K] extends Spec<infer T> ? T : never };

export const flag = (fallback: boolean): Spec<boolean> => ({ fallback, wants: "True or False", read: (v) => (typeof v === "boolean" ? v : undefined) });
export const number = (fallback: number, least = -Infinity): Spec<number> => ({ fallback, wants: Number.isFinite(least) ? `a number from ${least} on` : "a number", read: (v) => (typeof v === "number" && v >= least ? v : undefined) });
export const whole = (fallback: number, least = 0): Spec<number> => ({ fallback, wants: Number.isFinite(least) ? `a whole number from ${least} on` : "a whole number", read: (v) => (typeof v === "number" && Number.isInteger(v) && v >= least ? v : undefined) });
export const word = <W extends string>(fallback: W, words: readonly W[]): Spec<W> => ({ fallback, wants: words.join(", "), read: (v) => words.find((w) => w === v) });
/** None, or a list. */
export const numbers: Spec<readonly number[] | null> = { fallback: null, wants: "None or a list of numbers", read: (v) => (v === null ? null : numbersOf(v)) };
/** None, or what the other may be. */
export const maybe = <T>(spec: Spec<T>): Spec<T | null> => ({ fallback: null, wants: `None or ${spec.wants}`, read: (v) => (v === null ? null : spec.read(v)) });
/** A number for all classes, or a list of one for each. */
export const perClass = (fallback: number | null = null): Spec<number | readonly number[] | null> => ({ fallback, wants: "a number or a list of numbers", read: (v) => (v === null || typeof v === "number" ? v : numbersOf(v)) });
/** One number for each pair of classes. */
export const matrix: Spec<readonly (readonly number[])[] | null> = {
  fallback: null,
  wants: "a square list of lists of numbers",
  read: (v) => {
    if (!Array.isArray(v)) return v === null ? null : undefined;
    const rows = (v as readonly OptionValue[]).map(numbersOf).filter((row) => row !== undefined);
    return rows.length === v.length && rows.every((row) => row.length === rows.length) ? rows : undefined;
  },
};

function numbersOf(value: OptionValue): readonly number[] | undefined {
  return Array.isArray(value) && value.every((x: OptionValue) => typeof x === "number") ? value : undefined;
}

/** Options with what was not given filled in; a sentence for one that is unknown or has a value that it may not have. */
export function read<S extends Specs>(loss: string, specs: S, options: Options): Read<S> | string {
  const out: Record<string, unknown> = {};
  for (const [name, spec] of Object.entries(specs)) out[name] = spec.fallback;
  for (const [name, value] of Object.entries(options)) {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
    if (spec === undefined) return `${loss} has no option ${name}: ${Object.keys(specs).join(", ")}`;
    const got = spec.read(value);
    if (got === undefined) return `${loss}: ${name} is ${shown(value)}; it can be ${spec.wants}`;
    out[name] = got;
  }
  return out as Read<S>;
}

function shown(value: OptionValue): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "None" : JSON.stringify(value);
}

/** What a loss came to. */
export interface Outcome extends Numbers {
  /** The derivative of the sum of its numbers with respect to the predictions, laid out as they are. */
  readonly gradient: () => Float64Array;
}

/** A loss with its options: predictions and targets as its library takes them; `extra`: mask, weight map or sample weights. Throws a RangeError for arrays that do not fit. */
export type LossFunction = (prediction: Numbers, target: Numbers, extra?: Numbers | null) => Outcome;

/** What it is made of, on arrays that remember. */
export type Form = (prediction: NdArray, target: NdArray, extra: NdArray | null) => NdArray;

export function lossFunction(form: Form): LossFunction {
  return (prediction, target, extra = null) => {
    const given = NdArray.of(prediction, true);
    const out = form(given, NdArray.of(target), extra === null ? null : NdArray.of(extra));
    return { shape: out.shape, values: out.values, gradient: () => out.gradient(given) };
  };
}

/** A loss with the options it may have. */
export interface Defined {
  readonly make: (name: string, options: Options) => Form | string;
}

/** A form from options; it may say in a sentence why these cannot go together. */
export function defined<S extends Specs>(specs: S, form: (options: Read<S>) => Form | string): Defined {
  return {
    make: (name, options) => {
      const got = read(name, specs, options);
      return typeof got === "string" ? got : form(got);
    },
  };
}

/** A library's losses by name. */
export function library(name: string, losses: Readonly<Record<string, Defined>>): (loss: string, options?: Options) => LossFunction | string {
  return (loss, options = {}) => {
    const found = Object.hasOwn(losses, loss) ? losses[loss] : undefined;
    if (found === undefined) return `${name} has no loss ${loss} here: ${Object.keys(losses).join(", ")}`;
    const form = found.make(`${name}.${loss}`, options);
    return typeof form === "string" ? form : lossFunction(form);
  };
}

/** Class numbers as a 0 or 1 for each class, on a new axis. */
export function oneHot(labels: NdArray, classes: number, axis: number): NdArray {
  const shape = [...labels.shape.slice(0, axis), classes, ...labels.shape.slice(axis)];
  const inner = labels.shape.slice(axis).reduce((a, b) => a * b, 1);
  const values = new Float64Array(labels.values.length * classes);
  labels.values.forEach((label, i) => {
    const c = Math.trunc(label);
    if (!(c >= 0 && c < classes)) throw new RangeError(`losses: label ${label} where there are ${classes} classes`);
    values[(Math.floor(i / inner) * classes + c) * inner + (i % inner)] = 1;
  });
  return NdArray.of({ shape, values });
}

export type Reduction = "mean" | "sum" | "none";
export const reduction = word<Reduction>("mean", ["mean", "sum", "none"]);

export function reduced(values: NdArray, by: Reduction): NdArray {
  return by === "mean" ? values.mean() : by === "sum" ? values.sum() : values;
}

/** A weight for each class, along the axis of classes; one number weighs all. */
export function classWeights(weight: number | readonly number[], classes: number, rank: number, axis = 1): NdArray {
  if (typeof weight === "number") return NdArray.number(weight);
  if (weight.length !== classes) throw new RangeError(`losses: ${weight.length} weights where there are ${classes} classes`);
  return NdArray.of({ shape: Array.from({ length: rank }, (_, i) => (i === axis ? classes : 1)), values: Float64Array.from(weight) });
}
