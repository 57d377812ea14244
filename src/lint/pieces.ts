/** Texts of definitions, and what was once found out about each: an edit changes one of them, and nothing is asked again of the others. */

/** A text that is known: equal texts are the same piece for as long as they are in use. */
export interface Piece {
  readonly text: string;
}

/** Those used last, and those used before them. */
let recent = new Map<string, Piece>();
let older = new Map<string, Piece>();
let held = 0;
/** Characters after which the recent ones become the older ones. */
const MAX_HELD = 6_000_000;

export function pieceOf(text: string): Piece {
  const known = recent.get(text);
  if (known !== undefined) return known;
  const piece = older.get(text) ?? { text: copied(text) };
  held += text.length;
  if (held > MAX_HELD) {
    older = recent;
    recent = new Map();
    held = text.length;
  }
  recent.set(piece.text, piece);
  return piece;
}

/** A part of a text keeps all of the text in memory; its copy does not. */
function copied(text: string): string {
  const middle = text.length >> 1;
  return [text.slice(0, middle), text.slice(middle)].join("");
}

/** The same function of a piece's text, worked out once for each piece. What it returns must not be changed. */
export function perPiece<T>(work: (text: string) => T): (piece: Piece) => T {
  const known = new WeakMap<Piece, { readonly value: T }>();
  return (piece) => {
    let found = known.get(piece);
    if (found === undefined) {
      found = { value: work(piece.text) };
      known.set(piece, found);
    }
    return found.value;
  };
}

/** Whether a pattern (without the flags g and y) is found in a piece. */
export function inPiece(pattern: RegExp): (piece: Piece) => boolean {
  return perPiece((text) => pattern.test(text));
}

/** Whether a pattern is found in any of a text's pieces: one that does not match across the beginning of a definition. */
export function inPieces(pattern: RegExp): (pieces: readonly Piece[]) => boolean {
  const found = inPiece(pattern);
  return (pieces) => pieces.some(found);
}
