import assert from "node:assert/strict";
import { csv } from "../../../../src/read/logs/csv";
import { assertPiecesEqualWhole, memory, NO_TOOLS, points, readPieces, readWhole, recorder, series, text } from "./helpers";

const PLAIN = "epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.81,0.33,0.85,0.141\r\n1,0.85,0.14,0.85,0.142\r\n2,0.86,0.13,0.86,9.9e-05\r\n";
const read = (s: string, name = "training.csv"): ReturnType<typeof readWhole> => readWhole(csv, text(s), name);
const probe = (s: string, name = "training.csv"): boolean => csv.probe(name, text(s).subarray(0, 4096));

/** Layouts that the file may have; all hold loss 0.5, 0.25 at epochs 0, 1. */
const LAYOUTS: [string, string, string][] = [
  ["commas", "training.csv", "epoch,loss,val_loss\n0,0.5,0.6\n1,0.25,0.7\n"],
  ["semicolons", "a.log", "epoch;loss;val_loss\n0;0.5;0.6\n1;0.25;0.7\n"],
  ["semicolons and decimal commas", "a.csv", "epoch;loss;val_loss\n0;0,5;0,6\n1;0,25;7,0e-1\n"],
  ["tabs", "log.tsv", "epoch\tloss\tval_loss\n0\t0.5\t0.6\n1\t0.25\t0.7\n"],
  ["bars", "a.txt", "epoch|loss|val_loss\n0|0.5|0.6\n1|0.25|0.7\n"],
  ["a drawn table", "a.txt", "| epoch | loss | val_loss |\n|-------|------|----------|\n| 0 | 0.5 | 0.6 |\n| 1 | 0.25 | 0.7 |\n"],
  ["padded with blanks", "a.csv", "epoch,   loss,  val_loss\n    0,    0.5,       0.6\n    1,   0.25,       0.7\n"],
  ["columns of blanks", "a.txt", "epoch  loss   val_loss\n    0   0.5        0.6\n    1  0.25        0.7\n"],
  ["numpy.savetxt", "loss.txt", "# epoch loss val_loss\n0.000e+00 5.0e-01 6.0e-01\n1.000e+00 2.5e-01 7.0e-01\n"],
  ["quotes", "a.csv", '"epoch","loss","val_loss"\n"0","0.5","0.6"\n"1","0.25","0.7"\n'],
  ["byte order mark and CRLF", "a.csv", "\uFEFFepoch,loss,val_loss\r\n0,0.5,0.6\r\n1,0.25,0.7\r\n"],
  ["blank lines", "a.csv", "\n\nepoch,loss,val_loss\n\n0,0.5,0.6\n\n1,0.25,0.7\n\n"],
  ["no newline at the end", "a.csv", "epoch,loss,val_loss\n0,0.5,0.6\n1,0.25,0.7"],
  ["pandas, unnamed index", "history.csv", ",loss,val_loss\n0,0.5,0.6\n1,0.25,0.7\n"],
  ["pandas, index left out of the header", "history.csv", "loss,val_loss\n0,0.5,0.6\n1,0.25,0.7\n"],
  ["no step column", "log.csv", "val_loss,loss\n0.6,0.5\n0.7,0.25\n"],
  ["epoch last, written as a float", "hist.csv", "loss,val_loss,epoch\n0.5,0.6,0.0\n0.25,0.7,1.0\n"],
  ["a trailing separator", "a.csv", "epoch,loss,val_loss,\n0,0.5,0.6,\n1,0.25,0.7,\n"],
  ["Epoch, pandas index beside it", "a.csv", ",Epoch,loss,val_loss\n0,0,0.5,0.6\n1,1,0.25,0.7\n"],
];

describe("csv", () => {
  for (const [what, name, content] of LAYOUTS) {
    it(`reads ${what}`, () => {
      assert.ok(probe(content, name), "probe");
      const { read: result, series: all } = read(content, name);
      assert.deepEqual(points(all, "loss"), [[0, 0.5], [1, 0.25]]);
      assert.deepEqual(points(all, "val_loss"), [[0, 0.6], [1, 0.7]]);
      assert.deepEqual(all.map((s) => s.tag).sort(), ["loss", "val_loss"]);
      assert.deepEqual([result.end, result.unit], ["complete", "epoch"]);
    });
    it(`reads ${what} in any pieces`, () => assertPiecesEqualWhole(csv, text(content), name));
  }

  it("tells each point's line", () => {
    assert.deepEqual([...series(read(PLAIN).series, "val_loss").lines!], [2, 3, 4]);
    assert.deepEqual([...series(read("\n\nepoch,loss\n\n0,1\n1,2").series, "loss").lines!], [5, 6]);
  });

  it("reads any pieces of rows with everything in them as it reads them whole", () => {
    const all = [
      "epoch,loss,name,dice,val_loss\n",
      '0,0.9,unet,"[0.9, 0.1, nan]",NA\n',
      '1,nan,unet,"""[0.8, 0.2]""",0.5\n',
      "2,inf,unet\n",
      "garbage without end\n",
      "1,0.7,unet,,0.4\n",
      "epoch,loss,name,dice,val_loss\n",
      "1,0.6,unet,None,0.3\n",
      "2,0.5,unet,,0.2,extra\n",
      "epoch,loss,val_loss,lr\n",
      "2,0.4,0.1,0.01\n",
      "3,0.3,0.05,é\n",
      "4,0.2,0.04,1",
    ].join("");
    assertPiecesEqualWhole(csv, text(all), "training.csv");
    assertPiecesEqualWhole(csv, text(all.replaceAll("\n", "\r\n")), "training.csv");
    const { read: result, series: got } = read(all);
    assert.deepEqual(points(got, "loss"), [[0, 0.9], [1, 0.6], [2, 0.4], [3, 0.3], [4, 0.2]]);
    assert.equal(series(got, "loss").restarts, 3);
    assert.deepEqual(points(got, "dice[1]"), [[0, 0.1]]);
    assert.ok(!got.some((s) => s.tag === "name"));
    assert.match(result.problem!, /^csv: 1 line left out .* line 5$/);
  });

  it("takes NaN and infinities as values, and NA, None and empty cells for no value", () => {
    const { series: all } = read("epoch,loss,val_loss,dice\n0,nan,NA,\n1,-inf,None,0.5\n2,Infinity,0.1,NaN\n3,tensor(0.25),0.2,1e-3\n");
    assert.deepEqual(points(all, "loss"), [[0, NaN], [1, -Infinity], [2, Infinity], [3, 0.25]]);
    assert.deepEqual(points(all, "val_loss"), [[2, 0.1], [3, 0.2]]);
    assert.deepEqual(points(all, "dice"), [[1, 0.5], [2, NaN], [3, 0.001]]);
  });

  it("takes an empty loss in a pandas history for the NaN that it was, a rarer validation for none", () => {
    const nan = read(",loss,accuracy,val_loss,val_accuracy\n0,0.5,0.8,0.6,0.8\n1,,0.8,,0.8\n2,,0.8,,0.8\n");
    assert.deepEqual(points(nan.series, "loss"), [[0, 0.5], [1, NaN], [2, NaN]]);
    assert.deepEqual(points(nan.series, "val_loss"), [[0, 0.6], [1, NaN], [2, NaN]]);
    const rare = read(",loss,val_loss\n0,0.5,\n1,0.4,0.6\n2,0.3,\n");
    assert.deepEqual(points(rare.series, "val_loss"), [[1, 0.6]]);
    const apart = read(",loss,val_loss\n0,0.5,\n1,,0.6\n2,0.3,\n");
    assert.deepEqual(points(apart.series, "loss"), [[0, 0.5], [2, 0.3]]);
  });

  it("restarts where the epochs go back, all columns together", () => {
    const { series: all } = read("epoch,loss,val_loss\n1,0.9,0.9\n2,0.8,\n3,0.7,0.7\n2,0.6,0.6\n3,0.5,0.5\n");
    assert.deepEqual(points(all, "loss"), [[1, 0.9], [2, 0.6], [3, 0.5]]);
    assert.deepEqual(points(all, "val_loss"), [[1, 0.9], [2, 0.6], [3, 0.5]]);
    assert.deepEqual([...series(all, "loss").lines!], [2, 5, 6]);
    assert.equal(series(all, "loss").restarts, 1);
  });

  it("restarts at a repeated header, also without an epoch column or at the same epoch", () => {
    const bare = read("loss,val_loss\n0.9,0.9\n0.8,0.8\nloss,val_loss\n0.7,0.7\n");
    assert.deepEqual(points(bare.series, "loss"), [[0, 0.7]]);
    assert.equal(series(bare.series, "loss").restarts, 1);
    const same = read("epoch,loss\n0,0.9\nepoch,loss\n0,0.8\n");
    assert.deepEqual([points(same.series, "loss"), series(same.series, "loss").restarts], [[[0, 0.8]], 1]);
    const on = read("epoch,loss\n0,0.9\nepoch,loss\n1,0.8\n");
    assert.deepEqual([points(on.series, "loss"), series(on.series, "loss").restarts], [[[0, 0.9], [1, 0.8]], 0]);
  });

  it("waits for the rest of a torn row", () => {
    const torn = readPieces(csv, [text(PLAIN + "3,0.8")], "training.csv");
    assert.equal(torn.read.end, "torn");
    assert.equal(torn.read.problem, null);
    assert.equal(series(torn.series, "loss").steps.length, 3);
  });

  it("gives a whole last row without newline, and takes it back when it goes on", () => {
    const first = "epoch,loss\n0,0.5\n1,0.2";
    const { series: all } = readPieces(csv, [text(first), text(first + "5e-3\n")], "training.csv");
    assert.deepEqual(points(all, "loss"), [[0, 0.5], [1, 0.00025]]);
    assert.equal(series(all, "loss").restarts, 0);
    assert.deepEqual(points(read(first).series, "loss"), [[0, 0.5], [1, 0.2]]);
  });

  it("starts over when the file was rewritten: shorter, another header, other rows before the end", () => {
    const changed: [string, string][] = [
      ["shorter", "epoch,loss\n0,0.9\n"],
      ["another header", PLAIN.replace("val_loss", "vali_loss") + "3,1,1,1,1\r\n"],
      ["other rows", PLAIN.replace("0.86,0.13", "0.86,0.12") + "3,1,1,1,1\r\n"],
      ["empty", ""],
    ];
    for (const [what, next] of changed) {
      const after = readPieces(csv, [text(PLAIN), text(next)], "training.csv");
      assert.deepEqual(after, read(next), what);
    }
  });

  it("reads only what is new of a file that grew", () => {
    const rows = Array.from({ length: 20000 }, (_, i) => `${i},${1 / (i + 1)},0.5`);
    const before = text("epoch,loss,val_loss\n" + rows.join("\n") + "\n");
    const after = text("epoch,loss,val_loss\n" + rows.join("\n") + "\n20000,1,1\n");
    const { state } = csv.read(memory(before), null, recorder(), NO_TOOLS);
    let bytes = 0;
    const sink = recorder();
    csv.read(memory(after, "training.csv", (_, n) => (bytes += Math.min(n, 1 << 18))), state, sink, NO_TOOLS);
    assert.deepEqual(sink.calls, ["loss 20000 1", "val_loss 20000 1"]);
    assert.ok(bytes < 1.2e6, `${bytes} bytes asked for`);
    assert.ok(JSON.stringify(state).length < 300);
  });

  it("counts steps where a log has a row per step, and keeps the epochs beside them", () => {
    const lines = ["epoch,lr-Adam,step,train_loss_step,val_loss"];
    for (let step = 4; step < 100; step += 5) lines.push(`,0.005,${step},,`, `${Math.floor(step / 40)},,${step},${1 / step},`, ...(step % 40 === 39 ? [`${Math.floor(step / 40)},,${step},,0.5`] : []));
    const { read: result, series: all } = read(lines.join("\n") + "\n", "metrics.csv");
    assert.equal(result.unit, "step");
    assert.equal(result.problem, null);
    assert.deepEqual(points(all, "val_loss"), [[39, 0.5], [79, 0.5]]);
    assert.equal(series(all, "epoch").unit, "step");
    assert.equal(series(all, "train_loss_step").steps.length, 20);
    assertPiecesEqualWhole(csv, text(lines.slice(0, 14).join("\n") + "\n"), "metrics.csv");
  });

  it("counts on where the step starts anew in every epoch", () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 10)},${i % 10},${1 / (i + 1)}`);
    const { read: result, series: all } = read("epoch,batch,loss\n" + rows.join("\n") + "\n");
    assert.equal(result.unit, "step");
    assert.deepEqual([...series(all, "loss").steps], Array.from({ length: 40 }, (_, i) => i));
    assertPiecesEqualWhole(csv, text("epoch,batch,loss\n" + rows.slice(0, 25).join("\n") + "\n"), "batches.csv");
  });

  it("counts rows where an epoch column repeats in every row and no step is there", () => {
    const rows = Array.from({ length: 40 }, (_, i) => `${Math.floor(i / 10)},${1 / (i + 1)}`);
    const { read: result, series: all } = read("epoch,loss\n" + rows.join("\n") + "\n");
    assert.equal(result.unit, "step");
    assert.equal(series(all, "loss").steps.length, 40);
  });

  it("knows a column of splits by what it says", () => {
    const { series: all } = read("epoch,where,loss\n0,train,0.5\n0,validation,0.6\n1,train,0.4\n1,validation,0.5\n");
    assert.deepEqual([series(all, "validation/loss").split, points(all, "validation/loss"), points(all, "train/loss")], ["val", [[0, 0.6], [1, 0.5]], [[0, 0.5], [1, 0.4]]]);
  });
  it("keeps splits apart that share the columns", () => {
    const { series: all } = read("epoch,phase,loss\n0,train,0.5\n0,val,0.6\n1,train,0.4\n1,val,0.5\n");
    assert.deepEqual(points(all, "train/loss"), [[0, 0.5], [1, 0.4]]);
    assert.deepEqual([series(all, "val/loss").split, points(all, "val/loss")], ["val", [[0, 0.6], [1, 0.5]]]);
  });

  const NOT_MINE: [string, string, string][] = [
    ["a list of files", "dataset.csv", "filename,mask,split\na.png,a_mask.png,train\nb.png,b_mask.png,val\n"],
    ["an indexed list of files", "dataset.csv", ",image,label\n0,a.png,3\n1,b.png,4\n"],
    ["predictions", "predictions.csv", "id,label,prediction,loss\n1,0,1,0.3\n2,1,1,0.2\n"],
    ["metrics per case", "val_dice_raw.csv", "filename,dice,iou\ncase_1.nii.gz,0.9,0.8\ncase_2.nii.gz,0.8,0.7\n"],
    ["metrics per class", "val_dice_summary.csv", "class,mean,median,dice\nclass0,0.9,0.9,0.9\nclass1,0.8,0.8,0.8\n"],
    ["no header", "metrics.csv", "val_mean_dice,0.8631\n"],
    ["numbers alone", "points.csv", "1,2,3\n4,5,6\n"],
    ["coordinates", "points.csv", "x,y,z\n1,2,3\n4,5,6\n"],
    ["a text log", "train.log", "Epoch 1/10\n100/100 - 3s - loss: 0.5 - val_loss: 0.4\n"],
    ["prose with commas", "notes.txt", "loss, accuracy and val_loss were tried\nthen, nothing\n"],
    ["prose", "README.txt", "The loss function\nis described here\n"],
    ["requirements", "requirements.txt", "numpy==1.26\ntorch==2.1\n"],
    ["another suffix", "training.py", PLAIN],
    ["an empty file", "training.csv", ""],
    ["bytes", "training.csv", "epoch,loss\n\0\0\0"],
    ["class weights", "weights.csv", "class_weight,loss_weight\n0.1,0.2\n"],
  ];
  for (const [what, name, content] of NOT_MINE) it(`does not claim ${what}`, () => assert.equal(probe(content, name), false));

  it("claims a log that has only its header yet", () => {
    assert.ok(probe("epoch,accuracy,loss,val_accuracy,val_loss\r\n"));
    assert.ok(probe("epoch,accuracy,loss"));
  });

  it("claims a log longer than the head, cut anywhere in a row", () => {
    const long = "epoch;loss;val_loss\n" + Array.from({ length: 400 }, (_, i) => `${i};${1 / (i + 3)};${1 / (i + 7)}`).join("\n");
    for (let n = 30; n < 200; n++) assert.ok(csv.probe("a.csv", text(long).subarray(0, n)), `${n} bytes`);
  });

  it("bears hostile input: no hang, no throw, one line", () => {
    const bytes = (n: number, f: (i: number) => number): Uint8Array => Uint8Array.from({ length: n }, (_, i) => f(i));
    const hostile: [string, Uint8Array][] = [
      ["random bytes", bytes(5000, (i) => (i * 7919 + (i >> 3) * 104729) & 255)],
      ["quotes alone", text('epoch,loss\n0,"\n1,"0.5\n2,0.25\n' + '"'.repeat(1000))],
      ["no newline in 6 MB", new Uint8Array(6e6).fill(44)],
      ["a header and no newline in 6 MB", text("epoch,loss\n" + "1".repeat(6e6))],
      ["a million commas in a row", text("epoch,loss\n0," + ",".repeat(1e6) + "\n1,2\n")],
      ["newlines alone", new Uint8Array(100000).fill(10)],
      ["hexadecimal and words", text("epoch,loss\n0x10,1\n1,0b1\nnan,3\ninf,4\n1e400,5\n2,0.5\n")],
      ["brackets", text("epoch,dice\n0," + "[".repeat(20000) + "\n1,[]\n2,[1 2]\n")],
    ];
    for (const [what, content] of hostile) {
      const { read: result } = readWhole(csv, content, "training.csv");
      assert.ok(result.problem === null || !result.problem.includes("\n"), what);
    }
    const { series: all } = readWhole(csv, hostile[6]![1], "training.csv");
    assert.deepEqual(points(all, "loss"), [[2, 0.5]]);
    assert.equal(readWhole(csv, hostile[3]![1], "a.csv").read.end, "corrupt");
  });

  it("does not believe a state that another file left", () => {
    const { state } = csv.read(memory(text(PLAIN)), null, recorder(), NO_TOOLS);
    for (const wrong of [{ ...state, offset: -5 }, { ...state, offset: 1e12 }, { ...state, header: 7 }, { ...state, offset: NaN }]) {
      const sink = recorder();
      csv.read(memory(text(PLAIN)), wrong, sink, NO_TOOLS);
      assert.equal(sink.calls[0], "reset");
      assert.equal(sink.calls.length, 1 + 12);
    }
  });
});
