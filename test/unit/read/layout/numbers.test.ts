import assert from "node:assert/strict";
import { numberInName, numbersInNames } from "../../../../src/read/layout/numbers";

const NAMES: readonly (readonly [path: string, number: number | null, counts: "epoch" | "step" | null])[] = [
  ["predictions/epoch_001.npz", 1, "epoch"],
  ["val_preds/ep1.npz", 1, "epoch"],
  ["ckpt/model-07.h5", 7, null],
  ["training_1/cp-0010.weights.h5", 10, null],
  ["tf_ckpts/ckpt-12.index", 12, null],
  ["tf_ckpts/ckpt-12.data-00000-of-00001", 12, null],
  ["ckpt/weights.01.weights.h5", 1, null],
  ["out/val_0001.npz", 1, null],
  ["weights/w_00.weights.h5", 0, null],
  ["preds/step_2000.npy", 2000, "step"],
  ["results/e12", 12, "epoch"],
  ["checkpoints/0005/model.weights.h5", 5, null],
  ["2026-05-03_run2/checkpoints/0010/model.weights.h5", 10, null],
  ["weights.05-0.32.h5", 5, null],
  ["weights.05-0.32.hdf5", 5, null],
  ["model_epoch12_loss0.123.keras", 12, "epoch"],
  ["epoch=8-step=567.ckpt", 8, "epoch"],
  ["epoch=08-val_loss=0.3210.keras", 8, "epoch"],
  ["valEpoch3.npy", 3, "epoch"],
  ["predictions/epoch_003/0001.nii.gz", 3, "epoch"],
  ["checkpoint-756/model.safetensors", 756, null],
  ["iter_400/pred.npy", 400, "step"],
  ["20260503_142211_epoch_4.keras", 4, "epoch"],
  ["resnet50_256x256_epoch_3.h5", 3, "epoch"],
  ["2026-05-03_run2/out/val_target.npz", null, null],
  ["model_v3.h5", null, null],
  ["unet3d.h5", null, null],
  ["net_256x256.keras", null, null],
  ["best_0.8712.keras", null, null],
  ["lr1e-4/best.keras", null, null],
  ["fold_2/best.keras", null, null],
  ["training_1/last.keras", null, null],
  ["tb/train/events.out.tfevents.1795420610.vm.26831.4.v2", null, null],
  ["val_masks.npy", null, null],
  ["a.nii.gz", null, null],
  ["", null, null],
];

describe("numberInName", () => {
  for (const [path, number, counts] of NAMES) it(`${path} → ${number ?? "none"}`, () => assert.deepEqual(numberInName(path), { number, counts }));
});

describe("numbersInNames", () => {
  const of = (paths: readonly string[]): (number | null)[] => numbersInNames(paths).map((n) => n.number);
  it("takes the digits that vary", () => {
    assert.deepEqual(of(["unet_64_3.keras", "unet_64_10.keras"]), [3, 10]);
    assert.deepEqual(of(["w_3_64.keras", "w_10_64.keras"]), [3, 10]);
    assert.deepEqual(of(["epoch_100_lr/cp-01.h5", "epoch_100_lr/cp-02.h5"]), [1, 2]);
    assert.deepEqual(of(["v1/model.keras", "v2/model.keras"]), [null, null]);
  });
  it("goes by the epoch's word first, and reads strangers alone", () => {
    assert.deepEqual(of(["epoch=1-step=63.ckpt", "epoch=2-step=126.ckpt", "last.ckpt"]), [1, 2, null]);
    assert.deepEqual(of(["weights.01-0.90.h5", "weights.02-0.85.h5", "weights.10-1.02.h5"]), [1, 2, 10]);
    assert.deepEqual(of([]), []);
  });
});
