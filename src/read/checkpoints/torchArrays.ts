/** numpy arrays among the tensors of a checkpoint; they lie in the pickle itself, in memory. */
import type { NumpyArray } from "../bytes/pickleNumpy";
import type { ByteSource } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { TensorEntry } from "../format";
import { countOf, rawChunks, shown } from "./rawTensor";
import { stridedChunks } from "./torchStrided";

const FORMAT = "torch";

/** A line where the array holds no numbers or not as many as its shape says. */
export function arrayEntry(name: string, array: NumpyArray, kind: TensorEntry["kind"]): TensorEntry | string {
  const { dtype, shape, data, fortran } = array;
  const type = dtype?.type ?? null;
  const count = countOf(shape);
  const what = shown(name);
  if (type === null || data === null) return `${what}: an array of ${dtype?.code ?? "no dtype"} holds no numbers`;
  if (count === null || data.length !== count * sizeOf(type)) return `${what}: ${data.length} bytes for an array of ${shape.join(" × ")} ${type}`;
  const place = { source: memory(name, data), littleEndian: dtype!.littleEndian, type };
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((n, m) => n * m, 1));
  return {
    name,
    layer: null,
    dtype: type,
    shape,
    kind,
    chunks: () => (fortran ? stridedChunks(FORMAT, what, { ...place, base: 0, offset: 0, shape, strides }) : rawChunks(FORMAT, what, { ...place, offset: 0, count })),
  };
}

/** Bytes in memory as a source. What it gives is the caller's. */
export function memory(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, read: (offset, length) => bytes.slice(Math.min(offset, bytes.length), Math.min(bytes.length, offset + Math.max(0, length))) };
}
