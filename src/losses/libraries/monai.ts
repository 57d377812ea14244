/** MONAI's losses with their options: monaiLoss("DiceLoss", { sigmoid: true, smooth_nr: 1e-6 }). Predictions (B, C, …), targets as MONAI takes them. */
import { FOCAL, unifiedFocal } from "./monaiFocal";
import { overlaps } from "./monaiOverlap";
import type { Version } from "./monaiInputs";
import { spatial } from "./monaiSpatial";
import { library, type Defined, type LossFunction, type Options } from "./options";

const losses = (version: Version): Readonly<Record<string, Defined>> => ({ ...overlaps(version), ...FOCAL, ...spatial(version), AsymmetricUnifiedFocalLoss: unifiedFocal(version) });

const known = { "1.5": library("monai", losses("1.5")), "1.6": library("monai", losses("1.6")) };

/** A sentence where the options cannot be. `version`: the two differ in masked Dice, clDice, Wasserstein Dice and the unified focal loss of one channel. */
export function monaiLoss(loss: string, options: Options = {}, version: Version = "1.5"): LossFunction | string {
  return known[version](loss, options);
}
