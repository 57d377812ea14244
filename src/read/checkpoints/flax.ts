/**
 * Flax checkpoints in MessagePack: a tree of maps whose leaves are extensions of type 1 (an array: its shape, its dtype's name,
 * its bytes), 2 (a Python complex) or 3 (a numpy scalar, as an array). Layout: flax/serialization.py.
 */
import { Msgpack } from "../bytes/msgpack";
import { type ByteSource, FormatError, windowOf } from "../bytes/source";
import { isElementType, sizeOf } from "../bytes/typed";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../format";
import { joinedSource } from "../bytes/joinedSource";
import { inLayerOrder } from "./layerOrder";
import { countOf, rawTensor, type RawPlace, shown, TensorProblems, uniqueNames } from "./rawTensor";

const NAME = "flax-msgpack";
const SUFFIX = /\.(msgpack|flax)$/i;
/** What flax.training.checkpoints.save_checkpoint calls its files, and what people call theirs. */
const PLAIN = /(^|\/)(checkpoint|ckpt|params|state|model)([_-]?\d+)?$/i;
const DEEPEST = 64;
const MOST_TENSORS = 1 << 19;
const MOST_RANK = 32;
/** Lists of plain numbers in a training state stay far below. */
const MOST_NODES = 1 << 22;
const ARRAY = 1;
const SCALAR = 3;
const CHUNKED = "__msgpack_chunked_array__";
const OPTIMIZER = /^(opt_state|optimizer|opt|optim|tx|target_opt_state)$/;
const AVERAGED = /^(ema|ema_params|params_ema|ema_state|avg_params|swa_params|average_params)$/;
const RUNNING = /^(batch_stats|batch_norm_stats|stats|running|moving_averages|rng|dropout_rng|key)$/;

export const flax: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => (SUFFIX.test(name) || PLAIN.test(name)) && (head.length === 0 ? SUFFIX.test(name) : beginsAsTree(head)),
  accepts(source) {
    try {
      new Tree(source, true).read();
      return false;
    } catch (error) {
      if (error instanceof FirstArray) return true;
      if (error instanceof FormatError) return false;
      throw error;
    }
  },
  open(source): CheckpointFile {
    const tree = new Tree(source, false);
    tree.read();
    const problems = tree.problems.lines();
    if (tree.tensors.length === 0) throw new FormatError(NAME, problems[0] ?? "no tensor in it");
    const [step, epoch] = [tree.counts.get("step"), tree.counts.get("epoch")];
    return { tensors: inLayerOrder(uniqueNames(tree.tensors), "channels-last"), epoch: epoch ?? null, step: step ?? null, loss: null, problems, close: () => undefined };
  },
};

/** A map with a string for its first key. */
function beginsAsTree(head: Uint8Array): boolean {
  const first = head[0]!;
  const key = first >= 0x81 && first <= 0x8f ? head[1] : first === 0xde ? head[3] : first === 0xdf ? head[5] : undefined;
  return key !== undefined && ((key > 0xa0 && key < 0xc0) || key === 0xd9);
}

/** There is an array: this is what it looks like. */
class FirstArray extends Error {}

class Tree {
  readonly tensors: TensorEntry[] = [];
  readonly problems = new TensorProblems();
  /** Numbers at the top: the step that the training state counts. */
  readonly counts = new Map<string, number>();
  private readonly pack: Msgpack;
  private nodes = 0;

  /** `look`: only for a first array, which is thrown. */
  constructor(
    private readonly source: ByteSource,
    private readonly look: boolean,
  ) {
    this.pack = new Msgpack(NAME, source);
  }

  read(): void {
    this.node([]);
    if (!this.pack.done) throw new FormatError(NAME, `${this.source.size - this.pack.pos} bytes follow the tree`);
  }

  private node(path: readonly string[]): void {
    if (++this.nodes > MOST_NODES) throw new FormatError(NAME, `more than ${MOST_NODES} values`);
    if (path.length > DEEPEST) throw new FormatError(NAME, `nested deeper than ${DEEPEST} at byte ${this.pack.pos}`);
    const token = this.pack.next();
    if (token.kind === "map") {
      const chunked = token.count > 0 && this.isChunked();
      if (chunked) this.chunked(path, token.count);
      else for (let i = 0; i < token.count; i++) this.node([...path, this.key()]);
    } else if (token.kind === "array") for (let i = 0; i < token.count; i++) this.node([...path, String(i)]);
    else if (token.kind === "extension") this.leaf(path, token);
    else if (token.kind === "value" && path.length === 1 && typeof token.value === "number") this.count(path[0]!, token.value);
  }

  private key(): string {
    const token = this.pack.next();
    if (token.kind === "string") return this.pack.text(token);
    if (token.kind === "value") return String(token.value);
    throw new FormatError(NAME, `a key that is no string before byte ${this.pack.pos}`);
  }

  private count(name: string, value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) this.counts.set(name, value);
  }

  private leaf(path: readonly string[], token: { readonly type: number; readonly start: number; readonly end: number }): void {
    if (token.type !== ARRAY && token.type !== SCALAR) return; // a Python complex, or somebody's own
    const array = this.array(token);
    const name = path.join("/");
    if (typeof array === "string") {
      this.problems.add(`${shown(name)} ${array}`);
      return;
    }
    if (this.look) throw new FirstArray();
    this.add(path, array.shape, array.place);
    if (path.length === 1 && array.place.count === 1 && /^u?int(32|64)$/.test(array.place.type)) {
      for (const chunk of this.tensors.at(-1)!.chunks()) this.count(name, Number(chunk[0]));
    }
  }

  private add(path: readonly string[], shape: readonly number[], place: RawPlace): void {
    if (this.tensors.length >= MOST_TENSORS) throw new FormatError(NAME, `more than ${MOST_TENSORS} tensors`);
    this.tensors.push(rawTensor(NAME, path.join("/"), shape, kindOf(path, place), place));
  }

  /** The payload of an array: [shape, dtype, bytes]. A line where it cannot be read. */
  private array({ start, end }: { readonly start: number; readonly end: number }): { shape: number[]; place: RawPlace } | string {
    const pack = new Msgpack(NAME, this.source, start, end);
    const outer = pack.next();
    const shape = outer.kind === "array" && outer.count === 3 ? this.shape(pack) : null;
    if (shape === null) return "is an extension without shape, dtype and bytes";
    const name = pack.next();
    const data = pack.next();
    if (name.kind !== "string" && name.kind !== "binary") return "has no dtype";
    if (data.kind !== "binary" && data.kind !== "string") return "has no bytes";
    const dtype = pack.text(name, 64);
    const type = dtype === "bool_" ? "bool" : dtype;
    const count = countOf(shape);
    if (count === null) return `has the impossible shape [${shape.join(", ")}]`;
    if (!isElementType(type)) return `of shape [${shape.join(", ")}] has dtype ${shown(dtype)}, which is not read`;
    const bytes = count * sizeOf(type);
    if (data.end - data.start !== bytes) return `of shape [${shape.join(", ")}] and dtype ${dtype} takes ${bytes} bytes, ${data.end - data.start} are there`;
    return { shape, place: { source: this.source, offset: data.start, count, type, littleEndian: true } };
  }

  private shape(pack: Msgpack): number[] | null {
    const token = pack.next();
    if (token.kind !== "array" || token.count > MOST_RANK) return null;
    const shape: number[] = [];
    for (let i = 0; i < token.count; i++) {
      const axis = pack.next();
      if (axis.kind !== "value" || typeof axis.value !== "number") return null;
      shape.push(axis.value);
    }
    return shape;
  }

  /** Whether the map ahead is an array in pieces (of more than 1 GB); nothing is taken. */
  private isChunked(): boolean {
    const { pos } = this.pack;
    const token = this.pack.next();
    const is = token.kind === "string" && this.pack.text(token) === CHUNKED;
    this.pack.pos = pos;
    return is;
  }

  /** {"__msgpack_chunked_array__": true, "shape": {"0": …}, "chunks": {"0": array, …}}. */
  private chunked(path: readonly string[], count: number): void {
    const shape: number[] = [];
    const pieces: RawPlace[] = [];
    const name = shown(path.join("/"));
    for (let i = 0; i < count; i++) {
      const key = this.key();
      const token = key === "shape" || key === "chunks" ? this.pack.next() : null;
      if (token === null) this.pack.skip();
      for (let k = 0; token?.kind === "map" && k < token.count; k++) {
        this.key();
        const item = this.pack.next();
        if (item.kind === "value" && shape.length < MOST_RANK) shape.push(Number(item.value));
        else if (item.kind === "extension") {
          const piece = this.array(item);
          if (typeof piece === "string") this.problems.add(`a chunk of ${name} ${piece}`);
          else if (this.look) throw new FirstArray();
          else pieces.push(piece.place);
        }
      }
    }
    const first = pieces[0];
    const total = pieces.reduce((sum, piece) => sum + piece.count, 0);
    if (first === undefined || countOf(shape) !== total || pieces.some(({ type }) => type !== first.type)) {
      this.problems.add(`${name} of shape [${shape.join(", ")}] is kept in ${pieces.length} chunks that do not fit together`);
      return;
    }
    const sources = pieces.map((piece) => windowOf(this.source, this.source.name, piece.offset, piece.count * sizeOf(piece.type)));
    this.add(path, shape, { ...first, source: joinedSource(this.source.name, sources), offset: 0, count: total });
  }
}

function kindOf(path: readonly string[], { type, count }: RawPlace): TensorEntry["kind"] {
  for (const part of path.slice(0, -1).concat(path.length === 1 ? path : [])) {
    if (OPTIMIZER.test(part)) return "optimizer";
    if (AVERAGED.test(part)) return "averaged";
    if (RUNNING.test(part)) return "running";
  }
  // The counter of the training state.
  return path.length === 1 && count === 1 && /int/.test(type) ? "running" : null;
}
