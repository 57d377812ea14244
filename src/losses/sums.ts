/** Sums over the voxels of each image and class, which every overlap loss is a function of. */
import { activated, backward, memo, type Activation } from "./activation";
import { Tape, type Scalar, type Value } from "./tape";
import { targetAt, type Voxels } from "./voxels";

export type TableName = "overlap" | "predicted" | "squared" | "volume" | "squaredVolume";

/** Sums of probabilities p and labels t (one-hot) per image b and class c. */
export interface Sums {
  readonly images: number;
  readonly classes: number;
  /** Whether all are plain numbers, nothing being derived. */
  readonly plain: boolean;
  /** Plain numbers of every image and class at once, [image * classes + class]; where they are at hand. */
  readonly table?: ((of: TableName) => Float64Array) | undefined;
  /** Voxels of an image. */
  voxels(b: number): number;
  /** Σ p t */
  overlap(b: number, c: number): Value;
  /** Σ p */
  predicted(b: number, c: number): Value;
  /** Σ t */
  volume(b: number, c: number): number;
  /** Σ p² */
  squared(b: number, c: number): Value;
  /** Σ t² */
  squaredVolume(b: number, c: number): number;
  /** Σ p of class c over the voxels whose label is l */
  confusion(b: number, l: number, c: number): Value;
  /** Σ p² of class c over the voxels whose label is l */
  squaredConfusion(b: number, l: number, c: number): Value;
}

/** As `Sums` have them, [(image * classes + label) * classes + class]. */
interface ByLabel {
  readonly confusion: Float64Array;
  readonly squaredConfusion: Float64Array;
}

interface Raw {
  readonly overlap: Float64Array;
  readonly predicted: Float64Array;
  readonly squared: Float64Array;
  readonly volume: Float64Array;
  readonly squaredVolume: Float64Array;
  readonly voxels: Float64Array;
}

const sumsOf = memo(count);
const sumsByLabel = memo(countByLabel);

function count(voxels: Voxels, activation: Activation): Raw {
  const { images, classes, size } = voxels;
  const p = activated(voxels, activation);
  const make = (): Float64Array => new Float64Array(images * classes);
  const raw: Raw = { overlap: make(), predicted: make(), squared: make(), volume: make(), squaredVolume: make(), voxels: new Float64Array(images) };
  for (let g = 0; g < size; g++) {
    const n = voxels.count[g]!;
    const b = voxels.image[g]!;
    raw.voxels[b]! += n;
    for (let c = 0; c < classes; c++) {
      const at = b * classes + c;
      const guess = p[g * classes + c]!;
      const t = targetAt(voxels, g, c);
      raw.predicted[at]! += n * guess;
      raw.squared[at]! += n * guess * guess;
      if (t === 0) continue;
      raw.overlap[at]! += n * guess * t;
      raw.volume[at]! += n * t;
      raw.squaredVolume[at]! += n * t * t;
    }
  }
  return raw;
}

function countByLabel(voxels: Voxels, activation: Activation): ByLabel {
  const { images, classes, size } = voxels;
  const p = activated(voxels, activation);
  const confusion = new Float64Array(images * classes * classes);
  const squaredConfusion = new Float64Array(images * classes * classes);
  for (let g = 0; g < size; g++) {
    const row = (voxels.image[g]! * classes + voxels.label[g]!) * classes;
    const n = voxels.count[g]!;
    for (let c = 0; c < classes; c++) {
      const guess = p[g * classes + c]!;
      confusion[row + c]! += n * guess;
      squaredConfusion[row + c]! += n * guess * guess;
    }
  }
  return { confusion, squaredConfusion };
}

/** Sums as numbers, each of them [image * classes + class]; those by label [(image * classes + label) * classes + class]. */
export interface Counted {
  readonly images: number;
  readonly classes: number;
  readonly voxels: Float64Array;
  readonly overlap: Float64Array;
  readonly predicted: Float64Array;
  readonly squared: Float64Array;
  readonly volume: Float64Array;
  readonly squaredVolume: Float64Array;
  /** Called where a loss asks for them. */
  readonly byLabel: () => ByLabel;
}

/** Derivatives with respect to the sums, laid out as they are. */
export interface SumSlopes {
  readonly overlap: Float64Array;
  readonly predicted: Float64Array;
  readonly squared: Float64Array;
  /** Null where the loss reads no sums by label. */
  readonly byLabel: ByLabel | null;
}

/** A function of the sums times `scale`, and its derivatives where asked for; without them the sums are plain numbers. */
export function throughSums(counted: Counted, of: (sums: Sums) => Value, scale: number, withSlopes: boolean): { readonly value: number; readonly slopes: SumSlopes | null } {
  if (!withSlopes) return { value: scale * Number(of(plainly(counted))), slopes: null };
  const tape = new Tape();
  const { images, classes } = counted;
  const made: { readonly which: 0 | 1 | 2 | 3 | 4; readonly index: number; readonly scalar: Scalar }[] = [];
  const kept = new Map<number, Scalar>();
  const span = images * classes * Math.max(classes, 2);
  const read = (which: 0 | 1 | 2 | 3 | 4, from: Float64Array, index: number): Scalar => {
    const key = which * span + index;
    let scalar = kept.get(key);
    if (scalar === undefined) {
      kept.set(key, (scalar = tape.number(from[index]!)));
      made.push({ which, index, scalar });
    }
    return scalar;
  };
  const total = of({
    images,
    classes,
    plain: false,
    voxels: (b) => counted.voxels[b]!,
    overlap: (b, c) => read(0, counted.overlap, b * classes + c),
    predicted: (b, c) => read(1, counted.predicted, b * classes + c),
    squared: (b, c) => read(2, counted.squared, b * classes + c),
    volume: (b, c) => counted.volume[b * classes + c]!,
    squaredVolume: (b, c) => counted.squaredVolume[b * classes + c]!,
    confusion: (b, l, c) => read(3, counted.byLabel().confusion, (b * classes + l) * classes + c),
    squaredConfusion: (b, l, c) => read(4, counted.byLabel().squaredConfusion, (b * classes + l) * classes + c),
  });
  // A number: nothing of the prediction went into it, and nothing has a slope.
  const value = scale * (typeof total === "number" ? total : total.value);
  const slopes = typeof total === "number" ? null : tape.gradient(total);
  const parts = [0, 1, 2, 3, 4].map((which) => new Float64Array(which < 3 ? images * classes : images * classes * classes));
  let byLabel = false;
  for (const { which, index, scalar } of made) {
    parts[which]![index] = scale * (slopes?.[scalar.at] ?? 0);
    byLabel ||= which > 2;
  }
  const [overlap, predicted, squared, confusion, squaredConfusion] = parts as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  return { value, slopes: { overlap, predicted, squared, byLabel: byLabel ? { confusion, squaredConfusion } : null } };
}

function plainly(counted: Counted): Sums {
  const { images, classes, voxels, overlap, predicted, squared, volume, squaredVolume, byLabel } = counted;
  return {
    images,
    classes,
    plain: true,
    table: (of) => counted[of],
    voxels: (b) => voxels[b]!,
    overlap: (b, c) => overlap[b * classes + c]!,
    predicted: (b, c) => predicted[b * classes + c]!,
    squared: (b, c) => squared[b * classes + c]!,
    volume: (b, c) => volume[b * classes + c]!,
    squaredVolume: (b, c) => squaredVolume[b * classes + c]!,
    confusion: (b, l, c) => byLabel().confusion[(b * classes + l) * classes + c]!,
    squaredConfusion: (b, l, c) => byLabel().squaredConfusion[(b * classes + l) * classes + c]!,
  };
}

/** Value of a function of the sums; its gradient with respect to the logits is added to `gradient`, times `scale`. */
export function overlapTerm(voxels: Voxels, activation: Activation, of: (sums: Sums) => Value, scale: number, gradient: Float64Array | null): number {
  const { images, classes, size } = voxels;
  const { value, slopes } = throughSums({ ...sumsOf(voxels, activation), images, classes, byLabel: () => sumsByLabel(voxels, activation) }, of, scale, gradient !== null);
  if (gradient === null || slopes === null) return value;
  const { overlap, predicted, squared, byLabel } = slopes;
  const p = activated(voxels, activation);
  const slope = new Float64Array(size * classes);
  for (let g = 0; g < size; g++) {
    const b = voxels.image[g]!;
    const row = (b * classes + (classes === 1 ? 0 : voxels.label[g]!)) * classes;
    for (let c = 0; c < classes; c++) {
      const at = b * classes + c;
      const guess = p[g * classes + c]!;
      let s = predicted[at]! + 2 * squared[at]! * guess;
      const t = targetAt(voxels, g, c);
      if (t !== 0) s += overlap[at]! * t;
      if (byLabel !== null) s += byLabel.confusion[row + c]! + 2 * byLabel.squaredConfusion[row + c]! * guess;
      slope[g * classes + c] = s;
    }
  }
  backward(voxels, activation, slope, gradient);
  return value;
}
