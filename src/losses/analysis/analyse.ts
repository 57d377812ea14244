/** What label maps say about a loss: its values and gradients at telling predictions, exactly. */
import { evaluate, isSpatial, misfit, type Variant } from "../loss";
import type { Voxels } from "../voxels";
import { absentClasses, batchesOf, volumesOf, type LabelSet } from "./labels";
import { background, missing, nearBackground, onTheWay, ownPrediction, perfect, predict, uniform, wrongClass } from "./predictions";
import { precisionOf, type Precision } from "./precision";

/** Mean loss over the batches at each prediction; null where there is no such prediction. */
export interface Values {
  readonly background: number;
  readonly perfect: number;
  readonly uniform: number;
  readonly wrongClass: number | null;
  /** Perfect but for one class, by class; null for background and for classes that no image holds. */
  readonly missing: readonly (number | null)[];
  /** The run's own last prediction. */
  readonly own: number | null;
}

export interface Pull {
  /** Sum over voxels of |dL/dz| per class. */
  readonly norms: readonly number[];
  /** Sum over the voxels of objects of dL/dz of their class (negative: towards it), and of dL/dz of background (positive: away from it). */
  readonly towardsTruth: number;
  readonly onBackground: number;
}

export interface Weights {
  /** Mean over units (images or batches) of each class's weight; with a null where it is infinite. */
  readonly mean: readonly (number | null)[];
  /** Largest divided by smallest weight in a unit, the largest of all units. */
  readonly ratio: number;
  /** Share of Σ w (P + V) that classes absent from the unit hold, at the uniform prediction. */
  readonly absentShare: number;
}

export interface Analysis {
  readonly id: string;
  readonly values: Values;
  /** A fresh network: every class equally likely. */
  readonly fresh: Pull;
  /** Background with probability 0.99 everywhere. */
  readonly collapsed: Pull;
  /** How much the loss rises on the way from background alone to the perfect prediction; 0 where it never does. */
  readonly barrier: number;
  /** The same on the way to the right mask whose classes are not told apart yet; null with a single other class. */
  readonly maskBarrier: number | null;
  readonly weights: Weights | null;
  /** What the loss weighs by itself: an image or a batch. */
  readonly unit: "image" | "batch";
  /** Classes that it lacks, on average. */
  readonly absent: number;
  /** Loss at background alone when every image is twice as large, less the loss as it is. */
  readonly scaleShift: number;
  readonly precision: Precision;
}

/** Points on the way from background alone. */
const POINTS = 20;
/** Batches on which the way is walked. */
const WALKED = 4;

/** Null for losses that look at neighbouring voxels (counts do not tell them), and for those made for another number of classes. */
export function analyse(variant: Variant, set: LabelSet, cases: Cases = casesOf(set)): Analysis | null {
  if (isSpatial(variant) || misfit(variant, set.classes) !== null) return null;
  // Predictions that are the same arrays are evaluated once: most batches lack most classes, and are perfect without them.
  const known = new Map<Voxels, number>();
  const valueOf = (voxels: Voxels): number => {
    let found = known.get(voxels);
    if (found === undefined) known.set(voxels, (found = evaluate(variant, voxels, false).value));
    return found;
  };
  const value = (list: readonly Voxels[]): number => mean(list.map(valueOf));
  const fresh = pull(variant, set, cases.uniform, known);
  const collapsed = pull(variant, set, cases.nearBackground, known);
  const atBackground = value(cases.background);
  const volumes = volumesOf(set, variant.unit === "image" ? set.images.map((_, b) => [b]) : cases.batches);
  const weights = variant.weights === undefined ? null : volumes.map(variant.weights);
  const walked = value(cases.background.slice(0, WALKED));
  const rise = (way: readonly (readonly Voxels[])[]): number => Math.max(0, ...way.map(value).map((v) => v - walked));
  return {
    id: variant.id,
    values: {
      background: atBackground,
      perfect: value(cases.perfect),
      uniform: value(cases.uniform),
      wrongClass: cases.wrongClass === null ? null : value(cases.wrongClass),
      missing: cases.missing.map((list) => (list === null ? null : value(list))),
      own: cases.own === null ? null : value(cases.own),
    },
    fresh,
    collapsed,
    barrier: rise(cases.way),
    maskBarrier: cases.maskWay === null ? null : rise(cases.maskWay),
    weights: weights === null ? null : weightsOf(weights, volumes),
    unit: variant.unit === "image" ? "image" : "batch",
    absent: absentClasses(volumes),
    scaleShift: value(cases.twice) - atBackground,
    precision: precisionOf(variant.unit !== "voxel", volumes, weights?.flat() ?? [], [fresh, collapsed]),
  };
}

/** Predictions for all batches; made once for all variants, which share the sums over them. */
export interface Cases {
  readonly batches: readonly (readonly number[])[];
  readonly background: readonly Voxels[];
  readonly perfect: readonly Voxels[];
  readonly uniform: readonly Voxels[];
  readonly nearBackground: readonly Voxels[];
  readonly twice: readonly Voxels[];
  readonly wrongClass: readonly Voxels[] | null;
  readonly missing: readonly (readonly Voxels[] | null)[];
  readonly own: readonly Voxels[] | null;
  readonly way: readonly (readonly Voxels[])[];
  readonly maskWay: readonly (readonly Voxels[])[] | null;
}

/** Throws a RangeError for a set without images or with fewer than two classes. */
export function casesOf(set: LabelSet): Cases {
  if (set.images.length === 0) throw new RangeError("losses: no label maps");
  if (set.classes < 2) throw new RangeError(`losses: ${set.classes} class, two are needed`);
  const batches = batchesOf(set);
  const all = (rule: (l: number) => readonly number[], times = 1): Voxels[] => batches.map((batch) => predict(set, batch, rule, times));
  const wrong = wrongClass(set);
  const own = batches.map((batch) => ownPrediction(set, batch));
  const right = all(perfect(set));
  const without = (c: number): Voxels[] => batches.map((batch, k) => (batch.every((b) => set.images[b]![c] === 0) ? right[k]! : predict(set, batch, missing(set, c))));
  const held = Array.from({ length: set.classes }, (_, c) => c !== set.background && set.images.some((i) => i[c]! > 0));
  const shares = Array.from({ length: POINTS }, (_, k) => (k + 1) / POINTS);
  const walk = (told: boolean): Voxels[][] => shares.map((share) => batches.slice(0, WALKED).map((batch) => predict(set, batch, onTheWay(set, share, told))));
  return {
    batches,
    background: all(background(set)),
    perfect: right,
    uniform: all(uniform(set)),
    nearBackground: all(nearBackground(set)),
    twice: all(background(set), 2),
    wrongClass: wrong === null ? null : all(wrong),
    missing: held.map((is, c) => (is ? without(c) : null)),
    own: own.every((v) => v !== null) ? own : null,
    way: walk(true),
    maskWay: set.classes < 3 ? null : walk(false),
  };
}

/** Notes the values that it comes by. */
function pull(variant: Variant, set: LabelSet, list: readonly Voxels[], known: Map<Voxels, number>): Pull {
  const norms = new Array<number>(set.classes).fill(0);
  let towardsTruth = 0;
  let onBackground = 0;
  for (const voxels of list) {
    const evaluated = evaluate(variant, voxels);
    known.set(voxels, evaluated.value);
    const gradient = evaluated.gradient ?? new Float64Array(0);
    for (let g = 0; g < voxels.size; g++) {
      const n = voxels.count[g]! / list.length;
      const at = g * set.classes;
      for (let c = 0; c < set.classes; c++) norms[c]! += n * Math.abs(gradient[at + c]!);
      if (voxels.label[g] === set.background) continue;
      towardsTruth += n * gradient[at + voxels.label[g]!]!;
      onBackground += n * gradient[at + set.background]!;
    }
  }
  return { norms, towardsTruth, onBackground };
}

/** Both by unit and class. */
function weightsOf(weights: readonly (readonly number[])[], volumes: readonly (readonly number[])[]): Weights {
  const classes = volumes[0]?.length ?? 0;
  const sums = new Array<number>(classes).fill(0);
  let ratio = 1;
  let share = 0;
  weights.forEach((w, unit) => {
    const held = volumes[unit]!;
    const voxels = held.reduce((a, b) => a + b, 0);
    w.forEach((x, c) => (sums[c]! += x / weights.length));
    ratio = Math.max(ratio, Math.max(...w) / Math.min(...w));
    const parts = w.map((x, c) => x * (voxels / classes + held[c]!));
    const total = parts.reduce((a, b) => a + b, 0);
    share += parts.reduce((s, x, c) => s + (held[c] === 0 ? x : 0), 0) / total / weights.length;
  });
  return { mean: sums.map((x) => (Number.isFinite(x) ? x : null)), ratio, absentShare: share };
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
