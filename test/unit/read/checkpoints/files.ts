/** Checkpoints made of bytes in a test, with the files beside them. */
import assert from "node:assert/strict";
import { inflate } from "../../../../src/engine/inflate";
import { simpleHdf5 } from "../../../../src/read/bytes/hdf5";
import { FormatError, type ReadTools } from "../../../../src/read/bytes/source";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../../../../src/read/format";
import { source } from "./support";

export type Bytes = Uint8Array | readonly number[] | string;

export function bytesOf(value: Bytes): Uint8Array {
  return typeof value === "string" ? new TextEncoder().encode(value) : Uint8Array.from(value);
}

/** Tools that know the files `beside`. */
export function toolsWith(beside: Readonly<Record<string, Bytes>> = {}): ReadTools {
  return { inflate, hdf5: simpleHdf5, sibling: (name) => (Object.hasOwn(beside, name) ? source(name, bytesOf(beside[name]!)) : null) };
}

export function openWith(format: CheckpointFormat, name: string, bytes: Bytes, beside: Readonly<Record<string, Bytes>> = {}): CheckpointFile {
  const own = bytesOf(bytes);
  assert.ok(format.probe(name, own.subarray(0, 4096)), `${name} is its own by name and head`);
  return format.open(source(name, own), toolsWith(beside));
}

export function acceptsWith(format: CheckpointFormat, name: string, bytes: Bytes): boolean {
  const own = bytesOf(bytes);
  return format.probe(name, own.subarray(0, 4096)) && format.accepts(source(name, own), toolsWith());
}

/** All its elements. */
export function values(tensor: TensorEntry | undefined): number[] {
  assert.ok(tensor !== undefined);
  return [...tensor.chunks()].flatMap((chunk) => Array.from(chunk as ArrayLike<number | bigint>, Number));
}

/** The one line that `read` fails with. */
export function lineOf(read: () => unknown): FormatError {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof FormatError, error instanceof Error ? error.stack : String(error));
    assert.ok(!error.message.includes("\n") && error.message.length < 500, error.message);
    return error;
  }
  assert.fail("it was read");
}

export function concat(...parts: readonly Bytes[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...bytesOf(part)]));
}

export function floats(...numbers: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(numbers).buffer);
}
