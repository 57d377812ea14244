/** Weights as Hugging Face's libraries write them: `.safetensors`, one file or a shard of several. */
import type { CheckpointFile, CheckpointFormat, ConfigValue, TensorEntry } from "../format";
import { FormatError } from "../bytes/source";
import { inLayerOrder } from "./layerOrder";
import { rawTensor } from "./rawTensor";
import { headerLength, NAME, readHeader } from "./safetensorsHeader";

const SUFFIX = /\.safetensors$/i;
const SHARD = /^(.+?)(?:\.(fp16|fp32|bf16|ema|non_ema))?-\d{5}-of-\d{5}\.safetensors$/i;
/** How a header of this format begins. */
const BEGINS = /^\{\s*"(__metadata__"\s*:\s*\{|([^"\\]|\\.){0,500}"\s*:\s*\{\s*"(dtype|shape|data_offsets)"\s*:)/;
/** A second copy of the weights, by the name of the file or of the folder that it lies in: model_ema.safetensors, unet_ema/… */
const AVERAGED = /(^|[/._-])(?<!non[._-])(ema|swa|averaged)([._-][^/]*)?(\/[^/]*)?$/i;
const OPTIMIZER = /(^|[/._-])optimi[sz]er([._-][^/]*)?$/i;
/** The same by the names of tensors: model_ema.conv.weight. */
const AVERAGED_TENSOR = /^(model_ema|ema_model|ema|averaged_model|swa_model)[./]/i;
const OPTIMIZER_TENSOR = /^optimi[sz]er[./]/i;

export const safetensors: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => SUFFIX.test(name) || (headerLength(head) !== null && BEGINS.test(new TextDecoder("latin1").decode(head.subarray(8, 1024)))),
  accepts: () => true,
  partOf(path) {
    const match = SHARD.exec(path);
    // Of a variant the index has the name at its end: model.fp16-00001-of-00002, model.safetensors.index.fp16.json.
    return match === null ? null : `${match[1]!}.safetensors.index${match[2] === undefined ? "" : `.${match[2]}`}.json`;
  },
  open(source): CheckpointFile {
    const { tensors, metadata, problems } = readHeader(source);
    if (tensors.length === 0) throw new FormatError(NAME, problems[0] ?? "no tensor in it");
    const kind = kindOfFile(source.name);
    const entries = tensors.map((t) => rawTensor(NAME, t.name, t.shape, kind ?? kindOfTensor(t.name), { ...t, source, littleEndian: true }));
    return {
      tensors: inLayerOrder(entries, "torch"),
      epoch: counted(metadata, ["epoch", "ss_epoch"]),
      step: counted(metadata, ["step", "global_step", "ss_steps"]),
      loss: null,
      facts: metadata,
      problems,
      close: () => undefined,
    };
  },
};

/** What a file's own name says of all that it holds. */
export function kindOfFile(path: string): TensorEntry["kind"] {
  const name = path.replace(/(-\d{5}-of-\d{5})?\.[a-z]+$/i, "");
  return OPTIMIZER.test(name) ? "optimizer" : AVERAGED.test(name) ? "averaged" : null;
}

function kindOfTensor(name: string): TensorEntry["kind"] {
  return OPTIMIZER_TENSOR.test(name) ? "optimizer" : AVERAGED_TENSOR.test(name) ? "averaged" : null;
}

/** The first of `keys` that holds a count; null without one. */
export function counted(facts: ReadonlyMap<string, ConfigValue>, keys: readonly string[]): number | null {
  for (const key of keys) {
    const value = facts.get(key);
    const n = typeof value === "string" && /^\d{1,15}(\.0+)?$/.test(value.trim()) ? Number(value) : value;
    if (typeof n === "number" && Number.isSafeInteger(n) && n >= 0) return n;
  }
  return null;
}
