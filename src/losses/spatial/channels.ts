/** Numbers of one class of one image in their places. */
import type { Voxels } from "../voxels";

/** Of values laid out group by group; each voxel is a group. */
export function channel(voxels: Voxels, values: Float64Array, b: number, c: number): Float64Array {
  const n = voxels.size / voxels.images;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = values[(b * n + i) * voxels.classes + c]!;
  return out;
}

export function labelChannel(voxels: Voxels, b: number, c: number): Float64Array {
  const n = voxels.size / voxels.images;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) out[i] = voxels.label[b * n + i] === c ? 1 : 0;
  return out;
}

/** Adds a channel to values laid out group by group. */
export function addChannel(voxels: Voxels, to: Float64Array, b: number, c: number, values: Float64Array): void {
  const n = voxels.size / voxels.images;
  for (let i = 0; i < n; i++) to[(b * n + i) * voxels.classes + c]! += values[i]!;
}
