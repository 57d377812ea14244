/** Forms that many libraries' losses are made of. */
import { classes, each, foreground, images, pooled, type Sums } from "./sums";
import { mean, sum, type Scalar } from "./tape";

export interface RatioOptions {
  /** Sums over the batch; otherwise each image has a ratio of its own. */
  readonly batch?: boolean;
  readonly background?: boolean;
  /** Added above the bar. */
  readonly above?: number;
  /** Added below it. */
  readonly below?: number;
  /** The least that stands below the bar. */
  readonly least?: number;
  /** p² + t² below the bar. */
  readonly squared?: boolean;
}

/** Dice of each class (and image): (2 I + above) / (P + V + below). */
export function diceScores(all: Sums, options: RatioOptions): Scalar[] {
  const s = unit(all, options);
  const { above = 0, below = 0, least } = options;
  return each(s, (b, c) => {
    const under = (options.squared === true ? s.squared(b, c).plus(s.squaredVolume(b, c)) : s.predicted(b, c).plus(s.volume(b, c))).plus(below);
    return s.overlap(b, c).times(2).plus(above).over(least === undefined ? under : under.atLeast(least));
  });
}

/** Tversky index of each class (and image): (I + above) / (I + α FP + β FN + below). */
export function tverskyScores(all: Sums, alpha: number, beta: number, options: RatioOptions): Scalar[] {
  const s = unit(all, options);
  const { above = 0, below = 0, least } = options;
  return each(s, (b, c) => {
    const tp = s.overlap(b, c);
    const fp = s.predicted(b, c).minus(tp);
    const fn = tp.negative().plus(s.volume(b, c));
    const under = tp.plus(fp.times(alpha)).plus(fn.times(beta)).plus(below);
    return tp.plus(above).over(least === undefined ? under : under.atLeast(least));
  });
}

export interface WeightedOptions extends RatioOptions {
  /** Weight of each class, from the volumes of the unit. */
  readonly weights: (volumes: readonly number[]) => readonly number[];
  /** The least that each class adds below the bar before it is weighed. */
  readonly floor?: number;
  /** The least that each class adds below the bar after it is weighed. */
  readonly leastWeighted?: number;
}

/** Generalized Dice score of each unit: (2 Σ w I + above) / (Σ w (P + V) + below). */
export function generalizedScores(all: Sums, options: WeightedOptions): Scalar[] {
  const s = unit(all, options);
  const { above = 0, below = 0, floor, leastWeighted } = options;
  return images(s, (b) => {
    const w = options.weights(classes(s, (c) => s.volume(b, c)));
    const over = sum(classes(s, (c) => s.overlap(b, c).times(w[c]!)));
    const under = sum(
      classes(s, (c) => {
        const both = s.predicted(b, c).plus(s.volume(b, c));
        const weighed = (floor === undefined ? both : both.atLeast(floor)).times(w[c]!);
        return leastWeighted === undefined ? weighed : weighed.atLeast(leastWeighted);
      }),
    );
    return over.times(2).plus(above).over(under.plus(below));
  });
}

function unit(all: Sums, { batch = false, background = true }: RatioOptions): Sums {
  const s = background ? all : foreground(all);
  return batch ? pooled(s) : s;
}

/** 1/V², 1/V or 1; where V is 0 the largest of the others (NiftyNet, MONAI), 0 where all are. */
export function largestForAbsent(power: 0 | 1 | 2): (volumes: readonly number[]) => number[] {
  return (volumes) => {
    const finite = volumes.filter((v) => v > 0).map((v) => v ** -power);
    const largest = finite.length === 0 ? 0 : Math.max(...finite);
    return volumes.map((v) => (power === 0 ? 1 : v > 0 ? v ** -power : largest));
  };
}

/** All voxels and classes as one: Σ over everything. */
export function flat(all: Sums): { overlap: Scalar; predicted: Scalar; volume: number } {
  return {
    overlap: sum(each(all, (b, c) => all.overlap(b, c))),
    predicted: sum(each(all, (b, c) => all.predicted(b, c))),
    volume: each(all, (b, c) => all.volume(b, c)).reduce((a, b) => a + b, 0),
  };
}

export const lossOf = (scores: readonly Scalar[]): Scalar => mean(scores).complement();
