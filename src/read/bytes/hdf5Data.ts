/** Datatypes and data of HDF5 datasets and attributes. */
import { FORMAT } from "./hdf5Module";
import type { Hdf5Metadata, Hdf5Runtime } from "./hdf5Module";
import type { LzfDataset } from "./hdf5native/chunks";
import type { NumericArray } from "./source";
import { FormatError } from "./source";
import { DEFLATE_MOST } from "./stream";
import type { ElementType } from "./typed";
import { allocate, setRange, sizeOf, toNumbers } from "./typed";

// H5T_class_t
const INTEGER = 0;
const FLOAT = 1;
const STRING = 3;
const BITFIELD = 4;
const OPAQUE = 5;
const ENUM = 8;
const CLASS_NAMES = ["int", "float", "time", "string", "bitfield", "opaque", "compound", "reference", "enum", "vlen", "array"];
const SPACE_PADDED = 2;

/** At most so many bytes are asked of the library at once. */
const PIECE = 32 << 20;
/** Chunk rows up to this size are kept, so that reading a chunked dataset in small steps decompresses each chunk once. */
const KEPT = 64 << 20;
/** The same of chunks that are read without the library, whose every read decompresses a whole row. */
const KEPT_LZF = 256 << 20;
/** Data beyond this size must be plausible for the file's size: no more than deflate can swell. */
const SURELY_FINE = 1 << 30;

export interface Hdf5Type {
  /** numpy-like name, or class and size ("opaque2") of what has none. */
  readonly dtype: string;
  /** How to read it; null when it holds no numbers. */
  readonly element: ElementType | null;
  /** Byte order of what the library gives: it turns numbers, but not enumerations. */
  readonly littleEndian: boolean;
}

/** The numpy-like type of `meta`; `asBfloat16` when an attribute says that opaque pairs of bytes are bfloat16. */
export function typeOf(meta: Hdf5Metadata, asBfloat16: boolean): Hdf5Type {
  const name = (element: ElementType): Hdf5Type => ({ dtype: element, element, littleEndian: meta.type !== ENUM || meta.size === 1 || meta.littleEndian });
  const other: Hdf5Type = { dtype: `${CLASS_NAMES[meta.type] ?? "unknown"}${meta.size}`, element: null, littleEndian: true };
  if (meta.type === FLOAT) return meta.size === 2 ? name("float16") : meta.size === 4 ? name("float32") : meta.size === 8 ? name("float64") : other;
  if (meta.type === OPAQUE) return asBfloat16 && meta.size === 2 ? name("bfloat16") : other;
  if (meta.type === STRING) return { dtype: "string", element: null, littleEndian: true };
  if (meta.type === ENUM) {
    const members = meta.enum_type?.members ?? {};
    if (meta.size === 1 && Object.keys(members).length === 2 && members["FALSE"] === 0 && members["TRUE"] === 1) return name("bool");
  }
  if (meta.type === INTEGER || meta.type === BITFIELD || (meta.type === ENUM && meta.enum_type?.type === INTEGER)) {
    const bits = String(meta.size * 8);
    const signed = meta.type !== BITFIELD && meta.signed;
    const element = ELEMENTS.find((e) => e === `${signed ? "int" : "uint"}${bits}`);
    if (element !== undefined) return name(element);
  }
  return other;
}

const ELEMENTS: readonly ElementType[] = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"];

/** A box of an N-dimensional array. */
export interface Slab {
  readonly offset: readonly number[];
  readonly count: readonly number[];
}

/**
 * The fewest boxes whose elements, one after the other, are [start, start + count) of an array of `shape` in C order: partial
 * rows at both ends, whole rows in between, and so on inwards; at most twice as many as there are axes.
 */
export function slabs(shape: readonly number[], start: number, count: number): Slab[] {
  const out: Slab[] = [];
  const below = shape.map(() => 1);
  for (let d = shape.length - 2; d >= 0; d--) below[d] = below[d + 1]! * shape[d + 1]!;
  const walk = (axis: number, prefix: readonly number[], from: number, to: number): void => {
    if (from >= to) return;
    const row = below[axis]!;
    const first = Math.floor(from / row);
    const last = Math.floor((to - 1) / row);
    const rest = shape.length - axis - 1;
    const whole = (a: number, b: number): void => {
      if (b > a) out.push({ offset: [...prefix, a, ...new Array<number>(rest).fill(0)], count: [...prefix.map(() => 1), b - a, ...shape.slice(axis + 1)] });
    };
    const headIsWhole = from === first * row;
    const tailIsWhole = to === (last + 1) * row;
    if (first === last && !(headIsWhole && tailIsWhole)) {
      walk(axis + 1, [...prefix, first], from - first * row, to - first * row);
      return;
    }
    if (!headIsWhole) walk(axis + 1, [...prefix, first], from - first * row, row);
    whole(headIsWhole ? first : first + 1, tailIsWhole ? last + 1 : last);
    if (!tailIsWhole) walk(axis + 1, [...prefix, last], 0, to - last * row);
  };
  if (shape.length > 0) walk(0, [], start, start + count);
  return out;
}

/** Reads elements of one dataset. */
export class Hdf5Reader {
  private readonly total: number;
  private kept: { readonly from: number; readonly data: NumericArray } | null = null;
  /** Undefined until it is first read. */
  private lzf: LzfDataset | null | undefined;

  /** `openLzf` gives the data where the library lacks their filter. */
  constructor(
    private readonly runtime: Hdf5Runtime,
    private readonly file: () => bigint,
    private readonly path: string,
    private readonly meta: Hdf5Metadata,
    private readonly type: Hdf5Type,
    private readonly shape: readonly number[],
    private readonly fileSize: number,
    private readonly openLzf: () => LzfDataset | null,
  ) {
    this.total = meta.shape === null ? 0 : shape.reduce((a, b) => a * b, 1);
  }

  /** Elements [start, start + count) in C order. Throws FormatError for what is no number, out of range, or cannot be read. */
  read(start: number, count: number): NumericArray {
    const { element } = this.type;
    if (element === null) throw new FormatError(FORMAT, `dataset ${this.path}: ${this.type.dtype} holds no numbers`);
    if (start < 0 || count < 0 || start + count > this.total) {
      throw new FormatError(FORMAT, `dataset ${this.path}: elements ${start} to ${start + count} asked of ${this.total}`);
    }
    const bytes = this.total * sizeOf(element);
    if (bytes > SURELY_FINE && bytes > this.fileSize * DEFLATE_MOST) {
      throw new FormatError(FORMAT, `dataset ${this.path}: claims ${bytes} bytes in a file of ${this.fileSize}`);
    }
    const chunk = this.meta.chunks?.reduce((a, b) => a * b, sizeOf(element)) ?? 0;
    if (chunk > KEPT && chunk > this.fileSize * DEFLATE_MOST) {
      throw new FormatError(FORMAT, `dataset ${this.path}: claims chunks of ${chunk} bytes in a file of ${this.fileSize}`);
    }
    if (count === 0) return allocate(element, 0);
    if (this.lzf === undefined) this.lzf = this.meta.chunks === null ? null : this.openLzf();
    return this.fromChunks(element, start, count) ?? this.direct(element, start, count);
  }

  /** Chunked data by whole rows of chunks, the last of which is kept; null when that does not pay. */
  private fromChunks(element: ElementType, start: number, count: number): NumericArray | null {
    const rows = this.meta.chunks?.[0];
    if (rows === undefined || this.shape.length === 0) return null;
    const row = this.total / this.shape[0]!;
    const block = rows * row;
    if (block * sizeOf(element) > (this.lzf === null ? KEPT : KEPT_LZF) || (start % block === 0 && count % block === 0)) return null;
    const out = allocate(element, count);
    for (let done = 0; done < count; ) {
      const at = start + done;
      const from = Math.floor(at / block) * block;
      if (this.kept?.from !== from) this.kept = { from, data: this.direct(element, from, Math.min(block, this.total - from)) };
      const n = Math.min(count - done, from + block - at);
      setRange(out, done, this.kept.data, at - from, n);
      done += n;
    }
    return out;
  }

  private direct(element: ElementType, start: number, count: number): NumericArray {
    if (this.lzf?.size === sizeOf(element)) return this.lzf.read(this.path, element, start, count);
    const most = Math.max(1, Math.floor(PIECE / sizeOf(element)));
    if (count <= most) return this.piece(element, start, count);
    const out = allocate(element, count);
    for (let done = 0; done < count; done += most) {
      const n = Math.min(most, count - done);
      setRange(out, done, this.piece(element, start + done, n), 0, n);
    }
    return out;
  }

  private piece(element: ElementType, start: number, count: number): NumericArray {
    const size = sizeOf(element);
    const bytes = withMemory(this.runtime, count * size, (pointer) => {
      let at = pointer;
      const read = (slab: Slab | null): void => {
        const big = (numbers: readonly number[]): bigint[] => numbers.map(BigInt);
        this.runtime.call(
          `dataset ${this.path}`,
          (library) => library.get_dataset_data(this.file(), this.path, slab && big(slab.count), slab && big(slab.offset), slab && slab.count.map(() => 1n), BigInt(at)),
          (status) => status < 0,
        );
        at += (slab?.count.reduce((a, b) => a * b, 1) ?? 1) * size;
      };
      if (this.shape.length === 0) read(null);
      else for (const slab of slabs(this.shape, start, count)) read(slab);
      return this.runtime.library.HEAPU8.slice(pointer, pointer + count * size);
    });
    return toNumbers(element, bytes, this.type.littleEndian);
  }
}

function withMemory<T>(runtime: Hdf5Runtime, bytes: number, use: (pointer: number) => T): T {
  const pointer = runtime.library._malloc(Math.max(8, bytes));
  if (pointer === 0) throw new FormatError(FORMAT, `no memory for ${bytes} bytes`);
  try {
    return use(pointer);
  } finally {
    runtime.library._free(pointer);
  }
}

/**
 * The value of an attribute: a number, boolean or string, an array of them (several axes flattened in C order), null for a null
 * dataspace, undefined for what is none of these (references, compounds). 64-bit integers become numbers.
 */
export function readAttribute(runtime: Hdf5Runtime, file: bigint, path: string, name: string, fileSize: number): unknown {
  const what = `attribute ${name} of ${path}`;
  const meta = runtime.callThrowing(what, (library) => library.get_attribute_metadata(file, path, name));
  if (meta.shape === null) return null;
  const bytes = meta.size * meta.total_size;
  const type = typeOf(meta, false);
  if (type.element === null && meta.type !== STRING) return undefined;
  if (bytes > fileSize) throw new FormatError(FORMAT, `${what}: claims ${bytes} bytes in a file of ${fileSize}`);
  const values = withMemory(runtime, bytes, (pointer): unknown[] => {
    runtime.call(what, (library) => library.get_attribute_data(file, path, name, BigInt(pointer)), (status) => status < 0);
    const raw = runtime.library.HEAPU8.slice(pointer, pointer + bytes);
    if (meta.type !== STRING) {
      const numbers = Array.from(toNumbers(type.element!, raw, type.littleEndian) as ArrayLike<number | bigint>, Number);
      return type.element === "bool" ? numbers.map((v) => v !== 0) : numbers;
    }
    if (!meta.vlen) return fixedStrings(raw, meta);
    const strings = Array.from(new Uint32Array(raw.buffer), (p) => (p === 0 ? "" : runtime.library.UTF8ToString(p)));
    runtime.call(what, (library) => library.reclaim_vlen_memory(file, path, name, BigInt(pointer)), (status) => status < 0);
    return strings;
  });
  return meta.shape.length === 0 ? values[0] : values;
}

function fixedStrings(raw: Uint8Array, meta: Hdf5Metadata): string[] {
  const decoder = new TextDecoder();
  const out: string[] = [];
  for (let at = 0; at + meta.size <= raw.length && meta.size > 0; at += meta.size) {
    const bytes = raw.subarray(at, at + meta.size);
    const end = bytes.indexOf(0);
    const text = decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
    out.push(meta.strpad === SPACE_PADDED ? text.replace(/ +$/, "") : text);
  }
  return out;
}
