/**
 * Where findings of runs and of the linter speak of the same place of a loss, they are shown as one: the linter's range and fixes, the
 * run's numbers first. Pure: plain data in, plain data out.
 */
import type { Severity } from "../../run";
import { noteMessage, rank, type Note } from "../problems/notes";

/** Lines of a file, from 1, both included. */
export interface Lines {
  readonly line: number;
  readonly endLine: number;
}

/** What the linter found, by lines. */
export interface LintedLines extends Lines {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** Places in the same file that take part: where the weights are made, where they are used. */
  readonly related: readonly Lines[];
}

/** One finding of the linter with what runs say of its place. */
export interface Meeting<F extends LintedLines> {
  readonly finding: F;
  /** The worst first. */
  readonly notes: readonly Note[];
  /** The worse of the two: what a run has shown outweighs what its code may do, and code that must fail outweighs what it did so far. */
  readonly severity: Severity;
  /** The run's sentences, then, on a line of its own, the linter's. */
  readonly message: string;
  /** Symptoms, then the rule: "only-background, L2". */
  readonly code: string;
}

export interface Met<F extends LintedLines> {
  readonly meetings: readonly Meeting<F>[];
  /** What the linter found where no run speaks. */
  readonly findings: readonly F[];
  /** What runs say where the linter found nothing: what the runs' own list is to show. */
  readonly notes: readonly Note[];
  /** For the ends of lines: each note once, those that met on the line of their finding. */
  readonly inline: readonly { readonly line: number; readonly note: Note }[];
}

const SEPARATOR = ", ";

/** `notes` and `findings` of one file. */
export function meet<F extends LintedLines>(notes: readonly Note[], findings: readonly F[]): Met<F> {
  const best = new Map<string, { readonly note: Note; readonly finding: F; readonly way: number }>();
  for (const note of notes) {
    const found = nearest(note, findings);
    const known = best.get(keyOf(note));
    if (found !== null && (known === undefined || found.way < known.way)) best.set(keyOf(note), { note, ...found });
  }
  const byFinding = new Map<F, Note[]>();
  for (const { note, finding } of best.values()) byFinding.set(finding, [...(byFinding.get(finding) ?? []), note]);
  const meetings = findings.flatMap((finding) => (byFinding.has(finding) ? [meetingOf(finding, byFinding.get(finding)!)] : []));
  // A finding of a run that met is shown once: its other places in the file have nothing else to say.
  const left = notes.filter((note) => !best.has(keyOf(note)));
  const inline = [...left.map((note) => ({ line: note.line, note })), ...meetings.flatMap(({ finding, notes: all }) => all.map((note) => ({ line: finding.line, note })))];
  inline.sort((a, b) => a.line - b.line || rank(a.note.severity) - rank(b.note.severity));
  return { meetings, findings: findings.filter((finding) => !byFinding.has(finding)), notes: left, inline };
}

/** Whether a problem's code names a symptom or rule, alone or with others. */
export function hasCode(code: string | number | undefined, id: string): boolean {
  return typeof code === "string" && code.split(SEPARATOR).includes(id);
}

/** The same statement of the same runs, wherever it stands. */
function keyOf(note: Note): string {
  return [note.symptom, ...note.runs].join("\n");
}

/**
 * The finding that speaks of a note's place: on its line; else one that the place takes part in (the weights of its loss); else, for a
 * note about a whole loss, one inside of it that is more than a remark.
 */
function nearest<F extends LintedLines>(note: Note, findings: readonly F[]): { readonly finding: F; readonly way: number } | null {
  let best: { readonly finding: F; readonly way: number } | null = null;
  for (const finding of findings) {
    const way = wayTo(note, finding);
    if (way === null) continue;
    const better = best === null ? -1 : way - best.way || rank(finding.severity) - rank(best.finding.severity) || Math.abs(finding.line - note.line) - Math.abs(best.finding.line - note.line);
    if (better < 0) best = { finding, way };
  }
  return best;
}

function wayTo(note: Note, finding: LintedLines): number | null {
  if (holds(finding, note.line)) return 0;
  if (finding.related.some((lines) => holds(lines, note.line))) return 1;
  return finding.severity !== "info" && note.line <= finding.line && finding.endLine <= note.lastLine ? 2 : null;
}

function holds(lines: Lines, line: number): boolean {
  return lines.line <= line && line <= lines.endLine;
}

function meetingOf<F extends LintedLines>(finding: F, notes: readonly Note[]): Meeting<F> {
  const sorted = [...notes].sort((a, b) => rank(a.severity) - rank(b.severity) || a.line - b.line);
  const said = [...new Set(sorted.map(noteMessage))].join(" ");
  const severity = sorted.reduce<Severity>((worst, note) => (rank(note.severity) < rank(worst) ? note.severity : worst), finding.severity);
  return { finding, notes: sorted, severity, message: `${said}\n${finding.message}`, code: [...new Set<string>(sorted.map((note) => note.symptom)), finding.rule].join(SEPARATOR) };
}
