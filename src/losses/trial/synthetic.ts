/** Volumes as the classic question has them: background and three small objects, each of which may be absent. */
import { split, type TrialData } from "./data";
import { gaussian, random } from "../random";

export interface SyntheticOptions {
  readonly dimensions: 2 | 3;
  /** Extent along each axis. */
  readonly side?: number;
  readonly images?: number;
  readonly seed?: number;
}

/** Mean intensity of background and objects. */
const LEVEL = [0.2, 0.45, 0.65, 0.9];
const NOISE = 0.08;
/** How often an object is there. */
const PRESENT = 0.7;

/** Ellipsoids of radius about a tenth to a fifth of the side; noise everywhere. */
export function synthetic({ dimensions, side = dimensions === 2 ? 32 : 16, images: count = dimensions === 2 ? 400 : 120, seed = 1 }: SyntheticOptions): TrialData {
  const next = random(seed);
  const space = Array.from({ length: dimensions }, () => side);
  const n = side ** dimensions;
  const images = new Float32Array(count * n);
  const labels = new Uint8Array(count * n);
  for (let b = 0; b < count; b++) {
    const objects = [1, 2, 3].filter(() => next() < PRESENT).map((label) => ({ label, centre: space.map(() => side * (0.2 + 0.6 * next())), radius: space.map(() => side * (0.1 + 0.1 * next())) }));
    for (let i = 0; i < n; i++) {
      let label = 0;
      for (const object of objects) {
        let distance = 0;
        for (let axis = 0, rest = i; axis < dimensions; axis++, rest = Math.floor(rest / side)) distance += (((rest % side) - object.centre[axis]!) / object.radius[axis]!) ** 2;
        if (distance <= 1) label = object.label;
      }
      labels[b * n + i] = label;
      images[b * n + i] = LEVEL[label]! + NOISE * gaussian(next);
    }
  }
  return { images, labels, classes: 4, channels: 1, space, background: 0, ...split(count, Math.max(1, Math.round(count / 8))), from: `synthetic ${dimensions === 2 ? "images" : "volumes"}: ${count} of ${space.join(" × ")}, background and three small objects, each absent from three in ten` };
}
