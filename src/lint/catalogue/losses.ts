/** Losses of libraries: what they do with logits, labels and weights, by the options they are made with. */
import { kornia, nnunet, unet3d } from "./others";
import { keras } from "./keras";
import { optax, tensorflow } from "./logits";
import { monai } from "./monai";
import type { Made, Signature } from "./options";
import { smp } from "./smp";
import { torch } from "./torch";

export type Applied = "softmax" | "sigmoid" | "none";

export interface KnownLoss {
  readonly name: string;
  readonly signature: Signature;
  /** The activation that it applies to predictions of several channels; null: not known. */
  readonly applies: (made: Made) => Applied | null;
  /** What it does with predictions of a single channel where that is not what it does with several. */
  readonly oneChannel?: (made: Made) => "softmax ignored" | "constant" | "fails" | null;
  /** Labels are class indices, and one outside of 0 … C-1 fails. */
  readonly strict: (made: Made) => boolean;
  /** The option that names a label to leave out, where there is one. */
  readonly ignores: string | null;
  /** Its weights per class: `less` is 1 where the background's is left out. */
  readonly weights: (made: Made) => { readonly option: string; readonly less: 0 | 1 } | null;
}

const LIBRARIES: Readonly<Record<string, readonly KnownLoss[]>> = { monai, segmentation_models_pytorch: smp, torch, keras, tensorflow, optax, kornia, nnunetv2: nnunet, pytorch3dunet: unet3d };

const byPath = new Map<string, KnownLoss | null>();

/** The loss with this canonical path; null when it is not in the catalogue. */
export function knownLoss(path: string | null): KnownLoss | null {
  if (path === null) return null;
  const dot = path.indexOf(".");
  if (dot < 0) return null;
  const found = byPath.get(path);
  if (found !== undefined) return found;
  const name = path.slice(path.lastIndexOf(".") + 1);
  const top = path.slice(0, dot);
  const losses = Object.hasOwn(LIBRARIES, top) ? LIBRARIES[top]! : [];
  const loss = top === "segmentation_models_pytorch" && !path.includes(".losses.") ? null : (losses.find((l) => l.name === name) ?? null);
  // Paths come from files of any content: what is kept of them is bounded.
  if (byPath.size < 500) byPath.set(path, loss);
  return loss;
}
