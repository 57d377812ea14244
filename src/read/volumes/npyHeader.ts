/** The header of NumPy's .npy format, versions 1 to 3 (NEP 1; numpy/lib/format.py). */
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { countOf } from "./arrayReader";

export interface NpyHeader {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  readonly order: "C" | "F";
  readonly total: number;
  /** Where the data begin. */
  readonly offset: number;
}

export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59] as const;
/** NumPy itself refuses to parse more than 10,000; structured types may be long, but are refused here anyway. */
const MOST_HEADER = 1 << 16;
/** Bytes that surely hold magic, version and length. */
const PREAMBLE = 12;

const ELEMENTS: Readonly<Record<string, ElementType>> = {
  b1: "bool",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
  // NumPy has no name for what ml_dtypes (JAX, TensorFlow) saves: two bytes without meaning are bfloat16 in practice.
  V2: "bfloat16",
};

/** An array that is well formed but holds no real numbers (text, records, dates). */
export class NotNumeric extends FormatError {}

export function isNpy(head: Uint8Array): boolean {
  return head.length >= NPY_MAGIC.length && NPY_MAGIC.every((byte, i) => head[i] === byte);
}

/**
 * Reads a header; `read(n)` gives the first `n` bytes, fewer where the data end. Throws FormatError: torn when it is cut off,
 * NotNumeric for arrays of text and the like, and for Python objects, which are pickled and never run.
 */
export function readNpyHeader(format: string, read: (bytes: number) => Uint8Array): NpyHeader {
  const head = read(PREAMBLE);
  if (!isNpy(head)) {
    const begun = NPY_MAGIC.slice(0, head.length).every((byte, i) => head[i] === byte);
    throw new FormatError(format, begun ? `the header ends at byte ${head.length}` : "does not begin with the NumPy signature", begun);
  }
  if (head.length < PREAMBLE) throw new FormatError(format, `the header ends at byte ${head.length}`, true);
  const version = head[6]!;
  if (version < 1 || version > 3) throw new FormatError(format, `version ${version}.${head[7]!} is not known`);
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MOST_HEADER) throw new FormatError(format, `a header of ${length} bytes is too large`);
  const bytes = read(start + length);
  if (bytes.length < start + length) throw new FormatError(format, `the header ends at byte ${bytes.length} of ${start + length}`, true);
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  return { ...parse(format, text), offset: start + length };
}

/** The header is a Python literal: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }. */
function parse(format: string, text: string): Omit<NpyHeader, "offset"> {
  const descr = /['"]descr['"]\s*:\s*(?:(['"])(.*?)\1|(\[))/.exec(text);
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const dims = /['"]shape['"]\s*:\s*\(([\d\s,L-]*)\)/.exec(text);
  if (descr === null || fortran === null || dims === null) throw new FormatError(format, `the header ${JSON.stringify(text.trim().slice(0, 80))} is not a NumPy header`);
  if (descr[3] !== undefined) throw new NotNumeric(format, "an array of records holds no plain numbers");
  const type = descr[2]!;
  const parts = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(type);
  const kind = parts?.[2] ?? "";
  if (kind === "O") throw new FormatError(format, "an array of Python objects is pickled and is not read");
  const element = ELEMENTS[`${kind}${parts?.[3] ?? ""}`];
  if (element === undefined) {
    const detail = `the type ${JSON.stringify(type.slice(0, 20))} holds no numbers that can be read`;
    throw "USaMmV".includes(kind) ? new NotNumeric(format, detail) : new FormatError(format, detail);
  }
  // Python 2 wrote long integers as 3L.
  const shape = dims[1]!
    .split(",")
    .map((n) => n.trim().replace(/L$/, ""))
    .filter((n) => n !== "")
    .map(Number);
  return { element, littleEndian: parts?.[1] !== ">", shape, order: fortran[1] === "True" ? "F" : "C", total: countOf(format, shape) };
}
