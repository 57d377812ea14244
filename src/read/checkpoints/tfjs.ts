/** TensorFlow.js models: `model.json` and its files of weights (tfjs-core/src/io/io_utils.ts, decodeWeights). */
import { type ByteSource, FormatError, type NumericArray, type ReadTools } from "../bytes/source";
import { type ElementType, isElementType, sizeOf } from "../bytes/typed";
import type { CheckpointFile, CheckpointFormat, TensorEntry } from "../format";
import { joinedSource } from "../bytes/joinedSource";
import { gathered, PIECE_BYTES, rawChunks, type RawPlace, rawTensor, shown, type TensorProblems } from "./rawTensor";
import { hasManifest, type ManifestGroup, type ManifestTensor, NAME, type Quantization, readManifest } from "./tfjsManifest";

const SUFFIX = /\.json$/i;
/** What is at the head of such a file; the manifest itself may stand far behind. */
const BEGINS = /^(\ufeff|ï»¿)?\s*\{[^]*"(modelTopology|weightsManifest)"\s*:/;
const TYPES: ReadonlySet<string> = new Set<ElementType>(["float32", "int32", "bool", "complex64"]);
const QUANTIZED: ReadonlySet<string> = new Set<ElementType>(["uint8", "uint16", "float16"]);
/** A string is its length in four bytes, then itself. */
const STRING_LENGTH = 4;

export const tfjs: CheckpointFormat = {
  name: NAME,
  probe: (name, head) => SUFFIX.test(name) && BEGINS.test(new TextDecoder("latin1").decode(head)),
  accepts(source) {
    try {
      return hasManifest(source);
    } catch (error) {
      // A manifest was not there until the text ended or broke: some other JSON, or not written out yet.
      if (error instanceof FormatError && !error.torn) return false;
      throw error;
    }
  },
  partOf(path) {
    const shard = /^(.*\/)?(group\d+-shard\d+of\d+(\.bin)?|weights\.bin)$/i.exec(path);
    if (shard !== null) return `${shard[1] ?? ""}model.json`;
    const named = /^(.+)\.weights\.bin$/i.exec(path);
    return named === null ? null : `${named[1]!}.json`;
  },
  open(source, tools): CheckpointFile {
    const manifest = readManifest(source);
    const found = gathered(NAME, manifest.groups, (group, into, problems) => readGroup(group, tools, into, problems));
    return { ...found, epoch: null, step: null, loss: manifest.loss, facts: manifest.facts, close: () => undefined };
  },
};

/** Throws FormatError where a file is missing, or where the length of a tensor is not known. */
function readGroup(group: ManifestGroup, tools: ReadTools, into: TensorEntry[], problems: TensorProblems): void {
  const parts = group.paths.map((path) => {
    const part = tools.sibling(path.replace(/^\.\//, ""));
    if (part === null) throw new FormatError(NAME, `${shown(path)} is missing`, true);
    return part;
  });
  const source = joinedSource(NAME, parts);
  let offset = 0;
  for (const tensor of group.tensors) {
    const { name, dtype, shape, count, quantization } = tensor;
    if (dtype === "string" && quantization === null) {
      offset = behindStrings(source, offset, count, shown(name));
      continue;
    }
    const type = quantization?.dtype ?? dtype;
    if (!isElementType(type) || !(quantization === null ? TYPES : QUANTIZED).has(type)) throw new FormatError(NAME, `${shown(name)} has dtype ${shown(type)}, which is not read, nor what follows it`);
    const bytes = count * sizeOf(type);
    const place: RawPlace = { source, offset, count, type, littleEndian: true };
    if (offset + bytes > source.size) throw new FormatError(NAME, `${shown(name)} ends at byte ${offset + bytes} of its weights, of which there are ${source.size}`, true);
    offset += bytes;
    const entry = rawTensor(NAME, name, shape, null, place);
    if (quantization === null) into.push(entry);
    else if (dtype !== "float32" && dtype !== "int32") problems.add(`${shown(name)} of dtype ${shown(dtype)} is quantized, which is not read`);
    else into.push({ ...entry, dtype, chunks: () => unquantized(tensor, quantization, place) });
  }
}

/** Where the strings that begin at `offset` end. */
function behindStrings(source: ByteSource, offset: number, count: number, name: string): number {
  let at = offset;
  for (let i = 0; i < count; i++) {
    const head = source.read(at, STRING_LENGTH, true);
    const length = head.length < STRING_LENGTH ? Infinity : new DataView(head.buffer, head.byteOffset).getUint32(0, true);
    at += STRING_LENGTH + length;
    if (at > source.size) throw new FormatError(NAME, `the strings of ${name} pass the end of its weights at byte ${source.size}`, true);
  }
  return at;
}

/** value = stored × scale + min, in float32, or rounded; float16 stands for itself. */
function* unquantized({ dtype, name }: ManifestTensor, { scale, min }: Quantization, place: RawPlace): Iterable<NumericArray> {
  for (const piece of rawChunks(NAME, shown(name), place)) {
    if (place.type === "float16") {
      yield dtype === "int32" ? Int32Array.from(piece as Float32Array, Math.round) : piece;
      continue;
    }
    const most = PIECE_BYTES / 4; // bytes become four times as long
    for (let at = 0; at < piece.length; at += most) {
      const part = piece.subarray(at, at + most) as Uint8Array | Uint16Array;
      const out = dtype === "int32" ? new Int32Array(part.length) : new Float32Array(part.length);
      for (let i = 0; i < part.length; i++) out[i] = dtype === "int32" ? Math.round(part[i]! * scale + min) : part[i]! * scale + min;
      yield out;
    }
  }
}
