import assert from "node:assert/strict";
import fs from "node:fs";
import { appendFileSync, cpSync, readFileSync, readdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunSession } from "../../../src/engine/session";
import { copyOf, inspected, inspectOnce, OLD, put, ROOT, temporary, timeless } from "./support";

const EXAMPLE = join(ROOT, "examples", "digits-generalized-dice");

/** Bytes that are read from files while `work` goes on. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const original = fs.readSync;
  let bytes = 0;
  const counting = ((...args: Parameters<typeof fs.readSync>): number => {
    const n = original(...args);
    bytes += n;
    return n;
  }) as typeof fs.readSync;
  fs.readSync = counting;
  try {
    await work();
  } finally {
    fs.readSync = original;
  }
  return bytes;
}

describe("a run inspected again and again", () => {
  it("gives the same as a fresh session after every step of its growth", async () => {
    const folder = copyOf("digits-generalized-dice", temporary(), ["labels", "train_loss.py"]);
    const session = new RunSession(folder, { cacheFolder: null });
    const csv = readFileSync(join(EXAMPLE, "training.csv"));
    const rows = csv.toString().split("\n");
    const train = readdirSync(join(EXAMPLE, "tb", "train"))[0]!;
    const events = readFileSync(join(EXAMPLE, "tb", "train", train));
    let time = OLD;
    const check = async (what: string): Promise<void> => {
      assert.deepEqual(timeless(await inspected(session)), timeless(await inspectOnce(folder)), what);
    };
    await check("empty");
    for (let epoch = 0; epoch < 12; epoch++) {
      time += 10;
      const number = String(epoch + 1).padStart(3, "0");
      // The row comes in two pieces, the events in pieces that end anywhere.
      const before = rows.slice(0, epoch + 1).join("\n").length;
      const after = rows.slice(0, epoch + 2).join("\n").length + 1;
      put(join(folder, "training.csv"), csv.subarray(0, Math.floor((before + after) / 2)), time);
      if (epoch % 3 === 0) await check(`half a row, epoch ${epoch}`);
      put(join(folder, "training.csv"), csv.subarray(0, after), time + 1);
      put(join(folder, "tb", "train", train), events.subarray(0, Math.floor((events.length * (epoch + 1)) / 12)), time + 2);
      cpSync(join(EXAMPLE, "predictions", `epoch_${number}.npz`), join(folder, "predictions", `epoch_${number}.npz`));
      if (epoch % 3 === 1) await check(`epoch ${epoch}`);
    }
    for (const name of readdirSync(join(EXAMPLE, "checkpoints"))) {
      cpSync(join(EXAMPLE, "checkpoints", name), join(folder, "checkpoints", name));
      await check(name);
    }
    const whole = await inspected(session);
    assert.equal(whole.epochs.length, 12);
    assert.equal(whole.checkpoints.length, 3);
    assert.deepEqual(whole.findings.map((f) => f.symptom), ["only-background"]);
  });

  it("reads what is new, and not the rest again", async () => {
    const folder = copyOf("digits-generalized-dice", temporary());
    const session = new RunSession(folder, { cacheFolder: null });
    const first = await bytesRead(() => inspected(session));
    assert.ok(first > 500_000, `${first}`);
    assert.equal(await bytesRead(() => inspected(session)), 0);
    appendFileSync(join(folder, "training.csv"), "12,0.14,0.1,0.85,0.14\n");
    const row = await bytesRead(() => inspected(session));
    assert.ok(row > 0 && row < 30_000, `a row: ${row}`);
    cpSync(join(folder, "predictions", "epoch_012.npz"), join(folder, "predictions", "epoch_013.npz"));
    const epoch = await bytesRead(() => inspected(session));
    assert.ok(epoch > 0 && epoch < first / 4, `an epoch: ${epoch} of ${first}`);
    assert.equal(await bytesRead(() => Promise.resolve(session.look())), 0);
  });

  it("reads a long log on from where it ended", async () => {
    const folder = temporary();
    const row = (epoch: number): string => `${epoch},${(1 / (epoch + 1)).toFixed(6)},${(1.1 / (epoch + 1)).toFixed(6)}\n`;
    const csv = join(folder, "training.csv");
    put(csv, `epoch,loss,val_loss\n${Array.from({ length: 20_000 }, (_, i) => row(i)).join("")}`);
    const session = new RunSession(folder, { cacheFolder: null });
    const first = await bytesRead(() => inspected(session));
    for (let i = 0; i < 3; i++) {
      appendFileSync(csv, row(20_000 + i));
      const more = await bytesRead(() => inspected(session));
      assert.ok(more < 300_000 && more < first, `${more} of ${first}`);
    }
    const series = (await inspected(session)).series.find((s) => s.tag === "loss");
    assert.equal(series?.steps.length, 20_003);
  });

  it("follows a restart, a rewritten log, and files that go", async () => {
    const folder = copyOf("digits-generalized-dice", temporary(), ["training.csv", "labels", "predictions", "checkpoints"]);
    const csv = join(folder, "training.csv");
    const session = new RunSession(folder, { cacheFolder: null });
    const same = async (): Promise<Awaited<ReturnType<typeof inspected>>> => {
      const again = await inspected(session);
      assert.deepEqual(timeless(again), timeless(await inspectOnce(folder)));
      return again;
    };
    const loss = (run: Awaited<ReturnType<typeof inspected>>) => run.series.find((s) => s.tag === "loss")!;
    await same();
    const header = readFileSync(csv, "utf8").split("\n")[0]!;
    const columns = header.split(",").length;
    const row = (epoch: number): string => `${epoch},${Array.from({ length: columns - 1 }, () => "0.5").join(",")}\n`;

    appendFileSync(csv, row(7)); // the training was resumed from epoch 7
    const restarted = loss(await same());
    assert.deepEqual([restarted.steps.length, restarted.steps.at(-1), restarted.restarts], [8, 7, 1]);

    writeFileSync(csv, `${header}\n${row(0)}`);
    assert.equal(loss(await same()).steps.length, 1);

    // As long as before, other content.
    const { mtimeMs } = fs.statSync(csv);
    writeFileSync(csv, `${header}\n${row(0).replaceAll("0.5", "0.7")}`);
    utimesSync(csv, mtimeMs / 1000 + 5, mtimeMs / 1000 + 5);
    assert.equal(loss(await same()).values[0], 0.7);

    cpSync(join(EXAMPLE, "training.csv"), csv);
    assert.equal((await same()).epochs.length, 12);
    rmSync(join(folder, "predictions", "epoch_012.npz"));
    assert.equal((await same()).epochs.length, 11);
    truncateSync(join(folder, "checkpoints", "epoch_012.keras"), 1000);
    const torn = await same();
    assert.equal(torn.checkpoints.length, 2);
    assert.deepEqual(torn.problems.map((p) => p.path), ["checkpoints/epoch_012.keras"]);
    rmSync(csv);
    assert.deepEqual((await same()).series, []);
    assert.equal(session.look(), "same");
  });

  it("takes a log that turned into something else for what it is now", async () => {
    const folder = temporary();
    put(join(folder, "history.json"), '{"loss": [1, 0.5], "val_loss": [1, 0.6]}');
    put(join(folder, "training.csv"), "epoch,loss\n0,1\n1,0.5\n");
    const session = new RunSession(folder, { cacheFolder: null });
    assert.equal((await inspected(session)).series.length, 3);
    put(join(folder, "history.json"), '{"batch_size": 12, "name": "no history"}', OLD + 9);
    const after = await inspected(session);
    assert.deepEqual(timeless(after), timeless(await inspectOnce(folder)));
    assert.deepEqual(after.sources.map((s) => `${s.kind} ${s.path}`), ["config history.json", "log training.csv"]);
  });

  it("says so when a file changed, when none did, and when the folder is gone", async () => {
    const parent = temporary();
    const folder = copyOf("digits-cross-entropy", join(parent, "run"));
    const session = new RunSession(folder, { cacheFolder: null });
    assert.equal(session.look(), "changed");
    await inspected(session);
    assert.equal(session.look(), "same");
    appendFileSync(join(folder, "training.csv"), "");
    utimesSync(join(folder, "training.csv"), OLD + 1, OLD + 1);
    assert.equal(session.look(), "changed");
    await inspected(session);
    assert.equal(session.look(), "same");
    renameSync(folder, join(parent, "elsewhere"));
    assert.equal(session.look(), "gone");
    await assert.rejects(session.inspect({}), /no longer there/);
  });

  it("notices that a training has ended, though no file changes", async () => {
    const folder = temporary();
    const now = Date.now() / 1000;
    put(join(folder, "training.csv"), "epoch,loss\n0,1\n1,0.5\n", now);
    const session = new RunSession(folder, { cacheFolder: null });
    assert.equal((await inspected(session)).state, "running");
    assert.equal(session.look(), "same");
    const clock = Date.now;
    try {
      Date.now = () => clock() + 3_600_000;
      assert.equal(session.look(), "changed");
      assert.equal((await inspected(session)).state, "finished");
      assert.equal(session.look(), "same");
    } finally {
      Date.now = clock;
    }
  });

  it("sees labels outside of the run change, and the script that holds the loss", async () => {
    const folder = copyOf("digits-generalized-dice", join(temporary(), "run"), ["training.csv", "predictions", "checkpoints"]);
    const labels = join(temporary(), "val.npz");
    const scripts = temporary();
    cpSync(join(EXAMPLE, "labels", "val.npz"), labels);
    cpSync(join(EXAMPLE, "train_loss.py"), join(scripts, "losses.py"));
    const session = new RunSession(folder, { cacheFolder: null });
    const options = { labels, scriptFolders: [scripts] };
    const run = await inspected(session, options);
    assert.equal(run.epochs.length, 12);
    assert.ok(run.loss !== null);
    assert.equal(run.loss.path, join(scripts, "losses.py"));
    assert.equal(session.look(), "same");
    writeFileSync(join(scripts, "losses.py"), `# moved down\n${readFileSync(join(EXAMPLE, "train_loss.py"), "utf8")}`);
    assert.equal(session.look(), "changed");
    assert.equal((await inspected(session, options)).loss?.line, run.loss.line! + 1);
    utimesSync(labels, OLD, OLD);
    assert.equal(session.look(), "changed");
  });

  it("stops when it is told to, keeps what was measured, and goes on later", async () => {
    const folder = copyOf("digits-generalized-dice", temporary());
    const session = new RunSession(folder, { cacheFolder: null });
    let done = 0;
    const progress: [number, number][] = [];
    const stopped = await session.inspect({}, { progress: (at, total) => progress.push([at, (done = at) && total]), shouldStop: () => done >= 6 });
    assert.equal(stopped, null);
    assert.deepEqual(progress.map(([at]) => at), [1, 2, 3, 4, 5, 6]);
    assert.equal(progress[0]![1], 16);
    assert.equal(session.look(), "same"); // nobody asked for it again
    assert.deepEqual(timeless(await inspected(session)), timeless(await inspectOnce(folder)));
  });

  it("gives the same findings, sources and problems each time, sorted and once", async () => {
    const folder = copyOf("digits-generalized-dice", temporary());
    put(join(folder, "zz_broken.npz"), "PK\x03\x04 nothing");
    put(join(folder, "broken.keras"), "PK\x03\x04 nothing");
    const [a, b] = [await inspectOnce(folder), await inspectOnce(folder)];
    assert.deepEqual(a, b);
    for (const list of [a.sources.map((s) => `${s.path} ${s.kind}`), a.problems.map((p) => `${p.path} ${p.message}`)]) {
      assert.deepEqual(list, [...new Set(list)].sort());
      assert.ok(list.length >= 2);
    }
  });
});
