/** MONAI's losses (monai/losses, version 1.5). */
import { constant, weightsOf } from "../formula";
import { dice, generalized, jaccard, largestForAbsent, lossOf, tversky as tverskyOf } from "../forms";
import type { Term, Variant } from "../loss";
import { overlap, pointwise, spatial, type OverlapOptions } from "../terms";

const S = 1e-5;
const SOURCE = "monai/losses/dice.py";
const CLIFF = "its score is 0 until almost nothing of it is predicted, then jumps to 1 (smoothing above the bar)";

const smooth = S;
const soft = (options: OverlapOptions = {}): Term => overlap(lossOf(dice({ smooth })), options);
const square = largestForAbsent(2)!;
const simple = largestForAbsent(1)!;
const weighed = (power: 0 | 1 | 2, options: OverlapOptions = {}): Term => overlap(lossOf(generalized(power === 0 ? null : power === 1 ? simple : square, { smooth })), options);
const batch = { over: "batch" } as const;
const foreground = { background: false } as const;

const ce = pointwise({ form: "cross-entropy" });
const focalSoftmax = (options: { readonly alpha?: number; readonly background?: boolean } = {}): Term => pointwise({ form: "softmax focal", gamma: 2, ...options });
const focalSigmoid = pointwise({ form: "sigmoid focal", gamma: 2, input: "logits" });

const tversky = (alpha: number, beta: number): Term => overlap(lossOf(tverskyOf(alpha, beta, { smooth })));

/** Distance 1 between any two classes; of four classes those that the reference values were made with. */
const distances = (count: number): readonly (readonly number[])[] =>
  count === 4
    ? [
        [0, 1, 1, 1],
        [1, 0, 0.5, 0.4],
        [1, 0.5, 0, 0.3],
        [1, 0.4, 0.3, 0],
      ]
    : Array.from({ length: count }, (_, l) => Array.from({ length: count }, (_unused, c) => (l === c ? 0 : 1)));
const wasserstein = (mode: "default" | "GDL"): Term => spatial({ form: "wasserstein", mode, distances });

/** Dice of all classes but the first together, over the batch, smoothing 1 (soft_dice of monai/losses/cldice.py). */
const flatForeground = overlap(dice({ smooth: 1 }).complement(), { over: "batch, all classes", background: false, scale: 0.5 });

type Described = Omit<Variant, "id" | "terms" | "source" | "activation"> & Partial<Pick<Variant, "source" | "activation">>;

const DICE: Described = { name: "", formula: "mean over images and classes of 1 - (2I + 1e-5)/(P + V + 1e-5)", unit: "image", absent: CLIFF, smoothing: "1e-5 above and below the bar", range: [0, 1] };
const GDL: Described = {
  name: "",
  formula: "mean over images of 1 - (2 Σ_c w I + 1e-5)/(Σ_c w (P + V) + 1e-5), w = 1/V²",
  unit: "image",
  absent: "the largest weight of the classes that are there",
  smoothing: "1e-5 above and below the bar, not scaled with the weights",
  range: [0, 1],
  traps: ["The smoothing is not small beside weights of 1/V²: a large image of background alone scores near 0 whatever is predicted."],
};
const FOCAL: Described = { name: "", formula: "", source: "monai/losses/focal_loss.py", unit: "voxel", absent: "no part of its own", smoothing: "none", range: [0, null] };
const BATCH = { unit: "batch", absent: CLIFF } as const;

function variant(id: string, terms: readonly Term[], described: Described): Variant {
  return { source: SOURCE, activation: "softmax", ...described, id: `monai.${id}`, terms };
}

export const MONAI: readonly Variant[] = [
  variant("DiceLoss(softmax,include_background=True,batch=False)", [soft()], { ...DICE, name: "MONAI Dice, per image" }),
  variant("DiceLoss(softmax,include_background=True,batch=True)", [soft(batch)], { ...DICE, ...BATCH, name: "MONAI Dice, per batch", formula: "mean over classes of 1 - (2I + 1e-5)/(P + V + 1e-5), sums over the batch" }),
  variant("DiceLoss(softmax,include_background=False,batch=False)", [soft(foreground)], { ...DICE, name: "MONAI Dice without background, per image" }),
  variant("DiceLoss(softmax,include_background=False,batch=True)", [soft({ ...batch, ...foreground })], { ...DICE, ...BATCH, name: "MONAI Dice without background, per batch" }),
  variant("DiceLoss(softmax,squared_pred)", [overlap(lossOf(dice({ smooth, squared: true })))], { ...DICE, name: "MONAI Dice, squared", formula: "mean over images and classes of 1 - (2I + 1e-5)/(Σp² + Σt² + 1e-5)" }),
  variant("DiceLoss(softmax,jaccard)", [overlap(lossOf(jaccard({ smooth })))], { ...DICE, name: "MONAI Jaccard", formula: "mean over images and classes of 1 - (2I + 1e-5)/(2(P + V - I) + 1e-5)" }),
  variant("DiceLoss(sigmoid)", [soft({ activation: "sigmoid" })], { ...DICE, name: "MONAI Dice with a sigmoid", activation: "sigmoid", traps: ["A sigmoid on one-hot classes: they no longer compete."] }),
  variant("DiceLoss(softmax,weight=[1,2,3,4])", [overlap(dice({ smooth }).complement().times(constant("WEIGHTS", [1, 2, 3, 4], "of the classes")).mean())], { classes: 4, ...DICE, name: "MONAI Dice, class weights 1 2 3 4", range: [0, null], traps: ["Weights multiply before a plain mean: the loss is not between 0 and 1."] }),
  variant("DiceLoss(softmax,smooth_nr=0)", [overlap(lossOf(dice({ below: S })))], { ...DICE, name: "MONAI Dice without smoothing above the bar", absent: "a constant 1 without gradient", smoothing: "1e-5 below the bar" }),
  variant("GeneralizedDiceLoss(softmax,w_type=square,batch=False)", [weighed(2)], { ...GDL, weights: weightsOf(square), name: "MONAI generalized Dice, per image" }),
  variant("GeneralizedDiceLoss(softmax,w_type=square,batch=True)", [weighed(2, batch)], { ...GDL, weights: weightsOf(square), unit: "batch", name: "MONAI generalized Dice, per batch" }),
  variant("GeneralizedDiceLoss(softmax,w_type=simple,batch=False)", [weighed(1)], { ...GDL, weights: weightsOf(simple), name: "MONAI generalized Dice with 1/V, per image", formula: GDL.formula.replace("1/V²", "1/V") }),
  variant("GeneralizedDiceLoss(softmax,w_type=simple,batch=True)", [weighed(1, batch)], { ...GDL, weights: weightsOf(simple), unit: "batch", name: "MONAI generalized Dice with 1/V, per batch", formula: GDL.formula.replace("1/V²", "1/V") }),
  variant("GeneralizedDiceLoss(softmax,w_type=uniform,batch=False)", [weighed(0)], { ...GDL, unit: "all", absent: "no part of its own", name: "MONAI generalized Dice unweighted, per image", formula: GDL.formula.replace("1/V²", "1") }),
  variant("GeneralizedDiceLoss(softmax,w_type=uniform,batch=True)", [weighed(0, batch)], { ...GDL, unit: "all", absent: "no part of its own", name: "MONAI generalized Dice unweighted, per batch", formula: GDL.formula.replace("1/V²", "1") }),
  variant("GeneralizedDiceLoss(softmax,include_background=False)", [weighed(2, foreground)], { ...GDL, weights: weightsOf(square), name: "MONAI generalized Dice without background", absent: `${GDL.absent}; an image without foreground scores 0 whatever is predicted` }),
  variant("GeneralizedWassersteinDiceLoss(default)", [wasserstein("default")], { ...GDL, name: "MONAI generalized Wasserstein Dice", formula: "mean over images of 1 - (2TP + 1e-5)/(2TP + Σδ + 1e-5), TP = Σ α (1 - δ), α = 0 for background and 1 else, δ = Σ_c M[label, c] p_c", absent: "no part of its own", traps: ["Up to version 1.5 the true positives of an image add up over the whole batch."] }),
  variant("GeneralizedWassersteinDiceLoss(GDL)", [wasserstein("GDL")], { ...GDL, name: "MONAI generalized Wasserstein Dice, GDL weights", formula: "mean over images of 1 - (2 Σ α (1-δ) + 1e-5)/(Σ α (2-δ) + 1e-5), α = 1/(V + 1), δ = Σ_c M[label, c] p_c", absent: "no part of its own", traps: ["Up to version 1.5 the true positives of an image add up over the whole batch."] }),
  variant("DiceCELoss(softmax)", [soft(), ce], { ...DICE, name: "MONAI Dice + cross-entropy", formula: `${DICE.formula} + mean of -log p`, range: [0, null] }),
  variant("DiceCELoss(softmax,include_background=False)", [soft(foreground), ce], { ...DICE, name: "MONAI Dice without background + cross-entropy", formula: `${DICE.formula} + mean of -log p`, range: [0, null] }),
  variant("DiceFocalLoss(softmax)", [soft(), focalSigmoid], { ...DICE, name: "MONAI Dice + focal", formula: `${DICE.formula} + focal with a sigmoid, γ 2`, range: [0, null], traps: ["The focal part takes a sigmoid of each class, whatever the Dice part takes."] }),
  variant("GeneralizedDiceFocalLoss(softmax)", [weighed(2), focalSigmoid], { ...GDL, name: "MONAI generalized Dice + focal", formula: `${GDL.formula}; + focal with a sigmoid, γ 2`, range: [0, null] }),
  variant("FocalLoss(sigmoid)", [focalSigmoid], { ...FOCAL, name: "MONAI focal with a sigmoid", activation: "sigmoid", formula: "mean over voxels and classes of (1 - p_t)² times the binary cross-entropy" }),
  variant("FocalLoss(softmax)", [focalSoftmax()], { ...FOCAL, name: "MONAI focal with a softmax", formula: "sum over voxels of -(1 - p)² log p of the true class, divided by voxels times classes" }),
  variant("FocalLoss(softmax,alpha=.25)", [focalSoftmax({ alpha: 0.25 })], { ...FOCAL, name: "MONAI focal with a softmax, α 0.25", formula: "as focal with a softmax, background weighed 0.75 and the others 0.25" }),
  variant("FocalLoss(softmax,include_background=False)", [focalSoftmax(foreground)], { ...FOCAL, name: "MONAI focal without background", formula: "as focal with a softmax, the background cut off before the softmax", traps: ["The background has no gradient: the softmax is over the other classes alone."] }),
  variant("TverskyLoss(softmax,alpha=0.5,beta=0.5)", [tversky(0.5, 0.5)], { ...DICE, source: "monai/losses/tversky.py", name: "MONAI Tversky, α 0.5 β 0.5", formula: "mean over images and classes of 1 - (I + 1e-5)/(I + α FP + β FN + 1e-5)" }),
  variant("TverskyLoss(softmax,alpha=0.3,beta=0.7)", [tversky(0.3, 0.7)], { ...DICE, source: "monai/losses/tversky.py", name: "MONAI Tversky, α 0.3 β 0.7", formula: "mean over images and classes of 1 - (I + 1e-5)/(I + α FP + β FN + 1e-5)" }),
  variant("TverskyLoss(softmax,alpha=1.0,beta=1.0)", [tversky(1, 1)], { ...DICE, source: "monai/losses/tversky.py", name: "MONAI Tversky, α 1 β 1", formula: "mean over images and classes of 1 - (I + 1e-5)/(I + FP + FN + 1e-5)" }),
  variant("HausdorffDTLoss(softmax,include_background=False)", [spatial({ form: "hausdorff", log: false })], { ...FOCAL, source: "monai/losses/hausdorff_loss.py", name: "MONAI Hausdorff by distance transform", formula: "mean of (p - t)² (d_p² + d_t²), d the distance to the border of p > 0.5 and of t", absent: "counts only where more than half is predicted" }),
  variant("LogHausdorffDTLoss(softmax,include_background=False)", [spatial({ form: "hausdorff", log: true })], { ...FOCAL, source: "monai/losses/hausdorff_loss.py", name: "MONAI log Hausdorff by distance transform", formula: "log(1 + the Hausdorff loss)", absent: "counts only where more than half is predicted" }),
  variant("SoftclDiceLoss(softmaxed,iter=3,smooth=1)", [spatial({ form: "clDice", iterations: 3 })], { ...FOCAL, source: "monai/losses/cldice.py", unit: "batch", name: "MONAI soft clDice", formula: "1 - 2 tprec tsens/(tprec + tsens) of soft skeletons, the first class left out, smoothing 1", smoothing: "1 above and below the bars", range: [0, 1], absent: "no part of its own" }),
  variant("SoftDiceclDiceLoss(softmaxed)", [flatForeground, spatial({ form: "clDice", iterations: 3 }, 0.5)], { ...FOCAL, source: "monai/losses/cldice.py", unit: "batch", name: "MONAI Dice + soft clDice", formula: "half the Dice loss of the foreground, half soft clDice", smoothing: "1 above and below the bars", range: [0, 1] }),
  variant("NACLLoss(classes=4,dim=2)", [ce, spatial({ form: "neighbour logits", weight: 0.1 })], { ...FOCAL, source: "monai/losses/nacl_loss.py", name: "MONAI neighbour-aware calibration", formula: "mean of -log p + 0.1 mean |labels averaged over 3 voxels each way - logits|" }),
];
