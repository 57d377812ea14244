/** Tables that a loop prints: a line of column names, then a row an epoch (fastai's ProgressCallback, Ultralytics, hand-drawn ones). */
import type { Count } from "./counters";
import { isMeasure, isSkipped } from "./names";
import { numberOf, type Pair } from "./pairs";

/** Plain data. */
export interface TableState {
  readonly columns: string[];
  /** Column of the epoch or iteration; -1 where lines before the table tell. */
  readonly counter: number;
  readonly unit: "epoch" | "step";
  /** "|" where bars part the cells, "\t", or "" for blanks. */
  readonly separator: string;
}

const COUNTER = /^(?:epochs?|ep|step|steps|iter|iteration|iterations|round)$/i;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?$|^[-+]?(?:nan|inf)$/i;

/** The columns of a header line; null where the line is none. */
export function headerOf(text: string): TableState | null {
  if (text.length > 512 || /\d{3,}|[:={}]/.test(text)) return null;
  const separator = text.includes("|") ? "|" : text.includes("\t") ? "\t" : text.includes(",") ? "," : "";
  const columns = cellsOf(text, separator);
  if (columns.length < 2 || columns.some((cell) => cell === "" || NUMBER.test(cell) || (separator !== "" && cell.split(" ").length > 4))) return null;
  const counter = columns.findIndex((cell) => COUNTER.test(cell));
  if (!columns.some((cell) => isMeasure(cell))) return null;
  // Without bars a sentence looks the same: the first column must count there.
  if (counter < 0) return null;
  if (separator === "" && counter !== 0) return null;
  return { columns, counter, unit: /^(?:ep|round)/i.test(columns[counter]!) ? "epoch" : "step", separator };
}

/** The numbers of a row; null where the line is no row of the table. */
export function rowOf(table: TableState, text: string): { readonly count: Count | null; readonly pairs: Pair[] } | null {
  const bar = text.search(/:?\s*\d{1,3}%\|/);
  const cells = cellsOf(bar > 0 ? text.slice(0, bar) : text, table.separator);
  if (cells.length !== table.columns.length) return null;
  const first = /^(\d{1,9})(?:\/(\d{1,9}))?$/.exec(cells[table.counter]!);
  if (first === null) return null;
  const pairs: Pair[] = [];
  cells.forEach((cell, i) => {
    const name = table.columns[i]!;
    if (i === table.counter || !NUMBER.test(cell) || isSkipped(name)) return;
    pairs.push({ name, value: numberOf(cell.replace("%", "")), measure: isMeasure(name) });
  });
  if (pairs.length === 0) return null;
  return { count: { at: Number(first[1]), of: Number(first[2] ?? 0) }, pairs };
}

function cellsOf(text: string, separator: string): string[] {
  if (separator === "") return text.trim().split(/\s+/);
  const inner = separator === "|" ? text.trim().replace(/^\||\|$/g, "") : text;
  return inner.split(separator).map((cell) => cell.trim());
}
