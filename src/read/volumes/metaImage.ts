/** MetaImage volumes: .mha, and .mhd with its data in files beside it (itk.org/Wiki/ITK/MetaIO/Documentation). */
import type { VolumeFormat } from "../format";
import type { ByteSource, ReadTools } from "../bytes/source";
import { FormatError, windowOf } from "../bytes/source";
import { KEPT_STREAM, streamSource } from "../bytes/stream";
import type { ElementType } from "../bytes/typed";
import { sizeOf } from "../bytes/typed";
import { bytesOfText, dataFile, joined, MOST_FILES, namedFiles, piecesOf, unzlibbed } from "./arrayData";
import { countOf, readElements } from "./arrayReader";

const FORMAT = "metaimage";
const MOST_HEADER = 1 << 20;
const MOST_AXES = 10;

/** MET_LONG has four bytes in every file, whatever the machine (metaTypes.h, MET_ValueTypeSize). */
const ELEMENTS: Readonly<Record<string, ElementType>> = {
  CHAR: "int8",
  UCHAR: "uint8",
  SHORT: "int16",
  USHORT: "uint16",
  INT: "int32",
  UINT: "uint32",
  LONG: "int32",
  ULONG: "uint32",
  LONG_LONG: "int64",
  ULONG_LONG: "uint64",
  FLOAT: "float32",
  DOUBLE: "float64",
};

interface Header {
  readonly element: ElementType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  readonly total: number;
  readonly packed: boolean;
  readonly text: boolean;
  /** Bytes before the data in their file; -1: the data are its last bytes. */
  readonly skip: number;
  /** Null when the data follow the header. */
  readonly files: readonly string[] | null;
  readonly end: number;
}

export const metaImage: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => /\.m(?:ha|hd)$/i.test(name) || /^ObjectType *= *Image *\r?\n(?=[^]*NDims)/i.test(String.fromCharCode(...head.subarray(0, 256))),
  open(source, tools) {
    const header = readHeader(source);
    const size = sizeOf(header.element);
    const place = { format: FORMAT, source: dataOf(source, header, tools), offset: 0, element: header.element, littleEndian: header.littleEndian, total: header.total };
    return {
      entries: [
        {
          entry: null,
          dtype: header.element,
          shape: header.shape,
          order: "F",
          scaled: false,
          seekable: !(header.packed || header.text) || header.total * size <= KEPT_STREAM,
          read: (start, count) => readElements(place, start, count),
        },
      ],
      problems: [],
      close: () => undefined,
    };
  },
  partOf: (path) => (/\.z?raw$/i.test(path) ? path.replace(/\.z?raw$/i, ".mhd") : null),
};

/** `Key = Value` lines, the last of which is ElementDataFile. Throws FormatError, torn where the header ends before. */
function readHeader(source: ByteSource): Header {
  const bytes = source.read(0, MOST_HEADER, true);
  const fields = new Map<string, string>();
  let at = 0;
  let files: string[] | null | undefined;
  while (files === undefined) {
    const found = bytes.indexOf(10, at);
    const stop = found < 0 ? bytes.length : found;
    if (found < 0 && (stop === at || source.size > bytes.length || !/^ElementDataFile *= *\S/.test(latin(bytes, at, stop)))) {
      const torn = source.size <= MOST_HEADER && (fields.size > 0 || /^[A-Z]?[A-Za-z]*( *=.*)?$/.test(latin(bytes, at, stop)));
      throw new FormatError(FORMAT, torn ? `the header ends at byte ${bytes.length}` : "does not begin with a MetaImage header", torn);
    }
    const line = /^\s*([A-Za-z]\w*)\s*=\s?(.*?)\s*$/.exec(latin(bytes, at, stop));
    if (line === null) {
      if (latin(bytes, at, stop).trim() !== "") throw new FormatError(FORMAT, fields.size === 0 ? "does not begin with a MetaImage header" : `byte ${at} of the header begins no field`);
      at = stop + 1;
      continue;
    }
    fields.set(line[1]!, line[2]!);
    at = stop + 1;
    if (line[1] === "ElementDataFile") files = filesOf(line[2]!, bytes, at);
  }
  const value = (key: string, fallback: string): string => fields.get(key) ?? fallback;
  const need = (key: string): string => {
    const found = fields.get(key);
    if (found === undefined) throw new FormatError(FORMAT, `the header lacks ${key}`);
    return found;
  };
  const flag = (key: string): boolean => /^(?:t|y|1)/i.test(value(key, "False"));
  const axes = Number(need("NDims"));
  const sizes = need("DimSize").split(/\s+/).map(Number);
  const channels = Number(value("ElementNumberOfChannels", "1"));
  if (!(axes >= 1 && axes <= MOST_AXES) || sizes.length !== axes) throw new FormatError(FORMAT, `${sizes.length} sizes for ${JSON.stringify(fields.get("NDims"))} axes`);
  if (!Number.isSafeInteger(channels) || channels < 1) throw new FormatError(FORMAT, `${JSON.stringify(fields.get("ElementNumberOfChannels"))} channels`);
  const type = need("ElementType");
  const name = /^MET_(.*?)(?:_ARRAY)?$/.exec(type)?.[1] ?? "";
  const element = Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
  if (element === undefined) throw new FormatError(FORMAT, `the element type ${JSON.stringify(type.slice(0, 40))} holds no numbers that are read`);
  const skip = Number(value("HeaderSize", "0"));
  const packed = flag("CompressedData");
  if (!Number.isSafeInteger(skip) || skip < -1 || (skip === -1 && packed)) throw new FormatError(FORMAT, `HeaderSize ${JSON.stringify(fields.get("HeaderSize")?.slice(0, 20))}`);
  const text = fields.has("BinaryData") && !flag("BinaryData");
  const shape = channels === 1 ? sizes : [channels, ...sizes];
  return {
    element,
    littleEndian: text || !flag(fields.has("ElementByteOrderMSB") ? "ElementByteOrderMSB" : "BinaryDataByteOrderMSB"),
    shape,
    total: countOf(FORMAT, shape),
    packed,
    text,
    skip,
    files,
    end: at,
  };
}

function latin(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, Math.min(to, from + 4096)));
}

/** LOCAL, LIST with the names below, a numbered pattern, or the name of one file. */
function filesOf(value: string, bytes: Uint8Array, at: number): string[] | null {
  if (/^local$/i.test(value)) return null;
  const listed = (): string[] => new TextDecoder().decode(bytes.subarray(at)).split(/\r?\n/).map((name) => name.trim()).filter((name) => name !== "");
  const files = /^list\b/i.test(value) ? listed() : namedFiles(FORMAT, value);
  if (files.length === 0 || files.length > MOST_FILES) throw new FormatError(FORMAT, `the data lie in ${files.length} files`, files.length === 0);
  return files;
}

function dataOf(source: ByteSource, header: Header, tools: ReadTools): ByteSource {
  const { element, total, files, end } = header;
  if (files !== null && total % files.length !== 0) throw new FormatError(FORMAT, `${total} elements in ${files.length} files`);
  const count = files === null ? total : total / files.length;
  const each = count * sizeOf(element);
  const parts = files === null ? [windowOf(source, source.name, end, source.size - end)] : files.map((name) => dataFile(FORMAT, name, tools));
  const data = parts.map((part) => {
    if (header.text) return streamSource(part.name, each, () => bytesOfText(FORMAT, piecesOf(part, Math.max(0, header.skip)), element, count));
    if (header.packed) return streamSource(part.name, each, () => unzlibbed(FORMAT, piecesOf(part, header.skip), tools.inflate, each));
    const at = header.skip === -1 ? part.size - each : header.skip;
    if (at < 0 || (parts.length > 1 && part.size - at < each)) throw new FormatError(FORMAT, `${part.name} holds ${part.size} of ${each} bytes`, true);
    return windowOf(part, part.name, at, each);
  });
  return joined(source.name, data, each);
}
