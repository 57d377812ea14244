/** Keras' older HDF5 files: whole models and weights (keras/src/legacy/saving/legacy_h5_format.py; the same layout since Keras 1). */
import { isHdf5 } from "../bytes/hdf5";
import type { Hdf5Dataset, Hdf5File } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { lossOf, parseObject } from "./kerasConfig";
import { attributesOf, hasLegacyLayout, legacyGroup, lookInto, openH5, stringList } from "./kerasH5";
import { iterations, type Ranked, tensorOf, unique } from "./kerasTensors";

const NAME = "keras-legacy-h5";
const OPTIMIZER = "optimizer_weights";
/** Where the weights are that belong to the model itself. */
const TOP = "top_level_model_weights";

export const kerasLegacyH5: CheckpointFormat = {
  name: NAME,
  probe: (_name, head) => isHdf5(head),
  accepts: (source, tools) => lookInto(source, tools, false, hasLegacyLayout),
  open: (source, tools) => openH5(NAME, source, tools, read),
};

function read(file: Hdf5File): CheckpointFile {
  const layout = legacyGroup(file);
  if (layout === null) throw new FormatError(NAME, "neither layer_names nor model_weights in it");
  const problems: string[] = [];
  const left = new Map<string, Hdf5Dataset>();
  for (const dataset of file.datasets()) {
    if (dataset.numeric) left.set(dataset.path, dataset);
    else if (dataset.dtype !== "string") problems.push(`dataset ${dataset.path}: ${dataset.dtype} holds no numbers`);
  }
  const datasets = [...left.values()];
  const ranked: Ranked[] = [];
  const take = (path: string, name: string, layer: string | null, kind: "optimizer" | null): void => {
    const dataset = left.get(path);
    if (dataset === undefined) {
      problems.push(`dataset ${path} is listed, but not there`);
      return;
    }
    left.delete(path);
    ranked.push({ tensor: tensorOf(dataset, name, layer, kind), rank: kind === null ? 0 : 2, className: null, key: [] });
  };
  for (const layer of [...(stringList(layout.attributes, "layer_names") ?? []), TOP]) {
    const group = join(layout.group, layer);
    for (const weight of stringList(attributesOf(file, group), "weight_names") ?? []) {
      const named = weightName(layer === TOP ? "" : layer, weight);
      take(join(group, weight), named.name, named.layer, null);
    }
  }
  // What a lost attribute no longer lists; of a file of weights alone everything belongs to the model.
  const optimizer: string[] = [];
  for (const path of left.keys()) {
    if (path.startsWith(`${OPTIMIZER}/`)) optimizer.push(path);
    else if (layout.group === "" || path.startsWith(`${layout.group}/`)) {
      const [layer, ...rest] = path.slice(layout.group === "" ? 0 : layout.group.length + 1).split("/");
      const named = weightName(layer!, rest.length === 0 ? layer! : rest.join("/"));
      take(path, named.name, named.layer, null);
    }
  }
  const order = stringList(attributesOf(file, OPTIMIZER), "weight_names") ?? [];
  const rank = new Map(order.map((name, i) => [join(OPTIMIZER, name), i]));
  optimizer.sort((a, b) => (rank.get(a) ?? order.length) - (rank.get(b) ?? order.length) || (a < b ? -1 : 1));
  for (const path of optimizer) take(path, `optimizer/${plain(path.slice(OPTIMIZER.length + 1))}`, null, "optimizer");
  if (ranked.length === 0) throw new FormatError(NAME, problems[0] ?? file.problems()[0] ?? "no tensor in it");
  return {
    tensors: unique(ranked).map(({ tensor }) => tensor),
    epoch: null,
    step: iterations(datasets, /^optimizer_weights\/(.*\/)?iter(ation|ations)?(:0)?$/),
    loss: lossOf(parsed(attributesOf(file, "/")["training_config"])),
    problems: [...problems, ...file.problems()],
    close: () => file.close(),
  };
}

function parsed(value: unknown): Record<string, unknown> | null {
  return typeof value === "string" ? parseObject(value) : null;
}

function join(group: string, name: string): string {
  return group === "" ? name : `${group}/${name}`;
}

/** Without TensorFlow's output number. */
function plain(name: string): string {
  return name.replace(/:\d+$/, "");
}

/** Variables of Keras 1 and Theano's time: conv2d_1_W, dense_1_b. */
const SHORT: Readonly<Record<string, string>> = { W: "kernel", b: "bias", gamma: "gamma", beta: "beta", running_mean: "moving_mean", running_std: "moving_variance" };

/**
 * The name of weight `weight` of layer `layer`: "enc1/kernel:0" and "model/enc1/kernel:0" of layer enc1 are enc1/kernel, of a
 * nested model "conv/kernel:0" is model/conv/kernel.
 */
export function weightName(layer: string, weight: string): { name: string; layer: string | null } {
  let parts = plain(weight).split("/").filter((part) => part !== "");
  const at = parts.lastIndexOf(layer, parts.length - 2);
  if (layer !== "" && at >= 0) parts = parts.slice(at + 1);
  if (parts.length === 1 && parts[0]!.startsWith(`${layer}_`)) {
    const short = parts[0]!.slice(layer.length + 1);
    parts = [SHORT[short] ?? short];
  }
  const chain = layer === "" ? parts.slice(0, -1) : [layer, ...parts.slice(0, -1)];
  return { name: [...chain, parts.at(-1) ?? weight].join("/"), layer: chain.length === 0 ? null : chain.join("/") };
}
