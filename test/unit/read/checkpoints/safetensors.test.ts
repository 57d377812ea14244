import assert from "node:assert/strict";
import { safetensors } from "../../../../src/read/checkpoints/safetensors";
import { safetensorsIndex } from "../../../../src/read/checkpoints/safetensorsIndex";
import { bytesOf, concat, floats, lineOf, openWith, values, type Bytes } from "./files";

/** A file of this header and these data. */
function file(header: unknown, data: Bytes = []): Uint8Array {
  const text = bytesOf(typeof header === "string" ? header : JSON.stringify(header));
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(text.length), true);
  return concat(length, text, data);
}
const f32 = (shape: number[], begin: number): unknown => ({ dtype: "F32", shape, data_offsets: [begin, begin + 4 * shape.reduce((a, b) => a * b, 1)] });
const open = (header: unknown, data: Bytes = []): ReturnType<typeof openWith> => openWith(safetensors, "a.safetensors", file(header, data));

describe("safetensors", () => {
  it("reads tensors that share bytes, padded headers, escaped names and members in any order", () => {
    const padded = `${JSON.stringify({ "a/\u00e9\"": { data_offsets: [0, 8], shape: [2], dtype: "F32", other: [{}] }, "b": f32([1], 4) })}   `;
    const { tensors, problems } = open(padded, floats(1, 2));
    assert.deepEqual(tensors.map((t) => [t.name, values(t)]), [["a/é\"", [1, 2]], ["b", [2]]]);
    assert.deepEqual(problems, []);
  });

  it("lists what it cannot read and gives the rest", () => {
    const { tensors, problems } = open(
      { ok: f32([1], 0), f4: { dtype: "F4", shape: [4], data_offsets: [0, 2] }, six: { dtype: "F6_E2M3", shape: [4], data_offsets: [0, 3] }, short: { dtype: "F32", shape: [9], data_offsets: [0, 4] }, back: { dtype: "F32", shape: [1], data_offsets: [4, 0] }, huge: { dtype: "F32", shape: [1e15, 1e15], data_offsets: [0, 4] }, minus: { dtype: "F32", shape: [-1, -4], data_offsets: [0, 4] }, none: {}, text: "x", proto: { dtype: "toString", shape: [1], data_offsets: [0, 4] } },
      floats(5),
    );
    assert.deepEqual(tensors.map((t) => t.name), ["ok"]);
    assert.equal(problems.length, 9);
    assert.match(problems[0]!, /^f4 of shape \[4\] has dtype F4, which is not read$/);
    assert.ok(problems.every((line) => !line.includes("\n")));
  });

  it("says one line of hostile and foreign files", () => {
    const read = (bytes: Bytes) => lineOf(() => safetensors.open({ name: "a", size: bytesOf(bytes).length, read: (o, n) => bytesOf(bytes).slice(o, o + n) }, { inflate: { raw: () => [], gzip: () => [] }, hdf5: { open: () => assert.fail() }, sibling: () => null }));
    assert.match(read([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0x7b]).message, /header of 4294967295 bytes, at most/);
    assert.match(read([255, 255, 255, 255, 255, 255, 255, 255, 0x7b]).message, /at most/);
    assert.equal(read(concat([0, 1, 0, 0, 0, 0, 0, 0], "{")).torn, true);
    assert.match(read(file("[]")).message, /no JSON object/);
    assert.match(read(file("{}")).message, /no tensor/);
    assert.match(read(file({ a: f32([2], 0) }, [0])).message, /still being written/);
    assert.match(read("version https://git-lfs.github.com/spec/v1\noid sha256:1\n").message, /Git LFS/);
    assert.match(read(`\n<!DOCTYPE html>${" ".repeat(99)}`).message, /web page/);
    assert.equal(read(file(`{"a": ${"[".repeat(50_000)}`)).torn, false, "the header is all there, and broken");
  });

  it("is told by name or by a header of its own, and by no other JSON", () => {
    assert.ok(safetensors.probe("x/model.safetensors", new Uint8Array(0)));
    assert.ok(safetensors.probe("blob", file({ a: f32([1], 0) }, floats(1))));
    assert.ok(safetensors.probe("blob", file({ __metadata__: { format: "pt" } })));
    assert.ok(!safetensors.probe("blob", file({ a: { b: 1 } })));
    assert.ok(!safetensors.probe("x.json", bytesOf('{"a": {"dtype": "F32", "shape": [1]}}')));
  });

  it("takes epoch and step from the metadata where they are plainly there", () => {
    const at = (metadata: Record<string, unknown>): unknown[] => {
      const { epoch, step } = open({ __metadata__: metadata, a: f32([1], 0) }, floats(1));
      return [epoch, step];
    };
    assert.deepEqual(at({ epoch: "3", step: "120" }), [3, 120]);
    assert.deepEqual(at({ epoch: "three", global_step: 7 }), [null, 7]);
    assert.deepEqual(at({ epoch: "-1", step: "1.5" }), [null, null]);
    const big = open({ __metadata__: { tags: "x".repeat(200_000), k: "v" }, a: f32([1], 0) }, floats(1));
    assert.deepEqual([...(big.facts ?? [])], [["k", "v"]]);
  });

  it("knows averaged copies and optimizers by the file's name, and not by a run's", () => {
    const kind = (name: string, tensor = "a"): unknown => openWith(safetensors, name, file({ [tensor]: f32([1], 0) }, floats(1))).tensors[0]!.kind;
    for (const name of ["model_ema.safetensors", "ema.safetensors", "unet_ema/diffusion_pytorch_model.safetensors", "ema-00001-of-00002.safetensors", "swa.step3.safetensors"]) assert.equal(kind(name), "averaged", name);
    for (const name of ["model.safetensors", "schema.safetensors", "cinema/model.safetensors", "ema_run/checkpoint-5/model.safetensors", "adapter_model.safetensors", "lemma.safetensors", "model.non_ema.safetensors"]) assert.equal(kind(name), null, name);
    assert.equal(kind("optimizer.safetensors"), "optimizer");
    assert.equal(kind("m.safetensors", "ema_model.conv.weight"), "averaged");
  });

  it("puts the network's last layer last, though the file is sorted by name", () => {
    const shapes: Record<string, number[]> = { "classifier.bias": [3], "classifier.weight": [3, 8, 1, 1], "enc.10.weight": [8, 8, 3, 3], "enc.2.weight": [8, 1, 3, 3], "norm.weight": [8] };
    let at = 0;
    const header: Record<string, unknown> = {};
    for (const [name, shape] of Object.entries(shapes)) {
      header[name] = f32(shape, at);
      at += 4 * shape.reduce((a, b) => a * b, 1);
    }
    assert.deepEqual(open(header, new Uint8Array(at)).tensors.map((t) => t.name), ["enc.2.weight", "enc.10.weight", "norm.weight", "classifier.bias", "classifier.weight"]);
  });
});

describe("sharded safetensors", () => {
  const shard = (name: string, value: number): Uint8Array => file({ [name]: f32([1], 0) }, floats(value));
  const index = JSON.stringify({ metadata: { total_size: 8, step: 5 }, weight_map: { a: "m-00001-of-00002.safetensors", b: "m-00002-of-00002.safetensors", c: "m-00001-of-00002.safetensors", d: "../../etc/passwd" } });

  it("reads what is there and says what is missing", () => {
    const both = { "m-00001-of-00002.safetensors": shard("a", 1), "m-00002-of-00002.safetensors": shard("b", 2) };
    const whole = openWith(safetensorsIndex, "m.safetensors.index.json", index, both);
    assert.deepEqual(whole.tensors.map((t) => [t.name, values(t)]), [["a", [1]], ["b", [2]]]);
    assert.deepEqual(whole.problems, ["c is not in m-00001-of-00002.safetensors", "../../etc/passwd: is missing: still being written?"]);
    assert.equal(whole.step, 5);
    const half = openWith(safetensorsIndex, "m.safetensors.index.json", index, { "m-00002-of-00002.safetensors": shard("b", 2) });
    assert.deepEqual(half.tensors.map((t) => t.name), ["b"]);
    assert.equal(lineOf(() => openWith(safetensorsIndex, "m.safetensors.index.json", index)).torn, true);
    for (const n of [0, 10, 60, index.length - 1]) assert.equal(lineOf(() => openWith(safetensorsIndex, "m.safetensors.index.json", index.slice(0, n))).torn, true);
    assert.match(lineOf(() => openWith(safetensorsIndex, "m.safetensors.index.json", "{}")).message, /no weight_map/);
  });

  it("owns its shards, PyTorch's too", () => {
    assert.equal(safetensors.partOf!("a/model-00001-of-00002.safetensors"), "a/model.safetensors.index.json");
    assert.equal(safetensors.partOf!("unet/model.fp16-00001-of-00002.safetensors"), "unet/model.safetensors.index.fp16.json");
    assert.ok(safetensorsIndex.probe("unet/model.safetensors.index.fp16.json", new Uint8Array(0)));
    assert.equal(safetensorsIndex.partOf!("a/pytorch_model-00001-of-00002.bin"), "a/pytorch_model.bin.index.json");
    assert.equal(safetensors.partOf!("a/model.safetensors"), null);
  });
});
