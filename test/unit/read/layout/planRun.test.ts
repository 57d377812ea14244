import assert from "node:assert/strict";
import { lines, plan, v, type Array_ } from "./headers";

interface Layout {
  readonly name: string;
  readonly arrays: readonly Array_[];
  readonly pairs: readonly string[];
  /** Paths of label plans. */
  readonly labels?: readonly string[];
  readonly assumed?: RegExp;
}

const epochs = (numbers: readonly number[], of: (n: number) => Array_ | Array_[]): Array_[] => numbers.flatMap(of);
const pad = (n: number, width: number): string => String(n).padStart(width, "0");

const LAYOUTS: readonly Layout[] = [
  {
    name: "labels/, predictions/ and inputs/ with one array a file",
    arrays: [v("inputs/val.npz#x", "f4 40,28,28,1", "continuous"), v("labels/val.npz#label", "u1 40,28,28"), ...epochs([1, 2, 3], (n) => v(`predictions/epoch_00${n}.npz#prediction`, "u1 40,28,28"))],
    pairs: [1, 2, 3].map((n) => `val ${n} predictions/epoch_00${n}.npz < labels/val.npz (1)`),
    labels: ["labels/val.npz"],
  },
  {
    name: "a folder of cases an epoch",
    arrays: [
      ...epochs([0, 1, 2], (c) => v(`labels/case_00${c}.nii.gz`, "u1 8,8,8")),
      ...epochs([1, 2], (n) => epochs([0, 1, 2], (c) => v(`predictions/epoch_00${n}/case_00${c}.nii.gz`, "u1 8,8,8"))),
    ],
    pairs: ["val 1 predictions/epoch_001 < labels (3)", "val 2 predictions/epoch_002 < labels (3)"],
    labels: ["labels"],
  },
  {
    name: "val_masks.npy one-hot, val_preds/ep1.npz as probabilities",
    arrays: [v("val_masks.npy", "u1 9,28,28,5"), ...epochs([1, 5, 10], (n) => v(`val_preds/ep${n}.npz#softmax`, "f2 9,28,28,5", "shares"))],
    pairs: [1, 5, 10].map((n) => `val ${n} val_preds/ep${n}.npz < val_masks.npy (1)`),
  },
  {
    name: "keys of one npz are epochs",
    arrays: [v("results/val_gt.npz#y", "i4 24,56,56"), ...epochs([1, 2, 15], (n) => v(`results/val_argmax.npz#e${pad(n, 2)}`, "u1 24,56,56"))],
    pairs: [1, 2, 15].map((n) => `val ${n} results/val_argmax.npz#e${pad(n, 2)} < results/val_gt.npz (1)`),
  },
  {
    name: "eval/gt.npy beside eval/pred_0001.npy",
    arrays: [v("eval/gt.npy", "u1 40,28,28"), ...epochs([1, 6, 24], (n) => v(`eval/pred_${pad(n, 4)}.npy`, "u1 40,28,28"))],
    pairs: [1, 6, 24].map((n) => `val ${n} eval/pred_${pad(n, 4)}.npy < eval/gt.npy (1)`),
  },
  {
    name: "one HDF5 file holds all",
    arrays: [...epochs([0, 1, 12], (n) => v(`val_out.h5#pred/epoch_${pad(n, 2)}`, "u1 48,28,28")), v("val_out.h5#target", "u1 48,28,28")],
    pairs: [0, 1, 12].map((n) => `val ${n} val_out.h5#pred/epoch_${pad(n, 2)} < val_out.h5#target (1)`),
    labels: ["val_out.h5#target"],
  },
  {
    name: "HDF5 groups an epoch, with labels in each",
    arrays: epochs([1, 2], (n) => [v(`run.h5#epoch_${n}/y_pred`, "f4 6,16,16,3", "shares"), v(`run.h5#epoch_${n}/y_true`, "u1 6,16,16")]),
    pairs: [1, 2].map((n) => `val ${n} run.h5#epoch_${n}/y_pred < run.h5#epoch_${n}/y_true (1)`),
  },
  {
    name: "out/val_0001.npz beside out/val_target.npz, below a dated folder",
    arrays: [...epochs([1, 2, 12], (n) => v(`2026-05-03_run2/out/val_${pad(n, 4)}.npz#pred`, "u1 48,28,28")), v("2026-05-03_run2/out/val_target.npz#target", "u1 48,28,28")],
    pairs: [1, 2, 12].map((n) => `val ${n} 2026-05-03_run2/out/val_${pad(n, 4)}.npz < 2026-05-03_run2/out/val_target.npz (1)`),
  },
  {
    name: "y_val.npz beside val_pred_epoch01.npz, keys arr_0, one volume batch",
    arrays: [...epochs([1, 2, 12], (n) => v(`val_pred_epoch${pad(n, 2)}.npz#arr_0`, "u1 4,24,32,32")), v("y_val.npz#arr_0", "u1 4,24,32,32"), v("x_val.npz#arr_0", "f4 4,24,32,32,1", "continuous")],
    pairs: [1, 2, 12].map((n) => `val ${n} val_pred_epoch${pad(n, 2)}.npz < y_val.npz (1)`),
  },
  {
    name: "files that hold y_true and y_pred",
    arrays: epochs([1, 2], (n) => [v(`val/epoch_${n}.npz#y_true`, "u1 5,16,16"), v(`val/epoch_${n}.npz#y_pred`, "f4 5,16,16,4", "shares"), v(`val/epoch_${n}.npz#loss`, "f4 5")]),
    pairs: [1, 2].map((n) => `val ${n} val/epoch_${n}.npz#y_pred < val/epoch_${n}.npz#y_true (1)`),
  },
  {
    name: "one last prediction without a number",
    arrays: [v("y_true.npy", "u1 5,16,16"), v("y_pred.npy", "f4 5,16,16,4", "shares")],
    pairs: ["val - y_pred.npy < y_true.npy (1)"],
  },
  {
    name: "arr_0 is no epoch",
    arrays: [v("gt.npz#arr_0", "u1 5,16,16"), v("preds/best.npz#arr_0", "u1 5,16,16"), ...[5, 10].map((n) => v(`preds/epoch_${n}.npz#arr_0`, "u1 5,16,16"))],
    pairs: ["val 5 preds/epoch_5.npz < gt.npz (1)", "val 10 preds/epoch_10.npz < gt.npz (1)", "val - preds/best.npz < gt.npz (1)"],
  },
  {
    name: "case folders below the epoch, channel and role suffixes in names",
    arrays: [
      ...epochs([16, 17, 18], (c) => v(`labelsTr/case_0${c}.nii.gz`, "u1 8,8,8")),
      ...epochs([16, 17, 18], (c) => v(`imagesTr/case_0${c}_0000.nii.gz`, "u1 8,8,8")),
      ...epochs([2, 4], (n) => epochs([17, 18], (c) => v(`predictions/epoch_00${n}/case_0${c}/case_0${c}_seg.nii.gz`, "f4 8,8,8"))),
    ],
    pairs: ["val 2 predictions/epoch_002 < labelsTr (2)", "val 4 predictions/epoch_004 < labelsTr (2)"],
    labels: ["labelsTr"],
  },
  {
    name: "labels/img_003.npy and images/img_003.npy: a case's word makes no image",
    arrays: epochs([1, 2, 3], (c) => [v(`labels/img_00${c}.npy`, "u1 16,16"), v(`images/img_00${c}.npy`, "u1 16,16"), v(`preds/step_200/img_00${c}.npy`, "u1 16,16"), v(`preds/step_400/img_00${c}.npy`, "u1 16,16")]),
    pairs: ["val 200 preds/step_200 < labels (3)", "val 400 preds/step_400 < labels (3)"],
  },
  {
    name: "masks inside predictions are predictions",
    arrays: epochs([1, 2], (c) => [v(`gt/case_${c}.nii.gz`, "u1 8,8,8"), v(`predictions/case_${c}_mask.nii.gz`, "u1 8,8,8")]),
    pairs: ["val - predictions < gt (2)"],
  },
  {
    name: "train and validation apart",
    arrays: [
      v("train_labels.npy", "u1 20,16,16"),
      v("val_labels.npy", "u1 6,16,16"),
      ...epochs([1, 2], (n) => [v(`train_preds/epoch_${n}.npy`, "u1 20,16,16"), v(`val_preds/epoch_${n}.npy`, "u1 6,16,16")]),
    ],
    pairs: [...[1, 2].map((n) => `train ${n} train_preds/epoch_${n}.npy < train_labels.npy (1)`), ...[1, 2].map((n) => `val ${n} val_preds/epoch_${n}.npy < val_labels.npy (1)`)],
    labels: ["train_labels.npy", "val_labels.npy"],
  },
  {
    name: "a case an array in one npz, an epoch a file",
    arrays: [...epochs([1, 2, 3], (c) => v(`labels.npz#case_${c}`, "u1 8,8,8")), ...epochs([1, 2], (n) => epochs([1, 2, 3], (c) => v(`preds_ep${n}.npz#case_${c}`, "u1 8,8,8")))],
    pairs: [1, 2].map((n) => `val ${n} preds_ep${n}.npz < labels.npz (3)`),
  },
  {
    name: "the epoch stands in the name of each case",
    arrays: epochs([1, 2], (c) => [v(`masks/patient_${c}.nii.gz`, "u1 8,8,8"), ...epochs([5, 10], (n) => v(`pred/patient_${c}_epoch_${n}.nii.gz`, "u1 8,8,8"))]),
    pairs: ["val 5 pred < masks (2)", "val 10 pred < masks (2)"],
  },
  {
    name: "the word after the number's side: epoch_003_pred, numbers with gaps, other files around",
    arrays: [
      v("out/gt.npy", "u1 6,16,16"),
      ...epochs([0, 3, 9], (n) => v(`out/epoch_${pad(n, 3)}_pred.npy`, "f4 6,3,16,16", "shares")),
      v("out/confusion_matrix.npy", "f4 3,3", "continuous"),
      v("out/features.npy", "f4 6,512", "continuous"),
      v("out/history.npy", "f4 40"),
    ],
    pairs: [0, 3, 9].map((n) => `val ${n} out/epoch_${pad(n, 3)}_pred.npy < out/gt.npy (1)`),
  },
  {
    name: "masks/epoch_01.npy beside gt.npy: epochs are predictions whatever they are called",
    arrays: [v("gt.npy", "u1 6,16,16"), ...epochs([1, 2], (n) => v(`masks/epoch_${pad(n, 2)}.npy`, "u1 6,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} masks/epoch_${pad(n, 2)}.npy < gt.npy (1)`),
  },
  {
    name: "no name tells: the numbered ones are predictions, the other labels",
    arrays: [v("a.npy", "u1 6,16,16", "classes"), v("noise.npy", "f4 6,16,16", "continuous"), ...epochs([1, 2, 3], (n) => v(`b_${n}.npy`, "u1 6,16,16", "classes"))],
    pairs: [1, 2, 3].map((n) => `val ${n} b_${n}.npy < a.npy (1)`),
  },
  {
    name: "classes go before probabilities of the same epochs",
    arrays: [v("gt.npy", "u1 6,16,16"), ...epochs([1, 2], (n) => [v(`preds/prob_${n}.npy`, "f4 6,16,16,3", "shares"), v(`preds/argmax_${n}.npy`, "u1 6,16,16")])],
    pairs: [1, 2].map((n) => `val ${n} preds/argmax_${n}.npy < gt.npy (1)`),
  },
  {
    name: "step folders and steps in names",
    arrays: [v("val_y.npz#y", "u1 6,16,16"), ...epochs([500, 1000], (n) => v(`val_logits_step${n}.npz#logits`, "f4 6,16,16,3", "continuous"))],
    pairs: [500, 1000].map((n) => `val ${n} val_logits_step${n}.npz < val_y.npz (1)`),
  },
  {
    name: "checkpoint-numbered folders with one file each",
    arrays: [v("eval/labels.npy", "u1 6,16,16"), ...epochs([10, 20], (n) => v(`eval/${pad(n, 4)}/output.npy`, "u1 6,16,16"))],
    pairs: [10, 20].map((n) => `val ${n} eval/${pad(n, 4)}/output.npy < eval/labels.npy (1)`),
  },
  {
    name: "a folder's words about a training are no split and no role",
    arrays: [v("training_1/mask_rcnn_v2/y.npy", "u1 6,16,16"), ...epochs([1, 2], (n) => v(`training_1/mask_rcnn_v2/yhat_e${n}.npy`, "u1 6,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} training_1/mask_rcnn_v2/yhat_e${n}.npy < training_1/mask_rcnn_v2/y.npy (1)`),
  },
  {
    name: "a training named after its epochs is no epoch",
    arrays: [v("exp_epoch100/labels.npy", "u1 6,16,16"), ...epochs([1, 2, 3], (n) => v(`exp_epoch100/preds/${pad(n, 4)}.npy`, "u1 6,16,16"))],
    pairs: [1, 2, 3].map((n) => `val ${n} exp_epoch100/preds/${pad(n, 4)}.npy < exp_epoch100/labels.npy (1)`),
  },
  {
    name: "labels saved once, in the first epoch's folder",
    arrays: [v("epoch_1/y_true.npy", "u1 6,16,16"), ...epochs([1, 2], (n) => v(`epoch_${n}/y_pred.npy`, "u1 6,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} epoch_${n}/y_pred.npy < epoch_1/y_true.npy (1)`),
  },
  {
    name: "labels by case, predictions of all cases in one numbered array",
    arrays: [...epochs([1, 2, 3], (c) => v(`labels/case_${c}.npy`, "u1 16,16")), ...epochs([1, 2], (n) => v(`preds/pred_${n}.npy`, "u1 3,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} preds/pred_${n}.npy < labels (3)`),
  },
  {
    name: "data/train.npz and data/val.npz with x and y",
    arrays: [...["train", "val"].flatMap((s) => [v(`data/${s}.npz#x`, "f4 6,16,16,1", "continuous"), v(`data/${s}.npz#y`, "u1 6,16,16")]), ...epochs([1, 2], (n) => v(`predictions/epoch_${n}.npz#arr_0`, "u1 6,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} predictions/epoch_${n}.npz < data/val.npz (1)`),
    labels: ["data/train.npz", "data/val.npz"],
  },
  {
    name: "test labels and predictions alone stand for the validation set",
    arrays: [v("labels/val.npy", "u1 9,16,16"), v("labels/test.npy", "u1 6,16,16"), v("test_preds/epoch_1.npy", "u1 6,16,16")],
    pairs: ["val 1 test_preds/epoch_1.npy < labels/test.npy (1)"],
    labels: ["labels/test.npy"],
  },
  {
    name: "numbered images without a name's hint are no predictions",
    arrays: epochs([1, 2, 3], (c) => [v(`labels/${c}.npy`, "u1 16,16"), v(`patches/${c}.npy`, "f4 16,16", "continuous")]),
    pairs: [],
    labels: ["labels"],
  },
  {
    name: "a folder a case that its image names, an epoch a folder around them",
    arrays: [1, 2].flatMap((c) => [
      v(`data/label/lbl_0${c}.nii.gz`, "u1 8,8,8"),
      v(`data/image/img_0${c}.nii.gz`, "f4 8,8,8", "continuous"),
      ...[0, 1].map((n) => v(`eval_${n}/img_0${c}/img_0${c}_seg.nii.gz`, "u1 8,8,8")),
    ]),
    pairs: ["val 0 eval_0 < data/label (2)", "val 1 eval_1 < data/label (2)"],
  },
  {
    name: "a folder a case, whose number some epoch has too",
    arrays: [1, 3, 12].flatMap((c) => [v(`cases/P${pad(c, 3)}/seg_gt.nii.gz`, "u1 8,8,8"), v(`cases/P${pad(c, 3)}/t1.nii.gz`, "f4 8,8,8", "continuous"), ...[1, 2, 3].map((n) => v(`cases/P${pad(c, 3)}/seg_pred_${n}.nii.gz`, "u1 8,8,8"))]),
    pairs: [1, 2, 3].map((n) => `val ${n} cases < cases (3)`),
  },
  {
    name: "BraTS20_Training_001 is a case, whichever split the run keeps",
    arrays: [3, 9].flatMap((c) => [
      v(`val/BraTS20_Training_00${c}/BraTS20_Training_00${c}_seg.nii.gz`, "u1 8,8,8"),
      v(`val/BraTS20_Training_00${c}/BraTS20_Training_00${c}_flair.nii.gz`, "f4 8,8,8", "continuous"),
      ...[1, 2].map((n) => v(`predictions/epoch_00${n}/BraTS20_Training_00${c}.nii.gz`, "u1 8,8,8")),
    ]),
    pairs: [1, 2].map((n) => `val ${n} predictions/epoch_00${n} < val (2)`),
    labels: ["val"],
  },
  {
    name: "BraTS20_Training_001 in a folder of data, predictions in a folder of validation",
    arrays: [3, 9].flatMap((c) => [v(`data/BraTS20_Training_00${c}.labelmap.nii.gz`, "u1 8,8,8"), ...[1, 2].map((n) => v(`val/ckpt00${n}/BraTS20_Training_00${c}.seg_pred.nii.gz`, "u1 8,8,8"))]),
    pairs: [1, 2].map((n) => `val ${n} val/ckpt00${n} < data (2)`),
  },
  {
    name: "one case by the same number on both sides",
    arrays: [v("y_true/009.nii.gz", "u1 8,8,8"), v("y_pred/009.nii.gz", "u1 8,8,8"), v("x/009.nii.gz", "f4 8,8,8", "continuous")],
    pairs: ["val - y_pred/009.nii.gz < y_true/009.nii.gz (1)"],
  },
  {
    name: "logits of one class in folders of epochs that no name calls predictions",
    arrays: [1, 2].flatMap((c) => [v(`val/labels/case_00${c}.npy`, "u1 16,16", "classes"), ...[1, 5].map((n) => v(`val/epoch=${n}/case_00${c}.npy`, "f4 16,16,1", "continuous"))]),
    pairs: [1, 5].map((n) => `val ${n} val/epoch=${n} < val/labels (2)`),
  },
  {
    name: "training predictions of one array stay those of the training set",
    arrays: [v("train_y.npy", "u1 6,16,16"), v("train_pred_epoch_01.npy", "u1 6,16,16")],
    pairs: ["train 1 train_pred_epoch_01.npy < train_y.npy (1)"],
  },
  {
    name: "an array called data in the file of an epoch, below a folder of segmentations",
    arrays: [v("eval/segmentation/val/reference.npz#mask", "u1 6,16,16"), ...epochs([1, 5], (n) => v(`eval/segmentation/val/epoch-${n}.npz#data`, "f2 6,16,16,1", "shares"))],
    pairs: [1, 5].map((n) => `val ${n} eval/segmentation/val/epoch-${n}.npz < eval/segmentation/val/reference.npz (1)`),
  },
  {
    name: "files of numbers with the same labels in each are epochs",
    arrays: epochs([1, 2, 3], (n) => [v(`eval/0000${n}.npz#y_true`, "u1 2,4,4", [0, 1, 2, 0, 1]), v(`eval/0000${n}.npz#y_pred`, "u1 2,4,4", [0, 1, 1, n, 1])]),
    pairs: [1, 2, 3].map((n) => `val ${n} eval/0000${n}.npz#y_pred < eval/00001.npz#y_true (1)`),
  },
  {
    name: "numbers of epochs before those of cases, which the labels have",
    arrays: [3, 27].flatMap((c) => [v(`labels/P${pad(c, 2)}.nii.gz`, "u1 8,8,8"), ...[0, 2, 4].map((n) => v(`val/${pad(n, 3)}_P${pad(c, 2)}_predmask.nii.gz`, "u1 8,8,8"))]),
    pairs: [0, 2, 4].map((n) => `val ${n} val < labels (2)`),
  },
  {
    name: "folders of epochs, whose numbers some cases have too",
    arrays: [1, 2, 3].flatMap((c) => [v(`labels/${c}.npy`, "u1 16,16"), v(`images/${c}.npy`, "f4 16,16", "continuous"), ...[1, 2].map((n) => v(`predictions/${n}/${c}.npy`, "u1 16,16"))]),
    pairs: [1, 2].map((n) => `val ${n} predictions/${n} < labels (3)`),
  },
  {
    name: "the word epoch after its number, glued words, a case's number behind a dot",
    arrays: [1, 20].flatMap((c) => [v(`val/${c}.valgt.nii.gz`, "u1 8,8,8"), ...[5, 10].map((n) => v(`val/${pad(n, 4)}_epoch/ep${n}.${c}.valpred.nii.gz`, "u1 8,8,8"))]),
    pairs: [5, 10].map((n) => `val ${n} val/${pad(n, 4)}_epoch < val (2)`),
  },
  {
    name: "pr_mask and gt_mask, camelCase, a step before a capital",
    arrays: [v("ValGtMask.npz#m", "u1 6,16,16"), ...[200, 400].map((n) => v(`Step0${n}Net2Val_pr_mask.npz#m`, "u1 6,16,16"))],
    pairs: [200, 400].map((n) => `val ${n} Step0${n}Net2Val_pr_mask.npz < ValGtMask.npz (1)`),
  },
  {
    name: "one-hot labels with the classes second, probabilities with them last",
    arrays: [v("a/y_true.npy", "u1 6,4,16,16"), ...[1, 2].map((n) => v(`a/y_pred_${n}.npy`, n === 1 ? "f4 6,16,16,4" : "f4 6,4,16,16", "shares"))],
    pairs: [1, 2].map((n) => `val ${n} a/y_pred_${n}.npy < a/y_true.npy (1)`),
  },
  {
    name: "voxels of each case in one axis",
    arrays: [v("y_true.npy", "u1 6,16,20"), ...[1, 2].map((n) => v(`y_pred_${n}.npy`, "f4 6,320,4", "shares"))],
    pairs: [1, 2].map((n) => `val ${n} y_pred_${n}.npy < y_true.npy (1)`),
  },
  {
    name: "files of numbers with other labels in each are cases",
    arrays: epochs([1, 2, 3], (n) => [v(`eval/0000${n}.npz#y_true`, "u1 2,4,4", [0, 1, 2, 0, n]), v(`eval/0000${n}.npz#y_pred`, "u1 2,4,4", [0, 1, 1, n, 1])]),
    pairs: ["val - eval < eval (3)"],
  },
  {
    name: "numbered logits beside one-hot labels",
    arrays: [v("gt.npy", "u1 2,4,4,3", "onehot"), ...epochs([1, 2, 3], (n) => v(`00${n}.npy`, "f4 2,4,4,3", "continuous"))],
    pairs: [1, 2, 3].map((n) => `val ${n} 00${n}.npy < gt.npy (1)`),
    assumed: /taken for predictions/,
  },
  {
    name: "a table in the results folder is none",
    arrays: [v("results/gt.npy", "u1 6,16,16"), v("results/confusion.npy", "i8 3,3", "classes"), ...epochs([1, 2], (n) => v(`results/argmax_${n}.npy`, "u1 6,16,16"))],
    pairs: [1, 2].map((n) => `val ${n} results/argmax_${n}.npy < results/gt.npy (1)`),
  },
];

describe("planRun: layouts", () => {
  for (const layout of LAYOUTS) {
    it(layout.name, () => {
      const made = plan(layout.arrays);
      assert.deepEqual(lines(made), layout.pairs);
      if (layout.assumed !== undefined) assert.match(made.assumptions.join("\n"), layout.assumed);
      if (layout.labels !== undefined) assert.deepEqual(made.labels.map((l) => l.path), layout.labels);
      assert.deepEqual(made.problems, []);
    });
    it(`${layout.name}: the order of files changes nothing`, () => {
      assert.deepEqual(lines(plan([...layout.arrays].reverse())), layout.pairs);
    });
  }
});

describe("planRun: epochs stacked in one array", () => {
  it("takes the numbers of an epochs array beside it", () => {
    const made = plan([v("val.npz#y_true", "u1 6,16,16"), v("val.npz#y_pred", "u1 3,6,16,16", "classes"), v("val.npz#epochs", "i8 3", [1, 5, 10])]);
    assert.deepEqual(lines(made), [1, 5, 10].map((n, i) => `val ${n} val.npz#y_pred[${i}] < val.npz#y_true (1)`));
    assert.deepEqual(made.pairs[2]!.cases[0]!.predictions, { path: "val.npz", entry: "y_pred", slice: { axis: 0, index: 2 } });
  });
  it("finds the axis that is as long as the epochs", () => {
    const made = plan([v("gt.npy", "u1 6,16,16"), v("preds.npz#pred", "u1 6,3,16,16", "classes"), v("preds.npz#epoch", "i8 3", [0, 1, 2])]);
    assert.deepEqual(made.pairs.map((p) => [p.number, p.cases[0]!.predictions.slice]), [0, 1, 2].map((n) => [n, { axis: 1, index: n }]));
  });
  it("splits index maps along a first axis that the labels lack, and probabilities with two axes more", () => {
    assert.equal(plan([v("gt.npy", "u1 6,16,16"), v("preds.npy", "u1 4,6,16,16", "classes")]).pairs.length, 4);
    assert.equal(plan([v("gt.npy", "u1 6,16,16"), v("preds.npy", "f4 4,6,16,16,3", "shares")]).pairs.length, 4);
  });
  it("splits whole numbers of two classes, which are no scores since they do not sum to 1", () => {
    const maps = [0, 1, 0, 0, 1, 1];
    assert.equal(plan([v("gt.npy", "u1 6,16,16", maps), v("preds.npy", "u1 4,6,16,16", maps)]).pairs.length, 4);
    assert.deepEqual(lines(plan([v("gt.npy", "u1 6,16,16", maps), v("preds.npy", "u1 2,6,16,16", "onehot")])), ["val - preds.npy < gt.npy (1)"]);
  });
  it("splits beside one-hot labels, and beside labels of one case a file, whose number is not that of epochs", () => {
    assert.equal(plan([v("gt.npy", "u1 6,16,16,3", "onehot"), v("preds.npy", "u1 4,6,16,16", "classes")]).pairs.length, 4);
    const cases = [1, 2, 3].map((c) => v(`labels/case_${c}.npy`, "u1 16,16", "classes"));
    assert.deepEqual(lines(plan([...cases, v("preds.npy", "f4 3,16,16,4", "shares")])), ["val - preds.npy < labels (3)"]);
    assert.equal(plan([...cases, v("preds.npy", "f4 5,3,16,16,4", "shares")]).pairs.length, 5);
  });
  it("leaves probabilities of one epoch whole, whichever axis holds the classes", () => {
    for (const shape of ["6,16,16,4", "6,4,16,16"]) assert.deepEqual(lines(plan([v("gt.npy", "u1 6,16,16"), v("preds.npy", `f4 ${shape}`, "shares")])), ["val - preds.npy < gt.npy (1)"]);
    assert.deepEqual(lines(plan([v("gt.nii.gz", "u1 16,16,16"), v("preds.npy", "f4 4,16,16,16", "shares")])), ["val - preds.npy < gt.nii.gz (1)"]);
  });
});

describe("planRun: what cannot be paired is said in one line, the rest is kept", () => {
  it("names the command when labels are missing", () => {
    const made = plan([v("predictions/epoch_1.npy", "u1 6,16,16"), v("predictions/epoch_2.npy", "u1 6,16,16")]);
    assert.deepEqual(made.pairs, []);
    assert.equal(made.problems.length, 1);
    assert.match(made.problems[0]!.message, /Choose Labels…/);
  });
  it("epochs of cases that no name calls predictions, without labels", () => {
    const made = plan([1, 2].flatMap((n) => [7, 8].map((c) => v(`epoch_${n}/${c}.npy`, "u1 6,16,16", "classes"))));
    assert.match(made.problems[0]!.message, /^labels: none found/);
    assert.match(made.assumptions.join(), /taken for predictions/);
  });
  it("a case without labels", () => {
    const made = plan([...[1, 2].map((c) => v(`labels/case_${c}.nii.gz`, "u1 8,8,8")), ...[1, 2, 3].flatMap((c) => [1, 2].map((n) => v(`predictions/epoch_${n}/case_${c}.nii.gz`, "u1 8,8,8")))]);
    assert.deepEqual(lines(made), ["val 1 predictions/epoch_1 < labels (2)", "val 2 predictions/epoch_2 < labels (2)"]);
    assert.equal(made.problems.length, 2);
    assert.match(made.problems[0]!.message, /no labels in labels for predictions\/epoch_1\/case_3\.nii\.gz/);
  });
  it("a shape that does not fit", () => {
    const made = plan([v("labels/val.npy", "u1 6,16,16"), v("predictions/epoch_1.npy", "u1 6,16,16"), v("predictions/epoch_2.npy", "u1 6,8,8")]);
    assert.deepEqual(lines(made), ["val 1 predictions/epoch_1.npy < labels/val.npy (1)"]);
    assert.deepEqual(made.problems, [{ path: "predictions/epoch_2.npy", message: "predictions of shape 6×8×8 do not fit labels of shape 6×16×16 in labels/val.npy" }]);
  });
  it("nothing at all, and arrays that are no maps", () => {
    assert.deepEqual(plan([]), { pairs: [], labels: [], roles: [], assumptions: [], problems: [] });
    const made = plan([v("a.npz#ids", "O 4"), v("a.npz#affine", "f4 4,4"), v("b.npy", "f4 12")]);
    assert.deepEqual(made.roles, [{ path: "a.npz", kind: "other" }, { path: "b.npy", kind: "other" }]);
    assert.deepEqual(made.pairs, []);
  });
  it("a data set alone has labels and no pairs", () => {
    const made = plan([1, 2].flatMap((c) => [v(`data/images/${c}.npy`, "f4 16,16", "continuous"), v(`data/masks/${c}.npy`, "u1 16,16", "classes")]));
    assert.deepEqual(made.pairs, []);
    assert.deepEqual(made.labels.map((l) => [l.path, l.cases.length]), [["data/masks", 2]]);
    assert.deepEqual(made.problems, []);
  });
});

describe("planRun: cases", () => {
  it("pairs by number where words differ, by order where no name is shared", () => {
    const numbered = plan([1, 2].flatMap((c) => [v(`labels/subj${pad(c, 3)}.nii.gz`, "u1 8,8,8"), v(`preds/epoch_1/case_${c}_pred.nii.gz`, "u1 8,8,8")]));
    assert.deepEqual(numbered.pairs[0]!.cases.map((c) => [c.labels.path, c.predictions.path]), [1, 2].map((c) => [`labels/subj${pad(c, 3)}.nii.gz`, `preds/epoch_1/case_${c}_pred.nii.gz`]));
    const unnamed = plan([v("labels/anna.npy", "u1 8,8"), v("labels/bert.npy", "u1 8,8"), v("preds/epoch_1/c.npy", "u1 8,8"), v("preds/epoch_1/d.npy", "u1 8,8")]);
    assert.deepEqual(unnamed.pairs[0]!.cases.map((c) => [c.labels.path, c.predictions.path]), [["labels/anna.npy", "preds/epoch_1/c.npy"], ["labels/bert.npy", "preds/epoch_1/d.npy"]]);
    assert.match(unnamed.assumptions.join(), /order of their names/);
  });
  it("pairs files of cases with one array that stacks them", () => {
    const made = plan([v("labels/val.npy", "u1 3,8,8"), ...[1, 2].flatMap((n) => [0, 1, 2].map((c) => v(`preds/epoch_${n}/${pad(c, 3)}.npy`, "f4 8,8,4", "shares")))]);
    assert.deepEqual(lines(made), [1, 2].map((n) => `val ${n} preds/epoch_${n} < labels/val.npy (3)`));
    assert.deepEqual(made.pairs[0]!.cases[2]!.labels, { path: "labels/val.npy", entry: null, slice: { axis: 0, index: 2 } });
    assert.match(made.assumptions.join(), /first axis/);
  });
  it("counts the labelled cases that have predictions as the validation set", () => {
    const made = plan([...[1, 2, 3, 4].map((c) => v(`labels/case_${c}.npy`, "u1 8,8")), ...[3, 4].map((c) => v(`predictions/epoch_1/case_${c}.npy`, "u1 8,8"))]);
    assert.deepEqual(made.labels.map((l) => l.cases.map((c) => c.name)), [["case_3", "case_4"]]);
    assert.match(made.assumptions.join(), /2 of the 4 labelled cases/);
  });
});

describe("planRun: what the user chose wins", () => {
  const arrays = [v("labels/val.npy", "u1 6,16,16"), v("other/truth2.npy", "u1 6,16,16"), v("predictions/epoch_1.npy", "u1 6,16,16"), v("dump/a_1.npy", "u1 6,16,16"), v("dump/a_2.npy", "u1 6,16,16"), v("all.h5#gt", "u1 6,16,16"), v("all.h5#val/p", "u1 6,16,16")];
  it("labels: file, absolute file, entry", () => {
    for (const [labels, named] of [["other/truth2.npy", "other/truth2.npy"], ["/home/me/run/other/truth2.npy", "other/truth2.npy"], ["all.h5#gt", "all.h5"], ["./other", "other/truth2.npy"]] as const) {
      assert.deepEqual(plan(arrays, { labels }).pairs.map((p) => p.labels), [named], labels);
    }
  });
  it("predictions: a folder, an entry", () => {
    assert.deepEqual(lines(plan(arrays, { predictions: "dump", labels: "labels/val.npy" })), [1, 2].map((n) => `val ${n} dump/a_${n}.npy < labels/val.npy (1)`));
    assert.deepEqual(lines(plan(arrays, { predictions: "all.h5#val/p", labels: "labels/val.npy" })), ["val - all.h5 < labels/val.npy (1)"]);
  });
  it("labels of whichever split their name says", () => {
    const made = plan([v("train_y.npy", "u1 6,16,16"), v("val_preds/epoch_1.npy", "u1 6,16,16"), v("val_y.npy", "u1 6,16,16")], { labels: "train_y.npy" });
    assert.deepEqual(lines(made), ["val 1 val_preds/epoch_1.npy < train_y.npy (1)"]);
  });
  it("a choice that meets nothing is told, and guessing goes on", () => {
    const made = plan(arrays.slice(0, 3), { labels: "gone.npy" });
    assert.match(made.problems[0]!.message, /gone\.npy/);
    assert.equal(made.pairs.length, 1);
  });
});

describe("planRun: many files", () => {
  it("plans 20,000 cases quickly", () => {
    const arrays: Array_[] = [];
    for (let c = 0; c < 400; c++) {
      arrays.push(v(`labels/case_${pad(c, 4)}.nii.gz`, "u1 8,8,8"));
      for (let n = 1; n <= 49; n++) arrays.push(v(`predictions/epoch_${pad(n, 3)}/case_${pad(c, 4)}.nii.gz`, "u1 8,8,8"));
    }
    const began = performance.now();
    const made = plan(arrays);
    assert.equal(made.pairs.length, 49);
    assert.ok(made.pairs.every((p) => p.cases.length === 400));
    assert.ok(performance.now() - began < 5000, `took ${performance.now() - began} ms`);
  });
});
