import assert from "node:assert/strict";
import { measureTensor, outputChannels } from "../../../../src/measure/tensors";
import type { Hdf5Dataset, Hdf5File, ReadTools } from "../../../../src/read/bytes/source";
import { kerasWeightsH5 } from "../../../../src/read/checkpoints/kerasWeightsH5";
import type { TensorStats } from "../../../../src/run";
import { choose, fixture, loadTools, measureAll, open, source, storedZip, unzip } from "./support";

/** What Keras itself called each variable of functional.keras and of custom.weights.h5, its shape, least and largest value. */
type Truth = [path: string, shape: number[], min: number, max: number][];
const truth = JSON.parse(new TextDecoder().decode(fixture("truth.json"))) as { functional: Truth; custom: Truth };
/** Kept by no file: seeds. Elsewhere Keras names the cell of an LSTM by itself, and we by the attribute that holds it. */
const functional = truth.functional.filter(([path]) => !path.includes("seed_generator"));

function byName(stats: readonly TensorStats[]): Map<string, TensorStats> {
  return new Map(stats.map((t) => [t.name, t]));
}

function holds(stats: readonly TensorStats[], want: Truth, rename: (path: string) => string): void {
  const have = byName(stats);
  for (const [path, shape, min, max] of want) {
    const tensor = have.get(rename(path));
    assert.ok(tensor, `${rename(path)} is not among ${[...have.keys()].join(" ")}`);
    assert.deepEqual([tensor.shape, tensor.min, tensor.max], [shape, min, max], path);
  }
}

const withoutGate = (path: string): string => ({ "gate/mix": "gate/vars/0", "gate/temperature": "gate/vars/1" })[path] ?? path.replace("lstm_cell", "cell");
const layerOrder = (stats: readonly TensorStats[]): string[] => [...new Set(stats.filter((t) => t.role !== "optimizer").map((t) => t.layer.split("/")[0]!))];

describe("Keras checkpoints", () => {
  let tools: ReadTools;
  let weights: Uint8Array;
  let config: Uint8Array;
  before(async () => {
    tools = await loadTools();
    const entries = unzip(fixture("deflated.keras"));
    weights = entries["model.weights.h5"]!;
    config = entries["config.json"]!;
  });

  it("gives a .keras file's tensors the author's names, in the order of the model, optimizer apart", () => {
    const file = open("model.keras", fixture("deflated.keras"), tools);
    const stats = measureAll(file);
    holds(stats, functional, withoutGate);
    assert.deepEqual(layerOrder(stats), ["enc", "enc_norm", "slope", "block", "sep", "each_row", "look", "both", "gate", "up", "conv2d", "head"]);
    assert.equal(stats.filter((t) => t.role !== "optimizer").length, functional.length);
    const slots = stats.filter((t) => t.role === "optimizer").map((t) => t.name);
    assert.equal(slots.length, 2 + 2 * functional.filter(([path]) => !path.includes("moving_")).length);
    assert.deepEqual(slots.slice(0, 3), ["optimizer/vars/0", "optimizer/vars/1", "optimizer/vars/2"]);
    const role = (name: string): string | undefined => byName(stats).get(name)?.role;
    assert.deepEqual(["enc/kernel", "enc_norm/beta", "enc_norm/moving_mean", "block/ln/gamma", "head/bias", "look/query/bias"].map(role), ["kernel", "norm", "running", "norm", "bias", "bias"]);
    assert.deepEqual([file.loss, file.step, file.epoch, file.problems.length, outputChannels(stats)], ["gdl", 42, null, 0, 3]);
    file.close();
  });

  it("reads stored weights in place, the same as compressed ones", () => {
    const bytes = storedZip({ "metadata.json": new Uint8Array(2), "config.json": config, "model.weights.h5": weights });
    const file = open("model.keras", bytes, tools);
    holds(measureAll(file), functional, withoutGate);
    file.close();
    // Another suffix does not matter: the first entry tells.
    assert.equal(choose("backup.zip", bytes, tools)?.name, "keras-v3");
  });

  it("maps classes and counters to the names in config.json where groups carry none", () => {
    const file = open("model.keras", fixture("unnamed.keras"), tools);
    const stats = measureAll(file);
    const attributes = (path: string): string =>
      withoutGate(path).replace(/^look\/(query|key|value)/, "look/$1_dense").replace("attention_output", "output_dense").replace(/(for|back)ward_seq/, "$1ward_layer");
    holds(stats, functional, attributes);
    assert.equal(layerOrder(stats).at(-1), "head");
    file.close();
  });

  it("keeps the tensors when config.json is missing or broken, and says so", () => {
    const broken = open("model.keras", storedZip({ "config.json": config.subarray(0, 500), "model.weights.h5": weights }), tools);
    assert.deepEqual(broken.problems, ["config.json: no JSON object in its 500 bytes"]);
    assert.equal(broken.loss, null);
    assert.ok(byName(measureAll(broken)).has("enc/kernel"));
    broken.close();
    const missing = open("model.keras", storedZip({ "model.weights.h5": weights }), tools);
    assert.equal(missing.problems.length, 0);
    missing.close();
    assert.throws(() => open("model.keras", storedZip({ "config.json": config }), tools), /^FormatError: keras-v3: no model\.weights\.h5 among its 1 entries$/);
    assert.throws(() => open("model.keras", storedZip({ "model.weights.json": config }), tools), /^FormatError: keras-v3: model\.weights\.json is not supported/);
  });

  it("reads .weights.h5 without a configuration, the last layer last", () => {
    const file = open("w_05.weights.h5", weights, tools);
    const stats = measureAll(file);
    // Without a configuration one variable of a normalisation may be either.
    holds(stats, functional, (path) => withoutGate(path).replace("block/ln/gamma", "block/ln/gamma_or_beta").replace(/^(enc_norm)\/beta/, "$1/gamma_or_beta"));
    assert.equal(layerOrder(stats).at(-1), "head");
    assert.deepEqual([file.step, file.loss, outputChannels(stats)], [42, null, 3]);
    assert.equal(byName(stats).get("enc_norm/gamma_or_beta")?.role, "norm");
    file.close();
  });

  it("reads subclassed models: attributes and lists", () => {
    const file = open("custom.weights.h5", fixture("custom.weights.h5.gz"), tools);
    const stats = measureAll(file);
    assert.equal(stats.length, truth.custom.length);
    // Keras numbers unnamed layers by itself; the attribute "classify" and the list "blocks" are the author's.
    holds(stats, truth.custom, (path) => path.replace("custom/", "").replace("conv2d_3/", "classify/").replace("b0/", "blocks/b0/").replace("conv2d_2/", "blocks/conv2d_2/"));
    assert.equal(outputChannels(stats), 3);
    file.close();
  });

  it("reads half precision and quantized weights in their own dtype", () => {
    const bfloat16 = open("a.weights.h5", fixture("bfloat16.weights.h5.gz"), tools);
    const b = byName(measureAll(bfloat16)).get("out/kernel")!;
    assert.deepEqual([b.dtype, b.shape, b.nan, b.inf, b.subnormal, b.min, b.max], ["bfloat16", [2, 3], 1, 1, 0, -0.5, 2]);
    bfloat16.close();
    const float16 = open("a.weights.h5", fixture("float16.weights.h5.gz"), tools);
    const f = byName(measureAll(float16)).get("out/kernel")!;
    assert.deepEqual([f.dtype, f.nan, f.inf, f.subnormal, f.min, f.max], ["float16", 1, 1, 1, -0.5, 2]);
    float16.close();
    const int8 = open("a.keras", fixture("int8.keras"), tools);
    const q = byName(measureAll(int8));
    assert.deepEqual([q.get("out/kernel")!.dtype, q.get("out/kernel")!.max, q.get("out/kernel_scale")!.role], ["int8", 127, "other"]);
    int8.close();
  });

  it("reads the legacy layout as Keras 3 writes it", () => {
    const file = open("model.h5", fixture("functional.h5.gz"), tools);
    const stats = measureAll(file);
    holds(stats, functional, (path) => path);
    assert.deepEqual(layerOrder(stats), ["enc", "enc_norm", "slope", "block", "sep", "each_row", "look", "both", "gate", "up", "conv2d", "head"]);
    assert.deepEqual([file.loss, file.step, outputChannels(stats), file.problems], ["gdl", 42, 3, []]);
    assert.ok(stats.some((t) => t.name === "optimizer/adam/enc_kernel_momentum" && t.role === "optimizer"));
    file.close();
  });

  it("reads the legacy layout as Keras 2 wrote it: split lists, scopes, nested models, a missing dataset", () => {
    const file = open("model.keras", fixture("keras2.h5.gz"), tools);
    const stats = measureAll(file);
    assert.deepEqual(
      stats.map((t) => t.name),
      ["conv_b/kernel", "conv_b/bias", "conv_a/kernel", "conv_a/bias", "inner/bn/gamma", "inner/bn/moving_mean", "old/kernel", "old/bias", "optimizer/Adam/iter", "optimizer/Adam/conv_b/kernel/m"],
    );
    assert.deepEqual(file.problems, ["dataset model_weights/old/old_lost is listed, but not there"]);
    assert.deepEqual([file.loss, file.step], ["dice_loss", 7]);
    file.close();
  });

  it("tells checkpoints from labels by what is in them", () => {
    const name = (file: string, as: string): string | undefined => choose(as, fixture(file), tools)?.name;
    assert.equal(name("labels.h5.gz", "val.h5"), undefined);
    assert.equal(name("functional.h5.gz", "anything.h5"), "keras-legacy-h5");
    assert.equal(name("keras2.h5.gz", "model.weights.h5"), "keras-legacy-h5");
    assert.equal(name("custom.weights.h5.gz", "ckpt-3.hdf5"), "keras-weights-h5");
    assert.equal(name("deflated.keras", "best.keras"), "keras-v3");
  });

  it("reads what TensorFlow 2.13 and Windows made of the paths, metrics and scaled optimizers apart", () => {
    const shapes: Record<string, number[]> = {
      "_layer_checkpoint_dependencies\\conv2d/vars/0": [3, 3, 1, 2],
      "_layer_checkpoint_dependencies\\conv2d/vars/1": [2],
      "_layer_checkpoint_dependencies\\conv2d_2/vars/0": [1, 1, 2, 7],
      "_layer_checkpoint_dependencies\\conv2d_10/vars/0": [1, 1, 2, 4],
      "_layer_checkpoint_dependencies\\dense/vars/0": [4, 2],
      "metrics/mean/vars/0": [],
      "optimizer/vars/0": [],
      "optimizer/inner_optimizer/vars/0": [],
    };
    const datasets = Object.entries(shapes).map(([path, shape]): Hdf5Dataset => {
      const counter = path.startsWith("optimizer");
      return { path, shape, dtype: counter ? "int64" : "float32", numeric: true, read: (_start, count) => (counter ? BigInt64Array.of(path.includes("inner") ? 90n : 3n) : new Float32Array(count)) };
    });
    const file: Hdf5File = { datasets: () => datasets, problems: () => [], attributes: () => ({}), children: () => [], close: () => undefined };
    const opened = kerasWeightsH5.open(source("a.weights.h5", new Uint8Array(8)), { ...tools, hdf5: { open: () => file } });
    const stats = measureAll(opened);
    assert.deepEqual(
      stats.map((t) => [t.name, t.role]),
      [
        ["dense/kernel", "kernel"],
        ["conv2d/kernel", "kernel"],
        ["conv2d/bias", "bias"],
        ["conv2d_2/kernel", "kernel"],
        ["conv2d_10/kernel", "kernel"],
        ["metrics/mean/vars/0", "running"],
        ["optimizer/vars/0", "optimizer"],
        ["optimizer/inner_optimizer/vars/0", "optimizer"],
      ],
    );
    assert.equal(opened.step, 90);
  });

  it("hands out pieces of 256 KiB, and reads nothing before", () => {
    const asked: number[] = [];
    const dataset: Hdf5Dataset = { path: "layers/dense/vars/0", dtype: "float32", numeric: true, shape: [1000, 1000], read: (start, count) => (asked.push(start), new Float32Array(count).fill(1)) };
    const empty: Hdf5Dataset = { path: "layers/dense/vars/1", dtype: "float32", numeric: true, shape: [0], read: () => assert.fail("read of nothing") };
    const file: Hdf5File = { datasets: () => [dataset, empty], problems: () => [], attributes: () => ({}), children: () => ["layers"], close: () => undefined };
    const opened = kerasWeightsH5.open(source("a.weights.h5", new Uint8Array(8)), { ...tools, hdf5: { open: () => file } });
    assert.deepEqual(asked, []);
    const kernel = opened.tensors.find((t) => t.name === "dense/kernel")!;
    for (const piece of kernel.chunks()) assert.ok(piece.byteLength <= 1 << 18);
    assert.deepEqual(asked, Array.from({ length: 16 }, (_, i) => i * 65536));
    assert.equal(measureTensor(kernel, null).count, 1e6);
    assert.equal(measureTensor(opened.tensors.find((t) => t.name === "dense/bias")!, null).count, 0);
  });
});
