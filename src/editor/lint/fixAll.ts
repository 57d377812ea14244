/** All safe fixes of a text, one after the other: what a fix has changed is linted before the next. */
import { applied } from "../../lint/edits";
import type { Edit, Finding } from "../../lint/rules/rule";

/** A fix that does not take its finding away would be tried for ever. */
const MAX_FIXES = 100;

/** The text without the findings that have a safe fix. `lint`: what is found in a text. */
export async function fixedText(text: string, findings: readonly Finding[], lint: (text: string) => Promise<readonly Finding[]>): Promise<string> {
  let [now, found] = [text, findings];
  const seen = new Set([text]);
  for (let i = 0; i < MAX_FIXES; i++) {
    const fix = found.flatMap((finding) => finding.fixes ?? []).find(({ safe, edits }) => safe && edits.length > 0);
    if (fix === undefined) return now;
    const next = edited(now, fix.edits);
    if (seen.has(next)) return now;
    seen.add(next);
    const left = await lint(next);
    now = next;
    found = left;
  }
  return now;
}

/** `edits`: in any order, not overlapping. Line ends of what is put in become those of the text. */
export function edited(text: string, edits: readonly Edit[]): string {
  const end = text.includes("\r\n") ? "\r\n" : "\n";
  return applied(text, edits.map((edit) => ({ ...edit, text: edit.text.replace(/\r?\n/g, end) })));
}

/** What leads from one text to the other: the lines that differ, from the first to the last. */
export function editsBetween(before: string, after: string): Edit[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [endA, endB] = [a.length, b.length];
  while (endA > start && endB > start && a[endA - 1] === b[endB - 1]) {
    endA--;
    endB--;
  }
  if (start === endA && start === endB) return [];
  const from = a.slice(0, start).join("").length;
  return [{ from, to: from + a.slice(start, endA).join("").length, text: b.slice(start, endB).join("") }];
}

/** With their ends. */
function linesOf(text: string): string[] {
  return text.split(/(?<=\n)/);
}
