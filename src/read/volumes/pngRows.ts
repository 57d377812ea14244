/** Rows of a PNG image out of its decompressed stream: filters, interlacing, samples of 1 to 16 bits. */
import type { NumericArray } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { KEPT_STREAM } from "../bytes/stream";
import { everySecond, spread } from "./samples";

export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Bits of a sample. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly type: number;
  readonly samples: number;
  readonly interlaced: boolean;
}

export interface PngReader {
  readonly seekable: boolean;
  readonly read: (start: number, count: number) => NumericArray;
}

/** Pixels of an interlaced image, which cannot be given row by row, in bytes. */
const MOST_INTERLACED = 128 << 20;
/** Rows that are passed over are decoded so many bytes at a time. */
const SKIPPED = 1 << 20;
/** First column and row, and steps, of the seven passes of Adam7. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

type Values = Uint8Array | Uint16Array;

function rowBytesOf(image: PngImage, width: number): number {
  return Math.ceil((width * image.samples * image.depth) / 8);
}

interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** The images that follow each other in the stream: one, or the passes that are not empty. */
function passesOf(image: PngImage): Pass[] {
  const { width, height } = image;
  if (!image.interlaced) return [{ x: 0, y: 0, dx: 1, dy: 1, width, height }];
  return PASSES.map(([x, y, dx, dy]) => ({ x, y, dx, dy, width: Math.ceil((width - x) / dx), height: Math.ceil((height - y) / dy) })).filter((p) => p.width > 0 && p.height > 0);
}

/** Bytes of the decompressed stream. */
export function packedSize(image: PngImage): number {
  return passesOf(image).reduce((sum, p) => sum + p.height * (1 + rowBytesOf(image, p.width)), 0);
}

/**
 * Values in C order, alpha beside grey left out. `open` starts the decompressed stream from its beginning. Images up to
 * KEPT_STREAM bytes and interlaced ones are decoded once and kept; others row by row. Errors are FormatErrors of `format`,
 * torn where the stream ends early.
 */
export function pngReader(format: string, image: PngImage, open: () => Iterable<Uint8Array>): PngReader {
  const perRow = image.width * given(image);
  const total = perRow * image.height;
  const bytes = total * (image.depth === 16 ? 2 : 1);
  if (image.interlaced && bytes > MOST_INTERLACED) throw new FormatError(format, `an interlaced image of ${image.width} × ${image.height} pixels is not read: beyond ${MOST_INTERLACED >> 20} MiB`);
  const kept = image.interlaced || bytes <= KEPT_STREAM;
  const rows = kept ? keptRows(format, image, open) : streamedRows(format, image, open);
  return {
    seekable: kept,
    read(start, count) {
      if (start < 0 || count < 0 || start + count > total) throw new FormatError(format, `values ${start} to ${start + count} asked of ${total}`);
      if (count === 0) return image.depth === 16 ? new Uint16Array(0) : new Uint8Array(0);
      const first = Math.floor(start / perRow);
      const values = rows(first, Math.ceil((start + count) / perRow));
      return values.subarray(start - first * perRow, start - first * perRow + count);
    },
  };
}

/** Samples of a pixel that are given. */
function given(image: PngImage): number {
  return image.type === 4 ? 1 : image.samples;
}

/** Values of the rows [from, to). */
type Rows = (from: number, to: number) => Values;

function keptRows(format: string, image: PngImage, open: () => Iterable<Uint8Array>): Rows {
  const perRow = image.width * given(image);
  let values: Values | null = null;
  let there = 0;
  return (from, to) => {
    if (values === null) {
      const stream = new Unfilter(format, image, open);
      if (image.interlaced) {
        values = weave(stream, image);
        there = values === null ? 0 : image.height;
        values ??= new Uint8Array(0);
      } else {
        const raw = stream.rows(image.width, image.height);
        there = raw.length / rowBytesOf(image, image.width);
        values = unpack(raw, image, image.width, there);
      }
    }
    if (to > there) throw endedAt(format, there, image.height);
    return values.subarray(from * perRow, to * perRow);
  };
}

function streamedRows(format: string, image: PngImage, open: () => Iterable<Uint8Array>): Rows {
  const { width, height } = image;
  const rowBytes = rowBytesOf(image, width);
  const step = Math.max(1, Math.floor(SKIPPED / rowBytes));
  let stream = new Unfilter(format, image, open);
  /** Rows decoded so far; the last of them stays at hand. */
  let done = 0;
  let last: Uint8Array = new Uint8Array(0);
  const next = (n: number): Uint8Array => {
    const raw = stream.rows(width, n);
    if (raw.length < n * rowBytes) throw endedAt(format, done + raw.length / rowBytes, height);
    done += n;
    last = raw.subarray(raw.length - rowBytes);
    return raw;
  };
  return (from, to) => {
    if (from < done - 1) {
      stream = new Unfilter(format, image, open);
      done = 0;
    }
    while (done < from) next(Math.min(step, from - done));
    if (from === done) return unpack(next(to - from), image, width, to - from);
    // The last row of the read before is asked for again.
    const before = last;
    if (to === done) return unpack(before, image, width, 1);
    const raw = new Uint8Array((to - from) * rowBytes);
    raw.set(before);
    raw.set(next(to - done), rowBytes);
    return unpack(raw, image, width, to - from);
  };
}

function endedAt(format: string, rows: number, of: number): FormatError {
  return new FormatError(format, `the data end after ${rows} of ${of} rows`, true);
}

/** Rows with their filters taken back. */
class Unfilter {
  private readonly pieces: Iterator<Uint8Array>;
  private piece: Uint8Array = new Uint8Array(0);
  private at = 0;
  private before: Uint8Array = new Uint8Array(0);
  /** Bytes between a sample and the same of the pixel to the left. */
  private readonly left: number;

  constructor(
    private readonly format: string,
    private readonly image: PngImage,
    open: () => Iterable<Uint8Array>,
  ) {
    this.pieces = open()[Symbol.iterator]();
    this.left = Math.max(1, (image.samples * image.depth) >> 3);
  }

  /** A new pass begins: its first row has none above. */
  begin(): void {
    this.before = new Uint8Array(0);
  }

  /** The next `count` rows of a pass of `width` pixels, one behind the other; fewer, but whole ones, where the stream ends. */
  rows(width: number, count: number): Uint8Array {
    const rowBytes = rowBytesOf(this.image, width);
    const out = new Uint8Array(count * rowBytes);
    let above = this.before.length === rowBytes ? this.before : new Uint8Array(rowBytes);
    for (let r = 0; r < count; r++) {
      if (!this.ready()) return out.subarray(0, r * rowBytes);
      const filter = this.piece[this.at++]!;
      const row = out.subarray(r * rowBytes, (r + 1) * rowBytes);
      if (!this.fill(row)) return out.subarray(0, r * rowBytes);
      this.unfilter(filter, row, above);
      above = row;
    }
    this.before = above;
    return out;
  }

  /** Whether another byte is at hand. */
  private ready(): boolean {
    while (this.at === this.piece.length) {
      let next: IteratorResult<Uint8Array>;
      try {
        next = this.pieces.next();
      } catch (error) {
        if (error instanceof FormatError) throw error;
        throw new FormatError(this.format, `the image data cannot be decompressed: ${error instanceof Error ? error.message : String(error)}`);
      }
      if (next.done === true) return false;
      this.piece = next.value;
      this.at = 0;
    }
    return true;
  }

  private fill(row: Uint8Array): boolean {
    for (let got = 0; got < row.length; ) {
      if (!this.ready()) return false;
      const part = this.piece.subarray(this.at, this.at + row.length - got);
      row.set(part, got);
      this.at += part.length;
      got += part.length;
    }
    return true;
  }

  private unfilter(filter: number, row: Uint8Array, above: Uint8Array): void {
    const { left } = this;
    const n = row.length;
    switch (filter) {
      case 0:
        return;
      case 1:
        for (let i = left; i < n; i++) row[i]! += row[i - left]!;
        return;
      case 2:
        for (let i = 0; i < n; i++) row[i]! += above[i]!;
        return;
      case 3:
        for (let i = 0; i < left && i < n; i++) row[i]! += above[i]! >> 1;
        for (let i = left; i < n; i++) row[i]! += (row[i - left]! + above[i]!) >> 1;
        return;
      case 4:
        paeth(row, above, left);
        return;
      default:
        throw new FormatError(this.format, `filter ${filter} of a row is not known`);
    }
  }
}

function paeth(row: Uint8Array, above: Uint8Array, left: number): void {
  const n = row.length;
  for (let i = 0; i < left && i < n; i++) row[i]! += above[i]!;
  for (let i = left; i < n; i++) {
    const a = row[i - left]!;
    const b = above[i]!;
    const c = above[i - left]!;
    const pa = Math.abs(b - c);
    const pb = Math.abs(a - c);
    const pc = Math.abs(a + b - c - c);
    row[i]! += pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  }
}

/** Values of `height` rows of `width` pixels that lie packed in `raw`; the same memory where they lie as they are given. */
function unpack(raw: Uint8Array, image: PngImage, width: number, height: number): Values {
  const { depth, type } = image;
  if (depth < 8) return spread(raw, depth, width, height);
  if (depth === 8) return type === 4 ? everySecond(raw) : raw;
  const out = new Uint16Array((width * height * image.samples) / (type === 4 ? 2 : 1));
  const step = type === 4 ? 4 : 2;
  for (let i = 0, k = 0; i < out.length; i++, k += step) out[i] = (raw[k]! << 8) | raw[k + 1]!;
  return out;
}

/** An interlaced image; null where the stream ends early. */
function weave(stream: Unfilter, image: PngImage): Values | null {
  const samples = given(image);
  const length = image.width * image.height * samples;
  const out = image.depth === 16 ? new Uint16Array(length) : new Uint8Array(length);
  for (const pass of passesOf(image)) {
    stream.begin();
    const raw = stream.rows(pass.width, pass.height);
    if (raw.length < pass.height * rowBytesOf(image, pass.width)) return null;
    const values = unpack(raw, image, pass.width, pass.height);
    for (let y = 0, k = 0; y < pass.height; y++) {
      let to = ((pass.y + y * pass.dy) * image.width + pass.x) * samples;
      for (let x = 0; x < pass.width; x++, to += pass.dx * samples) for (let s = 0; s < samples; s++) out[to + s] = values[k++]!;
    }
  }
  return out;
}
