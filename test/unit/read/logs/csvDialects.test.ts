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

  const NO_LOGS: [string, string][] = [
    ["patients", "id,age,dose,step\n0,40,0,0\n1,41,0.5,1\n2,42,1,2\n"],
    ["a protocol", "step,description,minutes\n1,wash,5\n2,dry,10\n3,stain,7\n"],
    ["times", "batch,time_ms\n0,0.9\n1,0.8\n2,0.7\n"],
    ["a score of each case", ",dice,hd95\n0,0.9,7.7\n1,0.1,5.2\n2,0.7,3.8\n"],
    ["cases of each epoch", "epoch,case,dice\n1,a,0.1\n1,b,0.2\n1,c,0.3\n2,a,0.2\n2,b,0.3\n2,c,0.4\n"],
    ["trainings", "run,lr,epochs,batch_size,best_dice\na,1,100,1,0.7\nb,0.1,100,2,0.5\nc,0.01,100,4,0.8\n"],
    ["trainings of different lengths", "lr,epochs,batch_size,val_dice\n1,10,1,0.7\n0.1,20,2,0.5\n0.01,50,4,0.8\n"],
    ["pandas' describe()", ",loss,dice\ncount,10,10\nmean,0.5,0.8\nstd,0.1,0.1\n"],
    ["indices of a split", "train_idx,val_idx\n0,1\n1,2\n2,3\n"],
  ];
  for (const [what, content] of NO_LOGS) it(`takes no table of ${what} for a log`, () => assert.equal(dialect("table.csv", content), undefined));

  it("reads a log with as many epochs as it counts up to, and with settings in columns", () => {
    assert.equal(dialect("log.csv", "epochs,train_loss,batch_size,seed\n1,0.5,8,1\n2,0.4,8,1\n"), "csv");
    assert.equal(dialect("log.csv", "epochs,train_loss,batch_size,seed\n51,0.5,8,1\n52,0.4,8,1\n"), "csv");
  });

  it("reads epochs as loops print them, and percents", () => {
    for (const [first, second] of [["1/2", "2/2"], ["Epoch 1", "Epoch 2"], ["epoch_1", "epoch_2"], ["1 of 2", "2 of 2"]]) {
      const { read, series: all } = readWhole(csv, text(`epoch,loss,acc\n${first},0.5,91.5%\n${second},0.25,93 %\n`), "log.csv");
      assert.deepEqual([read.unit, points(all, "loss"), points(all, "acc")], ["epoch", [[1, 0.5], [2, 0.25]], [[1, 91.5], [2, 93]]], first);
    }
  });

  it("keeps columns of the same name apart", () => {
    const { series: all } = readWhole(csv, text("epoch,dice,dice,dice.1\n0,0.5,0.25,7\n1,0.75,0.5,8\n"), "log.csv");
    assert.deepEqual(all.map((s) => [s.tag, s.class, [...s.values]]), [["dice", null, [0.5, 0.75]], ["dice (2)", null, [0.25, 0.5]], ["dice.1", null, [7, 8]]]);
  });
});
