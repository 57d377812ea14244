/** kornia, nnU-Net and pytorch-3dunet. */
import type { KnownLoss } from "./losses";
import { option, type Signature } from "./options";

/** kornia/losses of 0.9.0: a softmax inside, labels as class indices; `ignore_index` is -100, older versions have none. */
const KORNIA: Signature = { params: [], defaults: { ignore_index: -100 } };
const classes = (name: string): KnownLoss => ({ name, signature: KORNIA, applies: () => "softmax", oneChannel: () => "constant", strict: () => true, ignores: "ignore_index", weights: () => null });
export const kornia: readonly KnownLoss[] = [classes("DiceLoss"), classes("TverskyLoss"), classes("FocalLoss"), classes("dice_loss"), classes("tversky_loss"), classes("focal_loss")];

/** nnunetv2/training/loss of 2.8.1: DC_and_CE_loss hands softmax_helper_dim1 to its Dice; regions (DC_and_BCE_loss) take a sigmoid. */
const NNUNET: Signature = { params: ["soft_dice_kwargs"], defaults: { ignore_label: null } };
export const nnunet: readonly KnownLoss[] = [
  { name: "DC_and_CE_loss", signature: NNUNET, applies: () => "softmax", strict: () => true, ignores: "ignore_label", weights: () => null },
  { name: "DC_and_BCE_loss", signature: NNUNET, applies: () => "sigmoid", strict: () => false, ignores: null, weights: () => null },
];

/** pytorch3dunet/unet3d/losses.py of 1.9: `normalization` is "sigmoid" unless given (3dunet#29). */
function normalized(name: string): KnownLoss {
  const signature: Signature = { params: [], defaults: { normalization: "sigmoid" } };
  return {
    name,
    signature,
    applies: (made) => {
      const kind = option(made, signature, "normalization")?.value;
      return kind === "softmax" || kind === "sigmoid" || kind === "none" ? kind : null;
    },
    strict: () => false,
    ignores: null,
    weights: () => null,
  };
}
export const unet3d: readonly KnownLoss[] = [normalized("DiceLoss"), normalized("GeneralizedDiceLoss"), { ...normalized("BCEDiceLoss"), applies: () => "sigmoid" }];
