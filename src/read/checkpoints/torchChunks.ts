/** Chunks that a tensor was cut into along its axes, put together. */
import type { NumericArray } from "../bytes/source";
import type { TensorEntry } from "../format";

export interface Chunk {
  /** Of its first element in the whole. */
  readonly offsets: readonly number[];
  readonly shape: readonly number[];
  readonly entry: TensorEntry;
}

/** The chunks in order, where each follows the one before along the first axis and covers the others; null for others. */
export function inRows(shape: readonly number[], chunks: readonly Chunk[]): readonly Chunk[] | null {
  const sorted = [...chunks].sort((a, b) => (a.offsets[0] ?? 0) - (b.offsets[0] ?? 0));
  let at = 0;
  for (const { offsets, shape: own } of sorted) {
    if (own.length !== shape.length || offsets.length !== shape.length) return null;
    if ((offsets[0] ?? 0) !== at || own.some((n, axis) => axis > 0 && (n !== shape[axis] || offsets[axis] !== 0))) return null;
    at += own[0] ?? 0;
  }
  return shape.length === 0 ? (sorted.length === 1 ? sorted : null) : at === shape[0] ? sorted : null;
}

/** Copies each chunk to its place in `whole` (C order); false where they reach beyond it or hold other than its number of elements. */
export function scatter(shape: readonly number[], chunks: readonly Chunk[], whole: NumericArray): boolean {
  const places = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, m) => n * m, 1));
  let elements = 0;
  for (const { offsets, shape: own, entry } of chunks) {
    if (own.length !== shape.length || offsets.length !== shape.length || own.some((n, axis) => offsets[axis]! < 0 || offsets[axis]! + n > shape[axis]!)) return false;
    const parts = whole.length / shape.reduce((n, m) => n * m, 1);
    const index = own.map(() => 0);
    let to = 0;
    const place = (): void => {
      to = index.reduce((at, i, axis) => at + (offsets[axis]! + i) * places[axis]!, 0) * parts;
    };
    place();
    let part = 0;
    for (const values of entry.chunks()) {
      for (let i = 0; i < values.length; i++) {
        whole[to + part] = values[i]!;
        if (++part < parts) continue;
        part = 0;
        elements++;
        let axis = own.length - 1;
        while (axis >= 0 && ++index[axis]! === own[axis]) index[axis--] = 0;
        if (axis === own.length - 1) to += parts;
        else place();
      }
    }
  }
  return elements * (whole.length / Math.max(1, shape.reduce((n, m) => n * m, 1))) === whole.length;
}
