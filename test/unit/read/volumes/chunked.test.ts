import assert from "node:assert/strict";
import { inflate } from "../../../../src/engine/inflate";
import { unblosc } from "../../../../src/read/bytes/blosc";
import { unlz4 } from "../../../../src/read/bytes/lz4";
import type { ByteSource, ReadTools } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import { unzstd } from "../../../../src/read/bytes/zstd";
import type { VolumeEntry } from "../../../../src/read/format";
import { metaImage } from "../../../../src/read/volumes/metaImage";
import { nrrd } from "../../../../src/read/volumes/nrrd";
import { zarr2, zarr3 } from "../../../../src/read/volumes/zarr";
import { concat, memorySource } from "../bytes/memory";
import { loadTools, plain, values } from "./open";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const random = (seed: number) => (n: number): number => Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 4294967296) * n);

describe("chunked and medical volumes", () => {
  let tools: ReadTools;
  before(async () => (tools = await loadTools()));

  const withFiles = (files: Readonly<Record<string, Uint8Array>>): ReadTools => ({ ...tools, sibling: (name) => (Object.hasOwn(files, name) ? memorySource(name, files[name]!) : null) });
  const zarray = (more: object, files: Readonly<Record<string, Uint8Array>> = {}): VolumeEntry => {
    const json = { zarr_format: 2, shape: [4, 6], chunks: [2, 3], dtype: "|u1", compressor: null, fill_value: 9, order: "C", filters: null, ...more };
    return zarr2.open(memorySource("a.zarr/.zarray", text(JSON.stringify(json))), withFiles(files)).entries[0]!;
  };
  const fails = (what: () => unknown, message: RegExp): void => assert.throws(what, (error) => error instanceof FormatError && !error.message.includes("\n") && message.test(error.message));

  it("zarr: chunks that are missing hold the fill value, others lie where they belong", () => {
    const entry = zarray({}, { "0.1": Uint8Array.of(1, 2, 3, 4, 5, 6), "1.0": Uint8Array.of(7, 8, 1, 2, 3, 4) });
    assert.deepEqual(values(entry), [9, 9, 9, 1, 2, 3, 9, 9, 9, 4, 5, 6, 7, 8, 1, 9, 9, 9, 2, 3, 4, 9, 9, 9]);
    assert.deepEqual(plain(entry.read(11, 2)), [6, 7]);
    fails(() => entry.read(20, 5), /^zarr: elements 20 to 25 asked of 24$/);
  });

  it("zarr: a chunk that is cut off, too long or damaged is one line", () => {
    fails(() => values(zarray({}, { "0.1": new Uint8Array(5) })), /^zarr: chunk 0\.1 holds 5 of 6 bytes$/);
    fails(() => values(zarray({}, { "0.1": new Uint8Array(10_000) })), /^zarr: 0\.1 has 10000 bytes for a chunk of 6$/);
    fails(() => values(zarray({ compressor: { id: "zlib" } }, { "0.0": text("no zlib stream") })), /^zarr: cannot be decompressed/);
    fails(() => values(zarray({ compressor: { id: "zstd" } }, { "0.0": text("no zstd") })), /^zarr: zstd: no frame at byte 0/);
    fails(() => values(zarray({ compressor: { id: "blosc" } }, { "0.0": text("none") })), /^zarr: blosc: 4 bytes hold no header/);
  });

  it("zarr: hostile metadata are refused, and nothing is allocated for them", () => {
    fails(() => zarray({ dtype: [["a", "<i4"]] }), /holds no numbers that are read$/);
    fails(() => zarray({ compressor: { id: "bz2" } }), /^zarr: compressed with "bz2", which is not read/);
    fails(() => zarray({ shape: [-1, 6] }), /is impossible$/);
    fails(() => zarray({ shape: [6] }), /is impossible$/);
    fails(() => zarray({ chunks: [1e9, 1e9] }), /are too large$/);
    fails(() => zarray({ shape: [1e12, 1e12] }), /is impossible$/);
    fails(() => zarray({ shape: [100_000, 100_000], chunks: [1, 1] }), /chunks are too many$/);
    const big = zarray({ shape: [1e6, 1e6], chunks: [1000, 1000] });
    assert.deepEqual(plain(big.read(5e11, 3)), [9, 9, 9]);
    fails(() => big.read(0, 2 ** 36), /asked of an array without chunks/);
    for (const bad of ["", "{", "[]", "7", '{"zarr_format":4}', '{"zarr_format":3,"node_type":"array"}']) fails(() => zarr3.open(memorySource("zarr.json", text(bad)), tools), /^zarr: /);
    assert.deepEqual(zarr3.open(memorySource("zarr.json", text('{"zarr_format":3,"node_type":"group"}')), tools).entries, []);
  });

  it("zarr: a row of chunks is decoded once, whatever the pieces", () => {
    const opened = new Map<string, number>();
    const json = { zarr_format: 2, shape: [8, 64, 64], chunks: [4, 16, 16], dtype: "|u1", compressor: null, fill_value: 0, order: "C", filters: null };
    const counting: ReadTools = { ...tools, sibling: (name) => (opened.set(name, (opened.get(name) ?? 0) + 1), memorySource(name, new Uint8Array(1024).fill(Number(name.split(".")[2])))) };
    const entry = zarr2.open(memorySource("a/.zarray", text(JSON.stringify(json))), counting).entries[0]!;
    const all = values(entry, 100);
    assert.equal(all.length, 8 * 64 * 64);
    all.forEach((v, i) => assert.equal(v, Math.floor((i % 64) / 16)));
    assert.ok([...opened.values()].every((n) => n === 1));
  });

  it("zarr: knows whose parts chunks are", () => {
    assert.equal(zarr2.partOf!("x/labels.zarr/0.0.1"), "x/labels.zarr/.zarray");
    assert.equal(zarr2.partOf!("labels.zarr/0/0/1"), "labels.zarr/.zarray");
    assert.equal(zarr3.partOf!("a/labels.zarr/c/0/0/1"), "a/labels.zarr/zarr.json");
    for (const path of ["a.zarr/.zarray", "a.zarr/.zattrs", "a/metrics.csv", "model.ckpt-5"]) assert.equal(zarr2.partOf!(path) ?? zarr3.partOf!(path), null);
    assert.equal(metaImage.partOf!("a/b.zraw"), "a/b.mhd");
  });

  it("decompressors end in one line on any damage, within the size that is expected", () => {
    const zstd = Uint8Array.from(Buffer.from("KLUv/SAgXQAAEAABAQD7/zkAAgH/AQ==", "base64"));
    const lz4 = Uint8Array.of(0x1f, 65, 1, 0, 20, 0x50, 66, 66, 66, 66, 66);
    assert.equal(unlz4(lz4, 45, "t").length, 45);
    fails(() => unlz4(lz4, 44, "t"), /^t: lz4: /);
    const blosc = concat(Uint8Array.of(2, 1, 0x21 | 16, 1, 45, 0, 0, 0, 45, 0, 0, 0, 35, 0, 0, 0, 20, 0, 0, 0, 11, 0, 0, 0), lz4);
    assert.deepEqual([...unblosc(blosc, 45, "t", () => new Uint8Array(0))], [...unlz4(lz4, 45, "t")]);
    const next = random(7);
    const whole = (pieces: Iterable<Uint8Array>, size: number): Uint8Array => concat(...pieces).subarray(0, size);
    const began = Date.now();
    for (let round = 0; round < 6000; round++) {
      const [bytes, run] = [
        [zstd, (b: Uint8Array) => unzstd(b, 1 << 16, "t")],
        [lz4, (b: Uint8Array) => unlz4(b, 1 << 16, "t")],
        [blosc, (b: Uint8Array) => unblosc(b, 1 << 16, "t", (part, size) => whole(inflate.raw([part]), size))],
      ][round % 3] as [Uint8Array, (b: Uint8Array) => Uint8Array];
      const hurt = bytes.slice(0, round % 2 === 0 ? bytes.length : next(bytes.length + 1));
      for (let k = next(4); k >= 0 && hurt.length > 0; k--) hurt[next(hurt.length)] = next(256);
      try {
        assert.ok(run(hurt).length <= 1 << 16);
      } catch (error) {
        assert.ok(error instanceof FormatError && /^t: /.test(error.message), String(error));
      }
    }
    assert.ok(Date.now() - began < 20_000);
  });

  it("nrrd and MetaImage: hostile headers are one line", () => {
    const head = "NRRD0004\ntype: short\ndimension: 2\nsizes: 3 2\nendian: little\nencoding: raw\n";
    const open = (header: string, data = new Uint8Array(12), name = "a.nrrd"): VolumeEntry => nrrd.open(memorySource(name, concat(text(header), data)), tools).entries[0]!;
    assert.deepEqual(values(open(`${head}\n`, Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0))), [1, 2, 3, 4, 5, 6]);
    assert.deepEqual(values(open(`${head}byte skip: -1\n\n`, Uint8Array.of(9, 9, 9, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0))), [1, 2, 3, 4, 5, 6]);
    fails(() => open(head.replace("3 2", "3 2 1") + "\n"), /^nrrd: 3 sizes for "2" axes$/);
    fails(() => open(head.replace("3 2", "-3 2") + "\n"), /is impossible$/);
    fails(() => open(head.replace("short", "constructor") + "\n"), /^nrrd: the type "constructor"/);
    fails(() => open(head.replace("raw", "__proto__") + "\n"), /^nrrd: the encoding/);
    fails(() => open(`${head}data file: ../x.raw\n\n`), /which is not beside it$/);
    fails(() => open(`${head}data file: x%03d.raw 0 999999999 1\n\n`), /^nrrd: the data lie in files 0 to 999999999 by 1$/);
    fails(() => open(`${head}byte skip: 1e99\n\n`), /^nrrd: byte skip/);
    fails(() => open(head), /^nrrd: the header ends at byte|is no field$/);
    const huge: ByteSource = { ...memorySource("a.nrrd", text(`${head.replace("3 2", "1000000 1000000")}\n`)) };
    fails(() => nrrd.open(huge, tools).entries[0]!.read(0, 1e10), /^nrrd: the data end after 0 of/);
    const meta = (more: string): VolumeEntry => metaImage.open(memorySource("a.mha", text(`ObjectType = Image\nNDims = 2\nDimSize = 3 2\nElementType = MET_UCHAR\n${more}ElementDataFile = LOCAL\nabcdef`)), tools).entries[0]!;
    assert.deepEqual(values(meta("")), [97, 98, 99, 100, 101, 102]);
    fails(() => meta("ElementType = MET_constructor\n"), /^metaimage: the element type/);
    fails(() => meta("ElementNumberOfChannels = 1e300\n"), /channels$/);
    fails(() => values(meta("ElementNumberOfChannels = 1000000\n")), /^metaimage: the data end after 6 of 6000000 elements$/);
    fails(() => values(meta("CompressedData = True\n")), /^metaimage: cannot be decompressed/);
    fails(() => metaImage.open(memorySource("a.mhd", text("epoch,loss\n1,2\n")), tools), /^metaimage: does not begin/);
  });
});
