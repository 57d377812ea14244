/** Lines of a text file, window by window. */
import type { ByteSource } from "../bytes/source";

const WINDOW = 1 << 20;
/** A longer line is no row of a log. */
export const LONGEST_LINE = 1 << 22;

export interface LinesRead {
  /** Where the first line that was not given starts. */
  readonly offset: number;
  /** The unfinished last line, without its newline; null when the file ends with one. */
  readonly rest: string | null;
  /** Length of `rest` in bytes. */
  readonly bytes: number;
  /** Set when the unfinished line is longer than LONGEST_LINE: `rest` is null then. */
  readonly tooLong: boolean;
}

/** Gives windows of whole lines from `offset` on: `bytes` up to `end`, just behind a newline, with the place of its first byte. */
export function eachWindow(source: ByteSource, offset: number, take: (bytes: Uint8Array, end: number, at: number) => void): LinesRead {
  let at = offset;
  let size = WINDOW;
  let own = new Uint8Array(0);
  while (at < source.size) {
    // `take` may read too, which may overwrite what was read. Fresh memory for each window costs more than a copy.
    const read = source.read(at, size);
    if (own.length < read.length) own = new Uint8Array(read.length);
    own.set(read);
    const bytes = own.subarray(0, read.length);
    const end = bytes.lastIndexOf(10) + 1;
    if (end === 0) {
      const whole = at + bytes.length >= source.size || bytes.length < size;
      if (whole && bytes.length <= LONGEST_LINE) return { offset: at, rest: decode(bytes), bytes: bytes.length, tooLong: false };
      if (whole || size > LONGEST_LINE) return { offset: at, rest: null, bytes: 0, tooLong: true };
      size *= 2;
      continue;
    }
    take(bytes, end, at);
    at += end;
    size = WINDOW;
  }
  return { offset: at, rest: null, bytes: 0, tooLong: false };
}

/** Gives every line from `offset` on that ends with a newline, without it (nor a carriage return before it), with its place. */
export function eachLine(source: ByteSource, offset: number, take: (line: string, start: number) => void): LinesRead {
  return eachWindow(source, offset, (bytes, end, at) => {
    const text = decode(bytes.subarray(0, end));
    const plain = text.length === end; // a character a byte
    let start = 0;
    for (let byte = 0; byte < end; ) {
      const stop = text.indexOf("\n", start);
      take(text.slice(start, stop > start && text.charCodeAt(stop - 1) === 13 ? stop - 1 : stop), at + byte);
      start = stop + 1;
      byte = plain ? start : bytes.indexOf(10, byte) + 1;
    }
  });
}

/**
 * Where a file goes on whose last line, which ends at `offset`, was given before its newline was there: behind the newline that it
 * has by now; `offset` where there is none yet; null where the line went on otherwise, and the file must be read again.
 */
export function behindLastLine(source: ByteSource, offset: number): number | null {
  const next = source.read(offset, 2);
  if (next.length === 0 || (next.length === 1 && next[0] === 13)) return offset;
  if (next[0] === 10) return offset + 1;
  return next[0] === 13 && next[1] === 10 ? offset + 2 : null;
}

/** UTF-8, as far as it is; a byte order mark stays. */
export function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}
