/**
 * Measured results kept between sessions, outside the run folder: one file a run, entries by path, size, mtime and format
 * version. New entries are appended, so that writing costs what is new. A cache that cannot be read or written costs time,
 * never a result: every entry has a checksum, and what follows a damaged one is measured again.
 *
 * File: a line that names the versions, then entries of 16 bytes of key, 4 bytes of length, 8 bytes of checksum, and the value
 * as V8 serialises it. Two windows may append to one file (each entry is written in one piece); rewriting replaces it whole.
 */
import { createHash, randomBytes } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { deserialize, serialize } from "node:v8";
import type { FileEntry } from "../read/layout/plan";
import { FORMATS_VERSION } from "../read/formats";
import { codeOf } from "./errors";
import { pathInside } from "./inside";

/** Raise when the way in which results are stored changes; what is measured has FORMATS_VERSION. */
const STORE_VERSION = 2;
const HEADER = Buffer.from(`run-doctor measured ${STORE_VERSION}.${FORMATS_VERSION} v8 ${process.versions.v8}\n`);
const KEY = 16;
const CHECK = 8;
const ENTRY = KEY + 4 + CHECK;
/** A larger file is not worth its reading. */
const LARGEST = 512 << 20;
/** Forgotten entries may take up as many bytes as the others, and this many more, before the file is written anew. */
const SLACK = 1 << 20;
const SUFFIX = ".cache";

/** A key that changes when the file or one of its parts does. */
export function stampOf(file: FileEntry): string {
  return [`${file.path}\0${file.size}\0${file.mtime}`, ...(file.parts ?? []).map(stampOf)].join("\0");
}

/** A value in memory, and the name of its entry in the file once it has one. */
interface Held {
  readonly value: unknown;
  readonly id: string | null;
}

export class RunCache {
  /** Values asked for or put since the last sweep, and those of the sweep before. */
  private used = new Map<string, Held>();
  private kept: ReadonlyMap<string, Held> = new Map();
  private fresh: Held[] = [];
  /** As read from disk, until they are asked for; null: not read yet, or no longer in memory. */
  private stored: Map<string, Uint8Array> | null = null;
  /** Bytes of entries that the file holds; null when it must be written anew. */
  private written: Map<string, number> | null = null;
  private readonly path: string | null;

  /** `folder`: where caches live, null for memory only. `run`: absolute path of the run's folder. */
  constructor(folder: string | null, run: string) {
    // Never inside the run: that would change what is followed.
    this.path = folder === null || pathInside(run, folder) !== null ? null : join(folder, `${createHash("sha256").update(run).digest("hex").slice(0, 32)}${SUFFIX}`);
  }

  /** The value under `key`, undefined when there is none. What is not asked for until the next `sweep` is forgotten by it. */
  peek(key: string): unknown {
    const short = shortened(key);
    const held = this.used.get(short) ?? this.kept.get(short) ?? this.fromDisk(short);
    if (held !== undefined) this.used.set(short, held);
    return held?.value;
  }

  /** Keys name what is stored under them: one key, one type. `value` is plain data and no longer changed. */
  put(key: string, value: unknown): void {
    const short = shortened(key);
    const held: Held = { value, id: this.path === null ? null : idOf(short) };
    this.used.set(short, held);
    if (this.path !== null) this.fresh.push(held);
  }

  /** Forgets what was not used since the last sweep, and writes what is new. */
  sweep(): void {
    this.kept = this.used;
    this.used = new Map();
    const fresh = this.fresh;
    this.fresh = [];
    if (this.path === null) return;
    if (this.written === null && this.stored === null) this.load();
    this.stored = new Map(); // all that was wanted of it is in memory now
    try {
      if (this.written === null || this.wasted(this.written)) this.rewrite();
      else if (fresh.length > 0) this.append(fresh, this.written);
    } catch {
      this.written = null; // a full or read-only disk: the next session measures again
    }
  }

  /** Drops what is in memory; it is read from disk again when it is asked for. */
  rest(): void {
    if (this.written === null || this.used.size > 0) return;
    this.kept = new Map();
    this.stored = null;
  }

  private fromDisk(short: string): Held | undefined {
    if (this.path === null) return undefined;
    if (this.stored === null) this.load();
    if (this.stored === null || this.stored.size === 0) return undefined;
    const id = idOf(short);
    const bytes = this.stored.get(id);
    if (bytes === undefined) return undefined;
    try {
      return { value: deserialize(bytes), id };
    } catch {
      this.written = null; // its checksum holds, yet V8 does not know it: measured again
      return undefined;
    }
  }

  private load(): void {
    const stored = (this.stored = new Map<string, Uint8Array>());
    this.written = null;
    if (this.path === null) return;
    let bytes: Buffer;
    try {
      if (statSync(this.path).size > LARGEST) return;
      bytes = readFileSync(this.path);
      const now = new Date();
      utimesSync(this.path, now, now); // still wanted
    } catch {
      return; // none yet, or not ours to read: measured again
    }
    if (!bytes.subarray(0, HEADER.length).equals(HEADER)) return;
    const written = new Map<string, number>();
    let at = HEADER.length;
    while (at + ENTRY <= bytes.length) {
      const end = at + ENTRY + bytes.readUInt32LE(at + KEY);
      if (end > bytes.length) break;
      const value = bytes.subarray(at + ENTRY, end);
      const id = bytes.toString("hex", at, at + KEY);
      if (!checkOf(id, value).equals(bytes.subarray(at + KEY + 4, at + ENTRY))) break;
      stored.set(id, value);
      written.set(id, (written.get(id) ?? 0) + end - at);
      at = end;
    }
    if (at === bytes.length) this.written = written;
  }

  /** Whether most of the file is of no more use. */
  private wasted(written: ReadonlyMap<string, number>): boolean {
    const ids = new Set([...this.kept.values()].map(({ id }) => id));
    let live = 0;
    let all = 0;
    for (const [id, bytes] of written) {
      all += bytes;
      if (ids.has(id)) live += bytes;
    }
    return all > 2 * live + SLACK;
  }

  private append(fresh: readonly Held[], written: Map<string, number>): void {
    if (this.path === null) return;
    // Gone or replaced by a window of another version: written anew the next time, not begun in the middle.
    if (!existsSync(this.path)) throw new Error("the cache is gone");
    for (const { id, value } of fresh) {
      if (id === null) continue;
      const entry = entryOf(id, value);
      appendFileSync(this.path, entry);
      written.set(id, (written.get(id) ?? 0) + entry.length);
    }
  }

  private rewrite(): void {
    if (this.path === null) return;
    const entries: Buffer[] = [HEADER];
    const written = new Map<string, number>();
    for (const { id, value } of this.kept.values()) {
      if (id === null) continue;
      const entry = entryOf(id, value);
      entries.push(entry);
      written.set(id, entry.length);
    }
    const temporary = `${this.path}.${randomBytes(4).toString("hex")}`;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(temporary, Buffer.concat(entries));
      renameSync(temporary, this.path);
      this.written = written;
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

/** Removes caches of runs that nobody looked at for `days`. */
export function tidyCaches(folder: string, days: number, now = Date.now()): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return; // none yet
  }
  for (const name of names) {
    if (!name.includes(SUFFIX)) continue;
    try {
      if (now - statSync(join(folder, name)).mtimeMs > days * 86_400_000) rmSync(join(folder, name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") return; // another window was faster, or one may not: nothing is lost
    }
  }
}

/** A key of many thousands of files is as good by its hash. */
function shortened(key: string): string {
  return key.length <= 512 ? key : createHash("sha256").update(key).digest("base64");
}

function idOf(short: string): string {
  return createHash("sha256").update(short).digest("hex").slice(0, 2 * KEY);
}

function checkOf(id: string, value: Uint8Array): Buffer {
  return createHash("sha256").update(id).update(value).digest().subarray(0, CHECK);
}

function entryOf(id: string, value: unknown): Buffer {
  const bytes = serialize(value);
  const head = Buffer.alloc(KEY + 4);
  head.write(id, 0, "hex");
  head.writeUInt32LE(bytes.length, KEY);
  return Buffer.concat([head, checkOf(id, bytes), bytes]);
}
