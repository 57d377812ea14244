/** A small U-Net for images of two or three dimensions, with or without batch normalisation. */
import { convolution, convolution3d, cut, grow, joined, normalised, padded, pool, type Layer, type Statistics } from "./layers";
import { random } from "../random";
import type { Tensor, Tensorflow } from "./tensorflow";

export interface Plan {
  readonly dimensions: 2 | 3;
  readonly channels: number;
  readonly classes: number;
  readonly batchNorm: boolean;
  /** Channels of each level, the finest first; each further level halves the extents. */
  readonly widths: readonly number[];
}

export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Block {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: 1 | 3;
  /** The last one gives logits: no ReLU, nothing normalised. */
  readonly last: boolean;
}

/** Convolutions in the order in which they are passed: two a level down and at the bottom, two a level up, and the logits. */
function blocks({ widths, channels, classes }: Plan): Block[] {
  const out: Block[] = [];
  const add = (inputs: number, outputs: number, last = false): unknown => out.push({ inputs, outputs, kernel: last ? 1 : 3, last });
  widths.forEach((width, level) => {
    add(level === 0 ? channels : widths[level - 1]!, width);
    add(width, width);
  });
  for (let level = widths.length - 2; level >= 0; level--) {
    add(widths[level]! + widths[level + 1]!, widths[level]!);
    add(widths[level]!, widths[level]!);
  }
  add(widths[0]!, classes, true);
  return out;
}

/** Weights to start from, the same for the same seed: He's uniform numbers, biases 0. */
export function initialParameters(plan: Plan, seed: number): Parameter[] {
  const next = random(seed * 7919 + 13);
  return blocks(plan).flatMap(({ inputs, outputs, kernel, last }) => {
    const near = plan.dimensions === 3 ? kernel * inputs : inputs;
    const area = kernel ** plan.dimensions;
    const limit = Math.sqrt(6 / (area * inputs));
    const shape = [kernel, kernel, near, outputs];
    const weights = Float32Array.from({ length: kernel * kernel * near * outputs }, () => (2 * next() - 1) * limit);
    const list: Parameter[] = [
      { shape, values: weights },
      { shape: [outputs], values: new Float32Array(outputs) },
    ];
    if (plan.batchNorm && !last) list.push({ shape: [outputs], values: new Float32Array(outputs).fill(1) }, { shape: [outputs], values: new Float32Array(outputs) });
    return list;
  });
}

/** How batch normalisation is done: by the batch, each layer's statistics being handed to `seen`; or by known ones. */
export type Mode = { readonly training: true; readonly seen: (layer: number, of: Statistics) => void } | { readonly training: false; readonly known: readonly Statistics[] };

export interface Passed {
  /** (B, spatial…, classes) */
  readonly logits: Tensor;
  /** From the slope of a loss with respect to the logits to those with respect to the parameters, in their order. */
  readonly back: (slope: Tensor) => Tensor[];
}

/** Images (B, spatial…, channels) of any extents through the network. Called within tf.tidy. */
export function pass(tf: Tensorflow, plan: Plan, parameters: readonly Tensor[], images: Tensor, mode: Mode): Passed {
  const list = blocks(plan);
  const backs: ((slope: Tensor) => Tensor)[] = [];
  const gradients: Tensor[] = [];
  let at = 0;
  let layer = 0;
  /** One layer more; its parameters are the next ones. */
  const through = (count: number, of: (own: readonly Tensor[]) => Layer): Tensor => {
    const first = at;
    const { value, back } = of(parameters.slice(first, (at += count)));
    backs.push((slope) => {
      const { input, parameters: own } = back(slope);
      own.forEach((gradient, i) => (gradients[first + i] = gradient));
      return input;
    });
    return value;
  };
  const block = (input: Tensor): Tensor => {
    const mine = layer++;
    const { last } = list[mine]!;
    const normal = plan.batchNorm && !last;
    const out = through(2, ([w, b]) => (plan.dimensions === 2 ? convolution : convolution3d)(tf, input, w!, b!, !normal && !last));
    if (!normal) return out;
    const known = mode.training ? null : mode.known[mine]!;
    return through(2, ([gamma, beta]) => normalised(tf, out, gamma!, beta!, known, (of) => {
      if (mode.training) mode.seen(mine, of);
    }));
  };
  /** Slopes of what goes past the coarser levels, from the last to the first. */
  const past: Tensor[] = [];
  const skips: Tensor[] = [];
  const [whole, crop] = fitted(tf, plan, images);
  let x = whole;
  plan.widths.forEach((_, level) => {
    if (level > 0) {
      skips.push(x);
      backs.push((slope) => tf.add(slope, past.pop()!));
      const from = x;
      x = through(0, () => pool(tf, from));
    }
    x = block(block(x));
  });
  for (let skip = skips.pop(); skip !== undefined; skip = skips.pop()) {
    const coarse = x;
    const grown = through(0, () => grow(tf, coarse));
    const axis = skip.rank - 1;
    const channels = skip.shape[axis]!;
    backs.push((slope) => {
      past.push(cut(tf, slope, axis, 0, channels));
      return cut(tf, slope, axis, channels, slope.shape[axis]! - channels);
    });
    x = block(block(joined(tf, [skip, grown])));
  }
  const out = block(x);
  const back = (slope: Tensor): Tensor[] => {
    backs.reduceRight((s, of) => of(s), crop.back(slope));
    return gradients;
  };
  return { logits: crop.of(out), back };
}

/** Images padded with zeros to extents that can be halved at each level, and what takes the logits back to the extents. */
function fitted(tf: Tensorflow, plan: Plan, images: Tensor): readonly [Tensor, { readonly of: (logits: Tensor) => Tensor; readonly back: (slope: Tensor) => Tensor }] {
  const space = images.shape.slice(1, -1);
  const step = 2 ** (plan.widths.length - 1);
  const missing = space.map((n) => (step - (n % step)) % step);
  const fill = (x: Tensor): Tensor => missing.reduce((t, m, i) => padded(tf, t, i + 1, 0, m), x);
  const of = (logits: Tensor): Tensor => missing.reduce((t, m, i) => (m === 0 ? t : cut(tf, t, i + 1, 0, space[i]!)), logits);
  return [fill(images), { of, back: fill }];
}
