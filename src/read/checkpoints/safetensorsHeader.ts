/**
 * The header of a safetensors file: eight bytes of its length, JSON of name → {dtype, shape, data_offsets}, then the data, to
 * which the offsets count. Layout: README of huggingface/safetensors, "Format".
 */
import { JsonPull } from "../bytes/jsonPull";
import { type ByteSource, FormatError } from "../bytes/source";
import { type ElementType, sizeOf } from "../bytes/typed";
import type { ConfigValue } from "../format";
import { countOf, shown, TensorProblems } from "./rawTensor";
import { strayContent } from "./stray";

export const NAME = "safetensors";

/** The limit that the format's own reader sets. */
const MOST_HEADER = 100_000_000;
const LENGTH_BYTES = 8;
const MOST_TENSORS = 1 << 19;
const MOST_RANK = 64;
const MOST_FACTS = 1000;
/** Longer metadata are lists of files, tag counts and the like. */
const LONGEST_FACT = 1000;

export const DTYPES: Readonly<Record<string, ElementType>> = {
  BOOL: "bool",
  U8: "uint8",
  I8: "int8",
  U16: "uint16",
  I16: "int16",
  U32: "uint32",
  I32: "int32",
  U64: "uint64",
  I64: "int64",
  F16: "float16",
  BF16: "bfloat16",
  F32: "float32",
  F64: "float64",
  C64: "complex64",
  F8_E4M3: "float8_e4m3fn",
  F8_E5M2: "float8_e5m2",
  F8_E4M3FNUZ: "float8_e4m3fnuz",
  F8_E5M2FNUZ: "float8_e5m2fnuz",
  F8_E8M0: "float8_e8m0fnu",
};

export interface HeaderTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly count: number;
  /** In the file. */
  readonly offset: number;
}

export interface Header {
  /** In the order of the header. */
  readonly tensors: readonly HeaderTensor[];
  readonly metadata: ReadonlyMap<string, ConfigValue>;
  readonly problems: readonly string[];
}

/** Length of the header that `head` claims; null when this is no such file. */
export function headerLength(head: Uint8Array): number | null {
  if (head.length < LENGTH_BYTES + 2 || head[LENGTH_BYTES] !== 0x7b) return null;
  const length = Number(new DataView(head.buffer, head.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  return length < 2 || length > MOST_HEADER ? null : length;
}

/** Reads the header; tensors that cannot be read become lines. Throws FormatError where the header is damaged, torn where the file ends in it. */
export function readHeader(source: ByteSource): Header {
  const head = source.read(0, 64, true);
  const stray = strayContent(head);
  if (stray !== null) throw new FormatError(NAME, stray);
  if (head.length < LENGTH_BYTES) throw new FormatError(NAME, `only ${head.length} bytes`, true);
  const length = Number(new DataView(head.buffer, head.byteOffset, LENGTH_BYTES).getBigUint64(0, true));
  if (length > MOST_HEADER) throw new FormatError(NAME, `claims a header of ${length} bytes, at most ${MOST_HEADER} are allowed`);
  const data = LENGTH_BYTES + length;
  if (data > source.size) throw new FormatError(NAME, `claims a header of ${length} bytes in a file of ${source.size}`, true);
  return readJson(source, data);
}

interface Row {
  dtype: string | null;
  shape: number[] | null;
  offsets: number[] | null;
}

/** `data`: where the header ends and the data begin. */
function readJson(source: ByteSource, data: number): Header {
  const tensors: HeaderTensor[] = [];
  const metadata = new Map<string, ConfigValue>();
  const problems = new TensorProblems();
  const json = new JsonPull(NAME, source, LENGTH_BYTES, data, "the header", true);
  const whole = json.object((name) => {
    if (name === "__metadata__") {
      json.object((key) => {
        const value = json.kind() === "string" ? json.string() : json.scalar();
        if (value !== null && value !== undefined && metadata.size < MOST_FACTS && String(value).length <= LONGEST_FACT) metadata.set(key, value);
      });
      return;
    }
    if (tensors.length >= MOST_TENSORS) throw new FormatError(NAME, `more than ${MOST_TENSORS} tensors`);
    const row: Row = { dtype: null, shape: null, offsets: null };
    const isTensor = json.object((key) => {
      if (key === "dtype") row.dtype = json.string();
      else if (key === "shape") row.shape = json.numbers(MOST_RANK);
      else if (key === "data_offsets") row.offsets = json.numbers(2);
    });
    const tensor = isTensor ? tensorOf(name, row, data, source.size) : `${shown(name)}: no dtype, shape and data_offsets`;
    if (typeof tensor === "string") problems.add(tensor);
    else tensors.push(tensor);
  });
  if (!whole) throw new FormatError(NAME, "the header is no JSON object");
  return { tensors, metadata, problems: problems.lines() };
}

/** A line where it cannot be read. Throws a torn FormatError where the file ends before its data do. */
function tensorOf(name: string, { dtype, shape, offsets }: Row, data: number, size: number): HeaderTensor | string {
  if (dtype === null || shape === null || offsets?.length !== 2) return `${shown(name)}: no dtype, shape and data_offsets`;
  const [begin, end] = offsets as [number, number];
  const count = countOf(shape);
  if (count === null) return `${shown(name)}: the shape [${shape.join(", ")}] is impossible`;
  if (!Number.isSafeInteger(begin) || !Number.isSafeInteger(end) || begin < 0 || end < begin) return `${shown(name)}: data_offsets ${begin} to ${end} are impossible`;
  const type = Object.hasOwn(DTYPES, dtype) ? DTYPES[dtype] : undefined;
  if (type === undefined) return `${shown(name)} of shape [${shape.join(", ")}] has dtype ${shown(dtype)}, which is not read`;
  const bytes = count * sizeOf(type);
  if (end - begin !== bytes) return `${shown(name)} of shape [${shape.join(", ")}] and dtype ${dtype} takes ${bytes} bytes, its data_offsets give ${end - begin}`;
  if (data + end > size) throw new FormatError(NAME, `the data of ${shown(name)} end at byte ${data + end}, the file at ${size}: still being written?`, true);
  return { name, type, shape, count, offset: data + begin };
}
