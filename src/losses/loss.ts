/** What a loss variant is: a description, and terms from which its value and its gradient follow. */
import type { Activation } from "./activation";
import { lovaszTerm, type LovaszOptions } from "./lovasz";
import type { Pointwise } from "./pointwise";
import { overlapTerm, type Sums } from "./sums";
import type { Value } from "./tape";
import type { OverlapForm, PointwiseForm, SpatialForm } from "./terms";
import type { Voxels } from "./voxels";

/** `of` computes it; `form` is what that follows from, and the code that is copied. */
export type Term =
  | { readonly kind: "overlap"; readonly activation: Activation; readonly of: (sums: Sums) => Value; readonly form: OverlapForm; readonly scale?: number }
  | { readonly kind: "pointwise"; readonly of: Pointwise; readonly form: PointwiseForm; readonly scale?: number }
  | { readonly kind: "lovasz"; readonly options: LovaszOptions; readonly scale?: number }
  /** Looks at neighbouring voxels: needs whole arrays. */
  | { readonly kind: "spatial"; readonly of: Pointwise; readonly form: SpatialForm; readonly scale?: number };

/** Over what the volumes and overlaps are summed: each image, the batch (per class), or everything, classes too. */
export type Unit = "image" | "batch" | "all" | "voxel";

export interface Variant {
  /** As reference_vectors of the conformance set spell it, e.g. "monai.DiceLoss(softmax,include_background=True,batch=False)". */
  readonly id: string;
  /** For people: "MONAI Dice, per image". */
  readonly name: string;
  /** Formula in plain characters; I = Σ p t, P = Σ p, V = Σ t. */
  readonly formula: string;
  /** Where the formula comes from: library, file or paper. */
  readonly source: string;
  readonly unit: Unit;
  /** What the loss applies to the network's output by itself, as it is used here. */
  readonly activation: Activation;
  /** What becomes of a class that the unit lacks. */
  readonly absent: string;
  readonly smoothing: string;
  /** Least and largest value; null: no bound. */
  readonly range: readonly [number | null, number | null];
  /** Traps that those who use it fall into. */
  readonly traps?: readonly string[];
  /** Weights of the classes from their volumes in the unit (an image, or a batch). */
  readonly weights?: (volumes: readonly number[]) => readonly number[];
  /** Only for this many classes (a list of class weights). */
  readonly classes?: number;
  readonly terms: readonly Term[];
}

export interface Evaluated {
  readonly value: number;
  /** With respect to the logits, laid out as they are: the derivative for one voxel of each group. Null when not asked for. */
  readonly gradient: Float64Array | null;
}

/** Why the variant does not apply to so many classes, in one sentence; null where it does. */
export function misfit(variant: Variant, classes: number): string | null {
  return variant.classes === undefined || variant.classes === classes ? null : `It is made for ${variant.classes} classes, and there are ${classes}.`;
}

/** Whether a variant needs voxels in their places. */
export function isSpatial(variant: Variant): boolean {
  return variant.terms.some((t) => t.kind === "spatial");
}

/** Value and gradient of a loss. Throws a RangeError for grouped voxels where a loss looks at neighbours. */
export function evaluate(variant: Variant, voxels: Voxels, withGradient = true): Evaluated {
  const gradient = withGradient ? new Float64Array(voxels.logits.length) : null;
  let value = 0;
  for (const term of variant.terms) value += termOf(term, voxels, gradient, variant.id);
  return { value, gradient };
}

function termOf(term: Term, voxels: Voxels, gradient: Float64Array | null, id: string): number {
  const scale = term.scale ?? 1;
  switch (term.kind) {
    case "overlap":
      return overlapTerm(voxels, term.activation, term.of, scale, gradient);
    case "pointwise":
      return term.of(voxels, scale, gradient);
    case "lovasz":
      return lovaszTerm(voxels, term.options, scale, gradient);
    case "spatial":
      if (voxels.space === null) throw new RangeError(`${id}: looks at neighbouring voxels, and needs them in their places`);
      return term.of(voxels, scale, gradient);
  }
}
