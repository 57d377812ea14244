/** NiftyNet's losses (niftynet/layer/loss_segmentation.py): a softmax inside, a loss for each image, the mean over images. */
import { constant, formula, MISSED, REST, V, weightsOf, WRONG, type Formula } from "../formula";
import { dice, generalized, largestForAbsent, lossOf, negativeOf, tversky } from "../forms";
import type { Variant } from "../loss";
import { overlap, pointwise } from "../terms";

const S = 1e-5;
const ce = pointwise({ form: "cross-entropy" });

/** 1/V² and 1/V; the largest weight for an absent class. */
const square = largestForAbsent(2)!;
const simple = largestForAbsent(1)!;
const gdl = (weights: Formula | null): Variant["terms"] => [overlap(lossOf(generalized(weights, { floor: 1 })))];
const squared = [overlap(lossOf(dice({ smooth: S, squared: true })))];
const micro = (alpha: number, beta: number): Variant["terms"] => [overlap(lossOf(tversky(alpha, beta, { below: S })), { over: "image, all classes" })];
const both = [overlap(negativeOf(dice({ smooth: S }))), ce];

/** r Σ (t-p)² t/(V + ε) + (1-r) Σ (t-p)² (1-t)/(N - V + ε), summed over classes; r = 0.05. */
const R = constant("R", 0.05, "weight of what is missed; 1 - R of what is wrong");
const BELOW = constant("EPSILON", S, "below the bars");
const sensitivitySpecificity = overlap(R.over(V.plus(BELOW)).times(MISSED).plus(formula(1).minus(R).over(REST.plus(BELOW)).times(WRONG)).named("errors").total().mean());

type Described = Omit<Variant, "id" | "terms">;
const BASE: Described = { name: "", formula: "", source: "niftynet/layer/loss_segmentation.py", unit: "image", activation: "softmax", absent: "its score is 0 until almost nothing of it is predicted, then jumps to 1", smoothing: "1e-5 above and below the bar", range: [0, 1] };
const DICE: Described = { ...BASE, name: "NiftyNet Dice", formula: "mean over images and classes of 1 - (2I + 1e-5)/(Σp² + V + 1e-5)" };
const GDL: Described = { ...BASE, name: "NiftyNet generalized Dice", formula: "mean over images of 1 - 2 Σ w I/Σ w max(P + V, 1), w = 1/V²", absent: "the largest weight of the classes that are there", smoothing: "P + V of a class counts 1 at least" };
const TVERSKY: Described = { ...BASE, name: "NiftyNet Tversky", formula: "mean over images of 1 - Σ I/(Σ I + α Σ FP + β Σ FN + 1e-5), sums over classes too", unit: "all", absent: "no part of its own", smoothing: "1e-5 below the bar", traps: ["With a softmax Σ FP is Σ FN: only α + β counts."] };
const BOTH: Described = { ...BASE, name: "NiftyNet Dice + cross-entropy", formula: "mean of -(2I + 1e-5)/(P + V + 1e-5) + mean of -log p", range: [-1, null], traps: ["A negative loss is normal: -1 is perfect."] };
const CE: Described = { ...BASE, name: "NiftyNet cross-entropy", formula: "mean over voxels of -log p of the true class", unit: "voxel", absent: "no part of its own", smoothing: "none", range: [0, null] };

export const NIFTYNET: readonly Variant[] = [
  { ...DICE, id: "port.niftynet_dice", terms: squared },
  { ...BOTH, id: "port.niftynet_dice_plus_xent", terms: both },
  { ...GDL, id: "port.niftynet_gdl", weights: weightsOf(square), terms: gdl(square) },
  { ...TVERSKY, id: "port.niftynet_tversky", terms: micro(0.5, 0.5) },
  { ...DICE, id: "niftynet.Dice()", terms: squared },
  { ...DICE, id: "niftynet.Dice_NS()", name: "NiftyNet Dice, not squared", formula: "mean over images and classes of 1 - (2I + 1e-5)/(P + V + 1e-5)", terms: [overlap(lossOf(dice({ smooth: S })))] },
  { ...TVERSKY, id: "niftynet.Tversky()", terms: micro(0.5, 0.5) },
  { ...TVERSKY, id: "niftynet.Tversky({'alpha': 0.3, 'beta': 0.7})", name: "NiftyNet Tversky, α 0.3 β 0.7", terms: micro(0.3, 0.7) },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Square'})", weights: weightsOf(square), terms: gdl(square) },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Simple'})", name: "NiftyNet generalized Dice with 1/V", formula: GDL.formula.replace("1/V²", "1/V"), weights: weightsOf(simple), terms: gdl(simple) },
  { ...GDL, id: "niftynet.GDSC({'type_weight': 'Uniform'})", name: "NiftyNet generalized Dice, unweighted", unit: "all", absent: "no part of its own", formula: GDL.formula.replace("1/V²", "1"), terms: gdl(null) },
  { ...BOTH, id: "niftynet.DicePlusXEnt()", terms: both },
  { ...CE, id: "niftynet.CrossEntropy()", terms: [ce] },
  { ...BASE, id: "niftynet.SensSpec()", name: "NiftyNet sensitivity and specificity", formula: "mean over images of Σ_c 0.05 Σ (t-p)² t/(V + 1e-5) + 0.95 Σ (t-p)² (1-t)/(N - V + 1e-5)", absent: "only what is predicted of it counts", smoothing: "1e-5 below the bars", range: [0, null], terms: [sensitivitySpecificity] },
];
