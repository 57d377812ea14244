/** Text in columns and lines. */

/** Rows with their columns under each other; the last column is not padded. */
export function table(rows: readonly (readonly string[])[], paint: (cell: string, row: number, column: number) => string): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows.map((row, r) => row.map((cell, c) => paint(c === row.length - 1 ? cell : cell.padEnd(widths[c]!), r, c)).join("  "));
}
