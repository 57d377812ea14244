/**
 * Keras 3 weights in several files: `model.weights.json` says in which of `model_00000.weights.h5`, … the variables of each
 * layer lie (keras/src/saving/saving_lib.py, ShardedH5IOStore; Keras 3.11 and newer).
 */
import { LibraryNeeded } from "../bytes/hdf5";
import { JsonPull } from "../bytes/jsonPull";
import { type ByteSource, FormatError, type Hdf5File, type ReadTools } from "../bytes/source";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { attributesOf } from "./kerasH5";
import { detailOf, weightsFile } from "./kerasTensors";
import { shown } from "./rawTensor";

const NAME = "keras-weights-json";
const SHARD = /^(.+)_\d{5}\.weights\.h5$/i;
const MOST_SHARDS = 4096;

export const kerasSharded: CheckpointFormat = {
  name: NAME,
  probe: (name) => /\.weights\.json$/i.test(name),
  accepts: () => true,
  partOf(path) {
    const match = SHARD.exec(path);
    return match === null ? null : `${match[1]!}.weights.json`;
  },
  open(source, tools): CheckpointFile {
    const problems: string[] = [];
    const files: Hdf5File[] = [];
    let torn = false;
    try {
      for (const shard of shardsOf(source)) {
        try {
          files.push(openShard(shard, tools));
        } catch (error) {
          if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
          problems.push(`${shown(shard)}: ${detailOf(error)}`);
          torn ||= error.torn;
        }
      }
      if (files.length === 0) throw new FormatError(NAME, problems[0] ?? "no file of weights in its weight_map", torn);
      return weightsFile(NAME, joined(files), null, null, problems);
    } catch (error) {
      for (const file of files) file.close();
      throw error;
    }
  },
};

function openShard(name: string, tools: ReadTools): Hdf5File {
  const source = tools.sibling(name);
  if (source === null) throw new FormatError(NAME, "is missing: still being written?", true);
  return tools.hdf5.open(source);
}

/** The files that it names, in order; {"weight_map": {"/layers/dense/vars": "model_00000.weights.h5" or a list of such}}. */
function shardsOf(source: ByteSource): string[] {
  const shards = new Set<string>();
  const json = new JsonPull(NAME, source);
  const add = (): void => {
    const shard = json.string();
    if (shard !== null) shards.add(shard);
    if (shards.size > MOST_SHARDS) throw new FormatError(NAME, `more than ${MOST_SHARDS} shards`);
  };
  const whole = json.object((key) => {
    if (key !== "weight_map") return;
    json.object(() => {
      if (json.kind() === "array") json.array(add);
      else add();
    });
  });
  if (!whole || shards.size === 0) throw new FormatError(NAME, "no weight_map in it");
  return [...shards].sort();
}

/** Shards as the one file that they were cut from; a group may be in several, and its name in one that holds none of its variables. */
function joined(files: readonly Hdf5File[]): Hdf5File {
  return {
    datasets: () => files.flatMap((file) => file.datasets()),
    attributes: (path) => files.reduce<Record<string, unknown>>((all, file) => ({ ...all, ...attributesOf(file, path) }), {}),
    children: (path) => [...new Set(files.flatMap((file) => childrenOf(file, path)))],
    problems: () => files.flatMap((file) => file.problems()),
    close: () => files.forEach((file) => file.close()),
  };
}

/** None where the group is missing. */
function childrenOf(file: Hdf5File, path: string): string[] {
  try {
    return file.children(path);
  } catch (error) {
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    return [];
  }
}
