/** A loss on tensors: the same definition as on arrays, with the heavy sums and the way back done by TensorFlow.js. */
import type { Activation } from "../activation";
import { evaluate, type Term, type Variant } from "../loss";
import { throughSums, type Counted, type Sums } from "../sums";
import type { Value } from "../tape";
import type { Voxels } from "../voxels";
import type { Tensor, Tensorflow } from "./tensorflow";

/** Labels of a batch, in the ways that losses ask for. */
export interface Truth {
  readonly images: number;
  readonly classes: number;
  readonly space: readonly number[];
  /** (B, spatial…) */
  readonly labels: Int32Array;
  /** image * classes + label of each voxel, int32. */
  readonly rows: Tensor;
  /** Voxels per image and class. */
  readonly volume: Float64Array;
}

/** Called within tf.tidy: the tensor is the caller's. */
export function truthOf(tf: Tensorflow, labels: Int32Array, images: number, classes: number, space: readonly number[]): Truth {
  const n = labels.length / images;
  const rows = new Int32Array(labels.length);
  const volume = new Float64Array(images * classes);
  for (let g = 0; g < labels.length; g++) {
    const row = Math.floor(g / n) * classes + labels[g]!;
    rows[g] = row;
    volume[row]!++;
  }
  return { images, classes, space, labels, rows: tf.tensor1d(rows, "int32"), volume };
}

interface Part {
  readonly value: number;
  readonly gradient: Tensor;
}

/** Value, and gradient with respect to the logits (B, spatial…, C), shaped as they are. Called within tf.tidy. */
export function lossOn(tf: Tensorflow, variant: Variant, logits: Tensor, truth: Truth): Part {
  const { images, classes } = truth;
  const flat = tf.reshape(logits, [images, -1, classes]);
  const known = new Map<Activation, Activated>();
  let value = 0;
  const gradients: Tensor[] = [];
  for (const term of variant.terms) {
    if (term.kind !== "overlap") continue;
    let made = known.get(term.activation);
    if (made === undefined) known.set(term.activation, (made = activated(tf, flat, term.activation)));
    const part = overlapOn(tf, made, truth, term.of, term.scale ?? 1);
    value += part.value;
    gradients.push(part.gradient);
  }
  const others = variant.terms.filter((term) => term.kind !== "overlap");
  if (others.length > 0) {
    const part = onArrays(variant, others, flat, truth);
    value += part.value;
    gradients.push(tf.tensor3d(part.gradient, flat.shape as [number, number, number]));
  }
  return { value, gradient: tf.reshape(gradients.reduce((a, b) => tf.add(a, b)), logits.shape) };
}

/** Terms that look at each voxel, sort them or look at neighbours: on the arrays, in float64. */
function onArrays(variant: Variant, terms: readonly Term[], flat: Tensor, truth: Truth): { readonly value: number; readonly gradient: Float32Array } {
  const { images, classes, labels, space } = truth;
  const n = labels.length / images;
  const image = new Int32Array(labels.length);
  for (let b = 0; b < images; b++) image.fill(b, b * n, (b + 1) * n);
  const voxels: Voxels = {
    images,
    classes,
    size: labels.length,
    image,
    label: labels,
    count: new Float64Array(labels.length).fill(1),
    logits: new Float64Array(flat.dataSync<"float32">()),
    space,
  };
  const { value, gradient } = evaluate({ ...variant, terms }, voxels);
  return { value, gradient: new Float32Array(gradient!) };
}

/** Probabilities (B, n, C), and what takes a gradient with respect to them back to the logits. */
interface Activated {
  readonly p: Tensor;
  readonly back: (slope: Tensor) => Tensor;
}

function activated(tf: Tensorflow, logits: Tensor, activation: Activation): Activated {
  const through = (p: Tensor) => (slope: Tensor): Tensor => {
    const weighed = tf.mul(p, slope);
    return tf.sub(weighed, tf.mul(p, tf.sum(weighed, -1, true)));
  };
  switch (activation) {
    case "none":
      return { p: logits, back: (slope) => slope };
    case "sigmoid": {
      const p = tf.sigmoid(logits);
      return { p, back: (slope) => tf.mul(slope, tf.mul(p, tf.sub(1, p))) };
    }
    case "softmax": {
      const p = tf.softmax(logits);
      return { p, back: through(p) };
    }
    case "twice": {
      const once = tf.softmax(logits);
      const p = tf.softmax(once);
      return { p, back: (slope) => through(once)(through(p)(slope)) };
    }
    case "log": {
      const once = tf.softmax(logits);
      const above = tf.add(once, 1);
      return { p: tf.div(once, above), back: (slope) => through(once)(tf.div(slope, tf.square(above))) };
    }
  }
}

/** Sums of p and p² by image, label and class. In float64: sums of float32 drift over whole volumes, and losses divide differences of them by very little. */
function counted(p: Tensor, truth: Truth): Counted {
  const { images, classes, labels, volume } = truth;
  const n = labels.length / images;
  const values = p.dataSync<"float32">();
  const make = (size: number): Float64Array => new Float64Array(images * classes * size);
  const byLabel = { confusion: make(classes), squaredConfusion: make(classes) };
  for (let g = 0; g < labels.length; g++) {
    const row = (Math.floor(g / n) * classes + labels[g]!) * classes;
    for (let c = 0; c < classes; c++) {
      const x = values[g * classes + c]!;
      byLabel.confusion[row + c]! += x;
      byLabel.squaredConfusion[row + c]! += x * x;
    }
  }
  const [overlap, predicted, squared] = [make(1), make(1), make(1)];
  for (let b = 0; b < images; b++) {
    for (let l = 0; l < classes; l++) {
      const row = (b * classes + l) * classes;
      overlap[b * classes + l] = byLabel.confusion[row + l]!;
      for (let c = 0; c < classes; c++) {
        predicted[b * classes + c]! += byLabel.confusion[row + c]!;
        squared[b * classes + c]! += byLabel.squaredConfusion[row + c]!;
      }
    }
  }
  return { images, classes, voxels: new Float64Array(images).fill(n), overlap, predicted, squared, volume, squaredVolume: volume, byLabel: () => byLabel };
}

function overlapOn(tf: Tensorflow, { p, back }: Activated, truth: Truth, of: (sums: Sums) => Value, scale: number): Part {
  const { images, classes, rows } = truth;
  const { value, slopes } = throughSums(counted(p, truth), of, scale, true);
  const { overlap, predicted, squared, byLabel } = slopes!;
  // A voxel's slope is one number plus another times p, both of its image, its label and the class. Added up in float64: they may be large and cancel.
  const fixed = new Float32Array(images * classes * classes);
  const slanted = new Float32Array(images * classes * classes);
  for (let b = 0; b < images; b++) {
    for (let l = 0; l < classes; l++) {
      for (let c = 0; c < classes; c++) {
        const at = (b * classes + l) * classes + c;
        const k = b * classes + c;
        fixed[at] = predicted[k]! + (l === c ? overlap[k]! : 0) + (byLabel === null ? 0 : byLabel.confusion[at]!);
        slanted[at] = 2 * (squared[k]! + (byLabel === null ? 0 : byLabel.squaredConfusion[at]!));
      }
    }
  }
  const ofEach = (table: Float32Array): Tensor => tf.reshape(tf.gather(tf.tensor2d(table, [images * classes, classes]), rows as never), p.shape);
  const slope = slanted.some((s) => s !== 0) ? tf.add(ofEach(fixed), tf.mul(p, ofEach(slanted))) : ofEach(fixed);
  return { value, gradient: back(slope) };
}
