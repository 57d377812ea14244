/** The metadata of zarr arrays: `.zarray` of version 2, `zarr.json` of version 3 (zarr-specs.readthedocs.io). */
import type { ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { sizeOf, toNumbers } from "../bytes/typed";
import { countOf } from "./arrayReader";
import { type Decode, decoderOf, isObject, type Json, ZARR } from "./zarrCodecs";

export interface ZarrArray {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  readonly total: number;
  /** Shape of the chunks that are decoded one at a time (those inside a shard, where there are shards). */
  readonly chunks: readonly number[];
  /** Axes of a chunk as its bytes have them, outermost first. */
  readonly axes: readonly number[];
  /** What missing chunks are filled with. */
  readonly fill: number | bigint;
  /** Steps from stored to raw bytes, in the order in which they are taken. */
  readonly decode: readonly Decode[];
  /** Chunks that lie together in one file. */
  readonly shard: Shard | null;
  /** Name of the file that holds the chunk (or shard) at `index`, relative to the metadata. */
  readonly keyOf: (index: readonly number[]) => string;
}

export interface Shard {
  /** Chunks along each axis of a shard. */
  readonly grid: readonly number[];
  readonly count: number;
  readonly indexAtEnd: boolean;
  /** Whether a CRC-32C stands behind the index. */
  readonly checked: boolean;
}

const MOST_AXES = 32;
/** Chunks beyond this are refused: each is held whole. */
const MOST_CHUNK = 256 << 20;
const MOST_IN_SHARD = 1 << 20;

/** Null for a group. Throws FormatError. */
export function readMetadata(text: string, tools: ReadTools): ZarrArray | null {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch (error) {
    throw new FormatError(ZARR, `the metadata are no JSON: ${error instanceof Error ? error.message : String(error)}`, true);
  }
  if (!isObject(json)) throw new FormatError(ZARR, "the metadata are no JSON object");
  const version = json["zarr_format"];
  if (version === 2) return version2(json, tools);
  if (version === 3) return json["node_type"] === "group" ? null : version3(json, tools);
  throw new FormatError(ZARR, `version ${JSON.stringify(version ?? null)} is not known`);
}

type Settings = { readonly [key: string]: Json };

const KINDS: Readonly<Record<string, ElementType>> = { b1: "bool", i1: "int8", u1: "uint8", i2: "int16", u2: "uint16", i4: "int32", u4: "uint32", i8: "int64", u8: "uint64", f2: "float16", f4: "float32", f8: "float64" };
const NAMES: ReadonlySet<string> = new Set<ElementType>(["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float16", "bfloat16", "float32", "float64"]);

function version2(json: Settings, tools: ReadTools): ZarrArray {
  const dtype = json["dtype"];
  const kind = typeof dtype === "string" ? /^([<>|])([biuf]\d)$/.exec(dtype) : null;
  const element = kind === null ? undefined : KINDS[kind[2]!];
  if (element === undefined) throw new FormatError(ZARR, `the type ${JSON.stringify(dtype ?? null).slice(0, 60)} holds no numbers that are read`);
  const { shape, chunks } = grid(json["shape"], json["chunks"]);
  const order = json["order"] ?? "C";
  if (order !== "C" && order !== "F") throw new FormatError(ZARR, `the order ${JSON.stringify(order).slice(0, 20)} is not known`);
  const separator = json["dimension_separator"] ?? ".";
  if (separator !== "." && separator !== "/") throw new FormatError(ZARR, `the separator ${JSON.stringify(separator).slice(0, 20)} is not known`);
  const axes = chunks.map((_, i) => i);
  const compressor = json["compressor"] ?? null;
  const filters = json["filters"] ?? [];
  if (!Array.isArray(filters)) throw new FormatError(ZARR, "the filters are no list");
  const steps = [...(compressor === null ? [] : [compressor]), ...[...(filters as readonly Json[])].reverse()];
  return finish({
    element,
    littleEndian: kind![1] !== ">",
    shape,
    chunks,
    axes: order === "C" ? axes : axes.reverse(),
    fill: fillOf(json["fill_value"] ?? null, element),
    decode: steps.map((step) => decoderOf(nameIn(step, "id"), step as Settings, element, tools)),
    shard: null,
    keyOf: (index) => (index.length === 0 ? "0" : index.join(separator)),
  });
}

function version3(json: Settings, tools: ReadTools): ZarrArray {
  const type = isObject(json["data_type"]) ? json["data_type"]["name"] : json["data_type"];
  if (typeof type !== "string" || !NAMES.has(type)) throw new FormatError(ZARR, `the type ${JSON.stringify(json["data_type"] ?? null).slice(0, 60)} holds no numbers that are read`);
  const element = type as ElementType;
  const regular = settingsOf(json["chunk_grid"]);
  if (nameIn(json["chunk_grid"], "name") !== "regular") throw new FormatError(ZARR, `the chunk grid ${JSON.stringify(nameIn(json["chunk_grid"], "name")).slice(0, 40)} is not read`);
  const { shape, chunks: outer } = grid(json["shape"], regular["chunk_shape"]);
  const encoding = json["chunk_key_encoding"] === undefined ? "default" : nameIn(json["chunk_key_encoding"], "name");
  if (encoding !== "default" && encoding !== "v2") throw new FormatError(ZARR, `the names of chunks, ${JSON.stringify(encoding.slice(0, 40))}, are not known`);
  const separator = settingsOf(json["chunk_key_encoding"])["separator"] ?? (encoding === "v2" ? "." : "/");
  if (separator !== "." && separator !== "/") throw new FormatError(ZARR, `the separator ${JSON.stringify(separator).slice(0, 20)} is not known`);
  const pipeline = codecs(json["codecs"], outer, element, tools, true);
  const start = encoding === "default" ? ["c"] : [];
  return finish({
    element,
    littleEndian: pipeline.littleEndian,
    shape,
    chunks: pipeline.chunks,
    axes: pipeline.axes,
    fill: fillOf(json["fill_value"] ?? null, element),
    decode: pipeline.decode,
    shard: pipeline.shard,
    keyOf: (index) => (index.length === 0 ? (encoding === "v2" ? "0" : "c") : [...start, ...index].join(separator)),
  });
}

type Pipeline = Pick<ZarrArray, "littleEndian" | "chunks" | "axes" | "decode" | "shard">;

/** Version 3 lists its codecs in the order of writing. */
function codecs(list: Json | undefined, shape: readonly number[], element: ElementType, tools: ReadTools, outermost: boolean): Pipeline {
  if (!Array.isArray(list)) throw new FormatError(ZARR, "the codecs are no list");
  let axes = shape.map((_, i) => i);
  let littleEndian = true;
  let inner: Pipeline | null = null;
  const decode: Decode[] = [];
  for (const codec of list as readonly Json[]) {
    const name = nameIn(codec, "name");
    const settings = settingsOf(codec);
    if (name === "transpose") axes = transposed(axes, settings["order"]);
    else if (name === "bytes" || name === "endian") littleEndian = settings["endian"] !== "big";
    else if (name === "sharding_indexed") {
      if (!outermost || inner !== null || axes.some((axis, i) => axis !== i)) throw new FormatError(ZARR, "shards inside shards, and transposed ones, are not read");
      inner = sharded(settings, shape, element, tools);
    } else if (inner !== null) throw new FormatError(ZARR, "compressed shards are not read");
    else decode.unshift(decoderOf(name, settings, element, tools));
  }
  return inner ?? { littleEndian, chunks: shape, axes, decode, shard: null };
}

function sharded(settings: Settings, outer: readonly number[], element: ElementType, tools: ReadTools): Pipeline {
  const { chunks } = grid(outer, settings["chunk_shape"]);
  const perAxis = outer.map((n, i) => n / chunks[i]!);
  const count = perAxis.reduce((a, b) => a * b, 1);
  if (perAxis.some((n) => !Number.isInteger(n)) || count > MOST_IN_SHARD) throw new FormatError(ZARR, `chunks of ${chunks.join(" × ")} in shards of ${outer.join(" × ")}`);
  const index = settings["index_codecs"] ?? [];
  const names = Array.isArray(index) ? (index as readonly Json[]).map((codec) => nameIn(codec, "name")) : [];
  if (names[0] !== "bytes" || names.length > 2 || (names[1] ?? "crc32c") !== "crc32c" || settingsOf((index as readonly Json[])[0])["endian"] === "big") {
    throw new FormatError(ZARR, `an index of shards coded with ${JSON.stringify(names.join(", ").slice(0, 60))} is not read`);
  }
  const inner = codecs(settings["codecs"], chunks, element, tools, false);
  return { ...inner, shard: { grid: perAxis, count, indexAtEnd: settings["index_location"] !== "start", checked: names.length === 2 } };
}

function finish(array: Omit<ZarrArray, "total">): ZarrArray {
  const bytes = array.chunks.reduce((a, b) => a * b, sizeOf(array.element));
  if (bytes > MOST_CHUNK) throw new FormatError(ZARR, `chunks of ${bytes} bytes (${array.chunks.join(" × ")}) are too large`);
  return { ...array, total: countOf(ZARR, array.shape) };
}

function grid(shape: Json | undefined, chunks: Json | undefined): { shape: number[]; chunks: number[] } {
  const numbers = (list: Json | undefined, least: number): number[] | null => (Array.isArray(list) && (list as readonly Json[]).every((n) => typeof n === "number" && Number.isSafeInteger(n) && n >= least) ? (list as number[]) : null);
  const axes = numbers(shape, 0);
  // A chunk along an empty axis may be empty, too.
  const each = numbers(chunks, 0)?.map((n) => Math.max(1, n));
  if (axes === null || each === undefined || axes.length !== each.length || axes.length > MOST_AXES) {
    throw new FormatError(ZARR, `the shape ${JSON.stringify(shape ?? null).slice(0, 80)} in chunks of ${JSON.stringify(chunks ?? null).slice(0, 80)} is impossible`);
  }
  return { shape: axes, chunks: each };
}

function transposed(axes: readonly number[], order: Json | undefined): number[] {
  if (order === "C") return [...axes];
  if (order === "F") return [...axes].reverse();
  const list = Array.isArray(order) ? (order as readonly Json[]) : [];
  if (list.length !== axes.length || new Set(list).size !== list.length || list.some((n) => typeof n !== "number" || axes[n] === undefined)) {
    throw new FormatError(ZARR, `axes in the order ${JSON.stringify(order ?? null).slice(0, 60)}`);
  }
  return list.map((n) => axes[n as number]!);
}

function nameIn(value: Json | undefined, key: "id" | "name"): string {
  const name = typeof value === "string" ? value : isObject(value) ? value[key] : undefined;
  if (typeof name !== "string") throw new FormatError(ZARR, `${JSON.stringify(value ?? null).slice(0, 60)} has no ${key}`);
  return name;
}

function settingsOf(value: Json | undefined): Settings {
  const settings = isObject(value) ? value["configuration"] : undefined;
  return isObject(settings) ? settings : {};
}

/** Numbers, true and false, "NaN", "Infinity", "-Infinity", and bits in hexadecimal ("0x7fc00000"). */
function fillOf(value: Json, element: ElementType): number | bigint {
  const whole = element === "int64" || element === "uint64";
  const number = value === null ? 0 : typeof value === "boolean" ? Number(value) : typeof value === "number" ? value : typeof value === "string" ? fillText(value, element) : null;
  if (number === null) throw new FormatError(ZARR, `the fill value ${JSON.stringify(value).slice(0, 40)} is not known`);
  return whole ? BigInt(Number.isFinite(number) ? Math.trunc(number) : 0) : number;
}

function fillText(text: string, element: ElementType): number | null {
  if (text === "NaN" || text === "Infinity" || text === "-Infinity") return Number(text);
  if (!/^0x[0-9a-f]{1,16}$/i.test(text)) return null;
  const size = sizeOf(element);
  const bytes = Uint8Array.from({ length: size }, (_, i) => Number((BigInt(text) >> BigInt(8 * i)) & 255n));
  return Number(toNumbers(element, bytes, true)[0]);
}
