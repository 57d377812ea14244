/** smp's Lovász losses (segmentation_models_pytorch/losses/lovasz.py): a hinge of logits for one mask, a softmax for classes. */
import { NdArray } from "./ndarray";
import { axesFrom } from "./shapes";
import type { Form } from "./options";

/** Steps of the Jaccard loss as labels, sorted by error, are added one by one. */
function steps(sorted: readonly number[]): Float64Array {
  const total = sorted.reduce((a, b) => a + b, 0);
  let inside = 0;
  let outside = 0;
  let before = 0;
  return Float64Array.from(sorted, (l) => {
    inside += l;
    outside += 1 - l;
    const jaccard = 1 - (total - inside) / (total + outside);
    const step = jaccard - before;
    before = jaccard;
    return step;
  });
}

/** Σ of errors, largest first, times the steps of their labels. */
function extension(errors: NdArray, labels: readonly number[]): NdArray {
  const order = Array.from(errors.values.keys()).sort((a, b) => errors.values[b]! - errors.values[a]!);
  const by = new Float64Array(order.length);
  steps(order.map((i) => labels[i]!)).forEach((step, k) => (by[order[k]!] = step));
  return errors.times(NdArray.of({ shape: errors.shape, values: by })).sum();
}

/** The mean over images, or all as one. */
function units(prediction: NdArray, labels: NdArray, perImage: boolean, of: (p: NdArray, l: NdArray) => NdArray): NdArray {
  if (!perImage) return of(prediction, labels);
  const images = prediction.shape[0]!;
  const each = Array.from({ length: images }, (_, b) => of(prediction.cut(0, b, b + 1), labels.cut(0, b, b + 1)));
  return each.reduce((a, b) => a.plus(b)).over(images);
}

export function lovasz(mode: "binary" | "multiclass" | "multilabel", perImage: boolean, ignored: number | null): Form {
  if (mode === "multiclass") return (given, labels) => units(given.softmax(1), labels, perImage, (p, l) => classesOf(p, l, ignored));
  return (given, labels) => units(given, labels, perImage, (p, l) => hinge(p, l, ignored));
}

function hinge(logits: NdArray, labels: NdArray, ignored: number | null): NdArray {
  const kept = Int32Array.from(Array.from(labels.values.keys()).filter((i) => labels.values[i] !== ignored));
  const flat = logits.reshape([logits.values.length]).pick(kept, [kept.length]);
  const own = labels.reshape([labels.values.length]).pick(kept, [kept.length]);
  const errors = flat.times(own.map((l) => 2 * l - 1, () => 0)).complement();
  return extension(errors.map((e) => Math.max(0, e), (e) => (e > 0 ? 1 : 0)), [...own.values]);
}

/** The mean over the classes that are there; 0 where none is. */
function classesOf(p: NdArray, labels: NdArray, ignored: number | null): NdArray {
  const classes = p.shape[1]!;
  const last = p.turned([0, ...axesFrom(2, p.shape.length), 1]);
  const kept = Array.from(labels.values.keys()).filter((i) => labels.values[i] !== ignored);
  const found: NdArray[] = [];
  for (let c = 0; c < classes; c++) {
    const own = kept.map((i) => (labels.values[i] === c ? 1 : 0));
    if (!own.includes(1)) continue;
    const errors = last.pick(Int32Array.from(kept, (i) => i * classes + c), [kept.length]).minus(NdArray.of({ shape: [kept.length], values: Float64Array.from(own) })).abs();
    found.push(extension(errors, own));
  }
  return found.length === 0 ? p.sum().times(0) : found.reduce((a, b) => a.plus(b)).over(found.length);
}
