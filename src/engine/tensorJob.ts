/** The tensors of one checkpoint, measured by several threads: each takes the next that nobody has taken. */
import { layerOfName } from "../measure/tensorNames";
import { measureTensor, roleOfTensor } from "../measure/tensors";
import type { TensorEntry } from "../read/format";
import type { TensorStats } from "../run";
import { isOfContent, lineOf } from "./errors";

/** What became of one tensor: plain data, can be posted. */
export type TensorResult = { readonly stats: TensorStats } | { readonly problem: string; readonly lasting: boolean };

/** Measures tensors until none is left. `taken`: how many were taken so far by all threads; `order`: indices, the largest first. */
export function measureTaken(tensors: readonly TensorEntry[], before: readonly TensorEntry[], order: readonly number[], taken: Int32Array, into: Map<number, TensorResult>): void {
  const known = new Map(before.map((tensor) => [tensor.name, tensor]));
  for (let next = Atomics.add(taken, 0, 1); next < order.length; next = Atomics.add(taken, 0, 1)) {
    const index = order[next]!;
    const tensor = tensors[index];
    if (tensor !== undefined) into.set(index, measuredTensor(tensor, known.get(tensor.name) ?? null));
  }
}

export function measuredTensor(tensor: TensorEntry, before: TensorEntry | null): TensorResult {
  try {
    return { stats: against(tensor, before) };
  } catch (error) {
    return { problem: lineOf(error), lasting: isOfContent(error) };
  }
}

/** When the tensor before cannot be read, the change is unknown, and the rest is not. */
function against(tensor: TensorEntry, before: TensorEntry | null): TensorStats {
  if (before === null) return measureTensor(tensor, null);
  try {
    return measureTensor(tensor, before);
  } catch {
    return measureTensor(tensor, null); // throws what is wrong with this one
  }
}

/** The statistics of the tensor whose storage this one shares, under its own name. */
export function sharing(first: TensorStats, { name, layer, kind, dtype, shape, sameAs }: TensorEntry): TensorStats {
  return { ...first, name, layer: layer ?? layerOfName(name), role: roleOfTensor(name, kind, shape), dtype, shape, ...(sameAs === undefined ? {} : { sameAs }) };
}

export function elementsOf(tensor: TensorEntry): number {
  return tensor.shape.reduce((a, b) => a * b, 1);
}
