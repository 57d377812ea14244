/** segmentation_models.pytorch's losses with their options: smpLoss("DiceLoss", { mode: "multiclass" }). Predictions (B, C, …), targets as smp takes them. */
import { NdArray } from "./ndarray";
import { same } from "./shapes";
import { classWeights, defined, flag, library, maybe, number, numbers, oneHot, reduced, reduction, whole, word, type Defined, type Form, type Options, type LossFunction, type Read } from "./options";
import { lovasz } from "./smpLovasz";

type Mode = "binary" | "multiclass" | "multilabel";
/** It has no fallback in the library: a loss without it says so. */
const mode = maybe(word<Mode>("binary", ["binary", "multiclass", "multilabel"]));
const ignored = maybe(whole(0, -Infinity));

/** Score of each unit by how far apart prediction and label are: I/(I + α FP + β FN), soft labels too. */
function tverskyScore(p: NdArray, t: NdArray, alpha: number, beta: number, smooth: number, eps: number, axes: readonly number[] | null): NdArray {
  if (!same(p.shape, t.shape)) throw new RangeError(`losses: the target has another shape (${t.shape.join(", ")}) than the prediction (${p.shape.join(", ")})`);
  const predicted = p.sum(axes);
  const volume = t.sum(axes);
  const tp = predicted.plus(volume).minus(p.minus(t).abs().sum(axes)).times(0.5);
  const under = tp.plus(predicted.minus(tp).times(alpha)).plus(volume.minus(tp).times(beta)).plus(smooth);
  return tp.plus(smooth).over(under.clamp(eps));
}

const overlapOptions = { mode, classes: numbers, log_loss: flag(false), from_logits: flag(true), smooth: number(0), ignore_index: ignored, eps: number(1e-7), class_weights: numbers };
const tverskyOptions = { ...overlapOptions, alpha: number(0.5), beta: number(0.5), gamma: number(1) };
type OverlapOptions = Read<typeof tverskyOptions>;

/** As (B, C, voxels), ignored voxels 0 in both. */
function laid(given: NdArray, labels: NdArray, of: Mode, ignore: number | null): { p: NdArray; t: NdArray } {
  const images = labels.shape[0] ?? 0;
  if (images === 0 || given.shape[0] !== images) throw new RangeError(`losses: ${given.shape[0]} predictions and ${images} labels`);
  const classes = of === "binary" ? 1 : (given.shape[1] ?? 1);
  const p = given.reshape([images, classes, given.values.length / images / classes]);
  const single = labels.reshape([images, of === "multilabel" ? classes : 1, labels.values.length / images / (of === "multilabel" ? classes : 1)]);
  const kept = ignore === null ? null : single.map((l) => (l === ignore ? 0 : 1), () => 0);
  const clean = kept === null ? single : single.times(kept);
  const t = of === "multiclass" ? oneHot(clean.reshape([images, clean.shape[2]!]), classes, 1) : clean;
  return kept === null ? { p, t } : { p: p.times(kept), t: t.times(kept) };
}

/** Sums over the batch; a class without label has no part, though it counts in the mean. */
const overlap = (name: string, given: OverlapOptions): Form | string => {
  const { mode: of, classes, class_weights: weights } = given;
  if (of === null) return `smp.${name}: mode is missing`;
  if (of === "binary" && weights !== null) return `smp.${name}: class_weights go with multiclass and multilabel only`;
  if (of === "binary" && classes !== null) return `smp.${name}: classes go with multiclass and multilabel only`;
  return (prediction, labels) => {
    const active = !given.from_logits ? prediction : of === "multiclass" ? prediction.logSoftmax(1).exp() : prediction.logSigmoid().exp();
    const { p, t } = laid(active, labels, of, given.ignore_index);
    const scores = tverskyScore(p, t, given.alpha, given.beta, given.smooth, given.eps, [0, 2]);
    const losses = (given.log_loss ? scores.clamp(given.eps).log().negative() : scores.complement()).times(t.sum([0, 2]).map((v) => (v > 0 ? 1 : 0), () => 0));
    const chosen = (x: NdArray): NdArray => (classes === null ? x : x.pick(Int32Array.from(classes), [classes.length]));
    if (classes?.some((c) => !Number.isInteger(c) || c < 0 || c >= losses.values.length) === true) throw new RangeError(`losses: classes ${classes.join(", ")} where there are ${losses.values.length}`);
    const w = weights === null ? null : chosen(classWeights(weights, losses.values.length, 1, 0));
    const mean = w === null ? chosen(losses).mean() : chosen(losses).times(w).sum().over(w.sum());
    return given.gamma === 1 ? mean : mean.power(given.gamma);
  };
};

const focalOptions = { mode, alpha: maybe(number(0.25)), gamma: number(2), ignore_index: ignored, from_logits: flag(true), eps: number(1e-7), reduction: word("mean", ["mean", "sum", "none"]), normalized: flag(false), reduced_threshold: maybe(number(0.5)), class_weights: numbers };
type FocalOptions = Read<typeof focalOptions>;

/** Binary focal loss of logits, number by number, of those that are kept. */
function binaryFocal(x: NdArray, t: NdArray, { alpha, gamma, reduced_threshold: threshold, normalized, reduction: by }: FocalOptions): NdArray {
  const entropy = x.minus(x.times(t)).minus(x.logSigmoid());
  const rest = entropy.map((l) => -Math.expm1(-l), (l) => Math.exp(-l)); // 1 - p_t
  const factor = threshold === null ? rest.power(gamma) : rest.map((r) => (1 - r < threshold ? 1 : (r / threshold) ** gamma), (r) => (1 - r < threshold ? 0 : (gamma / threshold) * (r / threshold) ** (gamma - 1)));
  let losses = factor.times(entropy);
  if (alpha !== null) losses = losses.times(t.map((v) => alpha * v + (1 - alpha) * (1 - v), () => 0));
  if (normalized) losses = losses.over(factor.sum().clamp(1e-6));
  return reduced(losses, by);
}

/** A sigmoid of each class, in every mode; logs of probabilities are taken for logits where they are not. */
function focal(given: FocalOptions): Form | string {
  const { mode: of, class_weights: weights, ignore_index: ignore } = given;
  if (of === null) return "smp.FocalLoss: mode is missing";
  if (of === "binary" && weights !== null) return "smp.FocalLoss: class_weights go with multiclass and multilabel only";
  return (prediction, labels) => {
    const held = given.from_logits ? prediction : prediction.clamp(given.eps, 1 - given.eps);
    const x = given.from_logits ? held : of === "multiclass" ? held.log() : held.log().minus(held.complement().log());
    if (of === "binary") {
      const kept = places(labels, (l) => l !== ignore);
      return binaryFocal(x.reshape([x.values.length]).pick(kept, [kept.length]), labels.reshape([labels.values.length]).pick(kept, [kept.length]), given);
    }
    const images = x.shape[0]!;
    const classes = x.shape[1]!;
    const n = x.values.length / images / classes;
    if (of === "multilabel" && ignore !== null) throw new RangeError("losses: smp's FocalLoss cannot ignore labels in multilabel mode");
    const own = Array.from({ length: classes }, (_, c) => {
      const logits = x.reshape([images, classes, n]).cut(1, c, c + 1).reshape([images * n]);
      const flat = of === "multiclass" ? labels.reshape([images * n]) : labels.reshape([images, classes, n]).cut(1, c, c + 1).reshape([images * n]);
      const t = of === "multiclass" ? flat.map((l) => (l === c ? 1 : 0), () => 0) : flat;
      const kept = places(flat, (l) => l !== ignore);
      const loss = binaryFocal(logits.pick(kept, [kept.length]), t.pick(kept, [kept.length]), given);
      return loss.reshape([1, loss.values.length]);
    });
    const losses = NdArray.join(0, own);
    if (weights === null) return losses.mean();
    const w = classWeights(weights, classes, 2, 0);
    return losses.times(w).sum().over(w.sum());
  };
}

function places(x: NdArray, keep: (value: number) => boolean): Int32Array {
  const out: number[] = [];
  x.values.forEach((v, i) => (keep(v) ? out.push(i) : 0));
  return Int32Array.from(out);
}

const entropyOptions = { reduction, smooth_factor: maybe(number(0.1)), ignore_index: maybe(whole(-100, -Infinity)), dim: whole(1, -Infinity) };

/** Smoothed cross-entropy; ignored voxels have no part, though they count in the mean. */
function softCrossEntropy({ smooth_factor: smooth, ignore_index: ignore, dim, reduction: by }: Read<typeof entropyOptions>): Form | string {
  if (smooth === null) return "smp.SoftCrossEntropyLoss: smooth_factor None fails in the library too";
  return (x, labels) => {
    const axis = dim < 0 ? dim + x.shape.length : dim;
    const classes = x.shape[axis]!;
    const flat = labels.shape.length === x.shape.length ? labels.reshape(labels.shape.filter((_, i) => i !== axis)) : labels;
    const clean = flat.map((l) => (l === ignore ? 0 : l), () => 0);
    const logP = x.logSoftmax(axis);
    const kept = flat.map((l) => (l === ignore ? 0 : 1), () => 0);
    // An axis of 1 stays where labels can be ignored.
    const shape = ignore === null ? kept.shape : x.shape.map((n, i) => (i === axis ? 1 : n));
    const nll = logP.times(oneHot(clean, classes, axis)).sum([axis]).negative().times(kept).reshape(shape);
    const even = logP.sum([axis]).negative().times(kept).reshape(shape);
    return reduced(nll, by).times(1 - smooth).plus(reduced(even, by).times(smooth / classes));
  };
}

const binaryOptions = { weight: numbers, ignore_index: maybe(whole(-100, -Infinity)), reduction, smooth_factor: maybe(number(0.1)), pos_weight: numbers };

/** Ignored numbers have no part, though they count in the mean. */
const softBinary = ({ weight, ignore_index: ignore, reduction: by, smooth_factor: smooth, pos_weight: positive }: Read<typeof binaryOptions>): Form => (x, labels) => {
  const t = smooth === null ? labels : labels.map((l) => (1 - l) * smooth + l * (1 - smooth), () => 0);
  const row = (w: readonly number[] | null): NdArray => (w === null ? NdArray.number(1) : NdArray.of({ shape: [w.length], values: Float64Array.from(w) }));
  const losses = t.complement().times(x).minus(t.times(row(positive).minus(1)).plus(1).times(x.logSigmoid())).times(row(weight));
  return reduced(ignore === null ? losses : losses.times(labels.map((l) => (l === ignore ? 0 : 1), () => 0)), by);
};

/** 1 - Matthews' correlation of everything together; no activation. */
const mcc = ({ eps }: { readonly eps: number }): Form => (given, labels) => {
  const p = given.reshape([given.values.length]);
  const t = labels.reshape([labels.values.length]);
  const sum = (a: NdArray, b: NdArray): NdArray => a.times(b).sum().plus(eps);
  const [tp, tn, fp, fn] = [sum(p, t), sum(p.complement(), t.complement()), sum(p, t.complement()), sum(p.complement(), t)];
  return tp.times(tn).minus(fp.times(fn)).over(tp.plus(fp).times(tp.plus(fn)).times(tn.plus(fp)).times(tn.plus(fn)).power(0.5)).complement();
};

const scoreOptions = { smooth: number(0), eps: number(1e-7), dims: numbers };
const score = (alpha: number): Defined => defined(scoreOptions, ({ smooth, eps, dims }): Form => (p, t) => tverskyScore(p, t, alpha, alpha, smooth, eps, dims));

const plain = { alpha: 0.5, beta: 0.5, gamma: 1 };
const losses: Readonly<Record<string, Defined>> = {
  DiceLoss: defined(overlapOptions, (o) => overlap("DiceLoss", { ...o, ...plain })),
  JaccardLoss: defined(overlapOptions, (o) => overlap("JaccardLoss", { ...o, alpha: 1, beta: 1, gamma: 1 })),
  TverskyLoss: defined(tverskyOptions, (o) => overlap("TverskyLoss", o)),
  FocalLoss: defined(focalOptions, focal),
  LovaszLoss: defined({ mode, per_image: flag(false), ignore_index: ignored, from_logits: flag(true) }, ({ mode: of, per_image, ignore_index }) => (of === null ? "smp.LovaszLoss: mode is missing" : lovasz(of, per_image, ignore_index))),
  SoftCrossEntropyLoss: defined(entropyOptions, softCrossEntropy),
  SoftBCEWithLogitsLoss: defined(binaryOptions, softBinary),
  MCCLoss: defined({ eps: number(1e-5) }, mcc),
  soft_dice_score: score(0.5),
  soft_jaccard_score: score(1),
  soft_tversky_score: defined({ ...scoreOptions, alpha: number(0.5), beta: number(0.5) }, ({ alpha, beta, smooth, eps, dims }): Form => (p, t) => tverskyScore(p, t, alpha, beta, smooth, eps, dims)),
};

const known = library("smp", losses);

/** A sentence where the options cannot be. */
export function smpLoss(loss: string, options: Options = {}): LossFunction | string {
  return known(loss, options);
}
