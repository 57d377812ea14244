/**
 * Chunked datasets that h5py compressed with its LZF filter, which the library does not have: headers of version 1, chunks in a
 * B-tree of version 1 (HDF5 File Format Specification 3.0, sections III.A.1, IV.A.2.f, IV.A.2.i, IV.A.2.l).
 */
import { unshuffle } from "../blosc";
import { unlzf } from "../lzf";
import { type ByteSource, FormatError, type NumericArray } from "../source";
import { type ElementType, toNumbers } from "../typed";
import { DATASPACE, DATATYPE, FILL_VALUE, FILTERS, LAYOUT, messagesAt, type Message } from "./objects";
import { readSpace, readType } from "./types";
import { Fields, NotSimple, UNDEFINED, Window } from "./window";

const FORMAT = "HDF5";
const CHUNKED = 2;
const SHUFFLE = 2;
const FLETCHER32 = 3;
const LZF = 32000;
const CHECKSUM = 4;
/** Rows that are put together at once, in bytes. */
const MOST_ROWS = 256 << 20;
const MOST_CHUNK = 256 << 20;
const MOST_CHUNKS = 1 << 20;

interface Place {
  readonly address: number;
  /** Bytes in the file. */
  readonly size: number;
  /** Bit i: filter i was passed over. */
  readonly skipped: number;
}

/** The dataset whose header lies at `address` of the file in [offset, offset + length); null where the library is to read it. */
export function openLzf(source: ByteSource, offset: number, length: number, address: number): LzfDataset | null {
  try {
    const window = new Window(source, offset, length);
    const messages = messagesAt(window, address);
    const filters = filtersOf(messages);
    return filters.includes(LZF) && filters.every((id) => id === LZF || id === SHUFFLE || id === FLETCHER32) ? new LzfDataset(window, messages, filters) : null;
  } catch (error) {
    if (error instanceof NotSimple) return null;
    throw error;
  }
}

export class LzfDataset {
  /** Bytes of one element. */
  readonly size: number;
  private readonly littleEndian: boolean;
  private readonly shape: readonly number[];
  private readonly chunk: readonly number[];
  /** Chunks along each axis. */
  private readonly grid: readonly number[];
  private readonly chunkBytes: number;
  private readonly fill: Uint8Array | null;
  private readonly tree: number;
  private places: ReadonlyMap<number, Place> | null = null;

  /** Throws NotSimple for what is laid out in another way. */
  constructor(
    private readonly window: Window,
    messages: readonly Message[],
    private readonly filters: readonly number[],
  ) {
    const data = (type: number): Uint8Array => {
      const found = messages.find((m) => m.type === type);
      if (found === undefined) throw new NotSimple();
      return found.data;
    };
    const type = readType(new Fields(data(DATATYPE)));
    const shape = readSpace(new Fields(data(DATASPACE)));
    const layout = new Fields(data(LAYOUT));
    if (layout.u8() !== 3 || layout.u8() !== CHUNKED || shape === null || layout.u8() !== shape.length + 1) throw new NotSimple();
    this.tree = layout.u64();
    this.chunk = shape.map(() => layout.u32());
    this.size = type.meta.size;
    this.littleEndian = type.littleEndian;
    this.shape = shape;
    this.grid = shape.map((n, d) => Math.ceil(n / this.chunk[d]!));
    this.chunkBytes = this.chunk.reduce((a, b) => a * b, this.size);
    if (shape.length === 0 || layout.u32() !== this.size || this.chunkBytes === 0 || this.chunkBytes > MOST_CHUNK) throw new NotSimple();
    this.fill = fillOf(messages, this.size);
  }

  /** Elements [start, start + count) in C order, all of them within the array. Throws FormatError where chunks are damaged. */
  read(path: string, element: ElementType, start: number, count: number): NumericArray {
    const { shape, size } = this;
    const row = shape.slice(1).reduce((a, b) => a * b, 1);
    const from = Math.floor(start / row);
    const to = Math.ceil((start + count) / row);
    const bytes = (to - from) * row * size;
    if (bytes > MOST_ROWS) throw new FormatError(FORMAT, `dataset ${path}: rows of ${bytes} bytes, at most ${MOST_ROWS} are put together`);
    try {
      const out = this.rows(path, from, to, bytes);
      const begin = (start - from * row) * size;
      return toNumbers(element, out.subarray(begin, begin + count * size), this.littleEndian);
    } catch (error) {
      if (error instanceof NotSimple) throw new FormatError(FORMAT, `dataset ${path}: its chunks reach beyond the end of the file, or their index is damaged`, true);
      throw error;
    }
  }

  private rows(path: string, from: number, to: number, bytes: number): Uint8Array {
    const { chunk, grid, fill } = this;
    const places = (this.places ??= this.readTree());
    const out = new Uint8Array(bytes);
    if (fill !== null) for (let at = 0; at < bytes; at += fill.length) out.set(fill, at);
    const inRow = grid.slice(1).reduce((a, b) => a * b, 1);
    const first = Math.floor(from / chunk[0]!) * inRow;
    const end = Math.ceil(to / chunk[0]!) * inRow;
    const put = (n: number, place: Place | undefined): void => {
      if (place !== undefined) this.copy(this.decoded(path, place), n, from, to, out);
    };
    // Few of a large grid may ever have been written.
    if (end - first > places.size) {
      for (const [n, place] of places) if (n >= first && n < end) put(n, place);
    } else for (let n = first; n < end; n++) put(n, places.get(n));
    return out;
  }

  private decoded(path: string, { address, size, skipped }: Place): Uint8Array {
    const { filters, chunkBytes } = this;
    if (size > 2 * chunkBytes + 64) throw new FormatError(FORMAT, `dataset ${path}: ${size} bytes for a chunk of ${chunkBytes}`);
    let bytes = this.window.fresh(address, size);
    for (let i = filters.length - 1; i >= 0; i--) {
      if ((skipped >> i) & 1) continue;
      if (filters[i] === LZF) bytes = unlzf(bytes, chunkBytes, FORMAT);
      else if (filters[i] === SHUFFLE) {
        const out = new Uint8Array(bytes.length);
        unshuffle(bytes, out, this.size);
        bytes = out;
      } else bytes = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM)); // the checksum itself is not looked at
    }
    if (bytes.length !== chunkBytes) throw new FormatError(FORMAT, `dataset ${path}: a chunk holds ${bytes.length} of ${chunkBytes} bytes`);
    return bytes;
  }

  /** Copies what of chunk `n` lies in the rows [from, to), line by line. */
  private copy(values: Uint8Array, n: number, from: number, to: number, out: Uint8Array): void {
    const { shape, chunk, grid, size } = this;
    const last = shape.length - 1;
    const first: number[] = [];
    for (let d = last, rest = n; d >= 0; d--) {
      first[d] = (rest % grid[d]!) * chunk[d]!;
      rest = Math.floor(rest / grid[d]!);
    }
    const begin = shape.map((_, d) => (d === 0 ? Math.max(0, from - first[0]!) : 0));
    const end = shape.map((all, d) => Math.min(chunk[d]!, (d === 0 ? to : all) - first[d]!));
    const line = (end[last]! - begin[last]!) * size;
    const at = [...begin];
    for (;;) {
      let source = 0;
      let target = 0;
      for (let d = 0; d <= last; d++) {
        source = source * chunk[d]! + at[d]!;
        target = target * shape[d]! + first[d]! + at[d]! - (d === 0 ? from : 0);
      }
      out.set(values.subarray(source * size, source * size + line), target * size);
      let d = last - 1;
      for (; d >= 0 && ++at[d]! === end[d]!; d--) at[d] = begin[d]!;
      if (d < 0) return;
    }
  }

  /** Chunks by their number in C order of the grid. */
  private readTree(): Map<number, Place> {
    const { window, chunk, grid, shape } = this;
    const places = new Map<number, Place>();
    const seen = new Set<number>();
    const key = 8 + 8 * (shape.length + 1);
    const visit = (address: number, level: number | null): void => {
      if (seen.has(address)) throw new NotSimple();
      seen.add(address);
      const head = new Fields(window.bytes(address, 24));
      if (!head.isTag("TREE") || head.u8() !== 1) throw new NotSimple();
      const own = head.u8();
      const used = head.u16();
      if (level !== null && own !== level) throw new NotSimple();
      const entries = new Fields(window.bytes(address + 24, used * (key + 8)));
      for (let i = 0; i < used; i++) {
        const size = entries.u32();
        const skipped = entries.u32();
        const index = shape.map((_, d) => entries.u64() / chunk[d]!);
        const child = entries.skip(8).u64();
        if (own > 0) visit(child, own - 1);
        else {
          if (index.some((n, d) => !Number.isInteger(n) || n < 0 || n >= grid[d]!) || places.size >= MOST_CHUNKS) throw new NotSimple();
          places.set(index.reduce((n, i, d) => n * grid[d]! + i, 0), { address: child, size, skipped });
        }
      }
    };
    if (this.tree !== UNDEFINED) visit(this.tree, null);
    return places;
  }
}

/** Numbers of the filters, in the order of writing; none without a pipeline. */
function filtersOf(messages: readonly Message[]): number[] {
  const message = messages.find((m) => m.type === FILTERS);
  if (message === undefined) return [];
  const fields = new Fields(message.data);
  const version = fields.u8();
  const count = fields.u8();
  if (version !== 1 && version !== 2) throw new NotSimple();
  if (version === 1) fields.skip(6);
  return Array.from({ length: count }, () => {
    const id = fields.u16();
    const name = version === 1 || id >= 256 ? fields.u16() : 0;
    const values = fields.skip(2).u16();
    fields.skip((version === 1 ? Math.ceil(name / 8) * 8 : name) + 4 * (version === 1 ? values + (values & 1) : values));
    return id;
  });
}

/** What chunks that were never written hold; null for zeros. */
function fillOf(messages: readonly Message[], size: number): Uint8Array | null {
  const message = messages.find((m) => m.type === FILL_VALUE);
  if (message === undefined) return null;
  const fields = new Fields(message.data);
  const version = fields.u8();
  if (version < 1 || version > 3) throw new NotSimple();
  const defined = version === 3 ? (fields.u8() & 32) !== 0 : fields.skip(2).u8() !== 0;
  if (!defined && version > 1) return null;
  const length = fields.u32();
  if (length === 0 || !defined) return null;
  if (length !== size) throw new NotSimple();
  const value = fields.part(length);
  return value.every((b) => b === 0) ? null : value;
}
