import assert from "node:assert/strict";
import { jsonLines } from "../../../../src/read/logs/jsonLines";
import { assertPiecesEqualWhole, memory, NO_TOOLS, points, readPieces, readWhole, recorder, series, text } from "./helpers";

const lines = (...rows: readonly unknown[]): string => rows.map((row) => (typeof row === "string" ? row : JSON.stringify(row)) + "\n").join("");
const read = (s: string, name = "log.jsonl"): ReturnType<typeof readWhole> => readWhole(jsonLines, text(s), name);
const probe = (s: string, name: string): boolean => jsonLines.probe(name, text(s).subarray(0, 4096));

describe("jsonLines", () => {
  it("joins names within names, splits lists, and reads NaN and Infinity as Python writes them", () => {
    const { read: result, series: all } = read('{"epoch": 1, "train": {"loss": NaN}, "val_dice": [0.9, null, -Infinity], "tag": "a"}\n{"epoch": 2, "train": {"loss": 0.5}, "val_dice": [0.8, 0.1, NaN]}\n');
    assert.deepEqual(points(all, "train/loss"), [[1, NaN], [2, 0.5]]);
    assert.deepEqual(points(all, "val_dice[1]"), [[2, 0.1]]);
    assert.deepEqual(points(all, "val_dice[2]"), [[1, -Infinity], [2, NaN]]);
    assert.deepEqual([series(all, "val_dice[2]").class, series(all, "val_dice[2]").split, result.unit], [2, "val", "epoch"]);
  });

  it("counts steps where epochs repeat, and keeps both of two rows at a step", () => {
    const rows = Array.from({ length: 12 }, (_, i) => ({ step: 5 * i, epoch: Math.floor(i / 4), loss: 1 / (1 + i) }));
    const { read: result, series: all } = read(lines(...rows, { step: 55, epoch: 2, val_loss: 0.5 }));
    assert.equal(result.unit, "step");
    assert.equal(series(all, "epoch").steps.length, 13);
    assert.deepEqual(points(all, "val_loss"), [[55, 0.5]]);
    assert.equal(series(all, "epoch").restarts, 0);
  });

  it("restarts where epochs go back or one comes again, and where steps go back", () => {
    const epochs = read(lines(...[0, 1, 2, 3, 2, 3, 3, 4].map((epoch, i) => ({ epoch, loss: i }))));
    assert.deepEqual(points(epochs.series, "loss"), [[0, 0], [1, 1], [2, 4], [3, 6], [4, 7]]);
    const steps = read(lines(...[10, 20, 30, 40, 20, 30, 40].map((step, i) => ({ step, loss: i, ...(step === 40 ? { "val/loss": i } : {}) }))));
    assert.deepEqual(points(steps.series, "loss"), [[10, 0], [20, 4], [30, 5], [40, 6]]);
    assert.deepEqual(points(steps.series, "val/loss"), [[40, 6]]);
  });

  it("tells splits apart by an event's name, or by any text that says them", () => {
    const rows = [1, 2, 3].flatMap((epoch) => [...[1, 2].map((i) => ({ event: "train", epoch, step: 2 * epoch - 2 + i, loss: 1 / epoch })), { event: "val", epoch, step: 2 * epoch, loss: 2 / epoch }]);
    const events = read(lines(...rows));
    assert.deepEqual(points(events.series, "train/loss"), [[1, 1], [2, 1], [3, 0.5], [4, 0.5], [5, 1 / 3], [6, 1 / 3]]);
    assert.deepEqual(points(events.series, "val/loss"), [[2, 2], [4, 1], [6, 2 / 3]]);
    const other = read(lines(...rows.map(({ event, ...rest }) => ({ what: `${event}_epoch`, host: "validator", ...rest }))));
    assert.deepEqual(other.series.map((s) => s.tag).filter((tag) => tag !== "epoch").sort(), ["train_epoch/loss", "val_epoch/loss"]);
    assert.deepEqual(read(lines(...rows.map(({ event, ...rest }) => ({ note: `${event} went well on this one`, ...rest })))).series.map((s) => s.tag).filter((tag) => tag !== "epoch"), ["loss"]);
  });

  it("leaves out and counts lines that are no objects", () => {
    const { read: result, series: all } = read(lines({ epoch: 0, loss: 1 }, "INFO: saving", "", "[1, 2]", "{'epoch': 1}", { epoch: 1, loss: 0.5 }));
    assert.deepEqual(points(all, "loss"), [[0, 1], [1, 0.5]]);
    assert.deepEqual([...series(all, "loss").lines!], [1, 6]);
    assert.equal(result.problem, "json-lines: 3 lines left out that are no JSON object, the first at line 2");
  });

  it("reads in any pieces as it reads whole, also where the first rows suggest another axis", () => {
    const content = lines({ config: { lr: 0.1 } }, ...Array.from({ length: 5 }, (_, i) => ({ epoch: 0, iter: 10 * i + 10, loss: i })), "no JSON", { epoch: 1, iter: 10, loss: 9, dice: [0.5, 0.25] }) + '{"epoch": 1, "iter": 20, "loss": 8}';
    assertPiecesEqualWhole(jsonLines, text(content), "log.jsonl");
    assertPiecesEqualWhole(jsonLines, text(content.replaceAll("\n", "\r\n")), "log.jsonl");
    const sink = recorder();
    jsonLines.read(memory(text(content)), null, sink, NO_TOOLS);
    assert.ok(sink.calls.includes("fact config.lr 0.1"));
    assert.deepEqual(points(read(content).series, "loss").at(-1), [70, 8]);
  });

  it("waits for the rest of a torn line and starts over when the file was rewritten", () => {
    const before = lines({ epoch: 0, loss: 1 }, { epoch: 1, loss: 0.5 });
    const torn = readPieces(jsonLines, [text(before + '{"epoch": 2, "lo')], "a.jsonl");
    assert.deepEqual([torn.read.end, torn.read.problem, series(torn.series, "loss").steps.length], ["torn", null, 2]);
    for (const next of [lines({ epoch: 0, loss: 3 }), lines({ epoch: 0, loss: 3 }, { epoch: 1, loss: 2 }, { epoch: 2, loss: 1 }), ""]) {
      assert.deepEqual(readPieces(jsonLines, [text(before), text(next)], "a.jsonl"), read(next, "a.jsonl"));
    }
  });

  it("reads only what is new, from a small state", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => ({ step: i, loss: 1 / (i + 1) }));
    const before = lines(...rows);
    const { state } = jsonLines.read(memory(text(before)), null, recorder(), NO_TOOLS);
    const sink = recorder();
    jsonLines.read(memory(text(before + lines({ step: 20_000, loss: 1 }))), state, sink, NO_TOOLS);
    assert.deepEqual(sink.calls, ["loss 20000 1"]);
    assert.ok(JSON.stringify(state).length < 300);
  });

  const MINE: [string, string, string][] = [
    ["Detectron2", "metrics.json", lines({ iteration: 19, total_loss: 1.5, lr: 0.01 }, { iteration: 39, total_loss: 1.4, lr: 0.01 })],
    ["DETR", "log.txt", lines({ train_lr: 0.1, train_loss: 5, test_loss: 4, epoch: 0, n_parameters: 41 })],
    ["LLaMA-Factory", "trainer_log.jsonl", lines({ current_steps: 5, total_steps: 63, loss: 1.2, lr: 1e-5, epoch: 0.2, elapsed_time: "0:00:12" })],
    ["mmcv behind a long first line", "20240101_000000.log.json", `{"env_info": "${"x".repeat(6000)}"}\n`],
    ["no axis but losses", "log.jsonl", lines({ loss: 0.5, val_loss: 0.25 }, { loss: 0.4, val_loss: 0.2 })],
  ];
  for (const [what, name, content] of MINE) it(`claims ${what}`, () => assert.ok(probe(content, name)));

  const NOT_MINE: [string, string, string][] = [
    ["a data set", "train.jsonl", lines({ image: "a.png", mask: "b.png", id: 3 }, { image: "c.png", mask: "d.png", id: 4 })],
    ["a chat", "data.jsonl", lines({ messages: [{ role: "user" }] })],
    ["a program's log", "debug.log", lines({ time: "2024-01-01T00:00:00Z", level: "INFO", msg: "started" })],
    ["a printed document", "metrics.json", '{\n  "epoch": 3,\n  "loss": 0.5\n}\n'],
    ["a summary without newline", "results.json", '{"epoch": 3.0, "eval_loss": 0.5}'],
    ["settings", "config.json", lines({ lr: 0.1, epochs: 10, batch_size: 4 })],
    ["predictions", "predictions.jsonl", lines({ id: 1, label: 0, prediction: 1, loss: 0.5 })],
    ["an empty file", "log.jsonl", ""],
    ["bytes", "log.jsonl", '{"epoch":\0'],
    ["another suffix", "train.py", lines({ epoch: 0, loss: 1 })],
  ];
  for (const [what, name, content] of NOT_MINE) it(`does not claim ${what}`, () => assert.equal(probe(content, name), false));

  it("bears hostile input: no hang, no throw, one line", () => {
    const hostile = ['{"epoch":1,"loss":' + "[".repeat(100_000) + "\n", `{"epoch":1,"a":${'{"a":'.repeat(5000)}1${"}".repeat(5000)}}\n`, `{"epoch":1,"loss":[${"1,".repeat(200_000)}1]}\n`, '{"__proto__":{"epoch":1},"constructor":2,"epoch":1,"loss":3}\n', "{".repeat(6e6), '{"epoch":1e999,"loss":1}\n', "\0\n".repeat(1000)];
    for (const content of hostile) {
      const { read: result } = read(content);
      assert.ok(result.problem === null || !result.problem.includes("\n"));
    }
  });
});
