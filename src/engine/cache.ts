/**
 * Measured results kept between sessions, outside the run folder: one file a run, entries by
 * (path, size, mtime, format version). A cache that cannot be read or written costs time, never a result.
 */
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { FORMATS_VERSION } from "../read/formats";

/** Raise when the way in which results are stored changes; what is measured has FORMATS_VERSION. */
const STORE_VERSION = 1;
const CACHE_VERSION = `${STORE_VERSION}.${FORMATS_VERSION}`;

export interface FileStamp {
  readonly path: string;
  readonly size: number;
  readonly mtime: number;
}

/** A key that changes when the file does. */
export function stampOf(file: FileStamp): string {
  return `${file.path}\0${file.size}\0${file.mtime}`;
}

export class RunCache {
  private entries: ReadonlyMap<string, unknown>;
  private used = new Map<string, unknown>();
  private dirty = false;
  private readonly path: string | null;

  /** `folder`: where caches live, null for memory only. `run`: absolute path of the run's folder. */
  constructor(folder: string | null, run: string) {
    this.path = folder === null ? null : join(folder, `${createHash("sha256").update(run).digest("hex").slice(0, 32)}.cache`);
    this.entries = this.path === null ? new Map() : load(this.path);
  }

  /** The value under `key`, computed when it is not there. What was not asked for since the last `sweep` is forgotten by it. */
  get<T>(key: string, compute: () => T): T {
    const kept = this.peek(key);
    // Keys name what is stored under them, and a file of another version is not read, so the type is that of `compute`.
    if (kept !== undefined) return kept as T;
    const value = compute();
    this.put(key, value);
    return value;
  }

  /** The value under `key`, undefined when there is none. */
  peek(key: string): unknown {
    const kept = this.used.get(key) ?? this.entries.get(key);
    if (kept !== undefined) this.used.set(key, kept);
    return kept;
  }

  put(key: string, value: unknown): void {
    this.used.set(key, value);
    this.dirty = true;
  }

  /** Forgets what was not used since the last sweep and writes the rest. */
  sweep(): void {
    this.dirty ||= this.used.size !== this.entries.size;
    this.entries = this.used;
    this.used = new Map();
    if (!this.dirty || this.path === null) return;
    this.dirty = false;
    const temporary = `${this.path}.${randomBytes(4).toString("hex")}`;
    try {
      mkdirSync(join(this.path, ".."), { recursive: true });
      writeFileSync(temporary, serialize({ version: CACHE_VERSION, entries: this.entries }));
      renameSync(temporary, this.path);
    } catch {
      rmSync(temporary, { force: true }); // a full or read-only disk: the next session measures again
    }
  }
}

function load(path: string): ReadonlyMap<string, unknown> {
  try {
    const stored: unknown = deserialize(readFileSync(path));
    if (typeof stored === "object" && stored !== null && "version" in stored && stored.version === CACHE_VERSION && "entries" in stored && stored.entries instanceof Map) {
      return stored.entries;
    }
  } catch {
    // none yet, or of another version of Node: measured again
  }
  return new Map();
}
