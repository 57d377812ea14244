/** Whether a loss leaves the range of 32-bit or 16-bit floating point on given labels. */
import type { Pull } from "./analyse";

export interface Precision {
  /** What leaves the range, in a few words each; empty where nothing does. */
  readonly float32: readonly string[];
  readonly float16: readonly string[];
}

interface Format {
  readonly largest: number;
  /** The least number above 0 (subnormal). */
  readonly least: number;
}

const FLOAT32: Format = { largest: 3.4028234663852886e38, least: 1.401298464324817e-45 };
const FLOAT16: Format = { largest: 65504, least: 5.960464477539063e-8 };

/** `sums`: whether the loss adds up voxels at all. `volumes`: by image or batch and class; `weights`: all that the loss gives to them. */
export function precisionOf(sums: boolean, volumes: readonly (readonly number[])[], weights: readonly number[], pulls: readonly Pull[]): Precision {
  const voxels = Math.max(...volumes.map((v) => v.reduce((a, b) => a + b, 0)));
  const largest = Math.max(...volumes.flat());
  // The least sum that a class's gradient comes to, spread over the voxels that have it.
  const slope = Math.min(...pulls.map((p) => p.norms.reduce((a, b) => a + b, 0))) / Math.max(1, voxels);
  const check = (format: Format): string[] => {
    const out: string[] = [];
    if (sums && largest > format.largest) out.push(`a sum of ${largest.toExponential(1)} voxels overflows`);
    if (weights.some((w) => w > format.largest)) out.push(`a weight of ${Math.max(...weights).toExponential(1)} overflows`);
    const small = Math.min(...weights.filter((w) => w > 0));
    if (Number.isFinite(small) && small < format.least) out.push(`a weight of ${small.toExponential(1)} becomes 0`);
    if (slope > 0 && slope < format.least) out.push(`the gradient of a voxel, ${slope.toExponential(1)}, becomes 0`);
    return out;
  };
  return { float32: check(FLOAT32), float16: check(FLOAT16) };
}
