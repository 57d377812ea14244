/** Levels of the trial's network, its batches and learning rate: the same for every trial, in editor and terminal. */
export const NETWORK = { batchSize: 8, rate: 1e-3, widths: [16, 32, 64] } as const;

/** Of volumes, whose convolutions cost three times as much and whose images hold more voxels. */
const VOLUMES = { batchSize: 4, rate: 1e-3, widths: [8, 16, 32] } as const;

export function networkFor(dimensions: number): { readonly batchSize: number; readonly rate: number; readonly widths: readonly number[] } {
  return dimensions === 3 ? VOLUMES : NETWORK;
}
