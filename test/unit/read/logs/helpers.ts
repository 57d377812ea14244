/** Bytes in memory as a source, event files made by hand, and the comparison of reading in pieces with reading whole. */
import assert from "node:assert/strict";
import { maskedCrc32c } from "../../../../src/read/bytes/crc32c";
import type { ByteSource, ReadTools } from "../../../../src/read/bytes/source";
import type { LogFormat, LogRead, LogSink } from "../../../../src/read/format";
import { SeriesCollector } from "../../../../src/read/logs/collector";
import type { Series } from "../../../../src/run";

const refuse = (): never => {
  throw new Error("logs need neither inflate nor HDF5");
};
export const NO_TOOLS: ReadTools = { inflate: { raw: refuse, gzip: refuse }, hdf5: { open: refuse }, sibling: refuse };

/** A source over `bytes`; arrays given without `keep` are overwritten by the next call, as a file's buffer is. */
export function memory(bytes: Uint8Array, name = "training.csv", onRead: (offset: number, length: number) => void = () => undefined): ByteSource {
  let lent: Uint8Array | null = null;
  return {
    name,
    size: bytes.length,
    read(offset, length, keep = false) {
      onRead(offset, length);
      lent?.fill(0xa5);
      const piece = bytes.slice(offset, Math.max(offset, Math.min(bytes.length, offset + length)));
      lent = keep ? null : piece;
      return piece;
    },
  };
}

export const text = (s: string): Uint8Array => new TextEncoder().encode(s);

export interface Whole<S> {
  readonly read: LogRead<S>;
  readonly series: Series[];
}

export function readWhole<S>(format: LogFormat<S>, bytes: Uint8Array, name: string): Whole<S> {
  return readPieces(format, [bytes], name);
}

/** Reads a file that has been each of `stages`, one after the other. */
export function readPieces<S>(format: LogFormat<S>, stages: readonly Uint8Array[], name: string): Whole<S> {
  const collector = new SeriesCollector();
  let state: S | null = null;
  let read: LogRead<S> | null = null;
  for (const bytes of stages) {
    read = format.read(memory(bytes, name), state, collector.sink(name, format.name), NO_TOOLS);
    // States are stored between sessions.
    state = JSON.parse(JSON.stringify(read.state)) as S;
    collector.settle(name, read.unit);
  }
  assert.ok(read);
  return { read, series: collector.series() };
}

/** Grows the file over every split point, in twos, in small steps and byte by byte; every time all must be as if read whole. */
export function assertPiecesEqualWhole<S>(format: LogFormat<S>, bytes: Uint8Array, name: string): void {
  const whole = readWhole(format, bytes, name);
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(readPieces(format, [bytes.subarray(0, cut), bytes], name), whole, `split at byte ${cut} of ${bytes.length}`);
  for (const step of [1, 7, 64]) {
    const stages: Uint8Array[] = [];
    for (let n = 0; n < bytes.length; n += step) stages.push(bytes.subarray(0, n));
    assert.deepEqual(readPieces(format, [...stages, bytes], name), whole, `in steps of ${step} bytes`);
  }
}

export function series(all: readonly Series[], tag: string): Series {
  const found = all.find((s) => s.tag === tag);
  assert.ok(found, `no series ${tag} among ${all.map((s) => s.tag).join(", ")}`);
  return found;
}

/** Steps and values as pairs. */
export function points(all: readonly Series[], tag: string): [number, number][] {
  const found = series(all, tag);
  return [...found.steps].map((step, i) => [step, found.values[i]!]);
}

export function recorder(): LogSink & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    calls,
    point: (tag, step, value) => void calls.push(`${tag} ${step} ${value}`),
    restart: (tag, step) => void calls.push(`restart ${tag ?? "*"} ${step}`),
    reset: () => void calls.push("reset"),
    fact: (key, value) => void calls.push(`fact ${key} ${JSON.stringify(value)}`),
  };
}

// --- event files -------------------------------------------------------------------------------------------

export function varint(value: number | bigint): number[] {
  const out: number[] = [];
  let v = BigInt.asUintN(64, BigInt(value));
  do {
    out.push(Number(v & 127n) | (v > 127n ? 128 : 0));
    v >>= 7n;
  } while (v > 0n);
  return out;
}

export const lengthed = (field: number, data: readonly number[]): number[] => [...varint(field * 8 + 2), ...varint(data.length), ...data];
export const fixed = (size: 4 | 8, value: number): number[] => {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return [...new Uint8Array(view.buffer)];
};
export const utf8 = (s: string): number[] => [...text(s)];

export const simple = (tag: string, value: number): number[] => lengthed(1, [...lengthed(1, utf8(tag)), 21, ...fixed(4, value)]);
export const tensorValue = (tag: string, tensor: readonly number[], plugin: string | null = null): number[] =>
  lengthed(1, [...lengthed(1, utf8(tag)), ...lengthed(8, tensor), ...(plugin === null ? [] : lengthed(9, lengthed(1, lengthed(1, utf8(plugin)))))]);

export const event = (step: number, wallTime: number, rest: readonly number[]): number[] => [9, ...fixed(8, wallTime), 16, ...varint(step), ...rest];
export const scalars = (step: number, ...values: number[][]): number[] => event(step, 1.7e9 + step, lengthed(5, values.flat()));
export const sessionStart = (step: number): number[] => event(step, 1.7e9, lengthed(7, [8, 1]));
export const FILE_VERSION = event(0, 1.7e9, lengthed(3, utf8("brain.Event:2")));

/** Frames as TFRecord writes them. */
export function records(...messages: readonly (readonly number[])[]): Uint8Array {
  return concat(...messages.map((message) => frame(Uint8Array.from(message))));
}

export function frame(data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 16);
  const view = new DataView(out.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(out, 0, 8), true);
  out.set(data, 12);
  view.setUint32(data.length + 12, maskedCrc32c(data), true);
  return out;
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
