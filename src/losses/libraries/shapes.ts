/** Shapes of arrays: extents, axes, and places of numbers. */

export const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

export const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** An axis counted from the front; negative ones count from the end. */
export function axisOf(axis: number, rank: number): number {
  const at = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(at) || at < 0 || at >= rank) throw new RangeError(`losses: axis ${axis} of an array with ${rank} axes`);
  return at;
}

/** All axes from one on. */
export const axesFrom = (first: number, rank: number): number[] => Array.from({ length: rank - first }, (_, i) => first + i);

export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, i) => size(shape.slice(i + 1)));
}

/** Places that a walk through `shape` comes by, with these steps along its axes. */
export function walk(shape: readonly number[], steps: readonly number[]): Int32Array {
  const places = new Int32Array(size(shape));
  const at = shape.map(() => 0);
  let place = 0;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += steps[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      place -= steps[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return places;
}

/** Places that numbers of shape `from` are read at to fill `to`: axes of 1, and axes that lack in front, are repeated. */
export function repeated(from: readonly number[], to: readonly number[]): Int32Array {
  const missing = to.length - from.length;
  const strides = stridesOf(from);
  if (missing < 0 || from.some((n, i) => n !== 1 && n !== to[i + missing])) throw new RangeError(`losses: an array of shape (${from.join(", ")}) does not fit (${to.join(", ")})`);
  return walk(to, to.map((_, i) => (i < missing || from[i - missing] === 1 ? 0 : strides[i - missing]!)));
}

/** The shape that two arrays come to when axes of 1 are repeated. */
export function joint(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i + a.length - rank] ?? 1;
    const y = b[i + b.length - rank] ?? 1;
    if (x !== y && x !== 1 && y !== 1) throw new RangeError(`losses: arrays of shape (${a.join(", ")}) and (${b.join(", ")}) do not fit`);
    return x === 1 ? y : x;
  });
}
