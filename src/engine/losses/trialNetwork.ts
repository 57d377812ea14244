/** The trial's network and its training: the same for every trial, in editor and terminal. */
export interface TrialNetwork {
  readonly batchSize: number;
  /** Adam's learning rate. */
  readonly rate: number;
  /** Channels of each level, the finest first. */
  readonly widths: readonly number[];
}

const IMAGES: TrialNetwork = { batchSize: 8, rate: 1e-3, widths: [16, 32, 64] };
/** Convolutions of volumes cost three times as much, and a volume holds more voxels. */
const VOLUMES: TrialNetwork = { batchSize: 4, rate: 1e-3, widths: [8, 16, 32] };

export function networkFor(dimensions: number): TrialNetwork {
  return dimensions === 3 ? VOLUMES : IMAGES;
}
