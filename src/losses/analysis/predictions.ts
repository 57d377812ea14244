/** Predictions that tell what a loss wants, for the label maps of one batch. Voxels of one image and label are one group, so that size does not matter. */
import type { Voxels } from "../voxels";
import type { LabelSet } from "./labels";

/** Logit of the class that is predicted: its probability is 1 - 2e-9 per other class. */
const SURE = 20;

/** p(label): the logits of the voxels with this label. */
type Rule = (label: number) => readonly number[];

/** Groups of a batch under a rule. `times`: as if each image were that many times as large. */
export function predict(set: LabelSet, batch: readonly number[], rule: Rule, times = 1): Voxels {
  return grouped(set, batch, (index, add) => {
    for (let l = 0; l < set.classes; l++) add(l, set.images[index]![l]! * times, rule(l));
  });
}

/** The run's own last prediction; null where there is none. */
export function ownPrediction(set: LabelSet, batch: readonly number[]): Voxels | null {
  const { classes, predicted } = set;
  if (predicted === null) return null;
  return grouped(set, batch, (index, add) => {
    for (let l = 0; l < classes; l++) for (let c = 0; c < classes; c++) add(l, predicted[index]![l * classes + c]!, sure(classes, c));
  });
}

/** `of` adds the groups of one image; those without a voxel are left out. */
function grouped({ classes }: LabelSet, batch: readonly number[], of: (index: number, add: (label: number, count: number, logits: readonly number[]) => void) => void): Voxels {
  const image: number[] = [];
  const label: number[] = [];
  const count: number[] = [];
  const logits: number[] = [];
  batch.forEach((index, b) => {
    of(index, (l, n, z) => {
      if (n === 0) return;
      image.push(b);
      label.push(l);
      count.push(n);
      logits.push(...z);
    });
  });
  return { images: batch.length, classes, size: image.length, image: Int32Array.from(image), label: Int32Array.from(label), count: Float64Array.from(count), logits: Float64Array.from(logits), space: null };
}

export function sure(classes: number, c: number): number[] {
  return Array.from({ length: classes }, (_, i) => (i === c ? SURE : 0));
}

export const uniform = (set: LabelSet): Rule => () => new Array<number>(set.classes).fill(0);
export const background = (set: LabelSet): Rule => () => sure(set.classes, set.background);
export const perfect = (set: LabelSet): Rule => (l) => sure(set.classes, l);

/** Background with probability 0.99 everywhere, the rest shared by the others: a network that has begun to collapse. */
export const nearBackground = (set: LabelSet): Rule => () => ofProbabilities(set.classes, (c) => (c === set.background ? 0.99 : 0.01 / (set.classes - 1)));

/** The right mask with the wrong class: each class is taken for the next one that is not background. Null with fewer than two others. */
export function wrongClass(set: LabelSet): Rule | null {
  const others = Array.from({ length: set.classes }, (_, c) => c).filter((c) => c !== set.background);
  if (others.length < 2) return null;
  return (l) => sure(set.classes, l === set.background ? l : others[(others.indexOf(l) + 1) % others.length]!);
}

/** Perfect but for one class, which is taken for background. */
export const missing = (set: LabelSet, lost: number): Rule => (l) => sure(set.classes, l === lost ? set.background : l);

/**
 * On the way from background everywhere (0) to `share` of 1: with `told` each object gets its class, else the mask is found
 * and its classes are not told apart yet.
 */
export const onTheWay = (set: LabelSet, share: number, told: boolean): Rule => (l) =>
  ofProbabilities(set.classes, (c) => {
    if (l === set.background) return c === l ? 1 : 0;
    if (c === set.background) return 1 - share;
    if (told) return c === l ? share : 0;
    return share / (set.classes - 1);
  });

/** Logits whose softmax is p; nothing is less likely than 1e-9. */
function ofProbabilities(classes: number, p: (c: number) => number): number[] {
  return Array.from({ length: classes }, (_, c) => Math.log(Math.max(p(c), 1e-9)));
}
