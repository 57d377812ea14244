import assert from "node:assert/strict";
import { FormatError } from "../../../src/read/bytes/source";
import type { LogFormat } from "../../../src/read/format";
import {
  assertNear, assertSeries, assertTensors, bytesOf, checkpointFormat, configFormat, goldens, lending, logFormat, numberOf, readLog, sizes, toolsFor, valuesOf, volumeFormat, type Case, type LogResult,
} from "./golden";

type Of<K extends Case["kind"]> = Extract<Case, { kind: K }>;

function casesOf<K extends Case["kind"]>(kind: K): { format: string; c: Of<K>; title: string }[] {
  return goldens().flatMap(({ format, cases }) => cases.filter((c): c is Of<K> => c.kind === kind).map((c) => ({ format, c, title: `${format}: ${c.file}` })));
}

/** A prefix of a file may give less; what it gives must be true, and what cannot be read one line. */
function oneLine<T>(what: () => T): T | null {
  try {
    return what();
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return null;
  }
}

describe("logs, as the frameworks write them", () => {
  for (const { format, c, title } of casesOf("log")) {
    it(title, async () => {
      const bytes = bytesOf(format, c.file);
      const tools = await toolsFor(format, c.file);
      const reader = logFormat(c.file, bytes);
      assert.equal(reader?.name, format);
      const check = (result: LogResult, what: string): void => {
        assert.equal(result.read.end, "complete", `${what}: ${result.read.problem ?? ""}`);
        assert.equal(result.read.problem, null, what);
        if (c.series.length > 0) assert.equal(result.read.unit, c.unit, what);
        assertSeries(result.series, c.series, what);
        for (const [key, value] of Object.entries(c.facts ?? {})) assert.deepEqual(result.facts.get(key), value, `${what}: fact ${key}`);
      };
      const whole = readLog(reader, c.file, [bytes], tools);
      check(whole, "whole");
      for (const step of [1, 7, 4096]) check(readLog(reader, c.file, growing(bytes, step), tools), `in pieces of ${step}`);
      if (whole.series.every((series) => series.restarts === 0)) for (const n of sizes(bytes.length, 97)) prefix(reader, c, bytes.subarray(0, n), tools);
    });
  }
});

function* growing(bytes: Uint8Array, step: number): Generator<Uint8Array> {
  // Byte by byte a long file is read as many times as it has bytes: its middle is taken in larger ones.
  const whole = bytes.length <= 2048 || step > 1;
  for (let n = 0; n < bytes.length; n += whole || n < 512 || n > bytes.length - 512 ? step : 61) yield bytes.subarray(0, n);
  yield bytes;
}

const COUNTERS = new Set(["epoch", "iter", "iteration", "step", "global_step"]);

function prefix(format: LogFormat, c: Of<"log">, bytes: Uint8Array, tools: Awaited<ReturnType<typeof toolsFor>>): void {
  const result = oneLine(() => readLog(format, c.file, [bytes], tools));
  const open = bytes.at(-1) !== 10;
  for (const series of result?.series ?? []) {
    const want = c.series.find((s) => s.tag === series.tag);
    // Of the first rows alone nothing tells yet what counts and what is counted.
    if (want === undefined && (series.steps.length <= 1 || COUNTERS.has(series.tag))) continue;
    assert.ok(want, `of ${bytes.length} bytes: series ${series.tag} is not in the file`);
    const left = want.steps.map((step, i) => ({ step, value: numberOf(want.values[i]!) }));
    series.steps.forEach((step, i) => {
      const value = series.values[i]!;
      // A last line without its end may hold half a number, and nothing tells; the next look reads it anew.
      if (open && i === series.steps.length - 1) return;
      const at = left.findIndex((p) => (p.step === step || series.steps.length === 1) && (Object.is(p.value, value) || Math.abs(p.value - value) <= 1e-6 * Math.abs(p.value)));
      assert.ok(at >= 0, `of ${bytes.length} bytes: ${series.tag} is ${value} at ${step}`);
      left.splice(at, 1);
    });
  }
}

describe("checkpoints, as the frameworks write them", () => {
  for (const { format, c, title } of casesOf("checkpoint")) {
    it(title, async () => {
      const bytes = bytesOf(format, c.file);
      const tools = await toolsFor(format, c.file);
      const reader = checkpointFormat(c.file, bytes, tools);
      assert.equal(reader?.name, c.format ?? format);
      const file = reader.open(lending(c.file, bytes), tools);
      assertTensors(file, c.tensors, "whole", true);
      if (c.epoch !== undefined) assert.equal(file.epoch, c.epoch, "epoch");
      if (c.step !== undefined) assert.equal(file.step, c.step, "step");
      if (c.logged !== undefined) {
        assert.deepEqual((file.logged ?? []).map((s) => s.tag).sort(), c.logged.map((s) => s.tag).sort());
        for (const want of c.logged) {
          const got = file.logged!.find((s) => s.tag === want.tag)!;
          assert.deepEqual(got.steps, want.steps, want.tag);
          want.values.forEach((value, i) => assertNear(got.values[i], value, `${want.tag} at ${want.steps[i]}`));
        }
      }
      for (const [key, value] of Object.entries(c.facts ?? {})) assert.deepEqual(file.facts?.get(key), value, `fact ${key}`);
      file.close();
      for (const n of sizes(bytes.length, Math.max(1, bytes.length >> 6))) {
        const part = bytes.subarray(0, n);
        oneLine(() => {
          if (!reader.probe(c.file, part.subarray(0, 4096)) || !reader.accepts(lending(c.file, part), tools)) return;
          const torn = reader.open(lending(c.file, part), tools);
          assertTensors(torn, c.tensors, `of ${n} bytes`, false);
          torn.close();
        });
      }
    });
  }
});

describe("volumes, as the frameworks write them", () => {
  for (const { format, c, title } of casesOf("volume")) {
    it(title, async () => {
      const bytes = bytesOf(format, c.file);
      const tools = await toolsFor(format, c.file);
      const reader = volumeFormat(c.file, bytes);
      assert.equal(reader?.name, format);
      const file = reader.open(lending(c.file, bytes), tools);
      assert.deepEqual(file.entries.map((e) => e.entry).sort(), c.entries.map((e) => e.entry).sort());
      for (const want of c.entries) {
        const entry = file.entries.find((e) => e.entry === want.entry)!;
        assert.deepEqual([entry.dtype, [...entry.shape], entry.order, entry.colour], [want.dtype, want.shape, want.order, want.colour]);
        if (want.palette !== undefined) assert.deepEqual([...(entry.palette ?? [])], want.palette);
        const whole = valuesOf(entry, Infinity);
        assert.equal(whole.length, entry.shape.reduce((a, b) => a * b, 1));
        want.values.forEach((value, i) => assertNear(whole[i], value, `value ${i}`));
        const sum = whole.reduce((a, b) => a + b, 0);
        if (typeof want.sum === "number") assert.ok(Math.abs(sum - want.sum) <= 1e-6 * whole.reduce((a, b) => a + Math.abs(b), 1e-300), `sum ${sum} for ${want.sum}`);
        for (const step of [1, 7, 4096]) if (step > 1 || whole.length <= 20_000) assert.deepEqual(valuesOf(entry, step), whole, `in pieces of ${step}`);
      }
      file.close();
      for (const n of sizes(bytes.length, Math.max(1, bytes.length >> 6))) torn(bytes.subarray(0, n));

      function torn(part: Uint8Array): void {
        oneLine(() => {
          if (!reader!.probe(c.file, part.subarray(0, 4096))) return;
          const open = reader!.open(lending(c.file, part), tools);
          for (const entry of open.entries) {
            const want = (c).entries.find((e) => e.entry === entry.entry);
            assert.ok(want, `of ${part.length} bytes: array ${entry.entry} is not in the file`);
            oneLine(() => valuesOf(entry, Infinity).forEach((value, i) => {
              if (i < want.values.length) assertNear(value, want.values[i]!, `of ${part.length} bytes: value ${i}`);
            }));
          }
          open.close();
        });
      }
    });
  }
});

describe("settings, as the frameworks write them", () => {
  for (const { format, c, title } of casesOf("config")) {
    it(title, async () => {
      const bytes = bytesOf(format, c.file);
      const tools = await toolsFor(format, c.file);
      const reader = configFormat(c.file, bytes);
      assert.equal(reader?.name, format);
      const read = reader.read(lending(c.file, bytes), tools);
      for (const [key, value] of Object.entries(c.facts ?? {})) assert.deepEqual(read.facts.get(key), value, `fact ${key}`);
      if (c.classNames !== undefined) assert.deepEqual(read.classNames, c.classNames);
      if (c.colours !== undefined) assert.deepEqual(read.colours, c.colours);
      if (c.ignoreLabel !== undefined) assert.equal(read.ignoreLabel, c.ignoreLabel);
      for (const n of sizes(bytes.length, Math.max(1, bytes.length >> 6))) oneLine(() => (reader.probe(c.file, bytes.subarray(0, Math.min(n, 4096))) ? reader.read(lending(c.file, bytes.subarray(0, n)), tools) : null));
    });
  }
});

describe("the fixtures", () => {
  it("are there, with a case each", () => {
    assert.ok(goldens().length > 20);
    for (const { format, cases } of goldens()) assert.ok(cases.length > 0, format);
  });
});
