import assert from "node:assert/strict";
import { cpSync, linkSync, mkdirSync, openSync, closeSync, ftruncateSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { findRunsBelow } from "../../../src/engine/discover";
import { openFile } from "../../../src/engine/fileSource";
import { listFiles, walkNames } from "../../../src/engine/walk";
import type { Inspection } from "../../../src/run";
import { age, copyOf, inspectOnce, npy, OLD, put, temporary } from "./support";

/** Seconds that no test of this file may take on a busy machine. */
const SECONDS = 30;

function oneLineEach(run: Inspection): void {
  for (const { path, message } of run.problems) {
    assert.ok(message.length > 10 && message.length < 500 && !message.includes("\n"), `${path}: ${message}`);
    assert.doesNotMatch(message, /\/(tmp|home|root|var)\//, `${path}: ${message}`);
  }
}

/** Labels of 3 cases of 4 × 4, classes 0 to 2; predictions of 3 epochs; a log. */
function smallRun(folder: string): { labels: Uint8Array } {
  const labels = Uint8Array.from({ length: 48 }, (_, i) => (i >> 2) % 3);
  put(join(folder, "labels", "val.npy"), npy("|u1", [3, 4, 4], labels));
  for (let epoch = 1; epoch <= 3; epoch++) put(join(folder, "predictions", `epoch_00${epoch}.npy`), npy("|u1", [3, 4, 4], labels.map((v, i) => (i % (epoch + 2) === 0 ? 0 : v))));
  put(join(folder, "training.csv"), "epoch,loss,val_loss\n0,1,1.1\n1,0.5,0.6\n2,0.3,0.5\n");
  return { labels };
}

describe("bad input", function () {
  this.timeout(SECONDS * 1000);

  it("cut off anywhere is one line at the file, and the rest is shown", async () => {
    const folder = copyOf("digits-generalized-dice", temporary(), ["training.csv", "labels", "tb"]);
    for (const part of ["predictions/epoch_001.npz", "predictions/epoch_012.npz", "checkpoints/epoch_002.keras", "checkpoints/epoch_012.keras"]) copyOf("digits-generalized-dice", folder, [part]);
    copyOf("volumes-generalized-dice", folder, ["checkpoints/epoch_002.weights.h5"]);
    put(join(folder, "history.json"), '{"loss": [1, 0.5, 0.25], "val_loss": [1, 0.6, 0.5]}');
    const whole = await inspectOnce(folder);
    assert.deepEqual(whole.problems, []);
    const files = readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile());
    assert.ok(files.length >= 9);
    for (const name of files) {
      const path = join(folder, name);
      const bytes = readFileSync(path);
      const sizes = new Set([0, 1, 2, 7, 8, 9, 15, 16, 30, 64, 100, 129, 511, 512, 1000, 4095, 4097, bytes.length >> 2, bytes.length >> 1, bytes.length - 300, bytes.length - 22, bytes.length - 9, bytes.length - 1].filter((n) => n >= 0 && n < bytes.length));
      for (const size of sizes) {
        put(path, bytes.subarray(0, size));
        const run = await inspectOnce(folder);
        oneLineEach(run);
        const told = new Set(run.problems.map((p) => p.path));
        // Labels that are gone take their predictions with them.
        if (!name.startsWith("labels")) for (const other of told) assert.equal(other, name, `${name} cut at ${size}`);
        if (!name.endsWith(".csv")) assert.ok(run.series.some((s) => s.source === "training.csv"), `${name} cut at ${size}`);
        if (!name.startsWith("checkpoints")) assert.equal(run.checkpoints.length, whole.checkpoints.length, `${name} cut at ${size}`);
        else assert.deepEqual([...told], [name], `${name} cut at ${size}: a checkpoint that cannot be read is said`);
      }
      put(path, bytes);
    }
    assert.deepEqual(await inspectOnce(folder), whole);
  });

  it("of a wrong suffix, or binary under a log's name, harms nobody", async () => {
    const folder = temporary();
    smallRun(folder);
    const good = await inspectOnce(folder);
    assert.equal(good.epochs.length, 3);
    const array = readFileSync(join(folder, "labels", "val.npy"));
    const garbage = Uint8Array.from({ length: 70_000 }, (_, i) => (i * 7919) >> 3);
    put(join(folder, "extra", "array.nii"), array);
    put(join(folder, "extra", "array.h5"), array);
    put(join(folder, "extra", "array.keras"), array);
    put(join(folder, "extra", "history.csv"), garbage);
    put(join(folder, "extra", "history.json"), garbage);
    put(join(folder, "extra", "events.out.tfevents.1.x"), garbage);
    put(join(folder, "extra", "log.npz"), garbage);
    put(join(folder, "extra", "log.nii.gz"), garbage);
    put(join(folder, "extra", "model.weights.h5"), "epoch,loss\n0,1\n");
    const run = await inspectOnce(folder);
    oneLineEach(run);
    assert.deepEqual(run.epochs.map((e) => [...e.confusion]), good.epochs.map((e) => [...e.confusion]));
    assert.deepEqual(run.series.filter((s) => !s.source.startsWith("extra")), good.series);
    assert.ok(run.problems.every((p) => p.path.startsWith("extra/")));
    // The header tells what array.nii and array.h5 are.
    assert.deepEqual(run.problems.map((p) => p.path), ["extra/array.keras", "extra/log.nii.gz", "extra/log.npz", "extra/model.weights.h5"]);
    for (const name of ["array.keras", "log.npz", "log.nii.gz", "model.weights.h5"]) assert.equal(run.problems.filter((p) => p.path === `extra/${name}`).length, 1, name);

    put(join(folder, "training.csv"), garbage);
    const unlogged = await inspectOnce(folder);
    oneLineEach(unlogged);
    assert.equal(unlogged.epochs.length, 3);
  });

  it("of a shape that does not fit the labels is one line; NaN and unknown classes are counted", async () => {
    const folder = temporary();
    const { labels } = smallRun(folder);
    put(join(folder, "predictions", "epoch_002.npy"), npy("|u1", [3, 4, 5], new Uint8Array(60)));
    const scores = new Float32Array(48 * 3);
    labels.forEach((v, i) => (scores[i * 3 + v] = 1));
    scores.fill(NaN, 0, 6);
    put(join(folder, "predictions", "epoch_003.npy"), npy("<f4", [3, 4, 4, 3], new Uint8Array(scores.buffer)));
    put(join(folder, "predictions", "epoch_001.npy"), npy("|u1", [3, 4, 4], labels.map((v) => v + 2)));
    const run = await inspectOnce(folder);
    oneLineEach(run);
    assert.deepEqual(run.problems.map((p) => p.path), ["predictions/epoch_002.npy"]);
    assert.match(run.problems[0]!.message, /3\s?×\s?4\s?×\s?5/);
    assert.deepEqual(run.epochs.map((e) => [e.epoch, e.classes, e.nonFinite]), [
      [0, 5, 0],
      [2, run.epochs[1]!.classes, 2],
    ]);
  });

  it("that cannot be read or has vanished is one line", async () => {
    const folder = temporary();
    smallRun(folder);
    symlinkSync(join(folder, "nowhere"), join(folder, "predictions", "epoch_004.npy"));
    symlinkSync("epoch_005.npy", join(folder, "predictions", "epoch_005.npy")); // to itself
    mkdirSync(join(folder, "predictions", "epoch_006.npy"));
    symlinkSync("/nowhere", join(folder, "notes.md"));
    symlinkSync("/nowhere", join(folder, "more"));
    const run = await inspectOnce(folder);
    oneLineEach(run);
    assert.equal(run.epochs.length, 3);
    assert.deepEqual(run.problems, [
      { path: "predictions/epoch_004.npy", message: "file: cannot be read: ENOENT: no such file or directory" },
      { path: "predictions/epoch_005.npy", message: "file: cannot be read: ELOOP: too many symbolic links encountered" },
    ]);
  });

  it("in links that go round is listed once, where it lies", () => {
    const folder = temporary();
    put(join(folder, "b", "deep", "x.csv"), "x");
    put(join(folder, "b", "y.csv"), "y");
    symlinkSync("b", join(folder, "a")); // sorts before what it points to
    symlinkSync("..", join(folder, "b", "deep", "up"));
    symlinkSync(folder, join(folder, "self"));
    symlinkSync(join(folder, ".."), join(folder, "out")); // would list all that lies around
    const outside = temporary();
    put(join(outside, "z.csv"), "z");
    symlinkSync(outside, join(folder, "b", "linked"));
    symlinkSync(outside, join(folder, "again"));
    const files = listFiles(folder, []).files.map((file) => file.path);
    assert.deepEqual(files.sort(), ["again/z.csv", "b/deep/x.csv", "b/y.csv"]);
  });

  it("behind a link to where its neighbour lay before the folder was copied is listed once", () => {
    const [folder, before] = [temporary(), temporary()];
    for (const root of [folder, before]) put(join(root, "wandb", "offline-run-1", "x.csv"), "x");
    symlinkSync(join(before, "wandb", "offline-run-1"), join(folder, "wandb", "latest-run"));
    assert.deepEqual(listFiles(folder, []).files.map((file) => file.path), ["wandb/offline-run-1/x.csv"]);
  });

  it("in deep folders stops at a depth, and says so", async () => {
    const folder = temporary();
    smallRun(folder);
    const deep = join(folder, ...Array.from({ length: 60 }, (_, i) => `level_${i}`));
    put(join(deep, "x.npy"), "x");
    const run = await inspectOnce(folder);
    assert.equal(run.epochs.length, 3);
    assert.deepEqual(run.problems, [{ path: ".", message: "folder: more than can be listed; 5 files were looked at" }]);
    assert.deepEqual(findRunsBelow(folder, true), [{ path: "." }]);
  });

  it("of 100,000 files is listed, searched and read in seconds", async () => {
    const folder = temporary();
    smallRun(folder);
    const crowd = join(folder, "crowd");
    mkdirSync(crowd);
    put(join(crowd, "frame_0.dat"), "no array");
    for (let i = 1; i < 100_000; i++) linkOrCopy(join(crowd, `frame_${i - (i % 30_000)}.dat`), join(crowd, `frame_${i}.dat`));
    const begun = performance.now();
    const memory = process.memoryUsage().rss;
    assert.deepEqual(findRunsBelow(folder, false), [{ path: "." }]);
    const run = await inspectOnce(folder);
    const seconds = (performance.now() - begun) / 1000;
    assert.equal(run.epochs.length, 3);
    assert.deepEqual(run.problems, []);
    assert.ok(seconds < 25, `${seconds} s`);
    assert.ok(process.memoryUsage().rss - memory < 300 << 20, `${(process.memoryUsage().rss - memory) >> 20} MB`);
    rmSync(crowd, { recursive: true });
  });

  it("of a gigabyte with a header that lies is not believed", async () => {
    const folder = temporary();
    smallRun(folder);
    const sparse = (name: string, head: Uint8Array, tail: Uint8Array = new Uint8Array(0)): void => {
      const fd = openSync(join(folder, name), "w");
      writeSync(fd, head);
      ftruncateSync(fd, 1 << 30);
      if (tail.length > 0) writeSync(fd, tail, 0, tail.length, (1 << 30) - tail.length);
      closeSync(fd);
    };
    sparse("x.npy", npy("<f8", [1 << 20, 1 << 20, 1 << 10], new Uint8Array(0)));
    sparse("y.npy", npy("|u1", [1 << 30], new Uint8Array(0)).map((v, i) => (i === 8 || i === 9 ? 0xff : v)));
    const end = Buffer.alloc(22);
    end.writeUInt32LE(0x06054b50, 0);
    end.fill(0xfe, 8, 20);
    sparse("predictions/epoch_004.npz", new Uint8Array([0x50, 0x4b, 3, 4]), end);
    sparse("x.h5", new Uint8Array([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0, 0, 8, 8, 0, 255, 255, 255, 255]));
    sparse("x.weights.h5", new Uint8Array([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a, 2, 8, 8, 0]));
    sparse("x.keras", new Uint8Array([0x50, 0x4b, 3, 4]), end);
    sparse("x.nii", new Uint8Array([0x5c, 1, 0, 0]));
    sparse("training_2.csv", new TextEncoder().encode("epoch,loss,val_loss\n0,1,1\n"));
    sparse("history.json", new TextEncoder().encode('{"loss": ['));
    sparse("events.out.tfevents.1.x", new Uint8Array([0xff, 0xff, 0xff, 0x7f, 0, 0, 0, 0]));
    age(folder);
    const before = process.memoryUsage();
    const begun = performance.now();
    const run = await inspectOnce(folder);
    assert.ok(performance.now() - begun < 20_000);
    assert.equal(run.epochs.length, 3);
    oneLineEach(run);
    const after = process.memoryUsage();
    const grown = (after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed) >> 20;
    assert.ok(grown < 200, `${grown} MB`);
    for (const name of ["x.keras", "predictions/epoch_004.npz", "x.weights.h5"]) assert.ok(run.problems.some((p) => p.path === name), `${name}: ${JSON.stringify(run.problems)}`);
  });

  it("of strange names is read like others", async () => {
    const parent = temporary();
    const folder = join(parent, "run #1 50%\nüñ 漢字");
    smallRun(folder);
    const labels = readFileSync(join(folder, "labels", "val.npy"));
    rmSync(join(folder, "labels"), { recursive: true });
    rmSync(join(folder, "predictions"), { recursive: true });
    for (const [name, epochs] of [["my labels#a", 0], ["pred # %41\nx", 3]] as const) {
      if (epochs === 0) put(join(folder, name, "val #1.npy"), labels);
      for (let e = 1; e <= epochs; e++) put(join(folder, name, `epoch_${e}.npy`), labels);
    }
    assert.deepEqual(findRunsBelow(parent, false), [{ path: "run #1 50%\nüñ 漢字" }]);
    const run = await inspectOnce(folder, { labels: "my labels#a/val #1.npy", predictions: "pred # %41\nx" });
    assert.deepEqual(run.problems, []);
    assert.equal(run.epochs.length, 3);
    assert.ok(run.epochs.every((e) => e.labels === "my labels#a/val #1.npy"));
    assert.deepEqual(run.sources.map((s) => s.path), ["my labels#a/val #1.npy", "pred # %41\nx/epoch_1.npy", "pred # %41\nx/epoch_2.npy", "pred # %41\nx/epoch_3.npy", "training.csv"]);
  });

  it("chosen outside of the run is read where it lies, and nothing else there", async () => {
    const parent = temporary();
    const folder = join(parent, "run");
    smallRun(folder);
    const outside = join(parent, "data");
    cpSync(join(folder, "labels"), outside, { recursive: true });
    rmSync(join(folder, "labels"), { recursive: true });
    put(join(outside, "training.csv"), "epoch,loss\n0,1\n");
    put(join(outside, "loss.py"), "def loss(y_true, y_pred): return 1\n");
    age(parent);
    for (const labels of ["../data/val.npy", "../data", join(outside, "val.npy"), `${outside}/`]) {
      const run = await inspectOnce(folder, { labels });
      assert.equal(run.epochs.length, 3, labels);
      assert.deepEqual(run.problems, [], labels);
      assert.equal(run.series.every((s) => s.source === "training.csv"), true);
      assert.equal(run.sources.filter((s) => s.kind === "labels").length, 1, labels);
      assert.equal(run.loss, null);
    }
    const missing = await inspectOnce(folder, { labels: "../nowhere.npy" });
    assert.equal(missing.problems.length > 0, true);
    oneLineEach(missing);
  });

  it("growing while it is read shows one state of it", () => {
    const path = join(temporary(), "x.csv");
    writeFileSync(path, "12345");
    const source = openFile(path, "x.csv");
    writeFileSync(path, "1234567890");
    assert.equal(source.size, 5);
    assert.equal(Buffer.from(source.read(0, 100)).toString(), "12345");
    writeFileSync(path, "12"); // a small file is read at once: it stays as it was
    assert.equal(Buffer.from(source.read(0, 100)).toString(), "12345");
    assert.equal(source.read(5, 1).length, 0);
    source.close();
    source.close();
    writeFileSync(path, new Uint8Array(100_000));
    const large = openFile(path, "x.csv");
    writeFileSync(path, "12");
    assert.equal(Buffer.from(large.read(0, 100)).toString(), "12");
    assert.equal(large.read(3, 1).length, 0);
    large.close();
    assert.throws(() => openFile(join(path, ".."), "folder"), /not a regular file/);
  });

  it("beyond the limits of a listing is cut, and nothing is read twice", () => {
    const folder = temporary();
    for (let i = 0; i < 20; i++) put(join(folder, `d${i}`, "f.csv"), "x", OLD);
    assert.equal(walkNames(folder, [], { maxFiles: 5, maxFolders: 100, maxDepth: 9 }).folders.filter((f) => f.files.length > 0).length, 5);
    const cut = walkNames(folder, [], { maxFiles: 100, maxFolders: 7, maxDepth: 9 });
    assert.deepEqual([cut.folders.length, cut.truncated], [7, true]);
    const problems: { path: string; message: string }[] = [];
    assert.deepEqual(listFiles(join(folder, "nowhere"), problems).files, []);
    assert.deepEqual(problems, [{ path: ".", message: "folder: cannot be listed: ENOENT: no such file or directory" }]);
  });
});

/** A file system gives a file only so many names. */
function linkOrCopy(from: string, to: string): void {
  if (from === to) writeFileSync(to, "no array");
  else linkSync(from, to);
}
