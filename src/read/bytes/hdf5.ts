/** HDF5 files, read in place from a window of a byte source: nothing is copied or loaded whole. */
import { Hdf5Reader, readAttribute, typeOf } from "./hdf5Data";
import type { Hdf5Library } from "./hdf5Module";
import { FORMAT, Hdf5Runtime } from "./hdf5Module";
import { type LzfDataset, openLzf } from "./hdf5native/chunks";
import { openSimple } from "./hdf5native/file";
import { SUPERBLOCK_SIZE, withoutWriterMark } from "./hdf5Superblock";
import type { ByteSource, Hdf5, Hdf5Dataset, Hdf5File } from "./source";
import { FormatError } from "./source";

// H5G_obj_t
const GROUP = 0;
const DATASET = 1;
const READ_ONLY = 0;
const ANY_VERSION = -1;
/** Groups nested deeper are not followed: real files stay far below, and every level makes every path longer. */
const DEEPEST = 100;

/** The first bytes of an HDF5 file without a user block. */
export const HDF5_MAGIC = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Whether `head` begins as an HDF5 file does. */
export function isHdf5(head: Uint8Array): boolean {
  return head.length >= HDF5_MAGIC.length && HDF5_MAGIC.every((byte, i) => head[i] === byte);
}

/** A file that needs the library, asked of `simpleHdf5`. */
export class LibraryNeeded extends FormatError {
  constructor() {
    super(FORMAT, "its library is needed and not loaded");
  }
}

/** Reads plain files, as Keras writes them, without the library; throws LibraryNeeded for all others. */
export const simpleHdf5: Hdf5 = {
  open(source, offset = 0, length = source.size - offset) {
    const simple = openSimple(source, offset, length);
    if (simple === null) throw new LibraryNeeded();
    return simple;
  },
};

let loading: Promise<Hdf5> | null = null;

/** The reader of all HDF5 files; the library (about 100 ms) is loaded at the first call and kept. Plain files do not go through it. */
export async function loadHdf5(): Promise<Hdf5> {
  const library = await loadHdf5Library();
  return {
    open: (source, offset = 0, length = source.size - offset) => openSimple(source, offset, length) ?? library.open(source, offset, length),
  };
}

/** The library alone, for plain files too. */
export function loadHdf5Library(): Promise<Hdf5> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Hdf5> {
  const { ready } = await import("h5wasm");
  const runtime = new Hdf5Runtime((await ready) as unknown as Hdf5Library);
  return { open: (source, offset = 0, length = source.size - offset) => new OpenFile(runtime, source, offset, length) };
}

class OpenFile implements Hdf5File {
  private readonly mounted: { readonly path: string; unmount(): void };
  private id: bigint | null = null;
  private listed: { readonly datasets: Hdf5Dataset[]; readonly problems: string[] } | null = null;

  /** Throws FormatError (torn when the file may not be written out yet). */
  constructor(
    private readonly runtime: Hdf5Runtime,
    private readonly source: ByteSource,
    private readonly offset: number,
    private readonly length: number,
  ) {
    if (offset < 0 || length < 0 || offset + length > source.size) {
      throw new FormatError(FORMAT, `bytes ${offset} to ${offset + length} asked of ${source.size}`, true);
    }
    const head = source.read(offset, Math.min(length, SUPERBLOCK_SIZE), true);
    if (!isHdf5(head)) {
      const begun = HDF5_MAGIC.every((byte, i) => i >= head.length || head[i] === byte);
      throw new FormatError(FORMAT, length < HDF5_MAGIC.length ? `only ${length} bytes` : "does not begin with the HDF5 signature", begun);
    }
    this.mounted = runtime.mount(source, offset, length, withoutWriterMark(head, length));
    try {
      this.id = runtime.call("opening", (library) => library.open(this.mounted.path, READ_ONLY, false, ANY_VERSION, ANY_VERSION), (id) => id < 0n);
    } catch (error) {
      this.mounted.unmount();
      throw error;
    }
  }

  datasets(): Hdf5Dataset[] {
    return this.list().datasets;
  }

  problems(): string[] {
    return this.list().problems;
  }

  attributes(path: string): Record<string, unknown> {
    const at = path === "" ? "/" : path;
    const out: Record<string, unknown> = {};
    for (const name of this.runtime.call(`attributes of ${at}`, (library) => library.get_attribute_names(this.file(), at))) {
      const value = readAttribute(this.runtime, this.file(), at, name, this.length);
      if (value !== undefined) out[name] = value;
    }
    return out;
  }

  children(path: string): string[] {
    const at = path === "" ? "/" : path;
    return this.runtime.call(`group ${at}`, (library) => library.get_names(this.file(), at, false));
  }

  close(): void {
    if (this.id === null) return;
    const id = this.id;
    this.id = null;
    try {
      this.runtime.call("closing", (library) => library.close_file(id), (status) => status < 0);
    } finally {
      this.mounted.unmount();
    }
  }

  private file(): bigint {
    if (this.id === null) throw new FormatError(FORMAT, "read after it was closed");
    return this.id;
  }

  private list(): { datasets: Hdf5Dataset[]; problems: string[] } {
    if (this.listed !== null) return this.listed;
    const datasets: Hdf5Dataset[] = [];
    const problems: string[] = [];
    const seen = new Set<string>();
    const visit = (path: string, depth: number): void => {
      try {
        // Links that lead nowhere, or out of the file (where they find nothing), are neither.
        const type = path === "/" ? GROUP : this.runtime.call(path, (library) => library.get_type(this.file(), path));
        if (type !== GROUP && type !== DATASET) return;
        const identity = this.runtime.call(path, (library) => library.create_object_reference(this.file(), path)).join();
        if (seen.has(identity)) return;
        seen.add(identity);
        if (type === DATASET) {
          datasets.push(this.dataset(path.slice(1)));
          return;
        }
        if (depth > DEEPEST) throw new FormatError(FORMAT, `groups nested deeper than ${DEEPEST}`);
        for (const name of this.children(path)) visit(path === "/" ? `/${name}` : `${path}/${name}`, depth + 1);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        problems.push(error.message);
      }
    };
    visit("/", 0);
    this.listed = { datasets, problems };
    return this.listed;
  }

  /** Where an object's header lies: what a reference to it holds. */
  private addressOf(path: string): number {
    const reference = this.runtime.call(path, (library) => library.create_object_reference(this.file(), path));
    return Number(new DataView(Uint8Array.from(reference).buffer).getBigUint64(0, true));
  }

  private dataset(path: string): Hdf5Dataset {
    const what = `dataset ${path}`;
    const meta = this.runtime.callThrowing(what, (library) => library.get_dataset_metadata(this.file(), path));
    const opaque = typeOf(meta, true);
    const type = opaque.dtype === "bfloat16" && this.attributes(path)["dtype"] !== "bfloat16" ? typeOf(meta, false) : opaque;
    const shape = meta.shape ?? [0];
    const lzf = (): LzfDataset | null => openLzf(this.source, this.offset, this.length, this.addressOf(path));
    const reader = new Hdf5Reader(this.runtime, () => this.file(), path, meta, type, shape, this.length, lzf);
    return { path, dtype: type.dtype, numeric: type.element !== null && meta.shape !== null, shape, read: (start, count) => reader.read(start, count) };
  }
}
