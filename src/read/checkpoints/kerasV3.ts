/** Keras 3 models: `.keras`, a ZIP archive of config.json, metadata.json and model.weights.h5 (keras/src/saving/saving_lib.py). */
import { isHdf5 } from "../bytes/hdf5";
import type { ByteSource, Hdf5File, Inflate, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { isZip, openZip, STORED, type ZipEntry, type ZipFile } from "../bytes/zip";
import type { CheckpointFile, CheckpointFormat } from "../format";
import { layerOf, lossOf, parseObject } from "./kerasConfig";
import { openH5 } from "./kerasH5";
import { detailOf, weightsFile } from "./kerasTensors";

const NAME = "keras-v3";
const SUFFIX = /\.keras$/i;
const WEIGHTS = "model.weights.h5";
const CONFIG = "config.json";
const MOST_CONFIG = 64 << 20;
/** Weights that are compressed in the archive are held in memory up to this size. */
const MOST_INFLATED = 1 << 30;

export const kerasV3: CheckpointFormat = {
  name: NAME,
  // Keras 2 wrote HDF5 under this suffix when asked to; that is the legacy reader's.
  probe: (name, head) => (SUFFIX.test(name) && !isHdf5(head)) || (isZip(head) && firstEntry(head) === "metadata.json"),
  accepts(source): boolean {
    if (SUFFIX.test(source.name)) return true;
    try {
      return openZip(source, NAME).entries.some(({ name }) => name === WEIGHTS);
    } catch (error) {
      if (error instanceof FormatError) return false;
      throw error;
    }
  },
  open(source, tools): CheckpointFile {
    const zip = openZip(source, NAME);
    const entry = zip.entries.find(({ name }) => name === WEIGHTS);
    if (entry === undefined) throw new FormatError(NAME, withoutWeights(zip));
    const problems: string[] = [];
    const config = readConfig(zip, tools, problems);
    const read = (file: Hdf5File): CheckpointFile => weightsFile(NAME, file, layerOf(config), lossOf(config?.["compile_config"]), problems);
    return openH5(NAME, weightsSource(zip, entry, tools), tools, read, `${WEIGHTS}: `);
  },
};

/** The name in the first local header of an archive. */
function firstEntry(head: Uint8Array): string {
  const length = head.length < 30 ? 0 : head[26]! | (head[27]! << 8);
  return new TextDecoder().decode(head.subarray(30, 30 + length));
}

function withoutWeights(zip: ZipFile): string {
  const other = zip.entries.find(({ name }) => name.startsWith("model.weights"));
  return other === undefined ? `no ${WEIGHTS} among its ${zip.entries.length} entries` : `${other.name} is not supported, only ${WEIGHTS}`;
}

function readConfig(zip: ZipFile, tools: ReadTools, problems: string[]): Record<string, unknown> | null {
  const entry = zip.entries.find(({ name }) => name === CONFIG);
  if (entry === undefined) return null;
  try {
    const config = parseObject(new TextDecoder().decode(readEntry(zip, entry, tools.inflate, MOST_CONFIG)));
    if (config === null) problems.push(`${CONFIG}: no JSON object in its ${entry.size} bytes`);
    return config;
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    problems.push(detailOf(error));
    return null;
  }
}

/** The weights in place, or inflated to memory. */
function weightsSource(zip: ZipFile, entry: ZipEntry, tools: ReadTools): ByteSource {
  if (entry.method === STORED) return zip.window(entry);
  const bytes = readEntry(zip, entry, tools.inflate, MOST_INFLATED);
  return {
    name: WEIGHTS,
    size: bytes.length,
    read(offset, length, keep = false) {
      const part = bytes.subarray(Math.min(offset, bytes.length), Math.min(offset + length, bytes.length));
      return keep ? part.slice() : part;
    },
  };
}

/** All of an entry; what its size claims has been held against its compressed size by the ZIP reader. */
function readEntry(zip: ZipFile, entry: ZipEntry, inflate: Inflate, most: number): Uint8Array {
  if (entry.size > most) throw new FormatError(NAME, `${entry.name} is compressed and holds ${entry.size} bytes, at most ${most} are read`);
  const bytes = new Uint8Array(entry.size);
  let at = 0;
  for (const piece of zip.pieces(entry, inflate)) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
