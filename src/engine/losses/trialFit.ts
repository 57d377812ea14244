/** Cases of any extents made alike: cropped to what is labelled, and sampled down to what a short training can take. */

/** One case as it was read: spatial axes slowest first, row-major. */
export interface Case {
  readonly space: readonly number[];
  readonly labels: ArrayLike<number>;
  /** (spatial…, channels) */
  readonly image: ArrayLike<number>;
  readonly channels: number;
}

/** Extents along each axis at most: trainings of seconds see no more. */
const MOST = { 2: 48, 3: 16 } as const;
/** Share of a labelled object's extent that is kept around it, on each side. */
const MARGIN = 0.25;

/** Extents that all cases are brought to. */
export function extentsFor(cases: readonly { readonly space: readonly number[] }[]): number[] {
  const axes = cases[0]!.space.length;
  const most = axes === 3 ? MOST[3] : MOST[2];
  return Array.from({ length: axes }, (_, axis) => Math.min(most, Math.max(...cases.map((c) => c.space[axis]!))));
}

export interface Fitted {
  readonly labels: Uint8Array;
  /** Each channel with mean 0 and standard deviation 1. */
  readonly image: Float32Array;
}

/** The voxel nearest to each place of an even grid over the window. */
export function fitted({ space, labels, image, channels }: Case, to: readonly number[], background: number): Fitted {
  const window = windowOf(space, labels, to, background);
  const places = to.map((n, axis) => Array.from({ length: n }, (_, i) => window[axis]![0] + Math.floor(((i + 0.5) * (window[axis]![1] - window[axis]![0])) / n)));
  const size = to.reduce((a, b) => a * b, 1);
  const out = { labels: new Uint8Array(size), image: new Float32Array(size * channels) };
  for (let i = 0; i < size; i++) {
    let from = 0;
    for (let axis = 0, rest = i, below = size; axis < to.length; axis++) {
      below /= to[axis]!;
      from = from * space[axis]! + places[axis]![Math.floor(rest / below)]!;
      rest %= below;
    }
    out.labels[i] = labels[from]!;
    for (let c = 0; c < channels; c++) out.image[i * channels + c] = image[from * channels + c]!;
  }
  for (let c = 0; c < channels; c++) standardise(out.image, c, channels);
  return out;
}

/** First and past-the-last index of each axis: what is labelled with a margin, and at least `to` voxels where the image has them. */
function windowOf(space: readonly number[], labels: ArrayLike<number>, to: readonly number[], background: number): [number, number][] {
  const low = space.map((n) => n);
  const high = space.map(() => -1);
  for (let i = 0; i < labels.length; i++) {
    if (labels[i] === background) continue;
    for (let axis = space.length - 1, rest = i; axis >= 0; axis--) {
      const x = rest % space[axis]!;
      rest = Math.floor(rest / space[axis]!);
      if (x < low[axis]!) low[axis] = x;
      if (x > high[axis]!) high[axis] = x;
    }
  }
  return space.map((n, axis) => {
    if (high[axis]! < 0) return [0, n];
    const extent = high[axis]! + 1 - low[axis]!;
    const wanted = Math.min(n, Math.max(Math.ceil(extent * (1 + 2 * MARGIN)), to[axis]!));
    const begin = Math.max(0, Math.min(n - wanted, Math.floor(low[axis]! - (wanted - extent) / 2)));
    return [begin, begin + wanted];
  });
}

function standardise(values: Float32Array, channel: number, channels: number): void {
  const n = values.length / channels;
  let sum = 0;
  let squares = 0;
  for (let i = channel; i < values.length; i += channels) sum += values[i]!;
  const mean = sum / n;
  for (let i = channel; i < values.length; i += channels) squares += (values[i]! - mean) ** 2;
  const by = squares > 0 ? 1 / Math.sqrt(squares / n) : 0;
  for (let i = channel; i < values.length; i += channels) values[i] = (values[i]! - mean) * by;
}
