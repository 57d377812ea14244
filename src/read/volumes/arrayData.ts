/** Where the numbers of an array lie: in one file or several, raw, compressed, or written as text. */
import { joinedSource } from "../bytes/joinedSource";
import type { ByteSource, Inflate, ReadTools } from "../bytes/source";
import { FormatError, windowOf } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { allocate } from "../bytes/typed";

const PIECE = 1 << 20;
/** Longer lines name one file, if any. */
const LONGEST_NAME = 4096;
/** Data may be spread over so many files. */
export const MOST_FILES = 100_000;

/** The file `name` that a header says holds its data: beside it or below, "./" before it aside. Throws FormatError where there is none. */
export function dataFile(format: string, name: string, tools: Pick<ReadTools, "sibling">): ByteSource {
  const plain = name.replace(/^(?:\.\/)+/, "");
  const found = plain.split("/").some((part) => part === "" || part === "." || part === "..") ? null : tools.sibling(plain);
  if (found === null) throw new FormatError(format, `the data lie in ${JSON.stringify(name.slice(0, 200))}, which is not beside it`, true);
  return found;
}

/** The files of a header's line: one name, or `pattern first last step [dimension of each]` with a printf conversion of the number. */
export function namedFiles(format: string, value: string): string[] {
  const numbered = value.length > LONGEST_NAME ? null : /^(.*%[-+ 0]*\d*d.*?)\s+([+-]?\d+)\s+([+-]?\d+)\s+([+-]?\d+)(?:\s+\d+)?$/.exec(value);
  if (numbered === null) return [value];
  const [first, last, step] = [Number(numbered[2]), Number(numbered[3]), Number(numbered[4])];
  const count = step === 0 ? 0 : Math.floor((last - first) / step) + 1;
  if (!(count >= 1 && count <= MOST_FILES)) throw new FormatError(format, `the data lie in files ${first} to ${last} by ${step}`);
  return Array.from({ length: count }, (_, i) => printed(numbered[1]!, first + i * step));
}

/** printf's %d with a width and a leading zero, once. */
function printed(pattern: string, n: number): string {
  return pattern.replace(/%([-+ 0]*)(\d*)d/, (_, flags: string, width: string) => {
    const digits = String(Math.abs(n));
    const sign = n < 0 ? "-" : "";
    const room = Math.min(64, Number(width)) - sign.length;
    return flags.includes("0") ? sign + digits.padStart(room, "0") : (sign + digits).padStart(room + sign.length, " ");
  });
}

/** The bytes [from, to) of a source, piece by piece. */
export function* piecesOf(source: ByteSource, from = 0, to = source.size): Iterable<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = source.read(at, Math.min(PIECE, to - at));
    if (piece.length === 0) return;
    yield piece;
    at += piece.length;
  }
}

/** Whether `head` begins a gzip member. */
export function isGzip(head: Uint8Array): boolean {
  return head.length >= 2 && head[0] === 0x1f && head[1] === 0x8b;
}

/** Decompressed pieces of gzip members; ends where a torn file ends, throws FormatError where it is corrupt. */
export function* gunzipped(format: string, packed: Iterable<Uint8Array>, inflate: Inflate): Iterable<Uint8Array> {
  try {
    yield* inflate.gzip(packed);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(format, `cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Decompressed pieces of a zlib stream (RFC 1950), or of gzip members where it begins as these do; otherwise as `gunzipped`. */
export function* unzlibbed(format: string, packed: Iterable<Uint8Array>, inflate: Inflate, size?: number): Iterable<Uint8Array> {
  const iterator = packed[Symbol.iterator]();
  const first = iterator.next();
  if (first.done === true) return;
  // The array may be reused by the next read: what is looked at is used before.
  const head = first.value;
  const rest = function* (begin: number): Iterable<Uint8Array> {
    if (head.length > begin) yield head.subarray(begin);
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
  };
  if (isGzip(head)) {
    yield* gunzipped(format, rest(0), inflate);
    return;
  }
  const [method, flags] = [head[0]!, head[1]];
  if (flags === undefined) return;
  if ((method & 15) !== 8 || (flags & 32) !== 0 || (method * 256 + flags) % 31 !== 0) throw new FormatError(format, "cannot be decompressed: does not begin as a zlib stream");
  try {
    yield* inflate.raw(rest(2), size);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(format, `cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Sources of `each` bytes (at least), one after the other, as one; what they hold beyond is left out. */
export function joined(name: string, parts: readonly ByteSource[], each: number): ByteSource {
  if (parts.length === 1) return windowOf(parts[0]!, name, 0, each);
  // Each keeps its place, also where it is shorter than it should be.
  const pieces = parts.map((part) => ({ name: part.name, size: each, read: (offset: number, length: number, keep?: boolean) => part.read(offset, Math.min(length, each - offset), keep) }));
  return joinedSource(name, pieces);
}

/** Numbers written as text, as the little-endian bytes of `element`: at most `total` of them. Separators: blanks, commas, line ends. */
export function* bytesOfText(format: string, pieces: Iterable<Uint8Array>, element: ElementType, total: number): Iterable<Uint8Array> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  let given = 0;
  const numbers = (tokens: readonly string[]): Uint8Array => {
    const wanted = tokens.slice(0, total - given);
    const out = allocate(element, wanted.length);
    wanted.forEach((token, i) => {
      if (out instanceof BigInt64Array || out instanceof BigUint64Array) {
        if (!/^[+-]?\d{1,20}$/.test(token)) throw new FormatError(format, `${JSON.stringify(token.slice(0, 20))} among the data is no whole number`);
        out[i] = BigInt(token.replace(/^\+/, ""));
        return;
      }
      const value = /^[+-]?inf/i.test(token) ? (token.startsWith("-") ? -Infinity : Infinity) : /^[+-]?nan$/i.test(token) ? NaN : Number(token);
      if (Number.isNaN(value) && !/^[+-]?nan$/i.test(token)) throw new FormatError(format, `${JSON.stringify(token.slice(0, 20))} among the data is no number`);
      out[i] = value;
    });
    given += wanted.length;
    return new Uint8Array(out.buffer, out.byteOffset, out.byteLength);
  };
  for (const piece of pieces) {
    const tokens = (rest + decoder.decode(piece)).split(/[\s,]+/);
    rest = tokens.pop() ?? "";
    if (rest.length > 400) throw new FormatError(format, `${JSON.stringify(rest.slice(0, 20))} among the data is no number`);
    yield numbers(tokens.filter((token) => token !== ""));
    if (given >= total) return;
  }
  if (rest !== "") yield numbers([rest]);
}

/** Bytes written as pairs of hexadecimal digits; blanks between them do not count. */
export function* bytesOfHex(format: string, pieces: Iterable<Uint8Array>, total: number): Iterable<Uint8Array> {
  let high = -1;
  let given = 0;
  for (const piece of pieces) {
    const out = new Uint8Array(Math.min((piece.length >> 1) + 1, total - given));
    let n = 0;
    for (let i = 0; i < piece.length && n < out.length; i++) {
      const c = piece[i]!;
      const digit = c >= 48 && c <= 57 ? c - 48 : c >= 65 && c <= 70 ? c - 55 : c >= 97 && c <= 102 ? c - 87 : -1;
      if (digit < 0) {
        if (c === 32 || (c >= 9 && c <= 13)) continue;
        throw new FormatError(format, `${JSON.stringify(String.fromCharCode(c))} among the data is no hexadecimal digit`);
      }
      if (high < 0) high = digit;
      else {
        out[n++] = high * 16 + digit;
        high = -1;
      }
    }
    given += n;
    yield out.subarray(0, n);
    if (given >= total) return;
  }
}
