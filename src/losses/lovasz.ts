/** Lovász-Softmax: the convex extension of the Jaccard loss (Berman, Triki and Blaschko 2018). */
import { activated, backward, type Activation } from "./activation";
import type { Voxels } from "./voxels";

export interface LovaszOptions {
  readonly activation: Activation;
  readonly perImage: boolean;
  /** present: classes that the image (or batch) holds; all: all. */
  readonly classes: "present" | "all";
  /** As kornia had it up to 0.8: the sorted labels are class numbers, not "is this class". */
  readonly rawLabels?: boolean;
}

/** Value times `scale`; adds its gradient with respect to the logits. */
export function lovaszTerm(voxels: Voxels, options: LovaszOptions, scale: number, gradient: Float64Array | null): number {
  const p = activated(voxels, options.activation);
  const slope = gradient === null ? null : new Float64Array(p.length);
  const units = options.perImage ? Array.from({ length: voxels.images }, (_, b) => b) : [null];
  let total = 0;
  for (const unit of units) {
    const members: number[] = [];
    for (let g = 0; g < voxels.size; g++) if (unit === null || voxels.image[g] === unit) members.push(g);
    const held = Array.from({ length: voxels.classes }, (_, c) => c).filter((c) => options.classes === "all" || members.some((g) => voxels.label[g] === c));
    for (const c of held) total += ofClass(voxels, p, members, c, options.rawLabels === true, scale / (units.length * held.length), slope);
  }
  if (slope !== null && gradient !== null) backward(voxels, options.activation, slope, gradient);
  return total;
}

function ofClass(voxels: Voxels, p: Float64Array, members: readonly number[], c: number, raw: boolean, scale: number, slope: Float64Array | null): number {
  const { classes } = voxels;
  const error = (g: number): number => Math.abs(p[g * classes + c]! - (voxels.label[g] === c ? 1 : 0));
  const sorted = [...members].sort((a, b) => error(b) - error(a));
  const worth = (g: number): number => (raw ? voxels.label[g]! : voxels.label[g] === c ? 1 : 0);
  const sum = members.reduce((s, g) => s + voxels.count[g]! * worth(g), 0);
  let foreground = 0;
  let background = 0;
  let before = 0;
  let total = 0;
  for (const g of sorted) {
    const n = voxels.count[g]!;
    foreground += n * worth(g);
    background += n * (1 - worth(g));
    const jaccard = 1 - (sum - foreground) / (sum + background);
    const step = jaccard - before;
    before = jaccard;
    total += scale * error(g) * step;
    if (slope !== null) slope[g * classes + c]! += ((scale * step) / n) * (voxels.label[g] === c ? -1 : 1);
  }
  return total;
}
