/** What arrays are where their names do not tell: by numbers in names, shapes and a few values. */
import { caseKey, type Item, pseudoPath, tokensOfItem } from "./arrays";
import type { Chosen } from "./chosen";
import { templateOf } from "./numbers";
import type { Peek } from "./plan";
import { natural } from "./sets";
import { compatible, fitter, squeezed, without } from "./shapes";
import { beginAlike, type Look, lookOf, oneHotAxis } from "./values";
import { splitOfFolder } from "./words";

/** Sets the kind of arrays that no name told, and mends what names cannot mean. Each guess is told once. */
export function guessKinds(items: readonly Item[], peek: Peek, chosen: Chosen, assume: (text: string) => void): void {
  const of = (kind: Item["kind"]): Item[] => items.filter((item) => item.kind === kind);
  const looks = new Map<Item, Look>();
  const look = (item: Item): Look => {
    const known = looks.get(item) ?? lookOf(item, peek);
    looks.set(item, known);
    return known;
  };
  if (!chosen.predictions) {
    if (of("predictions").length === 0) labelsInSeries(of("labels"), assume);
    weakPredictions(of("predictions"), of("labels"), look);
    if (of("predictions").length === 0) unnamedPredictions(of(null), of("labels"), look, peek, assume);
    else joinSeries(of("predictions"), of(null));
  }
  if (!chosen.labels && of("labels").length === 0) unnamedLabels(of(null), of("predictions"), look, assume);
}

/** Whether a word says that a number counts epochs or steps. */
const namesEpoch = (item: Item): boolean => tokensOfItem(item).some((t) => t.kind === "epoch" || t.kind === "step");

/** Numbered arrays that fit the labels; or the only array that does and holds classes or shares. */
function unnamedPredictions(open: readonly Item[], labels: readonly Item[], look: (item: Item) => Look, peek: Peek, assume: (text: string) => void): void {
  const series = numberedSeries(open).sort((a, b) => b.length - a.length);
  const fits = fitter(labels.map((l) => l.shape));
  if (open.length === 0) return;
  // Images have the shape of the labelled voxels and no epoch; scores of classes have an axis more.
  const first = labels[0];
  const classes = first === undefined ? null : oneHotAxis(first, peek);
  const sameRank = new Set(labels.map((l) => squeezed(classes === null ? l.shape : without(l.shape, classes)).join()));
  const mayBe = (item: Item): boolean => look(item) !== "continuous" || namesEpoch(item) || !sameRank.has(squeezed(item.shape).join());
  const best = series.find((list) => {
    if (labels.length > 0) return fits(list[0]!.shape) && mayBe(list[0]!);
    const inList = new Set(list);
    return look(list[0]!) !== "continuous" && open.some((item) => !inList.has(item) && compatible(item.shape, list[0]!.shape) && look(item) === "classes");
  });
  const single = best === undefined && labels.length > 0 ? open.filter((item) => fits(item.shape) && (look(item) === "classes" || look(item) === "shares")) : [];
  // Without labels: classes or shares of several epochs can be nothing else, and it is to be said that their labels are missing.
  const alone = best === undefined && labels.length === 0 ? series.find((list) => namesEpoch(list[0]!) && (look(list[0]!) === "classes" || look(list[0]!) === "shares")) : undefined;
  const cases = best === undefined && single.length !== 1 ? ofLabelledCases(open, labels, fits, look) : [];
  const taken = best ?? alone ?? (single.length === 1 ? single : cases);
  if (taken.length === 0) return;
  for (const item of taken) item.kind = "predictions";
  assume(`${taken[0]!.header.path}${taken.length > 1 ? ` and the ${taken.length - 1} numbered like it are` : " is"} taken for predictions; the names do not tell.`);
}

/** Classes of labelled cases in a folder that is called by a split alone, as nnU-Net's "validation" is. */
function ofLabelledCases(open: readonly Item[], labels: readonly Item[], fits: (shape: readonly number[]) => boolean, look: (item: Item) => Look): Item[] {
  const known = new Set(labels.map((item) => caseKey(item)));
  const folders = new Map<string, Item[]>();
  for (const item of open) {
    const folder = item.parts.slice(0, item.stem).join("/");
    if (item.stem > 0 && splitOfFolder(item.parts[item.stem - 1]!) !== null) folders.set(folder, [...(folders.get(folder) ?? []), item]);
  }
  const found = [...folders.values()].filter((list) => new Set(list.map((item) => caseKey(item))).size === list.length && list.every((item) => known.has(caseKey(item)) && fits(item.shape)) && look(list[0]!) === "classes");
  return found.length === 1 ? found[0]! : [];
}

/** The only array without a number that fits the predictions and holds classes. */
function unnamedLabels(open: readonly Item[], predictions: readonly Item[], look: (item: Item) => Look, assume: (text: string) => void): void {
  const fits = fitter(predictions.map((p) => p.shape));
  const found = open.filter((item) => fits(item.shape) && look(item) === "classes");
  if (found.length !== 1) return;
  found[0]!.kind = "labels";
  assume(`${found[0]!.header.path} is taken for the labels; the names do not tell.`);
}

/** Unnamed arrays, or labels by a weak name, that number epochs beside other labels are predictions: masks/epoch_01.npy beside gt.npy. */
function labelsInSeries(labels: readonly Item[], assume: (text: string) => void): void {
  const inEpochs = labels.filter(namesEpoch);
  const others = labels.filter((item) => !inEpochs.includes(item));
  const turn = inEpochs.length > 0 && others.length > 0 ? inEpochs : weaker(labels);
  if (turn.length === 0) return;
  for (const item of turn) item.kind = "predictions";
  assume(`${turn[0]!.header.path}${turn.length > 1 ? ` and ${turn.length - 1} more are` : " is"} taken for predictions, since other arrays are the labels.`);
}

/** Where two kinds of names both say labels ("labels/" and "segmentations/"), the weaker one, if its arrays fit the other's. */
function weaker(labels: readonly Item[]): Item[] {
  const strong = labels.filter((item) => item.strength >= 2);
  const weak = labels.filter((item) => item.strength === 1);
  const fits = fitter(strong.map((l) => l.shape));
  return weak.some((item) => fits(item.shape)) ? weak : [];
}

/** A folder "out" or "results" alone makes no prediction of an image or a table: values must look like classes or shares, or be numbered, and fit the labels where others do. */
function weakPredictions(predictions: readonly Item[], labels: readonly Item[], look: (item: Item) => Look): void {
  const fits = fitter(labels.map((l) => l.shape));
  const othersFit = labels.length > 0 && predictions.some((item) => fits(item.shape));
  for (const item of predictions) {
    if (item.strength > 1) continue;
    const numbered = tokensOfItem(item).some((t) => t.segment >= item.stem && t.kind !== "never");
    if ((othersFit && !fits(item.shape) && !numbered) || (!numbered && look(item) === "continuous")) item.kind = "image";
  }
}

/** Unnamed arrays numbered like arrays that are predictions join them. */
function joinSeries(predictions: readonly Item[], open: readonly Item[]): void {
  const templates = new Set(predictions.map((item) => templateOf(pseudoPath(item))));
  for (const item of open) if (templates.has(templateOf(pseudoPath(item)))) item.kind = "predictions";
}

/** Arrays alike but for numbers that may be epochs, two or more. */
function numberedSeries(items: readonly Item[]): Item[][] {
  const series = new Map<string, Item[]>();
  for (const item of items) {
    if (!tokensOfItem(item).some((t) => t.kind !== "case")) continue;
    const key = `${templateOf(pseudoPath(item))}|${item.shape.join()}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, [item]);
    else known.push(item);
  }
  return [...series.values()].filter((list) => list.length >= 2);
}

/** Labels without those that a numbered series only repeats: saved again with the predictions of each epoch. */
export function withoutCopies(labels: readonly Item[], peek: Peek): Item[] {
  const copies = new Set<Item>();
  for (const list of numberedSeries(labels)) {
    if (list.some(namesEpoch)) continue;
    const [first, ...others] = list.toSorted((a, b) => natural(pseudoPath(a), pseudoPath(b)));
    if (others.every((item) => beginAlike(first!, item, peek))) for (const item of others) copies.add(item);
  }
  return labels.filter((item) => !copies.has(item));
}
