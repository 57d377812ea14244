/** Places in text files that findings point at: what the problems list, the dim notes and the hovers show. */
import type { RunEntry } from "../../engine/runs";
import type { Finding, Place, Severity, SymptomId } from "../../run";
import { isInside } from "../options";
import { absolutePath, everyFinding } from "../places";
import { capital, clip, diagnosisWords } from "../words";
import { relative } from "node:path";

export interface Note {
  /** The run's folder; of several runs that say the same of one place, the first. */
  readonly folder: string;
  readonly symptom: SymptomId;
  readonly severity: Severity;
  /** Absolute. */
  readonly path: string;
  /** Lines and columns from 1; without columns the whole line is meant. */
  readonly line: number;
  /** Of the place as a whole: a function, where the note stands at its first line. */
  readonly lastLine: number;
  readonly column: number | null;
  readonly endColumn: number | null;
  readonly message: string;
  /** For the end of the line. */
  readonly short: string;
  readonly related: readonly { readonly path: string; readonly line: number; readonly message: string }[];
  /** All runs that say this of the place. */
  readonly runs: readonly string[];
}

/** Length of a note at the end of a line, in characters. */
const NOTE_LENGTH = 110;

/** Related places at most. */
const MAX_RELATED = 10;

/** Notes by absolute path of their file, each list by line, the worst first. */
export function notesOf(entries: readonly RunEntry[]): Map<string, Note[]> {
  const byPlace = new Map<string, Note>();
  for (const entry of entries) {
    for (const note of runNotes(entry)) {
      const key = `${note.path}\n${note.line}\n${note.symptom}`;
      const same = byPlace.get(key);
      byPlace.set(key, same === undefined ? note : merge(same, note, entry.label));
    }
  }
  const byPath = new Map<string, Note[]>();
  for (const note of byPlace.values()) {
    const list = byPath.get(note.path);
    if (list === undefined) byPath.set(note.path, [note]);
    else list.push(note);
  }
  for (const list of byPath.values()) list.sort((a, b) => a.line - b.line || rank(a.severity) - rank(b.severity));
  return byPath;
}

/** Notes of one run. What an explained finding says of a place that a finding above it points at already is left to that one. */
function runNotes(entry: RunEntry): Note[] {
  if (entry.inspection === null) return [];
  const notes: Note[] = [];
  const taken = new Set<string>();
  for (const { finding, depth } of everyFinding(entry.inspection.findings)) {
    for (const place of finding.at) {
      const path = absolutePath(entry.folder, place.path);
      const key = `${path}\n${place.line}`;
      if (depth > 0 && taken.has(key)) continue;
      taken.add(key);
      notes.push(note(entry, finding, place, path));
    }
  }
  return notes;
}

function note(entry: RunEntry, finding: Finding, place: Place, path: string): Note {
  const inside = isInside(relative(entry.folder, path));
  const oneLine = place.endLine === undefined || place.endLine === place.line;
  const related: { path: string; line: number; message: string }[] = [];
  // Each place once: a hover that lists the same row five times hides the rest.
  const listed = new Set([`${path}\n${place.line}`]);
  const relate = (other: Place, message: string): void => {
    const otherPath = absolutePath(entry.folder, other.path);
    const key = `${otherPath}\n${other.line}`;
    if (listed.has(key)) return;
    listed.add(key);
    related.push({ path: otherPath, line: other.line, message });
  };
  for (const other of finding.at) relate(other, other.note ?? diagnosisWords(finding));
  for (const below of finding.explains) if (below.at[0] !== undefined) relate(below.at[0], clip(below.message, 200));
  const whose = inside ? "" : `${entry.label}: `;
  // The second place of a finding has something of its own to say.
  const said = whose + (place === finding.at[0] || place.note === undefined ? finding.message : `${capital(place.note)}. ${finding.message}`);
  return {
    folder: entry.folder,
    symptom: finding.symptom,
    severity: finding.severity,
    path,
    line: Math.max(1, Math.trunc(place.line)),
    lastLine: Math.max(1, Math.trunc(place.line), Math.trunc(place.endLine ?? place.line)),
    column: place.column ?? null,
    endColumn: oneLine ? (place.endColumn ?? null) : null,
    message: said,
    short: clip(`${whose}${diagnosisWords(finding)} – ${place.note ?? finding.message}`, NOTE_LENGTH),
    related: related.slice(0, MAX_RELATED),
    runs: [entry.folder],
  };
}

function merge(first: Note, other: Note, label: string): Note {
  const worse = rank(other.severity) < rank(first.severity) ? other.severity : first.severity;
  return { ...first, severity: worse, runs: [...first.runs, other.folder], related: [...first.related, ...other.related.slice(0, 1).map((r) => ({ ...r, message: `${label}: ${r.message}` }))].slice(0, MAX_RELATED) };
}

/** 0 is the worst. */
export function rank(severity: Severity): number {
  return severity === "error" ? 0 : severity === "warning" ? 1 : 2;
}

/** What a problem says, with the number of runs where several say it. */
export function noteMessage(note: Note): string {
  return note.runs.length === 1 ? note.message : `${note.message} (and ${note.runs.length - 1} more ${note.runs.length === 2 ? "run" : "runs"})`;
}
