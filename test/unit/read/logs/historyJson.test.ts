import assert from "node:assert/strict";
import { historyJson } from "../../../../src/read/logs/historyJson";
import { assertPiecesEqualWhole, memory, NO_TOOLS, points, readPieces, readWhole, recorder, series, text } from "./helpers";

const read = (s: string): ReturnType<typeof readWhole> => readWhole(historyJson, text(s), "history.json");
const probe = (s: string, name = "history.json"): boolean => historyJson.probe(name, text(s).subarray(0, 4096));

/** Shapes that hold loss 0.5, 0.25 and val_loss 0.6, 0.7, and the epochs they count. */
const SHAPES: [string, string, [number, number]][] = [
  ["a dict of lists", '{"loss": [0.5, 0.25], "val_loss": [0.6, 0.7]}', [0, 1]],
  ["a list of rows", '[{"epoch": 1, "loss": 0.5, "val_loss": 0.6}, {"epoch": 2, "loss": 0.25, "val_loss": 0.7}]', [1, 2]],
  ["rows without an epoch", '[{"loss": 0.5, "val_loss": 0.6}, {"loss": 0.25, "val_loss": 0.7}]', [0, 1]],
  ["history beside epoch", '{"history": {"loss": [0.5, 0.25], "val_loss": [0.6, 0.7]}, "epoch": [3, 4], "params": {"epochs": 2, "verbose": 1}}', [3, 4]],
  ["an epoch list among the others", '{"epoch": [1, 2], "loss": [0.5, 0.25], "val_loss": [0.6, 0.7]}', [1, 2]],
  ["pandas by column", '{"loss":{"0":0.5,"1":0.25},"val_loss":{"0":0.6,"1":0.7}}', [0, 1]],
  ["pandas split", '{"columns":["loss","val_loss"],"index":[0,1],"data":[[0.5,0.6],[0.25,0.7]]}', [0, 1]],
  ["a dict of rows by epoch", '{"1": {"loss": 0.5, "val_loss": 0.6}, "2": {"loss": 0.25, "val_loss": 0.7}}', [1, 2]],
  ["a dict of rows by a name with the epoch", '{"epoch_3": {"loss": 0.5, "val_loss": 0.6}, "epoch_4": {"loss": 0.25, "val_loss": 0.7}}', [3, 4]],
  ["scalars beside the lists", '{"model": "unet", "best_epoch": 1, "loss": [0.5, 0.25], "val_loss": [0.6, 0.7]}', [0, 1]],
];

describe("historyJson", () => {
  for (const [what, content, [first, second]] of SHAPES) {
    it(`reads ${what}, in any pieces`, () => {
      assert.ok(probe(content), "probe");
      const { read: result, series: all } = read(content);
      assert.deepEqual(points(all, "loss"), [[first, 0.5], [second, 0.25]]);
      assert.deepEqual(points(all, "val_loss"), [[first, 0.6], [second, 0.7]]);
      assert.deepEqual([all.length, result.end, result.problem, result.unit], [2, "complete", null, "epoch"]);
      assertPiecesEqualWhole(historyJson, text(content), "history.json");
    });
  }

  it("takes NaN and Infinity as Python writes them, lists within as series of their own, names within names", () => {
    const { series: all } = read('{"loss": [NaN, Infinity, -Infinity, 1e-05], "dice": [[0.9, 0.1], [0.8, null], [0.7, NaN], [0.6, 0]], "val": {"loss": [4, 3, 2, 1]}}');
    assert.deepEqual(points(all, "loss"), [[0, NaN], [1, Infinity], [2, -Infinity], [3, 1e-5]]);
    assert.deepEqual(points(all, "dice[1]"), [[0, 0.1], [2, NaN], [3, 0]]);
    assert.deepEqual([series(all, "dice[1]").class, series(all, "val/loss").split], [1, "val"]);
  });

  it("takes rows whose values lie in names within names", () => {
    const content = '[{"epoch": 1, "train": {"loss": 0.5}, "val": {"loss": 0.6, "dice": [0.9, 0.1]}}, {"epoch": 2, "train": {"loss": 0.25}, "val": {"loss": 0.7, "dice": [0.8, 0.2]}}]';
    assert.ok(probe(content));
    const { series: all } = read(content);
    assert.deepEqual(points(all, "val/loss"), [[1, 0.6], [2, 0.7]]);
    assert.deepEqual(points(all, "val/dice[1]"), [[1, 0.1], [2, 0.2]]);
    assert.deepEqual(series(all, "train/loss").split, "train");
  });

  it("takes a table by class for no history", () => {
    assert.ok(!probe('{"0": {"dice": 0.9, "name": "background"}, "1": {"dice": 0.8, "name": "liver"}}'));
  });

  it("takes a null loss for the NaN that it was, a missing validation for none", () => {
    const { series: all } = read('{"loss":{"0":0.5,"1":0.4,"2":null},"val_loss":{"0":null,"1":0.6,"2":null}}');
    assert.deepEqual(points(all, "loss"), [[0, 0.5], [1, 0.4], [2, NaN]]);
    assert.deepEqual(points(all, "val_loss"), [[1, 0.6], [2, NaN]]);
  });

  it("tells each value's line", () => {
    const { series: all } = read('{\n  "loss": [\n    0.5,\n    0.25\n  ],\n  "val_loss": [0.6,\n 0.7]\n}\n');
    assert.deepEqual([...series(all, "loss").lines!], [3, 4]);
    assert.deepEqual([...series(all, "val_loss").lines!], [6, 7]);
    const rows = read('[\n {"epoch": 0, "loss": 1},\n {"epoch": 1,\n  "loss": 2}\n]');
    assert.deepEqual([...series(rows.series, "loss").lines!], [2, 4]);
  });

  it("restarts where the epochs of rows go back", () => {
    const { series: all } = read('[{"epoch":0,"loss":4},{"epoch":1,"loss":3},{"epoch":2,"loss":2},{"epoch":1,"loss":1}]');
    assert.deepEqual(points(all, "loss"), [[0, 4], [1, 1]]);
    assert.equal(series(all, "loss").restarts, 1);
  });

  it("keeps what a torn file holds, without the number that was cut", () => {
    const torn = read('{"loss": [0.5, 0.25, 0.12');
    assert.equal(torn.read.end, "torn");
    assert.deepEqual(points(torn.series, "loss"), [[0, 0.5], [1, 0.25]]);
  });

  it("keeps what comes before damage, and says where it is", () => {
    const bad = read('{"loss": [0.5, 0.25],\n "val_loss": [0.6, oops]}');
    assert.equal(bad.read.end, "corrupt");
    assert.match(bad.read.problem!, /^history-json: no JSON at line 2, character 41;/);
    assert.equal(series(bad.series, "loss").steps.length, 2);
  });

  it("is read anew when it was rewritten, longer or shorter", () => {
    const one = text('{"loss": [3, 2, 1]}');
    const two = text('{"loss": [9, 8]}');
    assert.deepEqual(readPieces(historyJson, [one, two], "h.json"), readWhole(historyJson, two, "h.json"));
    assert.deepEqual(readPieces(historyJson, [two, one], "h.json"), readWhole(historyJson, one, "h.json"));
  });

  it("refuses more than 64 MB with one line", () => {
    const source = { ...memory(text("[")), size: 65 * 1024 * 1024 };
    const result = historyJson.read(source, null, recorder(), NO_TOOLS);
    assert.equal(result.end, "corrupt");
    assert.match(result.problem!, /^history-json: 68157440 bytes, more than the 67108864/);
  });

  const NOT_MINE: [string, string, string][] = [
    ["a package", "package.json", '{"name": "x", "version": "1.0.0", "files": ["dist"]}'],
    ["a config", "config.json", '{"loss": "dice", "lr": 0.001, "epochs": 100, "class_weights": [1, 2, 3], "loss_weights": [0.5, 0.5]}'],
    ["a search grid", "grid.json", '{"learning_rate": [0.1, 0.01], "batch_size": [8, 16]}'],
    ["a ground truth", "truth.json", '{"run": "a", "loss": "gdl", "classes": 4, "per_epoch": [{"epoch": 0, "dice": [0.9, 0.1]}]}'],
    ["Dice per class", "results.json", '{"dice": [0.9, 0.8, 0.7], "iou": [0.8, 0.7, 0.6]}'],
    ["a summary", "summary.json", '{"foreground_mean": {"Dice": 0.8, "IoU": 0.7}, "mean": {"1": {"Dice": 0.8}}}'],
    ["detections", "results.json", '[{"image_id": 1, "score": 0.9, "bbox": [1, 2, 3, 4]}]'],
    ["metrics per case", "cases.json", '[{"case": "a", "dice": 0.9}, {"case": "b", "dice": 0.8}]'],
    ["splits", "splits.json", '[{"train": ["a", "b"], "val": ["c"]}]'],
    ["a log per epoch of something else", "epochs.json", '[{"epoch": 0, "file": "a.png"}]'],
    ["numbers", "numbers.json", "[1, 2, 3]"],
    ["an empty file", "history.json", ""],
    ["an empty dict", "history.json", "{}"],
    ["no JSON", "history.json", "loss,val_loss\n1,2\n"],
    ["another suffix", "history.txt", '{"loss": [1, 2]}'],
  ];
  for (const [what, name, content] of NOT_MINE) it(`does not claim ${what}`, () => assert.equal(probe(content, name), false));

  it("claims a history whose first list is longer than the head", () => {
    assert.ok(probe(`{"accuracy": [0.5], "loss": [${Array.from({ length: 4000 }, (_, i) => 1 / (i + 3)).join(", ")}]}`));
  });

  it("bears hostile input", () => {
    const hostile = ["[".repeat(200000), '{"a":'.repeat(100000), '{"loss": [' + "1e999,".repeat(1000), '"' + "\\".repeat(99999), '{"loss": [1 2]}', '{"loss" [1]}', "{,}", "[,]", '{"__proto__": [1], "constructor": [2], "loss": [1]}', '{"loss": {"0": {"0": {"0": {"0": {"0": 1}}}}}}', '[{"epoch": NaN, "loss": 1}]', '[1, {"loss": 1}, null]'];
    for (const content of hostile) {
      probe(content);
      const { read: result } = read(content);
      assert.ok(result.problem === null || !result.problem.includes("\n"));
    }
  });
});
