/** The files of one run, told apart and opened: what each is, and its headers, remembered until the file changes. */
import { isAbsolute, join } from "node:path";
import { FormatError, type NumericArray, type ReadTools } from "../read/bytes/source";
import { LibraryNeeded, loadHdf5, simpleHdf5 } from "../read/bytes/hdf5";
import type { CheckpointFile, CheckpointFormat, VolumeEntry, VolumeFile } from "../read/format";
import { strayContent } from "../read/checkpoints/stray";
import { candidates, CONFIG_FORMATS, LOG_FORMATS } from "../read/formats";
import type { FileEntry, VolumeRef } from "../read/layout/plan";
import { sliceEntry } from "../read/layout/slice";
import { colourCodes } from "../read/volumes/colourEntry";
import { stampOf, type RunCache } from "./cache";
import { HEAD_BYTES } from "./discover";
import { lineOf } from "./errors";
import { openFile, SMALL_FILE, type FileSource } from "./fileSource";
import { inflate } from "./inflate";
import { accepted, brokenAs, byName, headerOf, KEPT, restored, settingsByName, stripped, type Kind } from "./kinds";

/** Endings of what is no data; where no format claims the name, their heads are not looked at. */
const IRRELEVANT = /\.(png|jpe?g|gif|svg|webp|bmp|tiff?|mp4|avi|mov|wav|mp3|md|rst|html?|css|js|ts|tsx|c|cc|cpp|h|hpp|cu|so|o|a|dll|exe|sh|bat|ipynb|pyc|pyo|whl|lock|pdf|docx?|xlsx?|pptx?|pb|map|7z|rar|dcm)$/i;
const CONFIG = /\.(json|ya?ml|toml|ini|cfg)$/i;
/** Label and image arrays up to this many bytes stay in memory while a run is measured: they are held against every epoch. */
const KEEP_BYTES = 48 << 20;
const MAX_OPEN = 16;
/** Arrays of small files that are kept open, in bytes. */
const SMALL_BYTES = 48 << 20;
/** Checkpoints up to this size (bytes) stay open while a run is inspected, so many at the most. */
const SMALL_CHECKPOINT = 8 << 20;
const MAX_CHECKPOINTS = 32;

export interface OpenCheckpoint {
  readonly file: CheckpointFile;
  readonly close: () => void;
}

interface OpenVolume {
  readonly file: VolumeFile;
  readonly source: FileSource;
  /** Of a small file that lies in memory: bytes of its arrays. Null for one that holds a handle. */
  readonly bytes: number | null;
}

export class Shelf {
  private readonly kinds = new Map<string, { readonly stamp: string; readonly kind: Kind }>();
  private readonly open = new Map<string, OpenVolume>();
  private readonly kept = new Map<string, VolumeEntry>();
  private readonly checkpoints = new Map<string, OpenCheckpoint>();
  private keptBytes = 0;
  private openFiles = 0;
  private openBytes = 0;
  private library: Omit<ReadTools, "sibling"> = { inflate, hdf5: simpleHdf5 };

  /** `cache`: where headers are remembered between sessions. */
  constructor(
    private readonly folder: string,
    private readonly cache: RunCache,
  ) {}

  /** Where a path of the run lies on disk. */
  locate(path: string): string {
    return isAbsolute(path) ? path : join(this.folder, path);
  }

  /** What a file is. Opens it at most once for each of its states. */
  async kindOf(file: FileEntry): Promise<Kind> {
    const stamp = stampOf(file);
    const key = `kind\n${stamp}`;
    const stored = restored(this.cache.peek(key)); // asked also when it is known: what is not asked for is forgotten
    const known = this.kinds.get(file.path);
    if (known?.stamp === stamp) return known.kind;
    const kind = stored ?? (await this.look(file));
    // What the system forbids or misses may be there the next time, though the file has not changed then.
    if (kind?.kind === "broken" && !kind.lasting) this.kinds.delete(file.path);
    else this.kinds.set(file.path, { stamp, kind });
    if (stored === null && kind !== null && KEPT.has(kind.kind)) this.cache.put(key, stripped(kind));
    return kind;
  }

  /** Forgets what is no longer there. */
  prune(present: ReadonlySet<string>): void {
    for (const path of this.kinds.keys()) if (!present.has(path)) this.kinds.delete(path);
  }

  private async look(file: FileEntry): Promise<Kind> {
    const name = file.path;
    if (/\.py$/i.test(name)) return { kind: "script" };
    if (file.size === 0) return this.emptyOrNothing(file);
    if (IRRELEVANT.test(name) && byName(name) === null) return null;
    let source: FileSource;
    try {
      source = openFile(this.locate(name), name);
    } catch (error) {
      const named = byName(name);
      return named === null ? null : { kind: "broken", as: named.as, format: "file", problem: lineOf(error), torn: false, lasting: false };
    }
    let kept = false;
    try {
      const head = source.read(0, HEAD_BYTES, true);
      const stray = strayContent(head);
      const claimed = stray === null ? null : (byName(name) ?? settingsByName(name));
      if (stray !== null && claimed !== null) return brokenAs(claimed.as, claimed.format.name, new FormatError(claimed.format.name, stray));
      const found = candidates(name, head);
      const log = LOG_FORMATS.find((format) => format.probe(name, head) && (format.accepts === undefined || accepted(format.name, () => format.accepts!(source, this.toolsFor(source)))));
      if (log !== undefined) return { kind: "log", format: log };
      let broken: Kind = null;
      for (const format of found.checkpoints) {
        try {
          if (await this.withLibrary((tools) => format.accepts(source, tools), source)) return { kind: "checkpoint", format };
        } catch (error) {
          broken = brokenAs("checkpoint", format.name, error);
        }
      }
      for (const format of found.volumes) {
        try {
          const volume = await this.withLibrary((tools) => format.open(source, tools), source);
          const headers = volume.entries.map(colourCodes).map((entry) => headerOf(name, format.name, entry));
          // A small file lies in memory already, decompressed: it is asked for again as soon as the run is planned.
          kept = source.size <= SMALL_FILE && headers.length > 0;
          if (kept) this.keepOpen(name, { file: volume, source, bytes: arrayBytes(volume) });
          else volume.close();
          if (headers.length > 0 || volume.problems.length > 0) return { kind: "volume", format, headers, problem: volume.problems[0] ?? null };
        } catch (error) {
          broken ??= brokenAs("volume", format.name, error);
        }
      }
      if (broken !== null) return broken;
      const config = CONFIG_FORMATS.find((format) => format.probe(name, head)) ?? null;
      return config !== null || CONFIG.test(name) ? { kind: "config", format: config } : null;
    } catch (error) {
      return brokenAs("volume", "file", error);
    } finally {
      if (!kept) source.close(); // files beside it are read through it
    }
  }

  /** An empty file is worth a line when its name says that it should hold something. */
  private emptyOrNothing(file: FileEntry): Kind {
    const named = byName(file.path);
    if (named?.as === "log") return { kind: "log", format: named.format };
    return named === null ? null : { kind: "broken", as: named.as, format: named.format.name, problem: `${named.format.name}: 0 bytes: still being written?`, torn: true, lasting: true };
  }

  /** Tries without HDF5's library; most files do not need it, and loading it takes longer than reading them. */
  async withLibrary<T>(read: (tools: ReadTools) => T, source: FileSource | null = null): Promise<T> {
    try {
      return read(this.toolsFor(source));
    } catch (error) {
      if (!(error instanceof LibraryNeeded)) throw error;
      this.library = { inflate, hdf5: await loadHdf5() };
      return read(this.toolsFor(source));
    }
  }

  private toolsFor(source: FileSource | null): ReadTools {
    return { ...this.library, sibling: (name) => source?.sibling(name) ?? null };
  }

  /** The caller closes the source. `name`: as the source calls itself. */
  openLog(path: string, name = path): { source: FileSource; tools: ReadTools } {
    const source = openFile(this.locate(path), name);
    return { source, tools: this.toolsFor(source) };
  }

  /** The caller closes it; what is kept open for the rest of the inspection does not mind. */
  async openCheckpoint(path: string, format: CheckpointFormat): Promise<OpenCheckpoint> {
    const kept = this.checkpoints.get(path);
    if (kept !== undefined) return { file: kept.file, close: () => undefined };
    const source = openFile(this.locate(path), path);
    try {
      const file = await this.withLibrary((tools) => format.open(source, tools), source);
      const close = (): void => {
        file.close();
        source.close();
      };
      if (source.size > SMALL_CHECKPOINT || this.checkpoints.size >= MAX_CHECKPOINTS) return { file, close };
      // It is asked for three times: for its head, for itself, and as the one before the next.
      this.checkpoints.set(path, { file, close });
      return { file, close: () => undefined };
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /**
   * An array of a volume file, opened on demand. `keep`: it is read again for every epoch and stays in memory while small.
   * Throws FormatError, or the system's error when the file is gone.
   */
  array(ref: VolumeRef, keep: boolean): VolumeEntry {
    const whole = this.wholeArray(ref, keep);
    return ref.slice === undefined ? whole : sliceEntry(whole, ref.slice);
  }

  private wholeArray(ref: VolumeRef, keep: boolean): VolumeEntry {
    const key = `${ref.path}#${ref.entry ?? ""}`;
    const held = this.kept.get(key);
    if (held !== undefined) return held;
    const { file } = this.volume(ref.path);
    const stored = file.entries.find((e) => e.entry === ref.entry) ?? (ref.entry === null ? file.entries[0] : undefined);
    if (stored === undefined) throw new FormatError(this.formatOf(ref.path), `no array ${JSON.stringify(ref.entry)} in it`);
    const entry = colourCodes(stored);
    const count = entry.shape.reduce((a, b) => a * b, 1);
    const bytes = count * bytesOf(entry.dtype);
    if (!keep || this.keptBytes + bytes > KEEP_BYTES) return entry;
    const whole = entry.read(0, count).slice() as NumericArray;
    if (whole.length !== count) return entry;
    const inMemory: VolumeEntry = { ...entry, seekable: true, read: (start, length) => whole.subarray(start, start + length) };
    this.kept.set(key, inMemory);
    this.keptBytes += bytes;
    return inMemory;
  }

  /** Closes everything; headers stay remembered. */
  closeAll(): void {
    for (const checkpoint of this.checkpoints.values()) checkpoint.close();
    this.checkpoints.clear();
    for (const volume of this.open.values()) closeVolume(volume);
    this.open.clear();
    this.openFiles = this.openBytes = 0;
    this.kept.clear();
    this.keptBytes = 0;
  }

  private formatOf(path: string): string {
    const kind = this.kinds.get(path)?.kind;
    return kind?.kind === "volume" ? kind.format.name : "file";
  }

  /** Those not used for longest make room: at most so many open files, and so many bytes of small ones. */
  private keepOpen(path: string, volume: OpenVolume): void {
    const before = this.open.get(path);
    if (before !== undefined) this.letGo(path, before);
    this.open.set(path, volume);
    if (volume.bytes === null) this.openFiles++;
    else this.openBytes += volume.bytes;
    for (const [oldest, other] of this.open) {
      if (other === volume) break;
      if (other.bytes === null ? this.openFiles > MAX_OPEN : this.openBytes > SMALL_BYTES) this.letGo(oldest, other);
      else if (this.openFiles <= MAX_OPEN && this.openBytes <= SMALL_BYTES) break;
    }
  }

  private letGo(path: string, volume: OpenVolume): void {
    this.open.delete(path);
    if (volume.bytes === null) this.openFiles--;
    else this.openBytes -= volume.bytes;
    closeVolume(volume);
  }

  private volume(path: string): OpenVolume {
    const known = this.open.get(path);
    if (known !== undefined) {
      this.open.delete(path); // most recently used last
      this.open.set(path, known);
      return known;
    }
    const kind = this.kinds.get(path)?.kind;
    if (kind?.kind !== "volume") throw new FormatError("file", `${path} holds no arrays`);
    const source = openFile(this.locate(path), path);
    try {
      const file = kind.format.open(source, this.toolsFor(source));
      const opened = { file, source, bytes: source.size <= SMALL_FILE ? arrayBytes(file) : null };
      this.keepOpen(path, opened);
      return opened;
    } catch (error) {
      source.close();
      throw error;
    }
  }
}

function closeVolume(volume: OpenVolume): void {
  volume.file.close();
  volume.source.close();
}

/** Bytes that a small file takes up while it is open: its arrays, and what stands around them, which is more where these are tiny. */
function arrayBytes(file: VolumeFile): number {
  return file.entries.reduce((sum, entry) => sum + entry.shape.reduce((a, b) => a * b, 1) * bytesOf(entry.dtype), OPEN_BYTES);
}

const OPEN_BYTES = 8192;

/** Bytes of one element once read. */
function bytesOf(dtype: string): number {
  const bits = /(\d+)$/.exec(dtype)?.[1];
  return bits === undefined ? 8 : Math.max(1, Number(bits) / 8);
}
