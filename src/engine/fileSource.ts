/** Positioned reads from a file on disk. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteSource } from "../read/bytes/source";
import { codeOf } from "./errors";
import { beat, beatFor } from "./pulse";

export interface FileSource extends ByteSource {
  /** A file beside this one (see ReadTools), opened once; null when there is none. */
  sibling(name: string): ByteSource | null;
  /** Closes it and the siblings that were asked for. */
  close(): void;
}

/** Files up to this size are read at once and hold no handle. */
export const SMALL_FILE = 1 << 16;

/** Opens `path` for reading; `name` is what messages call it. Throws the system's error when it cannot be opened. */
export function openFile(path: string, name: string): FileSource {
  beatFor(path);
  const fd = openSync(path, "r");
  let size: number;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw new Error(`${name}: not a regular file`);
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

/** Files beside one, each opened once. */
class Siblings {
  private readonly open = new Map<string, FileSource | null>();
  private closed = false;

  constructor(
    private readonly path: string,
    private readonly name: string,
  ) {}

  get(other: string): FileSource | null {
    let known = this.open.get(other);
    if (known === undefined) this.open.set(other, (known = this.closed ? null : openSibling(this.path, this.name, other)));
    return known;
  }

  close(): void {
    this.closed = true;
    for (const sibling of this.open.values()) sibling?.close();
    this.open.clear();
  }
}

/** By its name alone, so that no file leads a reader to another folder. */
function openSibling(path: string, name: string, other: string): FileSource | null {
  if (other === "" || other === "." || other === ".." || /[/\\:\0]/.test(other)) return null;
  try {
    return openFile(join(dirname(path), other), name.slice(0, name.lastIndexOf("/") + 1) + other);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
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
  const siblings = new Siblings(path, name);
  return {
    name,
    size,
    sibling: (other) => siblings.get(other),
    read: (offset, length, keep = false) => {
      const to = offset + Math.max(0, length);
      return keep ? bytes.slice(offset, to) : bytes.subarray(offset, to);
    },
    close: () => siblings.close(),
  };
}
