import assert from "node:assert/strict";
import { appendFileSync, cpSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LiveRuns, type LiveRunsSetup } from "../../../src/engine/liveRuns";
import { openFile } from "../../../src/engine/fileSource";
import { Pool, WorkerFailed } from "../../../src/engine/pool";
import { pulseMemory, startPulse } from "../../../src/engine/pulse";
import type { RunEntry } from "../../../src/engine/runs";
import type { RunOptions } from "../../../src/run";
import { built, copyOf, inspectOnce, put, ROOT, temporary, timeless } from "./support";

/** Polls that never come by themselves. */
const NEVER = 1e8;

describe("live runs", function () {
  this.timeout(60_000);
  let script = "";
  const open: LiveRuns[] = [];
  before(async () => (script = join(await built(), "worker.js")));
  afterEach(async () => {
    await Promise.all(open.splice(0).map((runs) => runs.dispose()));
  });

  function start(roots: readonly string[], more: Partial<LiveRunsSetup> = {}): { runs: LiveRuns; log: string[] } {
    const log: string[] = [];
    const runs = new LiveRuns({ roots, workerScript: script, workers: 2, cacheFolder: null, optionsOf: () => ({}), log: (line) => log.push(line), pollRunning: NEVER, pollIdle: NEVER, ...more });
    open.push(runs);
    return { runs, log };
  }

  /** Resolves at the first change after which `is` holds. */
  function until(runs: LiveRuns, is: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listening = runs.onDidChange(() => {
        if (!is()) return;
        listening.dispose();
        resolve();
      });
      if (is()) {
        listening.dispose();
        resolve();
      }
    });
  }

  const brief = (entries: readonly RunEntry[]): string[] => entries.map((e) => `${e.label} ${e.phase} ${e.inspection?.findings[0]?.symptom ?? "-"}`);

  it("finds the runs of a workspace and reads them in workers", async () => {
    const { runs, log } = start([join(ROOT, "examples")]);
    await runs.refresh();
    assert.deepEqual(brief(runs.entries).map((line) => line.split(" ").slice(0, 2).join(" ")), ["digits-cross-entropy ready", "digits-generalized-dice ready", "volumes-generalized-dice ready"]);
    const sick = runs.get(join(ROOT, "examples", "digits-generalized-dice"))!;
    assert.equal(sick.inspection?.findings[0]?.symptom, "only-background");
    assert.deepEqual([sick.error, sick.progress, runs.searching], [null, null, false]);
    assert.deepEqual(timeless(sick.inspection), timeless(await inspectOnce(sick.folder)));
    assert.deepEqual(log, []);
  });

  it("follows a run that is being written, by itself", async () => {
    const root = temporary();
    const folder = join(root, "alpha");
    put(join(root, "beta", "training.csv"), "epoch,loss,val_loss\n0,1,1\n");
    const now = Date.now() / 1000;
    const rows = ["epoch,loss,val_loss", "0,1,1.1", "1,0.5,0.7"];
    put(join(folder, "training.csv"), `${rows.join("\n")}\n`, now);
    const { runs } = start([root], { pollRunning: 20, pollIdle: 50 });
    await runs.refresh();
    const points = (): number => runs.get(folder)?.inspection?.series[0]?.steps.length ?? 0;
    assert.equal(points(), 2);
    assert.equal(runs.get(folder)?.inspection?.state, "running");
    appendFileSync(join(folder, "training.csv"), "2,0.4,0.6\n");
    await until(runs, () => points() === 3);
    // A second run appears, and the first goes.
    cpSync(folder, join(root, "gamma"), { recursive: true });
    await until(runs, () => runs.get(join(root, "gamma"))?.phase === "ready");
    rmSync(folder, { recursive: true });
    await until(runs, () => runs.get(folder) === undefined);
    assert.deepEqual(runs.entries.map((e) => e.label), ["beta", "gamma"]);
  });

  it("follows hints at once", async () => {
    const root = temporary();
    const outer = join(root, "alpha");
    put(join(outer, "training.csv"), "epoch,loss\n0,1\n");
    put(join(root, "alpha2", "training.csv"), "epoch,loss\n0,1\n");
    const { runs } = start([root]);
    await runs.refresh();
    const points = (folder: string): number => runs.get(folder)?.inspection?.series[0]?.steps.length ?? 0;
    writeFileSync(join(root, "alpha2", "training.csv"), "epoch,loss\n0,1\n1,0.5\n");
    runs.touched(join(root, "alpha2", "training.csv"));
    await until(runs, () => points(join(root, "alpha2")) === 2);
    assert.equal(points(outer), 1);
    cpSync(outer, join(root, "new"), { recursive: true });
    runs.touched(join(root, "new"));
    await until(runs, () => runs.get(join(root, "new"))?.phase === "ready");
    for (let i = 0; i < 200; i++) runs.touched(join(outer, "training.csv")); // many at once are one
    renameSync(outer, join(root, "moved"));
    runs.touched(outer);
    await until(runs, () => runs.get(outer) === undefined);
  });

  it("takes in a folder from elsewhere, keeps it over searches, and lets it go with its folder", async () => {
    const [root, elsewhere] = [temporary(), temporary()];
    const folder = copyOf("digits-generalized-dice", join(elsewhere, "mine"));
    const { runs } = start([root]);
    const entry = await runs.add(`${folder}/`);
    assert.ok(entry !== undefined);
    assert.equal(entry.folder, folder);
    assert.equal(entry.inspection?.findings[0]?.symptom, "only-background");
    assert.equal(await runs.add(root), undefined);
    await runs.refresh();
    assert.equal(runs.entries.length, 1);
    rmSync(folder, { recursive: true });
    await runs.refresh();
    assert.equal(runs.entries.length, 0);
  });

  it("leaves to a run within a run what is its own", async () => {
    const root = temporary();
    const files = ["training.csv", "labels", "predictions", "checkpoints"];
    copyOf("digits-generalized-dice", join(root, "run"), files);
    copyOf("digits-cross-entropy", join(root, "second"), files);
    const { runs } = start([root]);
    await runs.refresh();
    for (const { folder, inspection } of runs.entries) {
      assert.ok(inspection !== null);
      const others = runs.entries.map((entry) => entry.folder).filter((other) => other !== folder && other.startsWith(folder));
      for (const { path } of inspection.sources) assert.ok(!others.some((other) => join(folder, path).startsWith(other)), path);
    }
    assert.equal(runs.entries.flatMap(({ inspection }) => inspection?.sources ?? []).filter((s) => s.path.endsWith("training.csv")).length, 2);
  });

  it("inspects again by what the user says", async () => {
    const folder = copyOf("digits-generalized-dice", join(temporary(), "run"));
    let options: RunOptions = {};
    const { runs } = start([folder], { optionsOf: () => options });
    await runs.refresh();
    assert.equal(runs.entries[0]!.inspection?.findings.length, 1);
    options = { classNames: ["nothing", "one"], ignoredSymptoms: ["only-background"] };
    await Promise.all([runs.setOptions(folder), runs.setOptions(folder)]);
    const { inspection } = runs.entries[0]!;
    assert.ok(inspection !== null);
    assert.equal(inspection.classes[1]?.name, "one");
    assert.ok(inspection.findings.every((f) => f.symptom !== "only-background"));
    // Also when asked while it is being read for the first time.
    const { runs: second } = start([folder], { optionsOf: () => options });
    const reading = second.refresh();
    await until(second, () => second.get(folder) !== undefined);
    options = { classNames: ["zero"] };
    await second.setOptions(folder);
    await reading;
    assert.equal(second.entries[0]!.inspection?.classes[0]?.name, "zero");
  });

  it("stops what is being measured, and tells how far it is", async () => {
    const folder = copyOf("digits-generalized-dice", join(temporary(), "run"));
    const { runs, log } = start([folder]);
    const reading = runs.refresh();
    const seen: number[] = [];
    const watching = runs.onDidChange(() => {
      const progress = runs.get(folder)?.progress;
      if (progress != null) seen.push(progress.done / progress.total);
    });
    await until(runs, () => runs.get(folder) !== undefined);
    runs.cancel(folder);
    await reading;
    watching.dispose();
    const entry = runs.get(folder)!;
    if (entry.phase === "failed") {
      assert.equal(entry.error, "stopped before it was read");
      assert.deepEqual(log, [`${folder}: stopped before it was read`]);
    }
    await runs.refresh(folder);
    assert.equal(runs.get(folder)?.phase, "ready");
    assert.ok(seen.every((share) => share > 0 && share <= 1));
    runs.cancel(folder); // nothing is under way
    runs.cancel("nowhere");
  });

  it("goes on when a listener fails", async () => {
    const { runs, log } = start([join(ROOT, "examples", "digits-cross-entropy")]);
    runs.onDidChange(() => {
      throw new Error("mine");
    });
    await runs.refresh();
    await until(runs, () => log.length > 0);
    assert.match(log[0]!, /^a listener failed: mine/);
  });

  it("names a folder that cannot be searched, and keeps its runs", async () => {
    const root = temporary();
    put(join(root, "run", "training.csv"), "epoch,loss\n0,1\n");
    const { runs } = start([root, join(root, "nowhere")]);
    await runs.refresh();
    assert.equal(runs.entries.length, 1);
  });

  it("ends all when it is disposed of, also in the middle", async () => {
    const { runs, log } = start([join(ROOT, "examples")]);
    const reading = runs.refresh().catch((error: unknown) => error);
    await until(runs, () => runs.entries.length > 0);
    await runs.dispose();
    await reading;
    runs.touched(null);
    runs.touched(runs.entries[0]!.folder);
    await assert.rejects(runs.add(ROOT), /the worker was stopped/);
    assert.deepEqual(log, []);
  });
});

describe("workers", function () {
  this.timeout(60_000);

  /** A worker that dies, throws or answers, as the folder's name says. */
  const scripted = (): string => {
    const path = join(temporary(), "worker.js");
    writeFileSync(
      path,
      `const { parentPort } = require("node:worker_threads");
       parentPort.on("message", ({ id, what, folder }) => {
         if (what === "find" || what === "forget") return parentPort.postMessage({ id, kind: "done", value: [] });
         if (folder === "dies") throw new Error("out of something");
         if (folder === "exits") process.exit(3);
         if (folder === "late") setTimeout(() => { throw new Error("uncaught, later"); }, 1);
         else if (folder === "says no") parentPort.postMessage({ id, kind: "failed", message: "no" });
         else parentPort.postMessage({ id, kind: "done", value: { look: "same", cost: 1, folder } });
       });`,
    );
    return path;
  };

  it("that die fail only what they had in hand, and the next question starts another", async () => {
    const pool = new Pool(scripted(), { cacheFolder: null }, 1);
    const answers = await Promise.allSettled(["a", "dies", "b", "exits", "c", "late", "says no", "d"].map((folder) => pool.look(folder)));
    assert.deepEqual(
      answers.map((answer) => (answer.status === "fulfilled" ? answer.value.look : `${answer.reason instanceof WorkerFailed ? "dead" : "alive"}: ${String(answer.reason)}`)),
      ["same", "dead: Error: the worker failed: out of something", "same", "dead: Error: the worker ended with code 3", "same", "dead: Error: the worker failed: uncaught, later", "alive: Error: no", "same"],
    );
    await pool.dispose();
    await assert.rejects(pool.look("a"), WorkerFailed);
  });

  it("that turn for ever in a file are ended, and the file is left out until it changes", async () => {
    const file = join(temporary(), "damaged.h5");
    writeFileSync(file, "x");
    const path = join(temporary(), "turning.cjs");
    writeFileSync(
      path,
      `const { parentPort, workerData } = require("node:worker_threads");
       parentPort.on("message", ({ id, folder }) => {
         if (folder === "turns" && workerData.stuck.length === 0) {
           const name = new TextEncoder().encode(${JSON.stringify(file)});
           new Uint8Array(workerData.pulse.shared, 8).set(name);
           Atomics.store(new Int32Array(workerData.pulse.shared, 0, 2), 1, name.length);
           for (;;);
         }
         parentPort.postMessage({ id, kind: "done", value: { look: "same", cost: 1, stuck: workerData.stuck } });
       });`,
    );
    const pool = new Pool(path, { cacheFolder: null }, 1, 300);
    const first = pool.look("turns");
    const second = pool.look("turns");
    await assert.rejects(first, (error) => error instanceof WorkerFailed && error.message === `reading ${file} did not come to an end`);
    const { stuck } = (await second) as unknown as { stuck: string[] };
    await pool.dispose();

    startPulse(pulseMemory(), stuck);
    try {
      assert.throws(() => openFile(file, "damaged.h5"), /did not come to an end/);
      writeFileSync(file, "mended");
      openFile(file, "damaged.h5").close();
    } finally {
      startPulse(pulseMemory(), []);
    }
  });

  it("that cannot be started say so, each time", async () => {
    const pool = new Pool(join(temporary(), "nowhere.js"), { cacheFolder: null }, 2);
    for (let i = 0; i < 2; i++) await assert.rejects(pool.look("a"), /the worker failed: Cannot find module/);
    await pool.forget("a");
    await pool.dispose();
  });
});
