/** NiftyNet's losses with their options: niftynetLoss("tversky", { alpha: 0.3, beta: 0.7 }). Predictions (B, …, C); `extra`: a weight map. */
import { NdArray } from "./ndarray";
import { defined, flag, library, number, oneHot, word, type Defined, type Form, type LossFunction, type Options, type Read, type Spec } from "./options";

const EPSILON = 1e-5;
/** Distances of the generalized Wasserstein Dice loss (Fidon et al. 2017), of five classes at most. */
const TREE = [
  [0, 1, 1, 1, 1],
  [1, 0, 0.6, 0.2, 0.5],
  [1, 0.6, 0, 0.6, 0.7],
  [1, 0.2, 0.6, 0, 0.5],
  [1, 0.5, 0.7, 0.5, 0],
];

/** One image: predictions and labels (voxels, classes), a weight for each voxel or none. */
interface Image {
  readonly p: NdArray;
  readonly t: NdArray;
  readonly w: NdArray | null;
}

type Specified = Readonly<Record<string, Spec<unknown>>>;

/** The mean over images of a loss of each. `dense`: labels have a number for each class; `plain`: the loss applies its own softmax. */
function each<S extends Specified>(specs: S, of: (image: Image, options: Read<S>) => NdArray, { dense = false, plain = false, weighted = true }: { dense?: boolean; plain?: boolean; weighted?: boolean } = {}): Defined {
  return defined({ softmax: flag(true), ...specs }, (given): Form => {
    const options = given as unknown as Read<S> & { readonly softmax: boolean };
    return (prediction, labels, weights) => {
      if (weights !== null && !weighted) throw new RangeError("losses: this loss takes no weight map");
      const images = prediction.shape[0]!;
      const classes = prediction.shape.at(-1)!;
      const n = prediction.values.length / images / classes;
      const own = Array.from({ length: images }, (_, b) => {
        const logits = prediction.cut(0, b, b + 1).reshape([n, classes]);
        const p = options.softmax && !plain ? logits.softmax(1) : logits;
        const w = weights === null ? null : firstOfRow(weights.cut(0, b, b + 1), n, "weights").reshape([n, 1]);
        const label = labels.cut(0, b, b + 1);
        const t = dense ? label.reshape([n, classes]) : oneHot(firstOfRow(label, n, "labels"), classes, 1);
        return of({ p, t, w }, options);
      });
      return own.reduce((a, b) => a.plus(b)).over(images);
    };
  });
}

/** One number for each voxel; of several the last, as labels with a channel for each class are (wrongly) read. */
function firstOfRow(x: NdArray, n: number, what: string): NdArray {
  const row = x.values.length / n;
  if (!Number.isInteger(row)) throw new RangeError(`losses: ${x.values.length} ${what} for ${n} voxels`);
  return x.reshape([n, row]).cut(1, row - 1, row).reshape([n]);
}

const weigh = (x: NdArray, w: NdArray | null): NdArray => (w === null ? x : x.times(w));

/** (2I + ε)/(under + ε) of each class. */
function diceScores({ p, t, w }: Image, squares: "none" | "predictions" | "both"): NdArray {
  const square = (x: NdArray): NdArray => x.times(x);
  const under = weigh(squares === "none" ? p : square(p), w).sum([0]).plus(weigh(squares === "both" ? square(t) : t, w).sum([0]));
  return weigh(p.times(t), w).sum([0]).times(2).plus(EPSILON).over(under.plus(EPSILON));
}

const dice = (squares: "none" | "predictions" | "both") => (image: Image): NdArray => diceScores(image, squares).mean().complement();

function entropy({ p, t, w }: Image): NdArray {
  const losses = p.logSoftmax(1).times(t).sum([1], true).negative();
  return w === null ? losses.mean() : losses.times(w).sum().over(Math.max(1e-6, w.sum().values[0]!));
}

/** Infinite weights become the largest of the finite ones; each class adds 1 at least below the bar; 0/0 is a score of 1. */
function generalised({ p, t, w }: Image, { type_weight: kind }: { readonly type_weight: "Square" | "Simple" | "Uniform" }): NdArray {
  const volumes = weigh(t, w).sum([0]);
  const plain = volumes.values.map((v) => (kind === "Square" ? 1 / (v * v) : kind === "Simple" ? 1 / v : 1));
  const largest = plain.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, x) : most), 0);
  const weights = NdArray.of({ shape: volumes.shape, values: plain.map((x) => (x === Infinity ? largest : x)) });
  const over = weigh(p.times(t), w).sum([0]).times(weights).sum().times(2);
  const under = weigh(p, w).sum([0]).plus(volumes).clamp(1).times(weights).sum();
  return under.values[0] === 0 && over.values[0] === 0 ? p.sum().times(0) : over.over(under).complement();
}

function tversky({ p, t, w }: Image, { alpha, beta }: { readonly alpha: number; readonly beta: number }): NdArray {
  const tp = weigh(p.times(t), w).sum();
  const fp = weigh(p.times(t.complement()), w).sum();
  const fn = weigh(p.complement().times(t), w).sum();
  return tp.over(tp.plus(fp.times(alpha)).plus(fn.times(beta)).plus(EPSILON)).complement();
}

function sensitivitySpecificity({ p, t }: Image, { r }: { readonly r: number }): NdArray {
  const error = t.minus(p);
  const part = (of: NdArray): NdArray => error.times(error).times(of).sum([0]).over(of.sum([0]).plus(EPSILON));
  return part(t).times(r).plus(part(t.complement()).times(1 - r)).sum();
}

function volumes({ p, t, w }: Image, eps: number, hard: boolean): NdArray {
  const argmax = (): NdArray => {
    const classes = p.shape[1]!;
    const best = Float64Array.from({ length: p.shape[0]! }, (_, i) => {
      const row = p.values.subarray(i * classes, (i + 1) * classes);
      return row.indexOf(Math.max(...row));
    });
    return oneHot(NdArray.of({ shape: [best.length], values: best }), classes, 1);
  };
  const label = weigh(t, w).sum([0]).plus(eps);
  const guess = weigh(hard ? argmax() : p, w).sum([0]).plus(eps);
  return label.over(guess).minus(guess.over(label)).abs().mean();
}

function wasserstein({ p, t }: Image): NdArray {
  const classes = p.shape[1]!;
  if (classes > TREE.length) throw new RangeError(`losses: NiftyNet has distances between ${TREE.length} classes, there are ${classes}`);
  const rows = TREE.slice(0, classes).map((row) => row.slice(0, classes));
  const far = NdArray.of({ shape: [1, classes, classes], values: Float64Array.from(rows.flat()) });
  const n = p.shape[0]!;
  const error = t.reshape([n, 1, classes]).times(far).times(p.reshape([n, classes, 1])).sum([1, 2]);
  const hits = t.times(NdArray.of({ shape: [classes], values: Float64Array.from(rows[0]!) })).sum([1]).times(error.complement()).sum().times(2);
  return hits.over(hits.plus(error.sum())).complement();
}

const eps = { eps: number(0.001) };
const losses: Readonly<Record<string, Defined>> = {
  generalised_dice_loss: each({ type_weight: word<"Square" | "Simple" | "Uniform">("Square", ["Square", "Simple", "Uniform"]) }, generalised),
  dice: each({}, dice("predictions")),
  dice_nosquare: each({}, dice("none")),
  dice_dense: each({}, dice("both"), { dense: true, weighted: false }),
  dice_dense_nosquare: each({}, dice("none"), { dense: true, weighted: false }),
  tversky: each({ alpha: number(0.5), beta: number(0.5) }, tversky),
  dice_plus_xent_loss: each({}, (image) => diceScores({ ...image, p: image.p.softmax(1) }, "none").mean().negative().plus(entropy(image)), { plain: true }),
  cross_entropy: each({}, entropy, { plain: true }),
  cross_entropy_dense: each({}, entropy, { dense: true, plain: true, weighted: false }),
  sensitivity_specificity_loss: each({ r: number(0.05) }, sensitivitySpecificity),
  generalised_wasserstein_dice_loss: each({}, wasserstein),
  volume_enforcement: each({ ...eps, hard: flag(false) }, (image, o) => volumes(image, o.eps, o.hard)),
  volume_enforcement_fin: each(eps, (image, o) => volumes(image, o.eps, true)),
};

/** As loss_type names them in NiftyNet's configuration files. */
const named: Readonly<Record<string, keyof typeof losses>> = {
  GDSC: "generalised_dice_loss",
  Dice: "dice",
  Dice_NS: "dice_nosquare",
  Dice_Dense: "dice_dense",
  Dice_Dense_NS: "dice_dense_nosquare",
  Tversky: "tversky",
  DicePlusXEnt: "dice_plus_xent_loss",
  CrossEntropy: "cross_entropy",
  CrossEntropy_Dense: "cross_entropy_dense",
  SensSpec: "sensitivity_specificity_loss",
  WGDL: "generalised_wasserstein_dice_loss",
  VolEnforcement: "volume_enforcement",
};

const known = library("niftynet", losses);

/** A sentence where the options cannot be. */
export function niftynetLoss(loss: string, options: Options = {}): LossFunction | string {
  return known(Object.hasOwn(named, loss) ? named[loss]! : loss, options);
}
