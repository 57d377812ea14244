/** All loss variants that are known. */
import { MONAI } from "./families/monai";
import { NIFTYNET } from "./families/niftynet";
import { NNUNET } from "./families/nnunet";
import { OTHERS } from "./families/others";
import { QUESTION } from "./families/question";
import { SMP } from "./families/smp";
import { TORCH } from "./families/torch";
import type { Variant } from "./loss";

export const VARIANTS: readonly Variant[] = [...QUESTION, ...OTHERS, ...NIFTYNET, ...MONAI, ...NNUNET, ...SMP, ...TORCH];

const byId = new Map(VARIANTS.map((v) => [v.id, v]));

export function variantOf(id: string): Variant | undefined {
  return byId.get(id);
}
