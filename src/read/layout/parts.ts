/** Files that only hold a part of another: shards of a checkpoint, chunks of an array, the data beside a header. */
import { CHECKPOINT_FORMATS, LOG_FORMATS, VOLUME_FORMATS } from "../formats";
import type { FileEntry } from "./plan";

const FORMATS = [...LOG_FORMATS, ...CHECKPOINT_FORMATS, ...VOLUME_FORMATS].filter((format) => format.partOf !== undefined);
/** A part of a part of …: no format goes deeper. */
const DEEPEST = 4;
/** Files that stand for the store that they lie in: zarr version 2 and 3. */
const STORE_FILE = /(?:^|\/)(?:\.zarray|zarr\.json)$/;

/** Files whose part `path` may be, as the formats name them; none for a file that stands for itself. */
function ownersOf(path: string): string[] {
  return FORMATS.flatMap((format) => format.partOf?.(path) ?? []);
}

/**
 * The files without those that are parts of another one listed; these their owner has, so that it changes when they do. A part
 * whose owner is not there stands for itself. Order stays.
 */
export function withParts(files: readonly FileEntry[]): FileEntry[] {
  const listed = new Map(files.map((file) => [file.path, file]));
  const stores = storesIn(files);
  const parts = new Map<string, FileEntry[]>();
  const owned = new Set<string>();
  for (const file of files) {
    const owner = inStore(file.path, stores) ?? ownersOf(file.path).find((path) => path !== file.path && listed.has(path));
    if (owner === undefined || isInCircle(owner, file.path, listed)) continue;
    owned.add(file.path);
    const known = parts.get(owner);
    if (known === undefined) parts.set(owner, [file]);
    else known.push(file);
  }
  if (owned.size === 0) return [...files];
  const whole = (file: FileEntry, depth: number): FileEntry => {
    const own = parts.get(file.path);
    return own === undefined || depth >= DEEPEST ? file : { ...file, parts: own.map((part) => whole(part, depth + 1)) };
  };
  return files.filter((file) => !owned.has(file.path)).map((file) => whole(file, 0));
}

/** Folders of zarr arrays and the file that stands for each: what lies below is theirs, however the chunks are called. */
function storesIn(files: readonly FileEntry[]): Map<string, string> {
  return new Map(files.filter(({ path }) => STORE_FILE.test(path)).map(({ path }) => [path.replace(STORE_FILE, ""), path]));
}

function inStore(path: string, stores: ReadonlyMap<string, string>): string | undefined {
  if (stores.size === 0 || STORE_FILE.test(path)) return undefined;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const owner = stores.get(path.slice(0, end));
    if (owner !== undefined) return owner;
  }
  return stores.get("");
}

/** Whether following owners from `from` leads back to `path`: then both stand for themselves. */
function isInCircle(from: string, path: string, listed: ReadonlyMap<string, FileEntry>): boolean {
  let at: string | undefined = from;
  for (let depth = 0; depth <= DEEPEST && at !== undefined; depth++) {
    const owner: string | undefined = ownersOf(at).find((other) => other !== at && listed.has(other));
    if (owner === path) return true;
    at = owner;
  }
  return at !== undefined;
}

/** What a report calls a file: the store's folder for the file that stands for it, which may be hidden. */
export function shownPath(path: string): string {
  return STORE_FILE.test(path) ? path.replace(STORE_FILE, "") || "." : path;
}
