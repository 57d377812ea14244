/** What about the loss can make a network predict background alone, or stop: said with this run's numbers. */
import type { ClassWeights } from "../run";
import type { View } from "./view";
import { amount, number, percent } from "./words";

/** Causes that the loss in use gives, the likeliest first; empty when it shows none. */
export function lossCauses(view: View): string[] {
  return [...ruleCauses(view), ...shareCauses(view)];
}

/** How much of the labels is background, where the loss does not weigh classes. */
export function shareCauses(view: View): string[] {
  const { loss } = view.measures;
  const share = backgroundShare(view);
  if (loss !== null && loss.weights === null && isCrossEntropy(loss.name)) {
    return [`${loss.name} weighs every voxel alike${share === null ? "" : `, and ${percent(share)} of the labelled voxels are background`}: background alone is the cheapest answer of a network that has learned little yet, or was thrown off.`];
  }
  const sums = loss === null || (loss.weights === null && /dice|gdl|jaccard|iou|tversky/i.test(loss.name));
  if (!sums || share === null || share <= 0.5) return [];
  return [`Background is ${percent(share)} of the labelled voxels: a loss that sums over all voxels, or weighs them alike, is nearly satisfied by background alone.`];
}

/** Causes that the class weights in the loss give; empty when it holds none. */
export function ruleCauses(view: View): string[] {
  const { loss, classWeights: weights } = view.measures;
  if (loss === null || loss.weights === null) return [];
  const rule = loss.weights;
  const where = loss.path === null ? loss.name : `${loss.name} (${loss.path}:${rule.line})`;
  const formula = rule.power === 2 ? "1/V²" : "1/V";
  if (rule.constantInGraphMode !== null) {
    const share = backgroundShare(view);
    return [
      `In graph mode the volume in ${where} is a constant, so every class gets the same weight ${number(rule.constantInGraphMode)}: the ${formula} weights cancel, and what is left is one overlap over all voxels${share === null ? "" : `, of which background is ${percent(share)}`}. Background alone nearly satisfies it.`,
    ];
  }
  const out: string[] = [];
  const present = presentRange(weights);
  const range = present === null ? "" : `, where classes that are there get ${number(present[0])} to ${number(present[1])}`;
  const unit = rule.over === "image" ? "an image" : "a batch";
  if (rule.absent === "infinite") {
    out.push(`${where} divides by the volume of each class: one that ${unit} lacks gets an infinite weight, and the loss is no number or stuck.`);
  } else if (typeof rule.absent === "number" && absentDominates(weights)) {
    out.push(`${where} gives a class that ${unit} lacks the weight ${number(rule.absent)}${range}: ${absentSentence(weights!)}. ${rule.over === "image" ? "The classes to be learned count for nothing." : "Such a batch teaches nothing but not to predict the absent class."}`);
  } else if (rule.absent === "max" && absentDominates(weights)) {
    out.push(`${where} gives a class that ${unit} lacks the largest weight of the others: ${absentSentence(weights!)}.`);
  }
  if (present !== null && present[0] < 1e-9) {
    out.push(`The ${formula} weights in ${where} lie between ${number(present[0])} and ${number(present[1])} on these labels: background, the largest class, counts for next to nothing, and the rarest for nearly all.`);
  }
  return out;
}

function isCrossEntropy(name: string): boolean {
  return /cross_?entropy|(^|_)ce(_|$)|nll/i.test(name) && !/dice/i.test(name);
}

/** Whether classes that an image or batch lacks carry most of the summed weight under the loss in use. */
export function absentDominates(weights: ClassWeights | null, share = 0.5): boolean {
  if (weights === null || !weights.inUse || weights.constantInGraphMode !== null) return false;
  // Where V is summed over batches, some batch must lack a class.
  if (weights.batch !== null && weights.batch.batchesLackingAClass === 0) return false;
  return (weights.absentShare ?? 0) > share || (weights.batch?.absentShare ?? 0) > share;
}

/** "on these labels the 8.3 of 11 classes that an image lacks hold 99.99 % of the weight". */
export function absentSentence(weights: ClassWeights): string {
  const all = weights.absentPerImage + weights.presentPerImage;
  const parts: string[] = [];
  const { batch } = weights;
  if (batch !== null) parts.push(`${batch.batchesLackingAClass} of ${amount(batch.batches, "batch", "batches")} of ${batch.batchSize} ${batch.batchesLackingAClass === 1 ? "lacks" : "lack"} a class, and in the mean over all batches such classes hold ${percent(batch.absentShare)} of the weight`);
  if (weights.absentShare !== null) parts.push(`${batch === null ? "on these labels" : "counted per image,"} the ${number(weights.absentPerImage, 2)} of ${number(all, 2)} classes that an image lacks ${batch === null ? "hold" : "would hold"} ${percent(weights.absentShare)} of it`);
  return parts.join("; ").replace(/ of it$/, batch === null ? " of the weight" : " of it");
}

/** Least and largest finite weight of classes that the labels hold. */
export function presentRange(weights: ClassWeights | null): [number, number] | null {
  if (weights === null) return null;
  const present = weights.weights.filter((w, c): w is number => w !== null && Number.isFinite(w) && (weights.volumes[c] ?? 0) > 0);
  return present.length === 0 ? null : [Math.min(...present), Math.max(...present)];
}

/** Share of background among labelled voxels, of the newest measured epoch or the validation labels. */
export function backgroundShare(view: View): number | null {
  const last = view.last;
  const b = view.measures.background;
  // A voxel counts once for each region that it lies in: shares of such counts are none of voxels.
  if (view.regions || view.measures.labels?.regions === true) return null;
  if (last !== null && last.total > 0) return (last.labels[b] ?? 0) / last.total;
  const labels = view.measures.labels;
  if (labels === null) return null;
  let all = 0;
  let back = 0;
  for (let i = 0; i < labels.volumes.length; i++) {
    all += labels.volumes[i]!;
    if (i % labels.classes === b) back += labels.volumes[i]!;
  }
  return all === 0 ? null : back / all;
}

/** What to do about the loss. */
export function lossAdvice(view: View): string[] {
  const { loss } = view.measures;
  const out: string[] = [];
  if (loss !== null && loss.weights !== null) {
    if (loss.weights.constantInGraphMode !== null) out.push(`Compute the volumes in ${loss.name} with tensor operations of the framework (tf.reduce_sum(y_true, axes) on one-hot labels), not with numpy or == on a tensor.`);
    out.push("Compute the class weights per image, give a class that the image lacks a small finite weight (0, or the least weight of the others), and bound the weights, e.g. at 1/V² with V of at least some voxels.");
    out.push("Train some epochs with plain cross-entropy for comparison: if foreground appears, the loss was the cause. Dice plus cross-entropy is the usual way to keep both.");
  } else {
    out.push(`Train some epochs with ${loss !== null && isCrossEntropy(loss.name) ? "Dice plus cross-entropy" : "cross-entropy, or Dice plus cross-entropy,"} for comparison: if foreground appears, the loss was the cause.`);
  }
  return out;
}
