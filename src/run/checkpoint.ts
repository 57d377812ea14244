/** Weights, measured. */

export type TensorRole =
  /** convolution, dense or embedding weights */
  | "kernel"
  | "bias"
  /** trainable scale or offset of a normalisation (gamma, beta) */
  | "norm"
  /** running mean, running variance and other state that no gradient touches */
  | "running"
  /** optimizer slots and counters */
  | "optimizer"
  /** a second copy of the weights, averaged over steps (EMA, SWA) */
  | "averaged"
  | "other";

/** Exact statistics over one tensor; min, max, mean, std, meanAbs and l2 are over its finite values, null when there are none. */
export interface TensorStats {
  /** As the file calls it. */
  readonly name: string;
  /** As the author named the layer, where the file tells; else derived from `name`. */
  readonly layer: string;
  readonly role: TensorRole;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly count: number;
  readonly zeros: number;
  readonly subnormal: number;
  readonly nan: number;
  readonly inf: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Population standard deviation. */
  readonly std: number | null;
  readonly meanAbs: number | null;
  readonly l2: number | null;
  /** Largest |change| to the same tensor in the checkpoint before; null for the first, when shape or name differ, and when a difference is not finite. */
  readonly maxAbsChange: number | null;
  /** Whether every value has the same bits as in the checkpoint before; null for the first or when shape or name differ. */
  readonly identical: boolean | null;
  /** Of the non-zero finite values, how many have a magnitude below 1e-9 (the region around 1e-10 and less). */
  readonly tiny: number;
  /** Name of an earlier tensor of the checkpoint with the same storage; it counts once, there. */
  readonly sameAs?: string;
}

export interface CheckpointMeasure {
  /** Relative to the run's folder. */
  readonly path: string;
  readonly format: string;
  /** As the log counts it; null when neither name nor content tells. */
  readonly epoch: number | null;
  readonly step: number | null;
  readonly tensors: readonly TensorStats[];
  /** Name of the loss in the compile config inside, if any. */
  readonly loss: string | null;
}
