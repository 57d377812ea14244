/** What a run near the linted code says of its labels: rules put these numbers into what they say. */

/** Counts of one run's labels. Arrays have one entry a class. */
export interface RunFacts {
  /** The run's name, as the user knows it. */
  readonly run: string;
  /** What was counted, e.g. "validation labels". */
  readonly over: string;
  /** Names by class index; null where none is known. */
  readonly names: readonly (string | null)[];
  /** Index of the background class; null where there is none. */
  readonly background: number | null;
  /** Labelled voxels (pixels) per class over all images. */
  readonly volumes: readonly number[];
  readonly images: number;
  /** Images that hold nothing of the class. */
  readonly imagesWithout: readonly number[];
  /** The same for batches of `size` consecutive images; null where the batch size is not known. */
  readonly batches: { readonly size: number; readonly count: number; readonly without: readonly number[] } | null;
}
