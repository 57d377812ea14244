/** Arrays gathered into sets: the labels of a split, the predictions of an epoch. */
import { caseKey, countsOfItem, fineKey, type Item, numberOf, pseudoPath, tokensOfItem } from "./arrays";
import { type Counts, isEpochFolder, type NumberToken, templateOf, tokensInNames } from "./numbers";
import { compatible, fitter } from "./shapes";
import type { SplitWord } from "./words";

export interface ItemSet {
  /** File, folder or `file#entry`: what a report calls it. */
  readonly path: string;
  readonly split: SplitWord | null;
  /** Which epoch it belongs to; null where it belongs to all, or no name tells. */
  readonly number: number | null;
  readonly counts: Counts;
  /** Sets of other numbers with the same series differ in the number alone. */
  readonly series: string;
  /** By case; a single array may hold many cases. */
  readonly items: readonly Item[];
  readonly keys: readonly string[];
}

/** `file`, or `file#entry` when the file holds other labels or predictions too. */
export function nameOf(item: Item, shared: ReadonlySet<string>): string {
  return item.header.entry !== null && shared.has(item.header.path) ? `${item.header.path}#${item.header.entry}` : item.header.path;
}

/** Files with more than one array of labels or predictions. */
export function sharedFiles(items: readonly Item[]): Set<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const item of items) {
    if (item.kind !== "labels" && item.kind !== "predictions") continue;
    if (seen.has(item.header.path)) shared.add(item.header.path);
    seen.add(item.header.path);
  }
  return shared;
}

/**
 * Finds the token that numbers each prediction's epoch. Numbers that name a case of the labels, or one slice of them, are
 * cases; then only a folder's number can be the epoch.
 */
export function numberPredictions(predictions: readonly Item[], labels: readonly Item[]): void {
  const open: Item[] = [];
  for (const item of predictions) {
    const tokens = tokensOfItem(item).filter((t) => !(t.word === "epochs" && t.segment < item.stem));
    item.token = tokens.findLast((t) => t.kind === "epoch") ?? tokens.findLast((t) => t.kind === "step") ?? null;
    if (item.token === null) open.push(item);
  }
  // One and the same folder's number on all of them may name the training ("exp_epoch100/preds/0001.npy").
  const first = predictions[0]?.token ?? null;
  if (first !== null && predictions.length > 1 && predictions.every((p) => p.token?.segment === first.segment && first.segment < p.stem && p.parts[first.segment] === predictions[0]!.parts[first.segment])) {
    open.push(...predictions);
  }
  const chosen = tokensInNames(open.map(pseudoPath));
  const cases = new Map<SplitWord | null, CaseNames>();
  const namesFor = (split: SplitWord | null): CaseNames => {
    const names = cases.get(split) ?? caseNames(labels.filter((l) => l.split === null || l.split === (split ?? l.split)), open.filter((item) => item.split === split));
    cases.set(split, names);
    return names;
  };
  const beside = besideCases(open, namesFor);
  // Files alike but for their numbers are numbered alike: a case without labels among labelled ones is no epoch.
  const votes = new Map<string, { yes: number; all: number }>();
  for (const [i, item] of open.entries()) {
    const token = chosen[i] ?? null;
    if (token === null || token.segment < item.stem || beside.has(item)) continue;
    const vote = votes.get(templateOf(pseudoPath(item))) ?? { yes: 0, all: 0 };
    vote.all++;
    if (namesCase(item, token, namesFor(item.split))) vote.yes++;
    votes.set(templateOf(pseudoPath(item)), vote);
  }
  const seriesNamesCases = (item: Item, token: NumberToken, names: CaseNames): boolean => {
    const vote = votes.get(templateOf(pseudoPath(item)));
    return namesCase(item, token, names) || (vote !== undefined && vote.yes * 2 > vote.all);
  };
  for (const [i, item] of open.entries()) {
    const known = beside.get(item);
    if (known !== undefined) {
      item.token = known;
      continue;
    }
    const token = chosen[i] ?? null;
    if (token === null) continue;
    const names = namesFor(item.split);
    item.token = token.segment >= item.stem && seriesNamesCases(item, token, names) ? (tokensOfItem(item).findLast((t) => t.segment < item.stem && isEpochFolder(t) && (t.segment > 0 || t.kind !== "plain")) ?? null) : token;
  }
}

/**
 * Of files with several numbers ("0001_P03_pred.npz") the one without which the name is that of a labelled case, in all files
 * alike but for their numbers: the other one is the epoch's. Nothing where that is so of none, or of more than one.
 */
function besideCases(items: readonly Item[], namesFor: (split: SplitWord | null) => CaseNames): Map<Item, NumberToken> {
  const series = new Map<string, Item[]>();
  for (const item of items) {
    const template = templateOf(pseudoPath(item));
    const known = series.get(template);
    if (known === undefined) series.set(template, [item]);
    else known.push(item);
  }
  const out = new Map<Item, NumberToken>();
  for (const list of series.values()) {
    const names = namesFor(list[0]!.split);
    const rows = list.map(tokensOfItem);
    if (names.keys.size === 0 || rows[0]!.length < 2) continue;
    const may = rows[0]!.map((_, c) => c).filter((c) => !["never", "case"].includes(rows[0]![c]!.kind) && new Set(rows.map((row) => row[c]!.value)).size > 1);
    const same = (key: string): boolean => names.keys.has(key);
    const sameNumber = (key: string): boolean => digitsOf(key).some((d) => names.digits.has(d));
    // First with cases named where the labels name theirs: by the file, or by the folder around it.
    for (const [isCase, place] of [[same, names.place], [same, null], [sameNumber, null]] as const) {
      const rest = (item: Item, token: NumberToken): string => (place === "file" ? caseKey({ ...item, token }, item.stem) : caseKey({ ...item, token }));
      const columns = may.filter((c) => {
        const seen = new Set<string>(); // each case once an epoch
        const keys = new Set<string>();
        const each = list.every((item, k) => {
          const key = rest(item, rows[k]![c]!);
          keys.add(key);
          return isCase(key) && seen.size < seen.add(`${rows[k]![c]!.value} ${key}`).size;
        });
        // A number that all share ("fold_0", "3d") is that of a case by chance.
        return each && (isCase === same || keys.size > 1);
      });
      if (columns.length !== 1) continue;
      for (const [k, item] of list.entries()) out.set(item, rows[k]![columns[0]!]!);
      break;
    }
  }
  return out;
}

interface CaseNames {
  /** Whether the names of the labels' files name the cases, else folders around them. */
  readonly place: "file" | null;
  readonly keys: ReadonlySet<string>;
  readonly digits: ReadonlySet<string>;
  readonly fits: (shape: readonly number[]) => boolean;
  /** Whether a shape is that of one case of the only array. */
  readonly isSlice: (shape: readonly number[]) => boolean;
  /** Whether an array of classes holds every case along its first axis. */
  readonly stacksAll: (item: Item) => boolean;
}

function caseNames(labels: readonly Item[], predictions: readonly Item[]): CaseNames {
  const one = labels.length === 1 ? caseKey(labels[0]!) : "";
  // A single case is known by its number where all predictions have it: y_true/009.nii.gz, y_pred/009.nii.gz.
  const several = labels.length > 1 || (/\d/.test(one) && predictions.every((item) => caseKey({ ...item, token: null }) === one));
  const keys = new Set(several ? labels.map((item) => caseKey(item)) : []);
  const only = several ? undefined : labels[0];
  return {
    place: several && labels.every((item) => caseKey(item, item.stem) !== "") ? "file" : null,
    keys,
    digits: new Set([...keys].flatMap(digitsOf)),
    fits: fitter(labels.map((l) => l.shape)),
    isSlice: (shape) => only !== undefined && !compatible(shape, only.shape) && compatible(shape, only.shape.slice(1)),
    stacksAll: (item) => item.integer && item.shape[0] === labels.length && compatible(item.shape.slice(1), labels[0]!.shape) && item.shape.length > labels[0]!.shape.length,
  };
}

/** Whether `token` numbers the case rather than the epoch. */
function namesCase(item: Item, token: NumberToken, names: CaseNames): boolean {
  if (names.isSlice(item.shape)) return true;
  if (names.keys.size === 0 || !names.fits(item.shape) || names.stacksAll(item)) return false;
  const rest = caseKey({ ...item, token });
  if (rest !== "" && names.keys.has(rest)) return false; // without the number its name is that of a case: "P001/pred_1.nii.gz"
  const key = caseKey({ ...item, token: null });
  return (key !== "" && names.keys.has(key)) || digitsOf(key).some((d) => names.digits.has(d));
}

/** The last number of a name, without leading zeros. */
export const digitsOf = (key: string): string[] => {
  const last = key.match(/\d+/g)?.at(-1);
  return last === undefined ? [] : [String(Number(last))];
};

/** Sets of predictions, one an epoch and series. */
export function predictionSets(items: readonly Item[], shared: ReadonlySet<string>): ItemSet[] {
  const several = new Set<string>();
  const sets = new Map<string, { root: string; series: string; items: Item[] }>();
  for (const item of items) {
    const { root, series } = placeOf(item);
    const key = `${item.split ?? ""}|${series}|${numberOf(item) ?? ""}`;
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { root, series, items: [item] });
    else {
      known.items.push(item);
      several.add(series);
    }
  }
  // An epoch whose first case alone is written is called by its folder, as its fellows are.
  return [...sets.values()].map((set) => makeSet(set.items, set.root, set.series, shared, several.has(set.series) && set.items.length === 1 && set.root !== "" ? set.root : null));
}

/** Where an item's set lies: the folder that names the epoch, else the folder of the files. */
function placeOf(item: Item): { root: string; series: string } {
  const { token, parts, stem } = item;
  if (token !== null && token.segment < stem) {
    const root = parts.slice(0, token.segment + 1).join("/");
    return { root, series: templateOf(`${root}/x`) };
  }
  // Several arrays of one file stay together; else the folder, or the part of it that says "predictions".
  const folder = item.from >= 0 && item.from < stem ? parts.slice(0, item.from + 1).join("/") : commonFolder(item);
  const inside = token !== null && token.segment > stem ? item.header.path : "";
  return { root: folder, series: `${folder}/${inside}` };
}

/** The folder of a file; for case folders ("case_003/pred.nii.gz") the one around them. */
function commonFolder(item: Item): string {
  const own = item.parts.slice(item.stem).some((text, i) => /\d/.test(text) && item.token?.segment !== item.stem + i);
  const above = item.parts[item.stem - 1];
  const depth = !own && above !== undefined && /\d/.test(above) ? item.stem - 1 : item.stem;
  return item.parts.slice(0, depth).join("/");
}

function makeSet(items: readonly Item[], root: string, series: string, shared: ReadonlySet<string>, called: string | null = null): ItemSet {
  const first = items[0]!;
  const byCase = new Map<string, Item>();
  const lowest = root === "" ? 0 : root.split("/").length;
  const keyOf = keysFor(items, lowest);
  for (const item of items) {
    const key = keyOf(item);
    const known = byCase.get(key);
    // The same case twice, as classes and as probabilities: classes are exact and smaller.
    if (known === undefined || preferred(item, known)) byCase.set(key, item);
  }
  const ordered = [...byCase].sort(([a], [b]) => natural(a, b));
  const files = new Set(ordered.map(([, item]) => item.header.path));
  const all = ordered.map(([, item]) => item);
  const path = ordered.length === 1 ? called ?? nameOf(ordered[0]![1], shared) : files.size === 1 ? groupName(all) : folderOf(all);
  return { path, split: first.split, number: numberOf(first), counts: countsOfItem(first), series, items: ordered.map(([, item]) => item), keys: ordered.map(([key]) => key) };
}

/** Keys of the cases of one set; finer ones where plain ones would take files for the same case that nothing else tells apart. */
function keysFor(items: readonly Item[], lowest: number): (item: Item) => string {
  const plain = (item: Item): string => caseKey(item, lowest);
  const first = new Map<string, Item>();
  const clash = items.some((item) => {
    const known = first.get(plain(item));
    if (known === undefined) first.set(plain(item), item);
    return known !== undefined && !preferred(item, known) && !preferred(known, item);
  });
  if (!clash) return plain;
  const fine = (item: Item): string => fineKey(item, lowest);
  return new Set(items.map(fine)).size > first.size ? fine : plain;
}

/** The innermost folder that holds all items. */
function folderOf(items: readonly Item[]): string {
  const common = items[0]!.parts.slice(0, items[0]!.stem);
  for (const item of items) {
    let n = 0;
    while (n < common.length && n < item.stem && item.parts[n] === common[n]) n++;
    common.length = n;
  }
  return common.length === 0 ? "." : common.join("/");
}

function preferred(a: Item, b: Item): boolean {
  if (a.integer !== b.integer) return a.integer;
  if (a.strength !== b.strength) return a.strength > b.strength;
  const last = (item: Item): boolean => /(?:^|[^a-z])(?:last|final|latest)(?:[^a-z]|$)/i.test(item.parts.slice(item.stem).join("/"));
  return last(a) && !last(b);
}

/** Several entries of one file: the file, or the HDF5 group that holds them. */
function groupName(items: readonly Item[]): string {
  const path = items[0]!.header.path;
  const entries = items.map((item) => item.header.entry?.split("/") ?? []);
  const common: string[] = [];
  for (let i = 0; entries.every((e) => e.length > i + 1 && e[i] === entries[0]![i]); i++) common.push(entries[0]![i]!);
  return common.length === 0 ? path : `${path}#${common.join("/")}`;
}

/** Sets of labels: a folder whose name says labels, files alike but for their numbers, or single arrays. */
export function labelSets(items: readonly Item[], shared: ReadonlySet<string>): ItemSet[] {
  const sets = new Map<string, { root: string; series: string; items: Item[] }>();
  for (const item of items) item.token = tokensOfItem(item).findLast((t) => t.kind === "epoch" || t.kind === "step") ?? null;
  // Labels that all name the same epoch were saved once, for all.
  if (new Set(items.map(numberOf)).size === 1) for (const item of items) item.token = null;
  for (const item of items) {
    const inFolder = item.from >= 0 && item.from < item.stem;
    const root = inFolder ? item.parts.slice(0, item.from + 1).join("/") : commonFolder(item);
    const series = inFolder ? root : templateOf(pseudoPath(item));
    const key = `${item.split ?? ""}|${series}|${numberOf(item) ?? ""}`;
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { root, series, items: [item] });
    else known.items.push(item);
  }
  return [...sets.values()].map((set) => makeSet(set.items, set.root, set.series, shared));
}

/** By text, numbers by value. */
export function natural(a: string, b: string): number {
  const [p, q] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []];
  for (let i = 0; i < Math.min(p.length, q.length); i++) {
    const [x, y] = [p[i]!, q[i]!];
    if (x === y) continue;
    if (/^\d/.test(x) && /^\d/.test(y) && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return p.length - q.length;
}
