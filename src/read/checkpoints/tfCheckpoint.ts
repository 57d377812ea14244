/** TensorFlow checkpoints: an index (`ckpt-12.index`) and its data files (`ckpt-12.data-00000-of-00001`), also those of a SavedModel. */
import type { ByteSource, NumericArray, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { endsAsTable } from "../bytes/table";
import { sizeOf, toNumbers } from "../bytes/typed";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../format";
import { pieceOf } from "./rawTensor";
import { type GraphVariable, readGraph } from "./tfCheckpointGraph";
import { type Bundle, type BundleTensor, headerAtStart, NAME, type Piece, readIndex } from "./tfCheckpointIndex";
import { named, type Named } from "./tfCheckpointNames";

const SUFFIX = /\.index$/i;
/** Names of TensorFlow's own, for files of which nothing else is known. */
const USUAL = /(^|\/)[^/]*(ckpt|checkpoint|model|weights|variables|cp)[^/]*\.index$/i;
const SHARD = /^(.+)\.data-\d{5,}-of-\d{5,}$/;
/** The parts that a save writes before it joins them; a save that was broken off leaves them. */
const UNJOINED = /(^|\/)part-\d+-of-\d+\.index$/;
const HEAD_BYTES = 4096;
const MOST_GRAPH = 64 << 20;

export const tfCheckpoint: CheckpointFormat = {
  name: NAME,
  // Other things are called ".index" too: only what begins as an index of tensors does.
  probe: (name, head) => SUFFIX.test(name) && (head.length === 0 ? USUAL.test(name) : headerAtStart(head)),
  partOf(path) {
    const match = SHARD.exec(path);
    return match === null ? null : `${match[1]!}.index`;
  },
  /** Throws a torn FormatError for a checkpoint that is not all there. */
  accepts(source, tools) {
    if (!endsAsTable(source) && !headerAtStart(source.read(0, HEAD_BYTES, true))) return false;
    new Shards(source, readIndex(source), tools);
    return true;
  },
  open(source, tools): CheckpointFile {
    const bundle = readIndex(source);
    const shards = new Shards(source, bundle, tools);
    const problems = [...bundle.problems];
    const all = named(bundle.tensors, graphOf(bundle, shards, problems));
    if (all.length === 0) throw new FormatError(NAME, problems[0] ?? "no tensor in it");
    return {
      tensors: all.map((item) => entryOf(item, bundle.littleEndian, shards)),
      epoch: null,
      step: stepsDone(all, bundle.littleEndian, shards),
      loss: null,
      problems,
      close: () => undefined, // the data files belong to whoever opened them
    };
  },
};

/** The data files, opened when they are first read. */
class Shards {
  private readonly open = new Map<number, ByteSource>();
  private readonly prefix: string;

  /** Throws a torn FormatError when a data file is missing or shorter than the index says. */
  constructor(
    index: ByteSource,
    private readonly bundle: Bundle,
    private readonly tools: ReadTools,
  ) {
    this.prefix = index.name.slice(index.name.lastIndexOf("/") + 1).replace(SUFFIX, "");
    if (UNJOINED.test(index.name)) throw new FormatError(NAME, "a part of a checkpoint that was not joined to a whole: still being written?", true);
    for (const [shard, end] of bundle.ends) {
      if (end === 0) continue;
      const { size } = this.source(shard);
      if (size < end) throw new FormatError(NAME, `${this.name(shard)} has ${size} of ${end} bytes: still being written?`, true);
    }
  }

  /** All of a piece, in bytes that nobody else holds. */
  read({ shard, offset }: Piece, at: number, length: number): Uint8Array {
    const bytes = this.source(shard).read(offset + at, length, true);
    if (bytes.length < length) throw new FormatError(NAME, `${this.name(shard)} ends at ${offset + at + bytes.length}: still being written?`, true);
    return bytes;
  }

  private source(shard: number): ByteSource {
    let source = this.open.get(shard);
    if (source === undefined) {
      source = this.tools.sibling(this.name(shard)) ?? undefined;
      if (source === undefined) throw new FormatError(NAME, `${this.name(shard)} is missing: still being written?`, true);
      this.open.set(shard, source);
    }
    return source;
  }

  private name(shard: number): string {
    const digits = (n: number): string => String(n).padStart(5, "0");
    return `${this.prefix}.data-${digits(shard)}-of-${digits(this.bundle.shards)}`;
  }
}

function entryOf({ tensor, name, layer, kind }: Named, littleEndian: boolean, shards: Shards): TensorEntry {
  return { name, layer, kind, dtype: tensor.type, shape: tensor.shape, chunks: () => chunks(tensor, littleEndian, shards) };
}

function* chunks(tensor: BundleTensor, littleEndian: boolean, shards: Shards): Iterable<NumericArray> {
  const { type, pieces } = tensor;
  const size = sizeOf(type);
  const most = pieceOf(type) * size;
  for (const piece of pieces) {
    for (let at = 0; at < piece.size; at += most) yield toNumbers(type, shards.read(piece, at, Math.min(most, piece.size - at)), littleEndian);
  }
}

/** Names and owners of the variables; null, with a line, where they cannot be had. */
function graphOf({ graph, tensors }: Bundle, shards: Shards, problems: string[]): ReadonlyMap<string, GraphVariable> | null {
  if (graph === null) return null;
  // A tensor of one string: its length as a varint, a checksum of 4 bytes, then the string.
  const bytes = graph.size > MOST_GRAPH ? new Uint8Array(0) : shards.read(graph, 0, graph.size);
  const start = bytes.findIndex((b) => b < 128) + 1;
  const read = start < 1 || start > 10 ? null : readGraph(bytes.subarray(start + 4), new Set(tensors.map(({ key }) => key)));
  if (read === null) problems.push(`the object graph of ${graph.size} bytes cannot be read; layers are named by their keys`);
  return read;
}

/** Steps that the one optimizer counts; null without one, where several differ, or while it is new. */
function stepsDone(all: readonly Named[], littleEndian: boolean, shards: Shards): number | null {
  const counters = all.filter(
    ({ tensor, kind }) => kind === "optimizer" && tensor.shape.length === 0 && /^u?int(32|64)$/.test(tensor.type) && /(^|\/)(_?iterations|iter|global_step)(\/\.ATTRIBUTES\/[^/]*)?$/.test(tensor.key),
  );
  // An optimizer that scales the loss counts other things first, and the steps inside.
  const inner = counters.filter(({ tensor }) => tensor.key.includes("inner_optimizer/"));
  const values = new Set<number>();
  for (const { tensor } of inner.length > 0 ? inner : counters) for (const chunk of chunks(tensor, littleEndian, shards)) values.add(Number(chunk[0]));
  const [steps] = values;
  return values.size === 1 && Number.isSafeInteger(steps) && steps! > 0 ? steps! : null;
}
