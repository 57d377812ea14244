/**
 * Blosc's container, version 1 and 2 of its format (Blosc/c-blosc, README_CHUNK_FORMAT.rst): blocks, each shuffled and
 * compressed, with a table of where they begin.
 */
import { copyWithin, unlz4 } from "./lz4";
import { unsnappy } from "./snappy";
import { FormatError } from "./source";
import { unzstd } from "./zstd";

const HEADER = 16;
const SHUFFLED = 1;
const STORED = 2;
const BITS_SHUFFLED = 4;
const NOT_SPLIT = 16;
/** Blocks are split into one stream a byte of the type where the type has no more bytes, and each stream no fewer than so many. */
const MOST_SPLITS = 16;
const LEAST_STREAM = 128;

/** `size`: bytes that are expected, and given at most; `unzlib` decompresses a zlib stream to so many bytes. */
export function unblosc(input: Uint8Array, size: number, format: string, unzlib: (input: Uint8Array, size: number) => Uint8Array): Uint8Array {
  const bad = (what: string): FormatError => new FormatError(format, `blosc: ${what} in ${input.length} bytes`);
  if (input.length < HEADER) throw new FormatError(format, `blosc: ${input.length} bytes hold no header`, true);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const [version, , flags, type] = [input[0]!, input[1]!, input[2]!, input[3]!];
  const total = view.getUint32(4, true);
  const block = view.getUint32(8, true);
  const packed = view.getUint32(12, true);
  if (version < 1 || version > 2) throw bad(`version ${version} is not known`);
  if (total > size) throw bad(`${total} bytes are claimed, ${size} expected`);
  if (packed > input.length) throw new FormatError(format, `blosc: ${input.length} of ${packed} bytes`, true);
  if ((flags & STORED) !== 0) {
    if (HEADER + total > input.length) throw bad(`${total} stored bytes are claimed`);
    return input.slice(HEADER, HEADER + total);
  }
  const out = new Uint8Array(total);
  if (total === 0) return out;
  if (block === 0 || block > total || type === 0) throw bad(`blocks of ${block} bytes of type size ${type}`);
  const blocks = Math.ceil(total / block);
  if (HEADER + 4 * blocks > packed) throw bad(`${blocks} blocks are claimed`);
  const codec = flags >> 5;
  const unpack = (bytes: Uint8Array, length: number): Uint8Array => {
    switch (codec) {
      case 0:
        return unblosclz(bytes, length, bad);
      case 1:
        return unlz4(bytes, length, format);
      case 2:
        return unsnappy(bytes, format);
      case 3:
        return unzlib(bytes, length);
      case 4:
        return unzstd(bytes, length, format);
      default:
        throw bad(`compression ${codec} is not known`);
    }
  };
  const split = (flags & NOT_SPLIT) === 0 && type <= MOST_SPLITS && block / type >= LEAST_STREAM ? type : 1;
  const scratch = new Uint8Array(block);
  for (let b = 0; b < blocks; b++) {
    const start = b * block;
    const length = Math.min(block, total - start);
    const streams = length === block ? split : 1;
    const each = Math.floor(length / streams);
    let at = view.getUint32(HEADER + 4 * b, true);
    for (let s = 0; s < streams; s++) {
      if (at + 4 > packed) throw bad(`a block at byte ${at} is cut off`);
      const bytes = view.getInt32(at, true);
      at += 4;
      if (bytes < 0 || at + bytes > packed) throw bad(`a stream of ${bytes} bytes at byte ${at}`);
      const stream = input.subarray(at, at + bytes);
      const given = bytes === each ? stream : unpack(stream, each);
      if (given.length !== each) throw bad(`a stream gives ${given.length} of ${each} bytes`);
      scratch.set(given, s * each);
      at += bytes;
    }
    const target = out.subarray(start, start + length);
    const source = scratch.subarray(0, length);
    if ((flags & SHUFFLED) !== 0 && type > 1) unshuffle(source, target, type);
    else if ((flags & BITS_SHUFFLED) !== 0) unshuffleBits(source, target, type);
    else target.set(source);
  }
  return out;
}

/** Bytes of equal place in their elements lie together; what is left over at the end lies as it is. */
export function unshuffle(source: Uint8Array, target: Uint8Array, size: number): void {
  const count = Math.floor(source.length / size);
  for (let b = 0, k = 0; b < size; b++) for (let i = 0, to = b; i < count; i++, to += size) target[to] = source[k++]!;
  target.set(source.subarray(count * size), count * size);
}

/** Bits of equal place in their elements lie together (kiyo-masui/bitshuffle); other than eights of elements lie as they are. */
function unshuffleBits(source: Uint8Array, target: Uint8Array, size: number): void {
  const count = Math.floor(source.length / size);
  if (count % 8 !== 0) {
    target.set(source);
    return;
  }
  const row = count >> 3;
  target.fill(0, 0, count * size);
  for (let b = 0; b < size; b++) {
    for (let k = 0; k < 8; k++) {
      const from = (b * 8 + k) * row;
      for (let i = 0; i < row; i++) {
        const bits = source[from + i]!;
        if (bits === 0) continue;
        for (let j = 0, to = i * 8 * size + b; j < 8; j++, to += size) target[to]! |= ((bits >> j) & 1) << k;
      }
    }
  }
  target.set(source.subarray(count * size), count * size);
}

const FAR = 8191;

/** BloscLZ, which is FastLZ with longer distances (c-blosc, blosclz.c). */
function unblosclz(input: Uint8Array, size: number, bad: (what: string) => FormatError): Uint8Array {
  const out = new Uint8Array(size);
  const end = input.length;
  let at = 0;
  let done = 0;
  let control = (input[at++] ?? 0) & 31;
  for (;;) {
    if (control >= 32) {
      let length = (control >> 5) + 2;
      let offset = (control & 31) << 8;
      if (control >> 5 === 7) {
        for (let b = 255; b === 255; length += b) {
          if (at >= end) throw bad("a length is cut off");
          b = input[at++]!;
        }
      }
      if (at >= end) throw bad("an offset is cut off");
      const low = input[at++]!;
      if (low === 255 && offset === 31 << 8) {
        if (at + 2 > end) throw bad("an offset is cut off");
        offset = ((input[at]! << 8) | input[at + 1]!) + FAR + 1;
        at += 2;
      } else offset += low + 1;
      if (offset > done || length > size - done) throw bad("a copy points outside");
      done = copyWithin(out, done, offset, length);
    } else {
      const length = control + 1;
      if (length > end - at || length > size - done) throw bad("a literal is too long");
      for (let i = 0; i < length; i++) out[done + i] = input[at + i]!;
      at += length;
      done += length;
    }
    if (at >= end) return out.subarray(0, done);
    control = input[at++]!;
  }
}
