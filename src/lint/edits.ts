/** Edits of a text, as editors tell them. */

/** Offsets of the text before the whole set of changes. */
export interface Change {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** The text after a set of changes, in whatever order they are listed; what lies outside of the text is cut to it. */
export function applied(text: string, changes: readonly Change[]): string {
  let out = "";
  let at = 0;
  for (const { from, to, text: put } of [...changes].sort((a, b) => a.from - b.from || a.to - b.to)) {
    const begin = Math.min(Math.max(from, at), text.length);
    out += text.slice(at, begin) + put;
    at = Math.min(Math.max(to, begin), text.length);
  }
  return out + text.slice(at);
}
