import assert from "node:assert/strict";
import { idlePictures } from "../../../../src/read/layout/pictures";
import { compatible, sameVoxels } from "../../../../src/read/layout/shapes";
import { hintOfFolder } from "../../../../src/read/layout/words";
import { lines, plan, v } from "./headers";

const VOLUME = "u1 8,9,7";

describe("names of cases made of words", () => {
  const cases = (names: readonly string[]): string[] => {
    const arrays = [...names.map((name) => v(`labels/${name}.nii.gz`, VOLUME)), ...[1, 2].flatMap((n) => names.map((name) => v(`predictions/epoch_${n}/${name}.nii.gz`, VOLUME)))];
    return plan(arrays).pairs.map((pair) => `${pair.number} ${pair.cases.map((c) => `${c.labels.path.slice(7)}<${c.predictions.path.slice(20)}`).join(" ")}`);
  };
  const all = (names: readonly string[]): string[] => [1, 2].map((n) => `${n} ${names.map((name) => `${name}.nii.gz<${name}.nii.gz`).join(" ")}`);

  it("keeps a case whose name ends in a word for images", () => {
    assert.deepEqual(cases(["left_ct", "liver_a", "spleen_x"]), all(["left_ct", "liver_a", "spleen_x"]));
  });

  it("keeps cases that differ in such a word alone", () => {
    assert.deepEqual(cases(["left_ct", "left_mr"]), all(["left_ct", "left_mr"]));
  });

  it("still leaves an image out that has a map beside it", () => {
    const planned = plan([v("labels/001.nii.gz", VOLUME), v("labels/002.nii.gz", VOLUME), ...["001", "002"].flatMap((c) => [v(`predictions/epoch_1/${c}_pred.nii.gz`, VOLUME), v(`predictions/epoch_1/${c}_image.nii.gz`, VOLUME, "continuous")])]);
    assert.deepEqual(planned.pairs.map((pair) => pair.cases.map((c) => c.predictions.path)), [["predictions/epoch_1/001_pred.nii.gz", "predictions/epoch_1/002_pred.nii.gz"]]);
  });

  it("keeps the cases of a file that numpy numbered", () => {
    const planned = plan([0, 1, 2].flatMap((i) => [v(`labels.npz#arr_${i}`, "u1 9,8"), ...[1, 2].map((n) => v(`predictions/epoch_${n}.npz#arr_${i}`, "u1 9,8"))]));
    assert.deepEqual(planned.pairs.map((pair) => `${pair.number} ${pair.cases.map((c) => `${c.labels.entry}<${c.predictions.entry}`).join(" ")}`), [1, 2].map((n) => `${n} arr_0<arr_0 arr_1<arr_1 arr_2<arr_2`));
  });

  it("takes no number of a folder that all share for a case's", () => {
    const fold = "nnUNet_results/Dataset501_X/nnUNetTrainer__nnUNetPlans__3d_fullres/fold_0/validation";
    const planned = plan([...[0, 1, 2, 3, 4, 5].map((i) => v(`nnUNet_raw/Dataset501_X/labelsTr/c_00${i}.nii.gz`, VOLUME)), ...[0, 2, 4].map((i) => v(`${fold}/c_00${i}.nii.gz`, VOLUME, "classes"))]);
    assert.deepEqual(lines(planned), [`val - ${fold} < nnUNet_raw/Dataset501_X/labelsTr (3)`]);
  });

  it("pairs cases that are counted from different numbers in their order, and says so", () => {
    const planned = plan([...[1, 2, 3].map((i) => v(`labels/00${i}.png`, "u1 9,8")), ...[0, 1, 2].map((i) => v(`predictions/epoch_4/00${i}.png`, "u1 9,8"))]);
    assert.deepEqual(planned.pairs[0]!.cases.map((c) => c.labels.path), ["labels/001.png", "labels/002.png", "labels/003.png"]);
    assert.match(planned.assumptions.join(), /count their cases from different numbers; they are paired in the order/);
  });
});

describe("folders", () => {
  it("a letter beside other words, and raw beside a split, make no images", () => {
    assert.equal(hintOfFolder("Dataset501_X"), null);
    assert.equal(hintOfFolder("validation_raw"), null);
    assert.equal(hintOfFolder("x_val")?.kind, "image");
  });
});

describe("shapes of the same voxels", () => {
  const of = (shape: readonly number[], order: "C" | "F") => ({ shape, header: { order } });

  it("axes are called the other way round in Fortran order", () => {
    assert.equal(sameVoxels(of([12, 14, 10], "F"), of([10, 14, 12], "C")), true);
    assert.equal(sameVoxels(of([12, 14, 10], "C"), of([10, 14, 12], "C")), false);
  });

  it("classes first and last, of one case", () => {
    assert.equal(compatible([32, 40, 3], [3, 32, 40]), true);
    assert.equal(compatible([32, 40, 3], [3, 40, 32]), false);
  });
});

describe("pictures", () => {
  const idle = (...list: readonly string[]): string[] => [...idlePictures(list)];

  it("masks beside the images that they belong to", () => {
    assert.deepEqual(idle("data/001.png", "data/001_mask.png", "data/002.png", "data/002_mask.png", "preds/epoch_1/001.png", "preds/epoch_1/002.png"), ["data/001.png", "data/002.png"]);
  });

  it("pictures of labelled cases in folders of epochs, where no name says predictions", () => {
    assert.deepEqual(idle("labels/001.png", "labels/002.png", "epoch_1/001.png", "epoch_1/002.png", "vis/epoch_1/001.png", "plots/epoch_1/002.png"), ["vis/epoch_1/001.png", "plots/epoch_1/002.png"]);
  });

  it("the labels of a single case", () => {
    assert.deepEqual(idle("label.png", "pred_epoch0.png", "pred_epoch2.png", "loss.png"), ["loss.png"]);
  });
});
