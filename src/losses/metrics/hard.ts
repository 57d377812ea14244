/** Counts of hard labels (0 or 1 in a channel for each class), which the Dice metrics of libraries are made of. */
import type { Numbers } from "../libraries/ndarray";
import { size } from "../libraries/shapes";

/** One number for each image and class, image by image. */
export interface Table {
  readonly images: number;
  readonly classes: number;
  readonly values: Float64Array;
}

/** Sums over the voxels of each image and class. */
export interface Counts {
  readonly images: number;
  readonly classes: number;
  readonly both: Float64Array;
  readonly label: Float64Array;
  readonly predicted: Float64Array;
}

/** `predicted` and `label`: (B, C, …) of one shape. `keep`: 1 where a voxel counts, (B, 1, …) or as they are; all count without it. */
export function countsOf(predicted: Numbers, label: Numbers, keep: Numbers | null = null): Counts {
  const [images = 0, classes = 0, ...space] = label.shape;
  if (predicted.shape.join() !== label.shape.join() || label.shape.length < 3) throw new RangeError(`metrics: predictions of shape (${predicted.shape.join(", ")}) and labels of shape (${label.shape.join(", ")}): (B, C, …) of both is needed`);
  const n = size(space);
  const make = (): Float64Array => new Float64Array(images * classes);
  const out: Counts = { images, classes, both: make(), label: make(), predicted: make() };
  for (let i = 0; i < label.values.length; i++) {
    const at = Math.floor(i / n);
    if (keep !== null && keep.values[keep.shape[1] === 1 ? Math.floor(at / classes) * n + (i % n) : i] === 0) continue;
    const p = predicted.values[i]!;
    const t = label.values[i]!;
    out.both[at]! += p * t;
    out.label[at]! += t;
    out.predicted[at]! += p;
  }
  return out;
}

/** Without these classes. */
export function withoutClasses(counts: Counts, left: (c: number) => boolean): Counts {
  const kept = Array.from({ length: counts.classes }, (_, c) => c).filter((c) => !left(c));
  const rows = (values: Float64Array): Float64Array => Float64Array.from({ length: counts.images * kept.length }, (_, i) => values[Math.floor(i / kept.length) * counts.classes + kept[i % kept.length]!]!);
  return { images: counts.images, classes: kept.length, both: rows(counts.both), label: rows(counts.label), predicted: rows(counts.predicted) };
}

/** Class numbers (B, …) as a channel for each class. */
export function channelsOf(labels: Numbers, classes: number): Numbers {
  const [images = 0, ...space] = labels.shape;
  const n = size(space);
  const values = new Float64Array(images * classes * n);
  labels.values.forEach((label, i) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) throw new RangeError(`metrics: label ${label} where there are ${classes} classes`);
    values[(Math.floor(i / n) * classes + label) * n + (i % n)] = 1;
  });
  return { shape: [images, classes, ...space], values };
}
