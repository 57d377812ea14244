/**
 * The tar that PyTorch wrote before 0.1.10: `sys_info`, `pickle`, `tensors`, `storages`. Layout: `legacy_load` in
 * torch/serialization.py; headers: POSIX.1-1988 ustar.
 */
import { readPickle } from "../bytes/pickle";
import type { PickleNotes } from "../bytes/pickleNotes";
import { PickleInput } from "../bytes/pickleInput";
import { itemsOf, PickleName, type PickleValue, wholeNumber } from "../bytes/pickleValues";
import { type ByteSource, FormatError, windowOf } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { CheckpointFile } from "../format";
import { torchFile, torchPickle } from "./torchFile";
import { type StorageData, TorchEntries } from "./torchTensors";
import { elementOf, storageType, TorchStorage, TorchTensor } from "./torchValues";

const BLOCK = 512;
const MEMBER = /^(\.\/)?(sys_info|pickle|tensors|storages)$/;
const MOST_MEMBERS = 64;
const MOST_COUNT = 1_000_000;
const MOST_AXES = 64;

/** Whether the first member of a tar is one of PyTorch's. */
export function isTorchTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && MEMBER.test(textOf(head, 0, 100)) && checksum(head);
}

function textOf(bytes: Uint8Array, at: number, length: number): string {
  const part = bytes.subarray(at, at + length);
  const end = part.indexOf(0);
  return new TextDecoder("latin1").decode(end < 0 ? part : part.subarray(0, end));
}

/** The sum of the header's bytes, those of the sum itself as blanks. */
function checksum(head: Uint8Array): boolean {
  let sum = 8 * 32;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += head[i]!;
  return parseInt(textOf(head, 148, 8).trim(), 8) === sum;
}

/** A number in octal, or in base 256 where its first bit is set. */
function sizeIn(head: Uint8Array): number {
  if (head[124]! & 0x80) {
    let size = head[124]! & 0x7f;
    for (let i = 125; i < 136; i++) size = size * 256 + head[i]!;
    return size;
  }
  return parseInt(textOf(head, 124, 12).trim(), 8);
}

function membersOf(format: string, source: ByteSource): Map<string, ByteSource> {
  const members = new Map<string, ByteSource>();
  for (let at = 0, i = 0; at + BLOCK <= source.size && i < MOST_MEMBERS; i++) {
    const head = source.read(at, BLOCK, true);
    if (head.every((b) => b === 0)) break;
    const size = sizeIn(head);
    if (!checksum(head) || !(size >= 0)) throw new FormatError(format, `no header of a tar's member at byte ${at}`);
    const name = MEMBER.exec(textOf(head, 0, 100))?.[2];
    if (at + BLOCK + size > source.size) throw new FormatError(format, `member ${name ?? "?"} ends at byte ${at + BLOCK + size} of ${source.size}: still being written?`, true);
    if (name !== undefined) members.set(name, windowOf(source, `${source.name}#${name}`, at + BLOCK, size));
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return members;
}

/** Throws FormatError; torn where members are missing. */
export function openTorchTar(format: string, source: ByteSource, notes: PickleNotes): CheckpointFile {
  const members = membersOf(format, source);
  const member = (name: string): ByteSource => {
    const found = members.get(name);
    if (found === undefined) throw new FormatError(format, `no member ${name} among its ${members.size}: still being written?`, true);
    return found;
  };
  const storages = readStorages(format, member("storages"), notes);
  const tensors = readTensors(format, member("tensors"), storages.known, notes);
  const persistent = (id: PickleValue): PickleValue => {
    // A class with its source; else the number of a tensor or storage, as text.
    const items = itemsOf(id);
    return items === null ? (tensors.get(keyOf(id)) ?? storages.known.get(keyOf(id)) ?? null) : (items[0] ?? null);
  };
  const root = readPickle(new PickleInput(member("pickle"), format, "pickle"), { ...torchPickle, persistent }, notes);
  return torchFile(format, { root, notes, entries: new TorchEntries(format, ({ key }) => storages.places.get(key) ?? "its storage is not in the file"), problems: [] });
}

function keyOf(id: PickleValue): string {
  return typeof id === "string" || typeof id === "number" || typeof id === "bigint" ? String(id) : "";
}

function counted(format: string, value: PickleValue, what: string): number {
  const count = wholeNumber(value);
  if (count === null || count < 0 || count > MOST_COUNT) throw new FormatError(format, `no number of ${what}`);
  return count;
}

/** A count; for each storage a pickle (key, device, class), how many elements (int64) and those; then a pickle of views. */
function readStorages(format: string, source: ByteSource, notes: PickleNotes): { known: Map<string, TorchStorage>; places: Map<string, StorageData> } {
  const known = new Map<string, TorchStorage>();
  const places = new Map<string, StorageData>();
  const input = new PickleInput(source, format, "storages");
  const count = counted(format, readPickle(input, torchPickle, notes), "storages");
  for (let i = 0; i < count; i++) {
    const [key, , type] = itemsOf(readPickle(input, torchPickle, notes)) ?? [];
    const typeName = storageType(type);
    const element = typeName === null ? null : elementOf(typeName);
    if (key === undefined || typeName === null || element === null) {
      throw new FormatError(format, `storage ${i + 1} of ${count} is of ${type instanceof PickleName ? type.full.slice(0, 80) : "no class"}, which is not read`);
    }
    const elements = input.u64();
    const length = elements * sizeOf(element);
    const offset = input.position;
    if (offset + length > source.size) throw new FormatError(format, `storage ${i + 1} of ${count} claims ${elements} elements, ${source.size - offset} bytes are left`, true);
    known.set(keyOf(key), new TorchStorage(keyOf(key), element, typeName, elements));
    places.set(keyOf(key), { source, offset, length, littleEndian: true });
    input.seek(offset + length);
  }
  for (const view of itemsOf(readPickle(input, torchPickle, notes)) ?? []) {
    const [target, root, start, elements] = itemsOf(view) ?? [];
    const of = known.get(keyOf(root ?? null));
    const from = wholeNumber(start);
    const length = wholeNumber(elements);
    if (of === undefined || target === undefined || from === null || length === null || from < 0 || length < 0) continue;
    known.set(keyOf(target), new TorchStorage(of.key, of.type, of.typeName, length, from));
  }
  return { known, places };
}

/** A count; for each tensor a pickle (key, storage, class), then axes (int32 and 4 bytes), sizes, strides and offset (int64). */
function readTensors(format: string, source: ByteSource, storages: ReadonlyMap<string, TorchStorage>, notes: PickleNotes): Map<string, TorchTensor> {
  const tensors = new Map<string, TorchTensor>();
  const input = new PickleInput(source, format, "tensors");
  const count = counted(format, readPickle(input, torchPickle, notes), "tensors");
  for (let i = 0; i < count; i++) {
    const [key, storage] = itemsOf(readPickle(input, torchPickle, notes)) ?? [];
    const axes = input.i32();
    input.i32();
    if (axes < 0 || axes > MOST_AXES) throw new FormatError(format, `tensor ${i + 1} of ${count} has ${axes} axes`);
    const numbers = (n: number): number[] => Array.from({ length: n }, () => input.u64());
    const shape = numbers(axes);
    const strides = numbers(axes);
    const [offset] = numbers(1);
    const of = storages.get(keyOf(storage ?? null));
    if (of !== undefined) tensors.set(keyOf(key ?? null), new TorchTensor(of, offset!, shape, strides, of.type, of.typeName));
  }
  return tensors;
}
