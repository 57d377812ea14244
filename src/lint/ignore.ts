/** Comments that silence findings: `# run-doctor: ignore L2, L4`, `# run-doctor: ignore` for all, on the line or the one before. */
import { lineAt, type PythonFile } from "./python";
import type { Finding } from "./rules/rule";

/** Line (from 1) → rules that it silences; null: all. */
export type Ignored = ReadonlyMap<number, ReadonlySet<string> | null>;

const COMMENT = /#\s*run-doctor:\s*ignore\b[ \t]*((?:L\d{1,2}[\s,]*)*)/gi;

export function ignoredLines(file: PythonFile): Ignored {
  const lines = new Map<number, ReadonlySet<string> | null>();
  for (const match of file.text.matchAll(COMMENT)) {
    const rules = match[1]!.toUpperCase().match(/L\d+/g);
    const line = lineAt(file, match.index);
    const own = rules === null ? null : new Set(rules);
    lines.set(line, own);
    // A comment with nothing before it speaks of the next line.
    if (file.text.slice(file.lineStarts[line - 1], match.index).trim() === "" && !lines.has(line + 1)) lines.set(line + 1, own);
  }
  return lines;
}

export function isIgnored(file: PythonFile, ignored: Ignored, finding: Finding): boolean {
  if (ignored.size === 0) return false;
  const rules = ignored.get(lineAt(file, finding.range.from));
  return rules === null || rules?.has(finding.rule) === true;
}
