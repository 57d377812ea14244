/** Logged curves, sorted into one chart a quantity: training and validation together. */
import type { Quantity, Split } from "../../src/run";
import type { SeriesView } from "../../src/protocol";
import { allPositive, indexAt, tableOf } from "./chart";
import type { Line, LineChart, LineStyle } from "./chart";
import { number, shorten } from "./format";

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

/** Curves equal to another one, e.g. the same loss in a CSV and in event files. */
interface Merged {
  readonly series: SeriesView;
  readonly also: readonly string[];
}

/** One chart a quantity, losses first; `scaleOf` gives the scale that the user chose for a chart, if any. */
export function curveCharts(series: readonly SeriesView[], scaleOf: (key: string) => string | undefined): LineChart[] {
  const groups = new Map<string, { name: string; quantity: Quantity; members: SeriesView[] }>();
  const told = withoutRepeats(series.filter((s) => s.steps.length > 0));
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
    .sort((a, b) => ORDER.indexOf(a.quantity) - ORDER.indexOf(b.quantity) || unitRank(a.members) - unitRank(b.members) || a.place - b.place)
    .map(({ key, name, merged }) => chartOf(key, name, merged, scaleOf(key)));
}

function unitRank(members: readonly SeriesView[]): number {
  return members[0]!.unit === "epoch" ? 0 : 1;
}

/** What a tag measures, its split and its class left out: "val_loss" and "train/loss" are both "loss". */
export function nameOf(s: Pick<SeriesView, "tag" | "class">): string {
  const words = s.tag.split(/[\s/_.:]+/).filter((w) => w !== "");
  const kept = words.filter((w, i) => !NOISE.has(w.toLowerCase()) && !(s.class !== null && isClassWord(words, i, s.class)));
  return kept.length > 0 ? kept.join(" ") : s.tag;
}

function isClassWord(words: readonly string[], i: number, index: number): boolean {
  const word = words[i]!.toLowerCase();
  if (word === "class" || word === "label" || word === "c") return true;
  return new RegExp(`^(class|label|c)?[-]?0*${index}$`).test(word);
}

function chartOf(key: string, name: string, merged: readonly Merged[], scale: string | undefined): LineChart {
  const first = merged[0]!.series;
  const taken = new Map<Split | "none", number>();
  const lines = merged.map(({ series, also }): Line => {
    const nth = taken.get(series.split ?? "none") ?? 0;
    taken.set(series.split ?? "none", nth + 1);
    const what = series.class !== null ? `class ${series.class}` : series.split ? SPLIT_NAMES[series.split] : name;
    const several = merged.filter((m) => m.series.split === series.split && m.series.class === series.class).length > 1;
    return {
      key: series.key,
      label: several ? `${what} (${shorten(series.tag, 24)}, ${shorten(fileName(series.source), 20)})` : what,
      title: [whereFrom(series), ...also].join(", also "),
      x: series.steps,
      y: series.values,
      style: styleOf(series, nth, merged.length),
      named: false,
    };
  });
  const canLog = allPositive(lines) && !merged.every((m) => m.series.values.every((v) => v === first.values[0]));
  const title = titleOf(name, first);
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
    value: number,
    table: () => tableOf(title, first.unit, lines, number),
  };
}

function titleOf(name: string, first: SeriesView): string {
  const what = first.quantity === "lr" && /^lr$/i.test(name) ? "learning rate" : name;
  const split = first.class !== null && first.split ? `, ${SPLIT_NAMES[first.split]}` : "";
  const title = `${what}${first.class !== null ? " per class" : ""}${split}`;
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

/** Curves of the same split and class that agree wherever both have a point become one. */
function mergeEqual(members: readonly SeriesView[], told: ReadonlyMap<SeriesView, readonly string[]>): Merged[] {
  const out: { series: SeriesView; also: string[] }[] = [];
  for (const s of members) {
    const same = out.find((m) => m.series.split === s.split && m.series.class === s.class && agree(m.series, s));
    if (same) same.also.push(whereFrom(s), ...(told.get(s) ?? []));
    else out.push({ series: s, also: [...(told.get(s) ?? [])] });
  }
  return out;
}

/**
 * Curves by step that repeat one by epoch, value for value (as Keras writes evaluation_loss_vs_iterations beside epoch_loss), are left out;
 * each of the others comes with the names of those that it stands for.
 */
function withoutRepeats(series: readonly SeriesView[]): Map<SeriesView, string[]> {
  const out = new Map<SeriesView, string[]>(series.map((s) => [s, []]));
  for (const s of series) {
    if (s.unit !== "step") continue;
    const same = series.find((o) => o.unit === "epoch" && o.split === s.split && o.quantity === s.quantity && o.class === s.class && o.points === s.points && sameValues(o.values, s.values));
    if (!same) continue;
    out.get(same)!.push(whereFrom(s));
    out.delete(s);
  }
  return out;
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((v, i) => close(v, b[i]!));
}

/** Equal to single precision. */
function close(u: number, v: number): boolean {
  return Object.is(u, v) || Math.abs(u - v) <= 1e-6 * Math.max(Math.abs(u), Math.abs(v));
}

function whereFrom(s: SeriesView): string {
  return `${s.tag} in ${s.source}`;
}

/** Whether two curves say the same to single precision, and nearly all of their points lie at the same steps. */
function agree(a: SeriesView, b: SeriesView): boolean {
  let shared = 0;
  for (let i = 0; i < b.steps.length; i++) {
    const k = indexAt(a.steps, b.steps[i]!);
    if (k < 0 || a.steps[k] !== b.steps[i]) continue;
    if (!close(a.values[k]!, b.values[i]!)) return false;
    shared++;
  }
  return shared >= 0.9 * Math.max(a.steps.length, b.steps.length);
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
