/** The index of a TensorFlow checkpoint: which tensor lies where (tensorflow/core/protobuf/tensor_bundle.proto). */
import { WIRE, WireReader } from "../bytes/protobuf";
import { asOneLine, type ByteSource, FormatError } from "../bytes/source";
import { tableEntries } from "../bytes/table";
import { type ElementType, sizeOf } from "../bytes/typed";
import { sliceKey } from "./tfCheckpointSlices";

export const NAME = "tf-checkpoint";

/** Bytes [offset, offset + size) of a shard. */
export interface Piece {
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
}

export interface BundleTensor {
  readonly key: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** In C order, one after the other. */
  readonly pieces: readonly Piece[];
  /** Checksum of the bytes; null for a tensor that is kept in parts. */
  readonly crc: number | null;
}

export interface Bundle {
  readonly littleEndian: boolean;
  /** How many data files there are. */
  readonly shards: number;
  /** In the order of the keys. */
  readonly tensors: readonly BundleTensor[];
  /** The object graph's bytes, as a tensor of one string; null without one. */
  readonly graph: Piece | null;
  /** Up to where each shard is claimed. */
  readonly ends: ReadonlyMap<number, number>;
  readonly problems: readonly string[];
}

interface Entry {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly piece: Piece;
  readonly crc: number;
  /** Parts of the tensor that are kept as entries of their own: start and length (-1: all) along each axis. */
  readonly slices: readonly (readonly Extent[])[];
}

export interface Extent {
  readonly start: number;
  readonly length: number;
}

/** DataType of tensorflow/core/framework/types.proto. Quantized integers are read as integers. */
const TYPES: Readonly<Record<number, ElementType>> = {
  1: "float32",
  2: "float64",
  3: "int32",
  4: "uint8",
  5: "int16",
  6: "int8",
  8: "complex64",
  9: "int64",
  10: "bool",
  11: "int8",
  12: "uint8",
  13: "int32",
  14: "bfloat16",
  15: "int16",
  16: "uint16",
  17: "uint16",
  18: "complex128",
  19: "float16",
  22: "uint32",
  23: "uint64",
  24: "float8_e5m2",
  25: "float8_e4m3fn",
  26: "float8_e4m3fnuz",
  28: "float8_e5m2fnuz",
};
const UNREAD: Readonly<Record<number, string>> = { 27: "float8_e4m3b11fnuz", 29: "int4", 30: "uint4", 31: "int2", 32: "uint2", 33: "float4_e2m1fn" };
/** string, resource, variant: no numbers; state of input pipelines and the like. */
const WITHOUT_NUMBERS: ReadonlySet<number> = new Set([7, 20, 21]);
const GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH";
const MOST_SHARDS = 1 << 20;
const MOST_RANK = 254;
const MOST_NAMES = 64 << 20;
const MOST_PROBLEMS = 20;

/** The header of a bundle in the first block of a table, also behind snappy's first tag; null when there is none. */
export function headerAtStart(head: Uint8Array): boolean {
  const starts = [0];
  let at = head.findIndex((b) => b < 128) + 1;
  const tag = head[at++];
  if (at <= 6 && tag !== undefined && (tag & 3) === 0) starts.push(at + Math.max(0, (tag >> 2) - 59));
  return starts.some((start) => {
    // The first key is empty and shares nothing.
    const size = head[start + 2];
    if (head[start] !== 0 || head[start + 1] !== 0 || size === undefined || size < 2 || size > 64) return false;
    const header = head.subarray(start + 3, start + 3 + size);
    return header.length === size && readHeader(header) !== null;
  });
}

/** Reads the whole index. Throws FormatError where it is damaged; single tensors that cannot be read become lines. */
export function readIndex(source: ByteSource): Bundle {
  const entries = new Map<string, Entry>();
  const parts = new Map<string, Entry>();
  let header: { shards: number; littleEndian: boolean } | null = null;
  let names = 0;
  const decoder = new TextDecoder();
  for (const { key, value } of tableEntries(source, NAME)) {
    if (header === null) {
      header = key.length === 0 ? readHeader(value) : null;
      if (header === null) throw new FormatError(NAME, "the index has no header");
      continue;
    }
    names += key.length;
    if (names > MOST_NAMES) throw new FormatError(NAME, `the names in the index are longer than ${MOST_NAMES} bytes`);
    const entry = readEntry(value);
    const isPart = key[0] === 0;
    const name = isPart ? String.fromCharCode(...key) : decoder.decode(key);
    if (entry === null || entry.piece.shard >= header.shards) throw new FormatError(NAME, `the entry of ${shown(name)} is damaged`);
    const into = isPart ? parts : entries;
    if (into.has(name)) throw new FormatError(NAME, `${shown(name)} is there twice`);
    into.set(name, entry);
  }
  if (header === null) throw new FormatError(NAME, "the index is empty");
  return { ...header, ...gather(entries, parts) };
}

function gather(entries: ReadonlyMap<string, Entry>, parts: ReadonlyMap<string, Entry>): Omit<Bundle, "shards" | "littleEndian"> {
  const tensors: BundleTensor[] = [];
  const problems: string[] = [];
  const ends = new Map<number, number>();
  let graph: Piece | null = null;
  for (const [key, entry] of entries) {
    if (key === GRAPH_KEY && entry.dtype === 7 && entry.shape.length === 0) graph = entry.piece;
    if (!WITHOUT_NUMBERS.has(entry.dtype)) {
      const tensor = tensorOf(key, entry, parts);
      if (typeof tensor === "string") problems.push(tensor);
      else tensors.push(tensor);
    }
  }
  for (const { piece } of [...entries.values(), ...parts.values()]) ends.set(piece.shard, Math.max(ends.get(piece.shard) ?? 0, piece.offset + piece.size));
  const more = problems.length - MOST_PROBLEMS;
  return { tensors, graph, ends, problems: more > 1 ? [...problems.slice(0, MOST_PROBLEMS), `${more} more tensors cannot be read`] : problems };
}

/** A line where it cannot be read. */
function tensorOf(key: string, entry: Entry, parts: ReadonlyMap<string, Entry>): BundleTensor | string {
  const type = TYPES[entry.dtype];
  if (type === undefined) return `${shown(key)} has dtype ${UNREAD[entry.dtype] ?? entry.dtype}, which is not read`;
  const count = entry.shape.reduce((a, b) => a * b, 1);
  const row = entry.shape.slice(1).reduce((a, b) => a * b, sizeOf(type));
  const found = entry.slices.length === 0 ? entry : joined(key, entry, row, parts);
  if (typeof found === "string") return `${shown(key)} ${found}`;
  const pieces = "piece" in found ? [found.piece] : found;
  const bytes = pieces.reduce((n, piece) => n + piece.size, 0);
  const want = count * sizeOf(type);
  if (bytes !== want) return `${shown(key)} of shape [${entry.shape.join(", ")}] and dtype ${type} takes ${want} bytes, ${bytes} are there`;
  return { key, type, shape: entry.shape, pieces, crc: entry.slices.length === 0 ? entry.crc : null };
}

/** The pieces of a variable that was partitioned along its first axis, in order. `row`: bytes of one index of that axis. */
function joined(key: string, entry: Entry, row: number, parts: ReadonlyMap<string, Entry>): Piece[] | string {
  const ordered = [...entry.slices].sort((a, b) => (a[0]?.start ?? 0) - (b[0]?.start ?? 0));
  const pieces: Piece[] = [];
  let next = 0;
  for (const extents of ordered) {
    const part = parts.get(sliceKey(key, extents));
    if (part === undefined) return `is kept in ${entry.slices.length} parts, of which one is missing`;
    const whole = extents.slice(1).every((extent, i) => extent.start === 0 && (extent.length === -1 || extent.length === entry.shape[i + 1]));
    if (!whole || extents.length !== entry.shape.length) return `is kept in ${entry.slices.length} parts along another axis than the first, which is not read`;
    const first = extents[0]!;
    const rows = first.length === -1 ? entry.shape[0]! : first.length;
    if (first.start !== next || rows <= 0 || part.piece.size !== rows * row || part.dtype !== entry.dtype) return `is kept in ${entry.slices.length} parts that do not fit together`;
    next += rows;
    pieces.push(part.piece);
  }
  return pieces;
}

function shown(name: string): string {
  const plain = asOneLine(JSON.stringify(name).slice(1, -1)) || "(no name)";
  return plain.length <= 200 ? plain : `${plain.slice(0, 200)}…`;
}

/** BundleHeaderProto; null when it is none. */
function readHeader(bytes: Uint8Array): { shards: number; littleEndian: boolean } | null {
  const r = new WireReader();
  r.over(bytes);
  let shards = 0;
  let endianness = 0;
  while (r.pos < r.end) {
    const tag = r.varint();
    if (tag === 8) shards = r.varint();
    else if (tag === 16) endianness = r.varint();
    else if (tag === 26) r.skip(WIRE.bytes); // versions of writer and oldest reader
    else return null;
  }
  return r.bad || shards < 1 || shards > MOST_SHARDS || endianness > 1 ? null : { shards, littleEndian: endianness === 0 };
}

/** BundleEntryProto; null when it is damaged. */
function readEntry(bytes: Uint8Array): Entry | null {
  const r = new WireReader();
  r.over(bytes);
  let [dtype, shard, offset, size, crc] = [0, 0, 0, 0, 0];
  let shape: readonly number[] | null = [];
  const slices: Extent[][] = [];
  while (r.pos < r.end) {
    const tag = r.varint();
    const wire = tag & 7;
    const field = tag >>> 3;
    if (field === 1 && wire === WIRE.varint) dtype = r.varint();
    else if (field === 2 && wire === WIRE.bytes) shape = within(r, readShape);
    else if (field === 3 && wire === WIRE.varint) shard = r.varint();
    else if (field === 4 && wire === WIRE.varint) offset = r.int64();
    else if (field === 5 && wire === WIRE.varint) size = r.int64();
    else if (field === 6 && wire === WIRE.fixed32 && r.pos + 4 <= r.end) {
      crc = r.view.getUint32(r.pos, true);
      r.pos += 4;
    } else if (field === 7 && wire === WIRE.bytes) slices.push(within(r, readSlice));
    else r.skip(wire);
    if (shape === null) return null;
  }
  const placed = Number.isSafeInteger(offset) && Number.isSafeInteger(size) && offset >= 0 && size >= 0 && Number.isSafeInteger(offset + size);
  return r.bad || !placed ? null : { dtype, shape, piece: { shard, offset, size }, crc, slices };
}

/** Reads a message that lies in the one that `r` stands in. */
export function within<T>(r: WireReader, read: (r: WireReader) => T): T {
  const length = r.length();
  const { end, pos } = r;
  r.end = pos + length;
  const value = read(r);
  const { bad } = r;
  if (bad) r.pos = end;
  else r.pos = pos + length;
  r.end = end;
  return value;
}

/** TensorShapeProto; null when its rank or a size is impossible. */
function readShape(r: WireReader): number[] | null {
  const shape: number[] = [];
  while (r.pos < r.end) {
    const tag = r.varint();
    if (tag === 18) shape.push(within(r, (dim) => lone(dim, 8)));
    else r.skip(tag & 7);
  }
  const count = shape.reduce((a, b) => a * Math.max(1, b), 1);
  return shape.length > MOST_RANK || shape.some((n) => n < 0) || !Number.isSafeInteger(count * 8) ? null : shape;
}

/** The value of one varint field, 0 where it is left out. */
function lone(r: WireReader, field: number): number {
  let value = 0;
  while (r.pos < r.end) {
    const tag = r.varint();
    if (tag === field) value = r.int64();
    else r.skip(tag & 7);
  }
  return value;
}

/** TensorSliceProto. */
function readSlice(r: WireReader): Extent[] {
  const extents: Extent[] = [];
  while (r.pos < r.end) {
    const tag = r.varint();
    if (tag !== 10) r.skip(tag & 7);
    else
      extents.push(
        within(r, (extent) => {
          let start = 0;
          let length = -1; // left out: all of the axis
          while (extent.pos < extent.end) {
            const own = extent.varint();
            if (own === 8) start = extent.int64();
            else if (own === 16) length = extent.int64();
            else extent.skip(own & 7);
          }
          return { start, length };
        }),
      );
  }
  return extents;
}
