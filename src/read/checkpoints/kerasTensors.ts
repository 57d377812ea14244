/** Tensors from HDF5 datasets, in the order of the layers. */
import { LibraryNeeded } from "../bytes/hdf5";
import type { Hdf5Dataset, Hdf5File, NumericArray } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { CheckpointFile, TensorEntry } from "../format";
import type { KerasLayer } from "./kerasConfig";
import { KerasNames, type Placed } from "./kerasNames";
import { variableNames } from "./kerasVariables";
import { guessLastLayer } from "./lastLayer";
import { PIECE_BYTES } from "./rawTensor";

const ITEM_BYTES: Readonly<Record<string, number>> = { float64: 8, int64: 8, uint64: 8, float32: 4, float16: 4, bfloat16: 4, int32: 4, uint32: 4, int16: 2, uint16: 2, int8: 1, uint8: 1, bool: 1 };

/** A tensor of a dataset; nothing is read before `chunks` is walked. */
export function tensorOf(dataset: Hdf5Dataset, name: string, layer: string | null, kind: TensorEntry["kind"]): TensorEntry {
  const total = dataset.shape.reduce((a, b) => a * b, 1);
  const piece = Math.floor(PIECE_BYTES / (ITEM_BYTES[dataset.dtype] ?? 8));
  return {
    name,
    layer,
    dtype: dataset.dtype,
    shape: dataset.shape,
    kind,
    *chunks(): Iterable<NumericArray> {
      for (let at = 0; at < total; at += piece) yield dataset.read(at, Math.min(piece, total - at), true);
    },
  };
}

/** A tensor with what it is ordered by. */
export interface Ranked {
  readonly tensor: TensorEntry;
  /** 0 for layers, 1 for metrics and losses, 2 for the optimizer. */
  readonly rank: 0 | 1 | 2;
  readonly className: string | null;
  readonly key: readonly (number | string)[];
}

/** Orders keys: numbers (ranks, indices) before names, names with their numbers as numbers. */
export function compareKeys(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i]!;
    const y = b[i]!;
    const order = typeof x === "number" ? (typeof y === "number" ? x - y : -1) : typeof y === "number" ? 1 : natural(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** conv2d_2 before conv2d_10. */
function natural(a: string, b: string): number {
  const x = a.split(/(\d+)/);
  const y = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    if (x[i] === y[i]) continue;
    if (i % 2 === 1 && Number(x[i]) !== Number(y[i])) return Number(x[i]) - Number(y[i]);
    return x[i]! < y[i]! ? -1 : 1;
  }
  return x.length - y.length;
}

const COUNTER = /^_?optimizer[/\\]vars[/\\]0$/;
const INNER_COUNTER = /^_?optimizer[/\\]inner_optimizer[/\\]vars[/\\]0$/;
const VARS = /^(?:(.*)[/\\])?vars[/\\]([^/\\]+)$/;

/** The group and the variable of a dataset of a Keras 3 weights file ("layers/conv2d/vars/0"); null for other datasets. */
export function splitVariable(path: string): { group: string; variable: string } | null {
  const match = VARS.exec(path);
  return match === null ? null : { group: match[1] ?? "", variable: match[2]! };
}

/**
 * All tensors of a Keras 3 weights file: layers in the order of `model` (without it by class and counter, the layer that looks
 * like the network's last one at the end), then state that no gradient touches, then the optimizer's. Throws FormatError when
 * there is none.
 */
export function weightsFile(format: string, file: Hdf5File, model: KerasLayer | null, loss: string | null, problems: readonly string[]): CheckpointFile {
  const names = new KerasNames(file, model);
  const found = [...problems];
  const groups = new Map<string, { variable: string; dataset: Hdf5Dataset }[]>();
  const ranked: Ranked[] = [];
  const datasets = file.datasets();
  for (const dataset of datasets) {
    if (!dataset.numeric) {
      if (dataset.dtype !== "string") found.push(`dataset ${dataset.path}: ${dataset.dtype} holds no numbers`);
      continue;
    }
    const split = splitVariable(dataset.path);
    if (split === null) {
      ranked.push({ tensor: tensorOf(dataset, dataset.path, null, null), rank: 0, className: null, key: dataset.path.split("/") });
      continue;
    }
    const group = groups.get(split.group);
    if (group === undefined) groups.set(split.group, [{ variable: split.variable, dataset }]);
    else group.push({ variable: split.variable, dataset });
  }
  for (const [group, variables] of groups) ranked.push(...groupTensors(names.place(group), group, variables));
  const ordered = unique(ranked.sort((a, b) => a.rank - b.rank || compareKeys(a.key, b.key)));
  if (ordered.length === 0) throw new FormatError(format, [...found, ...file.problems()][0] ?? "no tensor in it");
  const tensors = model?.layers == null ? guessLastLayer(ordered) : ordered;
  return {
    tensors: tensors.map(({ tensor }) => tensor),
    epoch: null,
    // An optimizer that scales the loss counts other things first, and the steps inside.
    step: iterations(datasets, datasets.some(({ path }) => INNER_COUNTER.test(path)) ? INNER_COUNTER : COUNTER),
    loss,
    problems: [...found, ...file.problems()],
    close: () => file.close(),
  };
}

function groupTensors(placed: Placed, group: string, variables: { variable: string; dataset: Hdf5Dataset }[]): Ranked[] {
  variables.sort((a, b) => natural(a.variable, b.variable));
  // Variables that a layer stores under names of its own choice keep them.
  const indexed = variables.every(({ variable }, i) => variable === String(i));
  const shapes = variables.map(({ dataset }) => dataset.shape);
  const known = indexed && placed.kind !== "optimizer" ? variableNames(placed.className, placed.config, shapes) : [];
  return variables.map(({ variable, dataset }, i): Ranked => {
    const own = known[i] ?? (indexed ? `vars/${variable}` : variable);
    const name = placed.kind === "optimizer" ? `${group}/vars/${variable}` : placed.layer === "" ? own : `${placed.layer}/${own}`;
    const kind = placed.kind ?? (own.startsWith("moving_") || placed.className === "normalization" ? "running" : null);
    const layer = placed.kind === "optimizer" || placed.layer === "" ? null : placed.layer;
    const rank = placed.kind === "optimizer" ? 2 : placed.isMetric ? 1 : 0;
    return { tensor: tensorOf(dataset, name, layer, kind), rank, className: placed.className, key: [...placed.key, -1, i] };
  });
}

/** Layers of different models may share a name: the second of the same name gets a number. */
export function unique(ranked: readonly Ranked[]): readonly Ranked[] {
  const seen = new Map<string, number>();
  return ranked.map((item) => {
    const { name } = item.tensor;
    const before = seen.get(name) ?? 0;
    seen.set(name, before + 1);
    return before === 0 ? item : { ...item, tensor: { ...item.tensor, name: `${name} (${before + 1})` } };
  });
}

/** Steps done, as the optimizer counts them; null where the file keeps no such number, or a new optimizer's 0. */
export function iterations(datasets: readonly Hdf5Dataset[], path: RegExp): number | null {
  const counter = datasets.find((dataset) => path.test(dataset.path));
  if (counter === undefined || counter.shape.length > 0 || !/^u?int(32|64)$/.test(counter.dtype)) return null;
  try {
    const steps = Number(counter.read(0, 1)[0]);
    return Number.isSafeInteger(steps) && steps > 0 ? steps : null;
  } catch (error) {
    // Whoever measures this tensor says that it cannot be read.
    if (!(error instanceof FormatError) || error instanceof LibraryNeeded) throw error;
    return null;
  }
}

/** A message of the HDF5 reader without its prefix, for a reader that puts its own before it. */
export function detailOf(error: FormatError): string {
  return error.message.slice(error.format.length + 2);
}
