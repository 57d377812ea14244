/** L21: sums over the whole batch: one score for all its images. */
import type { RunFacts } from "../facts";
import type { Loss, Model } from "../model/model";
import type { BinaryMet } from "../model/trace";
import type { Tensor, Value } from "../model/values";
import { libraryNotes } from "./libraryOverlaps";
import { isHere, onePerPlace, type Finding, type Rule } from "./rule";
import { averagedOverBatches } from "./usage";

export const L21: Rule = {
  id: "L21",
  name: "volumes of the batch instead of the image",
  check: (model) => {
    let averaged: ReadonlySet<string> | null = null;
    const isAveraged = (name: string): boolean => (averaged ??= averagedOverBatches(model.file)).has(name);
    return onePerPlace([...libraryNotes(model, "L21"), ...model.losses.flatMap((loss) => inLoss(model, loss)), ...model.metrics.flatMap((metric) => inMetric(model, metric, isAveraged))]);
  },
};

function note(range: Finding["range"], message: string): Finding {
  return { rule: "L21", severity: "info", message, range: { from: range.from, to: range.to }, related: [] };
}

const overBatch = (over: string | null): boolean => over !== null && over.includes("N") && over.includes("S") && !over.includes("C");

function inLoss(model: Model, loss: Loss): Finding[] {
  const mixed = loss.trace.binaries.find((met) => met.op === "*" && isHere(model, met) && mixes(met));
  if (mixed !== undefined) {
    return [note(mixed.node, "The weights are of each image, the sums of the whole batch: the image in which a class is smallest sets its weight for all of them. Sum both over the same axes.")];
  }
  const weighed = loss.trace.binaries.find((met) => met.op === "*" && isHere(model, met) && isWeight(met.left) !== isWeight(met.right) && [met.left, met.right].every((v) => v.kind === "tensor" && overBatch(v.over)));
  if (weighed !== undefined) {
    return [note(weighed.node, `Volumes and weights are those of the whole batch: a class has one weight for all images, which changes with the batch size and with what else is drawn.${numbers(model.facts)}`)];
  }
  const ratio = loss.trace.ratios.find((r) => isHere(model, r) && overBatch(r.above.over) && (r.below.over === null || overBatch(r.below.over)) && r.below.weights.length === 0);
  if (ratio === undefined) return [];
  return [note(ratio.node, `Summed over the batch: one score a class for all images together. Large objects count most, and the value depends on the batch size; it is not the mean of the images' scores.${numbers(model.facts)}`)];
}

const isWeight = (value: Value): boolean => value.kind === "tensor" && value.state === "weights";

/** Weights [N, C] beside sums [C]. */
function mixes({ left, right }: BinaryMet): boolean {
  const [weights, sums] = isWeight(left) ? [left, right] : [right, left];
  if (weights.kind !== "tensor" || sums.kind !== "tensor" || !isWeight(weights) || sums.state !== "sums" || sums.weights.length > 0) return false;
  return weights.over === "S" && sums.over === "NS" && hasImages(weights);
}

const hasImages = (weights: Tensor): boolean => weights.axes?.roles.includes("N") === true;

/** A function in metrics=[…], or one whose values are added up in a loop over batches. */
function inMetric(model: Model, metric: Loss, isAveraged: (name: string) => boolean): Finding[] {
  const ratio = metric.trace.ratios.find((r) => isHere(model, r) && r.above.over?.includes("N") === true && r.above.over.includes("S") && (r.below.over === null || r.below.over.includes("N")));
  if (ratio === undefined) return [];
  if (model.usage.metrics.has(metric.name)) return [note(ratio.node, "Summed over the batch, and then averaged over batches by Keras: the value depends on the batch size, and is neither the mean of the images' scores nor the score of the whole set.")];
  if (!isAveraged(metric.name)) return [];
  return [note(ratio.node, "Summed over the batch, and then averaged over batches: the value depends on the batch size, and is neither the mean of the images' scores nor the score of the whole set.")];
}

/** What the choice changes in the labels of a run that is near. */
function numbers(facts: RunFacts | null): string {
  if (facts?.batches == null || facts.images === 0 || facts.batches.count === 0) return "";
  const { batches, images } = facts;
  let most = -1;
  let gap = 0;
  facts.imagesWithout.forEach((without, c) => {
    const difference = without / images - (batches.without[c] ?? 0) / batches.count;
    if (c !== facts.background && difference > gap) [most, gap] = [c, difference];
  });
  if (most < 0) return "";
  const percent = (share: number): string => `${Math.round(100 * share)} %`;
  return ` In ${facts.run}, ${facts.names[most] ?? `class ${most}`} is absent from ${percent((facts.imagesWithout[most] ?? 0) / images)} of the images, and from ${percent((batches.without[most] ?? 0) / batches.count)} of the batches of ${batches.size}.`;
}
