/** Soft skeletons (Shit et al. 2021): erosions and dilations by minima and maxima over neighbours, with the way back of the gradient. */

/** An image whose gradient is known once the steps were walked back. */
export interface Image {
  readonly values: Float64Array;
  readonly slope: Float64Array;
}

/** Steps that were taken, to be walked back in reverse order. */
export class Steps {
  private readonly back: (() => void)[] = [];

  constructor(private readonly space: readonly number[]) {}

  image(values: Float64Array): Image {
    return { values, slope: new Float64Array(values.length) };
  }

  walkBack(): void {
    for (let i = this.back.length - 1; i >= 0; i--) this.back[i]!();
  }

  skeleton(from: Image, iterations: number): Image {
    let image = from;
    let skeleton = this.ridge(image);
    for (let i = 0; i < iterations; i++) {
      image = this.erode(image);
      skeleton = this.joined(skeleton, this.ridge(image));
    }
    return skeleton;
  }

  /** What an opening takes away: relu(image - open(image)) */
  private ridge(image: Image): Image {
    const opened = this.extreme(this.erode(image), offsets(this.space.length), 1);
    const values = image.values.map((v, i) => Math.max(0, v - opened.values[i]!));
    const out = this.image(values);
    this.back.push(() => {
      for (let i = 0; i < values.length; i++) {
        if (values[i]! <= 0) continue;
        image.slope[i]! += out.slope[i]!;
        opened.slope[i]! -= out.slope[i]!;
      }
    });
    return out;
  }

  /** s + relu(d - s d) */
  private joined(skeleton: Image, delta: Image): Image {
    const s = skeleton.values;
    const d = delta.values;
    const out = this.image(s.map((v, i) => v + Math.max(0, d[i]! - v * d[i]!)));
    this.back.push(() => {
      for (let i = 0; i < s.length; i++) {
        const slope = out.slope[i]!;
        const open = d[i]! - s[i]! * d[i]! > 0;
        skeleton.slope[i]! += open ? slope * (1 - d[i]!) : slope;
        if (open) delta.slope[i]! += slope * (1 - s[i]!);
      }
    });
    return out;
  }

  /** The least of the neighbours along each axis and of the voxel itself. */
  private erode(image: Image): Image {
    const cross = offsets(this.space.length).filter((o) => o.filter((x) => x !== 0).length <= 1);
    return this.extreme(image, cross, -1);
  }

  /** The largest (sign 1) or the least (sign -1) of the voxels at these offsets; what lies outside does not count. */
  private extreme(image: Image, around: readonly (readonly number[])[], sign: 1 | -1): Image {
    const { space } = this;
    const strides = space.map((_, axis) => space.slice(axis + 1).reduce((a, b) => a * b, 1));
    const steps = around.map((o) => o.reduce((s, x, axis) => s + x * strides[axis]!, 0));
    const from = new Int32Array(image.values.length);
    const place = space.map(() => 0);
    const values = new Float64Array(image.values.length);
    for (let i = 0; i < values.length; i++) {
      let best = i;
      around.forEach((offset, k) => {
        for (let axis = 0; axis < space.length; axis++) {
          const x = place[axis]! + offset[axis]!;
          if (x < 0 || x >= space[axis]!) return;
        }
        const at = i + steps[k]!;
        if (sign * image.values[at]! > sign * image.values[best]!) best = at;
      });
      from[i] = best;
      values[i] = image.values[best]!;
      for (let axis = space.length - 1; axis >= 0 && ++place[axis]! === space[axis]; axis--) place[axis] = 0;
    }
    const out = this.image(values);
    this.back.push(() => {
      for (let i = 0; i < from.length; i++) image.slope[from[i]!]! += out.slope[i]!;
    });
    return out;
  }
}

/** All neighbours and the voxel itself, as steps of -1, 0 or 1 along each axis. */
function offsets(axes: number): number[][] {
  let out: number[][] = [[]];
  for (let axis = 0; axis < axes; axis++) out = out.flatMap((o) => [-1, 0, 1].map((x) => [...o, x]));
  return out;
}
