/** Positioned reads from a file on disk. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteSource } from "../read/bytes/source";
import { codeOf } from "./errors";
import { beat, beatFor } from "./pulse";

export interface FileSource extends ByteSource {
  /** A file beside this one (see ReadTools); null when there is none. */
  sibling(name: string): ByteSource | null;
  /** Closes it and the siblings that were asked for. */
  close(): void;
}

/** Files up to this size are read at once and hold no handle. */
export const SMALL_FILE = 1 << 16;

/** Code of the error for folders, pipes and devices. */
const NOT_A_FILE = "ENOTREG";

/** Opens `path` for reading; `name` is what messages call it. Throws the system's error when it cannot be opened. */
export function openFile(path: string, name: string): FileSource {
  beatFor(path);
  const fd = openSync(path, "r");
  let size: number;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw Object.assign(new Error(`${name}: not a regular file`), { code: NOT_A_FILE });
    size = stat.size;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  if (size <= SMALL_FILE) return inMemory(path, name, fd, size);
  let open = true;
  let scratch = new Uint8Array(0);
  const siblings = new Siblings(path, name);
  return {
    name,
    size,
    sibling: (other) => siblings.get(other),
    read(offset, length, keep = false) {
      beat();
      // What is appended after opening is not seen, so that one reading is of one state.
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (wanted === 0) return new Uint8Array(0);
      let into: Uint8Array;
      if (keep) into = new Uint8Array(wanted);
      else {
        if (scratch.length < wanted) scratch = new Uint8Array(wanted);
        into = scratch.subarray(0, wanted);
      }
      return filled(fd, into, offset);
    },
    close() {
      siblings.close();
      if (open) closeSync(fd);
      open = false;
    },
  };
}

/** `into`, filled from `offset` on; less of it where the file ends before (it was truncated since it was opened). */
function filled(fd: number, into: Uint8Array, offset: number): Uint8Array {
  let got = 0;
  while (got < into.length) {
    const n = readSync(fd, into, got, into.length - got, offset + got);
    if (n === 0) return into.subarray(0, got);
    got += n;
  }
  return into;
}

/** Siblings that hold a handle or memory at once; a zarr array may lie in a hundred thousand files. */
const MAX_SIBLINGS = 32;

/** Files beside one. Each looks like an open file; those not used for longest are closed, and opened again when they are read. */
class Siblings {
  private readonly known = new Map<string, ByteSource | null>();
  private readonly open = new Map<string, FileSource>();
  private closed = false;

  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {}

  get(other: string): ByteSource | null {
    let known = this.known.get(other);
    if (known === undefined) this.known.set(other, (known = this.closed ? null : this.find(other)));
    return known;
  }

  close(): void {
    this.closed = true;
    for (const sibling of this.open.values()) sibling.close();
    this.open.clear();
    this.known.clear();
  }

  private find(other: string): ByteSource | null {
    const found = this.opened(other);
    return found === null ? null : { name: found.name, size: found.size, read: (offset, length, keep) => this.opened(other)?.read(offset, Math.min(length, found.size - offset), keep) ?? new Uint8Array(0) };
  }

  private opened(other: string): FileSource | null {
    const known = this.open.get(other);
    this.open.delete(other);
    const source = known ?? (this.closed ? null : openSibling(this.path, this.name, other));
    if (source === null) return null;
    this.open.set(other, source); // most recently used last
    for (const [oldest, sibling] of this.open) {
      if (this.open.size <= MAX_SIBLINGS) break;
      this.open.delete(oldest);
      sibling.close();
    }
    return source;
  }
}

/** Beside the file or below its folder, so that no file leads a reader elsewhere. */
function openSibling(path: string, name: string, other: string): FileSource | null {
  if (/[\\:\0]/.test(other) || other.split("/").some((part) => part === "" || part === "." || part === "..")) return null;
  try {
    return openFile(join(dirname(path), other), name.slice(0, name.lastIndexOf("/") + 1) + other);
  } catch (error) {
    if (["ENOENT", "ENOTDIR", NOT_A_FILE].includes(codeOf(error) ?? "")) return null;
    throw error;
  }
}

function inMemory(path: string, name: string, fd: number, size: number): FileSource {
  let bytes: Uint8Array;
  try {
    bytes = filled(fd, new Uint8Array(size), 0);
  } finally {
    closeSync(fd);
  }
  let siblings: Siblings | null = null; // most files have none, and many thousands may be open
  return {
    name,
    size,
    sibling: (other) => (siblings ??= new Siblings(path, name)).get(other),
    read: (offset, length, keep = false) => {
      const to = offset + Math.max(0, length);
      return keep ? bytes.slice(offset, to) : bytes.subarray(offset, to);
    },
    close: () => siblings?.close(),
  };
}
