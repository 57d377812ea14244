/** A curve that a run logged. */

export type Split = "train" | "val" | "test";
export type Quantity = "loss" | "accuracy" | "dice" | "iou" | "lr" | "other";

/** What a tag says about its series. */
export interface Role {
  readonly split: Split | null;
  readonly quantity: Quantity;
  /** Class index where the tag names one, else null. A class named by a word counts by the names' order until the run's own names are known. */
  readonly class: number | null;
  /** The class's name as the tag writes it, where it does. */
  readonly className?: string;
}

/**
 * One tag over all files of its run that continue each other, after restarts have truncated it.
 * `steps` ascend; what was logged twice at a step stands twice. `values` may hold NaN and infinities (that is what was logged).
 */
export interface Series extends Role {
  /** As the file calls it. */
  readonly tag: string;
  /** The file that holds its newest point, relative to the run's folder. */
  readonly source: string;
  /** What `steps` count. */
  readonly unit: "epoch" | "step";
  readonly steps: Float64Array;
  readonly values: Float64Array;
  /** Line of each point in `source`, from 1; null where the format has no lines. */
  readonly lines: Uint32Array | null;
  /** Seconds since 1970; null where the format does not tell. */
  readonly wallTimes: Float64Array | null;
  /** The log that tells the same more exactly, where this is printed text: shown as what it is, and not judged a second time. */
  readonly repeats?: string;
  /** How often points were given up because the training went back to an earlier step. */
  readonly restarts: number;
}
