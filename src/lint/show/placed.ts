/** Findings with lines and columns, as people and other programs read them. */
import { lintPython, type LintOptions } from "../check";
import { cellAt, readNotebook } from "../notebook";
import type { Severity } from "../rules/rule";

export interface PlacedFinding {
  readonly path: string;
  /** Lines and columns count from 1; in a notebook they are those of the cell. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Number of the notebook's cell, from 1. */
  readonly cell?: number;
}

/** Findings of a .py or .ipynb file's text. Null for a notebook that cannot be read. */
export function lintFile(path: string, text: string, options: LintOptions = {}): PlacedFinding[] | null {
  if (!path.endsWith(".ipynb")) {
    // A byte order mark is no column.
    const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
    const at = positions(source);
    return lintPython(path, source, options).map(({ rule, severity, message, range }) => placed(path, at(range.from), at(range.to), rule, severity, message));
  }
  const notebook = readNotebook(text);
  if (notebook === null) return null;
  return lintPython(path, notebook.text, options).flatMap(({ rule, severity, message, range }) => {
    const cell = cellAt(notebook, range.from);
    if (cell === null) return [];
    const at = positions(notebook.text.slice(cell.from, cell.to));
    return [{ ...placed(path, at(range.from - cell.from), at(Math.min(range.to, cell.to) - cell.from), rule, severity, message), cell: cell.number }];
  });
}

interface Position {
  readonly line: number;
  readonly column: number;
}

function positions(text: string): (offset: number) => Position {
  const starts: number[] = [0];
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) starts.push(i + 1);
  return (offset) => {
    let line = starts.length;
    while (line > 1 && starts[line - 1]! > offset) line--;
    return { line, column: offset - starts[line - 1]! + 1 };
  };
}

function placed(path: string, from: Position, to: Position, rule: string, severity: Severity, message: string): PlacedFinding {
  return { path, line: from.line, column: from.column, endLine: to.line, endColumn: to.column, rule, severity, message };
}
