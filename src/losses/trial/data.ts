/** What a trial trains on and measures with. */
import { random, shuffled } from "../random";

export interface TrialData {
  /** (B, spatial…, channels), row-major. */
  readonly images: Float32Array;
  /** (B, spatial…): classes, 0 to `classes` - 1. */
  readonly labels: Uint8Array | Int32Array;
  readonly classes: number;
  readonly channels: number;
  /** Extents of an image: two or three. */
  readonly space: readonly number[];
  /** Index of the class that counts as background in the foreground mean. */
  readonly background: number;
  /** Images that are trained on, and images that are measured. */
  readonly train: Int32Array;
  readonly val: Int32Array;
  /** Where it comes from, in words. */
  readonly from: string;
}

/** Some images as a network takes them. */
export interface Batch {
  readonly images: Float32Array;
  /** Classes, image by image. */
  readonly labels: Int32Array;
  /** Number of images. */
  readonly size: number;
}

export function voxelsOfImage(data: Pick<TrialData, "space">): number {
  return data.space.reduce((a, b) => a * b, 1);
}

export function batchOf(data: TrialData, indices: ArrayLike<number>): Batch {
  const n = voxelsOfImage(data);
  const images = new Float32Array(indices.length * n * data.channels);
  const labels = new Int32Array(indices.length * n);
  for (let k = 0; k < indices.length; k++) {
    const i = indices[k]!;
    images.set(data.images.subarray(i * n * data.channels, (i + 1) * n * data.channels), k * n * data.channels);
    labels.set(data.labels.subarray(i * n, (i + 1) * n), k * n);
  }
  return { images, labels, size: indices.length };
}

/** Indices of training images, batch by batch, without end: the same for the same seed. The last images of a round that fill no batch are left out, as trainings do. */
export function* batches(data: TrialData, size: number, seed: number): Generator<Int32Array, never> {
  const next = random(seed);
  const per = Math.min(size, data.train.length);
  for (;;) {
    const order = shuffled(data.train.length, next);
    for (let at = 0; at + per <= order.length; at += per) yield order.slice(at, at + per).map((i) => data.train[i]!);
  }
}

/** Training and validation images: the same share of chance each time. */
export function split(images: number, val: number): { readonly train: Int32Array; readonly val: Int32Array } {
  const order = shuffled(images, random(7));
  return { train: order.slice(val).sort(), val: order.slice(0, val).sort() };
}

/** A sentence where the data cannot be trained on, else null. */
export function unusable(data: TrialData): string | null {
  const n = voxelsOfImage(data);
  const count = data.labels.length / n;
  if (data.space.length !== 2 && data.space.length !== 3) return `The trial trains on images of two or three dimensions, and these have ${data.space.length}.`;
  if (data.classes < 2) return "There is one class alone: nothing to tell apart.";
  if (!Number.isInteger(count) || data.images.length !== count * n * data.channels) return `${data.images.length} numbers of images do not fit ${data.labels.length} labels.`;
  if (data.train.length === 0 || data.val.length === 0) return `${count} ${count === 1 ? "image is" : "images are"} too few: some to train on and others to measure with are needed.`;
  for (const label of data.labels) if (label < 0 || label >= data.classes) return `A label is ${label}, and there are ${data.classes} classes.`;
  for (const x of data.images) if (!Number.isFinite(x)) return "An image holds a number that is not finite.";
  return null;
}
