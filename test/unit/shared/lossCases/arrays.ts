/** Arrays as the conformance cases spell them. */
import assert from "node:assert/strict";
import type { Numbers } from "../../../../src/losses/libraries/ndarray";
import type { OptionValue } from "../../../../src/losses/libraries/options";

export interface Spelled {
  readonly shape: readonly number[];
  readonly data: unknown;
}

export const isSpelled = (value: unknown): value is Spelled => typeof value === "object" && value !== null && "shape" in value && "data" in value;

/** Nested lists of numbers, null and "NaN" for NaN. */
export function flat(values: unknown): number[] {
  const list: unknown[] = Array.isArray(values) ? (values as unknown[]).flat(Infinity) : [values];
  return list.map((x) => (x === null || x === "NaN" ? NaN : Number(x)));
}

export function array(value: unknown): Numbers {
  if (isSpelled(value)) return { shape: value.shape, values: Float64Array.from(flat(value.data)) };
  const shape: number[] = [];
  for (let at: unknown = value; Array.isArray(at); at = (at as unknown[])[0]) shape.push(at.length);
  return { shape, values: Float64Array.from(flat(value)) };
}

/** An option as data: tensors are lists. */
export function option(value: unknown): OptionValue {
  return (isSpelled(value) ? value.data : value) as OptionValue;
}

/** Within `relative` of the wanted, or `absolute`; NaN where NaN is wanted. */
export function close(got: ArrayLike<number>, wanted: readonly number[], relative: number, absolute: number): void {
  assert.equal(got.length, wanted.length, `${got.length} numbers, not ${wanted.length}`);
  wanted.forEach((w, i) => {
    const g = got[i]!;
    assert.ok(Number.isNaN(w) ? Number.isNaN(g) : Math.abs(g - w) <= relative * Math.abs(w) + absolute, `number ${i}: ${g}, reference ${w}`);
  });
}
