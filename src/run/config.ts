/** How a run was set up, as its files tell. */

/** A setting as its file has it: a plain value, or a list of them. */
export type Setting = string | number | boolean | null | readonly Setting[];

/** A value and the file that told it, relative to the run's folder. */
export interface Told<T> {
  readonly value: T;
  readonly by: string;
}

/** A region that the network learns as a whole (nnU-Net: "whole tumour": [1, 2, 3]); regions may overlap. */
export interface LabelRegion {
  readonly name: string;
  /** Values of the label maps that lie in it. */
  readonly labels: readonly number[];
}

/** What is known of a run's settings; null where no file tells. */
export interface RunConfig {
  /** By file, then by dotted key. Only small plain ones, and a limited number. */
  readonly facts: Readonly<Record<string, Readonly<Record<string, Setting>>>>;
  readonly batchSize: Told<number> | null;
  readonly learningRate: Told<number> | null;
  readonly lossName: Told<string> | null;
  readonly optimizer: Told<string> | null;
  readonly plannedEpochs: Told<number> | null;
  /** By class index; holes are null. */
  readonly classNames: Told<readonly (string | null)[]> | null;
  /** Label value that no score counts. */
  readonly ignoreLabel: Told<number> | null;
  /** In the order of the network's channels. */
  readonly regions: Told<readonly LabelRegion[]> | null;
  /** By class index, 0xRRGGBB. */
  readonly colours: Told<readonly (number | null)[]> | null;
}
