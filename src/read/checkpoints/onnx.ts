/** Models in ONNX, with their weights inside or in files beside them. */
import { type ByteSource, FormatError, type ReadTools } from "../bytes/source";
import { type ElementType, sizeOf } from "../bytes/typed";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../format";
import { NAME, type OnnxTensor, readModel } from "./onnxGraph";
import { typedChunks } from "./onnxValues";
import { countOf, gathered, rawTensor, shown } from "./rawTensor";
import { kindOfFile } from "./safetensors";
import { strayContent } from "./stray";

/** TensorProto.DataType. */
const TYPES: Readonly<Record<number, ElementType>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
  14: "complex64",
  15: "complex128",
  16: "bfloat16",
  17: "float8_e4m3fn",
  18: "float8_e4m3fnuz",
  19: "float8_e5m2",
  20: "float8_e5m2fnuz",
  24: "float8_e8m0fnu",
};
const UNREAD: Readonly<Record<number, string>> = { 21: "uint4", 22: "int4", 23: "float4_e2m1", 25: "uint2", 26: "int2" };
/** Strings, and a type that was never set. */
const WITHOUT_NUMBERS: ReadonlySet<number> = new Set([0, 8]);

export const onnx: CheckpointFormat = {
  name: NAME,
  probe: (name) => /\.onnx$/i.test(name),
  accepts: () => true,
  partOf(path) {
    const match = /^(.+\.onnx)([._]data(_\d+)?)$/i.exec(path);
    return match === null ? null : match[1]!;
  },
  open(source, tools): CheckpointFile {
    const stray = strayContent(source.read(0, 512, true));
    if (stray !== null) throw new FormatError(NAME, stray);
    const model = readModel(source);
    const numeric = model.tensors.filter(({ dataType }) => !WITHOUT_NUMBERS.has(dataType));
    const found = gathered(NAME, numeric, (tensor, into) => void into.push(entryOf(tensor, source, tools)));
    return { ...found, epoch: null, step: null, loss: null, facts: model.facts, close: () => undefined };
  },
};

/** Throws FormatError with a line where it cannot be read. */
function entryOf(tensor: OnnxTensor, source: ByteSource, tools: ReadTools): TensorEntry {
  const { name, shape, dataType } = tensor;
  const called = shown(name);
  const fail = (detail: string, torn = false): never => {
    throw new FormatError(NAME, `${called} of shape [${shape.join(", ")}] ${detail}`, torn);
  };
  if (tensor.from === "sparse") fail("is sparse, which is not read");
  const type = TYPES[dataType] ?? fail(`has dtype ${UNREAD[dataType] ?? dataType}, which is not read`);
  const count = countOf(shape) ?? fail("is impossible");
  const kind = kindOfFile(source.name) ?? kindOf(tensor, type);
  const bytes = count * sizeOf(type);
  const place = { count, type, littleEndian: true };
  if (tensor.external !== null) {
    const { data, offset, length } = externalOf(tensor.external, bytes, tools, fail);
    if (length !== bytes) fail(`takes ${bytes} bytes, ${length} are given`);
    return rawTensor(NAME, name, shape, kind, { ...place, source: data, offset });
  }
  if (tensor.raw === null) return { name, layer: null, dtype: type, shape, kind, chunks: () => typedChunks(called, { source, message: tensor.message, type, count }) };
  const { start, end } = tensor.raw;
  if (end - start !== bytes) fail(`takes ${bytes} bytes, ${end - start} are there`);
  return rawTensor(NAME, name, shape, kind, { ...place, source, offset: start });
}

/** Shapes, axes and other settings of nodes are no weights. */
function kindOf(tensor: OnnxTensor, type: ElementType): TensorEntry["kind"] {
  const isSetting = /^int(32|64)$|^bool$/.test(type) || (tensor.from === "constant" && tensor.shape.length === 0);
  return isSetting ? "running" : null;
}

/** The file beside the model that holds the data, which lie there whole (https://onnx.ai/onnx/repo-docs/ExternalData.html). */
function externalOf(external: ReadonlyMap<string, string>, bytes: number, tools: ReadTools, fail: (detail: string, torn?: boolean) => never): { data: ByteSource; offset: number; length: number } {
  const location = (external.get("location") ?? "").replace(/^\.\//, "");
  if (location === "" || /^([a-z]:|[\\/])/i.test(location) || location.split(/[\\/]/).includes("..")) fail(`lies at ${shown(location)}, which is not beside the model`);
  const data = tools.sibling(location) ?? fail(`lies in ${shown(location)}, which is missing`, true);
  const numberOf = (key: string, otherwise: number): number => {
    const text = external.get(key);
    if (text === undefined) return otherwise;
    return /^\d{1,15}$/.test(text) ? Number(text) : fail(`has ${key} ${shown(text)} in ${shown(location)}`);
  };
  const offset = numberOf("offset", 0);
  const length = numberOf("length", bytes);
  if (offset + length > data.size) fail(`lies at bytes ${offset} to ${offset + length} of ${shown(location)}, which has ${data.size}`, true);
  return { data, offset, length };
}
