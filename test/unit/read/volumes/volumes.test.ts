import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ByteSource, ReadTools } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import { concat, fixture, memorySource, zipOf } from "../bytes/memory";
import { formatOf, loadTools, openVolume, plain, values } from "./open";

/** A .npy of version 1 with any header. */
function npyOf(header: string, data: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`);
  return concat(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 255, text.length >> 8), text, data);
}

describe("volume files", () => {
  let tools: ReadTools;
  before(async () => (tools = await loadTools()));

  const refuses = (name: string, bytes: Uint8Array, message: string | RegExp): void =>
    assert.throws(
      () => openVolume(name, bytes, tools),
      (error) => error instanceof FormatError && (typeof message === "string" ? error.message === message : message.test(error.message)),
    );

  it("are chosen by their first bytes, whatever the suffix", () => {
    const chosen = (name: string, as = name): string | undefined => formatOf(as, fixture(name))?.name;
    assert.equal(chosen("cube.npy", "cube.bin"), "npy");
    assert.equal(chosen("stored.npz", "stored.zip"), "npz");
    assert.equal(chosen("two.nii", "two.img"), "NIfTI");
    assert.equal(chosen("tiny.h5", "tiny.dat"), "hdf5");
    assert.equal(chosen("u1.nii.gz"), "NIfTI");
    assert.equal(chosen("u1.nii.gz", "u1.gz"), undefined);
    assert.equal(chosen("piped.zip"), undefined);
    assert.equal(chosen("make.py"), undefined);
    assert.deepEqual(values(openVolume("cube.txt", fixture("cube.npy"), tools).entries[0]!), values(openVolume("cube.npy", fixture("cube.npy"), tools).entries[0]!));
    // Compressed or not is told by the content, too.
    assert.equal(values(openVolume("u1.nii.gz", new Uint8Array(gunzipSync(fixture("u1.nii.gz"))), tools).entries[0]!).length, 24);
    assert.equal(values(openVolume("u1.nii", fixture("u1.nii.gz"), tools).entries[0]!).length, 24);
  });

  it("that hold no numbers are refused in one line", () => {
    refuses("objects.npy", fixture("objects.npy"), "npy: an array of Python objects is pickled and is not read");
    refuses("records.npy", fixture("records.npy"), "npy: an array of records holds no plain numbers");
    refuses("complex.npy", fixture("complex.npy"), 'npy: the type "<c8" holds no numbers that can be read');
    refuses("pair.hdr", fixture("pair.hdr"), "NIfTI: a header alone, without its data in pair.img beside it");
  });

  it("with the wrong content for their suffix are refused in one line", () => {
    const text = new TextEncoder().encode("epoch,loss\n".repeat(100));
    refuses("a.npy", text, "npy: does not begin with the NumPy signature");
    refuses("a.npz", text, "npz: 1100 bytes without a ZIP archive's end");
    refuses("a.nii", text, "NIfTI: does not begin with a NIfTI header");
    refuses("a.nii.gz", text, "NIfTI: does not begin with a NIfTI header");
    for (const name of ["a.npy", "a.npz", "a.nii", "a.nii.gz"]) refuses(name, new Uint8Array(0), /^(npy|npz|NIfTI): .*\b0\b/);
  });

  it("with a hostile npy header are refused", () => {
    const shaped = (shape: string): Uint8Array => npyOf(`{'descr': '<f8', 'fortran_order': False, 'shape': (${shape}), }`, new Uint8Array(16));
    refuses("a.npy", shaped("4000000000, 4000000000"), "npy: the shape 4000000000 × 4000000000 is impossible");
    refuses("a.npy", shaped("-1, -2"), "npy: the shape -1 × -2 is impossible");
    refuses("a.npy", npyOf("{'descr': '<f8', 'fortran_order': False}", new Uint8Array(8)), /^npy: the header .* is not a NumPy header$/);
    refuses("a.npy", npyOf("__import__('os').system('true')", new Uint8Array(8)), /^npy: the header .* is not a NumPy header$/);
    const long = fixture("version2.npy");
    long[10] = 0xff;
    refuses("a.npy", long, /^npy: a header of \d+ bytes is too large$/);
    const version = fixture("cube.npy");
    version[6] = 9;
    refuses("a.npy", version, "npy: version 9.0 is not known");
  });

  it("that claim more than they hold allocate no more than they hold, and give what is there", () => {
    const bytes = npyOf("{'descr': '<f8', 'fortran_order': False, 'shape': (100000, 1000, 1000), }", new Uint8Array(new Float64Array([1, 2]).buffer));
    const [entry] = openVolume("a.npy", bytes, tools).entries;
    assert.deepEqual(entry!.shape, [100000, 1000, 1000]);
    assert.deepEqual(plain(entry!.read(0, 2)), [1, 2]);
    assert.throws(() => entry!.read(0, 1e11), (error) => error instanceof FormatError && error.torn && error.message === "npy: the data end after 2 of 100000000000 elements");
    assert.throws(() => entry!.read(1e10, 5), (error) => error instanceof FormatError && error.message === "npy: the data end after 2 of 100000000000 elements");
    assert.throws(() => entry!.read(1e11, 1), { message: "npy: elements 100000000000 to 100000000001 asked of 100000000000" });
  });

  it("in an archive are each read or named: a bad one does not hide the others", () => {
    const file = openVolume("mixed.npz", fixture("mixed.npz"), tools);
    assert.deepEqual(file.entries.map((e) => e.entry), ["labels", "layered"]);
    assert.deepEqual(file.problems, ["npz: extra: an array of Python objects is pickled and is not read"]);
    const cut = openVolume("b.npz", zipOf([{ name: "bad.npy", data: fixture("cube.npy").subarray(0, 60) }, { name: "good.npy", data: fixture("u1.nii.gz") }, { name: "y.npy", data: fixture("cube.npy") }]), tools);
    assert.deepEqual(cut.entries.map((e) => e.entry), ["y"]);
    assert.deepEqual(cut.problems, ["npz: bad: the header ends at byte 60 of 128", "npz: good: does not begin with the NumPy signature"]);
  });

  it("deflated in an archive are not decompressed to be opened, and read in any order", () => {
    const file = openVolume("deflated.npz", fixture("deflated.npz"), tools);
    const cube = file.entries.find((e) => e.entry === "cube")!;
    assert.equal(cube.seekable, true);
    const all = values(cube);
    for (const [start, n] of [[100, 20], [0, 7], [55, 3]] as const) assert.deepEqual(plain(cube.read(start, n)), all.slice(start, start + n));
    let inflated = 0;
    const watched: ReadTools = {
      ...tools,
      inflate: {
        ...tools.inflate,
        *raw(input) {
          for (const piece of tools.inflate.raw(input)) {
            inflated += piece.length;
            yield piece;
          }
        },
      },
    };
    const big = npyOf("{'descr': '|u1', 'fortran_order': False, 'shape': (4194304,), }", Uint8Array.from({ length: 4 << 20 }, (_, i) => Math.imul(i * i, 2654435761) >>> 24));
    const source = memorySource("big.npz", zipOf([{ name: "y.npy", method: 8, ...packed(big) }]));
    openVolume("big.npz", new Uint8Array(0), watched, source);
    assert.ok(inflated < 1 << 20, `${inflated} bytes inflated`);
  });

  it("torn in a .nii.gz give what is there, then say how much that is", () => {
    const header = new Uint8Array(gunzipSync(fixture("u1.nii.gz"))).slice(0, 352);
    new DataView(header.buffer).setInt16(42, 32767, true);
    const data = Uint8Array.from({ length: 32767 * 8 }, (_, i) => (i * 7919) >> 5);
    const whole = new Uint8Array(gzipSync(concat(header, data)));
    const [entry] = openVolume("a.nii.gz", whole.slice(0, whole.length >> 1), tools).entries;
    assert.deepEqual(entry!.shape, [32767, 4, 2]);
    const there: number[] = [];
    let end: unknown = null;
    try {
      for (let at = 0; at < data.length; at += 100) there.push(...(entry!.read(at, 100) as Uint8Array));
    } catch (error) {
      end = error;
    }
    assert.ok(end instanceof FormatError && end.torn);
    assert.match(end.message, /^NIfTI: the data end after \d+ of 262136 elements$/);
    assert.ok(there.length > 1000, `${there.length} elements`);
    assert.deepEqual(there, [...data.subarray(0, there.length)]);
    // And again from the start.
    assert.deepEqual([...(entry!.read(0, 50) as Uint8Array)], [...data.subarray(0, 50)]);
  });

  it("corrupt in a .nii.gz say so", () => {
    const bytes = fixture("f8.nii.gz");
    bytes.fill(0x55, 60, 90);
    assert.throws(() => values(openVolume("a.nii.gz", bytes, tools).entries[0]!), (error) => error instanceof FormatError && /^NIfTI: /.test(error.message));
  });

  it("with hostile NIfTI headers are refused", () => {
    const change = (edit: (view: DataView) => void): Uint8Array => {
      const bytes = fixture("slope0.nii");
      edit(new DataView(bytes.buffer));
      return bytes;
    };
    refuses("a.nii", change((v) => v.setInt16(40, 9, true)), "NIfTI: 9 axes; a volume has 1 to 7");
    refuses("a.nii", change((v) => v.setInt16(42, -3, true)), /^NIfTI: the shape -3 × .* is impossible$/);
    refuses("a.nii", change((v) => v.setInt16(70, 77, true)), "NIfTI: data of type 77 (unknown) are not read");
    refuses("a.nii", change((v) => v.setFloat32(108, Infinity, true)), "NIfTI: data at byte Infinity");
    const far = openVolume("a.nii", change((v) => v.setFloat32(108, 1e9, true)), tools).entries[0]!;
    assert.throws(() => far.read(0, 1), (error) => error instanceof FormatError && error.torn && error.message === "NIfTI: the data end after 0 of 24 elements");
    const claims = openVolume("a.nii", change((v) => [42, 44, 46].forEach((at) => v.setInt16(at, 32767, true))), tools).entries[0]!;
    assert.throws(() => claims.read(0, 32767 ** 3), (error) => error instanceof FormatError && error.torn);
  });

  it("are read in pieces from files beyond 4 GB", () => {
    const head = npyOf("{'descr': '<u2', 'fortran_order': False, 'shape': (3000000000,), }", new Uint8Array(0));
    const size = head.length + 6e9;
    const source: ByteSource = {
      name: "a.npy",
      size,
      read: (offset, length) => Uint8Array.from({ length: Math.max(0, Math.min(length, size - offset)) }, (_, i) => (offset + i < head.length ? head[offset + i]! : (offset + i - head.length) % 7)),
    };
    const [entry] = openVolume("a.npy", head, tools, source).entries;
    const at = 2_999_999_990;
    assert.deepEqual(plain(entry!.read(at, 3)), [0, 1, 2].map((i) => ((2 * (at + i)) % 7) + 256 * ((2 * (at + i) + 1) % 7)));
  });
});

function packed(data: Uint8Array): { data: Uint8Array; size: number } {
  return { data: new Uint8Array(gzipSync(data).subarray(10, -8)), size: data.length };
}
