/** Fixtures made by the real frameworks, and what those frameworks say is in them (golden.json in each folder of test/fixtures/formats). */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inflate } from "../../../src/engine/inflate";
import { measureTensor } from "../../../src/measure/tensors";
import { loadHdf5 } from "../../../src/read/bytes/hdf5";
import { type ByteSource, FormatError, type NumericArray, type ReadTools } from "../../../src/read/bytes/source";
import type { CheckpointFile, CheckpointFormat, ConfigValue, LogFormat, LogRead, VolumeFile, VolumeFormat } from "../../../src/read/format";
import { candidates, CONFIG_FORMATS } from "../../../src/read/formats";
import { SeriesCollector } from "../../../src/read/logs/collector";
import type { Series } from "../../../src/run";

export const FORMATS = join(process.cwd(), "test", "fixtures", "formats");

/** A number, or the name of one that is not finite. */
export type Golden = number | "NaN" | "Infinity" | "-Infinity" | null;

export interface GoldenSeries {
  readonly tag: string;
  readonly steps: readonly number[];
  readonly values: readonly Golden[];
}

export interface GoldenTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly kind?: string | null;
  readonly sameAs?: string;
  readonly count: number;
  readonly [statistic: string]: unknown;
}

interface Facts {
  readonly facts?: Readonly<Record<string, ConfigValue>>;
}

export type Case =
  | ({ readonly kind: "log"; readonly file: string; readonly unit: "epoch" | "step"; readonly series: readonly GoldenSeries[] } & Facts)
  // `format`: where a part of it is of another (a shard by itself).
  | ({ readonly kind: "checkpoint"; readonly file: string; readonly format?: string; readonly epoch?: number | null; readonly step?: number | null; readonly tensors: readonly GoldenTensor[]; readonly logged?: readonly GoldenSeries[] } & Facts)
  | {
      readonly kind: "volume";
      readonly file: string;
      readonly entries: readonly { readonly entry: string | null; readonly dtype: string; readonly shape: readonly number[]; readonly order: "C" | "F"; readonly sum: Golden; readonly values: readonly Golden[]; readonly palette?: readonly number[]; readonly colour?: string }[];
    }
  | ({ readonly kind: "config"; readonly file: string; readonly classNames?: readonly (string | null)[]; readonly colours?: readonly (number | null)[]; readonly ignoreLabel?: number } & Facts);

/** All folders that hold a golden.json, by the format's name. */
export function goldens(): { format: string; cases: readonly Case[] }[] {
  return readdirSync(FORMATS)
    .sort()
    .filter((format) => existsSync(join(FORMATS, format, "golden.json")))
    .map((format) => ({ format, cases: (JSON.parse(readFileSync(join(FORMATS, format, "golden.json"), "utf8")) as { cases: Case[] }).cases }));
}

export function bytesOf(format: string, file: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FORMATS, format, file)));
}

/** What is lent is overwritten by the next call, as a file's buffer is. */
export function lending(name: string, bytes: Uint8Array): ByteSource {
  let lent: Uint8Array | null = null;
  return {
    name,
    size: bytes.length,
    read(offset, length, keep = false) {
      lent?.fill(0xa5);
      const piece = bytes.slice(offset, Math.max(offset, Math.min(bytes.length, offset + length)));
      lent = keep ? null : piece;
      return piece;
    },
  };
}

let hdf5: ReadTools["hdf5"] | null = null;

/** Tools over a fixture's folder; `file`: the one whose siblings are asked for. */
export async function toolsFor(format: string, file: string): Promise<ReadTools> {
  hdf5 ??= await loadHdf5();
  const folder = join(FORMATS, format, file, "..");
  const known = new Map<string, ByteSource | null>();
  const open = (name: string): ByteSource | null => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? lending(name, new Uint8Array(readFileSync(path))) : null;
  };
  return {
    inflate,
    hdf5,
    sibling: (name) => {
      let found = known.get(name);
      if (found === undefined) known.set(name, (found = open(name)));
      return found;
    },
  };
}

export function headOf(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, 4096);
}

/** The reader that a run would take for the file. */
export function logFormat(name: string, bytes: Uint8Array): LogFormat | null {
  return candidates(name, headOf(bytes)).log;
}

export function checkpointFormat(name: string, bytes: Uint8Array, tools: ReadTools): CheckpointFormat | null {
  return candidates(name, headOf(bytes)).checkpoints.find((format) => format.accepts(lending(name, bytes), tools)) ?? null;
}

export function volumeFormat(name: string, bytes: Uint8Array): VolumeFormat | null {
  return candidates(name, headOf(bytes)).volumes[0] ?? null;
}

export function configFormat(name: string, bytes: Uint8Array): (typeof CONFIG_FORMATS)[number] | null {
  return CONFIG_FORMATS.find((format) => format.probe(name, headOf(bytes))) ?? null;
}

export interface LogResult {
  readonly read: LogRead<unknown>;
  readonly series: readonly Series[];
  readonly facts: ReadonlyMap<string, ConfigValue>;
}

/** Reads a log that has been each of `stages`, one after the other; states are stored in between, as between sessions. */
export function readLog(format: LogFormat, name: string, stages: Iterable<Uint8Array>, tools: ReadTools): LogResult {
  const collector = new SeriesCollector();
  let state: unknown = null;
  let read: LogRead<unknown> | null = null;
  for (const bytes of stages) {
    read = format.read(lending(name, bytes), state, collector.sink(name, format.name), tools);
    state = JSON.parse(JSON.stringify(read.state));
    collector.settle(name, read.unit);
  }
  assert.ok(read);
  return { read, series: collector.series(), facts: collector.factsOf(name) };
}

export function numberOf(value: Golden): number {
  return value === null ? NaN : Number(value);
}

export function assertNear(got: number | null | undefined, want: Golden, what: string, tolerance = 1e-6): void {
  const expected = want === null ? null : Number(want);
  if (expected === null || got === null || got === undefined) assert.equal(got, expected, what);
  else if (!Number.isFinite(expected)) assert.ok(Object.is(got, expected), `${what}: ${got} for ${expected}`);
  else assert.ok(Math.abs(got - expected) <= tolerance * Math.max(Math.abs(expected), 1e-300), `${what}: ${got} for ${expected}`);
}

export function assertSeries(got: readonly Series[], want: readonly GoldenSeries[], what: string): void {
  assert.deepEqual(got.map((s) => s.tag).sort(), want.map((s) => s.tag).sort(), `${what}: tags`);
  for (const expected of want) {
    const series = got.find((s) => s.tag === expected.tag)!;
    assert.deepEqual([...series.steps], [...expected.steps], `${what}: steps of ${expected.tag}`);
    assert.equal(series.values.length, expected.values.length);
    expected.values.forEach((value, i) => assertNear(series.values[i], value, `${what}: ${expected.tag} at ${expected.steps[i]}`));
  }
}

const STATISTICS = ["count", "zeros", "nan", "inf", "min", "max", "mean", "std", "meanAbs"] as const;

/** `whole`: every golden tensor must be there; else those that are there, and can be read, must be right. */
export function assertTensors(file: CheckpointFile, want: readonly GoldenTensor[], what: string, whole: boolean): void {
  if (whole) assert.deepEqual(file.tensors.map((t) => t.name).sort(), want.map((t) => t.name).sort(), `${what}: names`);
  for (const tensor of file.tensors) {
    const expected = want.find((t) => t.name === tensor.name);
    assert.ok(expected, `${what}: ${tensor.name} is not in the file`);
    const label = `${what}: ${tensor.name}`;
    assert.equal(tensor.dtype, expected.dtype, `${label}: dtype`);
    assert.deepEqual([...tensor.shape], expected.shape, `${label}: shape`);
    if (expected.kind !== undefined) assert.equal(tensor.kind, expected.kind, `${label}: kind`);
    if (whole) assert.equal(tensor.sameAs, expected.sameAs, `${label}: sameAs`);
    let stats: ReturnType<typeof measureTensor>;
    try {
      stats = measureTensor(tensor, null);
    } catch (error) {
      if (whole || !(error instanceof FormatError)) throw error;
      continue;
    }
    const scale = Math.max(Math.abs(Number(expected.min ?? 0)), Math.abs(Number(expected.max ?? 0))) || 1;
    for (const key of STATISTICS) {
      const value = expected[key] as number | null | undefined;
      if (value === undefined) continue;
      const got = stats[key];
      if (value === null || got === null) assert.equal(got, value, `${label}: ${key}`);
      else assert.ok(Math.abs(got - value) <= 1e-9 * scale * (key === "count" ? 0 : 1), `${label}: ${key} ${got} for ${value}`);
    }
  }
}

/** All values of an entry, `step` elements at a time. */
export function valuesOf(entry: VolumeFile["entries"][number], step: number): number[] {
  const total = entry.shape.reduce((a, b) => a * b, 1);
  const out: number[] = [];
  for (let at = 0; at < total; at += step) {
    const piece: NumericArray = entry.read(at, Math.min(step, total - at));
    for (const value of piece) out.push(Number(value));
  }
  return out;
}

/** Sizes of a growing file: byte by byte where it is small, and around its ends where it is not. */
export function sizes(length: number, every: number): number[] {
  const out: number[] = [];
  for (let n = 0; n < length; n += n < 512 || n > length - 256 ? 1 : every) out.push(n);
  return out;
}
