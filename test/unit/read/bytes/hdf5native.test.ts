import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { loadHdf5Library } from "../../../../src/read/bytes/hdf5";
import { openSimple } from "../../../../src/read/bytes/hdf5native/file";
import type { ByteSource, Hdf5, Hdf5File } from "../../../../src/read/bytes/source";
import { FormatError } from "../../../../src/read/bytes/source";
import { openZip, STORED } from "../../../../src/read/bytes/zip";
import { memorySource } from "./memory";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Larger ones say nothing more. */
const SMALL = 1 << 20;

interface Sample {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every HDF5 file of the fixtures and examples, those inside of .keras archives too. */
function samples(): Sample[] {
  const found: Sample[] = [];
  for (const folder of ["test/fixtures", "examples"]) {
    for (const entry of readdirSync(join(ROOT, folder), { recursive: true })) {
      const name = join(folder, String(entry));
      if (!/\.(h5|keras)(\.gz)?$/.test(name) || statSync(join(ROOT, name)).size > SMALL) continue;
      const raw = readFileSync(join(ROOT, name));
      const bytes = new Uint8Array(name.endsWith(".gz") ? gunzipSync(raw) : raw);
      if (!/\.keras/.test(name)) {
        found.push({ name, bytes });
        continue;
      }
      const source = memorySource(name, bytes);
      const zip = openZip(source, "test");
      const weights = zip.entries.find((member) => member.name === "model.weights.h5" && member.method === STORED);
      if (weights !== undefined) found.push({ name: `${name}#model.weights.h5`, bytes: zip.window(weights).read(0, weights.size, true) });
    }
  }
  return found;
}

type Attributes = Record<string, unknown> | "refused";

interface Content {
  readonly groups: Record<string, { readonly children: string[] | "refused"; readonly attributes: Attributes }>;
  readonly datasets: readonly { readonly path: string; readonly dtype: string; readonly numeric: boolean; readonly shape: readonly number[]; readonly attributes: Attributes; readonly all: unknown; readonly middle: unknown }[];
  readonly problems: readonly string[];
}

type Outcome = { readonly refused: true } | { readonly refused: false; readonly content: Content };

/** All that can be had of a file. A part that is refused with one clear line is "refused". */
function everything(file: Hdf5File): Content {
  const attempt = <T>(read: () => T): T | "refused" => {
    try {
      return read();
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error));
      assert.doesNotMatch(error.message, /\n/);
      return "refused";
    }
  };
  const groups: Content["groups"] = {};
  const datasets = file.datasets();
  const data = new Set(datasets.map(({ path }) => `/${path}`));
  let visited = 0; // wrong bytes may make circles
  const visit = (path: string, depth: number): void => {
    if (visited++ > 1000) return;
    const children = attempt(() => file.children(path));
    groups[path] = { children, attributes: attempt(() => file.attributes(path)) };
    if (children === "refused" || depth > 20) return;
    for (const name of children) {
      const child = path === "/" ? `/${name}` : `${path}/${name}`;
      if (!data.has(child)) visit(child, depth + 1);
    }
  };
  visit("/", 0);
  return {
    groups,
    datasets: datasets.map((dataset) => {
      const { path, dtype, numeric, shape } = dataset;
      const count = shape.reduce((a, b) => a * b, 1);
      const part = (start: number, n: number): unknown => (numeric ? attempt(() => dataset.read(start, n)) : null);
      return { path, dtype, numeric, shape, attributes: attempt(() => file.attributes(path)), all: count > SMALL ? null : part(0, count), middle: part(count >> 1, Math.min(3, count - (count >> 1))) };
    }),
    problems: file.problems(),
  };
}

describe("hdf5 without the library", function () {
  this.timeout(120_000);
  let library: Hdf5;
  const all = samples();
  before(async () => (library = await loadHdf5Library()));

  const byLibrary = (source: ByteSource): Outcome => {
    let file: Hdf5File;
    try {
      file = library.open(source);
    } catch (error) {
      assert.ok(error instanceof FormatError, String(error));
      return { refused: true };
    }
    try {
      return { refused: false, content: everything(file) };
    } finally {
      file.close();
    }
  };

  /** Null when the fast reader leaves a file to the library; else what it gives, which must be what the library gives. */
  const compare = ({ name, bytes }: Sample, what: string): boolean => {
    const source = memorySource(name, bytes);
    const simple = openSimple(source, 0, bytes.length);
    if (simple === null) return false;
    const content = everything(simple);
    simple.close();
    assert.deepEqual({ refused: false, content }, byLibrary(memorySource(name, bytes)), `${name}, ${what}`);
    return true;
  };

  it("gives what the library gives", () => {
    assert.ok(all.length >= 15, `${all.length} files`);
    const taken = all.filter((sample) => compare(sample, "whole")).map(({ name }) => name);
    // Those that Keras wrote must not need the library.
    for (const name of ["examples/volumes-generalized-dice/checkpoints/epoch_002.weights.h5", "examples/digits-generalized-dice/checkpoints/epoch_002.keras#model.weights.h5"]) assert.ok(taken.includes(name), name);
  });

  it("reads a window of a larger source alike", () => {
    for (const { name, bytes } of all) {
      const shifted = new Uint8Array(bytes.length + 100).fill(0xa5);
      shifted.set(bytes, 37);
      const inside = openSimple(memorySource(name, shifted), 37, bytes.length);
      const plain = openSimple(memorySource(name, bytes), 0, bytes.length);
      assert.equal(inside === null, plain === null, name);
      if (inside !== null && plain !== null) assert.deepEqual(everything(inside), everything(plain), name);
    }
  });

  it("takes no prefix that the library would refuse", () => {
    for (const { name, bytes } of all) {
      const steps = Math.max(1, Math.floor(bytes.length / 400));
      for (let length = 0; length < bytes.length; length += length < 4096 ? Math.min(7, steps) : steps) compare({ name, bytes: bytes.subarray(0, length) }, `${length} of ${bytes.length} bytes`);
    }
  });

  // The library is not asked here: some wrong bytes make it turn for ever.
  it("survives wrong bytes", () => {
    let x = 11;
    const random = (n: number): number => ((x = (Math.imul(x, 1664525) + 1013904223) >>> 0) >>> 8) % n;
    let taken = 0;
    for (const { name, bytes } of all) {
      for (let round = 0; round < 60; round++) {
        const wrong = bytes.slice();
        // Most of what can go wrong lies in the first pages.
        for (let n = random(3); n >= 0; n--) wrong[random(2) === 0 ? random(Math.min(bytes.length, 4096)) : random(bytes.length)] = random(3) === 0 ? 0xff : random(256);
        const simple = openSimple(memorySource(name, wrong), 0, wrong.length);
        if (simple === null) continue;
        taken++;
        everything(simple); // refuses with one clear line, or gives
      }
    }
    assert.ok(taken > 100, `${taken}`);
  });
});
