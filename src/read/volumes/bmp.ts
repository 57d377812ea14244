/** Windows bitmaps (BITMAPINFOHEADER and later, as Microsoft's wingdi.h has them): masks of older data sets. */
import { FormatError, type ByteSource } from "../bytes/source";
import type { VolumeEntry, VolumeFormat } from "../format";

const FORMAT = "bmp";
const FILE_HEADER = 14;
/** The headers that are read: plain, with masks, versions 4 and 5. */
const HEADERS = [40, 52, 56, 108, 124];
const DEPTHS = [1, 4, 8, 24, 32];
const MOST_SIDE = 1 << 20;

interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** Rows lie from the last to the first, as they mostly do. */
  readonly upwards: boolean;
  /** Bytes a row, padded to four. */
  readonly stride: number;
  readonly dataAt: number;
  readonly palette: readonly number[] | null;
}

/** Entry of shape (H, W) with the palette's indices, or (H, W, 3) with `colour`; the fourth byte of 32 bits is dropped. */
export const bmp: VolumeFormat = {
  name: FORMAT,
  probe: (name, head) => (head.length === 0 ? /\.bmp$/i.test(name) : head[0] === 0x42 && head[1] === 0x4d && /\.bmp$/i.test(name)),
  open(source) {
    const image = headerOf(source);
    const { width, height, depth, palette } = image;
    const samples = depth < 24 ? 1 : 3;
    const entry: VolumeEntry = {
      entry: null,
      dtype: "uint8",
      shape: samples === 1 ? [height, width] : [height, width, samples],
      order: "C",
      scaled: false,
      seekable: true,
      read: (start, count) => read(source, image, samples, start, count),
      ...(samples === 1 ? {} : { colour: "rgb" as const }),
      ...(palette === null ? {} : { palette }),
    };
    return { entries: [entry], problems: [], close: () => undefined };
  },
};

function headerOf(source: ByteSource): Bitmap {
  const bytes = source.read(0, FILE_HEADER + 40, true);
  if (bytes.length < FILE_HEADER + 40) throw new FormatError(FORMAT, `${source.size} bytes, shorter than its header`, true);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = view.getUint32(14, true);
  if (!HEADERS.includes(size)) throw new FormatError(FORMAT, `a header of ${size} bytes is not read`);
  const [width, rows] = [view.getInt32(18, true), view.getInt32(22, true)];
  const height = Math.abs(rows);
  if (width < 1 || height < 1 || width > MOST_SIDE || height > MOST_SIDE) throw new FormatError(FORMAT, `${width} × ${rows} pixels are no image`);
  const depth = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  if (!DEPTHS.includes(depth) || (compression !== 0 && !(compression === 3 && depth === 32))) throw new FormatError(FORMAT, `${depth} bits with compression ${compression} are not read`);
  // 32 bits that name their masks (behind a plain header, too) are read where these are the usual ones.
  if (compression === 3 && !masksAreUsual(source.read(FILE_HEADER + 40, 12, true))) throw new FormatError(FORMAT, "colours in an order of its own are not read");
  const dataAt = view.getUint32(10, true);
  const stride = ((width * depth + 31) >> 5) * 4;
  if (dataAt + stride * height > source.size) throw new FormatError(FORMAT, `${width} × ${height} pixels of ${depth} bits need ${dataAt + stride * height} bytes, ${source.size} are there`, true);
  return { width, height, depth, upwards: rows > 0, stride, dataAt, palette: depth > 8 ? null : paletteOf(source, FILE_HEADER + size, view.getUint32(46, true), depth, dataAt) };
}

/** Blue in the lowest byte, then green and red. */
function masksAreUsual(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return bytes.length === 12 && [0xff0000, 0xff00, 0xff].every((mask, i) => view.getUint32(4 * i, true) === mask);
}

function paletteOf(source: ByteSource, at: number, told: number, depth: number, dataAt: number): number[] {
  const count = Math.min(told === 0 ? 1 << depth : told, 1 << depth, Math.floor((dataAt - at) / 4));
  const bytes = source.read(at, 4 * Math.max(0, count), true);
  return Array.from({ length: bytes.length >> 2 }, (_, i) => (bytes[4 * i + 2]! << 16) | (bytes[4 * i + 1]! << 8) | bytes[4 * i]!);
}

function read(source: ByteSource, image: Bitmap, samples: number, start: number, count: number): Uint8Array {
  const { width, height, depth, stride } = image;
  const row = width * samples;
  if (start < 0 || count < 0 || start + count > row * height) throw new FormatError(FORMAT, `values ${start} to ${start + count} asked of ${row * height}`);
  const out = new Uint8Array(count);
  for (let done = 0; done < count; ) {
    const y = Math.floor((start + done) / row);
    const from = (start + done) % row;
    const n = Math.min(row - from, count - done);
    const bytes = source.read(image.dataAt + (image.upwards ? height - 1 - y : y) * stride, stride);
    if (bytes.length < stride) throw new FormatError(FORMAT, `the data end in row ${y} of ${height}`, true);
    for (let i = 0; i < n; i++) out[done + i] = sample(bytes, depth, from + i);
    done += n;
  }
  return out;
}

/** Sample `i` of a row: an index, or red, green and blue in turn, which lie the other way round. */
function sample(row: Uint8Array, depth: number, i: number): number {
  if (depth === 8) return row[i]!;
  if (depth < 8) return (row[(i * depth) >> 3]! >> (8 - depth - ((i * depth) & 7))) & ((1 << depth) - 1);
  return row[Math.floor(i / 3) * (depth >> 3) + 2 - (i % 3)]!;
}
