/** Snappy's block format (google/snappy, format_description.txt), for blocks small enough to be held whole. */
import { FormatError } from "./source";

/** No element turns fewer input bytes into more output: 64 bytes from a copy of three. */
const MOST_GAIN = 22;

/** The decompressed bytes. Throws FormatError where they are damaged or claim more than they can hold. */
export function unsnappy(input: Uint8Array, format: string): Uint8Array {
  const bad = (what: string): FormatError => new FormatError(format, `snappy: ${what} in a block of ${input.length} bytes`);
  let at = 0;
  let size = 0;
  for (let shift = 1; ; shift *= 128) {
    const b = input[at++];
    if (b === undefined || at > 5) throw bad("no length");
    size += (b & 127) * shift;
    if (b < 128) break;
  }
  if (size > MOST_GAIN * input.length) throw bad(`${size} bytes are claimed`);
  const out = new Uint8Array(size);
  let done = 0;
  while (at < input.length) {
    const tag = input[at++]!;
    if ((tag & 3) === 0) {
      let length = tag >> 2;
      const extra = length - 59;
      if (extra > 0) {
        if (at + extra > input.length) throw bad("a literal is cut off");
        length = littleEndian(input, at, extra);
        at += extra;
      }
      length++;
      if (length > input.length - at || length > size - done) throw bad("a literal is too long");
      out.set(input.subarray(at, at + length), done);
      at += length;
      done += length;
      continue;
    }
    const width = (tag & 3) === 3 ? 4 : tag & 3;
    if (at + width > input.length) throw bad("a copy is cut off");
    const short = width === 1;
    const length = short ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    const offset = short ? ((tag >> 5) << 8) | input[at]! : littleEndian(input, at, width);
    at += width;
    if (offset === 0 || offset > done || length > size - done) throw bad("a copy points outside");
    // Source and target may overlap: that is how runs are written.
    for (const end = done + length; done < end; done++) out[done] = out[done - offset]!;
  }
  if (done !== size) throw bad(`${done} of ${size} bytes`);
  return out;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}
