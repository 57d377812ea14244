import assert from "node:assert/strict";
import { toRunView } from "../../../src/protocol";
import type { Series } from "../../../src/run";
import { curveCharts, nameOf } from "../../../webview/model/curves";
import { inspection, series } from "./fake";

const charts = (all: readonly Series[], scale?: string): ReturnType<typeof curveCharts> => curveCharts(toRunView(inspection({ series: all })).series, () => scale);

describe("charts of logged curves", () => {
  it("shows training and validation of a quantity on one chart, losses first", () => {
    const out = charts([series("val_iou", [0, 1], [0.1, 0.2], { quantity: "iou" }), series("loss", [0, 1], [2, 1]), series("val_loss", [0, 1], [3, 2]), series("iou", [0, 1], [0.3, 0.4], { quantity: "iou" })]);
    assert.deepEqual(out.map((c) => c.title), ["Loss", "Iou"]);
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

  it("collects classes of a logged score in one chart", () => {
    const out = charts([1, 2, 3].map((c) => series(`val_dice_class_${c}`, [0, 1], [0.1 * c, 0.2 * c], { class: c })));
    assert.equal(out.length, 1);
    assert.equal(out[0]!.title, "Dice per class, validation");
    assert.deepEqual(out[0]!.lines.map((l) => l.label), ["class 1", "class 2", "class 3"]);
  });

  it("offers a log scale for positive values alone, and takes it when chosen", () => {
    assert.equal(charts([series("loss", [0, 1], [1, 0.1])], "log")[0]!.log, true);
    assert.equal(charts([series("loss", [0, 1], [1, 0.1])])[0]!.log, false);
    for (const values of [[1, -1], [1, 0], [NaN, NaN], [2, 2]]) {
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
