/** MONAI's losses with their options: monaiLoss("DiceLoss", { sigmoid: true, smooth_nr: 1e-6 }). Predictions (B, C, …), targets as MONAI takes them. */
import { FOCAL, unifiedFocal } from "./monaiFocal";
import { OVERLAP } from "./monaiOverlap";
import { spatial, type Version } from "./monaiSpatial";
import { library, type Defined, type LossFunction, type Options } from "./options";

const losses = (version: Version): Readonly<Record<string, Defined>> => ({ ...OVERLAP, ...FOCAL, ...spatial(version), AsymmetricUnifiedFocalLoss: unifiedFocal(version) });

const known = { "1.5": library("monai", losses("1.5")), "1.6": library("monai", losses("1.6")) };

/** A sentence where the options cannot be. `version`: the two differ in clDice, Wasserstein Dice and the unified focal loss of one channel. */
export function monaiLoss(loss: string, options: Options = {}, version: Version = "1.5"): LossFunction | string {
  return known[version](loss, options);
}
