/** CRC-32 (IEEE 802.3, polynomial 0xEDB88320 reflected) as ZIP, gzip, PNG and W&B use it. */
import { crcOf, crcTables } from "./slicing";

const TABLES = crcTables(0xedb88320);

/** CRC-32 of `bytes[start, end)` as an unsigned 32-bit number; `before` is that of the bytes in front of them. */
export function crc32(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  return crcOf(TABLES, bytes, start, end, before);
}
