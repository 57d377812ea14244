/** Whether two arrays can be labels and predictions of the same voxels, by shape alone. */

/** Without axes of length 1, which carry nothing. */
export const squeezed = (shape: readonly number[]): number[] => shape.filter((n) => n !== 1);

export const sameShape = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

export const without = (shape: readonly number[], axis: number): number[] => shape.filter((_, i) => i !== axis);

/** Axes of `big` whose removal leaves `small`; each may be a class axis. */
export function extraAxes(big: readonly number[], small: readonly number[]): number[] {
  if (big.length !== small.length + 1) return [];
  return big.map((_, axis) => axis).filter((axis) => sameShape(without(big, axis), small));
}

/**
 * Same voxels: equal shapes, or equal but for one class axis of either (one-hot labels, probabilities) or of both at different
 * places, axes of length 1 aside; also with the voxels of each case in one axis (N, H·W, C), as networks that end on a
 * reshape give them.
 */
export function compatible(a: readonly number[], b: readonly number[]): boolean {
  const [p, q] = [squeezed(a), squeezed(b)];
  return sameShape(p, q) || extraAxes(p, q).length > 0 || extraAxes(q, p).length > 0 || classesElsewhere(p, q) || flattened(p, q) || flattened(q, p);
}

/** As `compatible`, also for an array in Fortran order beside the same voxels with their axes called the other way round: (x, y, z) of a NIfTI file and (z, y, x) of numpy. */
export function sameVoxels(a: Arranged, b: Arranged): boolean {
  return compatible(a.shape, b.shape) || (a.header.order !== b.header.order && compatible(a.shape, [...b.shape].reverse()));
}

interface Arranged {
  readonly shape: readonly number[];
  readonly header: { readonly order: "C" | "F" };
}

/** (N, C, H, W) and (N, H, W, C); (C, H, W) and (H, W, C). */
function classesElsewhere(p: readonly number[], q: readonly number[]): boolean {
  if (p.length !== q.length || p.length < 3) return false;
  const last = p.length - 1;
  if ([[0, last], [last, 0]].some(([i, j]) => p[i!] === q[j!] && sameShape(without(p, i!), without(q, j!)))) return true;
  return p.length >= 4 && [1, p.length - 1].some((i) => [1, q.length - 1].some((j) => i !== j && p[i] === q[j] && sameShape(without(p, i), without(q, j))));
}

/** (N, H·W) or (N, H·W, C) for the cases of (N, H, W). */
function flattened(flat: readonly number[], full: readonly number[]): boolean {
  return full.length >= 3 && (flat.length === 2 || flat.length === 3) && flat[0] === full[0] && flat[1] === sizeOf(full.slice(1));
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** Whether any of the shapes is compatible; each distinct one is looked at once. */
export function fitter(shapes: readonly (readonly number[])[]): (shape: readonly number[]) => boolean {
  const distinct = [...new Map(shapes.map((shape) => [shape.join(), shape])).values()];
  const known = new Map<string, boolean>();
  return (shape) => {
    const key = shape.join();
    const answer = known.get(key) ?? distinct.some((other) => compatible(shape, other));
    known.set(key, answer);
    return answer;
  };
}
