/** The images that belong to a run's labels, for a trial: in the same .npz, in a file that is named alike, or in a folder beside the labels'. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { split, unusable, type TrialData } from "../../losses/trial/data";
import type { VolumeHeader } from "../../read/layout/plan";
import type { LabelSet } from "../../run";
import { RunCache } from "../cache";
import { lineOf } from "../errors";
import { Shelf } from "../shelf";
import { extentsFor, fitted, type Case, type Fitted } from "./trialFit";

/** Cases that are read, at most. */
const MOST_CASES = 300;
/** Numbers of one array that are read, at most (1 GB as float64). */
const MOST_NUMBERS = 1 << 27;
/** Names of arrays of images in an .npz, the likeliest first. */
const ENTRIES = /^(images?|imgs?|x|inputs?|data|volumes?|scans?|arr_0)([_-]?(val|valid|validation|train|training|test))?$/i;
/** What names call labels, and what images beside them are called. */
const WORDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/labels?|masks?|segmentations?|annotations?|targets?|truth|segs?/i, ["images", "image", "imgs", "img", "inputs", "volumes", "scans", "data"]],
  [/(?<![a-z])(y|gt)(?![a-z])/i, ["x", "images", "image"]],
];
/** What is left of a file's name is its case's. */
const CASE = /(\.nii)?\.[^.]+$|[_-](labels?|masks?|seg|segmentation|gt|image|img|0000)(?=[._-]|$)/gi;

/** Images and labels made small and alike; or a sentence why there are none. `labels`: what an inspection says of them; `folder`: of the run. */
export async function trialData(folder: string, labels: Pick<LabelSet, "path" | "split" | "classes">, background: number): Promise<TrialData | string> {
  const shelf = new Shelf(folder, new RunCache(null, folder));
  try {
    const found = await casesOf(shelf, labels);
    if (typeof found === "string") return found;
    return assembled(found, labels, background);
  } catch (error) {
    return `The images of ${labels.path} cannot be read: ${lineOf(error)}`;
  } finally {
    shelf.closeAll();
  }
}

const none = (path: string): string => `No images were found beside the labels ${path}.`;

async function casesOf(shelf: Shelf, labels: Pick<LabelSet, "path" | "classes">): Promise<{ readonly cases: Case[]; readonly from: string } | string> {
  const [file = "", entry = null] = labels.path.split("#");
  const path = shelf.locate(file);
  if (!existsSync(path)) return none(labels.path);
  if (statSync(path).isDirectory()) return fromFolder(shelf, labels, file);
  const headers = await headersOf(shelf, file);
  const label = headers.find((h) => entry === null || h.entry === entry);
  if (label === undefined) return none(labels.path);
  const beside = headers.filter((h) => h !== label && ENTRIES.test(h.entry ?? "")).sort((a, b) => a.shape.length - b.shape.length);
  const others = beside.length > 0 ? beside : (await Promise.all(alike(shelf, file).map((other) => headersOf(shelf, other)))).flat();
  for (const image of others) {
    const cases = stacked(await arrayOf(shelf, label), await arrayOf(shelf, image), labels.classes);
    if (cases !== null) return { cases, from: `${image.path}${image.entry === null ? "" : `#${image.entry}`}` };
  }
  return none(labels.path);
}

async function fromFolder(shelf: Shelf, labels: Pick<LabelSet, "path" | "classes">, folder: string): Promise<{ readonly cases: Case[]; readonly from: string } | string> {
  const names = filesIn(shelf, folder);
  for (const other of alike(shelf, folder)) {
    const images = new Map(filesIn(shelf, other).reverse().map((name) => [caseOf(name), name]));
    const pairs = names.flatMap((name) => (images.has(caseOf(name)) ? [[`${folder}/${name}`, `${other}/${images.get(caseOf(name))!}`] as const] : []));
    if (pairs.length === 0) continue;
    const cases: Case[] = [];
    for (const [label, image] of some(pairs)) {
      const [[l], [i]] = [await headersOf(shelf, label), await headersOf(shelf, image)];
      const made = l === undefined || i === undefined ? null : single(await arrayOf(shelf, l), await arrayOf(shelf, i), labels.classes);
      if (made !== null) cases.push(made);
    }
    if (cases.length > 0) return { cases, from: other };
  }
  return none(labels.path);
}

const filesIn = (shelf: Shelf, folder: string): string[] => readdirSync(shelf.locate(folder), { withFileTypes: true }).filter((e) => e.isFile()).map((e) => e.name).sort();
const caseOf = (name: string): string => name.replace(CASE, "").toLowerCase();

/** Paths that are there and named as the labels are, but for the word that says "labels". */
function alike(shelf: Shelf, path: string): string[] {
  const out: string[] = [];
  const [folder, name] = [dirname(path), basename(path)];
  for (const [word, others] of WORDS) {
    for (const other of others) {
      for (const candidate of [join(folder, name.replace(word, other)), join(folder.replace(word, other), name), join(folder.replace(word, other), name.replace(word, other))]) {
        const plain = candidate.split("\\").join("/");
        if (plain !== path && !out.includes(plain) && existsSync(shelf.locate(plain))) out.push(plain);
      }
    }
  }
  return out;
}

/** So many of a list, evenly. */
function some<T>(list: readonly T[]): T[] {
  const count = Math.min(MOST_CASES, list.length);
  return Array.from({ length: count }, (_, k) => list[Math.floor((k * list.length) / count)]!);
}

async function headersOf(shelf: Shelf, path: string): Promise<readonly VolumeHeader[]> {
  const stat = statSync(shelf.locate(path));
  if (!stat.isFile()) return [];
  const kind = await shelf.kindOf({ path, size: stat.size, mtime: stat.mtimeMs });
  return kind?.kind === "volume" ? kind.headers : [];
}

interface Read {
  /** Slowest axis first, in the order of `values`; axes of length 1 are left out. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

async function arrayOf(shelf: Shelf, { path, entry, colour }: VolumeHeader): Promise<Read> {
  const array = await shelf.withLibrary(() => shelf.array({ path, entry }, false));
  const count = array.shape.reduce((a, b) => a * b, 1);
  if (count > MOST_NUMBERS) throw new RangeError(`${path} holds ${count} numbers: more than a short training can take`);
  const raw = array.read(0, count);
  const values = raw instanceof BigInt64Array || raw instanceof BigUint64Array ? Float64Array.from(raw, Number) : raw;
  // Colours of an image are its brightness.
  const plain = colour === undefined ? values : Float32Array.from(values, (code) => 0.299 * (code >> 16) + 0.587 * ((code >> 8) & 255) + 0.114 * (code & 255));
  return { shape: (array.order === "F" ? [...array.shape].reverse() : array.shape).filter((n) => n !== 1), values: plain };
}

const MOST_CHANNELS = 4;
const same = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((n, i) => n === b[i]);

/** One image and its labels; null where they do not fit each other. */
function single(labels: Read, image: Read, classes: number): Case | null {
  const space = image.shape;
  const flat = classIndices(labels, classes);
  if (flat === null || flat.shape.length < 2 || flat.shape.length > 3) return null;
  if (same(space, flat.shape)) return { space: flat.shape, labels: flat.values, image: image.values, channels: 1 };
  const last = space.at(-1)!;
  if (last <= MOST_CHANNELS && same(space.slice(0, -1), flat.shape)) return { space: flat.shape, labels: flat.values, image: image.values, channels: last };
  const first = space[0]!;
  if (first > MOST_CHANNELS || !same(space.slice(1), flat.shape)) return null;
  const n = flat.values.length;
  return { space: flat.shape, labels: flat.values, image: Float32Array.from({ length: n * first }, (_, i) => image.values[(i % first) * n + Math.floor(i / first)]!), channels: first };
}

/** Arrays with one case after another. */
function stacked(labels: Read, images: Read, classes: number): Case[] | null {
  const count = labels.shape[0] ?? 0;
  if (count !== images.shape[0] || count === 0) return null;
  const part = ({ shape, values }: Read, b: number): Read => {
    const n = values.length / count;
    return { shape: shape.slice(1), values: Array.prototype.slice.call(values, b * n, (b + 1) * n) as number[] };
  };
  const cases = some(Array.from({ length: count }, (_, b) => b)).map((b) => single(part(labels, b), part(images, b), classes));
  return cases.every((c) => c !== null) ? cases : null;
}

/** One-hot labels with the classes in the last axis as indices; others as they are. */
function classIndices(labels: Read, classes: number): Read | null {
  const { shape, values } = labels;
  if (shape.length < 3 || shape.at(-1) !== classes || !oneHot(values, classes)) return labels;
  const out = new Uint8Array(values.length / classes);
  for (let i = 0; i < values.length; i++) if (values[i] === 1) out[Math.floor(i / classes)] = i % classes;
  return { shape: shape.slice(0, -1), values: out };
}

function oneHot(values: ArrayLike<number>, classes: number): boolean {
  for (let g = 0; g < values.length; g += classes) {
    let sum = 0;
    for (let c = 0; c < classes; c++) {
      if (values[g + c] !== 0 && values[g + c] !== 1) return false;
      sum += values[g + c]!;
    }
    if (sum !== 1) return false;
  }
  return true;
}

function assembled({ cases, from }: { readonly cases: readonly Case[]; readonly from: string }, labels: Pick<LabelSet, "path" | "classes">, background: number): TrialData | string {
  const { classes } = labels;
  for (const c of cases) {
    for (let i = 0; i < c.labels.length; i++) {
      const label = c.labels[i]!;
      if (!Number.isInteger(label) || label < 0 || label >= classes) return `${labels.path} holds the value ${label}, and there are ${classes} classes: the trial takes class indices alone.`;
    }
  }
  const { channels, space } = cases[0]!;
  const alikeCases = cases.filter((c) => c.channels === channels && c.space.length === space.length);
  const to = extentsFor(alikeCases);
  const small = alikeCases.map((c): Fitted => fitted(c, to, background));
  const n = to.reduce((a, b) => a * b, 1);
  const data: TrialData = {
    images: new Float32Array(small.length * n * channels),
    labels: new Uint8Array(small.length * n),
    classes,
    channels,
    space: to,
    background,
    ...split(small.length, Math.max(1, Math.round(small.length / 5))),
    from: `the run's own images: ${small.length} of ${from} with ${labels.path}, cropped to what is labelled and sampled to ${to.join(" × ")}`,
  };
  small.forEach((s, k) => {
    data.images.set(s.image, k * n * channels);
    data.labels.set(s.labels, k * n);
  });
  return unusable(data) ?? data;
}
