/**
 * PyTorch's zip files since 1.6, and TorchScript archives: `NAME/data.pkl`, `NAME/data/KEY` for each storage, stored as they
 * are. Layout: docs/source/notes/serialization.rst and caffe2/serialize/inline_container.h of PyTorch.
 */
import { readPickle } from "../bytes/pickle";
import { PickleNotes } from "../bytes/pickleNotes";
import { PickleInput } from "../bytes/pickleInput";
import type { PickleValue } from "../bytes/pickleValues";
import { type ByteSource, FormatError, type ReadTools } from "../bytes/source";
import { isZip, openZip, STORED, type ZipEntry, type ZipFile } from "../bytes/zip";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { shown } from "./rawTensor";
import { memory } from "./torchArrays";
import { holdsModel, torchFile, torchPickle } from "./torchFile";
import { type StorageData, type Storages, TorchEntries } from "./torchTensors";

const NAME = "torch";
const SUFFIX = /\.(pt|pth|ckpt|tar|pkl|bin|torch|model|jit|ts|mdl)$/i;
/** Suffixes that stand for PyTorch alone. */
const OWN = /\.(pt|pth|ckpt)$/i;
/** Entries that a file of PyTorch's may begin with. */
const FIRST = /(^|\/)(data\.pkl|constants\.pkl|version|byteorder|\.format_version|\.storage_alignment|\.data\/serialization_id|data\/\d+|constants\/\d+|code\/.+)$/;
/** Pickles that are compressed in the archive, as other tools do it, are held in memory up to this size. */
const MOST_PICKLE = 64 << 20;
/** Storages that are, all together. */
const MOST_INFLATED = 128 << 20;

export const torchZip: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => (head.length === 0 ? OWN.test(name) : isZip(head) ? SUFFIX.test(name) || FIRST.test(firstEntry(head)) : OWN.test(name) && isPointer(head)),
  /** Files that hold an optimizer, a generator or settings alone (as trainers write beside their models) are not claimed. */
  accepts(source, tools) {
    if (isPointer(source.read(0, 64, true))) throw new FormatError(NAME, `${source.size} bytes that stand for a file in Git LFS; the file itself was not fetched`);
    let zip: ZipFile;
    try {
      zip = openZip(source, NAME);
    } catch (error) {
      if (error instanceof FormatError && error.torn && (FIRST.test(firstEntry(source.read(0, 4096, true))) || OWN.test(source.name))) throw error;
      if (error instanceof FormatError && !FIRST.test(firstEntry(source.read(0, 4096, true)))) return false;
      throw error;
    }
    return pickleOf(zip) !== null && holdsModel(() => openTorchZip(source, zip, tools, NAME));
  },
  open: (source, tools) => openTorchZip(source, openZip(source, NAME), tools, NAME),
};

/** What Git leaves where a large file was not fetched (git-lfs, docs/spec.md). */
function isPointer(head: Uint8Array): boolean {
  return new TextDecoder().decode(head.subarray(0, 40)).startsWith("version https://git-lfs.github.com/spec/");
}

/** The name in the first local header of an archive. */
function firstEntry(head: Uint8Array): string {
  const length = head.length < 30 ? 0 : head[26]! | (head[27]! << 8);
  return new TextDecoder().decode(head.subarray(30, 30 + length));
}

/** The pickle that is not too deep in folders: the archive's own, not one that was packed beside. */
function pickleOf(zip: ZipFile): ZipEntry | null {
  const found = zip.entries.filter(({ name }) => /(^|\/)data\.pkl$/.test(name));
  return found.sort((a, b) => a.name.split("/").length - b.name.split("/").length)[0] ?? null;
}

/** Reads an archive; `format` begins the messages. */
function openTorchZip(source: ByteSource, zip: ZipFile, tools: ReadTools, format: string): CheckpointFile {
  const { root, notes, storages } = unpickleZip(source, zip, tools, format);
  return torchFile(format, { root, notes, entries: new TorchEntries(format, storages), problems: [] });
}

/** What `data.pkl` of an archive holds, and where its storages lie. */
export function unpickleZip(source: ByteSource, zip: ZipFile, tools: ReadTools, format: string, notes = new PickleNotes()): { root: PickleValue; notes: PickleNotes; storages: Storages } {
  const pickle = pickleOf(zip);
  if (pickle === null) {
    const old = zip.entries.some(({ name }) => /(^|\/)model\.json$/.test(name));
    throw new FormatError(format, old ? "a TorchScript archive of before PyTorch 1.4 (model.json) is not read" : `no data.pkl among its ${zip.entries.length} entries`);
  }
  const folder = pickle.name.slice(0, -"data.pkl".length);
  const byName = new Map(zip.entries.map((entry) => [entry.name, entry]));
  const order = byName.get(`${folder}byteorder`);
  const littleEndian = order === undefined || new TextDecoder().decode(windowOfEntry(zip, order, tools, format, 16).read(0, 16)).trim() !== "big";
  const data = windowOfEntry(zip, pickle, tools, format, MOST_PICKLE);
  const root = readPickle(new PickleInput(data, format, "data.pkl"), torchPickle, notes);
  const known = new Map<string, StorageData | string>();
  let inflated = 0;
  const find = (key: string): StorageData | string => {
    const entry = byName.get(`${folder}data/${key}`);
    if (entry === undefined) return `no entry ${shown(`${folder}data/${key}`)}`;
    if (entry.method === STORED && !entry.encrypted) return { source, offset: entry.dataOffset(), length: entry.size, littleEndian };
    inflated += entry.size;
    if (inflated > MOST_INFLATED) return `${entry.name} is compressed, and ${MOST_INFLATED} bytes of such storages are held at most`;
    return { source: windowOfEntry(zip, entry, tools, format, MOST_INFLATED), offset: 0, length: entry.size, littleEndian };
  };
  const storages: Storages = ({ key }) => {
    let place = known.get(key);
    if (place === undefined) {
      try {
        place = find(key);
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        place = error.message.slice(error.format.length + 2);
      }
      known.set(key, place);
    }
    return place;
  };
  return { root, notes, storages };
}

/** An entry in place, or inflated to memory. */
function windowOfEntry(zip: ZipFile, entry: ZipEntry, tools: ReadTools, format: string, most: number): ByteSource {
  if (entry.method === STORED) return zip.window(entry);
  if (entry.size > most) throw new FormatError(format, `${entry.name} is compressed and holds ${entry.size} bytes, at most ${most} are read`);
  const bytes = new Uint8Array(entry.size);
  let at = 0;
  for (const piece of zip.pieces(entry, tools.inflate)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return memory(entry.name, bytes);
}
