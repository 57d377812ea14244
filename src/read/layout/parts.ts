/** Files that only hold a part of another: shards of a checkpoint. */
import { CHECKPOINT_FORMATS } from "../formats";
import type { FileEntry } from "./plan";

/** The file whose part `path` is, if there were one; null for a file that stands for itself. */
export function ownerOf(path: string): string | null {
  for (const format of CHECKPOINT_FORMATS) {
    const owner = format.partOf?.(path) ?? null;
    if (owner !== null) return owner;
  }
  return null;
}

/** The same files in the same order; those that others are parts of have them, so that they change when their parts do. */
export function withParts(files: readonly FileEntry[]): FileEntry[] {
  const parts = new Map<string, FileEntry[]>();
  for (const file of files) {
    const owner = ownerOf(file.path);
    if (owner === null) continue;
    const known = parts.get(owner);
    if (known === undefined) parts.set(owner, [file]);
    else known.push(file);
  }
  return files.map((file) => {
    const own = parts.get(file.path);
    return own === undefined ? file : { ...file, parts: own };
  });
}
