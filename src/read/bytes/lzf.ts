/** LZF (liblzf's lzf_d.c, which h5py brings along as an HDF5 filter), for chunks small enough to be held whole. */
import { copyWithin } from "./lz4";
import { FormatError } from "./source";

/** The most that it swells: three bytes stand for 264. */
const LZF_MOST = 88;

/** The decompressed bytes, `size` at most. Throws FormatError where they are damaged or more. */
export function unlzf(input: Uint8Array, size: number, format: string): Uint8Array {
  const bad = (what: string): FormatError => new FormatError(format, `lzf: ${what} in a chunk of ${input.length} bytes`);
  if (size > input.length * LZF_MOST) throw bad(`${size} bytes are claimed`);
  const out = new Uint8Array(size);
  const end = input.length;
  let at = 0;
  let done = 0;
  while (at < end) {
    const control = input[at++]!;
    if (control < 32) {
      const length = control + 1;
      if (length > end - at || length > size - done) throw bad("a literal is too long");
      for (let i = 0; i < length; i++) out[done++] = input[at++]!;
      continue;
    }
    let length = control >> 5;
    if (at + (length === 7 ? 2 : 1) > end) throw bad("a copy is cut off");
    if (length === 7) length += input[at++]!;
    length += 2;
    const offset = ((control & 31) << 8) + input[at++]! + 1;
    if (offset > done || length > size - done) throw bad("a copy points outside");
    done = copyWithin(out, done, offset, length);
  }
  return out.subarray(0, done);
}
