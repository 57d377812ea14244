/**
 * The mark "open for writing" in an HDF5 superblock of version 3 (files of `libver="latest"`): a writer sets it while it writes,
 * and a killed one leaves it behind. The library refuses such files, or, asked to read beside the writer, waits on a torn piece of
 * metadata all but forever. So the mark is taken out of what the library sees; checksums still guard the metadata.
 * Layout: HDF5 File Format Specification 3.0, II.A; checksum: Bob Jenkins' lookup3.
 */

const VERSION_AT = 8;
const OFFSET_SIZE_AT = 9;
const FLAGS_AT = 11;
const END_OF_FILE_AT = 28;
const CHECKSUM_AT = 44;
export const SUPERBLOCK_SIZE = 48;

/** The superblock without the mark, its end of file at `size`, to be shown instead of `head`; null when there is no mark. */
export function withoutWriterMark(head: Uint8Array, size: number): Uint8Array | null {
  if (head.length < SUPERBLOCK_SIZE || head[VERSION_AT] !== 3 || head[OFFSET_SIZE_AT] !== 8 || head[FLAGS_AT] === 0) return null;
  const out = head.slice(0, SUPERBLOCK_SIZE);
  const view = new DataView(out.buffer);
  if (view.getUint32(CHECKSUM_AT, true) !== lookup3(out.subarray(0, CHECKSUM_AT))) return null;
  out[FLAGS_AT] = 0;
  // What the writer appended since it last wrote the superblock is there to be read.
  if (view.getBigUint64(END_OF_FILE_AT, true) < BigInt(size)) view.setBigUint64(END_OF_FILE_AT, BigInt(size), true);
  view.setUint32(CHECKSUM_AT, lookup3(out.subarray(0, CHECKSUM_AT)), true);
  return out;
}

/** hashlittle() of lookup3.c (public domain) with initial value 0. */
export function lookup3(bytes: Uint8Array): number {
  const padded = new Uint8Array(Math.ceil(bytes.length / 12) * 12);
  padded.set(bytes);
  const words = new DataView(padded.buffer);
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k));
  for (let at = 0; at < padded.length; at += 12) {
    a = (a + words.getInt32(at, true)) | 0;
    b = (b + words.getInt32(at + 4, true)) | 0;
    c = (c + words.getInt32(at + 8, true)) | 0;
    if (at + 12 < padded.length) {
      a = ((a - c) ^ rotate(c, 4)) | 0;
      c = (c + b) | 0;
      b = ((b - a) ^ rotate(a, 6)) | 0;
      a = (a + c) | 0;
      c = ((c - b) ^ rotate(b, 8)) | 0;
      b = (b + a) | 0;
      a = ((a - c) ^ rotate(c, 16)) | 0;
      c = (c + b) | 0;
      b = ((b - a) ^ rotate(a, 19)) | 0;
      a = (a + c) | 0;
      c = ((c - b) ^ rotate(b, 4)) | 0;
      b = (b + a) | 0;
    } else {
      c = ((c ^ b) - rotate(b, 14)) | 0;
      a = ((a ^ c) - rotate(c, 11)) | 0;
      b = ((b ^ a) - rotate(a, 25)) | 0;
      c = ((c ^ b) - rotate(b, 16)) | 0;
      a = ((a ^ c) - rotate(c, 4)) | 0;
      b = ((b ^ a) - rotate(a, 14)) | 0;
      c = ((c ^ b) - rotate(b, 24)) | 0;
    }
  }
  return c >>> 0;
}
