/** Layers of the trial's network, channels last, each with its way back, from operations that every backend has or is given. */
import type * as core from "@tensorflow/tfjs-core";
import type { Tensor, Tensorflow } from "./tensorflow";

type Four = [number, number, number, number];

/** What a layer made, and what it takes back: a slope of the value to that of the input and those of its parameters. */
export interface Layer {
  readonly value: Tensor;
  readonly back: (slope: Tensor) => { readonly input: Tensor; readonly parameters: readonly Tensor[] };
}

/** Convolution of stride 1 that keeps the extents, a bias, and a ReLU where asked. x (B, H, W, I), w (K, K, I, O) with odd K, b (O). */
export function convolution(tf: Tensorflow, x: Tensor, w: Tensor, b: Tensor, relu: boolean): Layer {
  const value: Tensor = tf.fused.conv2d<core.Tensor4D>({ x: x as core.Tensor4D, filter: w as core.Tensor4D, strides: 1, pad: "same", bias: b, activation: relu ? "relu" : "linear" });
  const back = (slope: Tensor): ReturnType<Layer["back"]> => {
    const dy = relu ? tf.mul(slope, tf.step(value)) : slope;
    // The slope of the input is a convolution with the filter turned round; backends are quick at those.
    const turned = tf.transpose(tf.reverse(w, [0, 1]), [0, 1, 3, 2]);
    const input: Tensor = tf.conv2d<core.Tensor4D>(dy as core.Tensor4D, turned as core.Tensor4D, 1, "same");
    const filter = tf.engine().runKernel<Tensor>(tf.Conv2DBackpropFilter, { x, dy }, { strides: [1, 1], pad: "same", dataFormat: "NHWC", dimRoundingMode: undefined, filterShape: w.shape } as never);
    return { input, parameters: [filter, columnSums(tf, tf.reshape(dy, [-1, dy.shape[3]!]))] };
  };
  return { value, back };
}

/** Σ over the rows of (N, C). A product: backends are slow at sums along outer axes. */
export function columnSums(tf: Tensorflow, x: Tensor): Tensor {
  return tf.reshape(tf.matMul(tf.ones([1, x.shape[0]]), x as never), [x.shape[1]!]);
}

/** Entries `from` to `from + length` along an axis. As rows: backends cut more axes one number at a time. */
export function cut(tf: Tensorflow, x: Tensor, axis: number, from: number, length: number): Tensor {
  const { shape } = x;
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  return tf.reshape(tf.slice(tf.reshape(x, [outer, shape[axis]! * inner]), [0, from * inner], [outer, length * inner]), shape.map((n, i) => (i === axis ? length : n)));
}

/** Zeros before and after the entries of an axis. */
export function padded(tf: Tensorflow, x: Tensor, axis: number, before: number, after: number): Tensor {
  const { shape } = x;
  if (before === 0 && after === 0) return x;
  const [outer, inner] = [product(shape.slice(0, axis)), product(shape.slice(axis + 1))];
  return tf.reshape(tf.pad(tf.reshape(x, [outer, shape[axis]! * inner]), [[0, 0], [before * inner, after * inner]]), shape.map((n, i) => (i === axis ? before + n + after : n)));
}

/** Along the last axis. */
export function joined(tf: Tensorflow, parts: readonly Tensor[]): Tensor {
  const rows = parts.map((x) => tf.reshape(x, [-1, x.shape[x.rank - 1]!]));
  const channels = rows.reduce((n, r) => n + r.shape[1]!, 0);
  return tf.reshape(tf.concat(rows, 1), [...parts[0]!.shape.slice(0, -1), channels]);
}

const product = (of: readonly number[]): number => of.reduce((a, b) => a * b, 1);

/** The same for volumes: x (B, D, H, W, I), w (K, K, K·I, O). The K slices around each one become channels, so that it is a convolution of images. */
export function convolution3d(tf: Tensorflow, x: Tensor, w: Tensor, b: Tensor, relu: boolean): Layer {
  const [batch, depth, height, width, channels] = x.shape as [number, number, number, number, number];
  const kernel = w.shape[2]! / channels;
  const reach = (kernel - 1) / 2;
  const wide = padded(tf, x, 1, reach, reach);
  const near = Array.from({ length: kernel }, (_, k) => cut(tf, wide, 1, k, depth));
  const flat = tf.reshape(kernel === 1 ? x : joined(tf, near), [batch * depth, height, width, channels * kernel]);
  const { value, back } = convolution(tf, flat, w, b, relu);
  return {
    value: tf.reshape(value, [batch, depth, height, width, w.shape[3]!]),
    back: (slope) => {
      const { input, parameters } = back(tf.reshape(slope, value.shape));
      const all = tf.reshape(input, [batch, depth, height, width, channels * kernel]);
      const parts = near.map((_, k) => padded(tf, cut(tf, all, 4, k * channels, channels), 1, k, kernel - 1 - k));
      return { input: cut(tf, parts.reduce((a, part) => tf.add(a, part)), 1, reach, depth), parameters };
    },
  };
}

/** Largest of two neighbours along each axis of space; of equal ones the first gets the slope. */
export function pool(tf: Tensorflow, x: Tensor): Layer {
  return alongEach(x, (value, axis) => {
    const from = value.shape;
    const [outer, inner] = around(from, axis);
    const pairs = tf.reshape(value, [outer / 2, 2 * inner]);
    const one = cut(tf, pairs, 1, 0, inner);
    const other = cut(tf, pairs, 1, inner, inner);
    const back = (slope: Tensor): Tensor => {
      const dy = tf.reshape(slope, one.shape);
      const left = tf.mul(dy, tf.cast(tf.greaterEqual(one, other), "float32"));
      return tf.reshape(tf.concat([left, tf.sub(dy, left)], 1), from);
    };
    return [tf.reshape(tf.maximum(one, other), from.map((n, i) => (i === axis ? n / 2 : n))), back];
  });
}

/** Each voxel twice along each axis of space. */
export function grow(tf: Tensorflow, x: Tensor): Layer {
  return alongEach(x, (value, axis) => {
    const from = value.shape;
    const [outer, inner] = around(from, axis);
    const rows = tf.reshape(value, [outer, inner]);
    const back = (slope: Tensor): Tensor => {
      const pairs = tf.reshape(slope, [outer, 2 * inner]);
      return tf.reshape(tf.add(cut(tf, pairs, 1, 0, inner), cut(tf, pairs, 1, inner, inner)), from);
    };
    return [tf.reshape(tf.concat([rows, rows], 1), from.map((n, i) => (i === axis ? 2 * n : n))), back];
  });
}

/** One step for each axis of space, and the way back through all of them. */
function alongEach(x: Tensor, step: (value: Tensor, axis: number) => readonly [Tensor, (slope: Tensor) => Tensor]): Layer {
  let value = x;
  const backs: ((slope: Tensor) => Tensor)[] = [];
  for (let axis = 1; axis < x.rank - 1; axis++) {
    const [next, back] = step(value, axis);
    value = next;
    backs.push(back);
  }
  return { value, back: (slope) => ({ input: backs.reduceRight((s, back) => back(s), slope), parameters: [] }) };
}

/** Numbers up to an axis with it, and after it. */
function around(shape: readonly number[], axis: number): [number, number] {
  return [product(shape.slice(0, axis + 1)), product(shape.slice(axis + 1))];
}

/** What batch normalisation found in a batch: mean and variance of each channel. */
export interface Statistics {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** As Keras has it. */
const EPSILON = 1e-3;

/** Batch normalisation over all but the last axis, and a ReLU. `known`: running statistics in place of the batch's (no way back then); `seen` hears the batch's. */
export function normalised(tf: Tensorflow, x: Tensor, gamma: Tensor, beta: Tensor, known: Statistics | null, seen: (of: Statistics) => void): Layer {
  const rows = tf.reshape(x, [-1, x.shape[x.rank - 1]!]);
  const n = rows.shape[0];
  const mean = known === null ? tf.div(columnSums(tf, rows), n) : tf.tensor1d(known.mean);
  const centred = tf.sub(rows, mean);
  const variance = known === null ? tf.div(columnSums(tf, tf.square(centred)), n) : tf.tensor1d(known.variance);
  if (known === null) seen({ mean: mean.dataSync<"float32">(), variance: variance.dataSync<"float32">() });
  const by = tf.rsqrt(tf.add(variance, EPSILON));
  const unit = tf.mul(centred, by);
  const value = tf.relu(tf.add(tf.mul(unit, gamma), beta));
  const back = (slope: Tensor): ReturnType<Layer["back"]> => {
    const dy = tf.mul(tf.reshape(slope, rows.shape), tf.step(value));
    const dBeta = columnSums(tf, dy);
    const dGamma = columnSums(tf, tf.mul(dy, unit));
    const inner = tf.sub(tf.sub(dy, tf.div(dBeta, n)), tf.mul(unit, tf.div(dGamma, n)));
    return { input: tf.reshape(tf.mul(inner, tf.mul(gamma, by)), x.shape), parameters: [dGamma, dBeta] };
  };
  return { value: tf.reshape(value, x.shape), back };
}

/** The filter gradient of conv2d, which the WebAssembly backend lacks, from convolutions that it has. Stride 1, extents kept. */
export function registerFilterGradient(tf: Tensorflow): void {
  if (tf.getKernelsForBackend("wasm").some(({ kernelName }) => kernelName === tf.Conv2DBackpropFilter)) return;
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { readonly x: Tensor; readonly dy: Tensor };
      const { filterShape } = attrs as unknown as { readonly filterShape: Four };
      return tf.tidy(() => filterGradient(tf, x, dy, filterShape));
    },
  });
}

/** Itself a convolution: channels of x are its images, images its channels, and dy is the filter. */
function filterGradient(tf: Tensorflow, x: Tensor, dy: Tensor, [k]: Four): Tensor {
  const reach = (k - 1) / 2;
  const around: [number, number][] = [[0, 0], [reach, reach], [reach, reach], [0, 0]];
  const slopes = tf.conv2d(tf.transpose(x, [3, 1, 2, 0]) as never, tf.transpose(dy, [1, 2, 0, 3]) as never, 1, around as never);
  return tf.transpose(slopes, [1, 2, 0, 3]);
}
