/** The comment that silences a rule on a line; src/lint/ignore.ts reads it. */

export interface LineEdit {
  /** From 0. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const COMMENT = /#\s*run-doctor:\s*ignore\b(?:[ \t]*L\d{1,2}(?:[ \t]*,?[ \t]*L\d{1,2})*)?/i;

/**
 * Puts `# run-doctor: ignore RULE` at the end of a line, or RULE into the comment that speaks of it already.
 * Null where no comment can stand: between lines that a backslash joins, or in a text over several lines.
 */
export function ignoreComment(lineAt: (line: number) => string | undefined, line: number, rule: string): LineEdit | null {
  const text = lineAt(line);
  if (text === undefined) return null;
  const before = line > 0 ? lineAt(line - 1) : undefined;
  const own = merged(text, line, rule);
  if (own !== null) return own;
  const above = before !== undefined && before.trimStart().startsWith("#") ? merged(before, line - 1, rule) : null;
  if (above !== null) return above;
  const comment = `# run-doctor: ignore ${rule}`;
  const end = text.trimEnd().length;
  if (!text.trimEnd().endsWith("\\") && !opensText(text)) return { line, from: end, to: text.length, text: `  ${comment}` };
  if (before?.trimEnd().endsWith("\\") === true) return null;
  const indent = text.length - text.trimStart().length;
  return { line, from: indent, to: indent, text: `${comment}\n${text.slice(0, indent)}` };
}

/** Names one more rule in a comment that names some. */
function merged(text: string, line: number, rule: string): LineEdit | null {
  const match = COMMENT.exec(text);
  if (match === null) return null;
  const end = match.index + match[0].trimEnd().length;
  const named = /L\d/i.test(match[0].slice(match[0].search(/ignore/i) + "ignore".length));
  return { line, from: end, to: end, text: `${named ? "," : ""} ${rule}` };
}

/** Whether a text over several lines begins on the line, or ends there. */
function opensText(line: string): boolean {
  return (line.split('"""').length - 1) % 2 === 1 || (line.split("'''").length - 1) % 2 === 1;
}
