import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findRunsBelow, placed } from "../../../src/engine/discover";
import { LiveRuns } from "../../../src/engine/liveRuns";
import { RunSession } from "../../../src/engine/session";
import type { Inspection } from "../../../src/run";
import { built, copyOf, inspectOnce, npy, put, temporary } from "./support";

const map = (...classes: readonly number[]): Uint8Array => npy("|u1", [2, 4], Uint8Array.from(classes));
const LABEL = map(0, 1, 2, 0, 1, 2, 0, 0);
const CSV = "epoch,loss,val_loss\n0,0.9,1.0\n1,0.8,0.9\n";
const sources = (run: Inspection): string[] => run.sources.map(({ kind, path }) => `${kind} ${path}`);

describe("a run's files elsewhere", () => {
  it("folders of one name are one run's, each kind in its place", async () => {
    const root = temporary();
    for (const name of ["a", "b"]) {
      put(join(root, "logs", name, "training.csv"), CSV);
      put(join(root, "predictions", name, "epoch_1.npy"), LABEL);
      put(join(root, "predictions", name, "gt.npy"), LABEL);
    }
    const found = findRunsBelow(root, true).map((run) => placed(root, run));
    assert.deepEqual(found, ["a", "b"].map((name) => ({ folder: join(root, "logs", name), also: [`../../predictions/${name}`] })));
    const session = new RunSession(found[0]!.folder, { cacheFolder: null });
    const run = await session.inspect({}, { also: found[0]!.also });
    assert.ok(run !== null);
    assert.deepEqual(sources(run), ["predictions ../../predictions/a/epoch_1.npy", "labels ../../predictions/a/gt.npy", "log training.csv"]);
    assert.deepEqual(run.epochs.map(({ epoch, predictions }) => [epoch, predictions]), [[0, "../../predictions/a/epoch_1.npy"]]);
    assert.equal(session.look(), "same");
    put(join(root, "predictions", "a", "epoch_2.npy"), LABEL);
    assert.equal(session.look(), "changed");
  });

  it("labels of an nnU-Net fold lie in the data's folder beside the results", async () => {
    const root = temporary();
    const trainer = join(root, "nnUNet_results", "Dataset007_Any", "nnUNetTrainer__nnUNetPlans__2d");
    for (const n of [1, 2, 3]) put(join(root, "nnUNet_raw", "Dataset007_Any", "labelsTr", `any_00${n}.npy`), map(n, 0, 1, 2, 0, 0, 1, 1));
    for (const fold of [0, 1]) for (const n of [1, 2]) put(join(trainer, `fold_${fold}`, "validation", `any_00${n}.npy`), LABEL);
    for (const fold of [0, 1]) put(join(trainer, `fold_${fold}`, "training.csv"), CSV);
    const run = await inspectOnce(join(trainer, "fold_1"));
    assert.deepEqual(run.epochs.map((e) => [e.epoch, e.predictions, e.cases]), [[1, "validation", 2]]);
    assert.ok(run.assumptions.some((line) => line.startsWith("2 of the 3 labelled cases in ../../../../nnUNet_raw/Dataset007_Any/labelsTr have predictions")), run.assumptions.join("\n"));
    const chosen = join(root, "other");
    mkdirSync(chosen);
    put(join(chosen, "any_001.npy"), map(1, 1, 1, 1, 1, 1, 1, 1));
    const other = await inspectOnce(join(trainer, "fold_1"), { labels: chosen });
    assert.equal(other.epochs[0]?.cases, 1, "what the user names goes before");
  });
});

describe("what is no source", () => {
  it("text that is no log, states of helpers, plots", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    put(join(root, "notes.txt"), "To do: try a larger learning rate.\nAsk Anna about the data.\n");
    put(join(root, "requirements.txt"), "numpy==2.0\ntorch==2.4\n");
    put(join(root, "plot.png"), "no picture");
    const run = await inspectOnce(root);
    assert.deepEqual(sources(run), ["log training.csv"]);
    assert.deepEqual(run.problems, []);
  });

  it("the parts of an array in many files are not listed; the store is, by its folder", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    const meta = { zarr_format: 2, shape: [2, 4], chunks: [2, 4], dtype: "|u1", compressor: null, fill_value: 0, order: "C", filters: null };
    for (const store of ["gt.zarr", "preds/epoch_1.zarr"]) {
      put(join(root, store, ".zarray"), JSON.stringify(meta));
      put(join(root, store, "0.0"), Uint8Array.from([0, 1, 2, 0, 1, 2, 0, 0]));
    }
    const run = await inspectOnce(root);
    assert.deepEqual(sources(run), ["labels gt.zarr", "predictions preds/epoch_1.zarr", "log training.csv"]);
    assert.deepEqual(run.epochs.map(({ epoch, cases, labels }) => [epoch, cases, labels]), [[0, 1, "gt.zarr"]]);
  });
});

describe("runs that the user leaves out", function () {
  this.timeout(60_000);
  it("are not inspected, are found again when they no longer are, and are shown when taken in by hand", async () => {
    const root = temporary();
    for (const name of ["one", "two"]) copyOf("digits-cross-entropy", join(root, name), ["training.csv"]);
    let left = "two";
    const log: string[] = [];
    const runs = new LiveRuns({ roots: [root], workerScript: join(await built(), "worker.js"), workers: 1, cacheFolder: null, optionsOf: () => ({}), excludes: (folder) => folder === join(root, left), log: (line) => log.push(line), pollRunning: 1e8, pollIdle: 1e8 });
    try {
      const names = (): string[] => runs.entries.map(({ label, phase }) => `${label} ${phase}`);
      await runs.refresh();
      assert.deepEqual(names(), ["one ready"]);
      left = "one";
      await runs.refresh();
      assert.deepEqual(names(), ["two ready"]);
      await runs.add(join(root, "one"));
      assert.deepEqual(names(), ["one ready", "two ready"]);
      await runs.refresh();
      assert.deepEqual(names(), ["one ready", "two ready"]);
      assert.deepEqual(log, []);
    } finally {
      await runs.dispose();
    }
  });
});
