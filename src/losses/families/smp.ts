/** segmentation_models.pytorch's losses in multiclass mode: sums over the batch, absent classes dropped. */
import { tverskyScores } from "../forms";
import type { Term, Variant } from "../loss";
import { sigmoidFocal } from "../pointwise";
import { pooled, without, type Sums } from "../sums";
import { mean, sum, type Scalar } from "../tape";

const LEAST = 1e-7;

/** Losses of the classes, those of absent ones 0, averaged over all of them. */
function dropped(all: Sums, scores: (s: Sums) => Scalar[], { log = false, weights, ignored }: Options): Scalar {
  const s = ignored === undefined ? pooled(all) : pooled(without(all, ignored));
  const losses = scores(s).map((score, c) => {
    const loss = log ? score.atLeast(LEAST).log().negative() : score.complement();
    return loss.times(s.volume(0, c) > 0 ? 1 : 0);
  });
  if (weights === undefined) return mean(losses);
  return sum(losses.map((loss, c) => loss.times(weights[c]!))).over(weights.reduce((a, b) => a + b, 0));
}

interface Options {
  readonly log?: boolean;
  readonly smooth?: number;
  readonly weights?: readonly number[];
  readonly ignored?: number;
}

const dice = (options: Options = {}): Term => ({
  kind: "overlap",
  activation: "softmax",
  of: (s) => dropped(s, (x) => tverskyScores(x, 0.5, 0.5, { above: options.smooth ?? 0, below: options.smooth ?? 0, least: LEAST }), options),
});
const tversky = (alpha: number, beta: number, gamma: number): Term => ({
  kind: "overlap",
  activation: "softmax",
  of: (s) => dropped(s, (x) => tverskyScores(x, alpha, beta, { least: LEAST }), {}).power(gamma),
});

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
  variant("DiceLoss(multiclass)", [dice()], { ...BASE, name: "smp Dice" }),
  variant("DiceLoss(multiclass,log_loss)", [dice({ log: true })], { ...BASE, name: "smp Dice, logarithmic", formula: "mean over classes of -log(I/max((P + V)/2, 1e-7)), 0 for absent classes", range: [0, null] }),
  variant("DiceLoss(multiclass,smooth=1)", [dice({ smooth: 1 })], { ...BASE, name: "smp Dice, smoothing 1", smoothing: "1 above and below the bar" }),
  variant("DiceLoss(multiclass,class_weights=[1,2,3,4])", [dice({ weights: [1, 2, 3, 4] })], { ...BASE, name: "smp Dice, class weights 1 2 3 4", formula: "Σ w loss / Σ w over classes" }),
  variant("DiceLoss(multiclass,ignore_index=0)", [dice({ ignored: 0 })], { ...BASE, name: "smp Dice, class 0 ignored" }),
  variant("JaccardLoss(multiclass)", [{ kind: "overlap", activation: "softmax", of: (s) => dropped(s, (x) => tverskyScores(x, 1, 1, { least: LEAST }), {}) }], { ...BASE, name: "smp Jaccard", source: "segmentation_models_pytorch/losses/jaccard.py", formula: "mean over classes of 1 - I/max(P + V - I, 1e-7), 0 for absent classes" }),
  variant("TverskyLoss(multiclass,alpha=.3,beta=.7,gamma=4/3)", [tversky(0.3, 0.7, 4 / 3)], { ...BASE, name: "smp Tversky, α 0.3 β 0.7 γ 4/3", source: "segmentation_models_pytorch/losses/tversky.py", formula: "(mean over classes of 1 - I/(I + α FP + β FN))^γ, 0 for absent classes", traps: ["γ is applied after the mean over classes, not to each of them."] }),
  variant("FocalLoss(multiclass)", [{ kind: "pointwise", of: sigmoidFocal(2) }], { ...FOCAL, name: "smp focal" }),
  variant("FocalLoss(multiclass,from_logits=False)", [{ kind: "pointwise", of: sigmoidFocal(2, "log softmax") }], { ...FOCAL, name: "smp focal of probabilities", activation: "log", traps: ["The log of the probability goes through a sigmoid, p/(1 + p): not the focal loss of p."] }),
  variant("LovaszLoss(multiclass,per_image=False)", [{ kind: "lovasz", options: { activation: "softmax", perImage: false, classes: "present" } }], { ...LOVASZ, name: "smp Lovász, per batch" }),
  variant("LovaszLoss(multiclass,per_image=True)", [{ kind: "lovasz", options: { activation: "softmax", perImage: true, classes: "present" } }], { ...LOVASZ, unit: "image", name: "smp Lovász, per image" }),
  variant("LovaszLoss(multiclass,from_logits=False)[probs in]", [{ kind: "lovasz", options: { activation: "twice", perImage: false, classes: "present" } }], { ...LOVASZ, activation: "twice", name: "smp Lovász of probabilities (softmax twice)" }),
];
