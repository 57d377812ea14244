/** Samples as they lie in rows of pixels: fewer than eight bits, or with others beside them. */
import type { NumericArray } from "../bytes/source";

/**
 * One byte a sample. `packed` holds rows of `width` samples of 1, 2 or 4 bits, the first in the upper bits; each row begins
 * a new byte.
 */
export function spread(packed: Uint8Array, bits: number, width: number, rows: number): Uint8Array {
  const out = new Uint8Array(width * rows);
  const rowBytes = Math.ceil((width * bits) / 8);
  const mask = (1 << bits) - 1;
  const perByte = 8 / bits;
  let to = 0;
  for (let r = 0; r < rows; r++) {
    const from = r * rowBytes;
    for (let x = 0; x < width; x += perByte) {
      const byte = packed[from + x / perByte]!;
      const n = Math.min(perByte, width - x);
      for (let k = 0, shift = 8 - bits; k < n; k++, shift -= bits) out[to++] = (byte >> shift) & mask;
    }
  }
  return out;
}

/** The first of each two samples: values without the opacity beside them. */
export function everySecond<T extends NumericArray>(values: T): T {
  const out = values.slice(0, values.length >> 1) as T;
  for (let i = 0; i < out.length; i++) out[i] = values[2 * i]!;
  return out;
}
