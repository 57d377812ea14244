/** Findings as lines: file:line:col: severity rule message. */
import type { PlacedFinding } from "./placed";

export function lintText(findings: readonly PlacedFinding[], files: number): string {
  const lines = findings.map((f) => `${f.path}${f.cell === undefined ? "" : `:cell ${f.cell}`}:${f.line}:${f.column}: ${f.severity} ${f.rule}: ${f.message}`);
  const count = (severity: PlacedFinding["severity"]): number => findings.filter((f) => f.severity === severity).length;
  const parts = [amount(count("error"), "error"), amount(count("warning"), "warning"), amount(count("info"), "note")].filter((s) => s !== "");
  lines.push(`${files === 1 ? "1 file" : `${files} files`}: ${parts.length === 0 ? "nothing found" : parts.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

function amount(n: number, word: string): string {
  return n === 0 ? "" : `${n} ${word}${n === 1 ? "" : "s"}`;
}
