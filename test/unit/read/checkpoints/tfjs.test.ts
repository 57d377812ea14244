import assert from "node:assert/strict";
import { tfjs } from "../../../../src/read/checkpoints/tfjs";
import { acceptsWith, concat, floats, lineOf, openWith, values } from "./files";

const manifest = (weights: unknown[], paths: string[] = ["w.bin"]): string => JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights }] });
const f32 = (name: string, ...shape: number[]): unknown => ({ name, shape, dtype: "float32" });

describe("TF.js models", () => {
  it("claim no JSON without a manifest, wherever the word stands", () => {
    const topology = JSON.stringify({ modelTopology: { config: "x".repeat(9000), weightsManifest: [] } });
    assert.ok(!acceptsWith(tfjs, "model.json", topology));
    assert.ok(!acceptsWith(tfjs, "a.json", '{"text": "\\"weightsManifest\\""}'));
    assert.ok(!acceptsWith(tfjs, "a.json", '{"weightsManifest": "none"}'));
    assert.ok(!acceptsWith(tfjs, "a.json", '{"modelTopology": {"a": }}'));
    assert.ok(acceptsWith(tfjs, "model.json", `{"modelTopology": {"config": "${"x".repeat(200_000)}"}, ${manifest([]).slice(1)}`));
  });

  it("read tensors that lie across files", () => {
    const { tensors } = openWith(tfjs, "model.json", manifest([f32("a", 3), f32("b", 2)], ["s1", "s2", "s3"]), { s1: floats(1, 2), s2: floats(3).slice(0, 3), s3: concat(floats(3).slice(3), floats(4, 5)) });
    assert.deepEqual(tensors.map(values), [[1, 2, 3], [4, 5]]);
  });

  it("put quantized weights back", () => {
    const weights = [
      { name: "u8", shape: [2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
      { name: "i", shape: [2], dtype: "int32", quantization: { dtype: "uint16", scale: 1.5, min: 0 } },
      { name: "h", shape: [1], dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } },
      { name: "words", shape: [2], dtype: "string" },
      { name: "last", shape: [1], dtype: "bool" },
    ];
    const { tensors } = openWith(tfjs, "model.json", manifest(weights), { "w.bin": concat([0, 4], [1, 0, 2, 0], [0, 0x3c], [1, 0, 0, 0, 65, 0, 0, 0, 0], [1]) });
    assert.deepEqual(tensors.map((t) => [t.name, t.dtype, ...values(t)]), [["u8", "float32", -1, 1], ["i", "int32", 2, 3], ["h", "float32", 1], ["last", "bool", 1]]);
  });

  it("say what is missing, short or unknown", () => {
    assert.equal(lineOf(() => openWith(tfjs, "model.json", manifest([f32("a", 1)]))).message, "tfjs: w.bin is missing");
    const short = lineOf(() => openWith(tfjs, "model.json", manifest([f32("a", 3)]), { "w.bin": floats(1) }));
    assert.deepEqual([short.torn, short.message], [true, "tfjs: a ends at byte 12 of its weights, of which there are 4"]);
    const { tensors, problems } = openWith(tfjs, "model.json", manifest([f32("a", 1), { name: "x", shape: [1], dtype: "int7" }, f32("b", 1)]), { "w.bin": floats(1, 2, 3) });
    assert.deepEqual([tensors.map((t) => t.name), problems], [["a"], ["x has dtype int7, which is not read, nor what follows it"]]);
    // A name that every object of JavaScript has.
    assert.equal(lineOf(() => openWith(tfjs, "model.json", manifest([{ name: "x", shape: [1], dtype: "constructor" }]), { "w.bin": floats(1) })).message, "tfjs: x has dtype constructor, which is not read, nor what follows it");
    assert.match(lineOf(() => openWith(tfjs, "model.json", manifest([{ name: "s", shape: [9], dtype: "string" }]), { "w.bin": [255, 255, 255, 255, 1] })).message, /strings of s pass the end/);
    assert.match(lineOf(() => openWith(tfjs, "model.json", manifest([f32("a", -1)]), { "w.bin": [] })).message, /no name, dtype and possible shape/);
  });

  it("own their files of weights", () => {
    assert.equal(tfjs.partOf!("m/group1-shard2of7.bin"), "m/model.json");
    assert.equal(tfjs.partOf!("group1-shard1of7"), "model.json");
    assert.equal(tfjs.partOf!("m/unet.weights.bin"), "m/unet.json");
    assert.equal(tfjs.partOf!("m/pytorch_model.bin"), null);
  });
});
