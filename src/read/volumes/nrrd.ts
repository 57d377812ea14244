/** NRRD volumes: .nrrd, and .nhdr with its data in files beside it (teem.sourceforge.net/nrrd/format.html). */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource, ReadTools } from "../bytes/source";
import { FormatError, windowOf } from "../bytes/source";
import { KEPT_STREAM, streamSource } from "../bytes/stream";
import { sizeOf } from "../bytes/typed";
import { bytesOfHex, bytesOfText, dataFile, gunzipped, joined, piecesOf } from "./arrayData";
import { readElements } from "./arrayReader";
import { isNrrd, NRRD, readNrrdHeader, type NrrdHeader } from "./nrrdHeader";
import { segmentsOf } from "./nrrdSegments";

export const nrrd: VolumeFormat = {
  name: NRRD,
  probe: (name, head) => isNrrd(head) || /\.n(?:rrd|hdr)$/i.test(name),
  open(source, tools) {
    const header = readNrrdHeader(source);
    const data = dataOf(source, header, tools);
    const place = { format: NRRD, source: data, offset: 0, element: header.element, littleEndian: header.littleEndian, total: header.total };
    const seekable = header.encoding === "raw" || header.total * sizeOf(header.element) <= KEPT_STREAM;
    const plain: VolumeEntry = {
      entry: null,
      dtype: header.element,
      shape: header.shape,
      order: "F",
      scaled: false,
      seekable,
      read: (start, count) => readElements(place, start, count),
    };
    return { entries: [segmentsOf(header, coloured(header, plain))], problems: [], close: () => undefined };
  },
};

/** An image of colours has its samples first, which run fastest: in C order they come last. */
function coloured(header: NrrdHeader, entry: VolumeEntry): VolumeEntry {
  const kind = header.kinds[0] ?? "";
  const colour = /^rgb-?colou?r$/.test(kind) && header.shape[0] === 3 ? "rgb" : /^rgba-?colou?r$/.test(kind) && header.shape[0] === 4 ? "rgba" : null;
  return colour === null ? entry : { ...entry, shape: [...header.shape].reverse(), order: "C", colour };
}

/** The raw bytes of the array, in the order of its elements. */
function dataOf(source: ByteSource, header: NrrdHeader, tools: ReadTools): ByteSource {
  const { element, total, encoding, files, end } = header;
  const size = sizeOf(element);
  if (files !== null && files.length > 1 && total % files.length !== 0) throw new FormatError(NRRD, `${total} elements in ${files.length} files`);
  const count = files === null ? total : total / files.length;
  const parts = files === null ? [windowOf(source, source.name, end, source.size - end)] : files.map((name) => dataFile(NRRD, name, tools));
  const raw = parts.map((part) => partData(part, header, count, tools));
  if (encoding === "raw") {
    for (const [i, part] of raw.entries()) {
      if (raw.length > 1 && part.size < count * size) throw new FormatError(NRRD, `${parts[i]!.name} holds ${part.size} of ${count * size} bytes`, true);
    }
  }
  return joined(source.name, raw, count * size);
}

function partData(part: ByteSource, header: NrrdHeader, count: number, tools: ReadTools): ByteSource {
  const { element, encoding, byteSkip } = header;
  const bytes = count * sizeOf(element);
  const from = header.lineSkip === 0 ? 0 : behindLines(part, header.lineSkip);
  if (encoding === "raw") {
    const at = byteSkip === -1 ? part.size - bytes : from + byteSkip;
    if (at < 0) throw new FormatError(NRRD, `${part.size} of ${bytes} bytes`, true);
    return windowOf(part, part.name, at, bytes);
  }
  // Bytes are skipped once decompressed, lines before; of text, both are skipped before.
  const packed = encoding === "gzip";
  const open = (): Iterable<Uint8Array> => {
    const pieces = piecesOf(part, packed ? from : from + byteSkip);
    if (encoding === "ascii") return bytesOfText(NRRD, pieces, element, count);
    return packed ? gunzipped(NRRD, pieces, tools.inflate) : bytesOfHex(NRRD, pieces, bytes);
  };
  const skip = packed ? byteSkip : 0;
  const stream = streamSource(part.name, skip + bytes, open);
  return skip === 0 ? stream : windowOf(stream, part.name, skip, bytes);
}

/** Where the line after `count` lines begins. */
function behindLines(source: ByteSource, count: number): number {
  let left = count;
  let at = 0;
  for (const piece of piecesOf(source)) {
    for (let i = piece.indexOf(10); i >= 0; i = piece.indexOf(10, i + 1)) {
      if (--left === 0) return at + i + 1;
    }
    at += piece.length;
  }
  throw new FormatError(NRRD, `${count - left} of ${count} lines to be skipped`, true);
}
