/** LZ4's block format (lz4/lz4, doc/lz4_Block_format.md), for blocks small enough to be held whole. */
import { FormatError } from "./source";

/** The decompressed bytes, `size` at most. Throws FormatError where they are damaged or more. */
export function unlz4(input: Uint8Array, size: number, format: string): Uint8Array {
  const bad = (what: string): FormatError => new FormatError(format, `lz4: ${what} in a block of ${input.length} bytes`);
  const out = new Uint8Array(size);
  const end = input.length;
  let at = 0;
  let done = 0;
  const more = (length: number): number => {
    for (let b = 255; b === 255; length += b) {
      if (at >= end) throw bad("a length is cut off");
      b = input[at++]!;
    }
    return length;
  };
  while (at < end) {
    const token = input[at++]!;
    let length = token >> 4;
    if (length === 15) length = more(length);
    if (length > end - at || length > size - done) throw bad("a literal is too long");
    if (length > 32) out.set(input.subarray(at, at + length), done);
    else for (let i = 0; i < length; i++) out[done + i] = input[at + i]!;
    at += length;
    done += length;
    if (at === end) break; // the last sequence is a literal alone
    if (at + 2 > end) throw bad("an offset is cut off");
    const offset = input[at]! | (input[at + 1]! << 8);
    at += 2;
    length = token & 15;
    if (length === 15) length = more(length);
    length += 4;
    if (offset === 0 || offset > done || length > size - done) throw bad("a copy points outside");
    done = copyWithin(out, done, offset, length);
  }
  return out.subarray(0, done);
}

/** `length` bytes from `offset` before `at`, which may overlap what is written: that is how runs are told. Returns the new end. */
export function copyWithin(out: Uint8Array, at: number, offset: number, length: number): number {
  const stop = at + length;
  if (offset === 1) out.fill(out[at - 1]!, at, stop);
  else if (offset >= length && length > 32) out.copyWithin(at, at - offset, stop - offset);
  else for (let i = at; i < stop; i++) out[i] = out[i - offset]!;
  return stop;
}
