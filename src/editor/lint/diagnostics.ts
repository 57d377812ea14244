/** Findings → problems of one document. */
import { Diagnostic, DiagnosticRelatedInformation, DiagnosticTag, Location, Range, type TextDocument } from "vscode";
import type { Finding } from "../../lint/rules/rule";
import { codeOf, relatedOf, SEVERITY, SOURCE } from "../problems/diagnostic";
import type { Note } from "../problems/notes";
import type { CheckedDocument } from "./checkedDocument";
import type { Meeting } from "./meet";
import { metIn, type MeetingFinding } from "./metDocument";

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
  diagnostic.code = codeOf(code, notes[0]?.symptom ?? code);
  diagnostic.relatedInformation = [...notes.flatMap(relatedOf), ...(diagnostic.relatedInformation ?? [])];
  return diagnostic;
}

function diagnosticOf(finding: Finding, document: Pick<TextDocument, "uri" | "positionAt">, places: Places): Diagnostic {
  const diagnostic = new Diagnostic(rangeIn(document, finding.range), finding.message, SEVERITY[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = codeOf(finding.rule, finding.rule);
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
