/** NumPy arrays that the terminal takes and gives. */
import { openFile } from "./engine/fileSource";
import type { Numbers } from "./losses/libraries/ndarray";
import { readElements } from "./read/volumes/arrayReader";
import { readNpyHeader } from "./read/volumes/npyHeader";

/** A .npy file's numbers in C order. */
export function readNpy(path: string): Numbers {
  const source = openFile(path, path);
  try {
    const header = readNpyHeader("npy", (bytes) => source.read(0, bytes));
    const { shape, order } = header;
    const total = shape.reduce((a, b) => a * b, 1);
    const values = Float64Array.from(readElements({ ...header, format: "npy", source }, 0, total), Number);
    return { shape, values: order === "C" ? values : reordered(values, shape) };
  } finally {
    source.close();
  }
}

/** From an array whose first axis runs fastest to one whose last does. */
function reordered(values: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(values.length);
  const place = shape.map(() => 0);
  for (let i = 0; i < values.length; i++) {
    out[place.reduce((at, x, axis) => at * shape[axis]! + x, 0)] = values[i]!;
    for (let axis = 0; axis < shape.length && ++place[axis]! === shape[axis]; axis++) place[axis] = 0;
  }
  return out;
}

/** A version 1.0 .npy file of little-endian float64. */
export function npyBytes(values: Float64Array, shape: readonly number[]): Uint8Array {
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + values.length * 8);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  values.forEach((v, i) => view.setFloat64(8 * i, v, true));
  return bytes;
}
