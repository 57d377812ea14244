/** What the files of one folder show of a training, by names first and few heads. */
import { candidates } from "../formats";
import { isDataName } from "./folders";
import { numberInName, stemOf } from "./numbers";
import { hintOf } from "./words";

export interface Evidence {
  readonly log: boolean;
  readonly checkpoint: boolean;
  readonly predictions: boolean;
  /** Arrays whose names say labels. */
  readonly labels: boolean;
  /** Numbered arrays whose names say nothing. */
  readonly numbered: boolean;
}

const NOTHING: Evidence = { log: false, checkpoint: false, predictions: false, labels: false, numbered: false };

/** Heads read per folder and suffix: a folder of thousands of tables is not a training because of its thousandth. */
const MAX_HEADS = 6;
const VOLUME = /\.(?:npy|npz|nii|nii\.gz|mha|mhd|nrrd|zarr)$/i;
const HDF5 = /\.(?:h5|hdf5|hdf)$/i;
const CHECKPOINT = /\.keras$|\.weights\.h5$/i;
/** Never a log or checkpoint; not worth a read. */
const NEITHER =
  /\.(?:py|pyc|pyi|ipynb|js|ts|c|cc|cpp|h|hpp|cu|so|o|a|dll|sh|bat|md|rst|html?|css|ya?ml|toml|ini|cfg|lock|xml|svg|png|jpe?g|gif|bmp|tiff?|webp|ico|pdf|docx?|xlsx?|pptx?|mp4|avi|mov|wav|mp3|zip|tar|gz|bz2|xz|7z|dcm|pkl|pickle|mat|onnx|pb|data-\d+-of-\d+)$/i;
const LOG_NAME = /log|hist|metric|train|loss|curve|scalar|result|progress|epoch|stat/i;
/** Attributes that Keras writes at the root of a legacy .h5. */
const KERAS_H5 = ["keras_version", "layer_names", "weight_names", "model_weights"].map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0)));

/** `above`: names of the folders that `files` lie in, outermost first. */
export function evidenceOf(files: readonly string[], above: readonly string[], path: string, head: (path: string) => Uint8Array | null): Evidence {
  const found = { ...NOTHING };
  const open = new Map<string, string[]>();
  const folderHint = [...above].reverse().map(hintOf).find((h) => h !== null && h.strength >= 2) ?? null;
  const inData = above.some(isDataName);
  for (const name of files) {
    if (name.startsWith(".")) continue;
    if (/tfevents/.test(name)) found.log = true;
    else if (CHECKPOINT.test(name)) found.checkpoint = true;
    else if (VOLUME.test(name)) addVolume(found, name, folderHint?.kind ?? null, inData);
    else if (!NEITHER.test(name)) {
      const suffix = /\.[A-Za-z0-9]+$/.exec(name)?.[0].toLowerCase() ?? "";
      const group = open.get(suffix);
      if (group === undefined) open.set(suffix, [name]);
      else group.push(name);
    }
  }
  for (const [suffix, names] of open) look(found, suffix, names, folderHint?.kind ?? null, inData, (name) => head(path === "" ? name : `${path}/${name}`));
  return found;
}

type Found = { -readonly [K in keyof Evidence]: Evidence[K] };

function look(found: Found, suffix: string, names: readonly string[], folder: string | null, inData: boolean, head: (name: string) => Uint8Array | null): void {
  const likely = [...names.filter((n) => LOG_NAME.test(n)), ...names.filter((n) => !LOG_NAME.test(n))].slice(0, MAX_HEADS);
  const hdf5 = HDF5.test(suffix);
  for (const name of likely) {
    // Once a folder is known to hold both, its other files tell nothing new.
    if (found.log && found.checkpoint && !hdf5) return;
    const bytes = head(name);
    if (bytes === null) continue;
    const kinds = candidates(name, bytes);
    if (hdf5) {
      if (KERAS_H5.some((text) => contains(bytes, text))) found.checkpoint = true;
      else if (kinds.volumes.length > 0) addVolume(found, name, folder, inData);
      continue;
    }
    if (kinds.log !== null) found.log = true;
    if (kinds.checkpoints.length > 0) found.checkpoint = true;
    if (kinds.volumes.length > 0) addVolume(found, name, folder, inData);
  }
}

function addVolume(found: Found, name: string, folder: string | null, inData: boolean): void {
  const hint = hintOf(stemOf(name));
  const kind = hint !== null && (hint.strength === 3 || (hint.strength === 2 && folder !== "predictions")) ? hint.kind : (folder ?? hint?.kind ?? null);
  if (kind === "predictions" && !inData) found.predictions = true;
  else if (kind === "labels") found.labels = true;
  else if (kind === null && numberInName(name).number !== null) found.numbered = true;
}

function contains(bytes: Uint8Array, text: Uint8Array): boolean {
  for (let at = bytes.indexOf(text[0]!); at >= 0 && at + text.length <= bytes.length; at = bytes.indexOf(text[0]!, at + 1)) {
    if (text.every((b, i) => bytes[at + i] === b)) return true;
  }
  return false;
}
