import assert from "node:assert/strict";
import { join } from "node:path";
import type { Inspection } from "../../../src/run";
import { toRunView } from "../../../src/protocol";
import { inspectOnce, put, temporary } from "./support";

const told = (run: Inspection): string[] => run.series.map((s) => `${s.source} ${s.tag}${s.repeats === undefined ? "" : ` = ${s.repeats}`} ${s.steps.length}`).sort();
/** A loss of each epoch, with more digits than are printed; overfitting from the tenth epoch on. */
const train = (e: number): number => 0.9123456 * 0.9 ** e + 0.01;
const val = (e: number): number => (e < 10 ? 0.9 * 0.93 ** e + 0.1234567 : 0.5 + 0.0712345 * (e - 9));
const EPOCHS = Array.from({ length: 30 }, (_, e) => e);
const csv = (epochs: readonly number[]): string => `epoch,loss,val_loss\n${epochs.map((e) => `${e},${train(e)},${val(e)}\n`).join("")}`;
const keras = (epochs: readonly number[]): string => epochs.map((e) => `Epoch ${e + 1}/30\n8/8 - 1s - 130ms/step - loss: ${train(e).toFixed(4)} - val_loss: ${val(e).toFixed(4)}\n`).join("");
const nnunet = (epochs: readonly number[], stamped: boolean): string =>
  epochs
    .flatMap((e) => [`Epoch ${e}`, `Current learning rate: ${(0.01 * (1 - e / 1000)).toFixed(5)}`, `train_loss ${(-0.5 - 0.001 * e).toFixed(4)}`, `val_loss ${(-0.4 - 0.0011 * e).toFixed(4)}`, `Pseudo dice [np.float32(${(0.5 + 0.003 * e).toFixed(4)}), np.float32(${(0.4 + 0.002 * e).toFixed(4)})]`, "Epoch time: 1.0 s"])
    .map((line, i) => `${stamped ? `2024-01-31 12:${String(Math.floor(i / 60) % 60).padStart(2, "0")}:${String(i % 60).padStart(2, "0")}.000000: ` : `2024-01-31 12:00:00.000000: `}${line}\n`)
    .join("");

describe("a printed log beside a better one", () => {
  it("repeats it rounded: shown, neither judged nor drawn twice", async () => {
    const root = temporary();
    put(join(root, "training.csv"), csv(EPOCHS));
    const alone = await inspectOnce(root);
    put(join(root, "console.log"), keras(EPOCHS));
    const both = await inspectOnce(root);
    assert.deepEqual(told(both), ["console.log loss = training.csv 30", "console.log val_loss = training.csv 30", "training.csv loss 30", "training.csv val_loss 30"]);
    assert.ok(alone.findings.length > 0);
    assert.deepEqual(both.findings, alone.findings);
    assert.deepEqual(toRunView(both).series.map(({ source }) => source), ["training.csv", "training.csv"]);
    assert.ok(both.assumptions.includes("console.log repeats training.csv: what both tell is judged and drawn once."), both.assumptions.join("\n"));
  });

  it("one of the two may be ahead while the run is written", async () => {
    const root = temporary();
    put(join(root, "training.csv"), csv(EPOCHS.slice(0, 20)));
    put(join(root, "console.log"), keras(EPOCHS.slice(0, 21)));
    assert.deepEqual(told(await inspectOnce(root)).filter((line) => line.includes("=")), ["console.log loss = training.csv 21", "console.log val_loss = training.csv 21"]);
  });

  it("that tells something else stays as it is", async () => {
    const root = temporary();
    put(join(root, "training.csv"), csv(EPOCHS));
    put(join(root, "console.log"), EPOCHS.map((e) => `Epoch ${e + 1}/30\n8/8 - 1s - 130ms/step - loss: ${(train(e) * 1.05).toFixed(4)} - val_loss: ${(val(e) * 1.02).toFixed(4)}\n`).join(""));
    assert.ok(!told(await inspectOnce(root)).some((line) => line.includes("=")));
    // Two runs of a folder, the second resumed: what the text alone has is kept.
    put(join(root, "training.csv"), csv(EPOCHS.slice(20)));
    put(join(root, "console.log"), keras(EPOCHS));
    assert.ok(!told(await inspectOnce(root)).some((line) => line.includes("=")));
  });
});

describe("nnU-Net's logs of one fold", () => {
  it("go on where the one before ended, in the order of their unpadded dates; the console's copy is none", async () => {
    const root = temporary();
    put(join(root, "training_log_2023_9_2_02_46_13.txt"), nnunet([0, 1, 2, 3, 4], true));
    put(join(root, "training_log_2023_10_1_02_27_40.txt"), nnunet([3, 4, 5, 6], true));
    put(join(root, "training_log_2023_10_1_02_20_00.txt"), "\n#######\nPlease cite the following paper when using nnU-Net:\n");
    const one = await inspectOnce(root);
    const loss = one.series.find((s) => s.tag === "train_loss")!;
    assert.deepEqual([...loss.steps], [0, 1, 2, 3, 4, 5, 6]);
    assert.equal(loss.source, "training_log_2023_10_1_02_27_40.txt");
    assert.equal(one.series.length, 5);
    assert.deepEqual(one.series.filter((s) => s.tag.startsWith("pseudo")).map((s) => [s.split, s.quantity, s.class]), [["val", "dice", 1], ["val", "dice", 2]]);
    put(join(root, "nnunet_stdout.txt"), `when using nnU-Net:\n${nnunet([0, 1, 2, 3, 4, 5, 6], false)}`);
    const copied = await inspectOnce(root);
    assert.deepEqual(told(copied), told(one));
    assert.deepEqual(copied.findings, one.findings);
  });
});
