/** Keras's losses with their options: kerasLoss("Dice", { axis: [1, 2, 3] }). Arrays as Keras takes them, classes last; `extra`: sample weights. */
import { NdArray } from "./ndarray";
import { axisOf, same, size } from "./shapes";
import { defined, flag, library, maybe, number, oneHot, perClass, whole, word, type Defined, type Form, type LossFunction, type Options, type Read, type Spec } from "./options";

/** 3.15.1: as released. head: Tversky's α weighs false positives, and labels are smoothed over the classes of `axis`. */
export type KerasVersion = "3.15.1" | "head";

const EPSILON = 1e-7;
/** What 32-bit floats make of 1 - 1e-7. */
const MOST = 1 - 2 ** -23;

const kinds = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none"] as const;
type Kind = (typeof kinds)[number];
const reduction: Spec<Kind | null> = maybe(word<Kind>("sum_over_batch_size", kinds));
const common = { reduction: { ...reduction, fallback: "sum_over_batch_size" as Kind | null } };
/** A number, or a list of them. */
const axes: Spec<number | readonly number[] | null> = { ...perClass(), wants: "None, an axis or a list of axes" };

/** Weighs and reduces as keras.losses.Loss does: ranks that differ by one axis of 1 are made alike. */
function finished(losses: NdArray, weights: NdArray | null, by: Kind | null): NdArray {
  let values = losses;
  let w = weights;
  if (w !== null) {
    [values, w] = alike(values, w);
    values = values.times(w);
  }
  if (by === null || by === "none" || values.shape.length === 0) return values;
  if (by === "sum") return values.sum();
  if (by === "mean_with_sample_weight" && w !== null) return values.sum().over(w.sum());
  return values.mean();
}

/** As Keras makes ranks alike: an axis of 1 at the end is dropped, or added to a list. */
function alike(a: NdArray, b: NdArray): [NdArray, NdArray] {
  const [ra, rb] = [a.shape.length, b.shape.length];
  if (ra === rb + 1 && a.shape.at(-1) === 1) return rb === 1 ? [a, b.reshape([...b.shape, 1])] : [a.reshape(a.shape.slice(0, -1)), b];
  if (rb === ra + 1 && b.shape.at(-1) === 1) return ra === 1 ? [a.reshape([...a.shape, 1]), b] : [a, b.reshape(b.shape.slice(0, -1))];
  return [a, b];
}

/** A loss of labels and predictions that are of one shape. */
function form<S extends Readonly<Record<string, Spec<unknown>>>>(specs: S, of: (t: NdArray, p: NdArray, options: Read<S>) => NdArray): Defined {
  return defined({ ...specs, ...common }, (given): Form => {
    const options = given as unknown as Read<S> & { readonly reduction: Kind | null };
    return (prediction, target, weights) => {
      const [t, p] = alike(target, prediction);
      if (!same(t.shape, p.shape)) throw new RangeError(`losses: labels of shape (${t.shape.join(", ")}) and predictions of shape (${p.shape.join(", ")})`);
      return finished(of(t, p, options), weights, options.reduction);
    };
  });
}

const over = (axis: number | readonly number[] | null): readonly number[] | null => (typeof axis === "number" ? [axis] : axis);

const tversky = (swapped: boolean): Defined =>
  form({ alpha: number(0.5), beta: number(0.5), axis: axes }, (t, p, { alpha, beta, axis }) => {
    const tp = t.times(p).sum(over(axis));
    const fp = p.times(t.complement()).sum(over(axis));
    const fn = p.complement().times(t).sum(over(axis));
    return tp.over(tp.plus(fp.times(swapped ? beta : alpha)).plus(fn.times(swapped ? alpha : beta)).plus(EPSILON)).complement();
  });

const dice = form({ axis: axes }, (t, p, { axis }) => t.times(p).sum(over(axis)).times(2).over(t.sum(over(axis)).plus(p.sum(over(axis))).plus(EPSILON)).complement());

const axis = whole(-1, -Infinity);
const categorical = { from_logits: flag(false), label_smoothing: number(0, 0), axis };

function smoothed(t: NdArray, by: number, at: number): NdArray {
  return by === 0 ? t : t.times(1 - by).plus(by / t.shape[axisOf(at, t.shape.length)]!);
}

/** The released version divides the smoothing by the extent of the last axis, whatever `axis` says. */
const smoothAxis = (version: KerasVersion, at: number): number => (version === "head" ? at : -1);

const normalised = (p: NdArray, at: number): NdArray => p.over(p.sum([at], true)).clamp(EPSILON, MOST);

const categoricalEntropy = (version: KerasVersion): Defined =>
  form(categorical, (t, p, o) => {
    const labels = smoothed(t, o.label_smoothing, smoothAxis(version, o.axis));
    const logP = o.from_logits ? p.logSoftmax(o.axis) : normalised(p, o.axis).log();
    return labels.times(logP).sum([o.axis]).negative();
  });

const categoricalFocal = (version: KerasVersion): Defined =>
  form({ alpha: perClass(0.25), gamma: number(2), ...categorical }, (t, p, o) => {
    const labels = smoothed(t, o.label_smoothing, smoothAxis(version, o.axis));
    const q = normalised(o.from_logits ? p.softmax(o.axis) : p, o.axis);
    const alpha = o.alpha === null || typeof o.alpha === "number" ? NdArray.number(o.alpha ?? 1) : NdArray.of({ shape: [o.alpha.length], values: Float64Array.from(o.alpha) });
    return labels.times(q.log()).negative().times(q.complement().power(o.gamma).times(alpha)).sum([o.axis]);
  });

const binary = { from_logits: flag(false), label_smoothing: number(0, 0), axis };

const halved = (t: NdArray, by: number): NdArray => (by === 0 ? t : t.times(1 - by).plus(0.5 * by));

function binaryEntropyOf(t: NdArray, p: NdArray): NdArray {
  const q = p.clamp(EPSILON, MOST);
  return t.times(q.log()).plus(t.complement().times(q.complement().log())).negative();
}

const binaryEntropy = form(binary, (t, p, o) => {
  const labels = halved(t, o.label_smoothing);
  const losses = o.from_logits ? p.minus(p.times(labels)).minus(p.logSigmoid()) : binaryEntropyOf(labels, p);
  return losses.mean([o.axis]);
});

const binaryFocal = form({ apply_class_balancing: flag(false), alpha: number(0.25), gamma: number(2), ...binary }, (t, given, o) => {
  const labels = halved(t, o.label_smoothing);
  const p = o.from_logits ? given.sigmoid() : given;
  const pt = labels.times(p).plus(labels.complement().times(p.complement()));
  const losses = pt.complement().power(o.gamma).times(binaryEntropyOf(labels, p));
  const weight = labels.map((l) => l * o.alpha + (1 - l) * (1 - o.alpha), () => 0);
  return (o.apply_class_balancing ? losses.times(weight) : losses).mean([o.axis]);
});

const sparse = defined({ from_logits: flag(false), ignore_class: maybe(whole(0, -Infinity)), axis, ...common }, (o): Form => (prediction, target, weights) => {
  const rank = prediction.shape.length;
  const at = axisOf(o.axis, rank);
  const labels = target.shape.length === rank && target.shape[at] === 1 ? target.reshape(target.shape.filter((_, i) => i !== at)) : target;
  const kept = labels.map((l) => (l === o.ignore_class ? 0 : 1), () => 0);
  const valid = kept.values.reduce((a, b) => a + b, 0);
  const p = o.ignore_class === null ? prediction : prediction.times(kept.reshape([...labels.shape.slice(0, at), 1, ...labels.shape.slice(at)]));
  const t = oneHot(labels.map((l) => (l === o.ignore_class ? 0 : l), () => 0), prediction.shape[at]!, at);
  const logP = o.from_logits ? p.logSoftmax(at) : p.clamp(EPSILON, MOST).log().logSoftmax(at);
  const losses = t.times(logP).sum([at]).negative().times(kept);
  if (o.ignore_class === null) return finished(losses, weights, o.reduction);
  // Ignored voxels are a mask: means are over the others.
  const share = o.reduction === "mean" || o.reduction === "sum_over_batch_size" ? (valid === 0 ? 0 : size(kept.shape) / valid) : 1;
  const mask = kept.times(share);
  return finished(losses, weights === null ? mask : weights.times(mask), o.reduction);
});

const losses = (version: KerasVersion): Readonly<Record<string, Defined>> => ({
  Dice: dice,
  Tversky: tversky(version === "3.15.1"),
  CategoricalCrossentropy: categoricalEntropy(version),
  CategoricalFocalCrossentropy: categoricalFocal(version),
  BinaryCrossentropy: binaryEntropy,
  BinaryFocalCrossentropy: binaryFocal,
  SparseCategoricalCrossentropy: sparse,
});

const known = { head: library("keras", losses("head")), "3.15.1": library("keras", losses("3.15.1")) };

/** A sentence where the options cannot be. */
export function kerasLoss(loss: string, options: Options = {}, version: KerasVersion = "3.15.1"): LossFunction | string {
  return known[version](loss, options);
}
