import assert from "node:assert/strict";
import { csv, CSV_FORMATS, lightningCsv, tensorBoardCsv, wandbCsv } from "../../../../src/read/logs/csv";
import { points, readPieces, readWhole, series, text } from "./helpers";

const dialect = (name: string, content: string): string | undefined => CSV_FORMATS.find((format) => format.probe(name, text(content)))?.name;

describe("dialects of CSV", () => {
  const KNOWN: [string, string, string][] = [
    ["keras-csv", "training.csv", "epoch,accuracy,loss,val_accuracy,val_loss\n0,1,2,3,4\n"],
    ["keras-csv", "training.log", "epoch;accuracy;learning_rate;loss;val_accuracy;val_loss\n0;1;2;3;4;5\n"],
    ["csv", "training.csv", "epoch,train_loss,val_loss,val_dice,lr\n0,1,2,3,4\n"],
    ["csv", "history.csv", ",loss,val_loss\n0,1,2\n"],
    ["lightning-csv", "lightning_logs/version_0/metrics.csv", "epoch,step,train_loss\n0,9,0.5\n"],
    ["ultralytics-csv", "runs/segment/train/results.csv", "                  epoch,         train/box_loss,   metrics/precision(B),           val/box_loss\n 1, 0.5, 0.5, 0.5\n"],
    ["fastai-csv", "history.csv", "epoch,train_loss,valid_loss,dice,time\n0,0.5,0.4,0.9,00:12\n"],
    ["tensorboard-csv", "run-train-tag-epoch_loss.csv", "Wall time,Step,Value\n1700000000.5,0,0.5\n"],
    ["dvclive-tsv", "dvclive/plots/metrics/train/hausdorff.tsv", "step\thausdorff\n0\t0.5\n"],
    ["wandb-csv", "wandb_export.csv", '"Step","a - val_loss","a - val_loss__MIN","a - val_loss__MAX"\n"1","2","2","2"\n'],
  ];
  for (const [format, name, content] of KNOWN) it(`knows ${format} by ${JSON.stringify(content.split("\n")[0]!.slice(0, 40))} in ${name}`, () => assert.equal(dialect(name, content), format));

  it("keeps a TensorBoard export's tag and split, and drops W&B's bounds and run", () => {
    const { series: all } = readWhole(tensorBoardCsv, text("Wall time,Step,Value\n1700000000.5,0,0.5\n1700000001.5,1,0.25\n"), "run_validation-tag-epoch_loss.csv");
    assert.deepEqual([points(all, "epoch_loss"), series(all, "epoch_loss").split], [[[0, 0.5], [1, 0.25]], "val"]);
    const chart = readWhole(wandbCsv, text('"Step","a - val_loss","a - val_loss__MIN","a - val_loss__MAX","b - val_loss","b - val_loss__MIN","b - val_loss__MAX"\n1,2,2,2,,,\n2,,,,3,3,3\n'), "w.csv");
    assert.deepEqual(chart.series.map((s) => [s.tag, s.steps[0]]), [["a - val_loss", 1], ["b - val_loss", 2]]);
  });

  it("counts Lightning's rows by step, also where each epoch has few", () => {
    const { read, series: all } = readWhole(lightningCsv, text("val_loss,epoch,step,train_loss_epoch\n0.5,0,21,\n,0,21,0.7\n0.4,1,43,\n,1,43,0.6\n"), "metrics.csv");
    assert.deepEqual([read.unit, points(all, "val_loss"), points(all, "epoch")], ["step", [[21, 0.5], [43, 0.4]], [[21, 0], [21, 0], [43, 1], [43, 1]]]);
  });

  it("follows a live Lightning log that is rewritten whenever a column appears, whatever the writer has flushed", () => {
    const columns = ["epoch", "step", "train_loss"];
    const rows: Record<string, number>[] = [];
    const print = (): string => [columns.join(), ...rows.map((row) => columns.map((column) => row[column] ?? "").join())].map((line) => line + "\n").join("");
    const stages: Uint8Array[] = [];
    for (let step = 0; step < 60; step++) {
      rows.push({ epoch: Math.floor(step / 10), step, train_loss: 1 / (1 + step) });
      for (const late of step % 10 === 9 ? [`val_loss`, ...(step > 30 ? ["a_dice"] : [])] : []) {
        rows.push({ epoch: Math.floor(step / 10), step, [late]: step / 100 });
        if (!columns.includes(late)) {
          // Mode "w": the file is empty for a moment, then grows again from its new header.
          columns.push(late);
          columns.sort();
          stages.push(new Uint8Array(0), text(print()).subarray(0, 13));
        }
      }
      stages.push(text(print()).subarray(0, -(step % 4) || undefined));
    }
    stages.push(text(print()));
    const name = "lightning_logs/version_0/metrics.csv";
    const live = readPieces(lightningCsv, stages, name);
    assert.deepEqual(live, readWhole(lightningCsv, text(print()), name));
    assert.equal(series(live.series, "val_loss").steps.length, 6);
    assert.deepEqual(points(live.series, "a_dice"), [[39, 0.39], [49, 0.49], [59, 0.59]]);
  });

  it("reads rows of plain numbers as it reads the same in quotes", () => {
    const cells = ["0.1", "-0", "1e-310", "12345678901234567", "nan", "", "0.30000000000000004", " 7 ", "5e22", "1E3"];
    const rows = Array.from({ length: 300 }, (_, i) => [String(i), cells[i % 10]!, cells[(i * 7) % 10]!]);
    const plain = "epoch,loss,dice\n" + rows.map((row) => row.join() + "\n").join("");
    const quoted = "epoch,loss,dice\n" + rows.map((row) => row.map((cell) => `"${cell}"`).join() + "\n").join("");
    assert.deepEqual(readWhole(csv, text(plain), "a.csv").series, readWhole(csv, text(quoted), "a.csv").series);
    assert.deepEqual(readWhole(csv, text(plain.replaceAll("\n", "\r\n")), "a.csv").series, readWhole(csv, text(plain), "a.csv").series);
  });
});
