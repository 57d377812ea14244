/** Positioned reads from a file on disk. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ByteSource } from "../read/bytes/source";
import { codeOf } from "./errors";

export interface FileSource extends ByteSource {
  /** A file beside this one (see ReadTools), opened once; null when there is none. */
  sibling(name: string): ByteSource | null;
  /** Closes it and the siblings that were asked for. */
  close(): void;
}

/** Opens `path` for reading; `name` is what messages call it. Throws the system's error when it cannot be opened. */
export function openFile(path: string, name: string): FileSource {
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
  let open = true;
  let scratch = new Uint8Array(0);
  const siblings = new Map<string, FileSource | null>();
  return {
    name,
    size,
    sibling(other) {
      let known = siblings.get(other);
      if (known === undefined) siblings.set(other, (known = open ? openSibling(path, name, other) : null));
      return known;
    },
    read(offset, length, keep = false) {
      // What is appended after opening is not seen, so that one reading is of one state.
      const wanted = Math.max(0, Math.min(length, size - offset));
      if (wanted === 0) return new Uint8Array(0);
      let into: Uint8Array;
      if (keep) into = new Uint8Array(wanted);
      else {
        if (scratch.length < wanted) scratch = new Uint8Array(wanted);
        into = scratch.subarray(0, wanted);
      }
      let got = 0;
      while (got < wanted) {
        const n = readSync(fd, into, got, wanted - got, offset + got);
        if (n === 0) break; // truncated since it was opened
        got += n;
      }
      return got === wanted ? into : into.subarray(0, got);
    },
    close() {
      for (const sibling of siblings.values()) sibling?.close();
      siblings.clear();
      if (open) closeSync(fd);
      open = false;
    },
  };
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
