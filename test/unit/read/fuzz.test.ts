/** A few thousand mutated files through every reader; `npm run fuzz` runs a hundred thousand, with limits that only a process of its own can hold. */
import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { inflate } from "../../../src/engine/inflate";
import { simpleHdf5 } from "../../../src/read/bytes/hdf5";
import { asOneLine, FormatError } from "../../../src/read/bytes/source";
import type { VolumeFormat } from "../../../src/read/format";
import { CANARY } from "../../fuzz/bombs";
import { checkInput, type Environment, MOST_MS } from "../../fuzz/check";
import { type Fixture, inputOf, loadCorpus } from "../../fuzz/corpus";
import { guard, spent } from "../../fuzz/guard";
import { seedOf } from "../../fuzz/random";
import { readingOfVolume } from "../../fuzz/readings";

/** Of each format. */
const INPUTS = 45;
const BOMBS_THROWN = 16;
const SEED = 20_240_501;
/** Making these takes longer than reading them. */
const SLOW = new Set(["b.nii.gz", "x.npz", "model.keras", "e.pt", "f.png", "g.png", "h.tif", "i.nrrd", "j.mha", "c.nii.gz"]);

/** HDF5's library may turn for ever in a damaged file, and here nobody would end it. */
const environment: Environment = { library: null, usesLibrary: () => undefined, begins: () => undefined };

const corpus = loadCorpus(process.cwd());

describe("mutated files", () => {
  let unguard: () => void;

  before(() => {
    rmSync(CANARY, { force: true });
    unguard = guard();
    spent();
  });
  after(() => unguard());

  function run(fixture: Fixture, seed: number): void {
    const { failures } = checkInput(inputOf(corpus, fixture, seed), environment);
    const told = failures.filter(({ demand }) => demand !== "time").map(({ reader, demand, detail, stack }) => `${reader}: ${demand}: ${detail}\n${stack}`);
    assert.deepEqual(told, [], `npm run fuzz -- --replay '${fixture.format}:${fixture.file}:${seed}'`);
    // The machine may be busy: what takes a moment may take three.
    assert.deepEqual(failures.filter(({ detail }) => parseInt(detail, 10) > 3 * MOST_MS), []);
  }

  for (const [format, fixtures] of corpus) {
    it(format, () => {
      const usual = fixtures.filter(({ file }) => format !== "bombs" || !SLOW.has(file));
      for (let i = 0; i < (format === "bombs" ? BOMBS_THROWN : INPUTS); i++) run(usual[(format === "bombs" ? i * 5 : i) % usual.length]!, seedOf(SEED, format, i));
    });
  }

  it("run nothing", () => {
    assert.equal(existsSync(CANARY), false);
    assert.equal(spent().ran, 0);
  });

  it("are the same for the same seed, and others for another", () => {
    const fixture = corpus.get("safetensors")![0]!;
    const bytes = (seed: number): string => Buffer.from(inputOf(corpus, fixture, seed).bytes).toString("hex");
    assert.equal(bytes(5), bytes(5));
    assert.notEqual(bytes(5), bytes(6));
  });

  it("are noticed when a reader takes too much, gives too little or runs what it reads", () => {
    assert.throws(() => new Float64Array(64 << 20), /536870912 bytes/);
    const run = globalThis.eval;
    assert.throws(() => void run("1"), /run as code/);
    assert.equal(spent().ran, 1);
    const short: VolumeFormat = {
      name: "short",
      probe: () => true,
      open: () => ({ entries: [{ entry: null, dtype: "uint8", shape: [8], order: "C", scaled: false, seekable: true, read: () => new Uint8Array(7) }], problems: [], close: () => undefined }),
    };
    const source = { name: "x", size: 0, read: () => new Uint8Array(0) };
    const tools = { inflate, hdf5: simpleHdf5, sibling: () => null };
    assert.throws(() => readingOfVolume(short, source, tools, 8, () => undefined), /7 elements for 8/);
  });
});

describe("what mutated files have found", () => {
  const of = (file: string, bytes: Uint8Array, siblings: ReadonlyMap<string, Uint8Array> = new Map(), seed = 1): string[] => {
    const original = { format: "found", file, bytes, siblings };
    const { failures } = checkInput({ format: "found", file, seed, bytes, original, truncated: false, sibling: (name) => siblings.get(name) ?? null }, environment);
    return failures.map(({ reader, demand, detail }) => `${reader}: ${demand}: ${detail}`);
  };
  const text = (s: string): Uint8Array => new TextEncoder().encode(s);

  it("quotes within a cell of a CSV cost the square of their number", () => {
    assert.deepEqual(of("history.csv", text(`epoch,loss\n0,0.5\n1,0.${'{"a":'.repeat(100_000)}\n2,0.4\n`)), []);
  });

  it("brackets in a settings file cost the square of their number", () => {
    assert.deepEqual(of("config.toml", text("[".repeat(100_000))), []);
    assert.deepEqual(of("config.toml", text(`a = 1${" ".repeat(100_000)}x`)), []);
  });

  it("names in a file steered the terminal and broke lines", () => {
    assert.equal(asOneLine("a\u001b[2K\u202eb\n\u007f"), "a\\u001b[2K\\u202eb\\u000a\\u007f");
    assert.ok(asOneLine("\0".repeat(10_000)).length < 700);
    assert.doesNotMatch(new FormatError("x", "y\nz").message, /\n/);
  });

  it("headers that come again and again cost the bytes that decide the layout each time", () => {
    assert.deepEqual(of("history.csv", text("epoch,loss\nepoch,val_loss\n".repeat(30_000))), []);
    assert.deepEqual(of("history.csv", text(`epoch,loss\n0,${"x\n\u0001\n".repeat(60_000)}`)), []);
  });

  it("an epoch beyond all numbers was forgotten between two readings, and rows that came late lost their lines", () => {
    const epoch = (n: string): string => `2024-03-05 12:00:00.123456: \nepoch:  ${n} \n2024-03-05 12:01:00.123456: train loss : -0.5 \n`;
    const log = text(`${epoch("9".repeat(400))}${epoch("1")}${epoch("2")}`);
    const metric = text("1700000000000 1.0 0\n1700000002000 0.5 0\n1700000003000 0.25 3\n1700000004000 0.2 4\n");
    for (let seed = 0; seed < 40; seed++) {
      assert.deepEqual(of("training_log_2021_3_5_12_00_00.txt", log, undefined, seed), []);
      assert.deepEqual(of("mlruns/0/0123456789abcdef0123456789abcdef/metrics/train_loss", metric, undefined, seed), []);
    }
  });

  it("strips of a TIFF at a fraction of a byte, or before the file, were asked for", () => {
    // 4 × 4 uint8 in one strip, whose offset is a float64 (type 12) or an int32 (type 9) below zero.
    for (const [type, at] of [[12, 134], [9, -20]] as const) {
      const file = Buffer.alloc(200);
      file.write("II*\0", 0, "latin1");
      file.writeUInt32LE(8, 4);
      const tags = [[256, 3, 4], [257, 3, 4], [258, 3, 8], [259, 3, 1], [262, 3, 1], [273, type, at], [277, 3, 1], [278, 3, 4], [279, 4, 16]] as const;
      file.writeUInt16LE(tags.length, 8);
      tags.forEach(([tag, kind, value], i) => {
        file.writeUInt16LE(tag, 10 + i * 12);
        file.writeUInt16LE(kind, 12 + i * 12);
        file.writeUInt32LE(1, 14 + i * 12);
        file.writeInt32LE(value, 18 + i * 12);
      });
      file.writeDoubleLE(4.9e-152, 134);
      assert.deepEqual(of("strip.tif", new Uint8Array(file)), []);
    }
  });

  it("a shard shorter than its index was read from before its start", () => {
    const shards = corpus.get("zarr3")!.find(({ file }) => file === "shards.zarr/zarr.json")!;
    assert.deepEqual(of(shards.file, shards.bytes, new Map([...shards.siblings].map(([name, bytes]) => [name, bytes.subarray(0, 20)]))), []);
  });
});
