/** Recomputed Dice per class over epochs. */
import type { ClassInfo } from "../../src/run";
import type { EpochsView, RunView } from "../../src/protocol";
import { tableOf } from "./chart";
import type { Line, LineChart, LineStyle, Note } from "./chart";
import { classesInShort, classLabel, classTitle } from "./classes";
import { cycled } from "./curves";
import { amount, score, shorten } from "./format";

/** Below this a class counts as not predicted at all. As in the rules class-never-learned and class-lost. */
export const COLLAPSED = 0.01;
/** A class that once reached this was learned. As in class-lost. */
const LEARNED = 0.2;

/** A class whose Dice ends below COLLAPSED though the labels hold it. */
export interface Collapse {
  readonly class: number;
  /** Epoch from which on its Dice stays below. */
  readonly since: number;
  /** Whether it had been learned before. */
  readonly lost: boolean;
}

/** What lies outside of all regions is no class. */
export function firstClass(view: EpochsView): number {
  return view.regions === true ? 1 : 0;
}

/** Classes that are collapsed in the last two measured epochs, or in the only one. */
export function collapses(view: EpochsView): Collapse[] {
  const n = view.epochs.length;
  const out: Collapse[] = [];
  for (let c = firstClass(view); c < view.classes; c++) {
    if (n === 0 || view.labelled[(n - 1) * view.classes + c] === 0) continue;
    let from = n;
    while (from > 0 && view.dice[(from - 1) * view.classes + c]! < COLLAPSED) from--;
    if (from > n - Math.min(2, n)) continue;
    let best = 0;
    for (let e = 0; e < from; e++) best = Math.max(best, view.dice[e * view.classes + c]! || 0);
    out.push({ class: c, since: view.epochs[from]!, lost: best >= LEARNED });
  }
  return out;
}

/** The chart; null when no epoch was measured. */
export function diceChart(run: Pick<RunView, "epochs" | "trainEpochs" | "classes" | "background">): LineChart | null {
  const view = run.epochs ?? run.trainEpochs;
  if (!view || view.epochs.length === 0) return null;
  const gone = collapses(view);
  const lines = classLines(view, run.classes, run.background, new Set(gone.map((g) => g.class)));
  if (view.foreground.some((v) => !Number.isNaN(v))) lines.unshift(meanLine(view, "mean", "foreground mean"));
  if (run.epochs && run.trainEpochs) lines.push({ ...meanLine(run.trainEpochs, "mean, training", "foreground mean on training cases"), key: "train mean", style: { colour: "mean", dash: 2, marker: 0, weight: "thin" } });
  const title = run.epochs ? "Dice per class" : "Dice per class, on training cases";
  return {
    key: "dice",
    title,
    sentence: sentence(view, run.classes, run.background, gone),
    unit: "epoch",
    lines,
    scales: [],
    scale: "linear",
    log: false,
    min: 0,
    max: 1,
    region: null,
    notes: notes(gone, run.classes, run.background, view.epochs[view.epochs.length - 1]!),
    value: score,
    table: () => tableOf(title, "epoch", lines, score),
  };
}

function meanLine(view: EpochsView, label: string, title: string): Line {
  return { key: "mean", label, title, x: view.epochs, y: view.foreground, style: { colour: "mean", dash: 0, marker: 0, weight: "strong" }, named: true };
}

function classLines(view: EpochsView, classes: readonly ClassInfo[], background: number, gone: ReadonlySet<number>): Line[] {
  const lines: Line[] = [];
  for (let c = firstClass(view); c < view.classes; c++) {
    const y = column(view.dice, view.classes, c);
    if (y.every(Number.isNaN)) continue;
    const style: LineStyle = c === background ? { colour: "background", dash: 1, marker: 2, weight: "thin" } : cycled(c < background ? c : c - 1, view.classes > 16 ? "thin" : "normal");
    const name = classes[c]?.name ?? null;
    const label = c === background ? (name ?? "background") : name === null && view.classes <= 16 ? `class ${c}` : shorten(classLabel(classes, c), 16);
    lines.push({
      key: `class ${c}`,
      label,
      title: c === background ? `${classTitle(classes, c)}${name === null ? " (background)" : ""}` : classTitle(classes, c),
      x: view.epochs,
      y,
      style,
      named: !gone.has(c),
    });
  }
  return lines;
}

/** One column of a row-major table. */
export function column(table: Float64Array, columns: number, c: number): Float64Array {
  const out = new Float64Array(Math.floor(table.length / columns));
  for (let r = 0; r < out.length; r++) out[r] = table[r * columns + c]!;
  return out;
}

/** Names the collapsed classes on the line they share; those that fell together in one note. */
function notes(gone: readonly Collapse[], classes: readonly ClassInfo[], background: number, last: number): Note[] {
  const names = (members: readonly number[]): string => (members.length === 1 && members[0] === background && (classes[background]?.name ?? null) === null ? "background" : classesInShort(classes, members));
  const groups = new Map<string, { since: number; lost: boolean; members: number[] }>();
  for (const g of gone) {
    const key = g.lost ? `lost ${g.since}` : "never";
    const group = groups.get(key) ?? { since: g.since, lost: g.lost, members: [] };
    group.members.push(g.class);
    groups.set(key, group);
  }
  const out = [...groups.values()].sort((a, b) => a.since - b.since);
  // More than a few would cover the drawing: then one note names them all.
  if (out.length > 3) return [{ x: last, y: 0, tone: "bad", text: `${names(gone.map((g) => g.class))}: Dice 0` }];
  return out.map((g) => ({ x: last, y: 0, tone: "bad", text: `${names(g.members)}: ${g.lost ? `lost since epoch ${g.since}` : "Dice 0"}` }));
}

function sentence(view: EpochsView, classes: readonly ClassInfo[], background: number, all: readonly Collapse[]): string {
  const gone = all.filter((g) => g.class !== background);
  const n = view.epochs.length;
  const last = view.epochs[n - 1]!;
  const mean = view.foreground[n - 1]!;
  const cases = view.cases[n - 1]!;
  const parts = [
    Number.isNaN(mean)
      ? `The labels of epoch ${last} hold no foreground, so its mean Dice is undefined.`
      : `Foreground mean ${score(mean)} at epoch ${last}, over ${amount(cases, "case")}.`,
  ];
  const foreground = countHeld(view, background);
  if (gone.length > 0) {
    const earliest = Math.min(...gone.map((g) => g.since));
    const whichOnes = gone.length === foreground ? (foreground === 1 ? "The only foreground class is" : `All ${foreground} foreground classes are`) : someOf(classes, gone.map((g) => g.class), foreground);
    const sinces = new Set(gone.map((g) => g.since));
    parts.push(`${whichOnes} below ${COLLAPSED}${sinces.size === 1 ? ` since epoch ${earliest}` : `, the first since epoch ${earliest}`}.`);
  }
  const ground = all.find((g) => g.class === background);
  if (ground) parts.push(`Background is below ${COLLAPSED} since epoch ${ground.since}.`);
  const undefinedOnes: number[] = [];
  for (let c = firstClass(view); c < view.classes; c++) if (Number.isNaN(view.dice[(n - 1) * view.classes + c]!)) undefinedOnes.push(c);
  if (undefinedOnes.length > 0) parts.push(`${capital(classesInShort(classes, undefinedOnes))}: undefined, in neither labels nor predictions.`);
  parts.push(`Recomputed from labels (${view.labels}) and predictions (newest: ${view.predictions}; ${view.layout}).`);
  return parts.join(" ");
}

/** "Classes 1 and 3 of 10 foreground classes are"; by names "2 of 10 foreground classes (liver and spleen) are". */
function someOf(classes: readonly ClassInfo[], members: readonly number[], foreground: number): string {
  const are = members.length === 1 ? "is" : "are";
  const named = members.some((c) => (classes[c]?.name ?? null) !== null);
  return named ? `${members.length} of ${foreground} foreground classes (${classesInShort(classes, members)}) ${are}` : `${capital(classesInShort(classes, members))} of ${foreground} foreground classes ${are}`;
}

function countHeld(view: EpochsView, background: number): number {
  const row = (view.epochs.length - 1) * view.classes;
  let n = 0;
  for (let c = 0; c < view.classes; c++) if (c !== background && view.labelled[row + c]! > 0) n++;
  return n;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
