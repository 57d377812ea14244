/** Which variants are compared: the run's own loss first, then those that tell the most. */
import type { ClassWeightRule, LossModel, RunConfig } from "../run";
import { constant, formula, V, weightsOf, whenPresent, type Formula } from "./formula";
import { generalized, lossOf } from "./forms";
import type { Variant } from "./loss";
import { overlap } from "./terms";
import { variantOf } from "./variants";

/** Compared unless the user chooses others: the question's and the answer's losses, and the ones that people reach for. */
export const USUAL: readonly string[] = [
  "port.manu_intended",
  "port.manu_tf1",
  "port.manu_per_image_eps",
  "port.ben_so",
  "port.ce",
  "monai.DiceCELoss(softmax)",
  "nnunet.DC_and_CE_loss(default trainer: smooth=1e-5,do_bg=False,batch_dice=False)",
  "niftynet.DicePlusXEnt()",
  "niftynet.GDSC({'type_weight': 'Square'})",
  "monai.GeneralizedDiceLoss(softmax,w_type=square,batch=False)",
  "monai.DiceLoss(softmax,include_background=True,batch=False)",
  "monai.DiceLoss(softmax,include_background=True,batch=True)",
  "3dunet.DiceLoss(softmax)",
  "smp.DiceLoss(multiclass)",
  "smp.LovaszLoss(multiclass,per_image=False)",
  "monai.FocalLoss(softmax)",
  "port.focal_tversky",
  "port.keras_dice",
];

/** Names that stand for one loss, whatever its library spells around them. */
const NAMED: readonly (readonly [RegExp, string])[] = [
  [/^(sparse_?)?categorical_?cross_?entropy$|^cross_?entropy(_?loss)?$/, "port.ce"],
  [/^dice_?ce_?loss$/, "monai.DiceCELoss(softmax)"],
  [/^dice_?focal_?loss$/, "monai.DiceFocalLoss(softmax)"],
  [/^dc_?and_?ce_?loss$/, "nnunet.DC_and_CE_loss(default trainer: smooth=1e-5,do_bg=False,batch_dice=False)"],
  [/^dice$/, "port.keras_dice"],
];

/** The run's own loss as a variant: from the class weights in its code, or by its name. Null where neither tells. */
export function ownVariant(loss: LossModel | null, config: RunConfig | null | undefined): Variant | null {
  if (loss?.weights != null) return weighted(loss, loss.weights);
  const name = (loss?.name ?? config?.lossName?.value ?? "").replace(/^.*[.>]/, "").toLowerCase();
  const id = NAMED.find(([pattern]) => pattern.test(name))?.[1];
  return id === undefined ? null : (variantOf(id) ?? null);
}

function weighted(loss: LossModel, rule: ClassWeightRule): Variant {
  const always = rule.constantInGraphMode;
  const weights = always === null ? weightsBy(rule).named("weights") : weightsBy(rule);
  const batch = rule.over === "batch" || always !== null;
  const formula = `w = 1/(V${rule.power === 2 ? "²" : ""}${rule.epsilon === 0 ? "" : ` + ${rule.epsilon}`}), V over ${rule.over === "batch" ? "the batch" : "the image"}`;
  return {
    id: "own",
    name: `${loss.name}, this run's loss`,
    formula: `1 - 2 Σ w I / Σ w (P + V), ${always === null ? formula : `all w are ${plain(always)} in graph mode and cancel`}`,
    source: loss.path === null ? loss.foundBy : `${loss.path}${loss.line === null ? "" : `:${loss.line}`}`,
    unit: always !== null ? "all" : batch ? "batch" : "image",
    activation: "softmax",
    absent: always !== null ? "no part of its own" : typeof rule.absent === "number" ? `weight ${plain(rule.absent)}` : rule.absent === "max" ? "the largest weight of the classes that are there" : "an infinite weight",
    smoothing: "none",
    range: [0, 1],
    weights: weightsOf(weights),
    terms: [overlap(lossOf(generalized(weights)), { over: batch ? "batch" : "image" })],
  };
}

/** 1e5 is not 99999.99999999999. */
function plain(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function weightsBy({ constantInGraphMode: always, power, epsilon, absent }: ClassWeightRule): Formula {
  if (always !== null) return constant("WEIGHT", Number(plain(always)), "of every class: volumes are 0 in graph mode, and the weights cancel");
  const volume = power === 1 ? V : V.power(power);
  const inverse = formula(1).over(epsilon === 0 ? volume : volume.plus(constant("EPSILON", epsilon, "beside the volume")));
  if (absent === "max") {
    const finite = whenPresent(inverse, 0).named("inverse");
    return whenPresent(finite, finite.largest());
  }
  // What the formula itself gives for V = 0 needs no branch.
  const bare = epsilon === 0 ? Infinity : 1 / epsilon;
  const wanted = absent === "infinite" ? Infinity : absent;
  if (wanted === bare || Math.abs(wanted / bare - 1) < 1e-9) return inverse;
  return whenPresent(inverse, constant("ABSENT", wanted, `weight of a class that is absent`));
}

/** Variants to compare: the run's own first, then `ids`; each once. Throws a RangeError for a name that is not known. */
export function chosen(own: Variant | null, ids: readonly string[] = USUAL): Variant[] {
  const list = ids.map((id) => {
    const variant = id === own?.id ? own : variantOf(id);
    if (variant === undefined) throw new RangeError(`losses: no variant is called ${JSON.stringify(id)}`);
    return variant;
  });
  return [...(own === null ? [] : [own]), ...list.filter((v) => v !== own)].filter((v, i, all) => all.findIndex((other) => other.id === v.id) === i);
}
