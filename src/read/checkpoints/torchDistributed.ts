/**
 * Distributed checkpoints of PyTorch: a folder with `.metadata`, a pickle that says which tensors there are and where their
 * chunks lie, and `__0_0.distcp` and such, each a row of small files of `torch.save`. Layout: torch/distributed/checkpoint/
 * metadata.py and filesystem.py.
 */
import { readPickle } from "../bytes/pickle";
import { PickleNotes } from "../bytes/pickleNotes";
import { PickleInput } from "../bytes/pickleInput";
import { itemsOf, PickleMap, PickleName, PickleObject, type PickleValue, wholeNumber } from "../bytes/pickleValues";
import { type ByteSource, FormatError, type NumericArray, type ReadTools, windowOf } from "../bytes/source";
import { allocate } from "../bytes/typed";
import { openZip } from "../bytes/zip";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../format";
import { countOf, pieceOf, shown } from "./rawTensor";
import { type Chunk, inRows, scatter } from "./torchChunks";
import { holdsModel, torchFile, torchPickle } from "./torchFile";
import { type Entries, TorchEntries } from "./torchTensors";
import { elementOf, TorchStorage, TorchTensor } from "./torchValues";
import { unpickleZip } from "./torchZip";

const NAME = "torch-distributed";
const METADATA = /(^|\/)\.metadata$/;
const PART = /^((?:.*\/)?)[^/]*\.distcp$/;
const KIND = "torch.distributed.checkpoint.metadata.";
/** Values that are no tensors (epoch, settings) are read up to so many, of so many bytes each. */
const MOST_VALUES = 256;
const MOST_VALUE = 1 << 16;
/** Tensors that are cut along several axes are put together in memory up to this size. */
const MOST_JOINED = 64 << 20;
const MOST_METADATA = 256 << 20;

export const torchDistributed: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => METADATA.test(name) && (head.length === 0 || (head[0] === 0x80 && head[1]! <= 5)),
  partOf(path) {
    const match = PART.exec(path);
    return match === null ? null : `${match[1]!}.metadata`;
  },
  accepts(source, tools) {
    const { root } = unpickled(source);
    return root !== null && holdsModel(() => openDistributed(source, tools));
  },
  open: openDistributed,
};

function unpickled(source: ByteSource): { root: PickleObject | null; notes: PickleNotes } {
  if (source.size > MOST_METADATA) throw new FormatError(NAME, `${source.size} bytes of metadata, at most ${MOST_METADATA} are read`);
  const notes = new PickleNotes();
  const expected = (name: string): boolean => torchPickle.expected(name) || name.startsWith("torch.distributed.");
  const root = readPickle(new PickleInput(source, NAME, ".metadata"), { ...torchPickle, expected }, notes);
  return { root: root instanceof PickleObject && root.type === `${KIND}Metadata` ? root : null, notes };
}

/** Where an item lies. */
interface Place {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

function openDistributed(source: ByteSource, tools: ReadTools): CheckpointFile {
  const { root: metadata, notes } = unpickled(source);
  if (metadata === null) throw new FormatError(NAME, ".metadata holds no description of a checkpoint");
  const shelf = new Items(metadata, tools);
  const root = new PickleMap();
  const listed = metadata.attribute("state_dict_metadata");
  const paths = metadata.attribute("planner_data");
  let values = 0;
  for (const [name, what] of listed instanceof PickleMap ? listed.entries : []) {
    if (typeof name !== "string" || !(what instanceof PickleObject)) continue;
    const path = (paths instanceof PickleMap ? itemsOf(paths.get(name)) : null) ?? [name];
    if (what.type === `${KIND}TensorStorageMetadata`) put(root, path, tensorOf(name, what));
    else if (path.length <= 2 && values++ < MOST_VALUES) put(root, path, shelf.value(name));
  }
  return torchFile(NAME, { root, notes, entries: shelf, problems: shelf.problems });
}

/** Sets what a path of keys leads to; a number after a key is an item of a list, which here is a dict too. */
function put(root: PickleMap, path: readonly PickleValue[], value: PickleValue): void {
  let at = root;
  for (const key of path.slice(0, -1)) {
    const next = at.entries.get(key);
    if (next instanceof PickleMap) at = next;
    else {
      const made = new PickleMap();
      at.set(key, made);
      at = made;
    }
  }
  at.set(path.at(-1)!, value);
}

/** A tensor without its chunks; its storage's key is the name under which those are found. */
function tensorOf(name: string, what: PickleObject): TorchTensor {
  const properties = what.attribute("properties");
  // Properties were written as a dict before, and are a tuple with the dtype first.
  const dtype = properties instanceof PickleObject ? (itemsOf(properties.state)?.[0] ?? itemsOf(properties.args[0])?.[0] ?? properties.attribute("dtype")) : undefined;
  const typeName = dtype instanceof PickleName ? dtype.name : "unknown";
  const shape = (itemsOf(what.attribute("size")) ?? []).map((n) => wholeNumber(n) ?? -1);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((n, m) => n * m, 1));
  return new TorchTensor(new TorchStorage(name, elementOf(typeName), typeName, 0), 0, shape, strides, elementOf(typeName), typeName);
}

/** The items of the parts, and the tensors made of them. */
class Items implements Entries {
  readonly problems: string[] = [];
  private readonly places = new Map<string, { offsets: readonly number[] | null; place: Place }[]>();

  /** Throws a torn FormatError where a part is missing or shorter than the metadata says. */
  constructor(
    metadata: PickleObject,
    private readonly tools: ReadTools,
  ) {
    const ends = new Map<string, number>();
    const stored = metadata.attribute("storage_data");
    for (const [index, info] of stored instanceof PickleMap ? stored.entries : []) {
      if (!(index instanceof PickleObject) || !(info instanceof PickleObject)) continue;
      const name = index.attribute("fqn");
      const file = info.attribute("relative_path");
      const offset = wholeNumber(info.attribute("offset"));
      const length = wholeNumber(info.attribute("length"));
      if (typeof name !== "string" || typeof file !== "string" || offset === null || length === null || offset < 0 || length < 0) continue;
      const offsets = itemsOf(index.attribute("offset"))?.map((n) => wholeNumber(n) ?? -1) ?? null;
      const known = this.places.get(name);
      const item = { offsets, place: { file, offset, length } };
      if (known === undefined) this.places.set(name, [item]);
      else known.push(item);
      ends.set(file, Math.max(ends.get(file) ?? 0, offset + length));
      if ((itemsOf(info.attribute("transform_descriptors"))?.length ?? 0) > 0) this.problems.push(`${shown(name)}: is stored compressed, which is not read`);
    }
    for (const [file, end] of ends) {
      const { size } = this.file(file);
      if (size < end) throw new FormatError(NAME, `${shown(file)} has ${size} of ${end} bytes: still being written?`, true);
    }
  }

  private file(name: string): ByteSource {
    const source = this.tools.sibling(name);
    if (source === null) throw new FormatError(NAME, `${shown(name)} is missing: still being written?`, true);
    return source;
  }

  /** A value that is no tensor; null where it cannot be read. */
  value(name: string): PickleValue {
    const place = this.places.get(name)?.[0]?.place;
    if (place === undefined || place.length > MOST_VALUE) return null;
    try {
      return this.unpickle(place).root;
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      this.problems.push(`${shown(name)}: ${error.message.slice(error.format.length + 2)}`);
      return null;
    }
  }

  entry(name: string, tensor: TorchTensor, kind: TensorEntry["kind"]): TensorEntry | string {
    const { shape, type, typeName } = tensor;
    const key = tensor.storage!.key;
    const count = countOf(shape);
    if (type === null) return `${shown(name)}: dtype ${typeName} is not read`;
    if (count === null) return `${shown(name)}: no shape`;
    const parts = this.places.get(key) ?? [];
    if (count > 0 && parts.length === 0) return `${shown(name)}: no chunk of it is stored`;
    return { name, layer: null, dtype: typeName, shape, kind, chunks: () => (count === 0 ? [] : this.chunks(name, tensor, count)) };
  }

  private *chunks(name: string, { storage, shape, type }: TorchTensor, count: number): Iterable<NumericArray> {
    const what = shown(name);
    const chunks = this.places.get(storage!.key)!.map(({ offsets, place }): Chunk => {
      const entry = this.stored(what, place);
      return { offsets: offsets ?? shape.map(() => 0), shape: entry.shape, entry };
    });
    if (chunks.some(({ entry }) => entry.dtype !== chunks[0]!.entry.dtype || elementOf(entry.dtype) !== type)) throw new FormatError(NAME, `${what}: its chunks are of other dtypes than its metadata`);
    const rows = inRows(shape, chunks);
    if (rows !== null) {
      for (const { entry } of rows) yield* entry.chunks();
      return;
    }
    const whole = allocate(type!, count);
    if (whole.byteLength > MOST_JOINED) throw new FormatError(NAME, `${what}: ${chunks.length} chunks along several axes, of ${whole.byteLength} bytes; at most ${MOST_JOINED} are put together`);
    if (!scatter(shape, chunks, whole)) throw new FormatError(NAME, `${what}: its ${chunks.length} chunks do not cover it`);
    const piece = pieceOf(type!);
    for (let at = 0; at < whole.length; at += piece) yield whole.subarray(at, at + piece);
  }

  private stored(what: string, place: Place): TensorEntry {
    const { root, entries } = this.unpickle(place);
    if (!(root instanceof TorchTensor)) throw new FormatError(NAME, `${what}: no tensor at byte ${place.offset} of ${shown(place.file)}`);
    const entry = entries.entry(what, root, null);
    if (typeof entry === "string") throw new FormatError(NAME, entry);
    return entry;
  }

  private unpickle({ file, offset, length }: Place): { root: PickleValue; entries: TorchEntries } {
    const source = windowOf(this.file(file), file, offset, length);
    const { root, storages } = unpickleZip(source, openZip(source, NAME), this.tools, NAME);
    return { root, entries: new TorchEntries(NAME, storages) };
  }
}
