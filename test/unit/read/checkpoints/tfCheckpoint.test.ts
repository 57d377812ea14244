import assert from "node:assert/strict";
import { measureTensor, outputChannels } from "../../../../src/measure/tensors";
import type { TensorEntry } from "../../../../src/read/format";
import { measureAll } from "./support";
import { field, fixture, number, open, table, tensorEntry, truth, type Files } from "./tfBundle";

function tensorsOf(prefix: string, changes: Files = {}): { tensors: readonly TensorEntry[]; step: number | null; problems: readonly string[] } {
  const { index, files } = fixture(prefix);
  const file = open(index, { ...files, ...changes });
  assert.ok(file, `${prefix} is taken`);
  return file;
}

const layers = (tensors: readonly TensorEntry[]): string[] => [...new Set(tensors.flatMap((t) => (t.kind === "optimizer" || t.layer === null ? [] : [t.layer])))];
const suffix = "/.ATTRIBUTES/VARIABLE_VALUE";

describe("TensorFlow checkpoints", () => {
  for (const [prefix, variables] of Object.entries(truth)) {
    it(`read the values of ${prefix} as TensorFlow does`, () => {
      const { tensors } = tensorsOf(prefix);
      const stats = tensors.map((tensor) => measureTensor(tensor, null));
      const left = new Map(stats.map((t) => [t.name, t]));
      assert.equal(left.size, stats.length, "every name is there once");
      // An exported variable is kept twice and given once: what is left of the second list is no loss.
      const rows = Object.entries(variables).sort(([a], [b]) => Number(a.startsWith("_all_variables/")) - Number(b.startsWith("_all_variables/")));
      for (const [key, [dtype, shape, min, max, sum]] of rows) {
        if (key.startsWith("net/columns")) continue; // parts along the second axis: a line says so
        const same = (t: (typeof stats)[number]): boolean => t.min === min && t.max === max && String(t.shape) === String(shape);
        const have = left.get(key) ?? [...left.values()].find(same);
        if (have === undefined && key.startsWith("_all_variables/")) continue;
        assert.ok(have, key);
        left.delete(have.name);
        assert.deepEqual([have.dtype, have.shape, have.min, have.max], [dtype, shape, min, max], key);
        const finite = have.count - have.nan - have.inf;
        assert.ok(Math.abs((have.mean ?? 0) * finite - sum) <= 1e-9 * Math.max(1, Math.abs(sum)), `${key}: ${have.mean} × ${finite} is not ${sum}`);
      }
      assert.deepEqual([...left.keys()].filter((name) => left.get(name)?.dtype !== "complex64"), [], "nothing that TensorFlow does not know");
    });
  }

  it("give layers the author's names, in the order of the model, whatever the optimizer's list makes of the keys", () => {
    const before = tensorsOf("manager/ckpt-0");
    const after = tensorsOf("manager/ckpt-2");
    const order = ["enc", "enc_norm", "inner/mix", "up", "conv2d", "conv2d_1", "conv2d_2", "conv2d_3", "conv2d_4", "conv2d_5", "conv2d_6", "head"];
    assert.deepEqual(layers(before.tensors), order);
    assert.deepEqual(layers(after.tensors), order);
    // In ckpt-2 the keys of all weights are optimizer/_trainable_variables/N; they stay comparable with ckpt-0.
    const network = after.tensors.filter((t) => t.kind !== "optimizer");
    assert.deepEqual(network.map((t) => t.name), before.tensors.filter((t) => t.kind !== "optimizer").map((t) => t.name));
    assert.equal(network[0]!.name, `model/_operations/1/_kernel${suffix}`);
    const stats = network.map((t) => measureTensor(t, before.tensors.find((b) => b.name === t.name) ?? null));
    assert.deepEqual(stats.slice(0, 6).map((t) => t.role), ["kernel", "bias", "norm", "norm", "running", "running"]);
    assert.ok(stats.every((t) => t.identical === false || t.role === "bias"));
    assert.deepEqual([before.step, after.step, outputChannels(stats)], [null, 4, 5]);
    const others = after.tensors.filter((t) => t.kind === "optimizer").map((t) => t.name);
    assert.ok(others.includes(`save_counter${suffix}`) && others.includes(`optimizer/_variables/2${suffix}`) && !others.some((name) => name.includes("_trainable_variables")));
  });

  it("number layers that share one name, kernel and bias alike, and find the last one", () => {
    const { tensors, step } = tensorsOf("blocks-1");
    const stats = tensors.map((t) => measureTensor(t, null));
    assert.deepEqual(layers(tensors), ["model/norm", "blocks (2)", "blocks (3)", "blocks (4)", "model/head"]);
    assert.deepEqual(stats.filter((t) => t.layer === "blocks (3)").map((t) => [t.name, t.role]), [["blocks (3)/kernel", "kernel"], ["blocks (3)/bias", "bias"]]);
    assert.deepEqual([step, outputChannels(stats)], [1, 3]);
  });

  it("keep the slots of Keras 2 apart", () => {
    const { tensors, step } = tensorsOf("keras2-3");
    assert.deepEqual(layers(tensors).slice(0, 4), ["enc", "enc_norm", "mix", "up"]);
    assert.equal(layers(tensors).at(-1), "head");
    const slots = tensors.filter((t) => t.kind === "optimizer");
    assert.equal(slots.filter((t) => t.name.includes("/.OPTIMIZER_SLOT/")).length, 2 * tensors.filter((t) => t.kind === null).length);
    assert.ok(slots.some((t) => t.name === `optimizer/iter${suffix}`));
    assert.equal(step, 6);
  });

  it("of TensorFlow 1 are ordered and sorted by their names alone; parts of a variable are joined", () => {
    const { tensors, step, problems } = tensorsOf("model.ckpt-5");
    assert.deepEqual(tensors.map((t) => [t.name, t.kind]).slice(0, 5), [
      ["conv2d/kernel", null],
      ["conv2d/kernel/ExponentialMovingAverage", "running"],
      ["conv2d_2/kernel", null],
      ["conv2d_10/kernel", null],
      ["net/rows", null],
    ]);
    assert.ok(tensors.slice(5).every((t) => t.kind === "optimizer"));
    assert.equal(tensors[0]!.layer, "conv2d");
    assert.equal(step, 5);
    assert.deepEqual(problems[0], "net/columns is kept in 2 parts along another axis than the first, which is not read");
    assert.equal(problems.length, 3);
  });

  it("of an exported model hold every variable once, by its name", () => {
    const { tensors } = tensorsOf("exported/variables/variables");
    assert.deepEqual(tensors.map((t) => t.name).slice(0, 4), ["enc/kernel", "enc/bias", "enc_norm/gamma", "enc_norm/beta"]);
    assert.deepEqual(tensors.filter((t) => t.kind === "running").map((t) => t.name), ["enc_norm/moving_mean", "enc_norm/moving_variance"]);
    assert.equal(new Set(tensors.map((t) => t.name)).size, tensors.length);
  });

  it("skip texts, and give both parts of complex numbers", () => {
    const { tensors, problems } = tensorsOf("dtypes-1");
    assert.deepEqual(problems, []);
    const complex = tensors.find((t) => t.name === `complex64${suffix}`)!;
    assert.deepEqual([complex.dtype, [...complex.chunks()].reduce((n, chunk) => n + chunk.length, 0)], ["complex64", 2 * complex.shape.reduce((a, b) => a * b, 1)]);
    assert.ok(!tensors.some((t) => t.name.startsWith("text")));
    assert.deepEqual([...tensors.find((t) => t.name === `empty${suffix}`)!.chunks()], []);
    assert.deepEqual([...tensors.find((t) => t.name === `big${suffix}`)!.chunks()], [BigInt64Array.of(2n ** 62n + 1n, -(2n ** 62n))]);
  });

  it("do without an object graph that cannot be read", () => {
    const { files } = fixture("manager/ckpt-0");
    const data = files["ckpt-0.data-00000-of-00001"]!.slice();
    data.fill(0xff, data.length - 300);
    const { tensors, problems } = tensorsOf("manager/ckpt-0", { "ckpt-0.data-00000-of-00001": data });
    assert.match(problems[0]!, /^the object graph of \d+ bytes cannot be read; layers are named by their keys$/);
    assert.equal(tensors[0]!.layer, "model/_operations/1");
    assert.equal(layers(tensors).at(-1), "model/_operations/13");
  });

  it("are read from several shards, in big-endian order, in pieces of at most 1 MiB", () => {
    const values = 700_000;
    const half = new Uint8Array(2 * values);
    for (let i = 0; i < values; i++) half.set([0x3c, 0x00], 2 * i); // 1 in big-endian float16
    const index = table(
      [
        ["a", tensorEntry({ dtype: 19, shape: [7, values / 7], shard: 1, offset: 0, size: 2 * values })],
        ["b", tensorEntry({ dtype: 3, shape: [2], shard: 0, offset: 4, size: 8 })],
        ["none", tensorEntry({ dtype: 1, shape: [3, 0], shard: 2, offset: 0, size: 0 })],
      ],
      { shards: 3, bigEndian: true },
    );
    // Of the third shard nothing is needed; it need not be there.
    const file = open("x.index", { "x.index": index, "x.data-00000-of-00003": Uint8Array.of(9, 9, 9, 9, 0, 0, 1, 2, 255, 255, 255, 254), "x.data-00001-of-00003": half })!;
    const [a, b, none] = file.tensors;
    let count = 0;
    for (const piece of a!.chunks()) {
      assert.ok(piece.byteLength <= 1 << 20);
      assert.ok(piece.every((v: number | bigint) => v === 1));
      count += piece.length;
    }
    assert.equal(count, values);
    assert.deepEqual([...b!.chunks()], [Int32Array.of(258, -2)]);
    assert.equal(measureTensor(none!, null).count, 0);
  });

  it("are read from tables of many blocks, compressed or not", () => {
    const entries = Array.from({ length: 50 }, (_, i) => [`layer_${i}/kernel`, tensorEntry({ dtype: 4, shape: [1], offset: i, size: 1 })] as const);
    const data = Uint8Array.from({ length: 50 }, (_, i) => i);
    // Snappy: the length, then literals of at most 60 bytes.
    const compress = (block: Uint8Array): { bytes: Uint8Array; type: number } => {
      const out = [block.length & 127, block.length >> 7];
      out[0]! |= 128;
      for (let at = 0; at < block.length; at += 60) {
        const part = block.subarray(at, at + 60);
        out.push((part.length - 1) << 2, ...part);
      }
      return { bytes: Uint8Array.from(out), type: 1 };
    };
    for (const options of [{ perBlock: 7 }, { perBlock: 100, compress }]) {
      const file = open("x.index", { "x.index": table(entries, options), "x.data-00000-of-00001": data })!;
      assert.deepEqual(file.tensors.map((t) => t.name), Array.from({ length: 50 }, (_, i) => `layer_${i}/kernel`));
      assert.deepEqual(measureAll(file).map((t) => t.min), [...data]);
    }
  });

  it("are not what else ends on .index, nor data files", () => {
    const bytes = new TextEncoder().encode("IxFI\x10\0\0\0".repeat(20));
    assert.equal(open("faiss.index", { "faiss.index": bytes }), null);
    assert.equal(open("page.index", { "page.index": new TextEncoder().encode("<html>") }), null);
    const { files } = fixture("dtypes-1");
    assert.equal(open("dtypes-1.data-00000-of-00001", files), null);
  });

  it("give no tensor twice where a variable belongs to two objects", () => {
    // A node that two edges lead to, and a circle.
    const child = (node: number, name: string): number[] => field(1, [...number(1, node), ...field(2, [...Buffer.from(name)])]);
    const variable = field(2, [...field(1, [...Buffer.from("V")]), ...field(2, [...Buffer.from("enc/kernel")]), ...field(3, [...Buffer.from("a/.ATTRIBUTES/V")])]);
    const graph = [field(1, [...child(1, "b"), ...child(1, "a"), ...child(0, "root")]), field(1, [...variable, ...child(0, "up")])].flat();
    const text = [graph.length, 0, 0, 0, 0, ...graph];
    const index = table([
      ["_CHECKPOINTABLE_OBJECT_GRAPH", tensorEntry({ dtype: 7, shape: [], offset: 1, size: text.length })],
      ["a/.ATTRIBUTES/V", tensorEntry({ dtype: 4, shape: [1, 1], offset: 0, size: 1 })],
    ]);
    const file = open("x.index", { "x.index": index, "x.data-00000-of-00001": Uint8Array.of(5, ...text) })!;
    assert.deepEqual(file.problems, []);
    assert.deepEqual(measureAll(file).map((t) => [t.name, t.layer, t.max]), [["b/.ATTRIBUTES/V", "enc", 5]]);
  });
});
