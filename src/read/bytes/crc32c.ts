/** CRC-32C (Castagnoli), and the masked form that TFRecord stores. */
import { crcOf, crcTables } from "./slicing";

const TABLES = crcTables(0x82f63b78);

/** CRC-32C of `bytes[start, end)` as an unsigned 32-bit number. `before`: that of the bytes that they go on with. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  return crcOf(TABLES, bytes, start, end, before);
}

/** The checksum as TFRecord stores it: rotated right by 15 bits plus a constant (tensorflow/core/lib/hash/crc32c.h). */
export function maskedCrc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  return masked(crc32c(bytes, start, end));
}

export function masked(c: number): number {
  return (((c >>> 15) | (c << 17)) + 0xa282ead8) >>> 0;
}
