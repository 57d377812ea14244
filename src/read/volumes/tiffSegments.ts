/** Strips and tiles of TIFF images: decompressed, their predictors taken back, as numbers. */
import type { ByteSource, NumericArray, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { unpackLzw } from "../bytes/lzw";
import { unpackBits } from "../bytes/packbits";
import { allocate, toNumbers, type ElementType } from "../bytes/typed";
import { unzstd } from "../bytes/zstd";
import { spread } from "./samples";
import type { Compression, Page } from "./tiffPage";

/** How much the methods swell at most: runs of 128 for two bytes; a code of 12 bits for 3,838 bytes; deflate's 1,032; a block of 128 KiB for four bytes. */
const SWELLS: Readonly<Record<Compression, number>> = { none: 1, packbits: 64, lzw: 2560, deflate: 1032, zstd: 1 << 15 };
/** One strip or tile, or one row of tiles, in bytes; held a few times over while it is decoded. */
const MOST_BAND = 64 << 20;
/** A strip or tile that was left out. */
const MOST_SPARSE = 16 << 20;

/** Memory of an array as bytes. */
export function bytesOf(values: NumericArray): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Rows of one strip or one row of tiles, [row][column][sample of a plane]; all strips of the plane `plane`. */
export function readBand(format: string, source: ByteSource, tools: ReadTools, page: Page, plane: number, band: number): NumericArray {
  const { segment, width, height, across, down } = page;
  const perPixel = page.planar ? 1 : page.samples;
  const rows = Math.min(segment.height, height - band * segment.height);
  const first = (plane * down + band) * across;
  checkSize(format, page, perPixel);
  if (!page.tiled) return segmentNumbers(format, source, tools, page, first, width * perPixel, rows);
  const out = allocate(page.element, rows * width * perPixel);
  const to = bytesOf(out);
  const size = out.BYTES_PER_ELEMENT;
  for (let i = 0; i < across; i++) {
    const tile = bytesOf(segmentNumbers(format, source, tools, page, first + i, segment.width * perPixel, segment.height));
    const from = i * segment.width;
    const columns = Math.min(segment.width, width - from) * perPixel * size;
    for (let r = 0; r < rows; r++) to.set(tile.subarray(r * segment.width * perPixel * size, r * segment.width * perPixel * size + columns), (r * width + from) * perPixel * size);
  }
  return out;
}

function checkSize(format: string, page: Page, perPixel: number): void {
  const columns = page.tiled ? page.across * page.segment.width : page.width;
  const bytes = columns * page.segment.height * perPixel * Math.max(1, page.bits / 8) * (page.element === "float16" ? 2 : 1);
  if (bytes > MOST_BAND) throw new FormatError(format, `a ${page.tiled ? "row of tiles" : "strip"} of ${bytes} bytes is too large`);
}

/** Numbers of strip or tile `index`: `rows` rows of `columns` samples. */
function segmentNumbers(format: string, source: ByteSource, tools: ReadTools, page: Page, index: number, columns: number, rows: number): NumericArray {
  const rowBytes = Math.ceil((columns * page.bits) / 8);
  const bytes = segmentBytes(format, source, tools, page, index, rowBytes * rows);
  if (page.bits < 8) return spread(bytes, page.bits, columns, rows);
  const stride = page.planar ? 1 : page.samples;
  if (page.predictor === 3) return toNumbers(page.element, unshuffled(bytes, columns, rows, page.bits / 8, stride), true);
  if (page.predictor === 2) {
    const words = toNumbers(UNSIGNED[page.bits]!, bytes, page.littleEndian);
    for (let r = 0; r < rows; r++) accumulate(words, r * columns, (r + 1) * columns, stride);
    return toNumbers(page.element, bytesOf(words), true);
  }
  return toNumbers(page.element, bytes, page.littleEndian);
}

const UNSIGNED: Readonly<Record<number, ElementType>> = { 8: "uint8", 16: "uint16", 32: "uint32", 64: "uint64" };

/** Each sample was stored as its difference from the one to the left. */
function accumulate(words: NumericArray, from: number, to: number, stride: number): void {
  if (words instanceof BigUint64Array || words instanceof BigInt64Array) for (let i = from + stride; i < to; i++) words[i]! += words[i - stride]!;
  else for (let i = from + stride; i < to; i++) words[i]! += words[i - stride]!;
}

/**
 * Predictor 3 (Adobe's TIFF technical note 3): rows of floats stored as all their highest bytes, then all second ones, …,
 * each byte as the difference from the one `stride` before. Gives little-endian floats.
 */
function unshuffled(bytes: Uint8Array, columns: number, rows: number, size: number, stride: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const rowBytes = columns * size;
  for (let r = 0; r < rows; r++) {
    const row = bytes.subarray(r * rowBytes, (r + 1) * rowBytes);
    accumulate(row, 0, rowBytes, stride);
    for (let k = 0; k < size; k++) for (let i = 0, to = r * rowBytes + size - 1 - k, from = k * columns; i < columns; i++, to += size) out[to] = row[from + i]!;
  }
  return out;
}

/** The `most` bytes that strip or tile `index` holds, decompressed; free to change where there is a predictor. */
function segmentBytes(format: string, source: ByteSource, tools: ReadTools, page: Page, index: number, most: number): Uint8Array {
  const what = `${page.tiled ? "tile" : "strip"} ${index}`;
  const { offsets, counts } = page.places();
  const offset = offsets[index]!;
  const packed = page.compression !== "none";
  // Without counts there is one strip, as far as it is packed: to the end of the file.
  const count = packed ? (counts?.[index] ?? Math.max(0, source.size - offset)) : most;
  if (offset === 0 && counts?.[index] === 0 && most <= MOST_SPARSE) return new Uint8Array(most); // left out: nothing but zeros (GDAL)
  if (!(Number.isSafeInteger(offset) && Number.isSafeInteger(count) && offset >= 0 && count >= 0 && offset + count <= source.size)) throw new FormatError(format, `${what} ends at byte ${offset + count} of a file of ${source.size}`, true);
  if (most > count * SWELLS[page.compression] + 64) throw new FormatError(format, `${what} of ${count} bytes cannot hold ${most}`);
  // What a source gives may be its own memory.
  const changed = page.reversed || (!packed && page.predictor !== 1);
  const bytes = changed ? new Uint8Array(source.read(offset, count, true)) : source.read(offset, count, true);
  if (page.reversed) reverseBits(bytes);
  if (!packed) return bytes;
  const out = unpacked(format, tools, page.compression, bytes, most, what);
  if (out.length < most) throw new FormatError(format, `${what} holds ${out.length} of ${most} bytes`);
  return out;
}

function unpacked(format: string, tools: ReadTools, compression: Compression, bytes: Uint8Array, most: number, what: string): Uint8Array {
  if (compression === "lzw") return unpackLzw(bytes, most);
  if (compression === "packbits") return unpackBits(bytes, most);
  if (compression === "zstd") return unzstd(bytes, most, format);
  const out = new Uint8Array(most);
  let got = 0;
  try {
    // zlib's header of two bytes; its checksum at the end is not asked for.
    for (const piece of tools.inflate.raw([bytes.subarray(2)], most)) {
      const part = piece.subarray(0, most - got);
      out.set(part, got);
      got += part.length;
      if (got === most) break;
    }
  } catch (error) {
    throw new FormatError(format, `${what} cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
  }
  return out.subarray(0, got);
}

function reverseBits(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    let b = bytes[i]!;
    b = ((b & 0xf0) >> 4) | ((b & 0x0f) << 4);
    b = ((b & 0xcc) >> 2) | ((b & 0x33) << 2);
    bytes[i] = ((b & 0xaa) >> 1) | ((b & 0x55) << 1);
  }
}
