/** What arrays are where their names do not tell: by numbers in names, shapes and a few values. */
import { type Item, pseudoPath, tokensOfItem } from "./arrays";
import type { Chosen } from "./chosen";
import { templateOf } from "./numbers";
import type { Peek } from "./plan";
import { compatible } from "./shapes";

const PEEKED = 65_536;
/** More distinct whole numbers than any set of classes; images have more. */
const MOST_CLASSES = 64;

/** How an array's first values look. */
type Look = "classes" | "shares" | "continuous" | "unknown";

export function lookOf(item: Item, peek: Peek): Look {
  const values = peek(item.ref, PEEKED);
  if (values === null || values.length === 0) return "unknown";
  const seen = new Set<number>();
  let whole = true;
  let inUnit = true;
  for (const raw of values) {
    const value = Number(raw);
    if (Number.isNaN(value)) continue;
    if (value < 0 || value > 1) inUnit = false;
    if (!Number.isInteger(value)) whole = false;
    if (seen.size <= MOST_CLASSES) seen.add(value);
  }
  if (whole) return seen.size <= MOST_CLASSES ? "classes" : "continuous";
  return inUnit ? "shares" : "continuous";
}

/** Sets the kind of arrays that no name told, and mends what names cannot mean. Each guess is told once. */
export function guessKinds(items: readonly Item[], peek: Peek, chosen: Chosen, assume: (text: string) => void): void {
  const of = (kind: Item["kind"]): Item[] => items.filter((item) => item.kind === kind);
  const looks = new Map<Item, Look>();
  const look = (item: Item): Look => {
    const known = looks.get(item) ?? lookOf(item, peek);
    looks.set(item, known);
    return known;
  };
  if (!chosen.predictions && of("predictions").length === 0) labelsInSeries(of("labels"), assume);
  if (!chosen.predictions) weakPredictions(of("predictions"), look);
  const open = of(null);
  if (!chosen.predictions && of("predictions").length === 0) {
    const labels = of("labels");
    const series = numberedSeries(open).filter((list) => labels.length === 0 || list.some((item) => labels.some((l) => compatible(item.shape, l.shape))));
    const best = series.sort((a, b) => b.length - a.length)[0];
    const single = best === undefined && labels.length > 0 ? open.filter((item) => labels.some((l) => compatible(item.shape, l.shape)) && (look(item) === "classes" || look(item) === "shares")) : [];
    for (const item of best ?? (single.length === 1 ? single : [])) item.kind = "predictions";
    const told = best?.[0] ?? (single.length === 1 ? single[0] : undefined);
    if (told !== undefined) assume(`${told.header.path}${best !== undefined && best.length > 1 ? ` and the ${best.length - 1} numbered like it are` : " is"} taken for predictions; the names do not tell.`);
  } else joinSeries(of("predictions"), open);
  if (!chosen.labels && of("labels").length === 0) {
    const predictions = of("predictions");
    const fit = of(null).filter((item) => predictions.some((p) => compatible(item.shape, p.shape)) && look(item) === "classes");
    if (fit.length === 1 && predictions.length > 0) {
      fit[0]!.kind = "labels";
      assume(`${fit[0]!.header.path} is taken for the labels; the names do not tell.`);
    }
  }
}

/** Unnamed arrays, or labels by a weak name, that number epochs beside other labels are predictions: masks/epoch_01.npy beside gt.npy. */
function labelsInSeries(labels: readonly Item[], assume: (text: string) => void): void {
  const inEpochs = labels.filter((item) => tokensOfItem(item).some((t) => t.kind === "epoch" || t.kind === "step"));
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
  return strong.length > 0 && weak.some((item) => strong.some((l) => compatible(item.shape, l.shape))) ? weak : [];
}

/** A folder "out" or "results" alone makes no image a prediction: values must look like classes or shares, or be numbered. */
function weakPredictions(predictions: readonly Item[], look: (item: Item) => Look): void {
  for (const item of predictions) {
    if (item.strength > 1) continue;
    const numbered = tokensOfItem(item).some((t) => t.segment >= item.stem && t.kind !== "never");
    if (!numbered && look(item) === "continuous") item.kind = "image";
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
    if (!tokensOfItem(item).some((t) => t.kind !== "never" && t.kind !== "case")) continue;
    const key = `${templateOf(pseudoPath(item))}|${item.shape.join()}`;
    const known = series.get(key);
    if (known === undefined) series.set(key, [item]);
    else known.push(item);
  }
  return [...series.values()].filter((list) => list.length >= 2);
}
