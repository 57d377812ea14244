/** Forms that many libraries' losses are made of. */
import { constant, formula, I, P, P_SQUARED, V, V_SQUARED, whenPresent, type Formula } from "./formula";

export interface Smoothing {
  /** Added above the bar and below it. */
  readonly smooth?: number;
  /** Added below it alone. */
  readonly below?: number;
  /** The least that stands below the bar. */
  readonly least?: number;
}

/** over / under, smoothed. */
function smoothed(over: Formula, under: Formula, { smooth = 0, below = 0, least }: Smoothing): Formula {
  if (smooth !== 0) return ratio(over.plus(smoothing(smooth)), under.plus(smoothing(smooth)), least);
  return ratio(over, below === 0 ? under : under.plus(constant("EPSILON", below, "below the bar")), least);
}

const ratio = (over: Formula, under: Formula, least: number | undefined): Formula => over.over(least === undefined ? under : under.atLeast(constant("LEAST", least, "below the bar")));
export const smoothing = (value: number): Formula => constant("SMOOTH", value, "above and below the bar");
export const twice = (of: Formula): Formula => formula(2).times(of);

/** Dice: 2 I / (P + V), smoothed. */
export function dice({ squared = false, ...options }: Smoothing & { /** p² + t² below the bar */ readonly squared?: boolean } = {}): Formula {
  return smoothed(twice(I), squared ? P_SQUARED.plus(V_SQUARED) : P.plus(V), options).named("dice");
}

/** Of 2 I over 2 (P + V - I), smoothed. */
export const jaccard = (options: Smoothing): Formula => smoothed(twice(I), twice(P.plus(V).minus(I)), options).named("jaccard");

/** I / ((P + V)/2), and I / (P + V - I): the smoothing counts twice what it does for 2 I. */
export const halfDice = (options: Smoothing): Formula => smoothed(I, P.plus(V).over(2), options).named("dice");
export const intersectionOverUnion = (options: Smoothing): Formula => smoothed(I, P.plus(V).minus(I), options).named("iou");

/** Tversky index: I / (I + α FP + β FN), smoothed. */
export function tversky(alpha: number, beta: number, options: Smoothing = {}): Formula {
  const fp = P.minus(I).named("false_positive");
  const fn = V.minus(I).named("false_negative");
  const weighed = I.plus(constant("ALPHA", alpha, "of false positives").times(fp)).plus(constant("BETA", beta, "of false negatives").times(fn));
  return smoothed(I, weighed.named("weighed"), options).named("tversky");
}

export interface WeightedOptions {
  readonly smooth?: number;
  /** Added to both weighed sums, before the 2. */
  readonly inside?: Formula;
  /** The least that each class adds below the bar before it is weighed. */
  readonly floor?: number;
  /** The least that each class adds below the bar after it is weighed. */
  readonly leastWeighted?: Formula;
}

/** Generalized Dice of each unit: 2 Σ w I / Σ w (P + V); no weights: null. */
export function generalized(weights: Formula | null, { smooth = 0, inside, floor, leastWeighted }: WeightedOptions = {}): Formula {
  const weighed = (of: Formula): Formula => (weights === null ? of : weights.times(of));
  const both = floor === undefined ? P.plus(V) : P.plus(V).atLeast(constant("FLOOR", floor, "least of a class below the bar"));
  const below = leastWeighted === undefined ? weighed(both) : weighed(both).atLeast(leastWeighted);
  const over = weighed(I).total().named("over");
  const under = below.total().named("under");
  if (inside !== undefined) return twice(over.plus(inside)).over(under.plus(inside)).named("dice");
  return smoothed(twice(over), under, { smooth }).named("dice");
}

/** 1/V² or 1/V, null for 1; where V is 0 the largest of the others (NiftyNet, MONAI), 0 where all are. */
export function largestForAbsent(power: 0 | 1 | 2): Formula | null {
  if (power === 0) return null;
  const inverse = whenPresent(formula(1).over(power === 1 ? V : V.power(power)), 0).named("inverse");
  return whenPresent(inverse, inverse.largest()).named("weights");
}

export const lossOf = (scores: Formula): Formula => scores.mean().complement();
export const negativeOf = (scores: Formula): Formula => scores.mean().negative();
