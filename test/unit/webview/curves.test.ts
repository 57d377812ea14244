import assert from "node:assert/strict";
import { toRunView } from "../../../src/protocol";
import type { Series } from "../../../src/run";
import { curveCharts, nameOf, singleValues } from "../../../webview/model/curves";
import { inspection, series } from "./fake";

const charts = (all: readonly Series[], scale?: string): ReturnType<typeof curveCharts> => curveCharts(toRunView(inspection({ series: all })).series, () => scale);

describe("charts of logged curves", () => {
  it("shows training and validation of a quantity on one chart, losses first", () => {
    const out = charts([series("val_iou", [0, 1], [0.1, 0.2], { quantity: "iou" }), series("loss", [0, 1], [2, 1]), series("val_loss", [0, 1], [3, 2]), series("iou", [0, 1], [0.3, 0.4], { quantity: "iou" })]);
    assert.deepEqual(out.map((c) => c.title), ["Loss", "IoU"]);
    assert.deepEqual(out[0]!.lines.map((l) => l.label), ["training", "validation"]);
    const [train, val] = out[0]!.lines;
    assert.notEqual(train!.style.colour, val!.style.colour);
    assert.notEqual(train!.style.dash, val!.style.dash);
    assert.notEqual(train!.style.marker, val!.style.marker);
  });

  it("finds what a tag measures without its split and class", () => {
    for (const [tag, name] of [["val_loss", "loss"], ["epoch_loss", "loss"], ["train/loss", "loss"], ["evaluation_loss_vs_iterations", "loss"], ["Loss/validation", "Loss"], ["val", "val"], ["learning_rate", "learning rate"]] as const) {
      assert.equal(nameOf({ tag, class: null }), name);
    }
    assert.equal(nameOf({ tag: "val_dice_class_3", class: 3 }), "dice");
    assert.equal(nameOf({ tag: "dice_10", class: 10 }), "dice");
  });

  it("draws one line for a curve that several files tell alike, and two where they differ", () => {
    const same = charts([series("loss", [0, 1, 2], [1, 0.5, 0.25]), series("loss", [0, 1, 2], [1, 0.5 + 1e-8, 0.25], { source: "history.json" }), series("epoch_loss", [0, 1, 2], [1, 0.5, 0.25], { source: "tb/train/events" })]);
    assert.equal(same[0]!.lines.length, 1);
    assert.match(same[0]!.lines[0]!.title, /loss in training\.csv, also loss in history\.json, also epoch_loss in tb\/train\/events/);
    const different = charts([series("loss", [0, 1, 2], [1, 0.5, 0.25]), series("loss", [0, 1, 2], [1, 0.6, 0.25], { source: "other.csv" })]);
    assert.equal(different[0]!.lines.length, 2);
    assert.notEqual(different[0]!.lines[0]!.label, different[0]!.lines[1]!.label);
  });

  it("leaves out a curve by step that repeats one by epoch, and keeps one that does not", () => {
    const epochs = series("val_loss", [0, 1, 2], [3, 2, 1]);
    const repeat = charts([epochs, series("val_loss_vs_iterations", [63, 126, 189], [3, 2, 1], { unit: "step", source: "tb" })]);
    assert.equal(repeat.length, 1);
    assert.match(repeat[0]!.lines[0]!.title, /val_loss_vs_iterations in tb/);
    const own = charts([epochs, series("val_batch_loss", [1, 2, 3], [3, 2.5, 1], { unit: "step" })]);
    assert.deepEqual(own.map((c) => [c.title, c.unit]), [["Loss", "epoch"], ["Loss by step", "step"]]);
  });

  it("draws one line for a curve and its copy in fewer digits, or without its split", () => {
    const exact = series("train/loss", [0, 1, 2], [0.123456789, 0.0456789123, 0.98765432109], { source: "tb/events" });
    const rounded = series("train_loss", [0, 1, 2], [0.1235, 0.0457, 0.9877]);
    assert.equal(charts([exact, rounded])[0]!.lines.length, 1);
    assert.equal(charts([series("loss", [0, 1, 2], [...exact.values], { split: null }), exact])[0]!.lines[0]!.label, "training");
    assert.equal(charts([exact, { ...rounded, values: Float64Array.of(0.1235, 0.0459, 0.9877) }])[0]!.lines.length, 2);
    // Two decimals agree by chance.
    assert.equal(charts([exact, { ...rounded, values: Float64Array.of(0.12, 0.05, 0.99) }])[0]!.lines.length, 2);
    const steps = charts([series("val_mean_dice", [2, 4, 6], [0.1983, 0.5136, 0.5351]), series("val_mean_dice", [1, 2, 3], [0.198347, 0.513581, 0.535142], { unit: "step", source: "tb" })]);
    assert.equal(steps.length, 1);
  });

  it("names curves of one split by what tells them apart alone", () => {
    const labels = (all: readonly Series[]): string[] => charts(all)[0]!.lines.map((l) => l.label);
    assert.deepEqual(labels([series("train_loss_step", [1, 2], [2, 1]), series("train_loss_epoch", [1, 2], [1.5, 1.2])]), ["training (train_loss_step)", "training (train_loss_epoch)"]);
    assert.deepEqual(labels([series("loss", [1, 2], [2, 1]), series("loss", [1, 2], [5, 4], { source: "logs/other.csv" })]), ["training (training.csv)", "training (logs/other.csv)"]);
  });

  it("draws no chart of what only counts, nor of what was logged once, and machine's curves last", () => {
    const steps = [1, 2, 3, 4, 5];
    const all = [
      series("train/epoch", steps, [0.1, 0.2, 0.3, 0.4, 0.5], { unit: "step", quantity: "other" }),
      series("eval/runtime", steps, [5, 4, 3, 3, 3], { unit: "step" }),
      series("train/grad_norm", steps, [5, 4, 3, 2, 1], { unit: "step" }),
      series("lr", steps, [5, 4, 3, 2, 1], { unit: "step", quantity: "lr", split: null }),
      series("train/train_loss", [5], [0.15], { unit: "step" }),
      series("train_loss", [5], [0.15], { unit: "step", source: "trainer_state.json" }),
      series("hp_metric", [0], [-1], { unit: "step", quantity: "other", split: null }),
    ];
    const out = charts(all);
    assert.deepEqual(out.map((c) => [c.title, c.minor]), [["Gradient norm by step", false], ["Learning rate by step", false], ["Runtime by step", true]]);
    const once = singleValues(toRunView(inspection({ series: all })).series);
    assert.deepEqual(once.map((s) => [s.tag, s.value, s.at]), [["train/train_loss", "0.15", "step 5"], ["hp_metric", "-1", "step 0"]]);
    // The first epoch of a training that goes on is a curve's beginning.
    assert.equal(charts([series("val_loss", [0], [1])]).length, 1);
  });

  it("calls classes by their names, in their order, also where a tag has its index in brackets", () => {
    const all = [10, 2, 1].map((c) => series(`val_dice[${c}]`, [0, 1], [0.1, 0.2 + c / 100], { class: c, split: "val" }));
    const named = Array.from({ length: 11 }, (_, index) => ({ index, name: index === 2 ? "liver" : null, background: index === 0 }));
    const [chart, ...others] = curveCharts(toRunView(inspection({ series: all })).series, () => undefined, named);
    assert.equal(others.length, 0);
    assert.equal(chart!.title, "Logged Dice per class, validation");
    assert.deepEqual(chart!.lines.map((l) => l.label), ["class 1", "liver", "class 10"]);
  });

  it("collects classes of a logged score in one chart", () => {
    const out = charts([1, 2, 3].map((c) => series(`val_dice_class_${c}`, [0, 1], [0.1 * c, 0.2 * c], { class: c })));
    assert.equal(out.length, 1);
    assert.equal(out[0]!.title, "Logged Dice per class, validation");
    assert.deepEqual(out[0]!.lines.map((l) => l.label), ["class 1", "class 2", "class 3"]);
  });

  it("offers a log scale for positive values alone, and takes it when chosen", () => {
    assert.equal(charts([series("loss", [0, 1], [1, 0.1])], "log")[0]!.log, true);
    assert.equal(charts([series("loss", [0, 1], [1, 0.1])])[0]!.log, false);
    assert.deepEqual(charts([series("val_dice", [0, 1], [0.01, 0.9])])[0]!.scales, []);
    for (const values of [[1, -1], [1, 0], [NaN, NaN], [2, 2], [1, 0.2]]) {
      const chart = charts([series("loss", [0, 1], values)], "log")[0]!;
      assert.equal(chart.log, false, String(values));
      assert.equal(chart.scales.length, 0, String(values));
    }
  });

  it("says in words what the lines show, gaps and restarts included", () => {
    const chart = charts([series("val_loss", [0, 1, 2, 3], [0.5, 0.2, 0.4, NaN], { restarts: 1 })])[0]!;
    assert.equal(chart.sentence, "Validation 0.5 → 0.4, lowest 0.2 at epoch 1, 1 of 4 values not finite, restarted once.");
    assert.equal(charts([series("loss", [0], [NaN])])[0]!.sentence, "Training: no finite value in 1.");
    assert.deepEqual(charts([]), []);
    assert.deepEqual(charts([series("loss", [], [])]), []);
  });

  it("has a table with every point, and says when it is cut", () => {
    const chart = charts([series("loss", [0, 1], [1, 0.5]), series("val_loss", [1], [NaN])])[0]!;
    const table = chart.table();
    assert.deepEqual(table.columns, ["epoch", "loss in training.csv", "val_loss in training.csv"]);
    assert.deepEqual(table.rows, [["0", "1", "–"], ["1", "0.5", "NaN"]]);
    const n = 1500;
    const long = charts([series("loss", Array.from({ length: n }, (_, i) => i), new Array<number>(n).fill(1))])[0]!.table();
    assert.equal(long.rows.length, 1000);
    assert.equal(long.rows.at(-1)![0], "1499");
    assert.equal(long.note, "The newest 1000 of 1500 rows.");
  });
});
