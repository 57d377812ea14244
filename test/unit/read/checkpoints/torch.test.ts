import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { measureTensor } from "../../../../src/measure/tensors";
import { FormatError, type ReadTools } from "../../../../src/read/bytes/source";
import { torchDistributed } from "../../../../src/read/checkpoints/torchDistributed";
import { torchLegacy } from "../../../../src/read/checkpoints/torchLegacy";
import { torchZip } from "../../../../src/read/checkpoints/torchZip";
import type { CheckpointFile } from "../../../../src/read/format";
import { assertLine, loadTools, measureAll, source, storedZip } from "./support";

let tools: ReadTools;
before(async () => {
  tools = await loadTools();
});

const FIXTURES = new URL("../fixtures/formats/", import.meta.url);
const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, FIXTURES)));
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const word = (n: number): string => String.fromCharCode(n & 255, (n >> 8) & 255, (n >> 16) & 255, (n >>> 24) & 255);

/** Values as protocol 2 writes them. */
const text = (s: string): string => `X${word(s.length)}${s}`;
const int = (n: number): string => `J${word(n)}`;
const tuple = (...items: string[]): string => `(${items.join("")}t`;
const dict = (pairs: Record<string, string>): string => `}(${Object.entries(pairs).map(([key, value]) => text(key) + value).join("")}u`;
const storage = (key: string, count: number, type = "FloatStorage"): string => `${tuple(text("storage"), `ctorch\n${type}\n`, text(key), text("cpu"), int(count))}Q`;
const tensor = (key: string, count: number, offset: number, shape: number[], strides: number[], type?: string): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n${tuple(storage(key, count, type), int(offset), tuple(...shape.map(int)), tuple(...strides.map(int)), "\x89", "ccollections\nOrderedDict\n)R")}R`;
const quantised = (parameters: string, axis: string): string =>
  `ctorch._utils\n_rebuild_qtensor\n${tuple(storage("0", 4, "QInt8Storage"), int(0), tuple(int(2), int(2)), tuple(int(2), int(1)), tuple("ctorch\nper_channel_affine\n", parameters, parameters, axis), "\x89", "ccollections\nOrderedDict\n)R")}R`;
const floats = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

function archive(root: string, storages: Record<string, Uint8Array>): Uint8Array {
  return storedZip({ "m/data.pkl": bytes(`\x80\x02${root}.`), "m/byteorder": bytes("little"), ...Object.fromEntries(Object.entries(storages).map(([key, data]) => [`m/data/${key}`, data])), "m/version": bytes("3\n") });
}

function open(root: string, storages: Record<string, Uint8Array>): CheckpointFile {
  return torchZip.open(source("m.pt", archive(root, storages)), tools);
}

function accepted(root: string, storages: Record<string, Uint8Array> = { 0: floats(1, 2, 3, 4) }): boolean {
  return torchZip.accepts(source("m.pt", archive(root, storages)), tools);
}

const names = (file: CheckpointFile): string[] => file.tensors.map(({ name }) => name);
const values = (file: CheckpointFile, at = 0): number[] => [...file.tensors[at]!.chunks()].flatMap((chunk) => [...chunk].map(Number));
const one = tensor("0", 4, 0, [4], [1]);

describe("checkpoints of PyTorch that lie", () => {
  const data = { 0: floats(1, 2, 3, 4) };
  const cases: [string, string, RegExp][] = [
    ["a storage that claims more than the file has", tensor("0", 100, 0, [50], [1]), /reaches to byte 200 of a storage of 16 bytes/],
    ["a view beyond what its storage claims", tensor("0", 2, 0, [3], [1]), /reaches to byte 12 of a storage of 8 bytes/],
    ["an offset beyond the storage", tensor("0", 4, 4, [1], [1]), /reaches to byte 20/],
    ["a negative offset", tensor("0", 4, -1, [2], [1]), /offset -1 fit no storage/],
    ["negative strides", tensor("0", 4, 3, [4], [-1]), /strides \(-1\)/],
    ["a negative axis", tensor("0", 4, 0, [-4], [1]), /shape \(-4\)/],
    ["endless repetition", tensor("0", 4, 0, [2 ** 20, 2 ** 10], [0, 0]), /elements from 1 that the file holds/],
    ["more elements than can be counted", tensor("0", 4, 0, [2 ** 30, 2 ** 30], [0, 0]), /fit no storage/],
    ["a storage that is not there", tensor("7", 4, 0, [4], [1]), /no entry m\/data\/7/],
    ["a type called like what every object has", tensor("0", 4, 0, [4], [1], "constructorStorage"), /dtype constructor is not read/],
    ["quantised elements without a scale", tensor("0", 4, 0, [4], [1], "QInt8Storage"), /quantised by a scheme that is not read/],
    ["quantised rows with too few scales", quantised(tensor("1", 1, 0, [1], [1]), int(0)), /without a scale and a zero point for each of its 2 channels/],
    ["quantised rows of an axis that is not there", quantised(tensor("1", 1, 0, [1], [1]), int(5)), /quantised along axis 5 of shape \(2, 2\)/],
    ["a view that negates", tensor("0", 4, 0, [4], [1]).replace("ccollections\nOrderedDict\n)R", `ccollections\nOrderedDict\n)R${dict({ neg: "\x88" })}`), /dtype float32 \(neg\) is not read/],
    ["a type that is not read", tensor("0", 4, 0, [4], [1], "QUInt4x2Storage"), /dtype quint4x2 is not read/],
  ];
  for (const [what, bad, says] of cases) {
    it(`${what}: one line, and the rest is read`, () => {
      const file = open(dict({ bad, good: one }), data);
      assert.deepEqual(names(file), ["good"]);
      assert.deepEqual(values(file), [1, 2, 3, 4]);
      assert.equal(file.problems.length, 1);
      assert.match(file.problems[0]!, says);
    });
  }

  it("nothing but unreadable tensors: one line", () => {
    assert.throws(() => open(dict({ bad: tensor("0", 100, 0, [50], [1]) }), data), (error) => {
      assertLine(error, "torch: bad: reaches");
      return true;
    });
  });
});

describe("checkpoints of PyTorch that would run something", () => {
  const system = "cposix\nsystem\n(X\x0a\x00\x00\x00touch /xyztR";

  it("is told by name, and the weights are read", () => {
    const file = open(dict({ a: system, b: "c__main__\nThing\n)\x81}X\x01\x00\x00\x00xK\x01sb", state_dict: dict({ w: one }) }), { 0: floats(1, 2, 3, 4) });
    assert.deepEqual(names(file), ["w"]);
    assert.match(file.problems[0]!, /^torch: the file names posix\.system, which can run commands .* nothing was run$/);
    assert.match(file.problems[1]!, /^torch: 2 objects of names not on the list were kept as data: posix\.system, __main__\.Thing; nothing was run$/);
  });

  it("is told of also where there is nothing else in it", () => {
    assert.throws(() => accepted(system, {}), (error) => {
      assertLine(error, "torch: the file names posix.system");
      return true;
    });
  });

  it("circles, nesting without end and values shared a thousandfold end soon", () => {
    const circle = `}q\x00(${text("self")}h\x00${text("w")}${one}u`;
    assert.deepEqual(names(open(circle, { 0: floats(1, 2, 3, 4) })), ["w"]);
    const deep = `${"]".repeat(5000)}${"a".repeat(4999)}`;
    assert.deepEqual(names(open(dict({ w: one, deep }), { 0: floats(1, 2, 3, 4) })), ["w"]);
    // Each pair holds the one before twice: 2^40 ways to the bottom.
    const laughs = `${one}q\x00${"h\x00h\x00\x86q\x00".repeat(40)}`;
    const start = Date.now();
    assert.equal(open(laughs, { 0: floats(1, 2, 3, 4) }).tensors.length, 2);
    assert.ok(Date.now() - start < 2000);
  });
});

describe("what checkpoints of PyTorch hold", () => {
  const data = { 0: floats(1, 2, 3, 4) };

  it("the model's dict is the root of names, whatever it is called", () => {
    for (const key of ["model", "state_dict", "net", "network_weights", "model_state_dict", "modelState", "unet", "my_network"]) {
      const file = open(dict({ epoch: "K\x05", [key]: dict({ "conv.weight": one }), optimizer: dict({ state: dict({ 0: dict({ exp_avg: one }) }), param_groups: "]" }) }), data);
      assert.deepEqual(file.tensors.map(({ name, kind }) => [name, kind]), [["conv.weight", null], ["optimizer.state.0.exp_avg", "optimizer"]], key);
      assert.equal(file.epoch, 5);
    }
  });

  it("several networks are called by their keys; a known one among them is the model, and listed last", () => {
    assert.deepEqual(names(open(dict({ G: dict({ w: tensor("0", 4, 0, [2], [1]) }), D: dict({ w: tensor("0", 4, 2, [2], [1]) }) }), data)), ["G.w", "D.w"]);
    assert.deepEqual(names(open(dict({ model: dict({ w: tensor("0", 4, 0, [2], [1]) }), critic: dict({ w: tensor("0", 4, 2, [2], [1]) }) }), data)), ["critic.w", "w"]);
  });

  it("weights that are kept as nothing but an average are the weights", () => {
    const file = open(dict({ model: "N", ema: dict({ w: one }), epoch: "J\xff\xff\xff\xff" }), data);
    assert.deepEqual(file.tensors.map(({ name, kind }) => [name, kind]), [["w", null]]);
    assert.equal(file.epoch, null);
  });

  it("files of an optimizer, a generator, settings or a lone tensor alone are not claimed", () => {
    assert.equal(accepted(dict({ state: dict({ 0: dict({ exp_avg: one }) }), param_groups: "]" })), false);
    assert.equal(accepted(dict({ cpu: tensor("0", 16, 0, [16], [1], "ByteStorage"), python: "N" })), false);
    assert.equal(accepted("ca\nArguments\n)\x81}X\x01\x00\x00\x00xK\x01sb", {}), false);
    assert.equal(accepted(one), false);
    assert.equal(accepted(dict({ w: one })), true);
  });

  it("epoch, step and loss as files of several trainers say them", () => {
    const told = (pairs: Record<string, string>): unknown[] => {
      const { epoch, step, loss } = open(dict({ ...pairs, state_dict: dict({ w: one }) }), data);
      return [epoch, step, loss];
    };
    assert.deepEqual(told({ meta: dict({ epoch: "K\x07", iter: int(700) }) }), [7, 700, null]);
    assert.deepEqual(told({ trainer: dict({ iteration: int(192), epoch_length: "K\x10" }) }), [12, 192, null]);
    assert.deepEqual(told({ epoch: "K\x03", loss: "G?\xe0\x00\x00\x00\x00\x00\x00", args: dict({ loss: text("dice") }) }), [3, null, "dice"]);
    assert.deepEqual(told({ epoch: tensor("0", 4, 1, [], []) }), [2, null, null]);
    assert.deepEqual(told({ epoch: "K\x32", plot_stuff: tuple("]", "]", "]", "]") }), [49, null, null]);
  });

  it("compressed archives, as other tools write them, are read too", () => {
    const plain = archive(dict({ w: one }), data);
    assert.equal(values(torchZip.open(source("m.pt", plain), tools)).length, 4);
    // One deflated member, its sizes told in the directory.
    const pickle = bytes(`\x80\x02${dict({ w: one })}.`);
    const packed = new Uint8Array(deflateRawSync(pickle));
    const zip = storedZip({ "m/data.pkl": packed, "m/data/0": data[0] });
    const view = new DataView(zip.buffer, zip.byteOffset);
    for (let at = 0; at + 4 < zip.length; at++) {
      if (view.getUint32(at, true) !== 0x02014b50) continue;
      view.setUint16(at + 10, 8, true);
      view.setUint32(at + 24, pickle.length, true);
      break;
    }
    assert.deepEqual(values(torchZip.open(source("m.pt", zip), tools)), [1, 2, 3, 4]);
  });

  it("large views that do not lie in C order are gathered piece by piece", () => {
    const n = 3000;
    const big = Float32Array.from({ length: n * n }, (_, i) => i % 1009);
    const file = open(dict({ t: tensor("0", n * n, 0, [n, n], [1, n]), every: tensor("0", n * n, 1, [n / 2, n / 3], [2 * n, 3]) }), { 0: new Uint8Array(big.buffer) });
    let at = 0;
    for (const chunk of file.tensors[0]!.chunks()) {
      assert.ok(chunk.byteLength <= 1 << 20);
      for (const value of chunk) {
        if (value !== big[(at % n) * n + Math.floor(at / n)]) assert.fail(`element ${at}`);
        at++;
      }
    }
    assert.equal(at, n * n);
    const rows = n / 3;
    assert.ok(values(file, 1).every((value, i) => value === big[1 + Math.floor(i / rows) * 2 * n + (i % rows) * 3]));
  });
});

describe("other containers of PyTorch", () => {
  it("claim only what is theirs", () => {
    const zip = storedZip({ "a.txt": bytes("x") });
    assert.equal(torchZip.probe("a.zip", zip), false);
    assert.equal(torchZip.probe("a.bin", zip) && torchZip.accepts(source("a.bin", zip), tools), false);
    assert.equal(torchZip.probe("weights.bin", bytes("\x00\x01\x02\x03")), false);
    assert.equal(torchLegacy.probe("a.pkl", bytes("\x80\x02}q\x00.")), false);
    assert.equal(torchDistributed.probe("a/metadata", bytes("\x80\x04")), false);
    assert.equal(torchDistributed.partOf!("run/step-5/__0_1.distcp"), "run/step-5/.metadata");
    assert.equal(torchDistributed.partOf!("a.pt"), null);
  });

  it("a pointer of Git LFS is said to be one", () => {
    const pointer = bytes("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 123\n");
    assert.ok(torchZip.probe("checkpoint_final.pth", pointer) && !torchZip.probe("notes.txt", pointer));
    assert.throws(() => torchZip.accepts(source("checkpoint_final.pth", pointer), tools), /Git LFS/);
  });

  it("a distributed checkpoint without its parts may still be being written", () => {
    const metadata = source("c/.metadata", fixture("torch-distributed/single/.metadata"));
    assert.throws(() => torchDistributed.open(metadata, tools), (error) => error instanceof FormatError && error.torn && /__0_0\.distcp is missing/.test(error.message));
  });

  it("any damaged byte gives numbers or a line", () => {
    let seed = 11;
    const random = (n: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % n;
    for (const name of ["torch/training.pth", "torch/views.pt", "torch/script.pt", "torch-legacy/views.pth", "torch-legacy/old-tar.pth", "torch-distributed/sharded/.metadata"]) {
      const good = fixture(name);
      const format = name.startsWith("torch/") ? torchZip : name.startsWith("torch-legacy") ? torchLegacy : torchDistributed;
      const beside = { ...tools, sibling: (part: string) => source(part, fixture(`torch-distributed/sharded/${part.replace(/[^\w.]/g, "")}`)) };
      for (let i = 0; i < 150; i++) {
        const bad = good.slice(0, random(4) === 0 ? random(good.length) : good.length);
        for (let k = 0; k <= random(4) && bad.length > 0; k++) bad[random(bad.length)] = random(256);
        try {
          if (!format.accepts(source(name, bad), beside)) continue;
          measureAll(format.open(source(name, bad), beside));
        } catch (error) {
          if (error instanceof Error && "code" in error && error.code === "ENOENT") continue; // the fixture that a damaged name asks for
          assertLine(error);
        }
      }
    }
  });

  it("one pass over a tensor is one statistic of it", () => {
    const file = open(dict({ w: one }), { 0: floats(1, 2, 3, NaN) });
    const stats = measureTensor(file.tensors[0]!, null);
    assert.deepEqual([stats.count, stats.nan, stats.mean], [4, 1, 2]);
  });
});
