/** What a loss looks at: voxels with logits and labels. Voxels that are alike are one group, so that a label map with a simple prediction is a handful of them. */

export interface Voxels {
  readonly images: number;
  readonly classes: number;
  /** Number of groups; the arrays below have one entry a group. */
  readonly size: number;
  /** Image of each group, 0 to images - 1. */
  readonly image: Int32Array;
  /** Class of the label, 0 to classes - 1; 0 or 1 where there is a single class (sigmoid). */
  readonly label: Int32Array;
  /** Voxels in each group. */
  readonly count: Float64Array;
  /** Logits, group by group: logits[g * classes + c]. */
  readonly logits: Float64Array;
  /** Where every voxel is a group of its own: the extents of an image, row-major. Null for groups: losses that look at neighbours need it. */
  readonly space: readonly number[] | null;
  /** Labels that are no one-hot: target[g * classes + c]. */
  readonly target?: Float64Array;
}

/** Arrays as PyTorch has them: logits (B, C, …), labels (B, …) of class indices. */
export function voxelsOf(logits: ArrayLike<number>, labels: ArrayLike<number>, shape: readonly number[]): Voxels {
  const [images = 0, classes = 0, ...space] = shape;
  const n = space.reduce((a, b) => a * b, 1);
  const size = images * n;
  if (images < 1 || classes < 1 || logits.length !== size * classes || labels.length !== size) throw new RangeError(`losses: ${logits.length} logits and ${labels.length} labels do not fill the shape (${shape.join(", ")})`);
  const highest = classes === 1 ? 1 : classes - 1;
  const image = new Int32Array(size);
  const label = new Int32Array(size);
  const own = new Float64Array(size * classes);
  for (let b = 0; b < images; b++) {
    for (let i = 0; i < n; i++) {
      const g = b * n + i;
      const value = labels[g]!;
      if (!Number.isInteger(value) || value < 0 || value > highest) throw new RangeError(`losses: label ${value} where there are ${classes} classes`);
      image[g] = b;
      label[g] = value;
      for (let c = 0; c < classes; c++) own[g * classes + c] = logits[(b * classes + c) * n + i]!;
    }
  }
  return { images, classes, size, image, label, count: new Float64Array(size).fill(1), logits: own, space };
}

/** t of a group and class: 1 where the label is the class. */
export function targetAt(voxels: Voxels, g: number, c: number): number {
  if (voxels.target !== undefined) return voxels.target[g * voxels.classes + c]!;
  return voxels.classes === 1 ? voxels.label[g]! : voxels.label[g] === c ? 1 : 0;
}

/** Gradients by group as arrays (B, C, …) again; only where each voxel is a group. */
export function gradientArray(voxels: Voxels, gradient: Float64Array): Float64Array {
  const { images, classes, size } = voxels;
  const n = size / images;
  const out = new Float64Array(gradient.length);
  for (let b = 0; b < images; b++) for (let i = 0; i < n; i++) for (let c = 0; c < classes; c++) out[(b * classes + c) * n + i] = gradient[(b * n + i) * classes + c]!;
  return out;
}
