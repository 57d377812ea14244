/** MONAI's focal, unified focal and cross-entropy parts with their options (monai/losses/focal_loss.py, unified_focal_loss.py, dice.py). */
import { compared, ignoreMask, inputs, type Version } from "./monaiInputs";
import { dice, diceOptions, generalizedDice, plainGeneralized } from "./monaiOverlap";
import { NdArray } from "./ndarray";
import { axesFrom } from "./shapes";
import { classWeights, defined, flag, maybe, number, oneHot, perClass, reduced, reduction, whole, word, type Defined, type Form, type Read } from "./options";

/** What 32-bit floats cannot tell from 1. */
const EPSILON32 = 2 ** -23;

const focalOptions = { include_background: flag(true), to_onehot_y: flag(false), gamma: number(2), alpha: perClass(), weight: perClass(), reduction, use_softmax: flag(false), ignore_index: maybe(whole(0, -Infinity)) };
type FocalOptions = Read<typeof focalOptions>;

const focal = (options: FocalOptions): Form => (given, labels) => {
  const both = compared(given, labels, options, options.ignore_index);
  const { mask } = both;
  // Ignored logits and labels become 0 before the softmax.
  const input = mask === null ? both.input : both.input.times(mask);
  const target = mask === null ? both.target : both.target.times(mask);
  const alpha = options.use_softmax && !options.include_background && typeof options.alpha === "number" ? null : options.alpha;
  let losses = options.use_softmax ? softmaxFocal(input, target, options.gamma, alpha) : sigmoidFocal(input, target, options.gamma, alpha);
  if (mask !== null) losses = losses.times(mask);
  if (options.weight !== null) losses = losses.times(classWeights(options.weight, losses.shape[1]!, losses.shape.length));
  if (options.reduction === "none") return losses;
  const space = axesFrom(2, losses.shape.length);
  if (options.reduction === "sum") return (mask === null ? losses.mean(space) : losses.sum(space).over(mask.sum(space).clamp(EPSILON32))).sum();
  return mask === null ? losses.mean() : losses.sum().over(mask.sum().clamp(EPSILON32));
};

function softmaxFocal(input: NdArray, target: NdArray, gamma: number, alpha: FocalOptions["alpha"]): NdArray {
  const logP = input.logSoftmax(1);
  const losses = logP.map((l) => (-Math.expm1(l)) ** gamma, (l) => (gamma === 0 ? 0 : -gamma * (-Math.expm1(l)) ** (gamma - 1) * Math.exp(l))).times(logP).times(target).negative();
  if (alpha === null) return losses;
  const classes = target.shape[1]!;
  const factors = typeof alpha === "number" ? Array.from({ length: classes }, (_, c) => (c === 0 ? 1 - alpha : alpha)) : alpha;
  return losses.times(classWeights(factors, classes, target.shape.length));
}

function sigmoidFocal(input: NdArray, target: NdArray, gamma: number, alpha: FocalOptions["alpha"]): NdArray {
  const entropy = input.minus(input.times(target)).minus(input.logSigmoid());
  const losses = input.times(target.map((t) => 1 - 2 * t, () => -2)).logSigmoid().times(gamma).exp().times(entropy);
  if (alpha === null) return losses;
  if (typeof alpha === "number") return losses.times(target.map((t) => t * alpha + (1 - t) * (1 - alpha), () => 2 * alpha - 1));
  const positive = target.map((t) => (t === 1 ? 1 : 0), () => 0);
  return losses.times(positive.times(classWeights(alpha, target.shape[1]!, target.shape.length)).plus(positive.complement()));
}

const entropyOptions = { ...inputs, squared_pred: diceOptions.squared_pred, jaccard: diceOptions.jaccard, reduction: word<"mean" | "sum">("mean", ["mean", "sum"]), smooth_nr: diceOptions.smooth_nr, smooth_dr: diceOptions.smooth_dr, batch: diceOptions.batch, weight: perClass(), lambda_dice: number(1, 0), lambda_ce: number(1, 0), label_smoothing: number(0, 0) };

/** The weights go to both parts; the Dice part of a loss without background takes them without the first. */
function diceEntropy(options: Read<typeof entropyOptions>): Form | string {
  const { weight, include_background: background } = options;
  if (typeof weight === "number") return "monai.DiceCELoss: weight is a list of one number for each class";
  const first = dice({ ...options, weight: weight !== null && !background ? weight.slice(1) : weight, soft_label: false, ignore_index: null });
  if (typeof first === "string") return first;
  return (input, target) => {
    const entropy = input.shape[1] === 1 ? binaryEntropy(input, target, weight) : crossEntropy(input, target, weight, options.label_smoothing, options.reduction);
    return first(input, target, null).times(options.lambda_dice).plus(reduced(entropy, options.reduction).times(options.lambda_ce));
  };
}

function binaryEntropy(x: NdArray, t: NdArray, positive: readonly number[] | null): NdArray {
  const w = positive === null ? NdArray.number(1) : NdArray.of({ shape: [positive.length], values: Float64Array.from(positive) });
  return t.complement().times(x).minus(t.times(w.minus(1)).plus(1).times(x.logSigmoid()));
}

/** torch.nn.CrossEntropyLoss: class numbers are averaged by their weights, class shares by the number of voxels. */
function crossEntropy(input: NdArray, target: NdArray, weight: readonly number[] | null, smoothing: number, by: "mean" | "sum"): NdArray {
  const classes = input.shape[1]!;
  const w = classWeights(weight ?? 1, classes, input.shape.length);
  const logP = input.logSoftmax(1).times(w);
  const numbered = target.shape[1] === 1;
  const t = numbered ? oneHot(target.reshape([target.shape[0]!, ...target.shape.slice(2)]), classes, 1) : target;
  const shares = t.times(1 - smoothing).plus(smoothing / classes);
  const total = logP.times(shares).sum().negative();
  if (by === "sum") return total;
  return total.over(numbered ? t.times(w).sum() : input.values.length / classes);
}

const diceFocalOptions = { ...inputs, squared_pred: diceOptions.squared_pred, jaccard: diceOptions.jaccard, reduction, smooth_nr: diceOptions.smooth_nr, smooth_dr: diceOptions.smooth_dr, batch: diceOptions.batch, gamma: number(2), weight: perClass(), lambda_dice: number(1, 0), lambda_focal: number(1, 0), alpha: maybe(number(0)) };

/** The focal part takes a sigmoid of each class, whatever the Dice part takes. */
function diceFocal(options: Read<typeof diceFocalOptions>): Form | string {
  const first = dice({ ...options, soft_label: false, ignore_index: null });
  if (typeof first === "string") return first;
  const second = focal({ ...options, use_softmax: false, ignore_index: null });
  return (input, target) => first(input, target, null).times(options.lambda_dice).plus(second(input, target, null).times(options.lambda_focal));
}

const generalizedFocalOptions = { ...plainGeneralized, gamma: number(2), weight: perClass(), lambda_gdl: number(1, 0), lambda_focal: number(1, 0) };

function generalizedDiceFocal(options: Read<typeof generalizedFocalOptions>): Form | string {
  const first = generalizedDice({ ...options, soft_label: false });
  if (typeof first === "string") return first;
  const second = focal({ ...options, alpha: null, use_softmax: false, ignore_index: null });
  return (input, target) => first(input, target, null).times(options.lambda_gdl).plus(second(input, target, null).times(options.lambda_focal));
}

const unifiedPart = { to_onehot_y: flag(false), delta: number(0.7), gamma: number(2), epsilon: number(1e-7), reduction, ignore_index: maybe(whole(0, -Infinity)) };
type UnifiedPart = Read<typeof unifiedPart>;

function unifiedInputs(given: NdArray, labels: NdArray, options: UnifiedPart): { input: NdArray; target: NdArray; mask: NdArray | null } {
  if (given.shape[1]! < 2) throw new RangeError("losses: two channels are needed, background and the object");
  const { input, target, mask } = compared(given, labels, { ...options, include_background: true }, options.ignore_index);
  return { input: input.clamp(options.epsilon, 1 - options.epsilon), target, mask };
}

/** 1 - the index of the background, and that of the object to the power 1 - γ. */
const asymmetricTversky = (options: UnifiedPart): Form => (given, labels) => {
  const { input, target, mask } = unifiedInputs(given, labels, options);
  const p = mask === null ? input : input.times(mask);
  const t = mask === null ? target : target.times(mask);
  const axes = axesFrom(2, p.shape.length);
  const tp = t.times(p).sum(axes);
  const fn = t.times(p.complement()).sum(axes);
  const fp = t.complement().times(p).sum(axes);
  const off = tp.plus(options.epsilon).over(tp.plus(fn.times(options.delta)).plus(fp.times(1 - options.delta)).plus(options.epsilon)).complement();
  return reduced(NdArray.join(1, [off.cut(1, 0, 1), off.cut(1, 1, 2).power(1 - options.gamma)]), options.reduction);
};

const asymmetricFocal = (options: UnifiedPart): Form => (given, labels) => {
  const { input, target, mask } = unifiedInputs(given, labels, options);
  const plain = target.times(input.log()).negative();
  const entropy = mask === null ? plain : plain.times(mask);
  const back = input.cut(1, 0, 1).complement().power(options.gamma).times(entropy.cut(1, 0, 1)).times(1 - options.delta);
  const losses = NdArray.join(1, [back, entropy.cut(1, 1, 2).times(options.delta)]);
  if (options.reduction !== "mean" || mask === null) return reduced(losses, options.reduction);
  return losses.times(mask).sum().over(mask.as(losses.shape).sum().clamp(options.epsilon));
};

const unifiedOptions = { to_onehot_y: flag(false), num_classes: whole(2, 1), weight: number(0.5), gamma: number(0.5), delta: number(0.7), reduction, ignore_index: maybe(whole(0, -Infinity)) };

/** `version`: up to 1.5 a single channel became class numbers, through which no gradient goes. */
const unified = (version: Version) => (options: Read<typeof unifiedOptions>): Form => {
  const part = { to_onehot_y: false, delta: options.delta, gamma: options.gamma, epsilon: 1e-7, reduction: "mean" as const, ignore_index: null };
  return (given, labels) => {
    if (given.shape.length !== 4 && given.shape.length !== 5) throw new RangeError(`losses: arrays of 4 or 5 axes are needed, there are ${given.shape.length}`);
    const single = given.shape[1] === 1;
    const mask = ignoreMask(labels, options.ignore_index);
    const pair = (x: NdArray): NdArray => NdArray.join(1, [x.complement(), x]);
    const numbered = (x: NdArray): NdArray => oneHot(x.reshape([x.shape[0]!, ...x.shape.slice(2)]), options.num_classes, 1);
    const input = !single ? given : version === "1.6" ? pair(given) : numbered(given);
    const target = !single ? (options.to_onehot_y ? compared(given, labels, { to_onehot_y: true, include_background: true }, options.ignore_index).target : labels) : version === "1.6" ? pair(labels) : numbered(labels);
    const p = mask === null ? input : input.times(mask);
    const t = mask === null ? target : target.times(mask);
    return asymmetricFocal(part)(p, t, null).times(options.weight).plus(asymmetricTversky(part)(p, t, null).times(1 - options.weight));
  };
};

export const FOCAL = {
  FocalLoss: defined(focalOptions, focal),
  DiceCELoss: defined(entropyOptions, diceEntropy),
  DiceFocalLoss: defined(diceFocalOptions, diceFocal),
  GeneralizedDiceFocalLoss: defined(generalizedFocalOptions, generalizedDiceFocal),
  AsymmetricFocalTverskyLoss: defined({ ...unifiedPart, gamma: number(0.75) }, asymmetricTversky),
  AsymmetricFocalLoss: defined(unifiedPart, asymmetricFocal),
};

export const unifiedFocal = (version: Version): Defined => defined(unifiedOptions, unified(version));

