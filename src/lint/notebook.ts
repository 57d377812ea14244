/** Code cells of a Jupyter notebook as one Python text, and back: what one cell defines, later ones use. */

export interface Cell {
  /** From 1, among the code cells and others as the notebook lists them. */
  readonly number: number;
  /** Where its text begins and ends in the joined text. */
  readonly from: number;
  readonly to: number;
}

export interface Notebook {
  readonly text: string;
  readonly cells: readonly Cell[];
}

/** Null for what is no notebook. Lines with magics (%, !) become comments of the same length. */
export function readNotebook(json: string): Notebook | null {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch {
    return null; // half-written, or something else under that name
  }
  const listed = property(document, "cells") ?? property(firstOf(property(document, "worksheets")), "cells");
  if (!Array.isArray(listed)) return null;
  return joinCells(
    listed.flatMap((cell: unknown, i) => {
      if (property(cell, "cell_type") !== "code") return [];
      const source = property(cell, "source") ?? property(cell, "input");
      const text = Array.isArray(source) ? source.filter((s) => typeof s === "string").join("") : typeof source === "string" ? source : "";
      return [{ number: i + 1, text }];
    }),
  );
}

/** Code cells in their order as one text. */
export function joinCells(codes: readonly { readonly number: number; readonly text: string }[]): Notebook {
  let text = "";
  const cells: Cell[] = [];
  for (const { number, text: code } of codes) {
    const readable = code.startsWith("%%") && !code.startsWith("%%time") ? code.replace(/[^\n]/g, "#") : code.replace(/^([ \t]*)[%!?]([^\n]*)$/gm, "$1#$2");
    cells.push({ number, from: text.length, to: text.length + readable.length });
    text += readable.endsWith("\n") ? `${readable}\n` : `${readable}\n\n`;
  }
  return { text, cells };
}

/** The cell in which an offset of the joined text lies. */
export function cellAt(notebook: Notebook, offset: number): Cell | null {
  return notebook.cells.find((c) => c.from <= offset && offset <= c.to) ?? null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[0] : undefined;
}
