/** Findings → problems of one document. */
import { Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, Location, Position, Range, Uri, type TextDocument } from "vscode";
import type { Finding, Severity } from "../../lint/rules/rule";
import type { Note } from "../problems/notes";
import { SOURCE } from "../problems/problemList";
import type { CheckedDocument } from "./checkedDocument";
import type { Meeting } from "./meet";
import { metIn, type MeetingFinding } from "./metDocument";

const SEVERITY: Readonly<Record<Severity, DiagnosticSeverity>> = { error: DiagnosticSeverity.Error, warning: DiagnosticSeverity.Warning, info: DiagnosticSeverity.Information };

/** Where a range of another file (or cell), given by its path as findings name it, is shown; null where it cannot be. */
export type Places = (path: string, range: { readonly from: number; readonly to: number }) => Location | null;

/** Pure: the same findings, text and notes give the same problems. What runs say of a finding's place is said with it. */
export function diagnosticsOf(checked: Pick<CheckedDocument, "findings">, document: Pick<TextDocument, "uri" | "positionAt">, notes: readonly Note[], places: Places): Diagnostic[] {
  const met = new Map(metIn(checked.findings, document, notes).meetings.map((meeting) => [meeting.finding.of, meeting]));
  return checked.findings.map((finding) => {
    const meeting = met.get(finding);
    const diagnostic = diagnosticOf(finding, document, places);
    return meeting === undefined ? diagnostic : withRuns(diagnostic, meeting);
  });
}

/** The finding's range and places, with what runs say of it first. */
function withRuns(diagnostic: Diagnostic, { message, severity, code, notes }: Meeting<MeetingFinding>): Diagnostic {
  diagnostic.message = message;
  diagnostic.severity = SEVERITY[severity];
  diagnostic.code = { value: code, target: pageUri(notes[0]?.symptom ?? code) };
  const said = notes.flatMap((note) => note.related.map((place) => new DiagnosticRelatedInformation(new Location(Uri.file(place.path), new Position(Math.max(0, place.line - 1), 0)), place.message)));
  diagnostic.relatedInformation = [...said, ...(diagnostic.relatedInformation ?? [])];
  return diagnostic;
}

function diagnosticOf(finding: Finding, document: Pick<TextDocument, "uri" | "positionAt">, places: Places): Diagnostic {
  const diagnostic = new Diagnostic(rangeIn(document, finding.range), finding.message, SEVERITY[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = { value: finding.rule, target: pageUri(finding.rule) };
  if (finding.unused === true) diagnostic.tags = [DiagnosticTag.Unnecessary];
  diagnostic.relatedInformation = finding.related.flatMap(({ range, message, path }) => {
    const at = path === undefined ? new Location(document.uri, rangeIn(document, range)) : places(path, range);
    return at === null ? [] : [new DiagnosticRelatedInformation(at, message)];
  });
  return diagnostic;
}

export function rangeIn(document: Pick<TextDocument, "positionAt">, range: { readonly from: number; readonly to: number }): Range {
  return new Range(document.positionAt(range.from), document.positionAt(range.to));
}

/** Opens the page of a rule; works wherever VS Code opens links with commands. */
function pageUri(rule: string): Uri {
  return Uri.parse(`command:runDoctor.openDocs?${encodeURIComponent(JSON.stringify([rule]))}`);
}
