/**
 * MONAI's losses, from monai/losses/*.py of 1.6.1. What is said here holds from 0.9 on; what came later is named with its version.
 * `weight` of DiceLoss, and of both parts of DiceCELoss and DiceFocalLoss, came with 1.3 (MONAI#7065); `ignore_index` is in 1.6.1, older versions have none.
 */
import type { KnownLoss } from "./losses";
import { DIFFERS, isOn, type Made, type Signature } from "./options";

const ACTIVATIONS = ["sigmoid", "softmax", "other_act"] as const;
const FIRST = ["include_background", "to_onehot_y", ...ACTIVATIONS] as const;
const COMMON = { include_background: true, to_onehot_y: false, sigmoid: false, softmax: false, other_act: null, ignore_index: null, weight: null } as const;

function applies(signature: Signature): KnownLoss["applies"] {
  return (made) => {
    const [sigmoid, softmax, other] = ACTIVATIONS.map((name) => isOn(made, signature, name));
    if (other !== false) return null;
    if (softmax === true) return "softmax";
    if (sigmoid === true) return "sigmoid";
    return softmax === false && sigmoid === false ? "none" : null;
  };
}

const oneHot =
  (signature: Signature): KnownLoss["strict"] =>
  (made) =>
    isOn(made, signature, "to_onehot_y") === true;

/** With the background left out, one weight less: dice.py "the weight should not include the background category class 0". */
function foreground(signature: Signature, option: string): KnownLoss["weights"] {
  return (made) => {
    const background = isOn(made, signature, "include_background");
    return background === null ? null : { option, less: background ? 0 : 1 };
  };
}

function overlap(name: string, params: readonly string[], weights: "foreground" | "classes" | null, more: Signature["defaults"] = {}): KnownLoss {
  const signature: Signature = { params, defaults: { ...COMMON, ...more } };
  return {
    name,
    signature,
    applies: applies(signature),
    // "single channel prediction, `softmax=True` ignored."
    oneChannel: (made) => (isOn(made, signature, "softmax") === true ? "softmax ignored" : null),
    strict: oneHot(signature),
    ignores: "ignore_index",
    weights: weights === null ? () => null : weights === "classes" ? () => ({ option: "weight", less: 0 }) : foreground(signature, "weight"),
  };
}

const FOCAL: Signature = { params: ["include_background", "to_onehot_y", "gamma"], defaults: { include_background: true, to_onehot_y: false, use_softmax: false, ignore_index: null, weight: null, gamma: DIFFERS } };

/** A sigmoid for each class unless use_softmax=True (MONAI#6544, in 1.2; a sigmoid always before). */
const focal: KnownLoss = {
  name: "FocalLoss",
  signature: FOCAL,
  applies: (made: Made) => {
    const softmax = isOn(made, FOCAL, "use_softmax");
    return softmax === null ? null : softmax ? "softmax" : "sigmoid";
  },
  oneChannel: (made) => (isOn(made, FOCAL, "use_softmax") === true ? "constant" : null),
  strict: oneHot(FOCAL),
  ignores: "ignore_index",
  weights: foreground(FOCAL, "weight"),
};

export const monai: readonly KnownLoss[] = [
  overlap("DiceLoss", [...FIRST, "squared_pred", "jaccard", "reduction"], "foreground"),
  overlap("MaskedDiceLoss", [...FIRST, "squared_pred", "jaccard", "reduction"], "foreground"),
  overlap("GeneralizedDiceLoss", [...FIRST, "w_type", "reduction"], null),
  overlap("TverskyLoss", [...FIRST, "alpha", "beta", "reduction"], null),
  // The cross-entropy is handed all of it, the Dice weight[1:] (MONAI#7729), since it has a `weight`.
  overlap("DiceCELoss", [...FIRST, "squared_pred", "jaccard", "reduction"], "classes"),
  overlap("DiceFocalLoss", [...FIRST, "squared_pred", "jaccard", "reduction"], "foreground"),
  overlap("GeneralizedDiceFocalLoss", [...FIRST, "w_type", "reduction"], "foreground"),
  overlap("HausdorffDTLoss", ["alpha", ...FIRST], null, { include_background: false }),
  focal,
];
