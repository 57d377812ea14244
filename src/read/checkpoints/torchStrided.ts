/** Elements of a view that do not lie in C order: gathered in slabs, so that memory stays flat whatever the tensor. */
import { type ByteSource, FormatError, type NumericArray } from "../bytes/source";
import { allocate, type ElementType, sizeOf, toNumbers, widthOf } from "../bytes/typed";
import { pieceOf } from "./rawTensor";

/** Bytes that a slab takes once read. */
const SLAB = 16 << 20;
/** Ranges up to this size are read in one, whatever part of them is wanted; up to `DENSE` where a quarter is. */
const SPARSE = 1 << 16;
const DENSE = 1 << 20;

export interface View {
  readonly source: ByteSource;
  /** Of the storage's first element, in bytes. */
  readonly base: number;
  /** In elements, as the strides; the whole view lies inside the storage. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly type: ElementType;
  readonly littleEndian: boolean;
}

/** All elements in C order in pieces of at most 1 MiB. Throws a torn FormatError, `what` after the format's name, where the data end before. */
export function* stridedChunks(format: string, what: string, view: View): Iterable<NumericArray> {
  const { shape, strides, type } = view;
  const most = Math.floor(SLAB / Math.max(sizeOf(type), widthOf(type)));
  // The axis along which slabs are cut: what lies behind it fits into one.
  let axis = 0;
  let behind = shape.slice(1).reduce((n, m) => n * m, 1);
  while (axis < shape.length - 1 && behind > most) behind /= shape[++axis]!;
  const step = Math.max(1, Math.floor(most / behind));
  const outer = shape.slice(0, axis);
  const index = outer.map(() => 0);
  do {
    const start = index.reduce((at, i, a) => at + i * strides[a]!, view.offset);
    for (let at = 0; at < (shape[axis] ?? 1); at += step) {
      const length = Math.min(step, (shape[axis] ?? 1) - at);
      const slab = gather(format, what, view, [length, ...shape.slice(axis + 1)], [strides[axis] ?? 0, ...strides.slice(axis + 1)], start + at * (strides[axis] ?? 0));
      const piece = pieceOf(type) * (widthOf(type) / slab.BYTES_PER_ELEMENT);
      for (let from = 0; from < slab.length; from += piece) yield slab.subarray(from, from + piece);
    }
  } while (advance(index, outer));
}

/** Steps an index of several axes on; false after the last. */
function advance(index: number[], shape: readonly number[]): boolean {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (++index[axis]! < shape[axis]!) return true;
    index[axis] = 0;
  }
  return false;
}

function gather(format: string, what: string, { source, base, type, littleEndian }: View, shape: readonly number[], strides: readonly number[], offset: number): NumericArray {
  const size = sizeOf(type);
  const count = shape.reduce((n, m) => n * m, 1);
  const out = allocate(type, count);
  const places = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, m) => n * m, 1));
  const parts = out.length / Math.max(1, count);

  /** Copies the elements of a part of the view; its range is read in one, or it is halved along the axis that reaches furthest. */
  const take = (part: readonly number[], from: number, to: number): void => {
    let reach = 1;
    let wanted = 1;
    let widest = 0;
    for (let axis = 0; axis < part.length; axis++) {
      const own = (part[axis]! - 1) * strides[axis]!;
      reach += own;
      if (strides[axis] !== 0) wanted *= part[axis]!;
      if (own > (part[widest]! - 1) * strides[widest]!) widest = axis;
    }
    const bytes = reach * size;
    if (reach > 1 && bytes > SPARSE && (bytes > DENSE || wanted * 4 < reach)) {
      const half = part[widest]! >> 1;
      take(part.with(widest, half), from, to);
      take(part.with(widest, part[widest]! - half), from + half * strides[widest]!, to + half * places[widest]!);
      return;
    }
    const raw = source.read(base + from * size, bytes, true);
    if (raw.length < bytes) throw new FormatError(format, `${what} ends before its last element`, true);
    copy(toNumbers(type, raw, littleEndian), part, to);
  };

  const copy = (values: NumericArray, part: readonly number[], to: number): void => {
    const outer = part.slice(0, -1);
    const inner = part.at(-1) ?? 1;
    const step = strides.at(-1) ?? 0;
    const index = outer.map(() => 0);
    do {
      let from = 0;
      let at = to;
      for (let axis = 0; axis < outer.length; axis++) {
        from += index[axis]! * strides[axis]!;
        at += index[axis]! * places[axis]!;
      }
      if (parts === 1) for (let i = 0; i < inner; i++) out[at + i] = values[from + i * step]!;
      else {
        for (let i = 0; i < inner; i++) {
          out[2 * (at + i)] = values[2 * (from + i * step)]!;
          out[2 * (at + i) + 1] = values[2 * (from + i * step) + 1]!;
        }
      }
    } while (advance(index, outer));
  };

  take(shape, offset, 0);
  return out;
}
