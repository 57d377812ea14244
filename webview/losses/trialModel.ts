/** What the page says of a trial, without a page: choices, rows and charts. */
import { MOST_VARIANTS, type LossRow, type TrialChoice, type TrialLine, type TrialSource, type TrialState, type TrialVerdict } from "../../src/protocol";
import type { Line, LineChart, LineStyle } from "../model/chart";
import { tableOf } from "../model/chart";
import { cycled } from "../model/curves";
import { amount, number, NONE, score, shorten } from "../model/format";
import { plainName } from "./model";

/** Four that tell the most beside the run's own. */
const TELLING: readonly string[] = ["port.manu_per_image_eps", "port.ben_so", "port.ce", "monai.DiceCELoss(softmax)"];

export const SOURCES: Readonly<Record<TrialSource, { readonly text: string; readonly about: string }>> = {
  run: { text: "This run's images", about: "Images and labels of this run, cropped to what is labelled and made smaller. Where no images are found beside the labels, the toy digits stand in." },
  toy: { text: "Toy digits", about: "3,000 handwritten digits of 28 × 28 pixels, 11 classes: background, and the digit that a pixel belongs to." },
  "synthetic 2-D": { text: "Synthetic 2-D", about: "400 made images of 32 × 32, background and three small objects, each absent from three images in ten." },
  "synthetic 3-D": { text: "Synthetic 3-D", about: "120 made volumes of 16 × 16 × 16, background and three small objects, each absent from three in ten." },
};
export const STEPS: readonly { readonly steps: number; readonly text: string }[] = [
  { steps: 200, text: "200, short" },
  { steps: 600, text: "600, usual" },
  { steps: 2000, text: "2,000, long" },
];
/** Steps that a number of one's own may be. */
export const STEP_BOUNDS = { least: 10, most: 20_000 } as const;
export const SEEDS: readonly { readonly seeds: number; readonly text: string }[] = [
  { seeds: 1, text: "1" },
  { seeds: 3, text: "3, shows the spread" },
];

/** What one press trains. */
export function usualChoice(rows: readonly LossRow[], sources: readonly TrialSource[]): TrialChoice {
  return { data: sources[0] ?? "toy", variants: trainable(rows, TELLING), steps: 600, batchNorm: false, seeds: 1 };
}

/** Ids that can be trained on these rows: the run's own first, then the others in their order, so many at most. */
export function trainable(rows: readonly LossRow[], ids: readonly string[]): string[] {
  const own = rows.filter((r) => r.own).map((r) => r.id);
  return [...own, ...ids.filter((id) => !own.includes(id) && rows.some((r) => r.id === id))].slice(0, MOST_VARIANTS);
}

/** A choice that was kept, where it is well-formed. */
export function choiceOf(raw: unknown): TrialChoice | null {
  if (typeof raw !== "object" || raw === null || !("data" in raw) || !("variants" in raw) || !("steps" in raw) || !("seeds" in raw)) return null;
  const data = Object.keys(SOURCES).find((s): s is TrialSource => s === raw.data);
  const { variants, steps, seeds } = raw;
  if (data === undefined || !Array.isArray(variants) || typeof steps !== "number" || typeof seeds !== "number") return null;
  return { data, variants: variants.filter((id) => typeof id === "string"), steps, seeds, batchNorm: "batchNorm" in raw && raw.batchNorm === true };
}

export function isBusy(state: TrialState): boolean {
  return state.phase === "starting" || state.phase === "running" || state.phase === "paused";
}

/** Whether a trial that ran when the page was last told ended with its window: the host that it talks to now knows of none. */
export function endedWithWindow(ran: boolean, before: TrialState | null, next: TrialState): boolean {
  return ran && before === null && (next.phase === "none" || next.restored);
}

export type Outcome = TrialVerdict["variants"][number]["outcome"];

export const OUTCOMES: Readonly<Record<Outcome, { readonly text: string; readonly tone: "error" | "warning" | "healthy" | "unknown" }>> = {
  learned: { text: "learned", tone: "healthy" },
  partly: { text: "learned from some seeds", tone: "warning" },
  little: { text: "learned little", tone: "warning" },
  background: { text: "background alone", tone: "error" },
  stuck: { text: "stood still", tone: "error" },
  nan: { text: "not finite", tone: "error" },
  failed: { text: "failed", tone: "error" },
  stopped: { text: "stopped", tone: "unknown" },
};

export interface VariantRow {
  readonly id: string;
  readonly name: string;
  readonly own: boolean;
  readonly style: LineStyle;
  /** What it does now, or what came out. */
  readonly words: string;
  /** Once the verdict is there. */
  readonly outcome: Outcome | null;
  /** From 0 to 1. */
  readonly done: number;
  readonly loss: string;
  readonly dice: string;
  /** Of the verdict, or why it ended. */
  readonly sentence: string;
  readonly canSkip: boolean;
}

export function variantRows(state: TrialState): VariantRow[] {
  return state.variants.map(({ id, name, own }, i) => {
    const lines = linesOf(state, id);
    const told = state.verdict?.variants.find((v) => v.id === id);
    const over = lines.every((l) => l.why !== null);
    const steps = state.choice?.steps ?? 1;
    const share = lines.reduce((sum, l) => sum + (l.why === null ? (l.steps.at(-1) ?? 0) / steps : 1), 0) / Math.max(1, lines.length);
    const shown = lines.filter((l) => l.steps.length > 0).at(-1);
    return {
      id,
      name: plainName(name),
      own,
      style: styleOf(i, own),
      words: told === undefined ? progressWords(state, lines) : OUTCOMES[told.outcome].text,
      outcome: told?.outcome ?? null,
      done: share,
      loss: number(shown?.loss.at(-1)),
      dice: diceText(lines),
      sentence: told?.sentence ?? lines.find((l) => l.message !== null)?.message ?? "",
      canSkip: isBusy(state) && !over,
    };
  });
}

function progressWords(state: TrialState, lines: readonly TrialLine[]): string {
  const now = lines.findIndex((l) => l.why === null);
  const seed = lines.length > 1 ? `, seed ${now + 1} of ${lines.length}` : "";
  if (now >= 0) {
    const at = lines[now]!.steps.at(-1);
    if (at === undefined) return now === 0 ? "waiting" : `waiting${seed}`;
    return `${state.phase === "paused" ? "paused at " : ""}step ${at} of ${state.choice?.steps ?? at}${seed}`;
  }
  const bad = lines.find((l) => l.why !== "done");
  return bad === undefined ? "done" : bad.why === "nan" ? "not finite" : (bad.why ?? "");
}

/** The newest, or the mean of the seeds that are done with their ends. */
function diceText(lines: readonly TrialLine[]): string {
  const done = lines.filter((l) => l.why === "done");
  const values = (done.length > 0 ? done : lines.filter((l) => l.steps.length > 0).slice(-1)).flatMap((l) => l.foreground.at(-1) ?? []);
  if (values.length === 0) return NONE;
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.length === 1 ? score(mean) : `${score(mean)} (${score(Math.min(...values))} to ${score(Math.max(...values))})`;
}

/** Share of the whole trial that is done, from 0 to 1. */
export function progress(rows: readonly VariantRow[]): number {
  return rows.reduce((sum, r) => sum + r.done, 0) / Math.max(1, rows.length);
}

/** What is left at the pace so far, in words; null where it is not known. */
export function timeLeft(state: TrialState): string | null {
  const steps = state.choice?.steps ?? 0;
  const done = state.lines.reduce((sum, l) => sum + (l.steps.at(-1) ?? 0), 0);
  const seconds = state.lines.reduce((sum, l) => sum + l.seconds, 0);
  if (done === 0 || seconds === 0) return null;
  const left = state.lines.reduce((sum, l) => sum + (l.why === null ? steps - (l.steps.at(-1) ?? 0) : 0), 0) * (seconds / done);
  return left < 60 ? "less than a minute left" : `about ${Math.ceil(left / 60)} min left`;
}

function styleOf(i: number, own: boolean): LineStyle {
  return cycled(i, own ? "strong" : "normal");
}

function linesOf(state: TrialState, id: string): readonly TrialLine[] {
  return state.lines.filter((l) => l.id === id);
}

/** What stands for a variant: the mean of the seeds that are done, else the first one. */
function middle(lines: readonly TrialLine[], value: (line: TrialLine, i: number) => number | null): { readonly x: Float64Array; readonly y: Float64Array } {
  const done = lines.filter((l) => l.why === "done");
  const over = done.length > 0 ? done : lines.slice(0, 1);
  const x = Float64Array.from(over[0]?.steps ?? []);
  const y = x.map((_, i) => {
    const values = over.map((l) => value(l, i) ?? NaN);
    return values.reduce((a, b) => a + b, 0) / values.length;
  });
  return { x, y };
}

/** Foreground Dice over steps, a line a variant; with several seeds each as a thin line too. Null before the first measurement. */
export function foregroundChart(state: TrialState): LineChart | null {
  const several = state.seeds.length > 1;
  const lines: Line[] = [];
  for (const [i, { id, name, own }] of state.variants.entries()) {
    const of = linesOf(state, id);
    const style = styleOf(i, own);
    const { x, y } = middle(of, (l, k) => l.foreground[k] ?? null);
    if (x.length === 0) continue;
    const plain = plainName(name);
    const title = own ? `${plain} (this run's loss)` : plain;
    lines.push({ key: id, label: shorten(plain, 30), title: several ? `${title}, mean of the seeds that are done` : title, x, y, style, named: true });
    if (!several) continue;
    for (const line of of) {
      if (line.steps.length === 0) continue;
      lines.push({ key: `${id} ${line.seed}`, label: `${shorten(plain, 24)}, seed ${line.seed}`, title: `${title}, seed ${line.seed}`, x: Float64Array.from(line.steps), y: numbers(line.foreground), style: { ...style, weight: "thin" }, named: false, listed: false });
    }
  }
  if (lines.length === 0) return null;
  const title = "Foreground Dice";
  const best = lines.filter((l) => l.named && Number.isFinite(l.y.at(-1))).sort((a, b) => b.y.at(-1)! - a.y.at(-1)!)[0];
  const sentence = `Mean Dice of the classes but the background over ${amount(state.val, "validation image")}.${several ? " Thick: mean of the seeds that are done. Thin: each seed." : ""}${best === undefined ? "" : ` Highest so far: ${best.title.replace(/, mean of the seeds.*$/, "")}, ${score(best.y.at(-1)!)}.`}`;
  return chart("trial foreground", title, sentence, lines);
}

/** Dice of each class over steps for one variant. Null before its first measurement. */
export function classChart(state: TrialState, id: string): LineChart | null {
  const variant = state.variants.find((v) => v.id === id);
  const of = linesOf(state, id);
  if (variant === undefined || (of[0]?.steps.length ?? 0) === 0) return null;
  const lines = Array.from({ length: state.classes }, (_, c): Line => {
    const background = c === state.background;
    const style: LineStyle = background ? { colour: "background", dash: 1, marker: 2, weight: "thin" } : cycled(c < state.background ? c : c - 1, "normal");
    return { key: `class ${c}`, label: className(state, c), title: className(state, c), ...middle(of, (l, k) => l.dice[k]?.[c] ?? null), style, named: false };
  }).filter((l) => !l.y.every(Number.isNaN));
  const named = lines.map((l) => ({ ...l, named: state.classes <= 16 && l.y.at(-1)! >= 0.01 }));
  const plain = plainName(variant.name);
  const low = lines.filter((l) => l.style.colour !== "background" && !(l.y.at(-1)! >= 0.01));
  const foreground = lines.filter((l) => l.style.colour !== "background").length;
  const told = low.length === 0 ? "" : low.length === foreground && foreground > 1 ? ` All ${foreground} classes but the background are below 0.01.` : ` Below 0.01: ${low.map((l) => l.label).join(", ")}.`;
  return chart("trial classes", `Dice per class: ${plain}`, `Over ${amount(state.val, "validation image")}${state.seeds.length > 1 ? ", mean of the seeds that are done" : ""}.${told}`, named);
}

function chart(key: string, title: string, sentence: string, lines: readonly Line[]): LineChart {
  // A low score is to be seen, too; the ends are few, so that the drawing does not jump with every measurement.
  const largest = lines.reduce((most, l) => l.y.reduce((a, b) => (b > a ? b : a), most), 0);
  const max = [0.1, 0.2, 0.5].find((end) => largest <= 0.95 * end) ?? 1;
  return { key, title, sentence, unit: "step", lines, scales: [], scale: "linear", log: false, min: 0, max, region: null, notes: [], value: score, table: () => tableOf(title, "step", lines, score) };
}

export function className(state: Pick<TrialState, "names">, c: number): string {
  return state.names[c] ?? `class ${c}`;
}

function numbers(values: readonly (number | null)[]): Float64Array {
  return Float64Array.from(values, (v) => v ?? NaN);
}

/** Dice of the classes but the background on one image, over those that it or the prediction holds; null where there are none. */
export function pictureDice(labels: Uint8Array, predicted: Uint8Array, background: number): number | null {
  const values = counted(labels, predicted).filter((c) => c.class !== background).map((c) => (2 * c.both) / (c.labelled + c.predicted));
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

/** What a picture shows, in numbers: for those who do not see it. */
export function pictureText(state: Pick<TrialState, "names" | "background">, labels: Uint8Array, predicted: Uint8Array): string {
  const parts = counted(labels, predicted).filter((c) => c.class !== state.background).map((c) => `${className(state, c.class)}: ${amount(c.labelled, "pixel")} labelled, ${c.predicted.toLocaleString("en")} predicted, ${c.both.toLocaleString("en")} of them right`);
  return parts.length === 0 ? "background alone, in labels and prediction" : parts.join("; ");
}

interface Counted {
  readonly class: number;
  readonly labelled: number;
  readonly predicted: number;
  readonly both: number;
}

/** Pixels of each class that is there, ascending. */
function counted(labels: Uint8Array, predicted: Uint8Array): Counted[] {
  const counts = new Map<number, { labelled: number; predicted: number; both: number }>();
  const at = (c: number): { labelled: number; predicted: number; both: number } => {
    const found = counts.get(c) ?? { labelled: 0, predicted: 0, both: 0 };
    counts.set(c, found);
    return found;
  };
  for (let i = 0; i < labels.length; i++) {
    at(labels[i]!).labelled++;
    at(predicted[i]!).predicted++;
    if (labels[i] === predicted[i]) at(labels[i]!).both++;
  }
  return [...counts].map(([c, n]) => ({ class: c, ...n })).sort((a, b) => a.class - b.class);
}
