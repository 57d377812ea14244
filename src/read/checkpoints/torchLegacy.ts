/**
 * PyTorch's files of before the zip: five pickles in a row, then the storages (0.1.10 to 1.5, and later on request), and the
 * tar of before that. Layout: `_legacy_save` and `_legacy_load` in torch/serialization.py.
 */
import { readPickle } from "../bytes/pickle";
import { PickleNotes } from "../bytes/pickleNotes";
import { PickleInput } from "../bytes/pickleInput";
import { itemsOf, PickleMap, type PickleValue } from "../bytes/pickleValues";
import { type ByteSource, FormatError } from "../bytes/source";
import { sizeOf } from "../bytes/typed";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { holdsModel, torchFile, torchPickle } from "./torchFile";
import { isTorchTar, openTorchTar } from "./torchTar";
import { type StorageData, TorchEntries } from "./torchTensors";
import { persistent, TorchStorage } from "./torchValues";

const NAME = "torch-legacy";
/** 0x1950a86a20f9469cfc6c, low byte first, as LONG1 writes it. */
const MAGIC = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
const MOST_STORAGES = 1_000_000;

export const torchLegacy: CheckpointFormat = {
  name: NAME,
  // After the protocol, and the frame that protocol 4 begins with.
  probe: (_name, head) => head[0] === 0x80 && (hasMagic(head, 2) || (head[2] === 0x95 && hasMagic(head, 11))) || isTorchTar(head),
  accepts: (source) => holdsModel(() => openLegacy(source)),
  open: (source) => openLegacy(source),
};

function hasMagic(head: Uint8Array, at: number): boolean {
  return MAGIC.every((b, i) => head[at + i] === b);
}

function openLegacy(source: ByteSource): CheckpointFile {
  const notes = new PickleNotes();
  if (isTorchTar(source.read(0, 512, true))) return openTorchTar(NAME, source, notes);
  const input = new PickleInput(source, NAME, "pickle");
  // The order in which the pickle names storages does not matter: the list behind it says how they lie.
  const named = new Map<string, TorchStorage>();
  const next = (): PickleValue => readPickle(input, torchPickle, notes);
  const magic = next();
  const protocol = next();
  if (magic !== MAGIC_NUMBER || protocol !== PROTOCOL) throw new FormatError(NAME, `protocol ${typeof protocol === "number" ? protocol : "?"} is not known`);
  const system = next();
  const littleEndian = !(system instanceof PickleMap && system.get("little_endian") === false);
  const root = readPickle(
    input,
    {
      ...torchPickle,
      persistent(id) {
        const value = persistent(id);
        if (value instanceof TorchStorage && !named.has(value.key)) named.set(value.key, value);
        return value;
      },
    },
    notes,
  );
  const keys = itemsOf(next());
  if (keys === null) throw new FormatError(NAME, "no list of storages behind its pickles");
  const places = findStorages(source, input.position, keys, named, littleEndian);
  return torchFile(NAME, { root, notes, entries: new TorchEntries(NAME, ({ key }) => places.get(key) ?? "its storage is not in the file"), problems: [] });
}

/** Each storage: how many elements it has (int64), then those. Throws a torn FormatError where the file ends before. */
function findStorages(source: ByteSource, start: number, keys: readonly PickleValue[], named: ReadonlyMap<string, TorchStorage>, littleEndian: boolean): Map<string, StorageData> {
  if (keys.length > MOST_STORAGES) throw new FormatError(NAME, `${keys.length} storages, at most ${MOST_STORAGES} are read`);
  const places = new Map<string, StorageData>();
  let at = start;
  for (const [i, key] of keys.entries()) {
    const storage = typeof key === "string" || typeof key === "number" ? named.get(String(key)) : undefined;
    const what = `storage ${i + 1} of ${keys.length}`;
    if (storage === undefined) throw new FormatError(NAME, `${what} is of no tensor, so that its size is not known`);
    const head = source.read(at, 8, true);
    if (head.length < 8) throw new FormatError(NAME, `ends at byte ${source.size}, before ${what}: still being written?`, true);
    const count = Number(new DataView(head.buffer, head.byteOffset).getBigInt64(0, true));
    const size = storage.untyped ? 1 : storage.type === null ? 0 : sizeOf(storage.type);
    if (size === 0) throw new FormatError(NAME, `${what} holds ${storage.typeName}, whose size is not known`);
    const length = count * size;
    if (!(count >= 0) || !Number.isSafeInteger(length)) throw new FormatError(NAME, `${what} claims ${count} elements`);
    if (at + 8 + length > source.size) throw new FormatError(NAME, `${what} ends at byte ${at + 8 + length} of ${source.size}: still being written?`, true);
    places.set(storage.key, { source, offset: at + 8, length, littleEndian });
    at += 8 + length;
  }
  return places;
}
