/** The penalty of MONAI's neighbour-aware calibration: logits are pulled to the shares of the classes around. */
import type { Pointwise } from "../pointwise";
import { addChannel, channel, labelChannel } from "./channels";

/** weight · mean |labels averaged over three voxels along each axis (0 outside) - logits| */
export function neighbourLogits(weight: number): Pointwise {
  return (voxels, scale, gradient) => {
    const { images, classes, size } = voxels;
    const by = (scale * weight) / (size * classes);
    let total = 0;
    for (let b = 0; b < images; b++) {
      for (let c = 0; c < classes; c++) {
        const logits = channel(voxels, voxels.logits, b, c);
        const wanted = averaged(labelChannel(voxels, b, c), voxels.space ?? []);
        const slope = new Float64Array(logits.length);
        for (let i = 0; i < logits.length; i++) {
          const off = logits[i]! - wanted[i]!;
          total += by * Math.abs(off);
          slope[i] = by * Math.sign(off);
        }
        if (gradient !== null) addChannel(voxels, gradient, b, c, slope);
      }
    }
    return total;
  };
}

function averaged(values: Float64Array, space: readonly number[]): Float64Array {
  let from = values;
  let stride = values.length;
  for (const extent of space) {
    stride /= extent;
    const to = new Float64Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const x = Math.floor(i / stride) % extent;
      to[i] = ((x > 0 ? from[i - stride]! : 0) + from[i]! + (x < extent - 1 ? from[i + stride]! : 0)) / 3;
    }
    from = to;
  }
  return from;
}
