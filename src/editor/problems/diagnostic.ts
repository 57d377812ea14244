/** What every problem of ours has in common, of a run's and of the linter's. */
import { DiagnosticRelatedInformation, DiagnosticSeverity, Location, Position, Uri } from "vscode";
import type { Severity } from "../../run";
import { COMMAND, commandLink } from "../commands/commandNames";
import type { Note } from "./notes";

export const SOURCE = "Run Doctor";

export const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, info: DiagnosticSeverity.Information };

/** A problem's code, which opens the page of a symptom or of a rule. */
export function codeOf(code: string, page: string): { readonly value: string; readonly target: Uri } {
  return { value: code, target: Uri.parse(commandLink(COMMAND.openDocs, page)) };
}

/** Where else a note points. */
export function relatedOf(note: Note): DiagnosticRelatedInformation[] {
  return note.related.map((place) => new DiagnosticRelatedInformation(new Location(Uri.file(place.path), new Position(Math.max(0, place.line - 1), 0)), place.message));
}
