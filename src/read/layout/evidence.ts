/** What the files of one folder show of a training, by names first and few heads. */
import { candidates, LOG_FORMATS } from "../formats";
import { isEmptyTextLog, textLog } from "../logs/text/textLog";
import { isDataName } from "./folders";
import { endingTells, isPicture } from "./named";
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

const NO_HEAD = new Uint8Array(0);
/** A head is all of a shorter file. */
const HEAD = 4096;
const NOTHING: Evidence = { log: false, checkpoint: false, predictions: false, labels: false, numbered: false };

/** Heads read per folder and suffix: a folder of thousands of tables is not a training because of its thousandth. */
const MAX_HEADS = 6;
const HDF5 = /\.(?:h5|hdf5|hdf)$/i;
/** Networks in a form to be used, not to be trained on: where one lies alone nobody has trained. */
export const EXPORTED = /\.(?:onnx|pb|tflite)$|(?:^|\/)(?:model|saved_model)\.(?:json|pb)$/i;
/** Folders of networks that others have trained. */
const PRETRAINED = /^(?:pre[-_]?trained.*|backbones?|hub|zoo|model[-_]?zoo)$/i;
/** What no format reads and many folders are full of; not worth a read. */
const NEITHER =
  /\.(?:py|pyc|pyi|ipynb|js|ts|c|cc|cpp|h|hpp|cu|so|o|a|dll|sh|bat|md|rst|html?|css|ya?ml|toml|ini|cfg|lock|xml|svg|png|jpe?g|gif|bmp|tiff?|webp|ico|pdf|docx?|xlsx?|pptx?|mp4|avi|mov|wav|mp3|zip|tar|gz|bz2|xz|7z|dcm|pkl|pickle|raw|data-\d+-of-\d+)$/i;
/** What people call PyTorch's checkpoints, whatever they are inside. */
const TORCH_TAR = /\.(?:pt|pth|ckpt)\.tar$/i;
/** Can be logs, and nothing else that makes a run. */
const TEXT = /^\.(?:csv|tsv|txt|log|out|jsonl)$/;
const LOG_NAME = /log|hist|metric|train|loss|curve|scalar|result|progress|epoch|stat/i;
/** Attributes that Keras writes at the root of a legacy .h5. */
const KERAS_H5 = ["keras_version", "layer_names", "weight_names", "model_weights"].map((text) => Uint8Array.from(text, (c) => c.charCodeAt(0)));

/** `above`: names of the folders that `files` lie in, outermost first; `path`: of that folder, "" for the searched one. */
export function evidenceOf(files: readonly string[], above: readonly string[], path: string, head: (path: string) => Uint8Array | null): Evidence {
  const found = { ...NOTHING };
  const open = new Map<string, string[]>();
  const folderHint = [...above].reverse().map(hintOf).find((h) => h !== null && h.strength >= 2) ?? null;
  const inData = above.some(isDataName);
  const pretrained = above.some((name) => PRETRAINED.test(name));
  const pictures: string[] = [];
  for (const name of files) {
    if (name.startsWith(".") && !STANDS_FOR_OTHERS.has(name)) continue;
    if (/tfevents/.test(name)) {
      found.log = true;
      continue;
    }
    const told = endingTells(name);
    if (told.log) found.log = true;
    else if (isPicture(name)) {
      if (told.volume) pictures.push(name);
    } else if (told.volume && !HDF5.test(name)) addVolume(found, name, folderHint?.kind ?? null, inData);
    else if (told.checkpoint && !HDF5.test(name)) found.checkpoint ||= !pretrained && !EXPORTED.test(name);
    else if (/\.weights\.h5$/i.test(name)) found.checkpoint = true;
    else if (!NEITHER.test(name) || TORCH_TAR.test(name)) {
      const suffix = /\.[A-Za-z0-9]+$/.exec(name)?.[0].toLowerCase() ?? "";
      const group = open.get(suffix);
      if (group === undefined) open.set(suffix, [name]);
      else group.push(name);
    }
  }
  addPictures(found, pictures, above, inData);
  for (const [suffix, names] of open) look(found, suffix, names, folderHint?.kind ?? null, inData, path === "" ? "" : `${path}/`, head);
  return found;
}

/** A zarr store is one array: what its folder's name says. */
export function storeEvidence(name: string, above: readonly string[]): Evidence {
  const found = { ...NOTHING };
  const folderHint = [...above].reverse().map(hintOf).find((h) => h !== null && h.strength >= 2) ?? null;
  addVolume(found, name, folderHint?.kind ?? null, above.some(isDataName));
  return found;
}

/** Files beginning with a dot that a format reads: the index of a distributed checkpoint. */
const STANDS_FOR_OTHERS: ReadonlySet<string> = new Set([".metadata"]);

/** Pictures count where the folder says what they are: several, or in a folder an epoch; one alone may be a plot. */
function addPictures(found: Found, names: readonly string[], above: readonly string[], inData: boolean): void {
  if (names.length === 0) return;
  const at = above.findLastIndex((name) => hintOf(name) !== null);
  const hint = at < 0 ? null : hintOf(above[at]!);
  if (hint === null || hint.strength < 2 || (names.length < 2 && !above.slice(at).some((name) => /\d/.test(name)))) return;
  if (hint.kind === "labels") found.labels = true;
  else if (hint.kind === "predictions" && hint.strength === 3 && !inData) found.predictions = true;
}

type Found = { -readonly [K in keyof Evidence]: Evidence[K] };

function look(found: Found, suffix: string, names: readonly string[], folder: string | null, inData: boolean, prefix: string, head: (path: string) => Uint8Array | null): void {
  const likely = [...names.filter((n) => LOG_NAME.test(n)), ...names.filter((n) => !LOG_NAME.test(n))].slice(0, MAX_HEADS);
  const hdf5 = HDF5.test(suffix);
  for (const name of likely) {
    // Once a folder is known to hold both, its other files tell nothing new; nor does more text beside a log.
    if (found.log && (found.checkpoint || TEXT.test(suffix)) && !hdf5) return;
    const bytes = head(prefix + name);
    if (bytes === null) continue;
    // Some formats are told by their folder ("metrics/train_loss").
    const kinds = candidates(prefix + name, bytes);
    if (hdf5) {
      if (KERAS_H5.some((text) => contains(bytes, text))) found.checkpoint = true;
      else if (kinds.volumes.length > 0) addVolume(found, name, folder, inData);
      continue;
    }
    // A database may hold anything: only its name tells here.
    const log = LOG_FORMATS.find((format) => format.probe(prefix + name, bytes) && (format.accepts === undefined || format.probe(prefix + name, NO_HEAD)));
    // Results, lists and reports are called as logs are.
    if (log !== undefined && !(log === textLog && bytes.length < HEAD && isEmptyTextLog(bytes))) found.log = true;
    if (kinds.checkpoints.length > 0 && !EXPORTED.test(name)) found.checkpoint = true;
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
