/** What a line chart shows, as plain data: made by the view models, drawn by charts/. */

/** What positions along x are. Charts of one unit share their cursor. */
export type Unit = "epoch" | "step" | "checkpoint";

/** How a line is told from the others: by colour, dash and marker together. */
export interface LineStyle {
  /** Index into the theme's palette, or a role with its own colour. */
  readonly colour: number | "mean" | "background" | "quiet";
  /** Index into DASHES. */
  readonly dash: number;
  /** Index into MARKERS. */
  readonly marker: number;
  readonly weight: "thin" | "normal" | "strong";
}

/** Dash patterns in pixels, and markers, by index. */
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];
export const MARKERS = ["circle", "triangle", "rect", "rectRot"] as const;

export interface Line {
  /** Stable over updates, unique in its chart. */
  readonly key: string;
  /** As short as possible, for the drawing. */
  readonly label: string;
  /** In full, for table and screen reader. */
  readonly title: string;
  /** Ascending. */
  readonly x: Float64Array;
  /** NaN and infinities are gaps, with a mark. */
  readonly y: Float64Array;
  readonly style: LineStyle;
  /** Written at the line's end when there is room. */
  readonly named: boolean;
  /** False: not in the list above the chart; the table has it. */
  readonly listed?: boolean;
}

/** Text on the drawing, right-aligned at a point of the data. */
export interface Note {
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly tone: "bad" | "plain";
}

/** A horizontal region up to a value, from the bottom of the chart. */
export interface Region {
  readonly below: number;
  readonly text: string;
}

export interface Scale {
  readonly id: string;
  readonly text: string;
}

/** Rows of text; the first column names the row. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** What was left out, if anything. */
  readonly note: string | null;
}

export interface LineChart {
  readonly key: string;
  readonly title: string;
  /** What the lines show, in one or two sentences. */
  readonly sentence: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
  /** Scales that the user may choose from; empty when there is no choice. */
  readonly scales: readonly Scale[];
  readonly scale: string;
  readonly log: boolean;
  /** Fixed ends of the y axis. On a log scale a value of 0 is drawn at `min`. */
  readonly min: number | null;
  readonly max: number | null;
  readonly region: Region | null;
  readonly notes: readonly Note[];
  /** Not of the network but of the machine: shown on demand. */
  readonly minor?: boolean;
  /** How a value is written. */
  readonly value: (v: number) => string;
  /** Made when it is opened. */
  readonly table: () => Table;
}

/** What a line says at a position. */
export interface Reading {
  readonly line: Line;
  /** The position that was read: the newest point at or before the one asked for. */
  readonly at: number;
  readonly value: number;
}

/** Index of the newest entry at or before `x` in ascending numbers; -1 when all lie behind. */
export function indexAt(xs: Float64Array, x: number): number {
  let low = 0;
  let high = xs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Value of each line at a position, or at the newest point before it; lines that begin later are left out. */
export function readAt(chart: Pick<LineChart, "lines">, x: number): Reading[] {
  const out: Reading[] = [];
  for (const line of chart.lines) {
    const i = indexAt(line.x, x);
    if (i >= 0) out.push({ line, at: line.x[i]!, value: line.y[i]! });
  }
  return out;
}

/** All positions of a chart, ascending, each once. */
export function positions(chart: Pick<LineChart, "lines">): Float64Array {
  const all = new Set<number>();
  for (const line of chart.lines) for (const x of line.x) all.add(x);
  return Float64Array.from(all).sort();
}

/** The entry of ascending numbers that is nearest to `x`; null when there is none. */
export function nearest(xs: Float64Array, x: number): number | null {
  if (xs.length === 0) return null;
  const i = indexAt(xs, x);
  if (i < 0) return xs[0]!;
  const here = xs[i]!;
  const next = xs[i + 1];
  return next !== undefined && next - x < x - here ? next : here;
}

export type Move = "previous" | "next" | "first" | "last";

/** Where a key takes the cursor. Without a cursor, "previous" and "next" begin at the end. */
export function moved(xs: Float64Array, from: number | null, move: Move): number | null {
  if (xs.length === 0) return null;
  const last = xs.length - 1;
  if (move === "first") return xs[0]!;
  if (move === "last" || from === null) return xs[last]!;
  const i = indexAt(xs, from);
  if (move === "next") return xs[Math.min(i + 1, last)]!;
  return xs[Math.max(0, i >= 0 && xs[i] === from ? i - 1 : i)]!;
}

/** Whether every finite value of the lines is above 0 and they span enough for a log scale to show more: a factor of ten. */
export function spansDecades(lines: readonly Line[]): boolean {
  let low = Infinity;
  let high = 0;
  for (const line of lines) {
    for (const v of line.y) {
      if (!Number.isFinite(v)) continue;
      if (v <= 0) return false;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  return high >= 10 * low;
}

/** Rows a table shows at most. */
export const MAX_ROWS = 1000;

/** One row a position, one column a line; a dash where a line has no point at that very position. */
export function tableOf(caption: string, unit: Unit, lines: readonly Line[], value: (v: number) => string): Table {
  const xs = positions({ lines });
  const from = Math.max(0, xs.length - MAX_ROWS);
  const rows: string[][] = [];
  for (const x of xs.subarray(from)) {
    const row = [String(x)];
    for (const line of lines) {
      const i = indexAt(line.x, x);
      row.push(i >= 0 && line.x[i] === x ? value(line.y[i]!) : "–");
    }
    rows.push(row);
  }
  return {
    caption,
    columns: [unit, ...lines.map((l) => l.title)],
    rows,
    note: from > 0 ? `The newest ${MAX_ROWS} of ${xs.length} rows.` : null,
  };
}

/** The lines' values at one position, a row a line; `what` says what a line is of. */
export function tableAt(chart: LineChart, x: number, what: string): Table {
  const rows = readAt(chart, x).map(({ line, value }) => [line.title, chart.value(value)]);
  return { caption: `${chart.title} at ${chart.unit} ${x}`, columns: [what, `${chart.unit} ${x}`], rows, note: null };
}
