import assert from "node:assert/strict";
import { findRuns, isIgnoredFolder } from "../../../../src/read/layout/findRuns";
import { found, HDF5, TABLE, tree, under } from "./trees";

const WHOLE = ["training.csv", "checkpoints/epoch_01.keras", "checkpoints/epoch_02.keras", "labels/val.npz", "predictions/epoch_001.npz"];
const EVENTS = ["train/events.out.tfevents.1.vm.1.0.v2", "validation/events.out.tfevents.1.vm.1.1.v2"];

/** Everything that one training wrote: one run, at the folder that holds all of it. */
const ONE: Readonly<Record<string, readonly string[]>> = {
  "log, checkpoints, predictions": WHOLE,
  "tb/ beside a CSV": ["training.csv", "history.json", ...under("tb", EVENTS), "saved_model/saved_model.pb", "inputs/val.npz"],
  "only event files": EVENTS,
  "runs/exp1 beside training_1 and eval": [...under("runs/exp1", EVENTS), "training_1/cp-0001.weights.h5", "training_1/cp-0002.weights.h5", "eval/gt.npy", "eval/pred_0001.npy"],
  "logs/, ckpt/, val_preds/": ["logs/train_log.csv", "ckpt/weights.01.weights.h5", "val_masks.npy", "val_preds/ep1.npy"],
  "a folder a checkpoint": ["csv/metrics.csv", "checkpoints/0001/model.weights.h5", "checkpoints/0005/model.weights.h5", "out/val_0001.npz", "out/val_target.npz"],
  "checkpoints/best and checkpoints/last": ["logs/history.csv", "checkpoints/best/model.keras", "checkpoints/last/model.keras"],
  "curves with folders of their own": ["events.out.tfevents.1.a.1.0", "loss_train/events.out.tfevents.1.a.1.1", "loss_val/events.out.tfevents.1.a.1.2"],
  "two loggers": ["lightning_logs/version_0/metrics.csv", "tb_logs/digits/version_0/events.out.tfevents.1.a.1.0", "predictions/epoch_000.npz", "labels/val.npz"],
  "weights beside an HDF5 of outputs": ["log.tsv", `val_out.h5 = ${HDF5}target`, "weights/w_00.weights.h5", "weights/w_02.weights.h5"],
  "results/ and saved/": ["metrics.json", "results/val_argmax.npz", "results/val_gt.npz", "saved/epoch_01.keras"],
  "checkpoints without a log": ["checkpoints/a_01.keras", "checkpoints/a_02.keras", "labels/val.npz", "predictions/epoch_001.npz"],
  "only training events so far": ["train/events.out.tfevents.1.vm.1.0.v2"],
};

describe("findRuns: what one training wrote", () => {
  for (const [name, paths] of Object.entries(ONE)) {
    it(`${name}: named by the user`, () => assert.deepEqual(found(paths, true), ["."]));
    it(`${name}: two levels further down, named by the user`, () => assert.deepEqual(found(under("a/2026-05-03_run2", paths), true), ["."]));
    it(`${name}: one of three in a workspace`, () => {
      const workspace = ["train.py", "data/images/1.png", ...["exp1", "exp2", "exp3"].flatMap((run) => under(`runs/${run}`, paths))];
      assert.deepEqual(found(workspace), ["runs/exp1", "runs/exp2", "runs/exp3"]);
      assert.deepEqual(found(workspace, true), ["runs/exp1", "runs/exp2", "runs/exp3"]);
    });
  }
  it("a log beside folders of texts that are called as logs are, and are none", () => {
    const texts = ["docs/results.txt = Model Dice IoU\nUNet 0.91 0.85\nFCN 0.82 0.75\n", "splits/fold_0_val.txt = 000001\n000002\n", "splits/train_list.txt = case_001 1\ncase_002 0\n", "setup/install.log = Step 1: 10\nStep 2: 20\n"];
    assert.deepEqual(found(["metrics.csv", ...texts]), ["."]);
    assert.deepEqual(found(texts), []);
    // A training that has just begun.
    assert.deepEqual(found(["exp7/run.log = Namespace(lr 0.1)\nEpoch 1/9 | train loss 0.5\n"]), ["exp7"]);
  });
  it("a workspace that itself holds a training", () => assert.deepEqual(found(["train.py", ...WHOLE]), ["."]));
  it("a container around one training keeps its own name when nothing lies beside", () => assert.deepEqual(found([...under("run-33/2026-05-03_run2", WHOLE), ...under("run-34", WHOLE)]), ["run-33/2026-05-03_run2", "run-34"]));
});

describe("findRuns: several trainings", () => {
  it("a script that was started twice with W&B in its folder: what it saved is the latest start's", () => {
    const attempts = ["20240501_120000-aa", "20240502_090000-bb"].map((name) => `wandb/offline-run-${name}/run-${name.slice(-2)}.wandb`);
    assert.deepEqual(found([...attempts, "ckpts/checkpoint_8.pt", "ckpts/checkpoint_16.pt", "preds/ep01.npz", "preds/ep03.npz", "labels/val.npz"], true), [".", "wandb/offline-run-20240501_120000-aa"]);
    assert.deepEqual(found([...attempts, "output/checkpoint-8/model.safetensors", "output/checkpoint-16/model.safetensors"], true), [".", "wandb/offline-run-20240501_120000-aa"]);
    assert.deepEqual(found(attempts, true), ["wandb/offline-run-20240501_120000-aa", "wandb/offline-run-20240502_090000-bb"]);
  });
  it("logs/run_a, logs/run_b beside checkpoints/run_a, checkpoints/run_b are two, each with both", () => {
    const paths = ["logs/run_a/training.csv", "logs/run_b/training.csv", "checkpoints/run_a/e_01.keras", "checkpoints/run_b/e_01.keras"];
    const both = ["logs/run_a + checkpoints/run_a", "logs/run_b + checkpoints/run_b"];
    assert.deepEqual(found(paths), both);
    assert.deepEqual(found(paths, true), both);
  });
  it("versions of a logger", () => assert.deepEqual(found([0, 1, 2].map((n) => `lightning_logs/version_${n}/metrics.csv`)), [0, 1, 2].map((n) => `lightning_logs/version_${n}`)));
  it("a table over all runs makes their folder no run", () => assert.deepEqual(found(["summary.csv", ...under("a", WHOLE), ...under("b", WHOLE)]), ["a", "b"]));
  it("runs of different depth, in the order of the tree", () => {
    assert.deepEqual(found([...under("a/x/y", WHOLE), ...under("b", EVENTS), "c/model.keras"]), ["a/x/y", "b", "c"]);
  });
});

describe("findRuns: what is no run", () => {
  it("data sets, tables, code, an HDF5 of data", () => {
    for (const explicit of [false, true]) {
      assert.deepEqual(found(["imagesTr/case_1_0000.nii.gz", "labelsTr/case_1.nii.gz", "dataset.json = {\"name\": \"x\"}"], explicit), []);
      assert.deepEqual(found([`people.csv = ${TABLE}`, "readme.md", "a/b/c.py"], explicit), []);
      assert.deepEqual(found([`train.h5 = ${HDF5}images`], explicit), []);
      assert.deepEqual(found([], explicit), []);
    }
  });
  it("a lone checkpoint folder is one, so is a lone legacy .h5", () => {
    for (const explicit of [false, true]) assert.equal(found(["unet/checkpoints/e_01.keras"], explicit).length, 1);
    assert.deepEqual(found(["net/model.h5"]), ["net"]);
  });
  it("predictions with labels alone are one", () => {
    assert.deepEqual(found(["predictions/epoch_1.npy", "labels/val.npy"], true), ["."]);
    assert.deepEqual(found(["out/val_1.npy", "out/val_2.npy", "out/val_target.npy"], true), ["."]);
  });
  it("ignored folders", () => {
    for (const name of ["node_modules", ".git", ".venv", "venv", "env", "site-packages", "__pycache__", ".ipynb_checkpoints", "dist", ".hidden", "venv3.11"]) assert.ok(isIgnoredFolder(name), name);
    for (const name of ["runs", "environment_maps", "logs", "distance", "data", "envelope"]) assert.ok(!isIgnoredFolder(name), name);
  });
});

describe("findRuns: large trees", () => {
  it("10,000 folders: right, quickly, with few heads", () => {
    const paths: string[] = [];
    for (let i = 0; i < 2000; i++) paths.push(...under(`lab${i % 20}/run_${i}`, WHOLE));
    for (let i = 0; i < 2000; i++) paths.push(`data/case_${i}/image.nii.gz`, `data/case_${i}/label.nii.gz`);
    const { root, head, heads } = tree(paths);
    const began = performance.now();
    const runs = findRuns(root, head, { explicit: false });
    const took = performance.now() - began;
    assert.equal(runs.length, 2000);
    assert.ok(runs.every((run) => /^lab\d+\/run_\d+$/.test(run.path)));
    assert.ok(took < 3000, `took ${took} ms`);
    assert.equal(heads(), 2000);
  });
  it("100,000 files in one folder", () => {
    const { root, head, heads } = tree(["training.csv", ...Array.from({ length: 100_000 }, (_, i) => `t/${i}.csv = ${TABLE}`), ...Array.from({ length: 1000 }, (_, i) => `d/${i}.json = {}`)]);
    assert.deepEqual(findRuns(root, head, { explicit: false }), [{ path: "." }]);
    assert.ok(heads() < 50, `${heads()} heads`);
  });
  it("unreadable files", () => {
    const { root } = tree(WHOLE);
    assert.deepEqual(findRuns(root, () => null, { explicit: false }), [{ path: "." }]);
  });
});
