/**
 * A model in several files, as Hugging Face's libraries write it: `model.safetensors.index.json` says in which of
 * `model-00001-of-00002.safetensors`, … each tensor lies; `pytorch_model.bin.index.json` the same of PyTorch's files.
 */
import { JsonPull } from "../bytes/jsonPull";
import { type ByteSource, FormatError, type ReadTools } from "../bytes/source";
import type { CheckpointFile, CheckpointFormat, ConfigValue, TensorEntry } from "../format";
import { inLayerOrder } from "./layerOrder";
import { shown, TensorProblems } from "./rawTensor";
import { counted, safetensors } from "./safetensors";
import { torchLegacy } from "./torchLegacy";
import { torchZip } from "./torchZip";

const NAME = "safetensors-index";
const SUFFIX = /\.(safetensors|bin)\.index(\.[\w-]+)?\.json$/i;
const BIN_SHARD = /^(.+)-\d{5}-of-\d{5}\.bin$/i;
const HEAD_BYTES = 4096;
const MOST_SHARDS = 4096;
const MOST_FACTS = 1000;

/** What a file of several may be. */
const READERS: readonly CheckpointFormat[] = [safetensors, torchZip, torchLegacy];

export const safetensorsIndex: CheckpointFormat = {
  name: NAME,
  probe: (name) => SUFFIX.test(name),
  accepts: () => true,
  partOf(path) {
    const match = BIN_SHARD.exec(path);
    return match === null ? null : `${match[1]!}.bin.index.json`;
  },
  open(source, tools): CheckpointFile {
    const index = readIndex(source);
    const problems = new TensorProblems();
    const files: CheckpointFile[] = [];
    const tensors: TensorEntry[] = [];
    let torn = false;
    for (const [shard, names] of index.shards) {
      try {
        const file = openShard(shard, tools);
        files.push(file);
        for (const line of file.problems) problems.add(`${shown(shard)}: ${line}`);
        const there = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
        for (const name of names) {
          const tensor = there.get(name);
          if (tensor === undefined) problems.add(`${shown(name)} is not in ${shown(shard)}`);
          else tensors.push(tensor);
        }
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        problems.add(`${shown(shard)}: ${error.message.slice(error.format.length + 2)}`);
        torn ||= error.torn;
      }
    }
    const lines = problems.lines();
    if (tensors.length === 0) throw new FormatError(NAME, lines[0] ?? "no tensor in it", torn);
    return {
      tensors: inLayerOrder(tensors, "torch"),
      epoch: files.map(({ epoch }) => epoch).find((epoch) => epoch !== null) ?? null,
      step: counted(index.facts, ["step", "global_step"]) ?? files.map(({ step }) => step).find((step) => step !== null) ?? null,
      loss: null,
      facts: index.facts,
      problems: lines,
      close: () => files.forEach((file) => file.close()),
    };
  },
};

function openShard(shard: string, tools: ReadTools): CheckpointFile {
  const source = tools.sibling(shard);
  if (source === null) throw new FormatError(NAME, "is missing: still being written?", true);
  const head = source.read(0, HEAD_BYTES, true);
  const reader = READERS.find((format) => format.probe(shard, head));
  if (reader === undefined) throw new FormatError(NAME, "is of a format that is not read");
  return reader.open(source, tools);
}

interface Index {
  /** Names of the tensors by the file that they lie in. */
  readonly shards: ReadonlyMap<string, readonly string[]>;
  readonly facts: ReadonlyMap<string, ConfigValue>;
}

function readIndex(source: ByteSource): Index {
  const shards = new Map<string, string[]>();
  const facts = new Map<string, ConfigValue>();
  const json = new JsonPull(NAME, source);
  const whole = json.object((key) => {
    if (key === "metadata")
      json.object((name) => {
        const value = json.kind() === "string" ? json.string() : json.scalar();
        if (value !== null && value !== undefined && facts.size < MOST_FACTS) facts.set(name, value);
      });
    else if (key === "weight_map")
      json.object((name) => {
        const shard = json.string();
        if (shard === null) return;
        const names = shards.get(shard);
        if (names !== undefined) names.push(name);
        else if (shards.size < MOST_SHARDS) shards.set(shard, [name]);
        else throw new FormatError(NAME, `more than ${MOST_SHARDS} shards`);
      });
  });
  if (!whole || shards.size === 0) throw new FormatError(NAME, "no weight_map in it");
  return { shards, facts };
}
