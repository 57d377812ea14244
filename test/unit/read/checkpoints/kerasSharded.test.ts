import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { loadHdf5, loadHdf5Library } from "../../../../src/read/bytes/hdf5";
import { kerasSharded } from "../../../../src/read/checkpoints/kerasSharded";
import type { CheckpointFile } from "../../../../src/read/format";
import { lineOf, toolsWith, values } from "./files";
import { source } from "./support";

const folder = new URL("../fixtures/formats/keras-weights-json/", import.meta.url);
const files = Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith(".h5")).map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]));
const index = new Uint8Array(readFileSync(new URL("model.weights.json", folder)));
const open = (beside: Readonly<Record<string, Uint8Array>>, text = index): CheckpointFile => kerasSharded.open(source("model.weights.json", text), toolsWith(beside));

describe("Keras weights in shards", () => {
  it("are the same by the library and without it", async () => {
    const plain = open(files);
    const hdf5 = await loadHdf5Library();
    const library = kerasSharded.open(source("model.weights.json", index), { ...toolsWith(files), hdf5 });
    assert.ok(plain.tensors.length > 0);
    assert.deepEqual(library.tensors.map((t) => [t.name, t.layer, values(t)]), plain.tensors.map((t) => [t.name, t.layer, values(t)]));
    library.close();
    plain.close();
  });

  it("give what is there when a shard is missing or broken", async () => {
    const [first, second] = Object.keys(files) as [string, string];
    const whole = open(files).tensors.length;
    const half = open({ [first]: files[first]! });
    assert.ok(half.tensors.length > 0 && half.tensors.length < whole);
    assert.deepEqual(half.problems, [`${second}: is missing: still being written?`]);
    const beside = toolsWith({ [first]: files[first]!, [second]: files[second]!.slice(0, 3000) });
    const torn = kerasSharded.open(source("model.weights.json", index), { ...beside, hdf5: await loadHdf5() });
    assert.equal(torn.tensors.length, half.tensors.length);
    assert.match(torn.problems[0]!, new RegExp(`^${second}: `));
    assert.equal(lineOf(() => open({})).torn, true);
  });

  it("own their shards, and need a map", () => {
    assert.equal(kerasSharded.partOf!("a/model_00001.weights.h5"), "a/model.weights.json");
    assert.equal(kerasSharded.partOf!("a/model.weights.h5"), null);
    assert.ok(kerasSharded.probe("a/model.weights.json", index) && !kerasSharded.probe("a/model.json", index));
    for (const text of ["{}", '{"weight_map": {}}', '{"weight_map": {"/vars": 3}}']) assert.match(lineOf(() => open(files, new TextEncoder().encode(text))).message, /no weight_map/);
    assert.equal(lineOf(() => open(files, index.slice(0, 200))).torn, true);
  });
});
