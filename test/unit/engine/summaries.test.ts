import assert from "node:assert/strict";
import { join } from "node:path";
import { RunSession } from "../../../src/engine/session";
import { inspected, inspectOnce, npy, put, temporary } from "./support";

const map = (...classes: readonly number[]): Uint8Array => npy("|u1", [2, 4], Uint8Array.from(classes));
const scores = (dice: number | null): object => ({ Dice: dice, IoU: 0, TP: 1, FP: 1, FN: 1, TN: 1 });
const one = (name: string, metrics: Readonly<Record<string, object>>): object => ({ prediction_file: `/elsewhere/validation/${name}`, reference_file: `/elsewhere/labelsTr/${name}`, metrics });
const summary = (...cases: readonly object[]): string => JSON.stringify({ foreground_mean: { Dice: 0.5 }, mean: {}, metric_per_case: cases }).replaceAll("null", "NaN");

function fold(labels: object, extra: object = {}): string {
  const root = temporary();
  const trainer = join(root, "nnUNet_results", "Dataset007_Any", "nnUNetTrainer__nnUNetPlans__2d");
  put(join(trainer, "dataset.json"), JSON.stringify({ labels, channel_names: { 0: "CT" }, ...extra }));
  put(join(root, "nnUNet_raw", "Dataset007_Any", "labelsTr", "any_001.npy"), map(0, 1, 2, 0, 1, 2, 0, 0));
  put(join(root, "nnUNet_raw", "Dataset007_Any", "labelsTr", "any_002.npy"), map(0, 1, 2, 0, 1, 2, 1, 0));
  put(join(trainer, "fold_0", "training.csv"), "epoch,loss,val_loss\n0,0.9,1.0\n1,0.8,0.9\n");
  put(join(trainer, "fold_0", "validation", "any_001.npy"), map(0, 1, 2, 0, 1, 2, 0, 0));
  put(join(trainer, "fold_0", "validation", "any_002.npy"), map(0, 1, 0, 0, 1, 1, 1, 0));
  return join(trainer, "fold_0");
}

describe("nnU-Net's summary of a validation", () => {
  const labels = { background: 0, liver: 1, tumour: 2 };

  it("says nothing where it agrees, and one line for each Dice that does not", async () => {
    const folder = fold(labels);
    const path = join(folder, "validation", "summary.json");
    put(path, summary(one("any_001.npy", { "1": scores(1), "2": scores(1) }), one("any_002.npy", { "1": scores(6 / 7), "2": scores(0) }), one("any_003.npy", { "1": scores(0.3) })));
    const session = new RunSession(folder, { cacheFolder: null });
    assert.deepEqual((await inspected(session)).problems, []);
    put(path, summary(one("any_001.npy", { "1": scores(1), "2": scores(0.75) }), one("any_002.npy", { "1": scores(6 / 7), "2": scores(0) })), 1e9);
    assert.deepEqual((await inspected(session)).problems, [{ path: "validation/summary.json", message: "summary.json: class 2 of any_001 has Dice 0.750, recomputed 1.000" }]);
  });

  it("knows regions by their label values, in whatever order the file has them", async () => {
    const folder = fold({ background: 0, whole: [1, 2], core: 2 }, { regions_class_order: [1, 2] });
    const path = join(folder, "validation", "summary.json");
    put(path, summary(one("any_001.npy", { "2": scores(1), "(1, 2)": scores(1) }), one("any_002.npy", { "2": scores(0), "(1, 2)": scores(8 / 9) })));
    const good = await inspectOnce(folder);
    assert.equal(good.epochs[0]?.regions, true);
    assert.deepEqual(good.problems, []);
    put(path, summary(one("any_002.npy", { "2": scores(0.5), "(1, 2)": scores(0.2) })));
    assert.deepEqual((await inspectOnce(folder)).problems.map(({ message }) => message), ["summary.json: class (1, 2) of any_002 has Dice 0.200, recomputed 0.889", "summary.json: class 2 of any_002 has Dice 0.500, recomputed 0.000"]);
  });

  it("that breaks off is one line; without predictions nothing is said", async () => {
    const folder = fold(labels);
    put(join(folder, "validation", "summary.json"), '{"metric_per_case": [');
    const torn = await inspectOnce(folder);
    assert.equal(torn.problems.length, 1);
    assert.match(torn.problems[0]!.message, /^summary\.json: no JSON/);
    const alone = temporary();
    put(join(alone, "training.csv"), "epoch,loss\n0,0.9\n");
    put(join(alone, "validation", "summary.json"), summary(one("any_001.npy", { "1": scores(0.1) })));
    assert.deepEqual((await inspectOnce(alone)).problems, []);
  });
});
