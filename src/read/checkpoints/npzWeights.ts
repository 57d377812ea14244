/** Weights in NumPy archives: `np.savez` of a list of arrays (arr_0, …) or of arrays by name, as home-made loops and JAX write them. */
import { FormatError, type NumericArray } from "../bytes/source";
import { isZip, openZip } from "../bytes/zip";
import type { CheckpointFile, CheckpointFormat, TensorEntry, VolumeEntry } from "../format";
import { npz } from "../volumes/npz";
import { inLayerOrder } from "./layerOrder";
import { PIECE_BYTES, shown, TensorProblems } from "./rawTensor";
import { kindOfFile } from "./safetensors";

const NAME = "npz-weights";
/** Variables of layers as frameworks call them; a single letter says it only beside others. */
const VARIABLE = /^(depthwise_|pointwise_|recurrent_|in_proj_|out_proj_)?(kernel|weights?|bias(es)?|gamma|beta|scale|offset|embeddings?|alpha|moving_(mean|variance)|running_(mean|var|std)|num_batches_tracked|weight_[gv]|weight_(ih|hh)_l\d+|bias_(ih|hh)_l\d+|w|b|W)\d*$/;
/** Without one of these it is no network. */
const KERNEL = /^(depthwise_|pointwise_|recurrent_|in_proj_)?(kernel|weight|weight_ih_l\d+|embeddings?|w|W)s?\d*$/;
/** Arrays that a training state has beside its weights. */
const BESIDE = /^(epoch|step|global_step|iterations?|lr|learning_rate|loss|seed|format_version)$/i;
const NAMED_WEIGHTS = /(^|[/._-])(weights?|params|parameters|state_?dict|checkpoints?|ckpts?)([/._-]|\d|$)/i;
/** Weights of another kind, and arrays that are certainly none. */
const OTHER_THINGS = /(class|sample|loss|pixel|voxel|label|edge|distance|boundary|weight)[_-]?(weights?|maps?)([/._-]|\d|$)|(^|[/._-])(pred\w*|labels?|masks?|targets?|images?|probs?|probabilit\w+|logits?|segs?|segmentations?|gt|truth|outputs?|inputs?|val|test|train|x|y|features?)(\d*)([/._-]|$)/i;
const LISTED = /^arr_\d+$/;
/** A Fortran-ordered array is turned round in memory, up to this size. */
const MOST_TURNED = 128 << 20;

export const npzWeights: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => /\.npz$/i.test(name) && isZip(head),
  accepts(source, tools) {
    try {
      const keys = openZip(source, NAME).entries.map((entry) => entry.name.replace(/\.npy$/, ""));
      if (!mayBeWeights(source.name, keys)) return false;
      const file = npz.open(source, tools);
      const is = keys.every((key) => LISTED.test(key)) ? areLayers(file.entries) : file.entries.some(({ shape }) => shape.length >= 2);
      file.close();
      return is;
    } catch (error) {
      if (error instanceof FormatError) return false; // the reader of volumes says what is wrong with it
      throw error;
    }
  },
  open(source, tools): CheckpointFile {
    const file = npz.open(source, tools);
    const problems = new TensorProblems();
    for (const line of file.problems) problems.add(line.replace(/^npz: /, ""));
    const kind = kindOfFile(source.name);
    const counts = new Map<string, number>();
    const tensors: TensorEntry[] = [];
    for (const entry of file.entries) {
      const name = entry.entry ?? "";
      const own = lastPart(name);
      if (entry.shape.length === 0 && /^(epoch|step|global_step|iterations?)$/i.test(own)) counts.set(own.toLowerCase(), Number(entry.read(0, 1)[0]));
      else if (entry.order === "F" && entry.shape.length > 1 && bytesOf(entry) > MOST_TURNED) problems.add(`${shown(name)} lies in Fortran's order and is larger than ${MOST_TURNED} bytes, which is not read`);
      else tensors.push({ name, layer: null, dtype: entry.dtype, shape: entry.shape, kind, chunks: () => chunks(entry) });
    }
    const lines = problems.lines();
    if (tensors.length === 0) throw new FormatError(NAME, lines[0] ?? "no tensor in it");
    const count = (...names: string[]): number | null => names.map((n) => counts.get(n)).find((n) => n !== undefined && Number.isSafeInteger(n) && n >= 0) ?? null;
    return {
      tensors: inLayerOrder(tensors, tensors.some(({ name }) => /kernel\d*$/.test(name)) ? "channels-last" : "torch"),
      epoch: count("epoch"),
      step: count("step", "global_step", "iteration", "iterations"),
      loss: null,
      problems: lines,
      close: () => file.close(),
    };
  },
};

function lastPart(key: string): string {
  return key.replace(/:\d+$/, "").split(/[/.|]/).at(-1)!;
}

/** What names alone tell. Most archives in a run hold labels and predictions: in doubt it is one of these. */
function mayBeWeights(path: string, keys: readonly string[]): boolean {
  const parts = path.split("/");
  const own = parts.slice(-2).join("/").replace(/\.npz$/i, "");
  if (keys.length < 2) return false;
  if (keys.every((key) => LISTED.test(key))) return NAMED_WEIGHTS.test(own) && !OTHER_THINGS.test(own);
  const variables = keys.map((key) => variableOf(key));
  const counted = variables.filter((name) => !BESIDE.test(name));
  const known = counted.filter((name) => VARIABLE.test(name));
  const letters = known.every((name) => /^(w|b|W)\d*$/.test(name));
  const layered = keys.filter((key) => /[/.|_]/.test(key)).length >= keys.length / 2;
  return known.length >= 2 && known.length >= counted.length * 0.8 && known.some((name) => KERNEL.test(name)) && (letters || !layered ? NAMED_WEIGHTS.test(own) && !OTHER_THINGS.test(own) : true);
}

/** The variable's own name of "conv1/kernel:0", "enc.0.weight" or "conv1_kernel". */
function variableOf(key: string): string {
  const last = lastPart(key);
  if (VARIABLE.test(last)) return last;
  const tail = /_((depthwise_|moving_|running_)?[a-z]+)$/i.exec(last)?.[1];
  return tail !== undefined && VARIABLE.test(tail) ? tail : last;
}

/**
 * A list of arrays that a network's get_weights() gives: floats, and biases behind their kernels. Cases are alike, or lie along
 * a first axis of the same length; kernels and biases are neither.
 */
function areLayers(entries: readonly VolumeEntry[]): boolean {
  if (entries.length < 2 || !entries.every(({ dtype, shape }) => /float/.test(dtype) || shape.length === 0)) return false;
  const lengths = new Set<number>();
  let pairs = 0;
  for (let i = 1; i < entries.length; i++) {
    const kernel = entries[i - 1]!.shape;
    const bias = entries[i]!.shape;
    if (kernel.length < 2 || bias.length !== 1) continue;
    if (bias[0] === kernel.at(-1) || bias[0] === kernel.at(-2) || bias[0] === kernel[0]) {
      pairs++;
      lengths.add(kernel[0]!);
    }
  }
  const vectors = entries.filter(({ shape }) => shape.length === 1).length;
  return pairs >= 1 && pairs + vectors >= entries.length / 2 && (pairs === 1 ? entries[0]!.shape[0] !== entries[1]!.shape[0] || entries.length > 2 : lengths.size > 1 || pairs > 1);
}

function bytesOf({ shape }: VolumeEntry): number {
  return shape.reduce((a, b) => a * b, 8);
}

function* chunks(entry: VolumeEntry): Iterable<NumericArray> {
  const total = entry.shape.reduce((a, b) => a * b, 1);
  if (total === 0) return;
  const piece = PIECE_BYTES / 8;
  if (entry.order === "F" && entry.shape.length > 1) {
    yield* turned(entry, total, piece);
    return;
  }
  for (let at = 0; at < total; at += piece) yield entry.read(at, Math.min(piece, total - at));
}

/** Elements of an array whose first axis runs fastest, in the order in which the last one does. */
function* turned(entry: VolumeEntry, total: number, piece: number): Iterable<NumericArray> {
  const all = entry.read(0, total);
  const { shape } = entry;
  const strides: number[] = [];
  for (let axis = 0, stride = 1; axis < shape.length; stride *= shape[axis++]!) strides.push(stride);
  const index = shape.map(() => 0);
  let from = 0;
  for (let at = 0; at < total; at += piece) {
    const out = all.slice(at, Math.min(total, at + piece));
    for (let i = 0; i < out.length; i++) {
      out[i] = all[from]!;
      for (let axis = shape.length - 1; axis >= 0; axis--) {
        from += strides[axis]!;
        if (++index[axis]! < shape[axis]!) break;
        from -= strides[axis]! * shape[axis]!;
        index[axis] = 0;
      }
    }
    yield out;
  }
}
