/** Where bytes come from. Handed in by the engine, so that readers know neither files nor threads. */

export interface ByteSource {
  /** For messages and for choosing a format by suffix; relative path with forward slashes. */
  readonly name: string;
  /** Size in bytes when it was opened; what is appended later is not seen. */
  readonly size: number;
  /**
   * The bytes [offset, offset + length), fewer where the file ends before. Synchronous: readers run in workers.
   * The array may be reused by the next call unless it was asked for with `keep`.
   */
  read(offset: number, length: number, keep?: boolean): Uint8Array;
}

/**
 * Decompression, handed in beside the source. Both yield pieces, so that memory stays flat whatever the size; a piece is not
 * written to again and may be kept.
 */
export interface Inflate {
  /** Raw deflate (ZIP). Throws on corrupt data; stops quietly where the input ends. `size`: how many bytes it should give, for speed alone. */
  raw(input: Iterable<Uint8Array>, size?: number): Iterable<Uint8Array>;
  /** gzip, also several members. Throws on corrupt data; `onTorn` is called when the input ends before the stream does. */
  gzip(input: Iterable<Uint8Array>, onTorn?: () => void): Iterable<Uint8Array>;
}

/** What a reader is given to work with. */
export interface ReadTools {
  readonly inflate: Inflate;
  /** Opens HDF5 (libhdf5 compiled to WebAssembly) over a window of a source; loaded before readers that need it are called. */
  readonly hdf5: Hdf5;
  /**
   * A file beside the one that is read, or in a folder beside it ("data/0"); null when there is none, and for names that lead
   * elsewhere (absolute, "..", "\\"). It is closed with the file that is read.
   */
  readonly sibling: (name: string) => ByteSource | null;
}

/** A numeric array in its own dtype, as read. */
export type NumericArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

/** An HDF5 file, opened for reading in place. */
export interface Hdf5File {
  /** Every dataset, depth first in file order; links in circles are followed once. */
  datasets(): Hdf5Dataset[];
  /** Attributes of a group or dataset ("/" is the root): numbers, strings, or arrays of them. */
  attributes(path: string): Record<string, unknown>;
  /** Child names of a group, in creation order where the file keeps it, else by name. */
  children(path: string): string[];
  /** Lines about datasets and groups that could not be read; `datasets` gives the others. */
  problems(): string[];
  close(): void;
}

export interface Hdf5Dataset {
  /** Without the leading slash. */
  readonly path: string;
  /** numpy-like: float32, float16, uint8, bool, …; "opaque2" and such for what has no name. */
  readonly dtype: string;
  /** Whether `read` gives numbers; strings, compounds, references and the like hold none. */
  readonly numeric: boolean;
  readonly shape: readonly number[];
  /**
   * Elements [start, start + count) in C order, float16 and bfloat16 widened to float32. Throws one clear line on corrupt data.
   * `lend`: the memory may be used again by the next call.
   */
  read(start: number, count: number, lend?: boolean): NumericArray;
}

export interface Hdf5 {
  open(source: ByteSource, offset?: number, length?: number): Hdf5File;
}

/** The bytes [offset, offset + length) of `source` as a source of its own; what lies beyond the source's end is cut off. */
export function windowOf(source: ByteSource, name: string, offset: number, length: number): ByteSource {
  const size = Math.max(0, Math.min(length, source.size - offset));
  return {
    name,
    size,
    read: (at, count, keep) => source.read(offset + at, Math.max(0, Math.min(count, size - at)), keep),
  };
}

/** An error whose message is fit to be shown as it stands: format first, then what is wrong, with the numbers. */
export class FormatError extends Error {
  constructor(
    readonly format: string,
    detail: string,
    /** True when the file may simply not be written out yet. */
    readonly torn = false,
  ) {
    super(`${format}: ${asOneLine(detail)}`);
    this.name = "FormatError";
  }
}

/** Characters of a line for a user; what a file holds may be of any length. */
const LONGEST_LINE = 600;

/** `text` with what would break a line or steer a terminal written as JSON writes it, and cut where it gets too long to be read. */
export function asOneLine(text: string): string {
  const line = text.slice(0, LONGEST_LINE + 1).replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => `\\u${c.codePointAt(0)!.toString(16).padStart(4, "0")}`);
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line;
}
