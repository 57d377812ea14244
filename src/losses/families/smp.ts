/** segmentation_models.pytorch's losses in multiclass mode: sums over the batch, absent classes dropped. */
import { constant, whenPresent, type Formula } from "../formula";
import { halfDice, intersectionOverUnion, tversky } from "../forms";
import type { Term, Variant } from "../loss";
import { overlap, pointwise } from "../terms";

const least = 1e-7;
const LEAST = constant("LEAST", least, "below the bar");
const lossOf = (score: Formula): Formula => score.complement();

/** Losses of the classes, those of absent ones 0, averaged over all of them. */
const dropped = (losses: Formula): Formula => whenPresent(losses, 0).named("losses").mean();
const batch = (loss: Formula, ignored?: number): readonly Term[] => [overlap(loss, ignored === undefined ? { over: "batch" } : { over: "batch", ignored })];
const WEIGHTS = constant("WEIGHTS", [1, 2, 3, 4], "of the classes");
const dice = halfDice({ least });

type Described = Omit<Variant, "id" | "terms">;
const BASE: Described = {
  name: "",
  formula: "mean over classes of (1 - I/max((P + V)/2, 1e-7)), 0 for absent classes; sums over the batch",
  source: "segmentation_models_pytorch/losses/dice.py",
  unit: "batch",
  activation: "softmax",
  absent: "dropped: its loss is 0 and has no gradient",
  smoothing: "none",
  range: [0, 1],
  traps: ["What is predicted of an absent class is never punished by that class."],
};
const FOCAL: Described = { ...BASE, unit: "voxel", activation: "sigmoid", source: "segmentation_models_pytorch/losses/focal.py", absent: "no part of its own", range: [0, null], formula: "mean over voxels and classes of the focal loss with a sigmoid, γ 2", traps: ["Always a sigmoid of each class, never a softmax."] };
const LOVASZ: Described = { ...BASE, source: "segmentation_models_pytorch/losses/lovasz.py", absent: "left out of the mean", formula: "Lovász extension of the Jaccard loss, mean over the classes that are there", traps: ["Applies its own softmax, whatever from_logits says."] };

const variant = (id: string, terms: readonly Term[], described: Described): Variant => ({ ...described, id: `smp.${id}`, terms });

export const SMP: readonly Variant[] = [
  variant("DiceLoss(multiclass)", batch(dropped(lossOf(dice))), { ...BASE, name: "smp Dice" }),
  variant("DiceLoss(multiclass,log_loss)", batch(dropped(dice.atLeast(LEAST).log().negative())), { ...BASE, name: "smp Dice, logarithmic", formula: "mean over classes of -log(I/max((P + V)/2, 1e-7)), 0 for absent classes", range: [0, null] }),
  variant("DiceLoss(multiclass,smooth=1)", batch(dropped(lossOf(halfDice({ smooth: 1, least })))), { ...BASE, name: "smp Dice, smoothing 1", smoothing: "1 above and below the bar" }),
  variant("DiceLoss(multiclass,class_weights=[1,2,3,4])", batch(whenPresent(lossOf(dice), 0).named("losses").times(WEIGHTS).total().over(WEIGHTS.total())), { classes: 4, ...BASE, name: "smp Dice, class weights 1 2 3 4", formula: "Σ w loss / Σ w over classes" }),
  variant("DiceLoss(multiclass,ignore_index=0)", batch(dropped(lossOf(dice)), 0), { ...BASE, name: "smp Dice, class 0 ignored" }),
  variant("JaccardLoss(multiclass)", batch(dropped(lossOf(intersectionOverUnion({ least })))), { ...BASE, name: "smp Jaccard", source: "segmentation_models_pytorch/losses/jaccard.py", formula: "mean over classes of 1 - I/max(P + V - I, 1e-7), 0 for absent classes" }),
  variant("TverskyLoss(multiclass,alpha=.3,beta=.7,gamma=4/3)", batch(dropped(lossOf(tversky(0.3, 0.7, { least }))).power(constant("GAMMA", 4 / 3, "of the mean over classes"))), { ...BASE, name: "smp Tversky, α 0.3 β 0.7 γ 4/3", source: "segmentation_models_pytorch/losses/tversky.py", formula: "(mean over classes of 1 - I/(I + α FP + β FN))^γ, 0 for absent classes", traps: ["γ is applied after the mean over classes, not to each of them."] }),
  variant("FocalLoss(multiclass)", [pointwise({ form: "sigmoid focal", gamma: 2, input: "logits" })], { ...FOCAL, name: "smp focal" }),
  variant("FocalLoss(multiclass,from_logits=False)", [pointwise({ form: "sigmoid focal", gamma: 2, input: "log softmax" })], { ...FOCAL, name: "smp focal of probabilities", activation: "log", traps: ["The log of the probability goes through a sigmoid, p/(1 + p): not the focal loss of p."] }),
  variant("LovaszLoss(multiclass,per_image=False)", [{ kind: "lovasz", options: { activation: "softmax", perImage: false, classes: "present" } }], { ...LOVASZ, name: "smp Lovász, per batch" }),
  variant("LovaszLoss(multiclass,per_image=True)", [{ kind: "lovasz", options: { activation: "softmax", perImage: true, classes: "present" } }], { ...LOVASZ, unit: "image", name: "smp Lovász, per image" }),
  variant("LovaszLoss(multiclass,from_logits=False)[probs in]", [{ kind: "lovasz", options: { activation: "twice", perImage: false, classes: "present" } }], { ...LOVASZ, activation: "twice", name: "smp Lovász of probabilities (softmax twice)" }),
];
