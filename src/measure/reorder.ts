/** Codes whose first axis runs fastest, brought into the order in which the last does. */
import { WIDE, wideCode, type Codes } from "./codes";
import { MeasureError } from "./measureError";

/** Voxels that are held for it. */
export const MAX_REORDERED = 1 << 27;

/** `shape` is logical; the codes come with its first axis running fastest. Holds all of them. */
export function* toLastFastest(codes: Iterable<Codes>, shape: readonly number[]): Iterable<Codes> {
  const total = shape.reduce((a, b) => a * b, 1);
  if (total > MAX_REORDERED) throw new MeasureError(`labels and predictions run in different orders (C and Fortran), and ${total} voxels are more than the ${MAX_REORDERED} that are held to bring them together`);
  const strides = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!;
  const index = new Array<number>(shape.length).fill(0);
  const fast = shape[0]!;
  const stride = strides[0]!;
  let out: Uint8Array | Uint16Array = new Uint8Array(total);
  let decode: Int16Array | null = null;
  let base = 0;
  for (const slab of codes) {
    decode ??= slab.decode;
    let translate: Uint16Array | null = null;
    if (slab.decode !== decode || (slab.data instanceof Uint16Array && out instanceof Uint8Array)) {
      // The values outgrew eight bits, or were written in another code: one wide code for all.
      if (decode !== WIDE) {
        const old = decode;
        out = Uint16Array.from(out, (code) => wideCode(old[code]!));
        decode = WIDE;
      }
      if (slab.decode !== WIDE) translate = Uint16Array.from(slab.decode, wideCode);
    }
    const { data } = slab;
    let i = 0;
    while (i < data.length) {
      const x = index[0]!;
      const n = Math.min(fast - x, data.length - i);
      let to = base + x * stride;
      for (let k = 0; k < n; k++, to += stride) out[to] = translate === null ? data[i + k]! : translate[data[i + k]!]!;
      i += n;
      index[0] = x + n;
      if (x + n < fast) continue;
      index[0] = 0;
      for (let axis = 1; axis < shape.length; axis++) {
        base += strides[axis]!;
        if (++index[axis]! < shape[axis]!) break;
        base -= strides[axis]! * shape[axis]!;
        index[axis] = 0;
      }
    }
  }
  if (decode !== null) yield { data: out, decode };
}
