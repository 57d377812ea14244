import assert from "node:assert/strict";
import { join } from "node:path";
import { jsonReport } from "../../../src/report/json";
import { inspectOnce, npy, put, temporary } from "./support";

const map = (...classes: readonly number[]): Uint8Array => npy("|u1", [4, 4], Uint8Array.from(classes));
const LABEL = map(0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 0, 0, 0);
const GUESS = map(0, 1, 2, 1, 0, 1, 2, 2, 0, 1, 0, 0, 0, 0, 0, 1);
const CSV = "epoch,loss,val_loss\n0,0.9,1.0\n1,0.8,0.9\n2,0.7,0.8\n";

function run(dataset: unknown, name = "dataset.json"): string {
  const root = temporary();
  put(join(root, "training.csv"), CSV);
  put(join(root, "labels.npy"), LABEL);
  for (const epoch of [1, 2, 3]) put(join(root, "predictions", `epoch_${epoch}.npy`), GUESS);
  put(join(root, name), typeof dataset === "string" ? dataset : JSON.stringify(dataset));
  return root;
}

describe("the ignored label of the settings", () => {
  it("is left out of the counts, the labels and the classes", async () => {
    const root = run({ labels: { background: 0, liver: 1, tumour: 2, ignore: 3 }, channel_names: { 0: "CT" } });
    const folder = join(root, "cache");
    const one = await inspectOnce(root, {}, { cacheFolder: folder });
    const [epoch] = one.epochs;
    assert.deepEqual([epoch?.classes, epoch?.ignored, epoch?.layout], [3, 3, "index map; labels: index map, 3 left out"]);
    assert.deepEqual([...epoch!.confusion], [6, 1, 0, 0, 3, 0, 1, 0, 2]);
    assert.deepEqual([one.labels?.classes, [...(one.labels?.volumes ?? [])]], [3, [7, 3, 3]]);
    assert.deepEqual(one.classes.map(({ name }) => name), ["background", "liver", "tumour"]);
    // The settings change, the arrays do not: what was cached is of no more use.
    put(join(root, "dataset.json"), JSON.stringify({ labels: { background: 0, liver: 1, tumour: 2, rest: 3 }, channel_names: { 0: "CT" } }));
    const other = await inspectOnce(root, {}, { cacheFolder: folder });
    assert.deepEqual([other.epochs[0]?.classes, other.epochs[0]?.ignored], [4, 0]);
    assert.deepEqual([...(other.labels?.volumes ?? [])], [7, 3, 3, 3]);
  });

  it("of a YAML file counts too; one that is the background is counted all the same, and said", async () => {
    const one = await inspectOnce(run("ignore_index: 2\nbatch_size: 4\n", "config.yaml"));
    assert.deepEqual([one.epochs[0]?.ignored, one.epochs[0]?.layout], [3, "index map; labels: index map, 2 left out"]);
    const ground = await inspectOnce(run("ignore_index: 0\n", "config.yaml"));
    assert.equal(ground.epochs[0]?.ignored, 0);
    assert.ok(ground.assumptions.includes("config.yaml leaves label 0 out, which is the background: it is counted all the same."), ground.assumptions.join("\n"));
  });
});

describe("regions of the settings", () => {
  const regions = { labels: { background: 0, "whole tumor": [1, 2, 3], "tumor core": [2, 3], enhancing: 3 }, regions_class_order: [1, 2, 3], channel_names: { 0: "T1" } };

  it("are counted each on its own, and named", async () => {
    const one = await inspectOnce(run(regions));
    const [epoch] = one.epochs;
    assert.equal(epoch?.regions, true);
    assert.equal(epoch.layout, "3 regions that may overlap, made up of label values, each counted on its own; predictions: index map");
    // whole: 9 labelled, 8 predicted, 7 both; core: 6, 3, 3; enhancing: 3, 0, 0
    assert.deepEqual([...epoch.caseDice].slice(1), [14 / 17, 6 / 9, 0]);
    assert.deepEqual(one.classes.map(({ index, name, background }) => [index, name, background]), [[0, "outside all regions", true], [1, "whole tumor", false], [2, "tumor core", false], [3, "enhancing", false]]);
    assert.deepEqual([one.labels?.regions, [...(one.labels?.volumes ?? [])]], [true, [7, 9, 6, 3]]);
  });

  it("are what a report lists: what lies outside is no class of theirs", async () => {
    const report = JSON.parse(jsonReport([{ path: ".", run: await inspectOnce(run(regions)) }])) as { runs: { classes: { index: number }[]; epochs: { regions: boolean; dice: number[]; labelVoxels: number[]; predictedVoxels: number[] }[] }[] };
    assert.deepEqual(report.runs[0]!.classes.map(({ index }) => index), [1, 2, 3]);
    const epoch = report.runs[0]!.epochs[0]!;
    assert.deepEqual([epoch.regions, epoch.dice, epoch.labelVoxels, epoch.predictedVoxels], [true, [14 / 17, 6 / 9, 0], [9, 6, 3], [8, 3, 0]]);
  });

  it("are judged as classes are, and what lies outside is not", async () => {
    const one = await inspectOnce(run(regions));
    const never = one.findings.flatMap((f) => [f, ...f.explains]).find((f) => f.symptom === "class-never-learned");
    assert.deepEqual(never?.evidence["classes"], [3]);
    assert.match(never.message, /^Class 3 \(enhancing\) was never learned/);
    const root = run(regions);
    for (const epoch of [1, 2, 3]) put(join(root, "predictions", `epoch_${epoch}.npy`), map(...new Array<number>(16).fill(0)));
    const empty = await inspectOnce(root);
    const lead = empty.findings.find((f) => f.symptom === "only-background");
    assert.match(lead?.message ?? "", /^Every voxel is predicted as background.*: 0 of 18 labelled voxels of the regions were found, Dice of classes 1 \(whole tumor\), 2 \(tumor core\) and 3 \(enhancing\) is 0\.$/);
    for (const epoch of [1, 2, 3]) put(join(root, "predictions", `epoch_${epoch}.npy`), map(...new Array<number>(16).fill(3)));
    const full = await inspectOnce(root);
    assert.ok(!full.findings.flatMap((f) => [f, ...f.explains]).some((f) => f.symptom === "class-never-learned" || f.symptom === "class-lost"), JSON.stringify(full.findings.map((f) => f.message)));
  });

  it("keep an ignored label out, and a list of single values makes no region", async () => {
    const one = await inspectOnce(run({ ...regions, labels: { background: 0, whole: [1, 2], core: [2], ignore: 3 }, regions_class_order: [1, 2] }));
    assert.deepEqual([one.epochs[0]?.regions, one.epochs[0]?.ignored, one.epochs[0]?.classes], [true, 3, 3]);
    const plain = await inspectOnce(run({ ...regions, labels: { background: 0, a: [1], b: [2], c: [3] } }));
    assert.deepEqual([plain.epochs[0]?.regions, plain.classes.map(({ name }) => name)], [undefined, ["background", "a", "b", "c"]]);
  });

  it("count as nnU-Net's log numbers them, and as tags name them", async () => {
    const root = run(regions);
    put(join(root, "training.csv"), "epoch,loss,val_dice_enhancing,val_dice_whole_tumor,val_dice_tumor_core\n0,0.9,0.1,0.2,0.3\n1,0.8,0.2,0.3,0.4\n");
    const one = await inspectOnce(root);
    assert.deepEqual(one.series.flatMap((s) => (s.class === null ? [] : [[s.className, s.class]])), [["enhancing", 3], ["whole tumor", 1], ["tumor core", 2]]);
  });
});

describe("class names of the settings", () => {
  it("give tags that name a class its index, also where one tag alone does", async () => {
    const root = run({ labels: { background: 0, liver: 1, "left kidney": 2, spleen: 3 }, channel_names: { 0: "CT" } });
    put(join(root, "training.csv"), "epoch,loss,val_dice_left_kidney,val/IoU.spleen,val_dice_mean\n0,0.9,0.1,0.2,0.3\n1,0.8,0.2,0.3,0.4\n");
    const one = await inspectOnce(root);
    assert.deepEqual(one.series.map((s) => [s.tag, s.class, s.className]), [["loss", null, undefined], ["val_dice_left_kidney", 2, "left kidney"], ["val/IoU.spleen", 3, "spleen"], ["val_dice_mean", null, undefined]]);
  });
});

describe("class names that only a label file tells", () => {
  const nrrd = (shape: readonly number[], fields: readonly string[], data: Uint8Array): Uint8Array => new Uint8Array(Buffer.concat([Buffer.from(`NRRD0004\ntype: uint8\ndimension: ${shape.length}\nsizes: ${shape.join(" ")}\nencoding: raw\n${fields.map((field) => `${field}\n`).join("")}\n`, "latin1"), data]));

  it("name the classes", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    const fields = ["Segment0_ID:=a", "Segment0_Name:=liver", "Segment0_LabelValue:=1", "Segment0_Layer:=0", "Segment1_ID:=b", "Segment1_Name:=spleen", "Segment1_LabelValue:=2", "Segment1_Layer:=0"];
    const volume = (seed: number): Uint8Array => Uint8Array.from({ length: 4 * 4 * 3 }, (_, i) => (i + seed) % 3);
    put(join(root, "labels", "case_1.seg.nrrd"), nrrd([4, 4, 3], fields, volume(0)));
    put(join(root, "predictions", "epoch_2", "case_1.nrrd"), nrrd([4, 4, 3], [], volume(1)));
    const one = await inspectOnce(root);
    assert.equal(one.epochs.length, 1);
    assert.deepEqual(one.classes.map(({ name }) => name), [null, "liver", "spleen"]);
  });
});

describe("settings around a lone nnU-Net fold", () => {
  it("name its classes and tell its batch size, read where they lie", async () => {
    const root = temporary();
    const trainer = join(root, "nnUNet_results", "Dataset007_Any", "nnUNetTrainer__nnUNetPlans__2d");
    const plans = { dataset_name: "Dataset007_Any", plans_name: "nnUNetPlans", configurations: { "2d": { batch_size: 12, patch_size: [64, 64] }, "3d_fullres": { batch_size: 2 } } };
    put(join(trainer, "dataset.json"), JSON.stringify({ labels: { background: 0, liver: 1, tumour: 2 }, channel_names: { 0: "CT" } }));
    put(join(trainer, "plans.json"), JSON.stringify(plans));
    for (const n of [1, 2]) put(join(root, "nnUNet_raw", "Dataset007_Any", "labelsTr", `any_00${n}.npy`), LABEL);
    for (const n of [1, 2]) put(join(trainer, "fold_0", "validation", `any_00${n}.npy`), GUESS);
    put(join(trainer, "fold_0", "training.csv"), CSV);
    const one = await inspectOnce(join(trainer, "fold_0"));
    assert.deepEqual(one.config?.classNames, { value: ["background", "liver", "tumour"], by: "../dataset.json" });
    assert.deepEqual(one.config.batchSize, { value: 12, by: "../plans.json" });
    assert.deepEqual(one.classes.map(({ name }) => name), ["background", "liver", "tumour", null]);
    const whole = await inspectOnce(trainer);
    assert.deepEqual(whole.config?.batchSize, { value: 12, by: "plans.json" }, "the folder's own name tells the configuration");
  });

  it("are those of the data where the trainer's folder has none", async () => {
    const root = temporary();
    const fold = join(root, "nnUNet_results", "Dataset007_Any", "T__P__2d", "fold_0");
    put(join(root, "nnUNet_raw", "Dataset007_Any", "dataset.json"), JSON.stringify({ labels: { background: 0, liver: 1 }, channel_names: { 0: "CT" } }));
    put(join(fold, "training.csv"), CSV);
    const one = await inspectOnce(fold);
    assert.equal(one.config?.classNames?.by, "../../../../nnUNet_raw/Dataset007_Any/dataset.json");
  });
});

describe("settings in hidden folders", () => {
  it("of Hydra are read", async () => {
    const root = temporary();
    put(join(root, "training.csv"), CSV);
    put(join(root, ".hydra", "config.yaml"), "batch_size: 6\noptimizer:\n  name: AdamW\n");
    put(join(root, ".git", "config.yaml"), "batch_size: 7\n");
    const one = await inspectOnce(root);
    assert.deepEqual(one.config?.batchSize, { value: 6, by: ".hydra/config.yaml" });
    assert.deepEqual(one.config.optimizer, { value: "AdamW", by: ".hydra/config.yaml" });
  });
});
