import assert from "node:assert/strict";
import { rolesOf } from "../../../../src/read/logs/role";

/** Class and name that each tag of a log is given. */
const classes = (...tags: string[]): (string | number | null)[] => rolesOf(tags, "run.csv").map((role) => (role.className === undefined ? role.class : `${role.class} ${role.className}`));

describe("classes of tags", () => {
  it("takes words in which scores differ for class names, in order", () => {
    assert.deepEqual(classes("dice_liver", "dice_tumor", "mean_dice"), ["1 liver", "2 tumor", null]);
    assert.deepEqual(classes("IoU.background", "IoU.person", "mIoU", "aAcc"), ["0 background", "1 person", null, null]);
    assert.deepEqual(classes("Dice/left ventricle", "Dice/myocardium", "Dice/avg"), ["1 left ventricle", "2 myocardium", null]);
    assert.deepEqual(classes("val_dice_tumor core", "val_dice_whole tumor", "val_loss"), ["1 tumor core", "2 whole tumor", null]);
    assert.deepEqual(classes("val_liver_dice", "val_spleen_dice", "train_liver_dice"), ["1 liver", "2 spleen", "1 liver"]);
    assert.deepEqual(classes("dice_wt", "dice_tc", "dice_et"), ["1 wt", "2 tc", "3 et"]);
  });

  it("gives other scores the names that the Dice has", () => {
    assert.deepEqual(classes("IoU.car", "IoU.road", "Acc.car", "Acc.road", "recall_car", "precision_sky"), ["1 car", "2 road", "1 car", "2 road", "1 car", null]);
  });

  it("takes no aggregate, variant or lone word for a class", () => {
    assert.deepEqual(classes("dice_macro", "dice_micro", "dice_fg", "dice_mean", "dice_with_bg", "dice_no_bg"), [null, null, null, null, null, null]);
    assert.deepEqual(classes("binary_accuracy", "sparse_categorical_accuracy", "top_k_categorical_accuracy"), [null, null, null]);
    assert.deepEqual(classes("valid_per_image_iou", "valid_dataset_iou", "dice_hard", "dice_soft"), [null, null, null, null]);
    assert.deepEqual(classes("val_dice_lesion", "val_loss", "loss"), [null, null, null]);
    assert.deepEqual(classes("decode.acc_seg", "aux.acc_seg", "decode.loss_ce", "aux.loss_ce"), [null, null, null, null]);
  });

  it("takes numbers for classes where a score is told for each", () => {
    assert.deepEqual(classes("eval_dice_0", "eval_dice_1", "eval_dice_2"), [0, 1, 2]);
    assert.deepEqual(classes("val/dice/1", "val/dice/2"), [1, 2]);
    assert.deepEqual(classes("dice_c3", "Train Dice (class 2)", "cls2_iou", "Dice/class_3"), [3, 2, 2, 3]);
    assert.deepEqual(classes("recall_0", "recall_1", "hd95_1", "hd95_2"), [0, 1, 1, 2]);
    assert.deepEqual(classes("class_1_loss", "class_2_loss"), [1, 2]);
  });

  it("counts nnU-Net's lists from the first foreground class", () => {
    assert.deepEqual(classes("pseudo dice 1", "pseudo dice 2", "Pseudo dice[0]", "dice_per_class_or_region[2]", "mean_fg_dice", "ema_fg_dice"), [1, 2, 1, 3, null, null]);
  });

  it("takes what a score is of, behind a slash or point, for a class also where it stands alone", () => {
    for (const [tag, expected] of [["val_dice/liver", "1 liver"], ["val/IoU.road", "1 road"], ["val/dice/2", 2], ["Dice/0", 0], ["Dice class 1", 1], ["class 0 dice", 0], ["pseudo dice 1", 1], ["global foreground dice 2", 2]] as const) assert.deepEqual(classes(tag), [expected], tag);
    for (const tag of ["val_dice/mean", "dice/epoch_3", "mean_dice/1", "loss/dice/0", "loss/1", "val_dice/dataloader_idx_0", "val/mIoU"]) assert.deepEqual(classes(tag), [null], tag);
    assert.deepEqual(classes("val_dice/dataloader_idx_0", "val_dice/dataloader_idx_1"), [null, null]);
  });

  it("takes steps, folds, layers and heads for no classes", () => {
    assert.deepEqual(classes("dice_score_epoch_0", "dice_score_epoch_1", "dice_fold_0", "dice_fold_1"), [null, null, null, null]);
    assert.deepEqual(classes("loss_0", "loss_1", "loss_2", "loss[0]", "loss[1]"), [null, null, null, null, null]);
    assert.deepEqual(classes("layer1_grad", "layer2_grad", "lr_0", "lr_1", "weights[0]", "weights[1]"), [null, null, null, null, null, null]);
  });
});

describe("splits of tags", () => {
  const split = (tags: string[], path = "run.csv"): (string | null)[] => rolesOf(tags, path).map((role) => role.split);

  it("knows Ultralytics' metrics for those of the validation", () => {
    assert.deepEqual(split(["train/box_loss", "val/box_loss", "metrics/mIoU(B)", "metrics/precision(B)", "lr/pg0"]), ["train", "val", "val", "val", null]);
  });

  it("knows that nnU-Net scores its validation", () => {
    assert.deepEqual(split(["train_loss", "val_loss", "pseudo dice 1", "lr"], "fold_0/training_log_2024_1_2_3_4_5.txt"), ["train", "val", "val", null]);
    assert.deepEqual(split(["global foreground dice 1"], "training_log.txt"), ["val"]);
    assert.deepEqual(split(["mean_fg_dice", "ema_fg_dice", "dice_per_class_or_region[0]"], "checkpoint_final.pth"), ["val", "val", "val"]);
    assert.deepEqual(split(["validation dice", "valid loss", "Validation Loss", "valid mean dice"]), ["val", "val", "val", "val"]);
  });

  it("takes a bare loss for training's where no other loss says so", () => {
    assert.deepEqual(split(["loss", "train_per_mask_iou", "val_per_mask_iou"]), ["train", "train", "val"]);
    assert.deepEqual(split(["loss", "train_loss"]), [null, "train"]);
  });
});
