/** Logged curves, sorted into one chart a quantity: training and validation together. */
import type { ClassInfo, Quantity, Split } from "../../src/run";
import type { SeriesView } from "../../src/protocol";
import { spansDecades, tableOf } from "./chart";
import type { Line, LineChart, LineStyle } from "./chart";
import { classLabel, classTitle } from "./classes";
import { number, shorten } from "./format";
import { mergeEqual, whereFrom, withoutRepeats } from "./sameCurves";
import type { Merged } from "./sameCurves";

const ORDER: readonly Quantity[] = ["loss", "dice", "iou", "accuracy", "other", "lr"];
const SPLIT_NAMES: Readonly<Record<Split, string>> = { train: "training", val: "validation", test: "test" };
const SPLIT_STYLES: Readonly<Record<Split, LineStyle>> = {
  train: { colour: 0, dash: 0, marker: 0, weight: "normal" },
  val: { colour: 1, dash: 1, marker: 1, weight: "normal" },
  test: { colour: 2, dash: 2, marker: 2, weight: "normal" },
};
/** Words of a tag that say where or when, not what. */
const NOISE = new Set(["train", "training", "val", "valid", "validation", "test", "testing", "eval", "evaluation", "epoch", "batch", "step", "vs", "iterations", "iteration"]);

const LINEAR_OR_LOG = [
  { id: "linear", text: "Linear" },
  { id: "log", text: "Log" },
];

/** Names of what counts the training itself: it is the axis of the others. */
const COUNTER = /^(epoch|step|global[ _]?step|trainer[ _]?global[ _]?step|iter|iteration)s?$/i;
/** What tells of the machine, not of the network: shown after all else. */
const MACHINE = /\b(runtime|seconds?|secs?|time|eta|samples|throughput|flos|memory|mem|gpu|cpu|system|it\/s)\b/i;
/** From so many points on a curve is a curve; beside one, a single point is a result and no line. */
const CURVE_POINTS = 5;

/** A value that was logged once, beside curves of many points: a final score, the whole run's time. */
export interface Single {
  readonly tag: string;
  readonly value: string;
  /** "step 882" */
  readonly at: string;
  readonly source: string;
}

/** Values that were logged once while other curves went on, and so are no curves. */
export function singleValues(series: readonly SeriesView[]): Single[] {
  const told = withoutRepeats(series.filter((s) => s.steps.length > 0));
  const out = new Map<string, Single>();
  for (const s of told.keys()) {
    if (!isSingle(s, series) || isCounter(s)) continue;
    const single = { tag: s.tag, value: number(s.values[0]), at: `${s.unit} ${s.steps[0]!}`, source: s.source };
    // Two files often tell the same ("train/train_loss", "train_loss").
    const key = JSON.stringify([s.tag.split("/").pop(), single.value, single.at]);
    if (!out.has(key)) out.set(key, single);
  }
  return [...out.values()];
}

function isSingle(s: SeriesView, all: readonly SeriesView[]): boolean {
  return s.points === 1 && all.some((o) => o.points >= CURVE_POINTS);
}

/** Whether a series only counts epochs or steps. */
function isCounter(s: SeriesView): boolean {
  return s.quantity === "other" && s.class === null && COUNTER.test(s.tag.split("/").pop()!);
}

/** One chart a quantity, losses first; `scaleOf` gives the scale that the user chose for a chart, if any. */
export function curveCharts(series: readonly SeriesView[], scaleOf: (key: string) => string | undefined, classes: readonly ClassInfo[] = []): LineChart[] {
  const groups = new Map<string, { name: string; quantity: Quantity; members: SeriesView[] }>();
  const told = withoutRepeats(series.filter((s) => s.steps.length > 0 && !isCounter(s) && !isSingle(s, series)));
  for (const s of told.keys()) {
    const name = nameOf(s);
    const key = `curve ${s.unit} ${s.quantity} ${s.class === null ? name : `${name} per class ${s.split ?? ""}`}`;
    let group = groups.get(key);
    if (!group) {
      group = { name, quantity: s.quantity, members: [] };
      groups.set(key, group);
    }
    group.members.push(s);
  }
  return [...groups]
    .map(([key, group], place) => ({ key, place, ...group, merged: mergeEqual(group.members, told) }))
    .sort((a, b) => rank(a) - rank(b) || unitRank(a.members) - unitRank(b.members) || a.place - b.place)
    .map(({ key, name, merged }) => chartOf(key, name, merged, scaleOf(key), classes));
}

function rank({ quantity, name }: { readonly quantity: Quantity; readonly name: string }): number {
  return isMachine(quantity, name) ? ORDER.length : ORDER.indexOf(quantity);
}

function isMachine(quantity: Quantity, name: string): boolean {
  return quantity === "other" && MACHINE.test(name);
}

function unitRank(members: readonly SeriesView[]): number {
  return members[0]!.unit === "epoch" ? 0 : 1;
}

/** What a tag measures, its split and its class left out: "val_loss" and "train/loss" are both "loss". */
export function nameOf(s: Pick<SeriesView, "tag" | "class">): string {
  const words = s.tag.split(s.class === null ? /[\s/_.:]+/ : /[\s/_.:[\](){}]+/).filter((w) => w !== "");
  const kept = words.filter((w, i) => !NOISE.has(w.toLowerCase()) && !(s.class !== null && isClassWord(words, i, s.class)));
  return kept.length > 0 ? kept.join(" ") : s.tag;
}

function isClassWord(words: readonly string[], i: number, index: number): boolean {
  const word = words[i]!.toLowerCase();
  if (word === "class" || word === "label" || word === "c") return true;
  return new RegExp(`^(class|label|c)?[-]?0*${index}$`).test(word);
}

function chartOf(key: string, name: string, unordered: readonly Merged[], scale: string | undefined, classes: readonly ClassInfo[]): LineChart {
  const merged = [...unordered].sort((a, b) => (a.series.class ?? -1) - (b.series.class ?? -1));
  const first = merged[0]!.series;
  const told = spelled(name);
  const taken = new Map<Split | "none", number>();
  const lines = merged.map(({ series, also }): Line => {
    const nth = taken.get(series.split ?? "none") ?? 0;
    taken.set(series.split ?? "none", nth + 1);
    const named = series.class !== null && (classes[series.class]?.name ?? null) !== null;
    const what = series.class !== null ? (named ? shorten(classLabel(classes, series.class), 16) : `class ${series.class}`) : series.split ? SPLIT_NAMES[series.split] : told;
    const alike = merged.map((m) => m.series).filter((s) => s.split === series.split && s.class === series.class);
    return {
      key: series.key,
      label: alike.length > 1 ? `${what} (${whatTells(series, alike)})` : what,
      title: `${named ? `${classTitle(classes, series.class)}: ` : ""}${[whereFrom(series), ...also].join(", also ")}`,
      x: series.steps,
      y: series.values,
      style: styleOf(series, nth, merged.length),
      named: false,
    };
  });
  const canLog = first.quantity !== "dice" && first.quantity !== "iou" && first.quantity !== "accuracy" && spansDecades(lines);
  const title = titleOf(told, first);
  return {
    key,
    title,
    sentence: sentence(merged, lines),
    unit: first.unit,
    lines,
    scales: canLog ? LINEAR_OR_LOG : [],
    scale: canLog && scale === "log" ? "log" : "linear",
    log: canLog && scale === "log",
    min: null,
    max: null,
    region: null,
    notes: [],
    minor: isMachine(first.quantity, name),
    value: number,
    table: () => tableOf(title, first.unit, lines, number),
  };
}

/** A curve's tag where its like have others, else its file; both where neither tells it from all others. */
function whatTells(series: SeriesView, alike: readonly SeriesView[]): string {
  const once = (of: (s: SeriesView) => string): boolean => alike.filter((s) => of(s) === of(series)).length === 1;
  if (once((s) => s.tag)) return shorten(series.tag, 28);
  const file = shorten(fileName(series.source), 28);
  return once((s) => s.source) ? file : `${shorten(series.tag, 24)}, ${file}`;
}

const SPELLED: Readonly<Record<string, string>> = { dice: "Dice", iou: "IoU", miou: "mean IoU", acc: "accuracy", lr: "learning rate", ema: "EMA", fg: "foreground", grad: "gradient" };

/** A name with its abbreviations spelled out as the field writes them. */
function spelled(name: string): string {
  const rate = /^lr-(.+)$/i.exec(name);
  if (rate) return `learning rate (${rate[1]!})`;
  return name.replace(/[A-Za-z]+/g, (word) => SPELLED[word.toLowerCase()] ?? word);
}

function titleOf(told: string, first: SeriesView): string {
  const split = first.class !== null && first.split ? `, ${SPLIT_NAMES[first.split]}` : "";
  // The section of recomputed Dice has a title of its own.
  const title = `${first.class !== null ? `logged ${told} per class` : told}${split}`;
  return `${title.charAt(0).toUpperCase()}${title.slice(1)}${first.unit === "step" ? " by step" : ""}`;
}

function styleOf(series: SeriesView, nth: number, lines: number): LineStyle {
  if (series.class !== null) return cycled(series.class, "normal");
  const base = series.split ? SPLIT_STYLES[series.split] : null;
  if (base && nth === 0) return base;
  return cycled(nth + (base ? 3 : 0), lines > 12 ? "thin" : "normal");
}

/** The n-th of many styles; no two of the first 32 are alike in colour and dash. */
export function cycled(n: number, weight: LineStyle["weight"]): LineStyle {
  return { colour: n % 8, dash: Math.floor(n / 8) % 4, marker: n % 4, weight };
}

function sentence(merged: readonly Merged[], lines: readonly Line[]): string {
  const told = lines.slice(0, 3).map((line, i) => lineSentence(line, merged[i]!.series));
  if (lines.length > 3) told.push(`${lines.length - 3} more in the table`);
  const text = told.join("; ");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** "training from 0.337 to 0.1414, lowest 0.1414 at epoch 11". */
function lineSentence(line: Line, series: SeriesView): string {
  let first = -1;
  let last = -1;
  let low = -1;
  for (let i = 0; i < line.y.length; i++) {
    if (!Number.isFinite(line.y[i])) continue;
    if (first < 0) first = i;
    last = i;
    if (low < 0 || line.y[i]! < line.y[low]!) low = i;
  }
  const broken = series.nonFinite > 0 ? `, ${series.nonFinite} of ${series.points} values not finite` : "";
  const restarts = series.restarts > 0 ? `, restarted ${series.restarts === 1 ? "once" : `${series.restarts} times`}` : "";
  if (first < 0) return `${line.label}: no finite value in ${series.points}`;
  const [from, to] = [number(line.y[first]), number(line.y[last])];
  const path = first === last ? `${from} at ${series.unit} ${line.x[first]!}` : from === to ? `${from} at both ends` : `${from} → ${to}`;
  const lowest = series.quantity === "loss" && first !== last && low !== last ? `, lowest ${number(line.y[low])} at ${series.unit} ${line.x[low]!}` : "";
  return `${line.label} ${path}${lowest}${broken}${restarts}`;
}

function fileName(path: string): string {
  const parts = path.split("/");
  return parts.slice(-2).join("/");
}
