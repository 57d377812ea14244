/** The order of the layers, for formats that keep tensors in the order of their names. */
import type { TensorEntry } from "../format";
import { compareKeys, type Ranked } from "./kerasTensors";
import { guessLastLayer } from "./lastLayer";

/** How kernels lie: PyTorch (out, in, …), transposed convolutions (in, out, …); Keras, Flax and TensorFlow (…, in, out). */
export type KernelLayout = "torch" | "channels-last";

const KERNEL = /(^|[./])(kernel|weight|w)$/i;
/** Tables and position codes, whose rows are no outputs. */
const NO_OUTPUT = /embed|(^|[./_])(wte|wpe|pos|position|token|relative)/i;
const TRANSPOSED = /transpose|deconv|(^|[./_])up/i;

/**
 * Tensors whose names ascend have lost the order of their layers (safetensors and JAX sort them): they are given by their names
 * with numbers as numbers, what looks like the network's last layer at the end, then the optimizer's and the averaged copies.
 * Others are left as they are, but for those two at the end.
 */
export function inLayerOrder(tensors: readonly TensorEntry[], layout: KernelLayout): TensorEntry[] {
  const rank = (tensor: TensorEntry): 0 | 2 => (tensor.kind === "optimizer" || tensor.kind === "averaged" ? 2 : 0);
  const network = tensors.filter((tensor) => rank(tensor) === 0);
  const others = tensors.filter((tensor) => rank(tensor) !== 0);
  return [...(ascend(network) ? reordered(network, layout) : network), ...others];
}

/** Whether names ascend, for each dtype apart: safetensors puts wide types first. */
function ascend(tensors: readonly TensorEntry[]): boolean {
  const last = new Map<string, string>();
  return tensors.every(({ dtype, name }) => {
    const before = last.get(dtype);
    last.set(dtype, name);
    return before === undefined || before <= name;
  });
}

function reordered(tensors: readonly TensorEntry[], layout: KernelLayout): TensorEntry[] {
  const sorted = tensors
    .map((tensor) => ({ tensor, key: tensor.name.split(/[./]/) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ tensor }) => tensor);
  const biases = new Map(sorted.filter(({ name, shape }) => shape.length === 1 && /(^|[./])(bias|b)$/i.test(name)).map(({ name, shape }) => [layerOf(name), shape[0]!]));
  const of = new Map<TensorEntry, TensorEntry>();
  const ranked = sorted.map((tensor): Ranked => {
    const layer = layerOf(tensor.name);
    const isKernel = KERNEL.test(tensor.name) && !NO_OUTPUT.test(tensor.name);
    const shape = isKernel && layout === "torch" ? channelsLast(tensor, biases.get(layer)) : tensor.shape;
    const alike: TensorEntry = { ...tensor, name: isKernel ? "kernel" : tensor.name, shape };
    of.set(alike, tensor);
    return { tensor: alike, rank: 0, className: null, key: [layer] };
  });
  return guessLastLayer(ranked).map(({ tensor }) => of.get(tensor)!);
}

/** PyTorch's axes as Keras has them: (…, in, out). `bias`: length of the layer's bias, where it has one. */
function channelsLast({ name, shape }: TensorEntry, bias: number | undefined): readonly number[] {
  const [first, second] = shape;
  if (second === undefined) return shape;
  const transposed = shape.length > 2 && first !== second && (bias === undefined ? TRANSPOSED.test(name) : bias === second && bias !== first);
  return [...shape.slice(2), ...(transposed ? [first!, second] : [second, first!])];
}

function layerOf(name: string): string {
  return name.replace(/[./]?[^./]*$/, "");
}
