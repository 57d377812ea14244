/** TensorFlow checkpoints made in memory, byte by byte, and opened as the engine opens them. */
import { readFileSync } from "node:fs";
import { inflate } from "../../../../src/engine/inflate";
import { maskedCrc32c } from "../../../../src/read/bytes/crc32c";
import type { ReadTools } from "../../../../src/read/bytes/source";
import { tfCheckpoint } from "../../../../src/read/checkpoints/tfCheckpoint";
import type { CheckpointFile } from "../../../../src/read/format";
import { memorySource } from "../bytes/memory";

const FIXTURES = new URL("../fixtures/checkpoints/tf/", import.meta.url);
export type Files = Readonly<Record<string, Uint8Array>>;

/** Index and data of a fixture, under the names of their files. */
export function fixture(prefix: string): { index: string; files: Record<string, Uint8Array> } {
  const base = prefix.slice(prefix.lastIndexOf("/") + 1);
  const files: Record<string, Uint8Array> = {};
  for (const name of [`${base}.index`, `${base}.data-00000-of-00001`]) {
    files[name] = new Uint8Array(readFileSync(new URL(prefix.slice(0, prefix.length - base.length) + name, FIXTURES)));
  }
  return { index: `${base}.index`, files };
}

export const truth = JSON.parse(new TextDecoder().decode(readFileSync(new URL("truth.json", FIXTURES)))) as Record<
  string,
  Record<string, [dtype: string, shape: number[], min: number | null, max: number | null, sum: number]>
>;

export function toolsFor(files: Files): ReadTools {
  const hdf5 = (): never => {
    throw new Error("no HDF5 here");
  };
  return { inflate, hdf5: { open: hdf5 }, sibling: (name) => (files[name] === undefined ? null : memorySource(name, files[name])) };
}

/** As the engine does it: head, second look, open. Null when it is not taken for a checkpoint. */
export function open(index: string, files: Files, folder = "run/"): CheckpointFile | null {
  const source = memorySource(folder + index, files[index]!);
  if (!tfCheckpoint.probe(source.name, source.read(0, 4096, true)) || !tfCheckpoint.accepts(source, toolsFor(files))) return null;
  return tfCheckpoint.open(source, toolsFor(files));
}

export function varint(value: number): number[] {
  const out: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...out, rest];
    out.push((rest % 128) | 128);
  }
}

const text = (value: string): number[] => [...Buffer.from(value, "latin1")];
/** A field of bytes. */
export const field = (number: number, bytes: readonly number[]): number[] => [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
export const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];

export interface Tensor {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly shard?: number;
  readonly offset: number;
  readonly size: number;
}

export function tensorEntry({ dtype, shape, shard = 0, offset, size }: Tensor): number[] {
  const dims = shape.flatMap((n) => field(2, number(1, n)));
  return [...number(1, dtype), ...field(2, dims), ...number(3, shard), ...number(4, offset), ...number(5, size)];
}

export interface TableOptions {
  readonly shards?: number;
  readonly bigEndian?: boolean;
  /** Entries in a block. */
  readonly perBlock?: number;
  /** Turns a block into what is stored, with the number of its compression. */
  readonly compress?: (block: Uint8Array) => { readonly bytes: Uint8Array; readonly type: number };
  /** Blocks the index points to instead of the true ones. */
  readonly handles?: readonly (readonly [offset: number, size: number])[];
}

/** A table of the header and `entries`, sorted by key, keys sharing prefixes, checksums right. */
export function table(entries: readonly (readonly [key: string, value: readonly number[]])[], options: TableOptions = {}): Uint8Array {
  const { perBlock = 100, compress = (bytes: Uint8Array) => ({ bytes, type: 0 }) } = options;
  const header = [...number(1, options.shards ?? 1), ...(options.bigEndian === true ? number(2, 1) : []), ...field(3, number(1, 1))];
  const all = [["", header] as const, ...[...entries].sort(([a], [b]) => (a < b ? -1 : 1))];
  const out: number[] = [];
  const handles: (readonly [number, number])[] = [];
  const store = (stored: { readonly bytes: Uint8Array; readonly type: number }): readonly [number, number] => {
    const at = [out.length, stored.bytes.length] as const;
    const sealed = Uint8Array.of(...stored.bytes, stored.type);
    out.push(...sealed, ...le32(maskedCrc32c(sealed)));
    return at;
  };
  for (let i = 0; i < all.length; i += perBlock) {
    const bytes = block(all.slice(i, i + perBlock));
    handles.push(store(compress(bytes)));
  }
  const pointers = options.handles ?? handles;
  const index = block(pointers.map(([offset, size], i) => [String.fromCharCode(1 + i), [...varint(offset), ...varint(size)]] as const));
  const meta = block([]);
  const footer = [...store({ bytes: meta, type: 0 }), ...store({ bytes: index, type: 0 })].flatMap(varint);
  return Uint8Array.from([...out, ...footer, ...new Array<number>(40 - footer.length).fill(0), 0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]);
}

function block(entries: readonly (readonly [string, readonly number[]])[]): Uint8Array {
  const out: number[] = [];
  let before = "";
  for (const [key, value] of entries) {
    let shared = 0;
    while (shared < Math.min(before.length, key.length) && before[shared] === key[shared]) shared++;
    out.push(...varint(shared), ...varint(key.length - shared), ...varint(value.length), ...text(key.slice(shared)), ...value);
    before = key;
  }
  return Uint8Array.from([...out, ...le32(0), ...le32(1)]);
}

export function le32(value: number): number[] {
  return [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
}

function readVarint(bytes: Uint8Array, at: number): [value: number, next: number] {
  let value = 0;
  for (let i = at, scale = 1; ; i++, scale *= 128) {
    const b = bytes[i] ?? 0;
    value += (b & 127) * scale;
    if (b < 128) return [value, i + 1];
  }
}

/** Size of the data block of a table with one: the block of the meta blocks' index follows it. */
export function firstBlockSize(bytes: Uint8Array): number {
  return readVarint(bytes, bytes.length - 48)[0] - 5;
}

/** Makes the checksums of a table's blocks right again, wherever its footer points to. */
export function sealed(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const seal = (offset: number, size: number): void => {
    if (offset + size + 5 > out.length) return;
    out.set(le32(maskedCrc32c(out, offset, offset + size + 1)), offset + size + 1);
  };
  let at = out.length - 48;
  const footer: number[] = [];
  for (let i = 0; i < 4; i++) {
    const [value, next] = readVarint(out, at);
    footer.push(value);
    at = next;
  }
  seal(0, firstBlockSize(out)); // the one data block of a small index
  seal(footer[2]!, footer[3]!);
  return out;
}
