import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { LiveRuns } from "../../../src/engine/liveRuns";
import { RunSession } from "../../../src/engine/session";
import type { Inspection, Series } from "../../../src/run";
import { assertSeries, bytesOf, FORMATS, goldens, type Case } from "../read/golden";
import { concat, FILE_VERSION, records, scalars, simple } from "../read/logs/helpers";
import { built, inspected, inspectOnce, temporary, timeless } from "./support";
import { oddSizes, Writer } from "./writer";

type LogCase = Extract<Case, { kind: "log" }>;

const LOGS = goldens().flatMap(({ format, cases }) => cases.filter((c): c is LogCase => c.kind === "log").map((c) => ({ format, c, bytes: bytesOf(format, c.file) })));

const logOf = (format: string, name: string): { bytes: Uint8Array; c: LogCase } => {
  const found = LOGS.find((log) => log.format === format && log.c.file === name);
  assert.ok(found, `${format}: ${name}`);
  return found;
};

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const points = (all: readonly Series[], tag: string): [number, number][] => {
  const found = all.filter((series) => series.tag === tag);
  assert.equal(found.length, 1, `series ${tag}, of ${all.map((s) => s.tag).join(", ")}`);
  return [...found[0]!.steps].map((step, i) => [step, found[0]!.values[i]!]);
};

/** What any look at a growing run must be: whole, and with lines of one line for what is not. */
async function look(session: RunSession): Promise<Inspection> {
  const inspection = await inspected(session);
  for (const { message } of inspection.problems) assert.match(message, /^[\w.+-]+: [^\n]+$/);
  return inspection;
}

/** The last look says what the file says, without a complaint, and what a look by somebody new says. */
async function settled(session: RunSession, folder: string): Promise<Inspection> {
  const inspection = await look(session);
  assert.deepEqual(inspection.problems, []);
  assert.deepEqual(timeless(inspection), timeless(await inspectOnce(folder)));
  return inspection;
}

function assertLog(inspection: Inspection, c: LogCase, format: string): void {
  assert.deepEqual(inspection.sources.map((s) => [s.path, s.kind, s.format, s.problem]), [[c.file, "log", format, null]]);
  assertSeries(inspection.series, c.series, c.file);
  const facts = inspection.config?.facts[c.file] ?? {};
  for (const [key, value] of Object.entries(c.facts ?? {})) assert.deepEqual(facts[key], value, `fact ${key}`);
}

describe("logs that another process writes", function () {
  this.timeout(60_000);
  let writer: Writer;
  before(() => (writer = new Writer()));
  after(() => writer.end());

  /** Files that hold a part of the log, written before it. */
  const withParts = async (format: string, file: string, folder: string): Promise<void> => {
    for (const part of ["-wal"]) if (existsSync(join(FORMATS, format, file + part))) await writer.put(join(folder, file + part), bytesOf(format, file + part));
  };

  LOGS.forEach(({ format, c, bytes }, i) => {
    it(`${format}: ${c.file}, looked at after each piece`, async () => {
      const folder = temporary();
      const session = new RunSession(folder, { cacheFolder: null });
      await withParts(format, c.file, folder);
      await writer.grow(join(folder, c.file), bytes, oddSizes(bytes.length, i + 1), () => look(session));
      assertLog(await settled(session, folder), c, format);
      assert.equal(session.look(), "same");
    });

    it(`${format}: ${c.file}, begun again after a first try, written while it is read`, async () => {
      const folder = temporary();
      const session = new RunSession(folder, { cacheFolder: null });
      const path = join(folder, c.file);
      await withParts(format, c.file, folder);
      await writer.put(path, bytes.subarray(0, Math.floor(bytes.length * 0.7)));
      await look(session);
      await writer.cut(path, 0);
      if (i % 2 === 0) await look(session);
      await writer.run(path, bytes, oddSizes(bytes.length, 1000 + i, 40), () => look(session));
      assertLog(await settled(session, folder), c, format);
    });
  });

  it("lightning-csv: written anew with mode w whenever a column appears", async () => {
    const { bytes, c } = logOf("lightning-csv", "late_0/metrics.csv");
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const rows = text(bytes).trimEnd().split("\n").map((row) => row.split(","));
    const path = join(folder, c.file);
    let known: number[] = [];
    for (let n = 2; n <= rows.length; n++) {
      // Columns that a row so far has a value in, in the order of the whole file's header.
      const columns = rows[0]!.flatMap((_, i) => (rows.slice(1, n).some((row) => row[i] !== "") ? [i] : []));
      const lines = rows.slice(0, n).map((row) => `${columns.map((i) => row[i]).join(",")}\n`);
      if (columns.length === known.length) await writer.grow(path, Buffer.from(lines.at(-1)!), [5], () => look(session));
      else {
        await writer.cut(path, 0).catch(() => undefined);
        await writer.grow(path, Buffer.from(lines.join("")), [41, 97, 13], () => look(session));
      }
      known = columns;
      const first = rows[0]!.indexOf("train_loss_step");
      const seen = rows.slice(1, n).filter((row) => row[first] !== "").map((row) => [Number(row[2]), Number(row[first])]);
      if (seen.length > 0) assert.deepEqual(points((await look(session)).series, "train_loss_step"), seen, `after row ${n}`);
    }
    assertLog(await settled(session, folder), c, "lightning-csv");
  });

  for (const way of ["put", "replace"] as const) {
    it(`trainer-state: written whole after each log, ${way === "put" ? "in place" : "renamed into place"}`, async () => {
      const { bytes, c } = logOf("trainer-state", "trainer_state.json");
      const folder = temporary();
      const session = new RunSession(folder, { cacheFolder: null });
      // Python's json writes NaN, which JSON.parse does not know.
      const [before, history, after] = text(bytes).split(/("log_history": \[\n[^]*?\n {2}\])/) as [string, string, string];
      const entries = history.split("\n").slice(1, -1).join("\n").split(/(?<=\n {4}\}),\n/);
      assert.ok(entries.length > 5);
      for (let n = 1; n <= entries.length; n++) {
        await writer[way](join(folder, c.file), n === entries.length ? bytes : `${before}"log_history": [\n${entries.slice(0, n).join(",\n")}\n  ]${after}`);
        const { series } = await look(session);
        assert.equal(points(series, "loss").length, entries.slice(0, n).filter((entry) => /"loss"/.test(entry)).length);
      }
      assertLog(await settled(session, folder), c, "trainer-state");
    });
  }

  it("history-json: written whole after each epoch, seen when half of it is there", async () => {
    const { bytes, c } = logOf("history-json", "history.json");
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const whole = JSON.parse(text(bytes)) as Record<string, number[]>;
    for (let n = 1; n <= 4; n++) {
      const part = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(whole).map(([key, values]) => [key, values.slice(0, n)]))));
      await writer.put(join(folder, c.file), "");
      await look(session);
      await writer.grow(join(folder, c.file), part, [part.length >> 1], () => look(session));
      assert.equal(points((await look(session)).series, "loss").length, n);
    }
    assertLog(await settled(session, folder), c, "history-json");
  });

  it("mlflow-sqlite: a database whose newest pages stand in the -wal beside it", async () => {
    const { bytes, c } = logOf("mlflow-sqlite", "wal.mlflow.db");
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const wal = bytesOf("mlflow-sqlite", `${c.file}-wal`);
    await writer.put(join(folder, c.file), bytes);
    await look(session);
    await writer.grow(join(folder, `${c.file}-wal`), wal, oddSizes(wal.length, 7), () => look(session));
    assertLog(await settled(session, folder), c, "mlflow-sqlite");
    await writer.remove(join(folder, `${c.file}-wal`)); // as if it had never been committed
    await settled(session, folder);
  });

  it("tfevents: a training resumed in a second file goes back two steps", async () => {
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const file = (from: number, to: number, value: number): Uint8Array =>
      concat(records(FILE_VERSION), ...Array.from({ length: to - from }, (_, i) => records(scalars(from + i, simple("train/loss", value + i), simple("val/dice_1", value / 8)))));
    const first = file(0, 20, 100);
    const second = file(18, 30, 200);
    const path = (n: number): string => join(folder, "tb", `events.out.tfevents.170000000${n}.host.${n}.0`);
    await writer.grow(path(1), first, oddSizes(first.length - 11, 3), () => look(session));
    assert.equal(points((await look(session)).series, "train/loss").length, 20);
    await writer.run(path(2), second, oddSizes(second.length, 4, 30), () => look(session));
    const { series } = await settled(session, folder);
    const want = [...Array.from({ length: 18 }, (_, i) => [i, 100 + i]), ...Array.from({ length: 12 }, (_, i) => [18 + i, 200 + i])];
    const loss = series.filter((s) => s.tag === "train/loss");
    assert.deepEqual([...loss[0]!.steps].map((step, i) => [step, loss[0]!.values[i]]), want);
    assert.equal(series.length, 2);
  });

  it("text logs: one rotated away while the next goes on", async () => {
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const line = (epoch: number): string => `2024-05-01 10:00:${String(epoch).padStart(2, "0")} INFO epoch ${epoch}: train_loss=${(1 / epoch).toFixed(4)} val_dice=${(epoch / 64).toFixed(4)}\n`;
    const lines = (from: number, to: number): Buffer => Buffer.from(Array.from({ length: to - from }, (_, i) => line(from + i)).join(""));
    const [first, second] = [lines(1, 13), lines(13, 25)];
    const path = join(folder, "train.log");
    await writer.grow(path, first, oddSizes(first.length, 5, 25), () => look(session));
    assert.equal(points((await look(session)).series, "train_loss").length, 12);
    await writer.move(path, `${path}.1`);
    await look(session);
    await writer.grow(path, second, oddSizes(second.length, 6, 25), () => look(session));
    const { series } = await settled(session, folder);
    const all = series.filter((s) => s.tag === "train_loss").flatMap((s) => [...s.steps].map((step, i) => [step, s.values[i]!] as const));
    all.sort((a, b) => a[0] - b[0]);
    assert.deepEqual(all, Array.from({ length: 24 }, (_, i) => [i + 1, Number((1 / (i + 1)).toFixed(4))]));
  });

  it("nnunet-log: resumed in October after a start in March", async () => {
    const folder = temporary();
    const session = new RunSession(folder, { cacheFolder: null });
    const [first, second] = [logOf("nnunet-log", "training_log_2024_3_5_12_00_00.txt"), logOf("nnunet-log", "training_log_2024_3_6_12_00_00.txt")];
    const path = (name: string): string => join(folder, "fold_0", name);
    await writer.run(path(first.c.file), first.bytes, oddSizes(first.bytes.length, 70), () => look(session));
    await writer.run(path("training_log_2024_10_6_12_00_00.txt"), second.bytes, oddSizes(second.bytes.length, 71), () => look(session));
    const { series } = await settled(session, folder);
    for (const { tag, steps, values } of second.c.series) {
      const before = first.c.series.find((s) => s.tag === tag)!;
      const kept = before.steps.filter((step) => step < steps[0]!);
      assert.deepEqual(points(series, tag), [...kept, ...steps].map((step, i) => [step, Number(i < kept.length ? before.values[i] : values[i - kept.length])]), tag);
    }
  });

  it("tfevents, keras-csv, json-lines: in a worker, as a workspace's runs are followed", async () => {
    const root = temporary();
    const chosen = [logOf("tfevents", "tensorflow/keras/train/events.out.tfevents.1.keras.v2"), logOf("keras-csv", "training.csv"), logOf("json-lines", "nested.jsonl")];
    const folders = ["a", "b", "c"].map((name) => join(root, name));
    const runs = new LiveRuns({ roots: [root], workerScript: join(await built(), "worker.js"), workers: 1, cacheFolder: null, optionsOf: () => ({}), log: (line) => assert.fail(line), pollRunning: 1e8, pollIdle: 1e8 });
    try {
      for (const [i, { bytes, c }] of chosen.entries()) {
        const path = join(folders[i]!, basename(c.file));
        await writer.put(path, bytes.subarray(0, bytes.length >> 1));
        await runs.refresh();
        const rest = bytes.subarray(bytes.length >> 1);
        await writer.run(path, rest, oddSizes(rest.length, 90 + i, 12), () => runs.refresh(folders[i]));
        const entry = runs.get(folders[i]!);
        assert.ok(entry?.inspection, `${c.file}: ${entry?.error}`);
        assertSeries(entry.inspection.series, c.series, c.file);
      }
    } finally {
      await runs.dispose();
    }
  });
});
