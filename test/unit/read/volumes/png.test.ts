import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { inflate } from "../../../../src/engine/inflate";
import { FormatError, type ReadTools } from "../../../../src/read/bytes/source";
import { png } from "../../../../src/read/volumes/png";
import { concat, memorySource } from "../bytes/memory";
import { plain } from "./open";

const tools: ReadTools = { inflate, hdf5: { open: () => assert.fail("no HDF5") }, sibling: () => null };
const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

function chunk(name: string, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(name, 4, "latin1");
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, data.length + 8)), data.length + 8);
  return new Uint8Array(out);
}

function head(width: number, height: number, depth: number, type: number, interlace = 0): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, type, 0, 0, interlace], 8);
  return chunk("IHDR", new Uint8Array(data));
}

function pngOf(header: Uint8Array, rows: Uint8Array, ...between: readonly Uint8Array[]): Uint8Array {
  return concat(SIGNATURE, header, ...between, chunk("IDAT", new Uint8Array(deflateSync(rows))), chunk("IEND", new Uint8Array(0)));
}

/** Rows of one byte a pixel without filters. */
function rowsOf(width: number, height: number, value: (x: number, y: number) => number): Uint8Array {
  const out = new Uint8Array(height * (width + 1));
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) out[y * (width + 1) + 1 + x] = value(x, y);
  return out;
}

function refuses(bytes: Uint8Array, message: string | RegExp, torn = false): void {
  assert.throws(
    () => {
      const [entry] = png.open(memorySource("a.png", bytes), tools).entries;
      entry!.read(0, entry!.shape.reduce((a, b) => a * b, 1));
    },
    (error) => error instanceof FormatError && error.torn === torn && (typeof message === "string" ? error.message === message : message.test(error.message)),
  );
}

describe("PNG images", () => {
  it("are told by their signature, and by name where there is nothing else", () => {
    const bytes = pngOf(head(1, 1, 8, 0), Uint8Array.of(0, 7));
    assert.equal(png.probe("a.bin", bytes), true);
    assert.equal(png.probe("a.png", new Uint8Array(0)), true);
    assert.equal(png.probe("a.bin", new Uint8Array(0)), false);
    refuses(new TextEncoder().encode("version https://git-lfs.github.com/spec/v1"), "png: does not begin with the PNG signature");
  });

  it("beyond what is kept are read row by row, in any pieces, also back again", () => {
    const [width, height] = [5000, 4000];
    const value = (x: number, y: number): number => (x * 7 + y * 13) & 255;
    const bytes = pngOf(head(width, height, 8, 0), rowsOf(width, height, value));
    const [entry] = png.open(memorySource("a.png", bytes), tools).entries;
    assert.equal(entry!.seekable, false);
    assert.deepEqual(entry!.shape, [height, width]);
    const at = (start: number, count: number): void => {
      const values = entry!.read(start, count);
      assert.equal(values.length, count);
      for (const i of [0, count >> 1, count - 1]) assert.equal(values[i], value((start + i) % width, Math.floor((start + i) / width)), `element ${start + i}`);
    };
    for (let start = 0; start < width * height; start += 1 << 20) at(start, Math.min(1 << 20, width * height - start));
    at(12_345, 17); // back
    at(12_362, 3); // within the same row
    at(12_365, 20_000);
    at(width * height - 1, 1);
  });

  it("whose data end early give the rows that are there", () => {
    const noise = rowsOf(400, 300, (x, y) => (x * x * 31 + y * y * 17 + ((x * y) >> 3) * 101) & 255);
    const whole = pngOf(head(400, 300, 8, 0), noise);
    const [entry] = png.open(memorySource("a.png", whole.subarray(0, Math.floor(whole.length / 2))), tools).entries;
    assert.deepEqual(plain(entry!.read(0, 400)), [...noise.subarray(1, 401)]);
    assert.throws(() => entry!.read(299 * 400, 1), (error) => error instanceof FormatError && error.torn && /^png: the data end after \d+ of 300 rows$/.test(error.message));
  });

  it("whose checksums do not hold are refused", () => {
    const bytes = pngOf(head(3, 2, 8, 0), rowsOf(3, 2, (x) => x));
    const flipped = (at: number): Uint8Array => {
      const out = bytes.slice();
      out[at]! ^= 1;
      return out;
    };
    refuses(flipped(19), "png: the checksum of the chunk IHDR does not hold");
    refuses(flipped(33 + 8 + 4), "png: the checksum of the image data at byte 33 does not hold");
    assert.deepEqual(plain(png.open(memorySource("a.png", bytes), tools).entries[0]!.read(0, 6)), [0, 1, 2, 0, 1, 2]);
  });

  it("that claim more than they can hold are refused before anything is allocated", () => {
    const rows = Uint8Array.of(0, 0);
    refuses(pngOf(head(200_000, 200_000, 8, 0), rows), /^png: 200000 × 200000 pixels in \d+ bytes: more than they can hold$/);
    refuses(pngOf(head(2 ** 31 - 1, 2 ** 31 - 1, 16, 6), rows), /^png: an image of 2147483647 × 2147483647 pixels$/);
    refuses(pngOf(head(0, 5, 8, 0), rows), "png: an image of 0 × 5 pixels");
    refuses(pngOf(head(5, 5, 16, 3), rows), "png: colour type 3 with 16 bits is not known");
    refuses(pngOf(head(2, 2, 8, 3), rows), "png: a palette image without a palette");
  });

  it("that swell beyond their claim are read no further", () => {
    const bomb = new Uint8Array(16 << 20);
    const [entry] = png.open(memorySource("a.png", pngOf(head(40, 30, 8, 0), bomb)), tools).entries;
    assert.ok(plain(entry!.read(0, 1200)).every((v) => v === 0));
  });

  it("of an unknown filter, or not of zlib, are refused", () => {
    refuses(pngOf(head(1, 1, 8, 0), Uint8Array.of(9, 0)), "png: filter 9 of a row is not known");
    refuses(concat(SIGNATURE, head(1, 1, 8, 0), chunk("IDAT", Uint8Array.of(1, 2, 3, 4))), "png: the image data are not compressed with zlib");
    refuses(concat(SIGNATURE, head(1, 1, 8, 0), chunk("IEND", new Uint8Array(0))), "png: holds no image data");
    refuses(concat(SIGNATURE, chunk("tEXt", new Uint8Array(3)), head(1, 1, 8, 0)), "png: begins with the chunk tEXt in place of one IHDR");
  });
});
