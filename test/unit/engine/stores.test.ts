import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { findRunsBelow } from "../../../src/engine/discover";
import { RunSession } from "../../../src/engine/session";
import { age, inspected, inspectOnce, put, ROOT, temporary } from "./support";

const CSV = "epoch,loss,val_loss\n0,0.9,1.0\n1,0.8,0.9\n";
const LABEL = [0, 1, 2, 0, 1, 2, 0, 0];
const array = (shape: readonly number[]): string => JSON.stringify({ zarr_format: 2, shape, chunks: shape, dtype: "|u1", compressor: null, fill_value: 0, order: "C", filters: null });
const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const array3 = (shape: readonly number[]): string =>
  JSON.stringify({ zarr_format: 3, node_type: "array", shape, data_type: "uint8", chunk_grid: { name: "regular", configuration: { chunk_shape: shape } }, chunk_key_encoding: { name: "default", configuration: { separator: "/" } }, fill_value: 0, codecs: [{ name: "bytes" }], attributes: {} });

describe("arrays in folders", () => {
  it("change when a chunk is written anew", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    for (const [store, values] of [["gt.zarr", LABEL], ["preds/epoch_1.zarr", LABEL]] as const) {
      put(join(root, store, ".zarray"), array([2, 4]));
      put(join(root, store, "0.0"), bytes(...values));
    }
    const session = new RunSession(root, { cacheFolder: null });
    const before = await inspected(session);
    assert.equal(session.look(), "same");
    put(join(root, "preds/epoch_1.zarr", "0.0"), bytes(0, 1, 0, 0, 1, 0, 0, 0), 1e9);
    assert.equal(session.look(), "changed");
    const after = await inspected(session);
    assert.deepEqual([before, after].map((run) => run.epochs[0]?.caseDice[2]), [1, 0]);
  });

  it("of an image pyramid count at full size alone, in zarr 2 and 3", async () => {
    for (const version of [2, 3]) {
      const root = temporary();
      put(join(root, "training.csv"), CSV);
      for (const [store, values] of [["labels/case_1.zarr", LABEL], ["predictions/epoch_1/case_1.zarr", LABEL]] as const) {
        const multiscales = [{ version: "0.4", datasets: [{ path: "0" }, { path: "1" }] }];
        if (version === 2) {
          put(join(root, store, ".zgroup"), '{"zarr_format": 2}');
          put(join(root, store, ".zattrs"), JSON.stringify({ multiscales }));
        } else put(join(root, store, "zarr.json"), JSON.stringify({ zarr_format: 3, node_type: "group", attributes: { ome: { version: "0.5", multiscales } } }));
        const place = (level: number): string => join(root, store, String(level), version === 2 ? ".zarray" : "zarr.json");
        const chunk = version === 2 ? "0.0" : "c/0/0";
        put(place(0), version === 2 ? array([2, 4]) : array3([2, 4]));
        put(join(root, store, "0", chunk), bytes(...values));
        put(place(1), version === 2 ? array([1, 2]) : array3([1, 2]));
        put(join(root, store, "1", chunk), bytes(0, 2));
      }
      const run = await inspectOnce(root);
      assert.deepEqual(run.epochs.map(({ cases, classes, confusion }) => [cases, classes, [...confusion]]), [[1, 3, [4, 0, 0, 0, 2, 0, 0, 0, 2]]], `zarr ${version}`);
      assert.deepEqual(run.problems, []);
      assert.ok(!run.sources.some(({ path }) => path.endsWith("/1")), run.sources.map(({ path }) => path).join("\n"));
    }
  });

  it("in a group of numbered arrays that is no pyramid are all there", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    for (const store of ["labels.zarr", "predictions.zarr"]) {
      put(join(root, store, ".zgroup"), '{"zarr_format": 2}');
      put(join(root, store, ".zattrs"), '{"made_by": "someone"}');
      for (const n of [0, 1]) {
        put(join(root, store, String(n), ".zarray"), array([2, 4]));
        put(join(root, store, String(n), "0.0"), bytes(...LABEL));
      }
    }
    const run = await inspectOnce(root);
    assert.deepEqual(run.sources.map(({ path }) => path).filter((path) => /zarr/.test(path)).length, 4, JSON.stringify(run.sources));
  });
});

describe("files beginning with a dot", () => {
  it("the index of a distributed checkpoint is read", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    cpSync(join(ROOT, "test", "fixtures", "formats", "torch-distributed", "sharded"), join(root, "checkpoint_3"), { recursive: true });
    age(root);
    const run = await inspectOnce(root);
    assert.ok(run.checkpoints.some(({ path, tensors }) => path.endsWith(".metadata") && tensors.length > 0), JSON.stringify(run.sources));
  });
});

describe("checkpoints called .pth.tar", () => {
  it("make a folder a run", () => {
    const root = temporary();
    // A pickle of protocol 2 with torch's magic number, as torch.save wrote before its zip files.
    put(join(root, "exp", "checkpoint.pth.tar"), bytes(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 0x02, 0x4d, 0xe9, 0x03, 0x2e));
    assert.deepEqual(findRunsBelow(root, false).map(({ path }) => path), ["exp"]);
  });
});
