/** MONAI's losses that look at neighbours or at distances between classes, with their options (monai/losses/hausdorff_loss.py, cldice.py, nacl_loss.py, dice.py). */
import { field } from "../spatial/hausdorff";
import { Steps } from "../spatial/skeleton";
import { activated, compared, inputs, oneActivation, sumAxes, type Version } from "./monaiInputs";
import { dice } from "./monaiOverlap";
import { NdArray } from "./ndarray";
import { axesFrom, size } from "./shapes";
import { defined, matrix, number, oneHot, reduced, reduction, whole, word, flag, type Defined, type Form, type Read } from "./options";
import { filtered, gaussian } from "./filters";

const distanceOptions = { alpha: number(2), ...inputs, include_background: flag(false), reduction, batch: flag(false) };

const hausdorff = (log: boolean) => (options: Read<typeof distanceOptions>): Form | string => {
  const wrong = oneActivation(options);
  if (wrong !== null) return `monai.HausdorffDTLoss: ${wrong}`;
  return (given, labels) => {
    if (given.shape.length !== 4 && given.shape.length !== 5) throw new RangeError(`losses: arrays of 4 or 5 axes are needed, there are ${given.shape.length}`);
    const { input, target } = compared(activated(given, options), labels, options);
    const error = input.minus(target);
    const far = fields(input).map((d) => d ** options.alpha, () => 0).plus(fields(target).map((d) => d ** options.alpha, () => 0)).constant();
    const losses = error.times(error).times(far).mean(sumAxes(input, options.batch), true);
    const f = reduced(losses, options.reduction);
    return log ? f.plus(1).log() : f;
  };
};

/** Distances to the border of each channel of each image. */
function fields(x: NdArray): NdArray {
  const space = x.shape.slice(2);
  const n = size(space);
  const values = new Float64Array(x.values.length);
  for (let at = 0; at < values.length; at += n) values.set(field(x.values.subarray(at, at + n), space), at);
  return NdArray.of({ shape: x.shape, values });
}

/** Soft skeleton of each channel of each image. */
function skeleton(x: NdArray, iterations: number): NdArray {
  const space = x.shape.slice(2);
  const n = size(space);
  const channels = Array.from({ length: x.values.length / n }, (_, k) => {
    const steps = new Steps(space);
    const from = steps.image(x.values.slice(k * n, (k + 1) * n));
    return { steps, from, to: steps.skeleton(from, iterations) };
  });
  const values = new Float64Array(x.values.length);
  channels.forEach(({ to }, k) => values.set(to.values, k * n));
  return x.derived(x.shape, values, (slope, into) => {
    channels.forEach(({ steps, from, to }, k) => {
      to.slope.set(slope.subarray(k * n, (k + 1) * n));
      steps.walkBack();
      from.slope.forEach((s, i) => (into[k * n + i]! += s));
    });
  });
}

/** 1 - 2 precision sensitivity/(both), over all but these axes. */
function skeletons(p: NdArray, t: NdArray, iterations: number, axes: readonly number[], { above, below, under }: { above: number; below: number; under: number }): NdArray {
  const guessed = skeleton(p, iterations);
  const labelled = skeleton(t, iterations);
  const precision = guessed.times(t).sum(axes).plus(above).over(guessed.sum(axes).plus(below));
  const sensitivity = labelled.times(p).sum(axes).plus(above).over(labelled.sum(axes).plus(below));
  return precision.times(sensitivity).times(2).over(precision.plus(sensitivity).plus(under)).complement();
}

const skeletonOptions = { iter_: whole(3), smooth_nr: number(1), smooth_dr: number(1), smooth: number(1e-4), ...inputs, reduction };

/** As of 1.6: each image by itself, every channel. */
function clDice(options: Read<typeof skeletonOptions>): Form | string {
  const wrong = oneActivation(options);
  if (wrong !== null) return `monai.SoftclDiceLoss: ${wrong}`;
  return (given, labels) => {
    const { input, target } = compared(activated(given, options), labels, options);
    const axes = axesFrom(1, input.shape.length);
    return reduced(skeletons(input, target, options.iter_, axes, { above: options.smooth_nr, below: options.smooth_dr, under: options.smooth }), options.reduction);
  };
}

function diceClDice(options: Read<typeof skeletonOptions> & { readonly alpha: number }): Form | string {
  const first = dice({ ...options, squared_pred: false, jaccard: false, batch: false, weight: null, soft_label: false, ignore_index: null });
  const second = clDice(options);
  if (typeof first === "string") return first;
  if (typeof second === "string") return second;
  return (input, target) => first(input, target, null).times(1 - options.alpha).plus(second(input, target, null).times(options.alpha));
}

const oldSkeletonOptions = { iter_: whole(3), smooth: number(1) };

/** Up to 1.5: probabilities, all images together, the first channel left out. */
const oldClDice = (options: Read<typeof oldSkeletonOptions>): Form => (p, t) => {
  const rest = (x: NdArray): NdArray => x.cut(1, 1, x.shape[1]!);
  const smooth = { above: options.smooth, below: options.smooth, under: 0 };
  return skeletons(rest(p), rest(t), options.iter_, axesFrom(0, p.shape.length), smooth);
};

const oldDiceClDice = (options: Read<typeof oldSkeletonOptions> & { readonly alpha: number }): Form => (p, t) => {
  const rest = (x: NdArray): NdArray => x.cut(1, 1, x.shape[1]!);
  const [a, b] = [rest(p), rest(t)];
  const flat = a.times(b).sum().times(2).plus(options.smooth).over(a.sum().plus(b.sum()).plus(options.smooth)).complement();
  return flat.times(1 - options.alpha).plus(oldClDice(options)(p, t, null).times(options.alpha));
};

const neighbourOptions = { classes: whole(0), dim: whole(2, 2), kernel_size: whole(3, 1), kernel_ops: word("mean", ["mean", "gaussian"]), distance_type: word("l1", ["l1", "l2"]), alpha: number(0.1), sigma: number(1) };

function neighbours(options: Read<typeof neighbourOptions>): Form | string {
  const { dim, kernel_size: extent } = options;
  if (dim > 3) return `monai.NACLLoss: dim is ${dim}; it can be 2 or 3`;
  if (extent % 2 === 0) return `monai.NACLLoss: kernel_size is ${extent}; an even kernel gives no array of the size of the labels`;
  const kernel = options.kernel_ops === "mean" ? new Array<number>(extent).fill(1 / extent) : gaussian(options.sigma);
  return (logits, labels) => {
    const classes = logits.shape[1]!;
    const t = oneHot(labels, classes, 1);
    const wanted = filtered(t, kernel);
    const entropy = logits.logSoftmax(1).times(t).sum().negative().over(labels.values.length);
    const off = wanted.minus(logits);
    return entropy.plus((options.distance_type === "l1" ? off.abs() : off.times(off)).mean().times(options.alpha));
  };
}

const wassersteinOptions = { dist_matrix: matrix, weighting_mode: word("default", ["default", "GDL"]), reduction, smooth_nr: number(1e-5), smooth_dr: number(1e-5) };

/** Up to 1.5 the true positives of an image add up over all images of the batch, at the same places. */
const wasserstein = (version: Version) => (options: Read<typeof wassersteinOptions>): Form | string => {
  const { dist_matrix: m, weighting_mode: mode } = options;
  if (m === null) return "monai.GeneralizedWassersteinDiceLoss: dist_matrix is missing";
  if (version === "1.5" && options.reduction === "none") return "monai.GeneralizedWassersteinDiceLoss: reduction none fails up to 1.5";
  const classes = m.length;
  const most = Math.max(...m.flat());
  const far = NdArray.of({ shape: [classes, classes], values: Float64Array.from(m.flat(), (x) => x / most) });
  return (logits, labels) => {
    if (logits.shape[1] !== classes) throw new RangeError(`losses: distances between ${classes} classes where there are ${logits.shape[1]}`);
    const images = logits.shape[0]!;
    const n = logits.values.length / images / classes;
    const p = logits.reshape([images, classes, n]).softmax(1);
    const t = oneHot(labels.reshape([images, n]), classes, 1);
    const byLabel = t.reshape([images, classes, 1, n]).times(far.reshape([1, classes, classes, 1])).sum([1]); // [B, C, N]: distance of each class to the label
    const error = byLabel.times(p).sum([1]);
    const alphas = mode === "GDL" ? t.sum([2], true).map((v) => 1 / (v + 1), () => 0) : NdArray.of({ shape: [1, classes, 1], values: Float64Array.from({ length: classes }, (_, l) => (l === 0 ? 0 : 1)) });
    const own = t.times(alphas).sum([1]); // [B, N]
    const weigh = (x: NdArray): NdArray => (version === "1.6" ? own.times(x).sum([1]) : own.reshape([images, 1, n]).times(x).sum([1, 2]));
    const hits = weigh(error.complement());
    const under = mode === "GDL" ? weigh(error.negative().plus(2)) : hits.times(2).plus(error.sum([1]));
    return reduced(hits.times(2).plus(options.smooth_nr).over(under.plus(options.smooth_dr)).complement(), options.reduction);
  };
};

const mixed = { alpha: number(0.5, 0) };

export const spatial = (version: Version): Readonly<Record<string, Defined>> => ({
  HausdorffDTLoss: defined(distanceOptions, hausdorff(false)),
  LogHausdorffDTLoss: defined(distanceOptions, hausdorff(true)),
  NACLLoss: defined(neighbourOptions, neighbours),
  GeneralizedWassersteinDiceLoss: defined(wassersteinOptions, wasserstein(version)),
  SoftclDiceLoss: version === "1.6" ? defined(skeletonOptions, clDice) : defined(oldSkeletonOptions, oldClDice),
  SoftDiceclDiceLoss: version === "1.6" ? defined({ ...skeletonOptions, ...mixed }, diceClDice) : defined({ ...oldSkeletonOptions, ...mixed }, oldDiceClDice),
});

