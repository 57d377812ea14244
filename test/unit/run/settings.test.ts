import assert from "node:assert/strict";
import { textReport } from "../../../src/report/text";
import { epochCount, knownSettings, settingsFiles, type RunConfig } from "../../../src/run";
import { inspection, measure, series } from "../editor/fakes";

const config = (change: Partial<RunConfig>): RunConfig => ({
  facts: {}, batchSize: null, learningRate: null, lossName: null, optimizer: null, plannedEpochs: null, classNames: null, ignoreLabel: null, regions: null, colours: null, ...change,
});

describe("settings in words", () => {
  it("lists what matters with the file that tells it, and nothing that no file tells", () => {
    const known = knownSettings(config({ batchSize: { value: 32, by: "a.yaml" }, lossName: { value: "dice_ce", by: "b.json" }, classNames: { value: ["background", null, "liver"], by: "dataset.json" } }));
    assert.deepEqual(known.map((s) => `${s.name}=${s.value} (${s.by})`), ["loss=dice_ce (b.json)", "batch size=32 (a.yaml)", "class names=background, class 1, liver (dataset.json)"]);
    assert.deepEqual(knownSettings(undefined), []);
    assert.deepEqual(settingsFiles(config({})), []);
  });

  it("joins files that hold the same and those of one setting each, and leaves out what is unset", () => {
    const files = settingsFiles(config({
      facts: {
        "checkpoint-1/config.json": { classes: 11, dtype: "float32", seed: null },
        "checkpoint-2/config.json": { dtype: "float32", classes: 11 },
        "mlruns/0/ab/params/lr": { lr: 0.005 },
        "mlruns/0/ab/params/loss": { loss: "ce" },
        "final/model.safetensors": { format: "pt" },
        "empty.yaml": { seed: null },
      },
    }));
    assert.deepEqual(files.map((f) => f.paths), [["checkpoint-1/config.json", "checkpoint-2/config.json"], ["mlruns/0/ab/params"]]);
    assert.deepEqual(files.map((f) => f.entries.map((e) => `${e.key}=${e.value}`)), [["classes=11", "dtype=float32"], ["lr=0.005", "loss=ce"]]);
  });

  it("clips long values and lists at most so many", () => {
    const facts = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, [i, [1, 2]]] as const));
    const [file] = settingsFiles(config({ facts: { "x.yaml": { ...facts, key0: "line\nof ".repeat(1000) } } }));
    assert.equal(file!.entries.length + file!.leftOut, 1000);
    assert.ok(file!.entries[0]!.value.length <= 200 && !file!.entries[0]!.value.includes("\n"));
    assert.equal(file!.entries[1]!.value, "[1, [1, 2]]");
  });

  it("stand in the terminal's report", () => {
    const run = inspection({ config: config({ batchSize: { value: 2, by: "debug.json" }, plannedEpochs: { value: 20, by: "debug.json" } }) });
    assert.match(textReport([{ path: "fold_0", run }], { colour: false, width: 100 }), /^fold_0\n {2}set: batch size 2; planned epochs 20$/m);
    assert.ok(!textReport([{ path: "fold_0", run: inspection() }], { colour: false, width: 100 }).includes("set:"));
  });
});

describe("epochs of a run", () => {
  it("counts by the log's last epoch, from 0 or from 1, also where only some epochs were logged", () => {
    assert.equal(epochCount(inspection({ series: [series("a.csv", [0, 1, 2], [3, 2, 1])] })), 3);
    assert.equal(epochCount(inspection({ series: [series("a.csv", [1, 2, 3], [3, 2, 1])] })), 3);
    assert.equal(epochCount(inspection({ series: [series("a.csv", [2, 4, 6], [3, 2, 1])] })), 6);
  });

  it("counts by what was measured where the log knows steps alone", () => {
    const steps = { ...series("a.csv", [10, 20], [3, 2]), unit: "step" as const };
    assert.equal(epochCount(inspection({ series: [steps], epochs: [measure(0, 1), measure(9, 1)], lastEpoch: 9 })), 10);
    assert.equal(epochCount(inspection({ series: [steps], epochs: [measure(2, 1), measure(14, 1)], lastEpoch: 14 })), 14);
    assert.equal(epochCount(inspection({ series: [steps, { ...steps, tag: "epoch", values: Float64Array.of(0, 9) }], lastEpoch: 9 })), 10);
    assert.equal(epochCount(inspection({ series: [steps] })), null);
  });
});
