/** A hover over a row that a finding points at, or a row of a log whose epoch was measured: the classes at that epoch. */
import { Hover, languages, MarkdownString, type HoverProvider, type Position, type TextDocument } from "vscode";
import { relative, sep } from "node:path";
import type { Disposable, RunEntry } from "../../engine/runs";
import type { WorkspaceRuns } from "../workspaceRuns";
import { absolutePath, everyFinding } from "../places";
import { COMMAND, commandLink } from "../commands/commandNames";
import { isInside } from "../options";
import { classTable, epochOfLine, escapeMarkdown, measureAt } from "./classTable";
import type { NoteBook } from "./noteBook";
import type { Note } from "./notes";

export class ClassHover implements HoverProvider, Disposable {
  private readonly registered: Disposable;

  constructor(
    private readonly book: NoteBook,
    private readonly runs: WorkspaceRuns,
  ) {
    this.registered = languages.registerHoverProvider({ scheme: "file" }, this);
  }

  dispose(): void {
    this.registered.dispose();
  }

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const line = position.line + 1;
    const note = this.book.in(document.uri).find((n) => n.line === line);
    const entry = note === undefined ? this.runOf(document.uri.fsPath) : this.runs.get(note.folder);
    if (entry === undefined) return undefined;
    const text = hoverText(entry, note, document.uri.fsPath, line);
    if (text === null) return undefined;
    const markdown = new MarkdownString(text);
    markdown.isTrusted = { enabledCommands: [COMMAND.openRun] };
    return new Hover(markdown);
  }

  private runOf(path: string): RunEntry | undefined {
    return this.runs.entries.find((entry) => isInside(relative(entry.folder, path)));
  }
}

/** Markdown of the hover; null where there is nothing to say. */
function hoverText(entry: RunEntry, note: Note | undefined, path: string, line: number): string | null {
  const inspection = entry.inspection;
  if (inspection === null) return null;
  const log = relative(entry.folder, path).split(sep).join("/");
  const logged = epochOfLine(inspection, log, line);
  if (note === undefined && logged === null) return null;
  const since = note === undefined ? null : sinceOf(entry, note);
  const measure = measureAt(inspection, logged ?? since);
  // A row of a log without a measure of its own epoch, and nothing wrong in it, needs no hover.
  if (note === undefined && measure?.epoch !== logged) return null;
  const parts = [`**${escapeMarkdown(entry.label)}**${measure === null ? "" : ` at epoch ${measure.epoch}`}`];
  if (measure !== null) parts.push(classTable(inspection, measure));
  parts.push(`[Open the run](${commandLink(COMMAND.openRun, entry.folder)})`);
  return parts.join("\n\n");
}

function sinceOf(entry: RunEntry, note: Note): number | null {
  for (const { finding } of everyFinding(entry.inspection?.findings ?? [])) {
    if (finding.symptom !== note.symptom) continue;
    if (finding.at.some((place) => place.line === note.line && absolutePath(entry.folder, place.path) === note.path)) return finding.since?.epoch ?? null;
  }
  return null;
}
