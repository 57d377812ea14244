/** The report for people: a table of runs, then each run's findings in the words that the editor uses. */
import { table } from "./layout";
import { epochCount, foregroundDice, knownSettings, leadingFinding, verdict, wrap, type Finding, type Inspection } from "../run";

export interface TextOptions {
  /** ANSI colours; only for a terminal. */
  readonly colour: boolean;
  /** Characters a line. */
  readonly width: number;
}

const ANSI = { error: "31", warning: "33", info: "36", good: "32", dim: "2", bold: "1" } as const;

export function textReport(runs: readonly { readonly path: string; readonly run: Inspection }[], options: TextOptions): string {
  const paint = (style: keyof typeof ANSI, text: string): string => (options.colour ? `\x1b[${ANSI[style]}m${text}\x1b[0m` : text);
  const lines: string[] = [];
  const rows = runs.map(({ path, run }) => summaryRow(path, run));
  lines.push(...table([["RUN", "STATE", "EPOCHS", "FG DICE", "DIAGNOSIS"], ...rows.map((row) => row.cells)], (cell, row, column) =>
    row === 0 ? paint("dim", cell) : column === 4 ? paint(rows[row - 1]!.style, cell) : cell,
  ));
  for (const { path, run } of runs) {
    lines.push("", paint("bold", path === "." ? run.name : path));
    const settings = knownSettings(run.config);
    if (settings.length > 0) lines.push(...wrap(settings.map(({ name, value }) => `${name} ${value}`).join("; "), options.width, "  set: ", "       ").map((line) => paint("dim", line)));
    if (leadingFinding(run.findings) === undefined) lines.push(...verdictLines(run, options, paint));
    for (const finding of run.findings) lines.push(...findingLines(finding, run, options, paint));
    for (const reason of run.cannotJudge) lines.push(...wrap(reason, options.width, "  - ", "    "));
    for (const problem of run.problems) lines.push(...wrap(`${problem.path}: ${problem.message}`, options.width, "  ! ", "    "));
    for (const assumption of run.assumptions) lines.push(...wrap(`assumed: ${assumption}`, options.width, "  · ", "    ").map((line) => paint("dim", line)));
  }
  return `${lines.join("\n")}\n`;
}

/** What is said of a run that nothing was found wrong with: never healthier than what was looked at. */
function verdictLines(run: Inspection, options: TextOptions, paint: (style: keyof typeof ANSI, text: string) => string): string[] {
  const { tone, text, checked } = verdict(run);
  const looked = checked.length === 0 ? "" : ` Checked: ${checked.join("; ")}.`;
  const mark = tone === "healthy" ? "✓" : "?";
  return wrap(`${text}${looked}`, options.width, `  ${mark} `, "    ").map((line, i) => (i === 0 && tone === "healthy" ? line.replace(mark, paint("good", mark)) : line));
}

function foregroundDiceText(run: Inspection): string {
  const last = run.epochs.at(-1);
  const value = last === undefined ? null : foregroundDice(last, run.background);
  return value === null ? "–" : value.toFixed(3);
}

function summaryRow(path: string, run: Inspection): { cells: string[]; style: keyof typeof ANSI } {
  const lead = leadingFinding(run.findings);
  const epochs = epochCount(run);
  return {
    cells: [path === "." ? run.name : path, run.state, epochs === null ? "–" : String(epochs), foregroundDiceText(run), lead === undefined ? verdict(run).short : diagnosis(lead)],
    style: lead === undefined ? (verdict(run).tone === "healthy" ? "good" : "dim") : lead.severity,
  };
}

/** e.g. "only-background since epoch 0". */
export function diagnosis(finding: Finding): string {
  const since = finding.since?.epoch !== undefined ? ` since epoch ${finding.since.epoch}` : finding.since?.step !== undefined ? ` since step ${finding.since.step}` : "";
  return finding.symptom + since;
}

function findingLines(finding: Finding, run: Inspection, options: TextOptions, paint: (style: keyof typeof ANSI, text: string) => string, indent = "  "): string[] {
  const mark = finding.severity === "error" ? "✗" : finding.severity === "warning" ? "▲" : "·";
  const lines = wrap(`${diagnosis(finding)}: ${finding.message}`, options.width, `${indent}${mark} `, `${indent}  `).map((line, i) => (i === 0 ? line.replace(mark, paint(finding.severity, mark)) : line));
  const inner = `${indent}  `;
  for (const place of finding.at) lines.push(paint("dim", `${inner}at ${place.path}:${place.line}${place.note === undefined ? "" : `  ${place.note}`}`));
  if (indent === "  ") {
    finding.causes.forEach((cause, i) => lines.push(...wrap(cause, options.width, `${inner}${i === 0 ? "likely: " : "or:     "}`, `${inner}        `)));
    finding.advice.forEach((advice, i) => lines.push(...wrap(advice, options.width, `${inner}${i + 1}. `, `${inner}   `)));
  }
  for (const below of finding.explains) lines.push(...findingLines(below, run, options, paint, inner));
  return lines;
}
