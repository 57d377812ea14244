import assert from "node:assert/strict";
import { loadHdf5 } from "../../../../src/read/bytes/hdf5";
import { slabs } from "../../../../src/read/bytes/hdf5Data";
import type { ByteSource, Hdf5, Hdf5File } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import { openZip } from "../../../../src/read/bytes/zip";
import { concat, fixture, memorySource, zipOf } from "./memory";

describe("hdf5", () => {
  let hdf5: Hdf5;
  before(async () => (hdf5 = await loadHdf5()));

  const using = <T>(source: ByteSource, use: (file: Hdf5File) => T): T => {
    const file = hdf5.open(source);
    try {
      return use(file);
    } finally {
      file.close();
    }
  };
  const named = (name: string, bytes = fixture(name)): ByteSource => memorySource(name, bytes);
  const read = (file: Hdf5File, path: string): number[] => {
    const dataset = file.datasets().find((d) => d.path === path);
    assert.ok(dataset, path);
    return Array.from(dataset.read(0, dataset.shape.reduce((a, b) => a * b, 1)) as Float32Array);
  };

  it("reads attributes of all kinds", () => {
    using(named("attributes.h5"), (file) => {
      const { json, record, ...rest } = file.attributes("/");
      assert.deepEqual(rest, {
        fixed: ["conv/kernel:0", "conv/bias:0"],
        variable: ["größe", "", "x"],
        number: -5,
        numbers: [1, 2, 3, 4],
        half: 0.5,
        truth: [true, false],
        nothing: null,
        empty: [],
        padded: "abc",
      });
      assert.equal((JSON.parse(String(json)) as { loss: string }).loss, "ä".repeat(3000));
      assert.equal(record, undefined);
      assert.deepEqual(Object.keys(file.attributes("mid")), ["weight_names0", "weight_names1"]);
      assert.deepEqual((file.attributes("/mid")["weight_names1"] as string[])[4], "layer_1_4/kernel:0");
      assert.throws(() => file.attributes("nowhere"), FormatError);
    });
  });

  it("gives children in creation order where the file keeps it, else by name", () => {
    assert.deepEqual(using(named("attributes.h5"), (file) => file.children("/")), ["zeta", "alpha", "mid"]);
    assert.deepEqual(using(named("links.h5"), (file) => file.children("a")), ["data", "same", "self", "up"]);
  });

  it("follows links in circles once, and none out of the file", () => {
    using(named("links.h5"), (file) => {
      assert.deepEqual(file.datasets().map((d) => d.path), ["a/data"]);
      assert.deepEqual(file.problems(), []);
    });
  });

  it("names types without numbers and refuses to read them", () => {
    using(named("kinds.h5"), (file) => {
      const of = (path: string) => file.datasets().find((d) => d.path === `arrays/${path}`)!;
      assert.deepEqual(["opaque", "text", "record", "complex", "null"].map((p) => [of(p).dtype, of(p).numeric]), [
        ["opaque2", false],
        ["string", false],
        ["compound12", false],
        ["compound8", false],
        ["float32", false],
      ]);
      assert.throws(() => of("opaque").read(0, 1), { message: "HDF5: dataset arrays/opaque: opaque2 holds no numbers" });
      assert.throws(() => of("i4").read(1, 2), { message: "HDF5: dataset arrays/i4: elements 1 to 3 asked of 2" });
      assert.deepEqual(of("null").shape, [0]);
      assert.deepEqual(read(file, "arrays/scalar"), [3n]);
    });
  });

  it("says in one line which filter is missing, and reads the rest", () => {
    // The pipeline names a filter that nobody has.
    const other = fixture("lzf.h5");
    const at = Buffer.from(other.buffer).lastIndexOf(Buffer.from("lzf\0")) - 8;
    assert.equal(other[at]! | (other[at + 1]! << 8), 32000);
    other.set([0xff, 0x7e], at);
    using(named("other.h5", other), (file) => {
      assert.throws(() => read(file, "lzf"), { name: "FormatError", message: /^HDF5: dataset lzf: compressed with the filter "[^"]*", which is not supported$/ });
      assert.deepEqual(read(file, "good"), [0, 1, 2, 3]);
    });
  });

  it("reads what h5py compressed with LZF, and says where it is damaged", () => {
    const bytes = fixture("lzf.h5");
    using(named("lzf.h5"), (file) => assert.deepEqual(read(file, "lzf"), new Array(16).fill(0)));
    for (let at = 0; at < bytes.length; at += 3) {
      const damaged = bytes.slice();
      damaged[at]! ^= 0xff;
      try {
        using(named("damaged.h5", damaged), (file) => {
          for (const dataset of file.datasets()) if (dataset.path === "lzf" && dataset.shape.join() === "4,4") assert.equal(dataset.read(0, 16).length, 16);
        });
      } catch (error) {
        assert.ok(error instanceof FormatError, `byte ${at}: ${String(error)}`);
      }
    }
  });

  it("reads a file inside a ZIP archive in place", () => {
    const source = memorySource("model.keras", zipOf([{ name: "config.json", data: new Uint8Array(777) }, { name: "model.weights.h5", data: fixture("tiny.h5"), padding: 13 }, { name: "labels.h5", data: fixture("lzf.h5") }]));
    const [, plain, packed] = openZip(source, "keras").entries;
    // One that is read without the library, one that needs it.
    for (const [entry, path, wanted] of [[plain!, "y", [0, 1, 2, 3, 4, 5]], [packed!, "good", [0, 1, 2, 3]]] as const) {
      const file = hdf5.open(source, entry.dataOffset(), entry.size);
      assert.deepEqual(read(file, path), wanted);
      file.close();
    }
  });

  it("reads far into a dataset of 3 GB, in place", () => {
    const head = fixture("huge.head");
    const size = head.length + 3 * 2 ** 30;
    let most = 0;
    // Element i is i modulo 251.
    const source: ByteSource = {
      name: "huge.h5",
      size,
      read(offset, length) {
        most = Math.max(most, length);
        return Uint8Array.from({ length: Math.min(length, size - offset) }, (_, i) => (offset + i < head.length ? head[offset + i]! : (offset + i - head.length) % 251));
      },
    };
    using(source, (file) => {
      const [y] = file.datasets();
      assert.deepEqual(y?.shape, [3, 1024, 1024, 1024]);
      for (const at of [0, 2 ** 31 - 2, 3 * 2 ** 30 - 5]) assert.deepEqual([...(y.read(at, 5) as Uint8Array)], [0, 1, 2, 3, 4].map((i) => (at + i) % 251));
    });
    assert.ok(most <= 1 << 20, `${most} bytes at once`);
  });

  it("refuses sizes that the file cannot hold", () => {
    // The same header, without data behind it.
    const bytes = concat(fixture("huge.head"), new Uint8Array(100));
    assert.throws(() => using(named("cut.h5", bytes), () => undefined), (error) => error instanceof FormatError && error.torn && error.message === "HDF5: opening: the file ends at byte 2148 of 3221227520");
  });

  it("reads what died writers left marked as open", () => {
    for (const name of ["swmr.h5", "writing.h5"]) assert.deepEqual(using(named(name), (file) => read(file, "y")), [0, 1, 2, 3, 4, 5, 6, 7], name);
  });

  it("gives one line for what is no HDF5, prints nothing, and stays usable", () => {
    const printed: unknown[] = [];
    const { log, error } = console;
    console.log = console.error = (...what: unknown[]) => void printed.push(what);
    try {
      assert.throws(() => hdf5.open(named("x.h5", new Uint8Array(3000))), { message: "HDF5: does not begin with the HDF5 signature" });
      assert.throws(() => hdf5.open(named("x.h5", new Uint8Array(0))), (e) => e instanceof FormatError && e.torn && e.message === "HDF5: only 0 bytes");
      const broken = fixture("tiny.h5").fill(0xff, 96, 300);
      assert.throws(() => using(named("x.h5", broken), (file) => assert.deepEqual(file.problems(), [])));
      assert.throws(() => hdf5.open(memorySource("x", new Uint8Array(10)), 5, 10), { message: "HDF5: bytes 5 to 15 asked of 10" });
    } finally {
      Object.assign(console, { log, error });
    }
    assert.deepEqual(printed, []);
    assert.deepEqual(using(named("tiny.h5"), (file) => read(file, "y")), [0, 1, 2, 3, 4, 5]);
  });

  it("hands on the source's own error", () => {
    const source = memorySource("gone.h5", fixture("lzf.h5"));
    const file = hdf5.open(source);
    const [good] = file.datasets();
    source.read = () => {
      throw new Error("EIO: the disk is gone");
    };
    assert.throws(() => good?.read(0, 4), { message: "EIO: the disk is gone" });
    file.close();
  });

  it("frees everything in 2000 openings, good and bad", async () => {
    const library = (await (await import("h5wasm")).ready) as unknown as { HEAPU8: Uint8Array; FS: { streams: (object | null)[]; readdir(path: string): string[] } };
    const broken = fixture("tiny.h5").fill(0xff, 800, 1000);
    const cycle = (): void => {
      using(named("lzf.h5"), (file) => assert.deepEqual(read(file, "lzf"), new Array(16).fill(0)));
      using(named("attributes.h5"), (file) => file.attributes("/"));
      assert.throws(() => hdf5.open(named("cut.h5", fixture("tiny.h5").subarray(0, 1000))));
      using(named("broken.h5", broken), (file) => file.datasets());
    };
    for (let i = 0; i < 50; i++) cycle();
    const before = { heap: library.HEAPU8.length, streams: library.FS.streams.filter(Boolean).length };
    for (let i = 0; i < 500; i++) cycle();
    assert.deepEqual({ heap: library.HEAPU8.length, streams: library.FS.streams.filter(Boolean).length }, before);
    assert.ok(library.FS.streams.length < 16);
    assert.deepEqual(library.FS.readdir("/windows"), [".", ".."]);
  });

  it("throws after it was closed, and closes twice without harm", () => {
    const file = hdf5.open(named("lzf.h5"));
    const [good] = file.datasets();
    file.close();
    file.close();
    assert.throws(() => good?.read(0, 1), { message: "HDF5: read after it was closed" });
  });

  it("cuts any range into boxes that are the range", () => {
    for (const shape of [[7], [3, 4], [2, 3, 4], [1, 5, 1], [3, 1, 2, 2]]) {
      const total = shape.reduce((a, b) => a * b, 1);
      for (let start = 0; start <= total; start++) {
        for (let count = 0; start + count <= total; count++) {
          const boxes = slabs(shape, start, count);
          assert.ok(boxes.length < 2 * shape.length, `${boxes.length} boxes`);
          const got = boxes.flatMap((box) => indices(shape, box.offset, box.count));
          assert.deepEqual(got, Array.from({ length: count }, (_, i) => start + i));
        }
      }
    }
  });
});

/** Flat indices of a box, in C order. */
function indices(shape: readonly number[], offset: readonly number[], count: readonly number[]): number[] {
  let out = [0];
  shape.forEach((n, axis) => (out = out.flatMap((base) => Array.from({ length: count[axis]! }, (_, i) => base * n + offset[axis]! + i))));
  return out;
}
