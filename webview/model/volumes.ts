/** Predicted against labelled volume per class at one epoch. */
import type { RunView } from "../../src/protocol";
import { classLabel, classTitle } from "./classes";
import { indexAt } from "./chart";
import { firstClass } from "./dice";
import type { Table } from "./chart";
import { amount, number, score, shorten } from "./format";

export interface VolumeRow {
  readonly class: number;
  readonly label: string;
  readonly title: string;
  readonly background: boolean;
  /** Voxels. */
  readonly labelled: number;
  readonly predicted: number;
  /** predicted / labelled; null where the labels lack the class. */
  readonly ratio: number | null;
  readonly dice: number;
  /** Far from the labelled volume: less than a tenth or more than ten times, or predicted though absent. */
  readonly off: boolean;
}

export interface VolumeChart {
  readonly epoch: number;
  readonly epochs: Float64Array;
  readonly rows: readonly VolumeRow[];
  /** Classes left out of the drawing; the table has them. */
  readonly leftOut: number;
  readonly sentence: string;
  readonly table: () => Table;
}

/** Bars that a page draws at most. */
const MAX_BARS = 40;

/** Volumes at an epoch, or at the newest measured one before it; null when none was measured. */
export function volumeChart(run: Pick<RunView, "epochs" | "trainEpochs" | "classes" | "background">, at: number | null): VolumeChart | null {
  const view = run.epochs ?? run.trainEpochs;
  if (!view || view.epochs.length === 0) return null;
  const e = at === null ? view.epochs.length - 1 : Math.max(0, indexAt(view.epochs, at));
  const epoch = view.epochs[e]!;
  const all: VolumeRow[] = [];
  for (let c = firstClass(view); c < view.classes; c++) {
    const labelled = view.labelled[e * view.classes + c]!;
    const predicted = view.predicted[e * view.classes + c]!;
    const ratio = labelled > 0 ? predicted / labelled : null;
    all.push({
      class: c,
      label: (run.classes[c]?.name ?? null) === null ? (c === run.background ? "background" : `class ${c}`) : shorten(classLabel(run.classes, c), 18),
      title: `${classTitle(run.classes, c)}${c === run.background ? " (background)" : ""}`,
      background: c === run.background,
      labelled,
      predicted,
      ratio,
      dice: view.dice[e * view.classes + c]!,
      off: ratio === null ? predicted > 0 : ratio < 0.1 || ratio > 10,
    });
  }
  const rows = all.length <= MAX_BARS ? all : largest(all);
  return {
    epoch,
    epochs: view.epochs,
    rows,
    leftOut: all.length - rows.length,
    sentence: sentence(all, epoch),
    table: () => tableFor(all, epoch),
  };
}

function largest(rows: readonly VolumeRow[]): VolumeRow[] {
  const chosen = [...rows].sort((a, b) => b.labelled + b.predicted - (a.labelled + a.predicted)).slice(0, MAX_BARS);
  return chosen.sort((a, b) => a.class - b.class);
}

/** How many times the labelled volume is predicted: "1.02×", "0×". */
export function ratioText(ratio: number | null): string {
  if (ratio === null) return "not labelled";
  return `${number(ratio === 0 ? 0 : ratio >= 100 ? Math.round(ratio) : Number(ratio.toPrecision(3)))}×`;
}

function sentence(rows: readonly VolumeRow[], epoch: number): string {
  const foreground = rows.filter((r) => !r.background);
  const labelled = sum(foreground, (r) => r.labelled);
  const predicted = sum(foreground, (r) => r.predicted);
  const missing = foreground.filter((r) => r.labelled > 0 && r.predicted === 0).length;
  const held = foreground.filter((r) => r.labelled > 0).length;
  const parts = [`At epoch ${epoch}, ${number(predicted)} foreground voxels are predicted where ${number(labelled)} are labelled.`];
  if (missing > 0) parts.push(missing === held ? `None of ${amount(held, "foreground class", "foreground classes")} is predicted.` : `${missing} of ${held} foreground classes ${missing === 1 ? "is" : "are"} not predicted at all.`);
  return parts.join(" ");
}

function sum(rows: readonly VolumeRow[], of: (r: VolumeRow) => number): number {
  return rows.reduce((total, r) => total + of(r), 0);
}

function tableFor(rows: readonly VolumeRow[], epoch: number): Table {
  return {
    caption: `Voxels per class at epoch ${epoch}`,
    columns: ["class", "labelled", "predicted", "predicted / labelled", "Dice"],
    rows: rows.map((r) => [r.title, number(r.labelled), number(r.predicted), r.ratio === null ? "–" : ratioText(r.ratio), score(r.dice)]),
    note: null,
  };
}
