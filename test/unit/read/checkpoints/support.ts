/** Bytes, archives and tools for the tests of checkpoint readers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { inflate } from "../../../../src/engine/inflate";
import { measureTensor } from "../../../../src/measure/tensors";
import { loadHdf5 } from "../../../../src/read/bytes/hdf5";
import { type ByteSource, FormatError, type ReadTools } from "../../../../src/read/bytes/source";
import { kerasLegacyH5 } from "../../../../src/read/checkpoints/kerasLegacyH5";
import { kerasV3 } from "../../../../src/read/checkpoints/kerasV3";
import { kerasWeightsH5 } from "../../../../src/read/checkpoints/kerasWeightsH5";
import type { CheckpointFile, CheckpointFormat } from "../../../../src/read/format";
import type { TensorStats } from "../../../../src/run";

const FIXTURES = new URL("../fixtures/checkpoints/", import.meta.url);

export async function loadTools(): Promise<ReadTools> {
  return { hdf5: await loadHdf5(), inflate, sibling: () => null };
}

/** A fixture, unpacked when it is stored with gzip. */
export function fixture(name: string): Uint8Array {
  const bytes = readFileSync(new URL(name, FIXTURES));
  return new Uint8Array(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
}

/** Gives copies, as a file does. */
export function source(name: string, bytes: Uint8Array): ByteSource {
  return { name, size: bytes.length, read: (offset, length) => Uint8Array.prototype.slice.call(bytes, offset, offset + length) };
}

/** The reader that takes the file, as the engine chooses it; null when none does. */
export function choose(name: string, bytes: Uint8Array, tools: ReadTools): CheckpointFormat | null {
  const from = source(name, bytes);
  const mine = [kerasV3, kerasWeightsH5, kerasLegacyH5].filter((format) => format.probe(name, bytes.subarray(0, 4096)));
  return mine.find((format) => format.accepts(from, tools)) ?? null;
}

export function open(name: string, bytes: Uint8Array, tools: ReadTools): CheckpointFile {
  const format = choose(name, bytes, tools);
  assert.ok(format, `${name} is taken`);
  return format.open(source(name, bytes), tools);
}

/** Statistics of all tensors; those that cannot be read are left out. Anything but a FormatError fails the test. */
export function measureAll(file: CheckpointFile): TensorStats[] {
  const out: TensorStats[] = [];
  for (const tensor of file.tensors) {
    try {
      out.push(measureTensor(tensor, null));
    } catch (error) {
      assertLine(error);
    }
  }
  return out;
}

/** One clear line. */
export function assertLine(error: unknown, begins = ""): void {
  assert.ok(error instanceof FormatError, error instanceof Error ? error.stack : String(error));
  assert.ok(error.message.startsWith(begins) && !error.message.includes("\n") && error.message.length < 400, error.message);
}

/** An archive of stored entries, as Keras writes it (but for the checksums, which nobody looks at). */
export function storedZip(entries: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, data] of Object.entries(entries)) {
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    fields.copy(central, 6);
    central.writeUInt32LE(at, 42);
    directory.push(central, Buffer.from(name));
    const local = [Buffer.from([0x50, 0x4b, 3, 4]), fields, Buffer.from(name), Buffer.from(data)];
    parts.push(...local);
    at += local.reduce((n, b) => n + b.length, 0);
  }
  const size = directory.reduce((n, b) => n + b.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

/** The entries of an archive without ZIP64, by its directory. */
export function unzip(bytes: Uint8Array): Record<string, Uint8Array> {
  const b = Buffer.from(bytes);
  const out: Record<string, Uint8Array> = {};
  let at = b.readUInt32LE(b.length - 6);
  for (let n = b.readUInt16LE(b.length - 12); n > 0; n--) {
    const nameLength = b.readUInt16LE(at + 28);
    const name = b.toString("utf8", at + 46, at + 46 + nameLength);
    const local = b.readUInt32LE(at + 42);
    const data = local + 30 + b.readUInt16LE(local + 26) + b.readUInt16LE(local + 28);
    const raw = b.subarray(data, data + b.readUInt32LE(at + 20));
    out[name] = b.readUInt16LE(at + 10) === 0 ? raw : inflateRawSync(raw);
    at += 46 + nameLength + b.readUInt16LE(at + 30) + b.readUInt16LE(at + 32);
  }
  return out;
}
