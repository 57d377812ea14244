/** Sums seen otherwise: all images or classes as one, without a class or a label. */
import type { Sums } from "./sums";
import { minus, plus, sum, times, type Value } from "./tape";

/** All images as one. */
export function pooled(sums: Sums): Sums {
  const { table } = sums;
  const all = Array.from({ length: sums.images }, (_, b) => b);
  const add = (of: (b: number) => number): number => {
    let total = 0;
    for (let b = 0; b < sums.images; b++) total += of(b);
    return total;
  };
  // Each is added up once, so that its slope goes one way; plain numbers need no keeping.
  const kept = new Map<number, Value>();
  const once = (which: number, place: number, make: (b: number) => Value): Value => {
    if (sums.plain) return add(make as (b: number) => number);
    const key = which * sums.classes ** 2 + place;
    let scalar = kept.get(key);
    if (scalar === undefined) kept.set(key, (scalar = sum(all.map(make))));
    return scalar;
  };
  return {
    images: 1,
    classes: sums.classes,
    plain: sums.plain,
    table: table === undefined ? undefined : (of) => added(table(of), sums.classes),
    voxels: () => add((b) => sums.voxels(b)),
    overlap: (_, c) => once(0, c, (b) => sums.overlap(b, c)),
    predicted: (_, c) => once(1, c, (b) => sums.predicted(b, c)),
    squared: (_, c) => once(2, c, (b) => sums.squared(b, c)),
    volume: (_, c) => add((b) => sums.volume(b, c)),
    squaredVolume: (_, c) => add((b) => sums.squaredVolume(b, c)),
    confusion: (_, l, c) => once(3, l * sums.classes + c, (b) => sums.confusion(b, l, c)),
    squaredConfusion: (_, l, c) => once(4, l * sums.classes + c, (b) => sums.squaredConfusion(b, l, c)),
  };
}

/** Rows of `classes` numbers added up. */
function added(values: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(classes);
  for (let i = 0; i < values.length; i++) out[i % classes]! += values[i]!;
  return out;
}

/** Without the first class; its voxels still count for the others. A single class stays. */
export function foreground(sums: Sums): Sums {
  if (sums.classes === 1) return sums;
  const { table } = sums;
  return {
    ...sums,
    classes: sums.classes - 1,
    table: table === undefined ? undefined : (of) => table(of).filter((_, i) => i % sums.classes !== 0),
    overlap: (b, c) => sums.overlap(b, c + 1),
    predicted: (b, c) => sums.predicted(b, c + 1),
    squared: (b, c) => sums.squared(b, c + 1),
    volume: (b, c) => sums.volume(b, c + 1),
    squaredVolume: (b, c) => sums.squaredVolume(b, c + 1),
    confusion: (b, l, c) => sums.confusion(b, l + 1, c + 1),
    squaredConfusion: (b, l, c) => sums.squaredConfusion(b, l + 1, c + 1),
  };
}

/** Without the voxels whose label is `ignored`; the class stays, with no voxels. */
export function without(sums: Sums, ignored: number): Sums {
  return {
    ...sums,
    table: undefined,
    voxels: (b) => sums.voxels(b) - sums.volume(b, ignored),
    overlap: (b, c) => (c === ignored ? times(sums.overlap(b, c), 0) : sums.overlap(b, c)),
    predicted: (b, c) => minus(sums.predicted(b, c), sums.confusion(b, ignored, c)),
    squared: (b, c) => minus(sums.squared(b, c), sums.squaredConfusion(b, ignored, c)),
    volume: (b, c) => (c === ignored ? 0 : sums.volume(b, c)),
    squaredVolume: (b, c) => (c === ignored ? 0 : sums.squaredVolume(b, c)),
  };
}

/** All classes as one: Σ over them too. */
export function joined(sums: Sums): Sums {
  const all = Array.from({ length: sums.classes }, (_, c) => c);
  const add = (of: (c: number) => number): number => all.reduce((s, c) => s + of(c), 0);
  const of = (make: (b: number, c: number) => Value) => (b: number): Value => sum(all.map((c) => make(b, c)));
  return {
    images: sums.images,
    classes: 1,
    plain: sums.plain,
    voxels: (b) => sums.voxels(b) * sums.classes,
    overlap: of((b, c) => sums.overlap(b, c)),
    predicted: of((b, c) => sums.predicted(b, c)),
    squared: of((b, c) => sums.squared(b, c)),
    volume: (b) => add((c) => sums.volume(b, c)),
    squaredVolume: (b) => add((c) => sums.squaredVolume(b, c)),
    confusion: of((b, c) => sums.confusion(b, c, c)),
    squaredConfusion: of((b, c) => sums.squaredConfusion(b, c, c)),
  };
}

/** With labels t + `by` in the place of t (kornia's one-hot labels are 1e-6 and 1 + 1e-6). */
export function shifted(sums: Sums, by: number): Sums {
  return { ...sums, table: undefined, overlap: (b, c) => plus(sums.overlap(b, c), times(sums.predicted(b, c), by)), volume: (b, c) => sums.volume(b, c) + by * sums.voxels(b) };
}
