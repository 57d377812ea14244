/** What the quick fixes make of the bad snippets, for run.py. */
import { lintPython } from "../../src/lint/check";
import { applyFix } from "../../src/lint/fixes/edits";
import type { Finding } from "../../src/lint/rules/rule";
import { SNIPPETS } from "../unit/lint/snippets/all";
import { BAD } from "../unit/lint/snippets/bad";

interface FixedSnippet {
  readonly rule: string;
  readonly what: string;
  readonly code: string;
  /** One text for each fix of the rule's first finding that has some. */
  readonly fixes: readonly { readonly title: string; readonly code: string }[];
  /** First fixes one after the other, until none is left. */
  readonly all: { readonly titles: readonly string[]; readonly code: string };
}

export function fixedSnippets(): FixedSnippet[] {
  const own = SNIPPETS.flatMap(([rule, { bad }]) => bad.map(({ what, code, path = "loss.py" }) => ({ rule, what, code, path })));
  return [...BAD.map(([rule, what, code]) => ({ rule, what, code, path: "loss.py" })), ...own].map(({ rule, what, code, path }) => {
    const finding = lintPython(path, code).find((f) => f.rule === rule && hasFixes(f));
    const fixes = (finding?.fixes ?? []).map((fix) => ({ title: fix.title, code: applyFix(code, fix) }));
    return { rule, what, code, fixes, all: inTurn(path, code) };
  });
}

const hasFixes = (finding: Finding): boolean => (finding.fixes?.length ?? 0) > 0;

function inTurn(path: string, code: string): FixedSnippet["all"] {
  const titles: string[] = [];
  let text = code;
  for (let i = 0; i < 12; i++) {
    const fix = lintPython(path, text).find((f) => f.severity !== "info" && hasFixes(f))?.fixes?.[0];
    if (fix === undefined) break;
    titles.push(fix.title);
    text = applyFix(text, fix);
  }
  return { titles, code: text };
}
