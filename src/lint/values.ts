/** What an expression of a loss function is known to be; only what class weights need. */

/** What a sum ran over: all images of a batch, or one image. */
export type Over = "batch" | "image";

export type Value =
  | { readonly kind: "number"; readonly value: number; /** the line where a 1/(0**p + eps) was written out */ readonly inverse?: Inverse }
  | { readonly kind: "labels"; /** one class of them was picked by index */ readonly oneClass: boolean; /** a single image was picked */ readonly oneImage: boolean; /** compared with == : a constant on symbolic tensors */ readonly compared: boolean; readonly numpy: boolean }
  | { readonly kind: "predictions" }
  | { readonly kind: "axes"; readonly axes: readonly number[] | { readonly from: number } }
  /** V^power + epsilon, where V is a sum over labels */
  | ({ readonly kind: "volume" } & Volume)
  | ({ readonly kind: "weights" } & Inverse)
  /** a truth value per class: where the weight is finite, or where the class is absent */
  | { readonly kind: "test"; readonly trueWhere: "present" | "absent" }
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

export const UNKNOWN: Value = { kind: "unknown" };

/** 1/(V^power + epsilon). */
export function inverse(volume: Volume, at: number): Value {
  if (volume.power !== 1 && volume.power !== 2) return UNKNOWN;
  const empty = Math.max(volume.epsilon, volume.floor);
  return { kind: "weights", power: volume.power, over: volume.over, epsilon: volume.epsilon, absent: empty > 0 ? 1 / empty : "infinite", symbolic: volume.symbolic, at };
}
