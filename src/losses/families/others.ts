/** Losses that are copied from hand to hand: Keras's, flattened Dice, focal Tversky and others. */
import { activated, backward } from "../activation";
import { diceScores, flat, generalizedScores, lossOf } from "../forms";
import type { Term, Variant } from "../loss";
import { powerCrossEntropy, voxelsIn, type Pointwise } from "../pointwise";
import type { Sums } from "../sums";
import { mean, sum, type Scalar } from "../tape";
import { targetAt, type Voxels } from "../voxels";

const overlap = (of: (s: Sums) => Scalar, scale = 1): Term => ({ kind: "overlap", activation: "softmax", of, scale });

/** (2 Σ I + s)/(Σ P + Σ V + below) over everything. */
function micro(s: Sums, above: number, below: number): Scalar {
  const { overlap: hit, predicted, volume } = flat(s);
  return hit.times(2).plus(above).over(predicted.plus(volume + below));
}

const focalTversky = (s: Sums): Scalar => {
  const { overlap: tp, predicted, volume } = flat(s);
  const fn = tp.negative().plus(volume);
  const fp = predicted.minus(tp);
  return tp.plus(1).over(tp.plus(fn.times(0.7)).plus(fp.times(0.3)).plus(1)).complement().power(0.75);
};

/** keras-contrib's jaccard_distance on channels-last arrays: a Jaccard of the classes of each voxel, smoothing 100. */
const voxelJaccard: Pointwise = (voxels, scale, gradient) => {
  const { classes: n, size } = voxels;
  const p = activated(voxels, "softmax");
  const slope = new Float64Array(p.length);
  const by = (scale * 100) / voxelsIn(voxels);
  let total = 0;
  for (let g = 0; g < size; g++) {
    let hit = 0;
    let both = 0;
    for (let c = 0; c < n; c++) {
      const t = targetAt(voxels, g, c);
      hit += t * p[g * n + c]!;
      both += t + p[g * n + c]!;
    }
    const over = hit + 100;
    const under = both - hit + 100;
    total += by * voxels.count[g]! * (1 - over / under);
    for (let c = 0; c < n; c++) {
      const t = targetAt(voxels, g, c);
      slope[g * n + c] = -by * (t / under - (over * (1 - t)) / under ** 2);
    }
  }
  if (gradient !== null) backward(voxels, "softmax", slope, gradient);
  return total;
};

/** (Σ f / f_l)^0.5 of the classes that the batch holds. */
const rareness = (voxels: Voxels, label: number): number => {
  let own = 0;
  for (let g = 0; g < voxels.size; g++) if (voxels.label[g] === label) own += voxels.count[g]!;
  return own === 0 ? 0 : Math.sqrt(voxelsIn(voxels) / own);
};

/** Google's tf models: 1 - Σ exp(-D_c) D_c/(C exp(-1)), D_c the Dice of a class over the batch. */
const adaptive = (s: Sums): Scalar => {
  const scores = diceScores(s, { batch: true, above: 0, below: 1e-7 });
  return sum(scores.map((d) => d.times(d.negative().exp()))).over(scores.length * Math.exp(-1)).complement();
};

const tfModels = (volumes: readonly number[]): number[] => volumes.map((v) => 1 / (v ** 2 + 1e-7));

type Described = Omit<Variant, "id" | "terms">;
const MICRO: Described = { name: "", formula: "", source: "", unit: "all", activation: "softmax", absent: "no part of its own", smoothing: "none", range: [0, 1], traps: ["Weighs voxels, not classes: background alone scores 1 minus its share."] };

export const OTHERS: readonly Variant[] = [
  {
    ...MICRO,
    id: "port.explog_paper",
    name: "Exponential logarithmic loss",
    formula: "0.8 mean over images and classes of (-log D)^0.3, D = (2I + 1)/(P + V + 1), + 0.2 mean_n w_l (-log p)^0.3, w_l = (Σ f/f_l)^0.5",
    source: "Wong et al. 2018 (arXiv 1809.00076)",
    unit: "image",
    absent: "its score is 0 until less of it is predicted than the smoothing, then goes to 1",
    smoothing: "1 above and below the bar",
    range: [0, null],
    traps: [],
    terms: [overlap((s) => mean(diceScores(s, { above: 1, below: 1 }).map((d) => d.log().negative().power(0.3))), 0.8), { kind: "pointwise", of: powerCrossEntropy(0.3, { weight: rareness }), scale: 0.2 }],
  },
  { ...MICRO, id: "port.focal_tversky", name: "Focal Tversky", formula: "(1 - (TP + 1)/(TP + 0.7 FN + 0.3 FP + 1))^0.75, sums over everything", source: "Abraham and Khan 2018 (arXiv 1810.07842), their code", smoothing: "1 above and below the bar", terms: [overlap(focalTversky)] },
  { ...MICRO, id: "port.jocic", name: "Flattened negative Dice", formula: "-(2 Σ I + 1)/(Σ P + Σ V + 1)", source: "jocicmarko/ultrasound-nerve-segmentation", smoothing: "1 above and below the bar", range: [-1, 0], terms: [overlap((s) => micro(s, 1, 1).negative())] },
  { ...MICRO, id: "port.keras_contrib_jaccard", name: "keras-contrib Jaccard distance", formula: "100 mean over voxels of 1 - (Σ_c t p + 100)/(Σ_c (t + p) - Σ_c t p + 100)", source: "keras-contrib: losses/jaccard.py", unit: "voxel", smoothing: "100", range: [0, 100], traps: ["Sums over the classes of each voxel: no balance between classes."], terms: [{ kind: "pointwise", of: voxelJaccard }] },
  { ...MICRO, id: "port.keras_dice", name: "Keras Dice", formula: "1 - 2 Σ I/(Σ P + Σ V + 1e-7)", source: "keras.losses.Dice, axis=None", smoothing: "1e-7 below the bar", terms: [overlap((s) => micro(s, 0, 1e-7).complement())] },
  { ...MICRO, id: "port.log_cosh_dice", name: "log-cosh Dice", formula: "log cosh(1 - (2 Σ I + 1)/(Σ P + Σ V + 1))", source: "Jadon 2020 (arXiv 2006.14822), their code", smoothing: "1 above and below the bar", terms: [overlap((s) => micro(s, 1, 1).complement().logCosh())] },
  { ...MICRO, id: "port.tfm_adaptive", name: "TensorFlow models' adaptive Dice", formula: "1 - Σ_c exp(-D_c) D_c/(C/e), D_c the Dice of a class over the batch", source: "tensorflow/models: official/projects/volumetric_models", unit: "batch", absent: "a constant part without gradient", traps: [], terms: [overlap(adaptive)] },
  {
    ...MICRO,
    id: "port.tfm_gdl",
    name: "TensorFlow models' generalized Dice",
    formula: "1 - 2 Σ w I/Σ w (P + V), w = 1/(V² + 1e-7), sums over the batch",
    source: "tensorflow/models: official/projects/volumetric_models",
    unit: "batch",
    absent: "weight 1e7",
    traps: [],
    weights: tfModels,
    terms: [overlap((s) => lossOf(generalizedScores(s, { batch: true, weights: tfModels })))],
  },
];

