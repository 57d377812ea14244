import assert from "node:assert/strict";
import { telling } from "../../../../src/read/layout/leftOut";
import { foldOf, labelFoldersOf } from "../../../../src/read/layout/nnunet";
import { shownPath, withParts } from "../../../../src/read/layout/parts";
import { idlePictures } from "../../../../src/read/layout/pictures";
import type { FileEntry } from "../../../../src/read/layout/plan";

const files = (...paths: readonly string[]): FileEntry[] => paths.map((path, i) => ({ path, size: 100 + i, mtime: 1 }));
const paths = (entries: readonly FileEntry[]): string[] => entries.map(({ path }) => path);
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe("parts of files", () => {
  const whole = (...list: readonly string[]): Record<string, string[]> => Object.fromEntries(withParts(files(...list)).map((file) => [file.path, paths(file.parts ?? [])]));

  it("lie with their owner: shards, chunks, the data beside a header", () => {
    assert.deepEqual(whole("m.index", "m.data-00000-of-00001"), { "m.index": ["m.data-00000-of-00001"] });
    assert.deepEqual(whole("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"), {
      "model.safetensors.index.json": ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
    });
    assert.deepEqual(whole("a.mhd", "a.raw", "b.mhd", "b.zraw"), { "a.mhd": ["a.raw"], "b.mhd": ["b.zraw"] });
  });
  it("stand for themselves without their owner", () => {
    assert.deepEqual(whole("model-00001-of-00002.safetensors", "lone.raw", "x.data-00000-of-00001"), { "model-00001-of-00002.safetensors": [], "lone.raw": [], "x.data-00000-of-00001": [] });
  });
  it("of zarr are all below the array's folder, however chunks are called", () => {
    assert.deepEqual(whole("p.zarr/.zarray", "p.zarr/.zattrs", "p.zarr/0.0", "q.zarr/zarr.json", "q.zarr/c/0/1", "r.zarr/.zarray", "r.zarr/0/0/1", "s/.zgroup"), {
      "p.zarr/.zarray": ["p.zarr/.zattrs", "p.zarr/0.0"],
      "q.zarr/zarr.json": ["q.zarr/c/0/1"],
      "r.zarr/.zarray": ["r.zarr/0/0/1"],
      "s/.zgroup": [],
    });
  });
  it("a store is called by its folder", () => {
    assert.deepEqual(["a/p.zarr/.zarray", "p.zarr/zarr.json", ".zarray", "x/zarr.jsonl"].map(shownPath), ["a/p.zarr", "p.zarr", ".", "x/zarr.jsonl"]);
  });
});

describe("files that tell of a run", () => {
  it("transformers: the network and the longest history, not the states beside", () => {
    const beside = ["optimizer.pt", "scheduler.pt", "rng_state.pth", "rng_state_0.pth", "scaler.pt", "training_args.bin", "config.json"];
    const list = [10, 20].flatMap((n) => [...beside, "model.safetensors", "trainer_state.json"].map((name) => `out/checkpoint-${n}/${name}`));
    assert.deepEqual(paths(telling(files(...list))), ["out/checkpoint-10/config.json", "out/checkpoint-10/model.safetensors", "out/checkpoint-20/config.json", "out/checkpoint-20/model.safetensors", "out/checkpoint-20/trainer_state.json"]);
    assert.deepEqual(paths(telling(files("a/checkpoint-1/trainer_state.json", "a/trainer_state.json", "b/trainer_state.json"))), ["a/trainer_state.json", "b/trainer_state.json"]);
    assert.deepEqual(paths(telling(files("my/optimizer.pt"))), ["my/optimizer.pt"]);
  });
  it("nnU-Net: labels of what was prepared, no inputs", () => {
    const list = ["nnUNet_preprocessed/D/gt_segmentations/c.nii.gz", "nnUNet_preprocessed/D/p/c.npz", "nnUNet_raw/D/imagesTr/c_0000.nii.gz", "nnUNet_raw/D/labelsTr/c.nii.gz", "nnUNet_results/D/T__P__c/crossval_results_folds_0_1/c.nii.gz"];
    assert.deepEqual(paths(telling(files(...list))), [list[0], list[3]]);
  });
  it("what was installed, and a logger's own lines, tell nothing", () => {
    assert.deepEqual(telling(files("requirements.txt", "wandb/run-20260101_000000-a/logs/debug-internal.log", "wandb/run-20260101_000000-a/logs/debug.log", "LICENSE", "README.txt")), []);
  });
});

describe("pictures", () => {
  const idle = (...list: readonly string[]): string[] => [...idlePictures(list)];
  it("a case a file, in folders that say what they are", () => {
    const list = range(3).flatMap((i) => [`labels/img_00${i}.png`, `predictions/step_0126/img_00${i}.png`, `images/img_00${i}.png`]);
    assert.deepEqual(idle(...list), range(3).map((i) => `images/img_00${i}.png`));
  });
  it("told by their own names, two or more alike", () => {
    assert.deepEqual(idle("out/gt_1.png", "out/gt_2.png", "out/pred_1.png", "out/pred_2.png", "out/loss.png"), ["out/loss.png"]);
  });
  it("a folder of results counts where its pictures are named as labelled cases are", () => {
    assert.deepEqual(idle("masks/a_01.tif", "masks/a_02.tif", "results/a_01.tif", "results/a_02.tif", "results/curve.png"), ["results/curve.png"]);
  });
  it("plots and media are none", () => {
    const list = ["predictions.png", "confusion_matrix.png", "figures/pred_1.png", "figures/pred_2.png", "wandb/run-1/files/media/images/predictions_1_ab.png", "wandb/run-1/files/media/images/predictions_2_ab.png", "results.png"];
    assert.deepEqual(idle(...list), list);
  });
  it("a data set of thousands of masks beside a run is left alone, one that has predictions is not", () => {
    const masks = range(5000).map((i) => `data/masks/${i}.png`);
    assert.equal(idle(...masks).length, 5000);
    assert.equal(idle(...masks, "preds/1.png", "preds/2.png").length, 0);
  });
  it("100,000 of them quickly", () => {
    const list = range(100_000).map((i) => `images/${i % 100}/frame_${i}.png`);
    const began = performance.now();
    assert.equal(idle(...list).length, 100_000);
    assert.ok(performance.now() - began < 3000);
  });
});

describe("nnU-Net's tree", () => {
  it("labels of a fold, version 2 and 1", () => {
    const fold = foldOf("/data/nnUNet_results/Dataset501_Blobs/nnUNetTrainer__nnUNetPlans__2d/fold_0/");
    assert.deepEqual(fold, { results: "/data/nnUNet_results", dataset: "Dataset501_Blobs", trainer: "/data/nnUNet_results/Dataset501_Blobs/nnUNetTrainer__nnUNetPlans__2d" });
    const places = labelFoldersOf(fold);
    assert.equal(places[0], "/data/nnUNet_raw/Dataset501_Blobs/labelsTr");
    assert.equal(places.at(-1), "/data/nnUNet_preprocessed/Dataset501_Blobs/gt_segmentations");
    const old = labelFoldersOf(foldOf("/d/nnUNet_trained_models/nnUNet/3d_fullres/Task100_X/nnUNetTrainerV2__nnUNetPlansv2.1/fold_all/x.model")!);
    assert.ok(old.includes("/d/nnUNet_raw_data_base/nnUNet_raw_data/Task100_X/labelsTr"));
    assert.ok(old.includes("/d/nnUNet_trained_models/nnUNet/3d_fullres/Task100_X/nnUNetTrainerV2__nnUNetPlansv2.1/gt_niftis"));
    assert.equal(foldOf("/data/run/fold_0/"), null);
  });
});
