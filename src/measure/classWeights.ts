/** Class weights 1/V or 1/V² on a set of labels, and the share of them that absent classes hold. */
import type { ClassWeightRule, ClassWeights, LabelSet, LossModel } from "../run";

/** Batches are taken this large where the run does not tell (Keras' default). */
const DEFAULT_BATCH = 32;

/** Without a rule in the loss: 1/V², the weights of the generalized Dice loss (Sudre et al. 2017), as information. */
const PLAIN: Pick<ClassWeightRule, "power" | "epsilon" | "absent"> = { power: 2, epsilon: 0, absent: "infinite" };

/**
 * The weights that `loss` gives the classes of `labels`: 1/(V^power + epsilon) with V in voxels over the whole set, and, with a
 * rule, how much of the summed weight absent classes hold per image and (rules over batches) per batch of consecutive cases:
 * `batchSize` of them, 32 where it is not known, all when there are fewer. Null when the labels hold no voxel.
 */
export function classWeights(labels: LabelSet, loss: LossModel | null, options: { readonly batchSize: number | null }): ClassWeights | null {
  const { classes, cases } = labels;
  const rule = loss?.weights ?? null;
  const { power, epsilon, absent } = rule ?? PLAIN;
  const volumes = sumOf(labels, 0, cases);
  if (!volumes.some((v) => v > 0)) return null;

  let absentClasses = 0;
  const perImage: number[] = [];
  for (let i = 0; i < cases; i++) {
    const image = sumOf(labels, i, i + 1);
    absentClasses += image.filter((v) => v === 0).length;
    if (rule !== null) perImage.push(...absentShare(image, rule));
  }
  return {
    formula: formulaOf(power, epsilon),
    power,
    epsilon,
    over: labels.split === "train" ? "training labels" : "validation labels",
    volumes,
    weights: weightsOf(volumes, { power, epsilon, absent }),
    inUse: rule !== null,
    absentShare: mean(perImage),
    absentPerImage: absentClasses / cases,
    presentPerImage: classes - absentClasses / cases,
    batch: rule?.over === "batch" ? inBatches(labels, rule, options.batchSize) : null,
    constantInGraphMode: rule?.constantInGraphMode ?? null,
  };
}

function inBatches(labels: LabelSet, rule: ClassWeightRule, wanted: number | null): ClassWeights["batch"] {
  const batchSize = Math.max(1, Math.min(wanted ?? DEFAULT_BATCH, labels.cases));
  const shares: number[] = [];
  let lacking = 0;
  let batches = 0;
  for (let i = 0; i < labels.cases; i += batchSize) {
    const volumes = sumOf(labels, i, Math.min(i + batchSize, labels.cases));
    batches++;
    if (volumes.includes(0)) lacking++;
    shares.push(...absentShare(volumes, rule));
  }
  const share = mean(shares);
  return share === null ? null : { batchSize, absentShare: share, batchesLackingAClass: lacking, batches };
}

/** Weight per class; null where it is infinite. */
function weightsOf(volumes: readonly number[], rule: Pick<ClassWeightRule, "power" | "epsilon" | "absent">): (number | null)[] {
  const present = volumes.map((v) => 1 / (v ** rule.power + rule.epsilon));
  const empty = rule.absent === "infinite" ? null : rule.absent === "max" ? Math.max(...present.filter((_, c) => volumes[c]! > 0)) : rule.absent;
  return volumes.map((v, c) => (v > 0 ? present[c]! : empty !== null && Number.isFinite(empty) ? empty : null));
}

/** Share of the summed weight that classes with V = 0 hold: one number, or none where there is no voxel at all. */
function absentShare(volumes: readonly number[], rule: ClassWeightRule): number[] {
  if (!volumes.some((v) => v > 0)) return [];
  let sum = 0;
  let ofAbsent = 0;
  for (const [c, w] of weightsOf(volumes, rule).entries()) {
    if (w === null) return [1]; // an infinite weight leaves nothing to the others
    sum += w;
    if (volumes[c] === 0) ofAbsent += w;
  }
  return [ofAbsent / sum];
}

/** Voxels per class of the cases [from, to). */
function sumOf(labels: LabelSet, from: number, to: number): number[] {
  const out = new Array<number>(labels.classes).fill(0);
  for (let i = from; i < to; i++) for (let c = 0; c < labels.classes; c++) out[c]! += labels.volumes[i * labels.classes + c]!;
  return out;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

function formulaOf(power: 1 | 2, epsilon: number): string {
  const v = power === 2 ? "V^2" : "V";
  if (epsilon === 0) return `1/${v}`;
  const text = epsilon >= 1e-3 ? String(epsilon) : epsilon.toExponential().replace("e-0", "e-");
  return `1/(${v} + ${text})`;
}
