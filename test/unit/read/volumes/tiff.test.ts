import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { inflate } from "../../../../src/engine/inflate";
import { unpackLzw } from "../../../../src/read/bytes/lzw";
import { unpackBits } from "../../../../src/read/bytes/packbits";
import { FormatError, type ReadTools } from "../../../../src/read/bytes/source";
import type { VolumeEntry } from "../../../../src/read/format";
import { tiff } from "../../../../src/read/volumes/tiff";
import { memorySource } from "../bytes/memory";
import { plain } from "./open";

const tools: ReadTools = { inflate, hdf5: { open: () => assert.fail("no HDF5") }, sibling: () => null };

/** Tags of one page: number → one or more values (32 bits each). */
type Tags = Readonly<Record<number, number | readonly number[]>>;

/** A little-endian classic TIFF: all data first, at byte 8, then its pages; `next` overrides where the last leads. */
function tiffOf(data: Uint8Array, pages: readonly Tags[], next = 0): Uint8Array {
  const out = Buffer.alloc(8 + data.length + pages.reduce((sum, tags) => sum + 6 + Object.values(tags).reduce<number>((n, v) => n + 12 + (typeof v === "number" ? 0 : 4 * v.length), 0), 0));
  out.write("II*\0", 0, "latin1");
  out.set(data, 8);
  let at = 8 + data.length;
  out.writeUInt32LE(at, 4);
  pages.forEach((tags, i) => {
    const list = Object.entries(tags);
    let values = at + 6 + 12 * list.length;
    out.writeUInt16LE(list.length, at);
    list.forEach(([id, value], k) => {
      const entry = at + 2 + 12 * k;
      const all = typeof value === "number" ? [value] : value;
      out.writeUInt16LE(Number(id), entry);
      out.writeUInt16LE(4, entry + 2);
      out.writeUInt32LE(all.length, entry + 4);
      out.writeUInt32LE(all.length === 1 ? all[0]! : values, entry + 8);
      if (all.length > 1) for (const v of all) values = out.writeUInt32LE(v, values);
    });
    out.writeUInt32LE(i < pages.length - 1 ? values : next, at + 2 + 12 * list.length);
    at = values;
  });
  return new Uint8Array(out);
}

const page = (width: number, height: number, more: Tags = {}): Tags => ({ 256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: width * height, ...more });

function open(bytes: Uint8Array): VolumeEntry {
  return tiff.open(memorySource("a.tif", bytes), tools).entries[0]!;
}

function valuesOf(entry: VolumeEntry): (number | string)[] {
  return plain(entry.read(0, entry.shape.reduce((a, b) => a * b, 1)));
}

function refuses(bytes: Uint8Array, message: string | RegExp, torn = false): void {
  assert.throws(
    () => valuesOf(open(bytes)),
    (error) => error instanceof FormatError && error.torn === torn && (typeof message === "string" ? error.message === message : message.test(error.message)),
  );
}

describe("TIFF images", () => {
  const six = Uint8Array.of(1, 2, 3, 4, 5, 6);

  it("give their pages as one array, without those that differ", () => {
    const two = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    assert.deepEqual(valuesOf(open(tiffOf(six, [page(3, 2)]))), [...six]);
    const stack = open(tiffOf(two, [page(3, 2), page(3, 2, { 273: 14 })]));
    assert.deepEqual(stack.shape, [2, 2, 3]);
    assert.deepEqual(valuesOf(stack), [...two]);
    assert.deepEqual(plain(stack.read(4, 5)), [5, 6, 7, 8, 9]);
    const file = tiff.open(memorySource("a.tif", tiffOf(two, [page(3, 2), page(2, 3), page(3, 2, { 273: 14 })])), tools);
    assert.deepEqual(file.entries[0]!.shape, [2, 2, 3]);
    assert.deepEqual(file.problems, ["tiff: 1 of 3 pages differ from the first (3 × 2, uint8) and are left out"]);
  });

  it("pass over smaller copies and transparency", () => {
    for (const kind of [1, 4]) assert.deepEqual(open(tiffOf(six, [page(3, 2), page(3, 2, { 254: kind })])).shape, [2, 3]);
  });

  it("read strips in any order, and those that were left out as zeros", () => {
    const entry = open(tiffOf(six, [page(3, 2, { 273: [11, 8], 278: 1, 279: [3, 3] })]));
    assert.deepEqual(valuesOf(entry), [4, 5, 6, 1, 2, 3]);
    assert.deepEqual(valuesOf(open(tiffOf(six, [page(3, 2, { 273: [0, 8], 278: 1, 279: [0, 3] })]))), [0, 0, 0, 1, 2, 3]);
    const packed = new Uint8Array(deflateSync(Uint8Array.of(7, 8, 9)));
    assert.deepEqual(valuesOf(open(tiffOf(packed, [page(3, 2, { 259: 8, 273: [0, 8], 278: 1, 279: [0, packed.length] })]))), [0, 0, 0, 7, 8, 9]);
  });

  it("name what they are packed with when it is not read", () => {
    refuses(tiffOf(six, [page(3, 2, { 259: 7 })]), "tiff: compression 7 (JPEG) is not read");
    refuses(tiffOf(six, [page(3, 2, { 259: 34887 })]), "tiff: compression 34887 (LERC) is not read");
    refuses(tiffOf(six, [page(3, 2, { 259: 4711 })]), "tiff: compression 4711 (unknown) is not read");
    refuses(tiffOf(six, [page(3, 2, { 258: 12 })]), "tiff: samples of 12 bits and format 1 (unsigned) are not read");
    refuses(tiffOf(six, [page(3, 2, { 258: 64, 339: 6 })]), "tiff: samples of 64 bits and format 6 (complex) are not read");
    refuses(tiffOf(six, [page(3, 2, { 262: 6 })]), "tiff: YCbCr samples are not read");
  });

  it("end loops of directories, and keep the pages before", () => {
    const bytes = tiffOf(six, [page(3, 2)], 14);
    const file = tiff.open(memorySource("a.tif", bytes), tools);
    assert.deepEqual(file.entries[0]!.shape, [2, 3]);
    assert.deepEqual(file.problems, ["tiff: the directories run in a circle: the one at byte 14 comes twice"]);
  });

  it("that claim more than they hold are refused before anything is allocated", () => {
    refuses(tiffOf(six, [page(60_000, 60_000)]), "tiff: a strip ends at byte 3600000008 of a file of 128", true);
    refuses(tiffOf(six, [page(0, 2)]), "tiff: an image of 0 × 2 pixels with 1 values");
    refuses(tiffOf(six, [page(5_000, 5_000, { 259: 8, 279: 6 })]), "tiff: strip 0 of 6 bytes cannot hold 25000000");
    refuses(tiffOf(six, [page(60_000, 60_000, { 259: 8, 279: 6 })]), "tiff: a strip of 3600000000 bytes is too large");
    refuses(tiffOf(six, [page(3, 2_000_000, { 278: 1 })]), "tiff: 1 of 2000000 strips");
    refuses(tiffOf(six, [page(3, 2)], 5_000), /^tiff: a directory at byte 5000 lies beyond the end, byte \d+$/, true);
    const bytes = tiffOf(six, [page(3, 2)]);
    refuses(bytes.subarray(0, 40), /^tiff: the directory at byte 14 ends at byte 40 of 128$/, true);
    refuses(Uint8Array.of(0x49, 0x49, 42, 0), "tiff: the header ends at byte 4 of 8", true);
    refuses(Uint8Array.of(0x49, 0x49, 42, 0, 0, 0, 0, 0), "tiff: no directory yet: still being written?", true);
    refuses(new TextEncoder().encode("hello, world"), "tiff: does not begin with a TIFF header");
  });

  it("whose packed data give too little say so", () => {
    const packed = new Uint8Array(deflateSync(Uint8Array.of(7, 8, 9)));
    refuses(tiffOf(packed, [page(3, 2, { 259: 8, 279: packed.length })]), "tiff: strip 0 holds 3 of 6 bytes");
    refuses(tiffOf(Uint8Array.of(0x78, 1, 7, 0, 0, 0), [page(3, 2, { 259: 8, 279: 6 })]), /^tiff: strip 0 cannot be decompressed: /);
    refuses(tiffOf(six, [page(3, 2, { 259: 5, 279: 6 })]), /^tiff: strip 0 holds \d of 6 bytes$/);
    refuses(tiffOf(six, [page(3, 2, { 259: 50000, 279: 6 })]), "tiff: zstd: no frame at byte 0 in 6 bytes");
    // A frame whose one block repeats a byte three times, and more than it should.
    const frame = (n: number): Uint8Array => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, n, 3 | (n << 3), 0, 0, 9);
    refuses(tiffOf(frame(3), [page(3, 2, { 259: 50000, 279: 10 })]), "tiff: strip 0 holds 3 of 6 bytes");
    refuses(tiffOf(frame(9), [page(3, 2, { 259: 50000, 279: 10 })]), "tiff: zstd: 9 bytes are claimed, 6 expected in 10 bytes");
    assert.deepEqual(valuesOf(open(tiffOf(frame(6), [page(3, 2, { 259: 50000, 279: 10 })]))), [9, 9, 9, 9, 9, 9]);
  });
});

/** LZW as writers before TIFF 6.0 had it: codes from the lowest bit, wider once the table is full. Only literals: the table still grows. */
function oldLzw(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let held = 0;
  let have = 0;
  let size = 258;
  let width = 9;
  const put = (code: number): void => {
    held |= code << have;
    have += width;
    for (; have >= 8; have -= 8, held >>>= 8) out.push(held & 255);
  };
  put(256);
  bytes.forEach((byte, i) => {
    put(byte);
    if (i > 0 && ++size >= 1 << width) width++;
  });
  put(257);
  out.push(held & 255);
  return Uint8Array.from(out);
}

describe("packed strips", () => {
  it("of LZW with the bits of old writers are read", () => {
    const bytes = Uint8Array.from({ length: 700 }, (_, i) => (i * 7) & 255);
    assert.deepEqual(unpackLzw(oldLzw(bytes), bytes.length), bytes);
  });

  it("give no more than asked, and what there is where they end", () => {
    assert.deepEqual(unpackBits(Uint8Array.of(2, 1, 2, 3, 0xfe, 9, 128, 0, 5), 100), Uint8Array.of(1, 2, 3, 9, 9, 9, 5));
    assert.deepEqual(unpackBits(Uint8Array.of(0x81, 9), 5), new Uint8Array(5).fill(9));
    assert.deepEqual(unpackBits(Uint8Array.of(5, 1, 2), 100), Uint8Array.of(1, 2));
    assert.deepEqual(unpackBits(Uint8Array.of(0xfe), 100), new Uint8Array(0));
    assert.equal(unpackLzw(Uint8Array.of(0x80, 0x7f, 0xff, 0xff), 100).length, 0);
  });
});
