/** Findings of one document beside what runs say of its lines. */
import type { TextDocument } from "vscode";
import type { Finding, Range } from "../../lint/rules/rule";
import type { Note } from "../problems/notes";
import { meet, type Lines, type LintedLines, type Met } from "./meet";

export interface MeetingFinding extends LintedLines {
  readonly of: Finding;
}

export function metIn(findings: readonly Finding[], document: Pick<TextDocument, "positionAt">, notes: readonly Note[]): Met<MeetingFinding> {
  const lines = ({ from, to }: Range): Lines => ({ line: document.positionAt(from).line + 1, endLine: document.positionAt(to).line + 1 });
  return meet(
    notes,
    findings.map((of) => ({ of, rule: of.rule, severity: of.severity, message: of.message, ...lines(of.range), related: of.related.flatMap(({ range, path }) => (path === undefined ? [lines(range)] : [])) })),
  );
}
