/**
 * Generalized Wasserstein Dice (Fidon et al. 2017) as MONAI up to 1.5 computes it: the true positives of an image add up
 * over all images of the batch, at the same places (two arrays of unlike rank are multiplied). MONAI 1.6 keeps images apart.
 */
import { activated, backward } from "../activation";
import type { Pointwise } from "../pointwise";

const S = 1e-5;

/** `distances`: between classes, 0 to 1, [label][predicted]. */
export function wassersteinDice(mode: "default" | "GDL", distances: (classes: number) => readonly (readonly number[])[]): Pointwise {
  return (voxels, scale, gradient) => {
    const { images, classes } = voxels;
    const n = voxels.size / images;
    const m = distances(classes);
    const p = activated(voxels, "softmax");
    const error = new Float64Array(voxels.size); // δ: mean distance of what is predicted from the label
    for (let g = 0; g < voxels.size; g++) for (let c = 0; c < classes; c++) error[g]! += m[voxels.label[g]!]![c]! * p[g * classes + c]!;
    const bySlope = new Float64Array(voxels.size);
    let total = 0;
    for (let b = 0; b < images; b++) {
      const alpha = alphas(mode, voxels.label.subarray(b * n, (b + 1) * n), classes);
      let hits = 0;
      let own = 0;
      let under = 0;
      for (let i = 0; i < n; i++) {
        const a = alpha[voxels.label[b * n + i]!]!;
        own += error[b * n + i]!;
        for (let other = 0; other < images; other++) {
          hits += a * (1 - error[other * n + i]!);
          under += a * (2 - error[other * n + i]!);
        }
      }
      const over = 2 * hits + S;
      const below = (mode === "GDL" ? under : 2 * hits + own) + S;
      total += (1 - over / below) / images;
      for (let i = 0; i < n; i++) {
        const a = alpha[voxels.label[b * n + i]!]!;
        for (let other = 0; other < images; other++) bySlope[other * n + i]! += (scale * ((2 * a) / below - (over / below ** 2) * (mode === "GDL" ? a : 2 * a))) / images;
        if (mode === "default") bySlope[b * n + i]! += (scale * over) / below ** 2 / images;
      }
    }
    if (gradient !== null) {
      const slope = new Float64Array(p.length);
      for (let g = 0; g < voxels.size; g++) for (let c = 0; c < classes; c++) slope[g * classes + c] = bySlope[g]! * m[voxels.label[g]!]![c]!;
      backward(voxels, "softmax", slope, gradient);
    }
    return scale * total;
  };
}

function alphas(mode: "default" | "GDL", labels: Int32Array, classes: number): number[] {
  if (mode === "default") return Array.from({ length: classes }, (_, l) => (l === 0 ? 0 : 1));
  const volumes = new Array<number>(classes).fill(0);
  for (const l of labels) volumes[l]!++;
  return volumes.map((v) => 1 / (v + 1));
}
