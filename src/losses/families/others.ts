/** Losses that are copied from hand to hand: Keras's, flattened Dice, focal Tversky and others. */
import { constant, formula, V, weightsOf, type Formula } from "../formula";
import { dice, generalized, lossOf, tversky } from "../forms";
import type { Term, Variant } from "../loss";
import { overlap, pointwise } from "../terms";

/** Sums over everything. */
const micro = (loss: Formula): readonly Term[] => [overlap(loss, { over: "batch, all classes" })];
const power = (gamma: number): Formula => constant("GAMMA", gamma);

const GAMMA = 0.3; // of both parts of the exponential logarithmic loss
const logarithmic = overlap(dice({ smooth: 1 }).log().negative().power(power(GAMMA)).mean(), { scale: 0.8 });

/** TensorFlow models: 1 - Σ exp(-D_c) D_c/(C exp(-1)), D_c the Dice of a class over the batch. */
const score = dice({ below: 1e-7 });
const adaptive = lossOf(score.times(score.complement().exp()).named("adapted"));

const tfModels = formula(1).over(V.power(2).plus(constant("EPSILON", 1e-7, "an absent class weighs 1 / EPSILON"))).named("weights");

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
    terms: [logarithmic, pointwise({ form: "rare power cross-entropy", gamma: GAMMA }, 0.2)],
  },
  { ...MICRO, id: "port.focal_tversky", name: "Focal Tversky", formula: "(1 - (TP + 1)/(TP + 0.7 FN + 0.3 FP + 1))^0.75, sums over everything", source: "Abraham and Khan 2018 (arXiv 1810.07842), their code", smoothing: "1 above and below the bar", terms: micro(tversky(0.3, 0.7, { smooth: 1 }).complement().power(power(0.75))) },
  { ...MICRO, id: "port.jocic", name: "Flattened negative Dice", formula: "-(2 Σ I + 1)/(Σ P + Σ V + 1)", source: "jocicmarko/ultrasound-nerve-segmentation", smoothing: "1 above and below the bar", range: [-1, 0], terms: micro(dice({ smooth: 1 }).negative()) },
  { ...MICRO, id: "port.keras_contrib_jaccard", name: "keras-contrib Jaccard distance", formula: "100 mean over voxels of 1 - (Σ_c t p + 100)/(Σ_c (t + p) - Σ_c t p + 100)", source: "keras-contrib: losses/jaccard.py", unit: "voxel", smoothing: "100", range: [0, 100], traps: ["Sums over the classes of each voxel: no balance between classes."], terms: [pointwise({ form: "voxel Jaccard", smooth: 100 })] },
  { ...MICRO, id: "port.keras_dice", name: "Keras Dice", formula: "1 - 2 Σ I/(Σ P + Σ V + 1e-7)", source: "keras.losses.Dice, axis=None", smoothing: "1e-7 below the bar", terms: micro(dice({ below: 1e-7 }).complement()) },
  { ...MICRO, id: "port.log_cosh_dice", name: "log-cosh Dice", formula: "log cosh(1 - (2 Σ I + 1)/(Σ P + Σ V + 1))", source: "Jadon 2020 (arXiv 2006.14822), their code", smoothing: "1 above and below the bar", terms: micro(dice({ smooth: 1 }).complement().named("dice_loss").logCosh()) },
  { ...MICRO, id: "port.tfm_adaptive", name: "TensorFlow models' adaptive Dice", formula: "1 - Σ_c exp(-D_c) D_c/(C/e), D_c the Dice of a class over the batch", source: "tensorflow/models: official/projects/volumetric_models", unit: "batch", absent: "a constant part without gradient", traps: [], terms: [overlap(adaptive, { over: "batch" })] },
  {
    ...MICRO,
    id: "port.tfm_gdl",
    name: "TensorFlow models' generalized Dice",
    formula: "1 - 2 Σ w I/Σ w (P + V), w = 1/(V² + 1e-7), sums over the batch",
    source: "tensorflow/models: official/projects/volumetric_models",
    unit: "batch",
    absent: "weight 1e7",
    traps: [],
    weights: weightsOf(tfModels),
    terms: [overlap(lossOf(generalized(tfModels)), { over: "batch" })],
  },
];

