/** Filters along every axis of space, as MONAI's MeanFilter and GaussianFilter apply them: zeros lie outside. */
import { NdArray } from "./ndarray";
import { size } from "./shapes";

/** (B, C, …), the kernel of odd length along each axis of space; a constant. */
export function filtered(x: NdArray, kernel: readonly number[]): NdArray {
  const tail = (kernel.length - 1) / 2;
  let from = x.values;
  for (let axis = 2; axis < x.shape.length; axis++) {
    const extent = x.shape[axis]!;
    const stride = size(x.shape.slice(axis + 1));
    const to = new Float64Array(from.length);
    for (let i = 0; i < from.length; i++) {
      const at = Math.floor(i / stride) % extent;
      let total = 0;
      for (let k = -tail; k <= tail; k++) if (at + k >= 0 && at + k < extent) total += kernel[k + tail]! * from[i + k * stride]!;
      to[i] = total;
    }
    from = to;
  }
  return NdArray.of({ shape: x.shape, values: from });
}

/** The normal distribution over each voxel, four standard deviations to either side. */
export function gaussian(sigma: number): number[] {
  const tail = Math.trunc(Math.max(sigma * 4, 0.5) + 0.5);
  const t = Math.SQRT1_2 / Math.abs(sigma);
  return Array.from({ length: 2 * tail + 1 }, (_, i) => Math.max(0, 0.5 * (erf(t * (i - tail + 0.5)) - erf(t * (i - tail - 0.5)))));
}

/** Its series near 0, its continued fraction far from it. */
function erf(x: number): number {
  const a = Math.abs(x);
  if (a > 3) {
    let fraction = 0;
    for (let k = 60; k >= 1; k--) fraction = k / 2 / (a + fraction);
    return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
  }
  let term = x;
  let sum = x;
  for (let n = 1; n < 80; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
