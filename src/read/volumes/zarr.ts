/**
 * Zarr arrays, versions 2 and 3, in folders: the metadata (`.zarray`, `zarr.json`) stand for the array, and its chunks lie beside
 * them, one a file (zarr-specs.readthedocs.io).
 */
import type { VolumeFile, VolumeFormat } from "../format";
import type { ByteSource, ReadTools } from "../bytes/source";
import { FormatError } from "../bytes/source";
import { ZarrChunks } from "./zarrChunks";
import { ZARR } from "./zarrCodecs";
import { readMetadata } from "./zarrMetadata";

const MOST_METADATA = 16 << 20;

/** `.zarray` stands for an array of version 2. */
export const zarr2: VolumeFormat = {
  name: "zarr2",
  probe: (name) => /(?:^|\/)\.zarray$/.test(name),
  open,
  partOf(path) {
    // "0.0.1", or "0/0/1": the folder above the first number.
    const chunk = /^(.*\/)?\d+(?:\.\d+)+$/.exec(path) ?? /^((?:.*?\/)??)(?:\d+\/)*\d+$/.exec(path);
    return chunk === null ? null : `${chunk[1] ?? ""}.zarray`;
  },
};

/** `zarr.json` stands for an array of version 3, or for a group, which holds none itself. */
export const zarr3: VolumeFormat = {
  name: "zarr3",
  probe: (name) => /(?:^|\/)zarr\.json$/.test(name),
  open,
  partOf(path) {
    const chunk = /^(.*\/)?c(?:[/.]\d+)+$/.exec(path);
    return chunk === null ? null : `${chunk[1] ?? ""}zarr.json`;
  },
};

function open(source: ByteSource, tools: ReadTools): VolumeFile {
  if (source.size > MOST_METADATA) throw new FormatError(ZARR, `metadata of ${source.size} bytes are too large`);
  const array = readMetadata(new TextDecoder().decode(source.read(0, source.size)), tools);
  if (array === null) return { entries: [], problems: [], close: () => undefined };
  const chunks = new ZarrChunks(array, tools);
  return {
    entries: [{ entry: null, dtype: array.element, shape: array.shape, order: "C", scaled: false, seekable: true, read: (start, count) => chunks.read(start, count) }],
    problems: [],
    close: () => undefined,
  };
}
