/** Elements of a zarr array in C order, across its chunks; a row of chunks is held at a time. */
import type { ByteSource, NumericArray, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { allocate, setRange, sizeOf, toNumbers } from "../bytes/typed";
import { ZARR } from "./zarrCodecs";
import type { ZarrArray } from "./zarrMetadata";

/** Bytes of the elements that are held decoded: a row of chunks, where it is no more. */
const KEPT = 64 << 20;
/** Chunks of a row, each a file to be looked for: of more, shorter rows are taken. */
const MOST_IN_ROW = 1 << 14;
const MOST_CHUNKS = 1 << 24;
/** Indices of shards that are held. */
const KEPT_INDICES = 16;
/** A stored chunk is at most so much larger than its raw bytes: what does not shrink costs a little. */
const MOST_STORED = 2;
const MISSING = 0xffffffffffffffffn;

export class ZarrChunks {
  /** The first axis along which a row of chunks is held whole; axes before it are gone through one index at a time. */
  private readonly axis: number;
  private readonly below: readonly number[];
  /** Elements in a row of chunks. */
  private readonly block: number;
  private kept: { readonly from: number; readonly data: NumericArray } | null = null;
  private readonly indices = new Map<string, DataView | null>();
  private readonly chunkStrides: readonly number[];
  private readonly chunkCount: number;
  /** A row was filled from its files, or from nothing but the fill value. */
  private found = false;

  constructor(
    private readonly array: ZarrArray,
    private readonly tools: Pick<ReadTools, "sibling">,
  ) {
    const { shape, chunks, element, axes } = array;
    const below = shape.map(() => 1);
    for (let d = shape.length - 2; d >= 0; d--) below[d] = below[d + 1]! * shape[d + 1]!;
    this.below = below;
    const files = shape.map((n, d) => Math.ceil(n / chunks[d]!));
    if (files.reduce((a, b) => a * b, 1) > MOST_CHUNKS) throw new FormatError(ZARR, `${files.join(" × ")} chunks are too many`);
    const fits = shape.findIndex((n, d) => Math.min(n, chunks[d]!) * below[d]! * sizeOf(element) <= KEPT && files.slice(d + 1).reduce((a, b) => a * b, 1) <= MOST_IN_ROW);
    this.axis = shape.length === 0 ? 0 : fits < 0 ? shape.length - 1 : fits;
    this.block = shape.length === 0 ? 1 : chunks[this.axis]! * below[this.axis]!;
    const strides = chunks.map(() => 0);
    let stride = 1;
    for (const axis of [...axes].reverse()) {
      strides[axis] = stride;
      stride *= chunks[axis]!;
    }
    this.chunkStrides = strides;
    this.chunkCount = stride;
  }

  /** Elements [start, start + count) in C order. Throws FormatError beyond the array, and where a chunk is damaged. */
  read(start: number, count: number): NumericArray {
    const { element, total } = this.array;
    if (start < 0 || count < 0 || start + count > total) throw new FormatError(ZARR, `elements ${start} to ${start + count} asked of ${total}`);
    if (count === 0) return allocate(element, 0);
    const first = this.rowAt(start);
    if (start + count <= first.from + first.data.length) return first.data.subarray(start - first.from, start - first.from + count);
    // Memory that the chunks account for: what a hostile shape claims is not allocated before a chunk was there.
    if (count * sizeOf(element) > KEPT && !this.found) throw new FormatError(ZARR, `${count} elements asked of an array without chunks`);
    const out = allocate(element, count);
    for (let done = 0; done < count; ) {
      const { from, data } = this.rowAt(start + done);
      const at = start + done - from;
      const n = Math.min(count - done, data.length - at);
      setRange(out, done, data, at, n);
      done += n;
    }
    return out;
  }

  /** The row of chunks that holds element `at`, from its first element on. */
  private rowAt(at: number): { readonly from: number; readonly data: NumericArray } {
    const { shape, chunks } = this.array;
    const { axis, below, kept } = this;
    if (kept !== null && at >= kept.from && at < kept.from + kept.data.length) return kept;
    if (shape.length === 0) return (this.kept = { from: 0, data: this.fillRow([], 0, 1) });
    const span = below[axis]! * shape[axis]!;
    const before = Math.floor(at / span);
    const row = Math.floor((at - before * span) / this.block);
    const from = before * span + row * this.block;
    const rows = Math.min(chunks[axis]!, shape[axis]! - row * chunks[axis]!);
    const fixed: number[] = [];
    for (let d = axis - 1, rest = before; d >= 0; d--) {
      fixed.unshift(rest % shape[d]!);
      rest = Math.floor(rest / shape[d]!);
    }
    return (this.kept = { from, data: this.fillRow(fixed, row, rows * below[axis]!) });
  }

  /** Decodes the chunks of one row one after the other. `fixed`: indices along the axes before it. */
  private fillRow(fixed: readonly number[], row: number, length: number): NumericArray {
    const { shape, chunks, element, fill } = this.array;
    this.kept = null; // the row before makes room
    const out = allocate(element, length);
    if (fill !== 0 && fill !== 0n) out.fill(fill as never);
    const rank = shape.length;
    const index = shape.map((_, d) => (d < this.axis ? Math.floor(fixed[d]! / chunks[d]!) : d === this.axis ? row : 0));
    for (;;) {
      const values = this.chunk(index);
      if (values !== null) {
        this.found = true;
        this.place(values, index, fixed, out);
      }
      let d = rank - 1;
      for (; d > this.axis; d--) {
        if ((++index[d]!) * chunks[d]! < shape[d]!) break;
        index[d] = 0;
      }
      if (d <= this.axis) return out;
    }
  }

  /** Copies what lies in the row, line by line. */
  private place(values: NumericArray, index: readonly number[], fixed: readonly number[], out: NumericArray): void {
    const { shape, chunks } = this.array;
    const { axis, below, chunkStrides } = this;
    const rank = shape.length;
    if (rank === 0) {
      setRange(out, 0, values, 0, 1);
      return;
    }
    const extent = shape.map((n, d) => (d < axis ? 1 : Math.min(chunks[d]!, n - index[d]! * chunks[d]!)));
    let base = 0;
    for (let d = 0; d < axis; d++) base += (fixed[d]! % chunks[d]!) * chunkStrides[d]!;
    let to = 0;
    for (let d = axis + 1; d < rank; d++) to += index[d]! * chunks[d]! * below[d]!;
    const last = rank - 1;
    const line = extent[last]!;
    const step = chunkStrides[last]!;
    const at = new Array<number>(rank).fill(0);
    for (;;) {
      if (step === 1 && line > 8) setRange(out, to, values, base, line);
      else for (let i = 0, from = base; i < line; i++, from += step) out[to + i] = values[from]!;
      let d = last - 1;
      for (; d >= axis; d--) {
        base += chunkStrides[d]!;
        to += below[d]!;
        if (++at[d]! < extent[d]!) break;
        base -= extent[d]! * chunkStrides[d]!;
        to -= extent[d]! * below[d]!;
        at[d] = 0;
      }
      if (d < axis) return;
    }
  }

  /** Elements of one chunk in its own order; null where it was never written. */
  private chunk(index: readonly number[]): NumericArray | null {
    const { element, littleEndian, decode, shard, keyOf } = this.array;
    const key = keyOf(shard === null ? index : index.map((n, d) => Math.floor(n / shard.grid[d]!)));
    const source = this.tools.sibling(key);
    if (source === null) return null;
    const size = this.chunkCount * sizeOf(element);
    const stored = shard === null ? this.wholeFile(source, size) : this.inShard(source, key, index, size);
    if (stored === null) return null;
    let bytes = stored;
    // Steps before the last may give a little more than the raw bytes (a checksum); none gives more than that.
    for (const [i, step] of decode.entries()) bytes = step(bytes, i === decode.length - 1 ? size : size + 64);
    if (bytes.length !== size) throw new FormatError(ZARR, `chunk ${key} holds ${bytes.length} of ${size} bytes`, bytes.length < size);
    return toNumbers(element, bytes, littleEndian);
  }

  private wholeFile(source: ByteSource, size: number): Uint8Array {
    if (source.size > size * MOST_STORED + 4096) throw new FormatError(ZARR, `${source.name} has ${source.size} bytes for a chunk of ${size}`);
    return source.read(0, source.size, true);
  }

  /** The chunk's bytes within its shard, by the shard's index of offsets and lengths. */
  private inShard(source: ByteSource, key: string, index: readonly number[], size: number): Uint8Array | null {
    const shard = this.array.shard!;
    let table = this.indices.get(key);
    if (table === undefined) {
      const length = shard.count * 16 + (shard.checked ? 4 : 0);
      const bytes = source.read(shard.indexAtEnd ? Math.max(0, source.size - length) : 0, length, true);
      if (bytes.length < length) throw new FormatError(ZARR, `shard ${key} has ${source.size} bytes, its index ${length}`, true);
      table = new DataView(bytes.buffer, bytes.byteOffset, shard.count * 16);
      if (this.indices.size >= KEPT_INDICES) this.indices.clear();
      this.indices.set(key, table);
    }
    let at = 0;
    index.forEach((n, d) => (at = at * shard.grid[d]! + (n % shard.grid[d]!)));
    const offset = table!.getBigUint64(at * 16, true);
    const length = table!.getBigUint64(at * 16 + 8, true);
    if (offset === MISSING && length === MISSING) return null;
    if (offset + length > BigInt(source.size) || length > BigInt(size * MOST_STORED + 4096)) throw new FormatError(ZARR, `shard ${key} of ${source.size} bytes claims ${length.toString()} bytes at ${offset.toString()} for a chunk of ${size}`);
    return source.read(Number(offset), Number(length), true);
  }
}
