/** What an expression of a loss function is known to be; only what class weights need. */

/** What a sum ran over: all images of a batch, or one image. */
export type Over = "batch" | "image";

/**
 * How labels lie: as given; everything in one row; (voxels of the batch, classes); (classes, voxels of the batch);
 * (images, voxels, classes); (images, classes, voxels).
 */
export type Lie = "given" | "flat" | "rows" | "columns" | "imageRows" | "imageColumns";

export interface Labels {
  readonly kind: "labels";
  /** One class of them was picked, by index or comparison. */
  readonly oneClass: boolean;
  /** A single image was picked. */
  readonly oneImage: boolean;
  /** Compared with == : a constant on symbolic tensors. */
  readonly compared: boolean;
  /** Handed to numpy. */
  readonly numpy: boolean;
  readonly lie: Lie;
  /** The first two axes were exchanged. */
  readonly swapped: boolean;
}

/** Axes that are listed, and all from `from` on. */
export interface Axes {
  readonly kind: "axes";
  readonly list: readonly number[];
  readonly from: number | null;
}

export type Value =
  | { readonly kind: "number"; readonly value: number; /** an array filled with it */ readonly filled?: boolean; /** the line where a 1/(0**p + eps) was written out */ readonly inverse?: Inverse }
  | { readonly kind: "constant"; readonly value: string | boolean | null }
  | Labels
  | { readonly kind: "predictions" }
  | Axes
  /** V^power + epsilon, where V is a sum over labels */
  | ({ readonly kind: "volume" } & Volume)
  | ({ readonly kind: "weights" } & Inverse)
  /** the largest of the weights */
  | { readonly kind: "largest" }
  /** a truth value per class: where the class is present, or where it is absent (its weight not finite) */
  | { readonly kind: "test"; readonly trueWhere: "present" | "absent" }
  /** a value where classes are absent, 0 elsewhere */
  | { readonly kind: "fill"; readonly value: Value }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "unknown" };

export interface Volume {
  readonly power: number;
  readonly over: Over;
  /** Added to V^power. */
  readonly epsilon: number;
  /** V^power is at least this; 0 when nothing holds it up. */
  readonly floor: number;
  /** Graph mode turns the volume into the constant 0. */
  readonly symbolic: boolean;
  /** It was summed over one axis only: others may be left to sum over. */
  readonly partial?: boolean;
}

export interface Inverse {
  readonly power: 1 | 2;
  readonly over: Over;
  readonly epsilon: number;
  readonly absent: number | "max" | "infinite";
  readonly symbolic: boolean;
  /** Offset in the source. */
  readonly at: number;
}

export type Weights = Extract<Value, { kind: "weights" }>;
export type VolumeValue = Extract<Value, { kind: "volume" }>;

export const UNKNOWN: Value = { kind: "unknown" };
export const LABELS: Labels = { kind: "labels", oneClass: false, oneImage: false, compared: false, numpy: false, lie: "given", swapped: false };

/** 1/(V^power + epsilon). */
export function inverse(volume: Volume, at: number): Value {
  if (volume.power !== 1 && volume.power !== 2) return UNKNOWN;
  const empty = Math.max(volume.epsilon, volume.floor);
  return { kind: "weights", power: volume.power, over: volume.over, epsilon: volume.epsilon, absent: empty > 0 ? 1 / empty : "infinite", symbolic: volume.symbolic, at };
}

export function opposite(test: Extract<Value, { kind: "test" }>): Value {
  return { kind: "test", trueWhere: test.trueWhere === "present" ? "absent" : "present" };
}
