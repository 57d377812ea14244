import assert from "node:assert/strict";
import { flax } from "../../../../src/read/checkpoints/flax";
import { acceptsWith, bytesOf, concat, floats, lineOf, openWith, values, type Bytes } from "./files";

const text = (value: string): Uint8Array => concat([0xd9, value.length], value);
const map = (entries: Record<string, Bytes>): Uint8Array => concat([0xde, 0, Object.keys(entries).length], ...Object.entries(entries).flatMap(([key, value]) => [text(key), value]));
const array = (shape: number[], dtype: string, data: Bytes, type = 1): Uint8Array => {
  const payload = concat([0x93, 0x90 | shape.length, ...shape], text(dtype), [0xc5, bytesOf(data).length >> 8, bytesOf(data).length & 255], data);
  return concat([0xc8, payload.length >> 8, payload.length & 255, type], payload);
};
const open = (bytes: Bytes, name = "a.msgpack"): ReturnType<typeof openWith> => openWith(flax, name, bytes);

describe("Flax checkpoints", () => {
  it("tell the parts of a training state apart", () => {
    const leaf = map({ kernel: array([1, 2], "float32", floats(1, 2)) });
    const state = map({ step: array([], "int32", [9, 0, 0, 0], 3), epoch: [4], params: map({ Conv_0: leaf }), batch_stats: map({ Norm_0: leaf }), opt_state: concat([0x92], map({ mu: leaf }), [0xc0]), ema_params: map({ Conv_0: leaf }), note: text("x"), z: [0xd7, 2, 0, 0, 0, 0, 0, 0, 0, 0] });
    const { tensors, step, epoch } = open(state);
    assert.deepEqual(tensors.map((t) => [t.name, t.kind]), [["step", "running"], ["params/Conv_0/kernel", null], ["batch_stats/Norm_0/kernel", "running"], ["opt_state/0/mu/kernel", "optimizer"], ["ema_params/Conv_0/kernel", "averaged"]]);
    assert.deepEqual([step, epoch], [9, 4]);
  });

  it("list what cannot be read and give the rest", () => {
    const { tensors, problems } = open(map({ params: map({ a: array([1], "float32", floats(5)), b: array([2], "float32", floats(5)), c: array([1], "int4", [1]), d: array([1], "object", [1]), e: [0xd4, 1, 0x90] }) }));
    assert.deepEqual(tensors.map((t) => [t.name, values(t)]), [["params/a", [5]]]);
    assert.equal(problems.length, 4);
    assert.equal(problems[0], "params/b of shape [2] and dtype float32 takes 8 bytes, 4 are there");
  });

  it("join chunks, and say where they do not fit", () => {
    const chunked = (shape: number[], ...chunks: Uint8Array[]): Uint8Array =>
      map({ __msgpack_chunked_array__: [0xc3], shape: map(Object.fromEntries(shape.map((n, i) => [String(i), [n]]))), chunks: map(Object.fromEntries(chunks.map((c, i) => [String(i), c]))) });
    const one = array([1], "float32", floats(1));
    const two = array([2], "float32", floats(2, 3));
    const { tensors, problems } = open(map({ a: chunked([3, 1], one, two), b: chunked([2], one, two), c: chunked([2], one, array([1], "int32", [0, 0, 0, 0])), d: chunked([0]) }));
    assert.deepEqual(tensors.map((t) => [t.name, t.shape, values(t)]), [["a", [3, 1], [1, 2, 3]]]);
    assert.deepEqual(problems.map((line) => line.slice(0, 1)), ["b", "c", "d"]);
  });

  it("are claimed by an array in the tree alone", () => {
    const state = map({ params: map({ w: array([1], "float32", floats(1)) }) });
    assert.ok(acceptsWith(flax, "run/checkpoint_100", state));
    assert.ok(acceptsWith(flax, "run/flax_model.msgpack", state));
    assert.ok(!acceptsWith(flax, "run/words.msgpack", map({ vocab: [1] })));
    assert.ok(!acceptsWith(flax, "run/words.msgpack", map({ when: [0xd6, 1, 0, 0, 0, 0] })));
    assert.ok(!acceptsWith(flax, "checkpoint", 'model_checkpoint_path: "ckpt-1"\n'));
    assert.ok(!flax.probe("run/data/0", state));
  });

  it("believe no count and no depth", () => {
    assert.equal(lineOf(() => open([0x81, 0xa1, 97, 0xdf, 127, 255, 255, 255])).torn, true);
    assert.match(lineOf(() => open(concat([0x81, 0xa1, 97], Array.from({ length: 5000 }, () => [0x81, 0xa1, 97]).flat(), [1]))).message, /nested deeper than 64/);
    assert.match(lineOf(() => open(concat(map({ a: [1] }), [1, 2]))).message, /2 bytes follow/);
    assert.match(lineOf(() => open(map({ a: [1] }))).message, /no tensor/);
  });
});
