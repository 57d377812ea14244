/** Hausdorff loss by distance transforms (Karimi and Salcudean 2019), as MONAI has it: the first class left out, α = 2. */
import { activated, backward } from "../activation";
import type { Pointwise } from "../pointwise";
import { addChannel, channel, labelChannel } from "./channels";
import { distanceInside } from "./distance";

export function hausdorffDt({ log }: { readonly log: boolean }): Pointwise {
  return (voxels, scale, gradient) => {
    const { images, classes } = voxels;
    const space = voxels.space ?? [];
    const p = activated(voxels, "softmax");
    const slope = new Float64Array(p.length);
    const channels = images * (classes - 1);
    let total = 0;
    for (let b = 0; b < images; b++) {
      for (let c = 1; c < classes; c++) {
        const guess = channel(voxels, p, b, c);
        const label = labelChannel(voxels, b, c);
        const guessed = field(guess, space);
        const labelled = field(label, space);
        const own = new Float64Array(guess.length);
        for (let i = 0; i < guess.length; i++) {
          const distance = guessed[i]! ** 2 + labelled[i]! ** 2;
          const error = guess[i]! - label[i]!;
          total += (error * error * distance) / guess.length / channels;
          own[i] = (2 * error * distance) / guess.length / channels;
        }
        addChannel(voxels, slope, b, c, own);
      }
    }
    if (gradient !== null) {
      const by = log ? scale / (total + 1) : scale;
      backward(voxels, "softmax", slope.map((s) => s * by), gradient);
    }
    return scale * (log ? Math.log1p(total) : total);
  };
}

/** Distance of every voxel to the border of the mask (> 0.5); 0 everywhere where it has none. */
export function field(values: Float64Array, space: readonly number[]): Float64Array {
  const mask = Uint8Array.from(values, (v) => (v > 0.5 ? 1 : 0));
  if (!mask.includes(1) || !mask.includes(0)) return new Float64Array(values.length);
  const inside = distanceInside(mask, space);
  const outside = distanceInside(mask.map((m) => 1 - m), space);
  return inside.map((d, i) => d + outside[i]!);
}
