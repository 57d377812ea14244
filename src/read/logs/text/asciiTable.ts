/** Tables drawn with "+----+" and "|": a row a class (terminaltables and prettytable, as mmseg and mmdet print them). */
import { numberOf } from "./pairs";

/** Columns of the table that is being read. Plain data. */
export interface AsciiTableState {
  readonly columns: readonly string[];
}

export interface TableCell {
  readonly column: string;
  readonly row: string;
  readonly value: number;
}

const RULE = /^\+[-=+]{3,}\+$/;
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?%?$|^nan$/i;
const COUNTS = /^(?:gts?|dets?|count|num|images|instances|id|index)$/i;
const MOST_COLUMNS = 64;

export class AsciiTable {
  constructor(public state: AsciiTableState | null) {}

  /** The numbers of one line of a table whose first column names classes; none for other lines. */
  take(line: string): TableCell[] {
    const text = line.trim();
    if (RULE.test(text)) return [];
    if (!text.startsWith("|") || !text.endsWith("|") || text.length < 3) {
      if (text !== "") this.state = null;
      return [];
    }
    const cells = text.slice(1, -1).split("|").map((cell) => cell.trim());
    if (cells.length < 2 || cells.length > MOST_COLUMNS) return [];
    if (!cells.slice(1).some((cell) => NUMBER.test(cell))) {
      this.state = /^(?:class|category|name|label|organ|structure)e?s?$/i.test(cells[0]!) ? { columns: cells } : null;
      return [];
    }
    const columns = this.state?.columns;
    if (columns?.length !== cells.length) return [];
    // mmdet lays long lists of classes side by side: "| category | AP | category | AP |".
    const out: TableCell[] = [];
    let row = cells[0]!;
    cells.forEach((cell, i) => {
      if (i > 0 && columns[i]! === columns[0]!) row = cell;
      else if (i > 0 && row !== "" && NUMBER.test(cell) && !COUNTS.test(columns[i]!)) out.push({ column: columns[i]!, row, value: numberOf(cell.replace("%", "")) });
    });
    return out;
  }
}
