/** PNG images (W3C PNG Specification, third edition): masks as their indices or grey values, colours as samples. */
import type { VolumeEntry, VolumeFormat } from "../format";
import type { ByteSource } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { crc32 } from "../bytes/crc32";
import type { PngImage } from "./pngRows";
import { packedSize, pngReader } from "./pngRows";

const FORMAT = "png";
const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;
/** Smaller files are read in one go: runs have thousands of them. */
const HEAD = 1 << 16;
const PIECE = 1 << 20;
/** Deflate swells at most 1,032 times (zlib's technical details). */
const DEFLATE_MOST = 1032;
/** Chunks in front of the image data; files have a handful. */
const MOST_CHUNKS = 10_000;
const MOST_SIDE = 2 ** 31 - 1;
/** Samples a pixel and depths of each colour type. */
const TYPES: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** Entry of shape (H, W), or (H, W, 3 | 4) with `colour`. Alpha beside grey is dropped, as is the transparency of a palette. */
export const png: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => isPng(head) || /\.png$/i.test(name),
  open(source, tools) {
    const head = source.read(0, HEAD, true);
    const bytes = (at: number, count: number): Uint8Array => (at + count <= head.length ? head.subarray(at, at + count) : source.read(at, count, true));
    const { image, palette, dataAt } = readHeader(source, bytes);
    const size = packedSize(image);
    if (size > (source.size - dataAt) * DEFLATE_MOST) {
      const whole = chunkName(bytes(source.size - 12, 12)) === "IEND";
      throw new FormatError(FORMAT, `${image.width} × ${image.height} pixels in ${source.size} bytes: ${whole ? "more than they can hold" : "the data end early"}`, !whole);
    }
    const reader = pngReader(FORMAT, image, () => tools.inflate.raw(compressed(source, dataAt, bytes), size));
    const { height, width, depth, type } = image;
    const colour = type === 2 ? "rgb" : type === 6 ? "rgba" : undefined;
    const entry: VolumeEntry = {
      entry: null,
      dtype: depth === 16 ? "uint16" : "uint8",
      shape: colour === undefined ? [height, width] : [height, width, colour.length],
      order: "C",
      scaled: false,
      seekable: reader.seekable,
      read: reader.read,
      ...(colour === undefined ? {} : { colour }),
      ...(palette === null || type !== 3 ? {} : { palette }),
    };
    return { entries: [entry], problems: [], close: () => undefined };
  },
};

function isPng(head: Uint8Array): boolean {
  return head.length >= SIGNATURE.length && SIGNATURE.every((byte, i) => head[i] === byte);
}

/** Name of a chunk from its first eight bytes. */
function chunkName(header: Uint8Array): string {
  return String.fromCharCode(...header.subarray(4, 8));
}

function uint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

type Bytes = (at: number, count: number) => Uint8Array;

interface Head {
  readonly image: PngImage;
  readonly palette: readonly number[] | null;
  /** Where the first chunk of image data begins. */
  readonly dataAt: number;
}

function readHeader(source: ByteSource, bytes: Bytes): Head {
  const first = bytes(0, SIGNATURE.length);
  if (!isPng(first)) {
    const begun = SIGNATURE.slice(0, first.length).every((byte, i) => first[i] === byte);
    throw new FormatError(FORMAT, begun ? `the signature ends at byte ${first.length}` : "does not begin with the PNG signature", begun);
  }
  let image: PngImage | null = null;
  let palette: number[] | null = null;
  let at = SIGNATURE.length;
  for (let chunks = 0; chunks < MOST_CHUNKS; chunks++) {
    const header = bytes(at, 8);
    if (header.length < 8) throw new FormatError(FORMAT, `ends at byte ${source.size}, before its image data`, true);
    const length = uint32(header, 0);
    const name = chunkName(header);
    if (length > MOST_SIDE || !/^[A-Za-z]{4}$/.test(name)) throw new FormatError(FORMAT, `no chunk begins at byte ${at}`);
    if ((image === null) !== (name === "IHDR")) throw new FormatError(FORMAT, `begins with the chunk ${name} in place of one IHDR`);
    if (name === "IDAT") {
      if (image!.type === 3 && palette === null) throw new FormatError(FORMAT, "a palette image without a palette");
      return { image: image!, palette, dataAt: at };
    }
    if (name === "IEND") throw new FormatError(FORMAT, "holds no image data");
    if (name === "IHDR" || name === "PLTE") {
      if (length > 768) throw new FormatError(FORMAT, `a chunk ${name} of ${length} bytes`);
      const chunk = bytes(at + 4, length + 8);
      if (chunk.length < length + 8) throw new FormatError(FORMAT, `the chunk ${name} ends at byte ${source.size} of ${at + length + 12}`, true);
      if (crc32(chunk.subarray(0, length + 4)) !== uint32(chunk, length + 4)) throw new FormatError(FORMAT, `the checksum of the chunk ${name} does not hold`);
      const data = chunk.subarray(4, length + 4);
      if (name === "IHDR") image = readImage(data);
      else palette = Array.from({ length: Math.floor(length / 3) }, (_, i) => (data[3 * i]! << 16) | (data[3 * i + 1]! << 8) | data[3 * i + 2]!);
    }
    at += length + 12;
  }
  throw new FormatError(FORMAT, `more than ${MOST_CHUNKS} chunks in front of the image data`);
}

function readImage(data: Uint8Array): PngImage {
  if (data.length !== 13) throw new FormatError(FORMAT, `a chunk IHDR of ${data.length} bytes; it has 13`);
  const width = uint32(data, 0);
  const height = uint32(data, 4);
  const depth = data[8]!;
  const type = data[9]!;
  const kind = TYPES[type];
  if (width === 0 || height === 0 || width > MOST_SIDE || height > MOST_SIDE) throw new FormatError(FORMAT, `an image of ${width} × ${height} pixels`);
  if (kind?.depths.includes(depth) !== true) throw new FormatError(FORMAT, `colour type ${type} with ${depth} bits is not known`);
  if (data[10] !== 0 || data[11] !== 0 || data[12]! > 1) throw new FormatError(FORMAT, `compression ${data[10]!}, filter ${data[11]!}, interlace ${data[12]!} are not known`);
  const image: PngImage = { width, height, depth, type, samples: kind.samples, interlaced: data[12] === 1 };
  if (!Number.isSafeInteger(packedSize(image) * 8)) throw new FormatError(FORMAT, `an image of ${width} × ${height} pixels`);
  return image;
}

/** The deflate stream, without zlib's header. Ends where a torn file ends; throws FormatError where a checksum does not hold. */
function* compressed(source: ByteSource, dataAt: number, bytes: Bytes): Iterable<Uint8Array> {
  const zlib: number[] = [];
  for (let at = dataAt; ; ) {
    const header = bytes(at, 8);
    if (header.length < 8 || chunkName(header) !== "IDAT") return;
    const length = uint32(header, 0);
    let sum = crc32(header.subarray(4));
    for (let done = 0; done < length; ) {
      let piece = bytes(at + 8 + done, Math.min(PIECE, length - done, Math.max(0, source.size - at - 8 - done)));
      if (piece.length === 0) return;
      done += piece.length;
      sum = crc32(piece, 0, piece.length, sum);
      while (zlib.length < 2 && piece.length > 0) {
        zlib.push(piece[0]!);
        piece = piece.subarray(1);
        if (zlib.length === 2) checkZlib(zlib[0]!, zlib[1]!);
      }
      // A chunk that fails is not decompressed, as far as it was taken in one piece.
      if (done === length) checkSum(bytes(at + 8 + length, 4), sum, at);
      if (piece.length > 0) yield piece;
    }
    if (length === 0) checkSum(bytes(at + 8, 4), sum, at);
    at += length + 12;
  }
}

function checkSum(told: Uint8Array, sum: number, at: number): void {
  if (told.length === 4 && uint32(told, 0) !== sum) throw new FormatError(FORMAT, `the checksum of the image data at byte ${at} does not hold`);
}

function checkZlib(method: number, flags: number): void {
  if ((method & 15) !== 8 || ((method << 8) | flags) % 31 !== 0 || (flags & 32) !== 0) throw new FormatError(FORMAT, "the image data are not compressed with zlib");
}
