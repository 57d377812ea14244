/** What is known of the loss function that a run used. */

/** Class weights 1/V or 1/V² as a loss function computes them. */
export interface ClassWeightRule {
  /** 1 for 1/V, 2 for 1/V². */
  readonly power: 1 | 2;
  /** What V is summed over. */
  readonly over: "image" | "batch";
  /** Added to V^power before the division; 0 when nothing is. */
  readonly epsilon: number;
  /** Weight of a class with V = 0: a number (1/epsilon, or what a branch puts there), "max" for the largest finite weight; "infinite" when nothing catches it. */
  readonly absent: number | "max" | "infinite";
  /**
   * Set when the volume is computed in a way that graph mode turns into a constant (numpy on a symbolic tensor,
   * `tensor == 1`): the weight that every class then has, so that the weights cancel. Null when it runs as written.
   */
  readonly constantInGraphMode: number | null;
  /** Line of the weight's expression, from 1. */
  readonly line: number;
}

export interface LossModel {
  readonly name: string;
  /** How it was found, in a few words, e.g. "named in the compile config of checkpoints/epoch_002.keras". */
  readonly foundBy: string;
  /** The script, relative to the run's folder or absolute; null when only the name is known. */
  readonly path: string | null;
  readonly line: number | null;
  readonly endLine: number | null;
  readonly weights: ClassWeightRule | null;
}

/** Class weights on this run's labels. Arrays have one entry a class. */
export interface ClassWeights {
  /** e.g. "1/(V^2 + 1e-5)". */
  readonly formula: string;
  readonly power: 1 | 2;
  readonly epsilon: number;
  /** e.g. "validation labels". */
  readonly over: string;
  /** V: voxels per class over the whole set. */
  readonly volumes: readonly number[];
  /** Weight per class with V over the whole set; infinite ones are null. */
  readonly weights: readonly (number | null)[];
  /** Whether the loss in use weighs so (a rule was found in its code). */
  readonly inUse: boolean;
  /** Per image: mean over images of the share of the summed weight that classes absent from the image hold; null without a rule. */
  readonly absentShare: number | null;
  /** Mean number of classes that an image lacks, and of those it holds. */
  readonly absentPerImage: number;
  readonly presentPerImage: number;
  /** The same share when V is summed over batches of `batchSize` consecutive cases; only for rules over batches. */
  readonly batch: { readonly batchSize: number; readonly absentShare: number; readonly batchesLackingAClass: number; readonly batches: number } | null;
  /** Weight that each class has in graph mode when the rule turns into a constant there; null otherwise. */
  readonly constantInGraphMode: number | null;
}
