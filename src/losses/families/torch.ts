/** kornia's, pytorch-3dunet's, boundary-loss's and SegLossOdyssey's losses. */
import { constant, formula, V, weightsOf } from "../formula";
import { dice, generalized, lossOf, negativeOf, tversky } from "../forms";
import type { Variant } from "../loss";
import { overlap, pointwise } from "../terms";

type Described = Omit<Variant, "id" | "terms">;

/** kornia's one-hot labels are 1e-6 and 1 + 1e-6. */
const shift = 1e-6;
const below = 1e-8;

const KORNIA: Described = { name: "", formula: "", source: "kornia/losses/dice.py", unit: "image", activation: "softmax", absent: "no part of its own", smoothing: "1e-8 below the bar", range: [0, 1] };
const UNET: Described = { name: "", formula: "", source: "pytorch-3dunet: pytorch3dunet/unet3d/losses.py", unit: "batch", activation: "softmax", absent: "a constant 1 without gradient", smoothing: "1e-6 at least below the bar", range: [0, 1] };
const BOUNDARY: Described = { name: "", formula: "", source: "LIVIAETS/boundary-loss: losses.py", unit: "image", activation: "softmax", absent: "weight 1e20", smoothing: "1e-10", range: [-1, 1] };
const ODYSSEY: Described = { ...BOUNDARY, source: "JunMa11/SegLossOdyssey: losses_pytorch/dice_loss.py", smoothing: "1e-5", range: [-2, 0] };

const TINY = constant("EPSILON", 1e-10);
const enormous = formula(1).over(V.plus(TINY).power(2)).named("weights");
const LEAST = constant("LEAST", 1e-6, "of V², and of a class below the bar");
const clamped = formula(1).over(V.power(2).atLeast(LEAST)).named("weights");
const SMALL = constant("EPSILON", 1e-5);
const odyssey = formula(1).over(V.plus(SMALL).power(2)).named("weights");

const unetDice = lossOf(dice({ squared: true, least: 1e-6 }));
const unetGeneralized = generalized(clamped, { leastWeighted: LEAST });
const boundary = lossOf(generalized(enormous, { inside: TINY }));
const negativeOdyssey = negativeOf(generalized(odyssey, { inside: SMALL })).named("negative_dice");
const penalized = negativeOdyssey.over(formula(1).plus(constant("K", 2.5, "penalty").times(negativeOdyssey.complement())));

export const TORCH: readonly Variant[] = [
  { ...KORNIA, id: "kornia.dice_loss(micro)", name: "kornia Dice, micro", formula: "mean over images of 1 - 2 Σ I/(Σ (P + V) + 1e-8), sums over classes too", unit: "all", traps: ["Weighs voxels, not classes."], terms: [overlap(lossOf(dice({ below })), { over: "image, all classes", shift })] },
  { ...KORNIA, id: "kornia.dice_loss(macro)", name: "kornia Dice, macro", formula: "mean over images and classes of 1 - 2I/(P + V + 1e-8)", absent: "a constant 1 with almost no gradient: the floor is the share of absent classes", terms: [overlap(lossOf(dice({ below })), { shift })] },
  ...([[0.3, 0.7, ".3,.7"], [0.9, 0.1, ".9,.1"]] as const).map(([a, b, text]) => ({ ...KORNIA, id: `kornia.tversky_loss(${text})`, name: `kornia Tversky, α ${a} β ${b}`, source: "kornia/losses/tversky.py", formula: "mean over images of 1 - Σ I/(Σ I + α Σ FP + β Σ FN + 1e-8), sums over classes too", unit: "all" as const, traps: ["With a softmax Σ FP is Σ FN: only α + β counts."], terms: [overlap(lossOf(tversky(a, b, { below })), { over: "image, all classes" })] })),
  {
    ...KORNIA,
    id: "kornia.focal_loss(alpha=.25,mean)",
    name: "kornia focal, α 0.25",
    source: "kornia/losses/focal.py",
    unit: "voxel",
    formula: "sum over voxels of -(1 - p)² log p of the true class, background weighed 0.75 and the others 0.25, divided by voxels times classes",
    smoothing: "none",
    range: [0, null],
    terms: [pointwise({ form: "softmax focal", gamma: 2, alpha: 0.25, shift })],
  },
  { ...KORNIA, id: "kornia.lovasz_softmax_loss", name: "kornia Lovász (up to 0.8)", source: "kornia/losses/lovasz_softmax.py, up to 0.8", formula: "mean over images and classes of the sorted errors times steps of a Jaccard of raw label numbers", absent: "a constant part", smoothing: "none", range: [null, null], traps: ["Sorts raw label numbers: not the Lovász extension for classes above 1, and not the same when classes are renumbered."], terms: [{ kind: "lovasz", options: { activation: "softmax", perImage: true, classes: "all", rawLabels: true } }] },
  { ...UNET, id: "3dunet.DiceLoss(softmax)", name: "3D U-Net Dice", formula: "mean over classes of 1 - 2I/max(Σp² + Σt², 1e-6), sums over the batch", terms: [overlap(unetDice, { over: "batch" })] },
  { ...UNET, id: "3dunet.DiceLoss(sigmoid default)", name: "3D U-Net Dice with a sigmoid", activation: "sigmoid", formula: "mean over classes of 1 - 2I/max(Σp² + Σt², 1e-6), sums over the batch", traps: ["A sigmoid by default, with several classes too."], terms: [overlap(unetDice, { over: "batch", activation: "sigmoid" })] },
  { ...UNET, id: "3dunet.GeneralizedDiceLoss(softmax)", name: "3D U-Net generalized Dice", formula: "1 - 2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: weightsOf(clamped), terms: [overlap(unetGeneralized.complement(), { over: "batch" })] },
  { ...UNET, id: "3dunet.GeneralizedDiceLoss(sigmoid default)", name: "3D U-Net generalized Dice with a sigmoid", activation: "sigmoid", formula: "1 - 2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: weightsOf(clamped), terms: [overlap(unetGeneralized.complement(), { over: "batch", activation: "sigmoid" })] },
  { ...BOUNDARY, id: "boundary-loss.GeneralizedDice(idc=all)", name: "boundary-loss generalized Dice", formula: "mean over images of 1 - 2 (Σ w I + 1e-10)/(Σ w (P + V) + 1e-10), w = 1/(V + 1e-10)²", weights: weightsOf(enormous), terms: [overlap(boundary)] },
  { ...BOUNDARY, id: "boundary-loss.GeneralizedDice(idc=1..3)", name: "boundary-loss generalized Dice without background", formula: "mean over images of 1 - 2 (Σ w I + 1e-10)/(Σ w (P + V) + 1e-10), w = 1/(V + 1e-10)², class 0 left out", weights: weightsOf(enormous), terms: [overlap(boundary, { background: false })] },
  { ...BOUNDARY, id: "boundary-loss.DiceLoss(idc=all)", name: "boundary-loss Dice", formula: "mean over images and classes of 1 - (2I + 1e-10)/(P + V + 1e-10)", absent: "a constant 1 with almost no gradient", range: [0, 1], terms: [overlap(lossOf(dice({ smooth: 1e-10 })))] },
  { ...ODYSSEY, id: "odyssey.GDiceLoss(5-D only; z=1)", name: "Odyssey generalized Dice", formula: "mean over images of -2 (Σ w I + 1e-5)/(Σ w (P + V) + 1e-5), w = 1/(V + 1e-5)²", absent: "weight 1e10", weights: weightsOf(odyssey), terms: [overlap(negativeOdyssey)] },
  { ...ODYSSEY, id: "odyssey.GDiceLossV2", name: "Odyssey generalized Dice V2", unit: "batch", formula: "-2 Σ w I/Σ max(w (P + V), 1e-6), w = 1/max(V², 1e-6), sums over the batch", absent: "weight 1e6", weights: weightsOf(clamped), range: [-1, 0], terms: [overlap(unetGeneralized.negative(), { over: "batch" })] },
  { ...ODYSSEY, id: "odyssey.PenaltyGDiceLoss", name: "Odyssey generalized Dice with a penalty", formula: "g/(1 + 2.5 (1 - g)), g the Odyssey generalized Dice", absent: "weight 1e10", weights: weightsOf(odyssey), terms: [overlap(penalized)] },
];
