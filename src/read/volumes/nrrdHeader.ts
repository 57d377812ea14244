/** The header of NRRD files, versions 1 to 5 (teem.sourceforge.net/nrrd/format.html). */
import type { ByteSource } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { MOST_FILES, namedFiles } from "./arrayData";
import { countOf } from "./arrayReader";

export const NRRD = "nrrd";
const MOST_HEADER = 4 << 20;
const FIRST_LOOK = 1 << 12;
const MOST_AXES = 16;

export interface NrrdHeader {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  readonly encoding: "raw" | "gzip" | "ascii" | "hex";
  /** Axis 0 runs fastest. */
  readonly shape: readonly number[];
  readonly total: number;
  /** One word an axis, in lower case; empty where the header tells none. */
  readonly kinds: readonly string[];
  /** Names of the files that hold the data; null when they follow the header. */
  readonly files: readonly string[] | null;
  readonly lineSkip: number;
  /** -1: the data are the last bytes of the file. */
  readonly byteSkip: number;
  /** `key:=value` pairs. */
  readonly keys: ReadonlyMap<string, string>;
  /** Where the header ends. */
  readonly end: number;
}

const ALIASES: Readonly<Record<string, ElementType>> = {};
const alias = (element: ElementType, names: string): void => {
  for (const name of names.split("|")) (ALIASES as Record<string, ElementType>)[name] = element;
};
alias("int8", "char|signed char|int8|int8_t");
alias("uint8", "uchar|unsigned char|uint8|uint8_t");
alias("int16", "short|short int|signed short|signed short int|int16|int16_t");
alias("uint16", "ushort|unsigned short|unsigned short int|uint16|uint16_t");
alias("int32", "int|signed int|int32|int32_t");
alias("uint32", "uint|unsigned int|uint32|uint32_t");
alias("int64", "longlong|long long|long long int|signed long long|signed long long int|int64|int64_t");
alias("uint64", "ulonglong|unsigned long long|unsigned long long int|uint64|uint64_t");
alias("float32", "float");
alias("float64", "double");

const ENCODINGS: Readonly<Record<string, NrrdHeader["encoding"]>> = { raw: "raw", gzip: "gzip", gz: "gzip", txt: "ascii", text: "ascii", ascii: "ascii", hex: "hex" };

export function isNrrd(head: Uint8Array): boolean {
  return /^NRRD000\d[\r\n]/.test(String.fromCharCode(...head.subarray(0, 9)));
}

/** Reads the header. Throws FormatError, torn where it ends early. */
export function readNrrdHeader(source: ByteSource): NrrdHeader {
  const { lines, end, whole } = linesOf(source);
  const magic = lines[0] ?? "";
  const version = /^NRRD000([0-9])$/.exec(magic)?.[1];
  if (version === undefined) {
    const begun = "NRRD0005".startsWith(magic) || /^NRRD0{0,3}$/.test(magic);
    throw new FormatError(NRRD, magic === "" || begun ? `the header ends at byte ${source.size}` : "does not begin with the NRRD signature", begun);
  }
  if (version === "0" || version > "5") throw new FormatError(NRRD, `version ${version} is not known`);
  const fields = new Map<string, string>();
  const keys = new Map<string, string>();
  let files: string[] | null = null;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith("#")) continue;
    const at = line.search(/:[ =]|:$/);
    if (at < 0) {
      // A header that is still being written may end within a line.
      if (!whole && i === lines.length - 1) break;
      throw new FormatError(NRRD, `line ${i + 1} of the header, ${JSON.stringify(line.slice(0, 40))}, is no field`);
    }
    const name = line.slice(0, at);
    if (line[at + 1] === "=") {
      keys.set(name, line.slice(at + 2));
      continue;
    }
    const key = name.toLowerCase().replace(/ /g, "");
    const value = line.slice(at + 1).trim();
    fields.set(key, value);
    if (key !== "datafile") continue;
    if (/^LIST\b/.test(value)) {
      files = lines.slice(i + 1).map((text) => text.trim()).filter((text) => text !== "" && !text.startsWith("#"));
      break;
    }
    files = namedFiles(NRRD, value);
  }
  if (!whole && files === null) throw new FormatError(NRRD, `the header ends at byte ${source.size}`, true);
  if (files !== null && (files.length === 0 || files.length > MOST_FILES)) throw new FormatError(NRRD, `the data lie in ${files.length} files`, files.length === 0);
  const need = (key: string, what = key): string => {
    const value = fields.get(key);
    if (value === undefined) throw new FormatError(NRRD, `the header lacks ${what}`, !whole);
    return value;
  };
  const shape = need("sizes").split(/\s+/).map(Number);
  const dimension = Number(need("dimension"));
  if (shape.length !== dimension || dimension > MOST_AXES) throw new FormatError(NRRD, `${shape.length} sizes for ${JSON.stringify(fields.get("dimension"))} axes`, !whole);
  const total = countOf(NRRD, shape);
  const type = need("type").toLowerCase().replace(/\s+/g, " ");
  const element = Object.hasOwn(ALIASES, type) ? ALIASES[type] : undefined;
  if (element === undefined) throw new FormatError(NRRD, `the type ${JSON.stringify(type.slice(0, 40))} holds no numbers that are read`, !whole);
  const coding = need("encoding").toLowerCase();
  const encoding = Object.hasOwn(ENCODINGS, coding) ? ENCODINGS[coding] : undefined;
  if (encoding === undefined) throw new FormatError(NRRD, `the encoding ${JSON.stringify(coding.slice(0, 40))} is not read (raw, gzip, ascii and hex are)`, !whole);
  const endian = fields.get("endian")?.toLowerCase();
  if (endian !== undefined && endian !== "little" && endian !== "big") throw new FormatError(NRRD, `the endian ${JSON.stringify(endian.slice(0, 20))} is not known`, !whole);
  if (endian === undefined && encoding !== "ascii" && !element.endsWith("int8")) throw new FormatError(NRRD, `the header lacks endian, which ${element} needs`, !whole);
  const skip = (key: string, what: string, least: number): number => {
    const value = Number(fields.get(key) ?? 0);
    if (!Number.isSafeInteger(value) || value < least) throw new FormatError(NRRD, `${what} of ${JSON.stringify(fields.get(key)?.slice(0, 20))}`);
    return value;
  };
  const byteSkip = skip("byteskip", "byte skip", -1);
  if (byteSkip === -1 && encoding !== "raw") throw new FormatError(NRRD, `byte skip of -1 with the encoding ${encoding}`);
  return {
    element,
    littleEndian: encoding === "ascii" || endian !== "big",
    encoding,
    shape,
    total,
    kinds: (fields.get("kinds") ?? "").toLowerCase().split(/\s+/).filter((kind) => kind !== ""),
    files,
    lineSkip: skip("lineskip", "line skip", 0),
    byteSkip,
    keys,
    end,
  };
}

/** Lines up to the empty one that ends the header; `whole`: it is there. */
function linesOf(source: ByteSource): { lines: string[]; end: number; whole: boolean } {
  for (let take = FIRST_LOOK; ; take *= 8) {
    const bytes = source.read(0, Math.min(take, MOST_HEADER), true);
    const end = endOf(bytes);
    if (end === null && bytes.length >= take && take < MOST_HEADER) continue;
    if (end === null && source.size > MOST_HEADER) throw new FormatError(NRRD, `no end of the header within ${MOST_HEADER} bytes`);
    const text = new TextDecoder().decode(bytes.subarray(0, end ?? bytes.length));
    const lines = text.split(/\r?\n/);
    while (lines.at(-1) === "") lines.pop();
    return { lines, end: end ?? bytes.length, whole: end !== null };
  }
}

/** Where the data begin: behind the first empty line. */
function endOf(bytes: Uint8Array): number | null {
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  }
  return null;
}
