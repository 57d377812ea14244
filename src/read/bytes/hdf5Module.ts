/**
 * libhdf5 as WebAssembly (h5wasm's ESM build): loading it, giving it a window of a byte source as a file, and turning its
 * error stacks into one line.
 *
 * Calls run with the library's default error handling: it reports to stderr, which is caught here instead of printed, and
 * returns a status, so that it closes what it had opened. The handler that throws unwinds the library's frames and leaves
 * handles, temporary files and stack behind; it is switched on only around the calls whose results cannot tell failure.
 */
import type { ByteSource } from "./source";
import { FormatError } from "./source";

export const FORMAT = "HDF5";

/** What the library tells of a datatype and its dataspace. */
export interface Hdf5Metadata {
  /** H5T_class_t. */
  readonly type: number;
  /** Bytes of one element in memory. */
  readonly size: number;
  readonly signed: boolean;
  readonly littleEndian: boolean;
  /** Whether it is a string of variable length. */
  readonly vlen: boolean;
  readonly strpad?: number;
  /** Null for a null dataspace, empty for a scalar. */
  readonly shape: number[] | null;
  readonly chunks: number[] | null;
  readonly total_size: number;
  readonly enum_type?: { readonly type: number; readonly members: Readonly<Record<string, number>> };
}

interface FileNode {
  usedBytes: number;
  stream_ops: object;
}

interface Stream {
  readonly node: unknown;
  readonly path?: string;
  stream_ops: object;
}

/** The part of h5wasm's module that is used here. */
export interface Hdf5Library {
  readonly HEAPU8: Uint8Array;
  readonly MAXIMUM_MEMORY: number;
  readonly FS: {
    readonly streams: (Stream | null)[];
    readonly ErrnoError: new (errno: number) => Error;
    mkdir(path: string): unknown;
    mknod(path: string, mode: number, device: number): FileNode;
    unlink(path: string): void;
    close(stream: Stream): void;
  };
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  UTF8ToString(pointer: number): string;
  ccall(name: string, returns: "number", types: readonly "string"[], values: readonly string[]): number;
  /** Ours, so that `ccall` runs it and puts the stack back. */
  _runGuarded?: () => number;
  /** Ours: how many windows were opened. */
  _windows?: number;
  activate_throwing_error_handler(): number;
  deactivate_throwing_error_handler(): number;
  open(name: string, mode: number, trackOrder: boolean, libverLow: number, libverHigh: number): bigint;
  close_file(file: bigint): number;
  get_type(file: bigint, path: string): number;
  get_names(file: bigint, path: string, recursive: boolean): string[];
  create_object_reference(file: bigint, path: string): Uint8Array;
  get_dataset_metadata(file: bigint, path: string): Hdf5Metadata;
  get_dataset_data(file: bigint, path: string, count: bigint[] | null, offset: bigint[] | null, strides: bigint[] | null, into: bigint): number;
  get_attribute_names(file: bigint, path: string): string[];
  get_attribute_metadata(file: bigint, path: string, name: string): Hdf5Metadata;
  get_attribute_data(file: bigint, path: string, name: string, into: bigint): number;
  reclaim_vlen_memory(file: bigint, path: string, attribute: string, data: bigint): number;
}

const REGULAR_FILE = 0o100444;
const EIO = 29;
const PIECE = 1 << 20;
const MOST_PRINTED = 1 << 16;
const FOLDER = "/windows";

/** The library with its errors caught. One per thread; used by one call at a time, as all readers are synchronous. */
export class Hdf5Runtime {
  private printed = "";
  private readonly sink: object;
  /** What the source threw while the library read from it. */
  private readonly source: { error: Error | null } = { error: null };
  private readonly utf8 = new TextDecoder();

  constructor(readonly library: Hdf5Library) {
    const { FS } = library;
    this.sink = {
      write: (_stream: Stream, heap: Int8Array, offset: number, length: number): number => {
        if (this.printed.length < MOST_PRINTED) this.printed += this.utf8.decode(new Uint8Array(heap.buffer, heap.byteOffset + offset, length));
        return length;
      },
    };
    if (library._windows === undefined) {
      library._windows = 0;
      FS.mkdir(FOLDER);
      // Links and external storage in a file name paths: there shall be none but the windows.
      for (const device of ["/dev/tty", "/dev/tty1", "/dev/random", "/dev/urandom"]) FS.unlink(device);
    }
    library.deactivate_throwing_error_handler();
  }

  /**
   * Runs one call of the library. Throws FormatError with the deepest line of the library's error stack when the call threw,
   * when `failed` says so of its result, or, without `failed`, when the library reported any error.
   */
  call<T>(what: string, action: (library: Hdf5Library) => T, failed?: (result: T) => boolean): T {
    const { library } = this;
    this.printed = "";
    this.source.error = null;
    for (const fd of [1, 2]) {
      const stream = library.FS.streams[fd];
      if (stream) stream.stream_ops = this.sink;
    }
    const outcome: { result?: T; thrown?: unknown } = {};
    library._runGuarded = () => {
      try {
        outcome.result = action(library);
      } catch (error) {
        outcome.thrown = error;
      }
      return 0;
    };
    // With a string among its arguments `ccall` restores the stack pointer, also after an exception crossed native frames.
    library.ccall("runGuarded", "number", ["string"], ["."]);
    const unread = this.failedRead();
    if (unread !== null) throw unread;
    if (outcome.thrown instanceof FormatError) throw outcome.thrown;
    if (outcome.thrown === undefined) {
      const result = outcome.result as T;
      if (failed === undefined ? !this.printed.includes("HDF5-DIAG") : !failed(result)) return result;
    }
    throw asFormatError(what, this.printed, outcome.thrown);
  }

  /** As `call`, for calls whose C++ side would go on with invalid handles: the first error inside throws. */
  callThrowing<T>(what: string, action: (library: Hdf5Library) => T): T {
    const { library } = this;
    library.activate_throwing_error_handler();
    try {
      return this.call(what, action);
    } catch (error) {
      // The handler leaves its temporary file open.
      this.closeStreams((stream) => stream.path?.startsWith("/tmp/") === true);
      throw error;
    } finally {
      library.deactivate_throwing_error_handler();
    }
  }

  /**
   * Makes [offset, offset + length) of `source` a file of the library, with `head` in place of its first bytes when given;
   * returns its path and what takes it away again.
   */
  mount(source: ByteSource, offset: number, length: number, head: Uint8Array | null): { path: string; unmount(): void } {
    const { FS } = this.library;
    this.library._windows = (this.library._windows ?? 0) + 1;
    // A name that no link in a file can know: files see no other files.
    const path = `${FOLDER}/${this.library._windows}-${Math.random()}`;
    const node = FS.mknod(path, REGULAR_FILE, 0);
    node.usedBytes = length;
    node.stream_ops = {
      ...node.stream_ops,
      read: (_stream: Stream, heap: Int8Array, into: number, wanted: number, position: number): number => {
        const target = new Uint8Array(heap.buffer, heap.byteOffset + into, Math.max(0, Math.min(wanted, length - position)));
        let got = 0;
        try {
          while (got < target.length) {
            const piece = source.read(offset + position + got, Math.min(PIECE, target.length - got));
            if (piece.length === 0) break;
            target.set(piece, got);
            got += piece.length;
          }
        } catch (error) {
          this.source.error = error instanceof Error ? error : new Error(String(error));
          throw new FS.ErrnoError(EIO);
        }
        if (head !== null && position < head.length) target.subarray(0, got).set(head.subarray(position, position + got));
        return got;
      },
      write: (): number => {
        throw new FS.ErrnoError(EIO);
      },
    };
    return {
      path,
      unmount: () => {
        this.closeStreams((stream) => stream.node === node);
        FS.unlink(path);
      },
    };
  }

  private failedRead(): Error | null {
    return this.source.error;
  }

  private closeStreams(which: (stream: Stream) => boolean): void {
    const { FS } = this.library;
    for (const stream of [...FS.streams]) if (stream && which(stream)) FS.close(stream);
  }
}

/** The library's error stack, as one line. */
function asFormatError(what: string, printed: string, thrown: unknown): FormatError {
  const text = printed.includes("HDF5-DIAG") ? printed : thrown instanceof Error ? thrown.message : String(thrown);
  const cut = /truncated file: eof = (\d+),.*?stored_eof = (\d+)/.exec(text);
  if (cut !== null) return new FormatError(FORMAT, `${what}: the file ends at byte ${cut[1]!} of ${cut[2]!}`, true);
  const filter = /required filter '([^']*)' is not registered/.exec(text) ?? /filter '([^']*)' .*not (?:available|registered)/.exec(text);
  if (filter !== null) return new FormatError(FORMAT, `${what}: compressed with the filter "${filter[1]!}", which is not supported`);
  // The first stack is the one that failed; its last entry is the cause.
  const lines = [...(text.split("HDF5-DIAG")[1] ?? text).matchAll(/#\d+: .*? in [\w~]+\(\): (.*)/g)];
  const cause = lines.at(-1)?.[1] ?? text.split("\n")[0] ?? "";
  return new FormatError(FORMAT, `${what}: ${cause.trim() || "unknown error"}`);
}
