/** MONAI's Dice, generalized Dice, Tversky, masked Dice and MCC losses with their options (monai/losses/dice.py, tversky.py, mcc_loss.py). */
import { activated, compared, inputs, oneActivation, spread, sumAxes, type Version } from "./monaiInputs";
import { NdArray } from "./ndarray";
import { defined, flag, maybe, number, perClass, reduced, reduction, whole, word, type Defined, type Form, type Read } from "./options";

const smoothing = { smooth_nr: number(1e-5), smooth_dr: number(1e-5), batch: flag(false) };
const ignored = { ignore_index: maybe(whole(0, -Infinity)) };
const diceOnly = { ...inputs, squared_pred: flag(false), jaccard: flag(false), reduction, ...smoothing, weight: perClass(), soft_label: flag(false) };
export const diceOptions = { ...diceOnly, ...ignored };
export type DiceOptions = Read<typeof diceOptions>;

interface Hits {
  readonly tp: NdArray;
  readonly fp: NdArray;
  readonly fn: NdArray;
}

/** True positives, false positives and false negatives; of soft labels by how far apart prediction and label are. */
function hits(input: NdArray, target: NdArray, axes: readonly number[], order: 1 | 2, soft: boolean): Hits {
  if (order === 1 && !soft) {
    const tp = input.times(target).sum(axes);
    return { tp, fp: input.sum(axes).minus(tp), fn: target.sum(axes).minus(tp) };
  }
  const norm = (x: NdArray): NdArray => (order === 1 ? x.abs() : x.times(x)).sum(axes);
  const predicted = norm(input);
  const volume = norm(target);
  const tp = predicted.plus(volume).minus(norm(input.minus(target))).times(0.5);
  return { tp, fp: predicted.minus(tp), fn: volume.minus(tp) };
}

/** Dice of what was activated already. */
function diceOf(input: NdArray, labels: NdArray, options: DiceOptions): NdArray {
  const both = compared(input, labels, options, options.ignore_index);
  const kept = both.mask === null ? both.input : both.input.times(both.mask);
  const target = both.mask === null ? both.target : both.target.times(both.mask);
  const { tp, fp, fn } = hits(kept, target, sumAxes(kept, options.batch), options.squared_pred ? 2 : 1, options.soft_label);
  const part = options.jaccard ? 1 : 0.5;
  const under = tp.plus(fp.times(part)).plus(fn.times(part)).times(2).plus(options.smooth_dr);
  let losses = tp.times(2).plus(options.smooth_nr).over(under).complement();
  const classes = kept.shape[1]!;
  const { weight } = options;
  if (weight !== null && classes !== 1) {
    if (typeof weight !== "number" && weight.length !== classes) throw new RangeError(`losses: ${weight.length} weights where ${classes} classes are compared`);
    losses = losses.times(typeof weight === "number" ? weight : NdArray.of({ shape: [classes], values: Float64Array.from(weight) }));
  }
  return options.reduction === "none" ? spread(losses, kept.shape.length) : reduced(losses, options.reduction);
}

export function dice(options: DiceOptions): Form | string {
  const wrong = oneActivation(options) ?? negative(options.weight);
  return wrong === null ? (input, target) => diceOf(activated(input, options), target, options) : `monai.DiceLoss: ${wrong}`;
}

function negative(weight: number | readonly number[] | null): string | null {
  return (typeof weight === "number" ? [weight] : (weight ?? [])).some((w) => w < 0) ? "a weight below 0" : null;
}

/**
 * The mask is laid over the labels before they become channels: what is masked is class 0. Up to 1.5 it is laid over the logits,
 * so that a masked voxel is predicted as an activation of 0; from 1.6 on over what was activated.
 */
const maskedDice = (version: Version) => (options: Read<typeof diceOnly>): Form | string => {
  const wrong = oneActivation(options) ?? negative(options.weight);
  if (wrong !== null) return `monai.MaskedDiceLoss: ${wrong}`;
  const all = { ...options, ignore_index: null };
  const masked = (x: NdArray, mask: NdArray | null): NdArray => (mask === null ? x : x.times(mask));
  return (input, target, mask) => {
    const p = version === "1.6" ? masked(activated(input, options), mask) : activated(masked(input, mask), options);
    return diceOf(p, masked(target, mask), all);
  };
};

export const plainGeneralized = { ...inputs, w_type: word("square", ["square", "simple", "uniform"]), reduction, ...smoothing };
const generalizedOptions = { ...plainGeneralized, soft_label: flag(false) };

export function generalizedDice(options: Read<typeof generalizedOptions>): Form | string {
  const wrong = oneActivation(options);
  if (wrong !== null) return `monai.GeneralizedDiceLoss: ${wrong}`;
  const { batch, w_type: kind } = options;
  return (given, labels) => {
    const { input, target } = compared(activated(given, options), labels, options);
    const axes = sumAxes(input, batch);
    const { tp, fp, fn } = hits(input, target, axes, 1, options.soft_label);
    const under = tp.plus(fp.times(0.5)).plus(fn.times(0.5)).times(2);
    const w = largestForInfinite(target.sum(axes).map((v) => (kind === "uniform" ? 1 : kind === "simple" ? 1 / v : 1 / (v * v)), () => 0).constant());
    const over = batch ? 0 : 1;
    const losses = tp.times(w).sum([over], true).times(2).plus(options.smooth_nr).over(under.times(w).sum([over], true).plus(options.smooth_dr)).complement();
    return options.reduction === "none" ? spread(losses, input.shape.length) : reduced(losses, options.reduction);
  };
}

/** Infinite weights become the largest of the finite ones along the last axis, 0 where there is none. */
function largestForInfinite(w: NdArray): NdArray {
  const row = w.shape.at(-1)!;
  const values = w.values.slice();
  for (let at = 0; at < values.length; at += row) {
    const own = values.subarray(at, at + row);
    const largest = own.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, x) : most), 0);
    own.forEach((x, i) => (own[i] = x === Infinity ? largest : x));
  }
  return NdArray.of({ shape: w.shape, values });
}

const tverskyOptions = { ...inputs, alpha: number(0.5), beta: number(0.5), reduction, ...smoothing, soft_label: flag(false), ...ignored };

function tversky(options: Read<typeof tverskyOptions>): Form | string {
  const wrong = oneActivation(options);
  if (wrong !== null) return `monai.TverskyLoss: ${wrong}`;
  return (given, labels) => {
    const { input: p, target: t, mask } = compared(activated(given, options), labels, options, options.ignore_index);
    const input = mask === null ? p : p.times(mask);
    const target = mask === null ? t : t.times(mask);
    const axes = sumAxes(input, options.batch);
    const soft = options.soft_label ? hits(input, target, axes, 1, true) : null;
    const tp = soft?.tp ?? input.times(target).sum(axes);
    const fp = soft?.fp ?? input.times(target.complement()).sum(axes);
    const fn = soft?.fn ?? input.complement().times(target).sum(axes);
    const under = tp.plus(fp.times(options.alpha)).plus(fn.times(options.beta)).plus(options.smooth_dr);
    return reduced(tp.plus(options.smooth_nr).over(under).complement(), options.reduction);
  };
}

const mccOptions = { ...inputs, reduction, ...smoothing, smooth_nr: number(0) };

/** 1 - Matthews' correlation; 0 where nothing is wrong. */
function mcc(options: Read<typeof mccOptions>): Form | string {
  const wrong = oneActivation(options);
  if (wrong !== null) return `monai.MCCLoss: ${wrong}`;
  return (given, labels) => {
    const { input: p, target: t } = compared(activated(given, options), labels, options);
    const axes = sumAxes(p, options.batch);
    const sum = (a: NdArray, b: NdArray): NdArray => a.times(b).sum(axes);
    const [tp, tn, fp, fn] = [sum(p, t), sum(p.complement(), t.complement()), sum(p, t.complement()), sum(p.complement(), t)];
    const under = tp.plus(fp).times(tp.plus(fn)).times(tn.plus(fp)).times(tn.plus(fn)).plus(options.smooth_dr).power(0.5);
    const scores = tp.times(tn).minus(fp.times(fn)).plus(options.smooth_nr).over(under).complement();
    const right = fp.values.map((x, i) => (x === 0 && fn.values[i] === 0 ? 0 : 1));
    return reduced(scores.times(NdArray.of({ shape: scores.shape, values: right })), options.reduction);
  };
}

export const overlaps = (version: Version): Readonly<Record<string, Defined>> => ({
  DiceLoss: defined(diceOptions, dice),
  MaskedDiceLoss: defined(diceOnly, maskedDice(version)),
  GeneralizedDiceLoss: defined(generalizedOptions, generalizedDice),
  TverskyLoss: defined(tverskyOptions, tversky),
  MCCLoss: defined(mccOptions, mcc),
});

