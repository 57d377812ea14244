/** Applying edits of fixes to a text. */
import { applied } from "../edits";
import type { Edit, Fix, Range } from "../rules/rule";

/** The text after one fix. */
export function applyFix(text: string, fix: Fix): string {
  return applied(text, fix.edits);
}

/** The text after all of the fixes at once; one that would change what an earlier one changes is left for the next time. */
export function applyFixes(text: string, fixes: readonly Fix[]): string {
  let taken: Edit[] = [];
  for (const fix of fixes) {
    const added = fix.edits.filter((e) => !taken.some((t) => same(t, e)));
    if (added.some((e) => taken.some((t) => collide(t, e)))) continue;
    taken = inOrder([...taken, ...added]);
  }
  return applied(text, taken);
}

/** In source order; what is put in at a place comes before what replaces the text that begins there. */
export function inOrder(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** Whether a list of edits is in order and free of overlaps. */
export function areSound(edits: readonly Edit[]): boolean {
  return edits.every((e, i) => e.from <= e.to && (i === 0 || edits[i - 1]!.to <= e.from));
}

export function isInside(edit: Range, outer: Range): boolean {
  return outer.from <= edit.from && edit.to <= outer.to;
}

export function replace(range: Range, text: string): Edit {
  return { from: range.from, to: range.to, text };
}

export function insert(at: number, text: string): Edit {
  return { from: at, to: at, text };
}

/** One edit for each of those that are the same; null when two of them collide. */
export function joined(edits: readonly Edit[]): Edit[] | null {
  const out: Edit[] = [];
  for (const edit of inOrder(edits)) if (!out.some((o) => same(o, edit))) out.push(edit);
  return areSound(out) ? out : null;
}

const same = (a: Edit, b: Edit): boolean => a.from === b.from && a.to === b.to && a.text === b.text;

/** Two insertions at one place collide too: which comes first would be chance. */
function collide(a: Edit, b: Edit): boolean {
  return (a.from < b.to && b.from < a.to) || (a.from === b.from && a.to === b.to) || (a.from === a.to && b.from < a.from && a.from < b.to) || (b.from === b.to && a.from < b.from && b.from < a.to);
}
