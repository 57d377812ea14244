/** The number of an epoch or step in a file's name, told from dates, versions, sizes, losses and the numbers of cases. */
import { remembered } from "./memo";

export type Counts = "epoch" | "step" | null;

export interface NameNumber {
  readonly number: number | null;
  readonly counts: Counts;
}

/** A run of digits in a path, and what the word before it says that it counts. */
export interface NumberToken {
  /** Index of the path's segment. */
  readonly segment: number;
  readonly value: number;
  readonly kind: "epoch" | "step" | "case" | "never" | "plain";
  /** The letters before it, lower case; empty when there are none. */
  readonly word: string;
  /** Where word and digits lie in the segment's stem. */
  readonly start: number;
  readonly end: number;
  /** Whether the segment is nothing but this number. */
  readonly alone: boolean;
}

const EPOCH_WORDS = new Set(["epoch", "epochs", "ep", "e", "epo", "epc"]);
const STEP_WORDS = new Set(["step", "steps", "iter", "iters", "iteration", "iterations", "it", "batch", "update", "updates"]);
const CASE_WORDS = new Set(["case", "cases", "patient", "pat", "subject", "subj", "sub", "sample", "img", "image", "im", "scan", "slice", "vol", "volume", "id", "idx", "frame", "series"]);
/** Words whose number is a setting, a version or a score. */
const NEVER_WORDS = new Set(
  ("v ver version fold run exp experiment trial seed split class cls channel channels ch gpu rank worker part shard size dim conv resnet vgg densenet efficientnet efficientnetb mobilenet mobilenetv " +
    "inception inceptionv xception lr loss acc accuracy dice iou auc miou f bs batchsize filters depth layer layers dataset task of top k net b h d t base width res py tf torch training train kernel stride scale level dropout").split(" "),
);
/** Folders whose number is an epoch's even where the file within has none. */
const CHECKPOINT_FOLDERS = new Set(["cp", "ckpt", "ckpts", "checkpoint", "chkpt", "chk", "snapshot", "snap", "save", "weights", "model"]);
/** "0005_epoch_pred": the word may follow; not one that has a number of its own ("fold_1_epoch_05"). */
const EPOCH_AFTER = /^[-_. ]?(?:epoch|ep)(?![A-Za-z])(?![-_.=# ]*\d)/i;
const DATE = /(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?:[-_T ]+\d{2}[-_:.h]?\d{2}(?:[-_:.m]?\d{2})?)?(?!\d)/g;
const OTHER_NUMBERS = [
  DATE,
  /(?<![\d.]|(?<![a-z])(?:epoch|ep|e)[-_=. ]?)(?:0|[1-9]\d*)\.\d+(?:e[-+]?\d+)?(?!\d)/gi, // scores such as 0.32; not ep10.1.npy, case 1 of epoch 10
  /\d+(?:\.\d+)?e[-+]?\d+/gi, // 1e-4
  /\d+(?:x\d+)+/gi, // 256x256
  /\d+d(?![a-z])/gi, // 3d
  /\d{9,}/g, // times in seconds, identifiers
];
const SUFFIXES = new Set("weights nii ckpt index gz h5 hdf5 hdf keras npz npy pt pth bin safetensors tar meta csv tsv json mha nrrd png tif tiff zarr".split(" "));

/** A file name without its suffixes: "weights.01.weights.h5" is "weights.01". */
export function stemOf(name: string): string {
  let stem = name.replace(/\.data-\d+-of-\d+$/i, "");
  for (let first = true; ; first = false) {
    const match = /^(.+)\.([A-Za-z][A-Za-z0-9]{0,11})$/.exec(stem);
    if (match === null || !(SUFFIXES.has(match[2]!.toLowerCase()) || (first && stem === name && !/^[a-z]+\d+$/i.test(match[2]!)))) return stem;
    stem = match[1]!;
  }
}

/** Same length as `text`; numbers that never count epochs are blanked by a letter that no pattern looks for. */
function blanked(text: string): string {
  let out = text;
  for (const pattern of OTHER_NUMBERS) out = out.replace(pattern, (found) => "~".repeat(found.length));
  return out;
}

function kindOf(word: string, glued: boolean, after: string): NumberToken["kind"] {
  if (EPOCH_WORDS.has(word) || word.endsWith("epoch") || EPOCH_AFTER.test(after)) return "epoch";
  if (glued) return "never"; // "2nd", parts of identifiers
  if (STEP_WORDS.has(word) || /(?:step|iter)s?$/.test(word)) return "step";
  if (CASE_WORDS.has(word)) return "case";
  return NEVER_WORDS.has(word) ? "never" : "plain";
}

/** Whether letters go on behind the digits: "2nd"; a capital begins a new word in camelCase ("Step0200Val"). */
function gluedTo(text: string, end: number): boolean {
  const next = text[end] ?? "";
  return /[a-z]/.test(next) || (/[A-Z]/.test(next) && !/[A-Z]?[a-z]+\d+$/.test(text.slice(0, end)));
}

/** Numbers in one segment; `text` is a folder's name, a file's stem or a part of an entry's path. */
export function tokensInSegment(text: string, segment: number): readonly NumberToken[] {
  const tokens = tokensInText(text);
  let there = tokens[segment];
  if (there === undefined) tokens[segment] = there = findTokens(text, segment);
  return there;
}

/** By segment. */
const tokensInText = remembered((): (readonly NumberToken[] | undefined)[] => []);

function findTokens(text: string, segment: number): NumberToken[] {
  const clean = blanked(text);
  const tokens: NumberToken[] = [];
  for (const match of clean.matchAll(/\d+/g)) {
    const before = /([A-Za-z]+)[-_.=# ]*$/.exec(clean.slice(0, match.index));
    const words = before === null ? [] : before[1]!.split(/(?<=[a-z])(?=[A-Z])/);
    const word = (words.at(-1) ?? "").toLowerCase();
    const end = match.index + match[0].length;
    tokens.push({
      segment,
      value: Number(match[0]),
      kind: kindOf(word, gluedTo(clean, end), clean.slice(end)),
      word,
      start: before === null ? match.index : before.index + before[1]!.length - word.length,
      end,
      alone: match[0] === text,
    });
  }
  return tokens;
}

/** A path's segments; the file's suffixes are cut off. */
export function segmentsOf(path: string): string[] {
  const cut = path.lastIndexOf("/");
  const stem = stemIn(path.slice(cut + 1));
  return cut < 0 ? [stem] : [...foldersIn(path.slice(0, cut)), stem];
}

const foldersIn = remembered((path): readonly string[] => path.split("/"));
const stemIn = remembered(stemOf);

/** Letters of a path with its numbers blanked: files of one series have the same. */
export function templateOf(path: string): string {
  return segmentsOf(path).map(templateOfSegment).join("/");
}

const templateOfSegment = remembered((part) => blanked(part).replace(/~+/g, "~").replace(/\d+/g, "#"));

function tokensOf(path: string): { tokens: readonly NumberToken[]; last: number } {
  if (/(?:^|\/)[^/]*tfevents[^/]*$/.test(path)) return { tokens: [], last: 0 };
  const segments = segmentsOf(path);
  return { tokens: segments.flatMap((text, i) => tokensInSegment(text, i)), last: segments.length - 1 };
}

export const countsOf = (token: NumberToken): Counts => (token.kind === "epoch" || token.kind === "step" ? token.kind : null);
/** Whether a folder's number tells the epoch of what lies in it. */
export const isEpochFolder = (token: NumberToken): boolean => token.kind === "epoch" || token.kind === "step" || (token.kind === "plain" && (token.alone || CHECKPOINT_FOLDERS.has(token.word)));

/** The token that `numberInName` takes. */
function tokenInName(tokens: readonly NumberToken[], last: number): NumberToken | null {
  const own = tokens.filter((t) => t.segment === last);
  const above = tokens.filter((t) => t.segment < last && isEpochFolder(t) && t.word !== "epochs");
  return (
    own.findLast((t) => t.kind === "epoch") ??
    above.findLast((t) => t.kind === "epoch") ??
    own.findLast((t) => t.kind === "step") ??
    above.findLast((t) => t.kind === "step") ??
    own.findLast((t) => t.kind === "plain") ??
    above.at(-1) ??
    null
  );
}

const asNumber = (token: NumberToken | null): NameNumber => (token === null ? { number: null, counts: null } : { number: token.value, counts: countsOf(token) });

/**
 * The number of one path, relative to its run. A number after an epoch's word goes before a step's, a plain one in the
 * file's name before one in a folder's; of folders only those count that are a number or name an epoch, step or checkpoint.
 */
export function numberInName(path: string): NameNumber {
  const { tokens, last } = tokensOf(path);
  return asNumber(tokenInName(tokens, last));
}

/**
 * The numbers of files that lie side by side: of names alike but for their digits, the digits that differ count.
 * Where nothing differs each is read alone.
 */
export function numbersInNames(paths: readonly string[]): NameNumber[] {
  return tokensInNames(paths).map(asNumber);
}

/** As `numbersInNames`, with the place of each number. */
export function tokensInNames(paths: readonly string[]): (NumberToken | null)[] {
  const series = new Map<string, number[]>();
  for (const [i, path] of paths.entries()) {
    const template = templateOf(path);
    const known = series.get(template);
    if (known === undefined) series.set(template, [i]);
    else known.push(i);
  }
  const out = new Array<NumberToken | null>(paths.length).fill(null);
  for (const members of series.values()) {
    const rows = members.map((i) => tokensOf(paths[i]!));
    const last = rows[0]!.last;
    const column = members.length < 2 ? null : varyingColumn(rows.map((r) => r.tokens), last);
    for (const [k, i] of members.entries()) out[i] = (column === null ? undefined : rows[k]!.tokens[column]) ?? tokenInName(rows[k]!.tokens, last);
  }
  return out;
}

function varyingColumn(rows: readonly (readonly NumberToken[])[], last: number): number | null {
  let best: number | null = null;
  let bestScore = 0;
  for (const [c, token] of rows[0]!.entries()) {
    // A single letter may be any counter where it alone varies ("b_1", "b_2").
    const letter = token.kind === "never" && token.word.length === 1 && token.word !== "v";
    if ((token.kind === "never" && !letter) || token.kind === "case") continue;
    const values = new Set(rows.map((r) => r[c]?.value));
    if (values.size < 2) continue;
    const score = letter ? 1 : (token.kind === "epoch" ? 400 : token.kind === "step" ? 200 : token.segment === last || isEpochFolder(token) ? 100 : 0) + (values.size === rows.length ? 50 : 0) + token.segment / (last + 1);
    if (score >= bestScore) [best, bestScore] = [c, score];
  }
  return best;
}
