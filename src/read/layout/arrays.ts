/** The arrays of a run, and what their names say of them. */
import { countsOf, type Counts, type NumberToken, segmentsOf, stemOf, tokensInSegment } from "./numbers";
import { remembered } from "./memo";
import { shownPath } from "./parts";
import type { VolumeHeader, VolumeRef } from "./plan";
import { squeezed } from "./shapes";
import { type Hint, hintOf, hintOfFolder, isMapWord, isRoleWord, type Kind, isVagueImage, type SplitWord, splitOf, splitOfFolder, wordsOf } from "./words";

export interface Item {
  /** Its path is what a report calls the file (see `shownPath`); `ref` has the file's own. */
  readonly header: VolumeHeader;
  readonly ref: VolumeRef;
  readonly shape: readonly number[];
  readonly integer: boolean;
  /** Names of folders, the file's stem, parts of the entry's path: outermost first. */
  readonly parts: readonly string[];
  /** Index of the stem in `parts`. */
  readonly stem: number;
  split: SplitWord | null;
  kind: Kind | null;
  strength: 0 | 1 | 2 | 3;
  /** Part that the kind was taken from; -1 when no name told. */
  from: number;
  /** The number that tells epochs apart. */
  token: NumberToken | null;
  /** Numbers in `parts`, outermost first. */
  readonly tokens: readonly NumberToken[];
}

const NOT_A_MAP = /^(?:affine|spacing|origin|direction|header|meta|metadata|bbox|boxes|qform|sform|weights?|class_weights?|loss|losses|ids?|names?)$/i;
/** A case's number after a word for images makes no image: "labels/img_003.npy", "eval_1/img_22/img_22_seg.nii.gz". */
export const NUMBERED_IMAGE = /(?:img|image|im|scan|vol|volume|slice|ct|mri|mr|raw|data)[-_ ]?\d+/gi;

/** Arrays that can be maps of voxels: numbers, two axes or more. */
function isMap(header: VolumeHeader): boolean {
  return /^[<>|=]?(?:u?int\d+|float\d+|bfloat16|bool|[uif]\d|b1)$/.test(header.dtype) && squeezed(header.shape).length >= 2 && !NOT_A_MAP.test(header.entry?.split("/").at(-1) ?? "");
}

export function makeItems(volumes: readonly VolumeHeader[]): Item[] {
  const maps = volumes.filter(isMap);
  const perFile = new Map<string, number>();
  for (const map of maps) perFile.set(map.path, (perFile.get(map.path) ?? 0) + 1);
  const items = maps.map((header) => makeItem(header, perFile.get(header.path)! > 1));
  settleConflicts(items);
  return items;
}

interface Draft extends Item {
  /** A stronger hint of another kind in a part further out, with its index. */
  far?: { readonly hint: Hint; readonly part: number };
  /** The folder that says labels or predictions where the file's name says image by a vague word alone. */
  around?: { readonly hint: Hint; readonly part: number };
}

function makeItem(own: VolumeHeader, shared: boolean): Item {
  const shown = shownPath(own.path);
  const header = shown === own.path ? own : { ...own, path: shown };
  const outer = segmentsOf(header.path);
  const stem = outer.length - 1;
  // numpy's own name for the only array in a file has no number: "preds/best.npz#arr_0".
  const entry = header.entry === null ? [] : header.entry.split("/").filter((part) => part !== "").map((part) => (shared ? part : part.replace(/^arr_\d+$/, "arr")));
  const parts = [...outer, ...entry];
  // In a file of several arrays the entry tells which is which; alone, the file's name tells more than "arr_0", and "data" nothing.
  const inner = parts.map((_, i) => i).slice(stem + 1).reverse();
  const order = [...(shared ? [...inner, stem] : [stem, ...inner]), ...parts.map((_, i) => i).slice(0, stem).reverse()];
  const hints = order.map((part) => ({ part, hint: (part < stem ? hintOfFolder : hintOf)(parts[part]!.replace(NUMBERED_IMAGE, "")) })).filter((h): h is { part: number; hint: Hint } => h.hint !== null && !(h.part > stem && !shared && h.hint.kind === "image" && h.hint.strength === 1));
  const near = hints.find((h) => h.hint.strength >= 2) ?? hints[0];
  const draft: Draft = {
    header,
    ref: { path: own.path, entry: own.entry },
    shape: header.shape,
    integer: /int|bool|^[<>|=]?[uib]\d$/.test(header.dtype),
    parts,
    stem,
    split: order.map((part) => (part < stem ? splitOfFolder : splitOf)(parts[part]!)).find((s) => s !== null) ?? null,
    kind: near?.hint.kind ?? null,
    strength: near?.hint.strength ?? 0,
    from: near?.part ?? -1,
    token: null,
    tokens: parts.flatMap((text, i) => tokensInSegment(text, i)),
  };
  const far = near === undefined || shared ? undefined : hints.find((h) => h.hint.strength > near.hint.strength && h.hint.kind !== near.hint.kind);
  if (far !== undefined) draft.far = far;
  else if (near?.hint.kind === "image" && near.part === stem && !shared && isVagueImage(parts[stem]!.replace(NUMBERED_IMAGE, ""))) {
    const around = hints.find((h) => h.part < stem && h.hint.kind !== "image" && h.hint.strength >= 2);
    if (around !== undefined) draft.around = around;
  }
  return draft;
}

/**
 * predictions/case_000_mask.nii.gz says both. The folder wins over names that all of its files share and over numbered
 * files; a single predictions/labels.npz beside others is what it calls itself.
 */
function settleConflicts(items: readonly Draft[]): void {
  settleVague(items);
  const folders = new Map<string, { kinds: Set<Kind | null>; near: Draft[] }>();
  const inside = (item: Item, part: number): string => item.parts.slice(0, part + 1).join("/");
  for (const item of items) if (item.far !== undefined) folders.set(inside(item, item.far.part), { kinds: new Set(), near: [] });
  if (folders.size === 0) return;
  for (const item of items) {
    for (let part = 0; part < item.parts.length; part++) {
      const folder = folders.get(inside(item, part));
      if (folder === undefined) continue;
      folder.kinds.add(item.kind);
      if (item.far !== undefined) folder.near.push(item);
    }
  }
  for (const { kinds, near } of folders.values()) {
    for (const item of near) {
      const far = item.far!;
      const numbered = item.parts.some((text, i) => i > far.part && tokensInSegment(text, i).some((t) => t.kind !== "never" && t.kind !== "case"));
      if (!numbered && (kinds.size > 1 || near.length < 2)) continue;
      item.kind = far.hint.kind;
      item.strength = far.hint.strength;
      item.from = far.part;
    }
  }
}

/** labels/spleen_x.nii.gz beside labels/liver_a.nii.gz is a label: no other file of that folder is of its case, as an image's map would be. */
function settleVague(items: readonly Draft[]): void {
  const vague = items.filter((item) => item.around !== undefined);
  if (vague.length === 0) return;
  const placeOf = (item: Item): string => `${item.parts.slice(0, item.stem).join("/")}\n${caseKey(item)}`;
  const taken = new Set(items.filter((item) => item.around === undefined).map(placeOf));
  for (const item of vague) {
    if (taken.has(placeOf(item))) continue;
    item.kind = item.around!.hint.kind;
    item.strength = item.around!.hint.strength;
    item.from = item.around!.part;
  }
}

/** Numbers in an item's parts, outermost first. */
export const tokensOfItem = (item: Item): readonly NumberToken[] => item.tokens;

export const numberOf = (item: Item): number | null => item.token?.value ?? null;
export const countsOfItem = (item: Item): Counts => (item.token === null ? null : countsOf(item.token));

/** Path and entry as one path, for finding the numbers that differ among items. */
export const pseudoPath = (item: Item): string => item.parts.join("/");

/**
 * What is left of a name when role, split and epoch are taken away: the case. Taken from the file's stem and entry; from the
 * folder above where nothing is left ("case_003/pred.nii.gz"). Empty when nothing names a case.
 */
export function caseKey(item: Item, lowest = 0): string {
  const inner = item.parts.slice(item.stem).map((text, i) => keyPart(text, item.stem + i, item.token)).filter((key) => key !== "");
  if (inner.length > 0) return [...new Set(inner)].join("_");
  for (let part = item.stem - 1; part >= lowest; part--) {
    const key = keyPart(item.parts[part]!, part, item.token);
    if (key !== "" && /\d/.test(key) && !TRAINING_FOLDER.test(key)) return key;
  }
  return "";
}

/** Numbers one of several trainings, never a case. */
const TRAINING_FOLDER = /^(?:fold|version|run|trial|seed)_\d+$/;

/**
 * As `caseKey`, with more of the name kept: words that may be a part of it ("liver_x" beside "liver_y", "left_ct" beside "left_mr") and
 * numpy's own numbers ("arr_0"). For sets in which plain keys do not tell the cases apart.
 */
export function fineKey(item: Item, lowest = 0): string {
  const pieces = item.parts.slice(item.stem).flatMap((text, i) => {
    const { token } = item;
    const rest = token?.segment === item.stem + i ? `${text.slice(0, token.start)}-${text.slice(token.end)}` : text;
    return (rest.match(/[A-Za-z]+|\d+/g) ?? []).filter((piece) => piece.length === 1 || !wordsOf(piece).every(isMapWord) || /\d/.test(piece));
  });
  return pieces.length === 0 ? caseKey(item, lowest) : pieces.join("_").toLowerCase();
}

const MEANINGLESS = new Set(["arr", "array", "data", "dataset", "epoch", "ep", "step", "final", "last", "best", "all", "maps", "map", "set", "cases", "the", "model", "net", "network"]);

function keyPart(text: string, part: number, token: NumberToken | null): string {
  return keyOfText(token?.segment === part ? `${text.slice(0, token.start)}-${text.slice(token.end)}` : text);
}

const keyOfText = remembered((rest): string => {
  if (/^arr_\d+$/.test(rest)) return "";
  return (rest.match(/[A-Za-z]+|\d+/g) ?? [])
    .filter((piece) => /\d/.test(piece) || !(wordsOf(piece).every((w) => isRoleWord(w) && !IMAGE_CASE.has(w)) || MEANINGLESS.has(piece.toLowerCase())))
    .map((piece) => piece.toLowerCase())
    .filter((piece, i, all) => !(IMAGE_CASE.has(piece) && !/\d/.test(all[i + 1] ?? "")))
    .join("_");
});

/** Words for images that number a case: kept in its name when digits follow. */
const IMAGE_CASE = new Set(["img", "image", "im", "scan", "vol", "volume", "slice"]);

/** A readable name for a case: its key, else the file's stem. */
export const caseName = (item: Item, key: string): string => (key === "" ? stemOf(item.header.path.split("/").at(-1)!) : key);
