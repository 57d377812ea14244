/** The classic question's generalized Dice, as it was meant and as it ran, and the answer's. */
import { CLASSES, constant, formula, V, weightsOf, whenPresent } from "../formula";
import { dice, generalized, lossOf, tversky } from "../forms";
import type { Variant } from "../loss";
import { overlap, pointwise } from "../terms";

const ISSUE = "github.com/keras-team/keras/issues/9395 (2018)";

/** 1/(V² + 1e-5): an absent class weighs 1e5. */
const inverse = formula(1).over(V.power(2).plus(constant("EPSILON", 1e-5, "an absent class weighs 1 / EPSILON"))).named("weights");
/** 1/V², and 1e-6 for an absent class. */
const answered = whenPresent(formula(1).over(V.power(2)), constant("ABSENT", 1e-6, "weight of a class that the image lacks")).named("weights");

export const QUESTION: readonly Variant[] = [
  {
    id: "port.manu_intended",
    name: "Generalized Dice of the question, batch weights",
    formula: "1 - 2 Σ_c w_c I_c / Σ_c w_c (P_c + V_c), w_c = 1/(V_c² + 1e-5), sums over the batch",
    source: ISSUE,
    unit: "batch",
    activation: "softmax",
    absent: "weight 1e5",
    smoothing: "none",
    range: [0, 1],
    traps: ["Dead whenever the batch lacks a class: its weight of 1e5 holds the denominator."],
    weights: weightsOf(inverse),
    terms: [overlap(lossOf(generalized(inverse)), { over: "batch" })],
  },
  {
    id: "port.manu_tf1",
    name: "Generalized Dice of the question, as graph mode ran it",
    formula: "1 - 2 Σ I / Σ (P + V): all weights are 1e5 and cancel; with a softmax 1 - mean p of the true class",
    source: `${ISSUE}; the symbolic tensor == 1 is False, so every volume is 0`,
    unit: "all",
    activation: "softmax",
    absent: "no part of its own",
    smoothing: "none",
    range: [0, 1],
    traps: ["Weighs voxels, not classes: background alone scores 1 minus its share."],
    weights: (volumes) => volumes.map(() => 1),
    terms: [overlap(lossOf(dice()), { over: "batch, all classes" })],
  },
  {
    id: "port.manu_per_image_eps",
    name: "Generalized Dice of the question, per image",
    formula: "mean over images of 1 - 2 Σ_c w_c I_c / Σ_c w_c (P_c + V_c), w_c = 1/(V_c² + 1e-5) of the image",
    source: `${ISSUE}, weights per image`,
    unit: "image",
    activation: "softmax",
    absent: "weight 1e5",
    smoothing: "none",
    range: [0, 1],
    traps: ["Stands at 1.0 with almost no gradient in every image that lacks a class."],
    weights: weightsOf(inverse),
    terms: [overlap(lossOf(generalized(inverse)))],
  },
  {
    id: "port.ben_so",
    name: "Generalized Dice of the answer",
    formula: "mean over images of 1 - 2 Σ_c w_c I_c / Σ_c w_c (P_c + V_c), w_c = 1/V_c² of the image, 1e-6 where V_c is 0",
    source: "the answer to the question: softmax inside, weights per image, absent classes 1e-6",
    unit: "image",
    activation: "softmax",
    absent: "weight 1e-6",
    smoothing: "none",
    range: [0, 1],
    traps: ["1e-6 is also the weight of a class of 1,000 voxels: the rule depends on the size of the image."],
    weights: weightsOf(answered),
    terms: [overlap(lossOf(generalized(answered)))],
  },
  {
    id: "port.ce",
    name: "Categorical cross-entropy",
    formula: "mean over voxels of -log p of the true class",
    source: "torch.nn.functional.cross_entropy; keras.losses.CategoricalCrossentropy(from_logits=True)",
    unit: "voxel",
    activation: "softmax",
    absent: "no part of its own",
    smoothing: "none",
    range: [0, null],
    terms: [pointwise({ form: "cross-entropy" })],
  },
  {
    id: "port.lazyleaf_tversky",
    name: "Tversky summed over classes",
    formula: "C - Σ_c I_c / (I_c + FP_c/2 + FN_c/2), sums over the batch",
    source: `${ISSUE}, comment of 2018-04-06`,
    unit: "batch",
    activation: "softmax",
    absent: "a constant 1 without gradient; not a number where nothing of it is predicted",
    smoothing: "none",
    range: [0, null],
    terms: [overlap(CLASSES.minus(tversky(0.5, 0.5).total()), { over: "batch" })],
  },
];
