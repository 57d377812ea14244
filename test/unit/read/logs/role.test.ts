import assert from "node:assert/strict";
import { rolesOf } from "../../../../src/read/logs/role";
import type { Quantity, Split } from "../../../../src/run";

const CSV = "training.csv";
const TB = "runs/exp/events.out.tfevents.1.host.1.0";

/** [tag, path, split, quantity, class] */
const ROLES: [string, string, Split | null, Quantity, number | null][] = [
  ["loss", CSV, "train", "loss", null],
  ["val_loss", CSV, "val", "loss", null],
  ["test_loss", CSV, "test", "loss", null],
  ["train_loss", "history.json", "train", "loss", null],
  ["Training Loss", CSV, "train", "loss", null],
  ["validation_loss", CSV, "val", "loss", null],
  ["head_loss", CSV, "train", "loss", null],
  ["val_dice_loss", CSV, "val", "loss", null],
  ["diceLoss", CSV, "train", "loss", null],
  ["val_cross_entropy", CSV, "val", "loss", null],
  ["loss_scale", TB, null, "other", null],
  ["accuracy", CSV, "train", "accuracy", null],
  ["val_acc", CSV, "val", "accuracy", null],
  ["sparse_categorical_accuracy", CSV, "train", "accuracy", null],
  ["val_binary_accuracy", CSV, "val", "accuracy", null],
  ["dice_coef", CSV, "train", "dice", null],
  ["val_dice_score", CSV, "val", "dice", null],
  ["DSC", CSV, "train", "dice", null],
  ["val_f1", CSV, "val", "dice", null],
  ["f1-score", CSV, "train", "dice", null],
  ["val_f1_score", CSV, "val", "dice", null],
  ["jaccard", CSV, "train", "iou", null],
  ["val_mean_io_u", CSV, "val", "iou", null],
  ["mean_io_u_5", CSV, "train", "iou", null],
  ["meanIoU", CSV, "train", "iou", null],
  ["val_multiclassjaccardindex", CSV, "val", "iou", null],
  ["lr", CSV, null, "lr", null],
  ["lr-AdamW", CSV, null, "lr", null],
  ["learning_rate", "history.json", null, "lr", null],
  ["precision", CSV, null, "other", null],
  ["epoch", CSV, null, "other", null],
  ["dice_2", CSV, "train", "dice", null],
  ["dice_class_3", CSV, "train", "dice", 3],
  ["val_dice[1]", CSV, "val", "dice", 1],
  ["class_2_iou", CSV, "train", "iou", 2],
  ["val/dice/class_10", "run.json", "val", "dice", 10],
  ["dice_coef_1", CSV, "train", "dice", null],
  ["conv2d_1_loss", CSV, "train", "loss", null],
  ["val_conv2d_1_dice_coef", CSV, "val", "dice", null],
  ["mean_dice", TB, null, "dice", null],
  ["Loss/train", TB, "train", "loss", null],
  ["Loss/val", TB, "val", "loss", null],
  ["eval/mean_dice", TB, "val", "dice", null],
  ["epoch_loss", "tb/train/events.out.tfevents.1.v2", "train", "loss", null],
  ["epoch_loss", "tb/validation/events.out.tfevents.1.v2", "val", "loss", null],
  ["evaluation_loss_vs_iterations", "tb/validation/events.out.tfevents.1.v2", "val", "loss", null],
  ["loss", "runs/overfit/loss_val/events.out.tfevents.1", "val", "loss", null],
  ["val_loss", "tb/train/events.out.tfevents.1.v2", "val", "loss", null],
  ["loss", "val_log.csv", "val", "loss", null],
  ["loss", "logs/train_log.csv", "train", "loss", null],
  ["", CSV, null, "other", null],
];

describe("the role of one tag", () => {
  for (const [tag, path, split, quantity, index] of ROLES) {
    it(`${JSON.stringify(tag)} in ${path}: ${split ?? "no split"}, ${quantity}${index === null ? "" : `, class ${index}`}`, () => {
      assert.deepEqual(rolesOf([tag], path)[0]!, { split, quantity, class: index });
    });
  }
});

describe("rolesOf", () => {
  const classes = (...tags: string[]): (number | null)[] => rolesOf(tags, CSV).map((role) => role.class);
  const splits = (path: string, ...tags: string[]): (Split | null)[] => rolesOf(tags, path).map((role) => role.split);

  it("takes numbers for classes where a family counts up from 0 or 1", () => {
    assert.deepEqual(classes("dice", "dice_0", "dice_1", "dice_2"), [null, 0, 1, 2]);
    assert.deepEqual(classes("val_dice_coef_2", "val_dice_coef_1"), [2, 1]);
  });

  it("takes a lone number, a gap and a numbered mean for no classes", () => {
    assert.deepEqual(classes("dice_coef", "dice_coef_1"), [null, null]);
    assert.deepEqual(classes("iou_3", "iou_7"), [null, null]);
    assert.deepEqual(classes("dice", "dice.1"), [null, null]);
    assert.deepEqual(classes("mean_io_u", "mean_io_u_1", "mean_io_u_2"), [null, null, null]);
  });

  it("takes a bare tag for training beside its validation, for neither beside an outright training tag", () => {
    assert.deepEqual(splits(TB, "epoch_loss", "epoch_val_loss"), ["train", "val"]);
    assert.deepEqual(splits(TB, "loss", "val_loss", "dice"), ["train", "val", null]);
    assert.deepEqual(splits(CSV, "train_loss", "val_loss", "dice"), ["train", "val", null]);
    for (const name of ["log.jsonl", "slurm-12.out", "train.err", "train.log.1"]) assert.deepEqual(splits(name, "loss", "val/dice"), ["train", "val"], name);
  });
});
