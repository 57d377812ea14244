/** Which layer is the network's last one, where the file does not keep the order of the layers. */
import type { Ranked } from "./kerasTensors";

interface Mixing {
  /** What the file groups it under: the class without its counter, or the attribute. */
  readonly group: string;
  readonly inputs: number;
  readonly outputs: number;
  /** A convolution over single voxels. */
  readonly pointwise: boolean;
}

/**
 * A weights file sorts layers by class, so that the last tensor need not be the last layer's. Counters order the layers of one
 * class; among the last ones of each class the likeliest is that whose output no other layer takes as input, then the 1×1
 * convolution, then the later one. Its group is moved behind the other layers.
 */
export function guessLastLayer(ordered: readonly Ranked[]): readonly Ranked[] {
  const layers = ordered.flatMap((item) => mixing(item) ?? []);
  const lastOf = new Map<string, Mixing>();
  for (const layer of layers) lastOf.set(layer.group, layer);
  if (lastOf.size < 2) return ordered;
  const score = (layer: Mixing): number => {
    const taken = layers.some((other) => other !== layer && other.inputs === layer.outputs);
    return (taken ? 0 : 2) + (layer.pointwise ? 1 : 0);
  };
  let best: Mixing | null = null;
  for (const layer of lastOf.values()) if (best === null || score(layer) >= score(best)) best = layer;
  const group = best!.group;
  const inGroup = (item: Ranked): boolean => item.rank === 0 && groupOf(item) === group;
  return [...ordered.filter((item) => item.rank === 0 && !inGroup(item)), ...ordered.filter(inGroup), ...ordered.filter((item) => item.rank > 0)];
}

function groupOf({ key }: Ranked): string {
  return String(key[0] ?? "").replace(/_\d+$/, "");
}

function mixing(item: Ranked): Mixing | null {
  const { name, shape, kind } = item.tensor;
  if (kind !== null || shape.length < 2 || !/(^|\/|pointwise_)kernel$/.test(name)) return null;
  const transposed = item.className?.includes("transpose") ?? false;
  const [inputs, outputs] = transposed ? [shape.at(-1)!, shape.at(-2)!] : [shape.at(-2)!, shape.at(-1)!];
  return { group: groupOf(item), inputs, outputs, pointwise: shape.length > 2 && shape.slice(0, -2).every((n) => n === 1) };
}
