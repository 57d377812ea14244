import assert from "node:assert/strict";
import { isIgnoredFolder } from "../../../../src/read/layout/findRuns";
import { found, under } from "./trees";

const EVENTS = "events.out.tfevents.1700000000.host.1.0";
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

const fold = (n: number | string, name = "nnUNetTrainer__nnUNetPlans__3d_fullres", data = "Dataset501_Blobs"): string[] =>
  under(`nnUNet_results/${data}/${name}/fold_${n}`, ["checkpoint_best.pth", "checkpoint_final.pth", "debug.json", "progress.png", "training_log_2026_11_23_17_29_09.txt", "validation/case_000.nii.gz", "validation/summary.json"]);
const NNUNET_DATA = [
  ...range(3).flatMap((i) => under("nnUNet_raw/Dataset501_Blobs", [`imagesTr/case_00${i}_0000.nii.gz`, `labelsTr/case_00${i}.nii.gz`])),
  "nnUNet_raw/Dataset501_Blobs/dataset.json",
  ...under("nnUNet_preprocessed/Dataset501_Blobs", ["dataset.json", "splits_final.json", "nnUNetPlans_3d_fullres/case_000.npz", "gt_segmentations/case_000.nii.gz"]),
];
const trainer = (out: string): string[] => [
  ...[126, 252].flatMap((n) => under(`${out}/checkpoint-${n}`, ["config.json", "model.safetensors", "optimizer.pt", "rng_state.pth", "scheduler.pt", "trainer_state.json", "training_args.bin"])),
  `${out}/trainer_state.json`,
  `${out}/runs/Nov23_17-36-25_host/${EVENTS}`,
];
const version = (n: number, root = "lightning_logs"): string[] => under(`${root}/version_${n}`, ["metrics.csv", "hparams.yaml", "checkpoints/epoch=8-step=567.ckpt", "checkpoints/last.ckpt"]);
const mlrun = (id: string, exp = "775190608187833023"): string[] => [
  `mlruns/${exp}/meta.yaml`,
  ...under(`mlruns/${exp}/${id}`, ["meta.yaml", "metrics/train_loss", "metrics/dice/class_0", "params/lr", "tags/mlflow.user", "artifacts/checkpoints/ckpt_03.pt", "artifacts/dice.txt"]),
];
const wandb = (id: string, kind = "offline-run"): string[] => under(`wandb/${kind}-20261123_17511${id.length}-${id}`, [`run-${id}.wandb`, "files/requirements.txt", "files/config.yaml", "logs/debug.log", "logs/debug-internal.log"]);
const ultralytics = (name: string): string[] => under(`runs/segment/${name}`, ["args.yaml", "results.csv", "weights/best.pt", "weights/last.pt", "results.png", "labels.jpg", "val_batch0_pred.jpg"]);
const mmseg = (name: string, times: readonly string[]): string[] => [...times.flatMap((t) => under(`work_dirs/${name}/${t}`, [`${t}.log`, "vis_data/scalars.json", `vis_data/${t}.json`, "vis_data/config.py"])), ...under(`work_dirs/${name}`, ["iter_4000.pth", "iter_8000.pth", "last_checkpoint"])];
const hydra = (place: string): string[] => under(place, [".hydra/config.yaml", "train.log", "metrics.csv", "checkpoints/best.ckpt"]);
const LABELLED = ["labels/val.npz", "predictions/epoch_001.npz", "predictions/epoch_002.npz"];

/** One training, with what lies around it. */
const ONE: Readonly<Record<string, readonly string[]>> = {
  "nnU-Net: one fold with raw and preprocessed data": [...NNUNET_DATA, ...fold(0), "nnunet_stdout.txt = hello\n"],
  "nnU-Net: fold_all of another trainer": [...NNUNET_DATA, ...fold("all", "nnUNetTrainerV2_Loss__nnUNetPlansv2.1")],
  "transformers: Trainer": [...trainer("trainer_output"), ...range(3).flatMap((i) => [`labels/img_00${i}.png`, `predictions/step_0126/img_00${i}.png`])],
  "transformers: Trainer at the top": trainer("out").map((path) => path.slice(4)),
  "Lightning: one version, two loggers": [...version(0), `tb_logs/digits/version_0/${EVENTS}`, "tb_logs/digits/version_0/hparams.yaml", ...LABELLED],
  "MLflow: one run": [...mlrun("c2666ed093f44f63a7254abae1a5fcc8"), "mlruns/0/meta.yaml", ...LABELLED],
  "W&B: one run, online": [...wandb("9vk5jlm3", "run"), "checkpoints/epoch_02.safetensors", ...LABELLED],
  "W&B: one run, offline": [...wandb("9vk5jlm3"), "checkpoints/epoch_02.safetensors", ...LABELLED],
  "MONAI bundle": ["configs/train.json = {}", "models/model.pt", "models/model_key_metric=0.91.pt", `eval/${EVENTS}`, "runs/metrics.csv", "dataset.json"],
  "Ultralytics: one training": ultralytics("train"),
  "mmengine: two starts of one work_dir": mmseg("fcn_unet", ["20230501_120000", "20230502_090000"]),
  "Detectron2": ["output/metrics.json", "output/model_0004999.pth", "output/model_final.pth", "output/last_checkpoint", `output/${EVENTS}`],
  "fastai": ["models/model.pth", "history.csv"],
  "DVCLive": ["dvclive/metrics.json", "dvclive/params.yaml", "dvclive/plots/metrics/train/loss.tsv", "models/best.pt"],
  "hydra: one run": hydra("outputs/2023-05-01/12-30-45"),
  "flat folder": ["history.csv", "best_model.pth", "val_masks.npy", "val_preds.npy"],
  "pictures a case in a folder an epoch": ["log.csv", ...range(4).flatMap((i) => [`masks/case_00${i}.png`, `preds/epoch_1/case_00${i}.png`, `preds/epoch_2/case_00${i}.png`, `images/case_00${i}.png`])],
};

describe("findRuns: one training of a framework", () => {
  for (const [name, paths] of Object.entries(ONE)) {
    it(`${name}: named by the user`, () => assert.deepEqual(found(paths, true), ["."]));
    it(`${name}: further down`, () => assert.deepEqual(found(under("a/first try", paths), true), ["."]));
    it(`${name}: found once in a workspace`, () => assert.equal(found(["train.py", ...under("project", paths)]).length, 1));
  }
});

/** Several trainings: paths and where the runs are. */
const SEVERAL: Readonly<Record<string, { readonly paths: readonly string[]; readonly runs: readonly string[] }>> = {
  "nnU-Net: folds": { paths: [...NNUNET_DATA, ...fold(0), ...fold(1), ...fold(4)], runs: [0, 1, 4].map((n) => `nnUNet_results/Dataset501_Blobs/nnUNetTrainer__nnUNetPlans__3d_fullres/fold_${n}`) },
  "nnU-Net: trainers": {
    paths: [...NNUNET_DATA, ...fold(0), ...fold(0, "nnUNetTrainerDA5__nnUNetPlans__2d")],
    runs: ["nnUNetTrainer__nnUNetPlans__3d_fullres", "nnUNetTrainerDA5__nnUNetPlans__2d"].map((t) => `nnUNet_results/Dataset501_Blobs/${t}/fold_0`),
  },
  "transformers: two output folders": { paths: [...trainer("out_a"), ...trainer("out_b")], runs: ["out_a", "out_b"] },
  "Lightning: versions": { paths: [...version(0), ...version(1), ...version(12)], runs: [0, 1, 12].map((n) => `lightning_logs/version_${n}`) },
  "Lightning: versions of two loggers": {
    paths: [0, 1].flatMap((n) => [...version(n), `tb_logs/digits/version_${n}/${EVENTS}`]),
    runs: [0, 1].map((n) => `lightning_logs/version_${n} + tb_logs/digits/version_${n}`),
  },
  "MLflow: two runs of one experiment": { paths: [...mlrun("aa01"), ...mlrun("bb02")], runs: ["aa01", "bb02"].map((id) => `mlruns/775190608187833023/${id}`) },
  "MLflow: runs of two experiments": { paths: [...mlrun("aa01", "1"), ...mlrun("bb02", "2")], runs: ["mlruns/1/aa01", "mlruns/2/bb02"] },
  "W&B: two runs": { paths: [...wandb("abc"), ...wandb("abcd")], runs: ["wandb/offline-run-20261123_175113-abc", "wandb/offline-run-20261123_175114-abcd"] },
  "Ultralytics: train, train2, train3": { paths: ["train", "train2", "train3"].flatMap(ultralytics), runs: ["train", "train2", "train3"].map((n) => `runs/segment/${n}`) },
  "mmengine: two work_dirs": { paths: [...mmseg("fcn", ["20230501_120000"]), ...mmseg("unet", ["20230501_120000", "20230502_120000"])], runs: ["work_dirs/fcn", "work_dirs/unet"] },
  "hydra: two runs of a day": { paths: [...hydra("outputs/2023-05-01/12-30-45"), ...hydra("outputs/2023-05-01/13-00-00")], runs: ["outputs/2023-05-01/12-30-45", "outputs/2023-05-01/13-00-00"] },
  "hydra: multirun": { paths: range(3).flatMap((n) => hydra(`multirun/2023-05-01/12-30-45/${n}`)), runs: range(3).map((n) => `multirun/2023-05-01/12-30-45/${n}`) },
  "each kind in a folder of its own": {
    paths: ["a", "b"].flatMap((n) => [`logs/${n}/metrics.csv`, `checkpoints/${n}/e_01.keras`, `predictions/${n}/epoch_1.npy`]),
    runs: ["a", "b"].map((n) => `logs/${n} + checkpoints/${n} + predictions/${n}`),
  },
};

describe("findRuns: several trainings of a framework", () => {
  for (const [name, { paths, runs }] of Object.entries(SEVERAL)) {
    for (const explicit of [false, true]) {
      it(`${name}${explicit ? ": named by the user" : ""}`, () => assert.deepEqual(found(paths, explicit), runs));
      it(`${name}${explicit ? ": named by the user" : ""}: with code beside`, () => assert.deepEqual(found(["train.py", "README.md", ...paths], explicit), runs));
    }
  }
});

describe("findRuns: what no framework trained", () => {
  it("networks of others, exports, data sets of pictures, plots", () => {
    for (const paths of [["pretrained/resnet50.pth"], ["export/model.onnx", "web/model.json = {}"], range(50).map((i) => `data/train/masks/img_${i}.png`), ["predictions.png", "figures/confusion_matrix.png", "results/loss.png"]]) {
      assert.deepEqual(found(paths), [], paths[0]);
    }
  });
  it("settings of hydra are listed, other hidden folders are not", () => {
    assert.ok(!isIgnoredFolder(".hydra"));
    assert.ok(isIgnoredFolder(".git"));
  });
});
