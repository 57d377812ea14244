/**
 * Python text → tree, by top-level definitions: each of them is parsed alone, with what follows it up to the next. Broken code in one
 * leaves the others as they are, and a definition whose text has not changed is not parsed again. A chunk's tree depends on its
 * text alone, so that a text read after many edits and the same text read at once have the same tree.
 */
import { Tree } from "@lezer/common";
import { parser } from "@lezer/python";
import { perPiece, pieceOf, type Piece } from "./pieces";

/** What begins a definition at the start of a line. Inside of brackets, too: there it can only be a sign of a bracket left open. */
const BEGINS = /@[A-Za-z_]|(?:def|class|async[ \t]+def)\b/y;

export interface Chunk {
  /** Where it begins in the text. */
  readonly from: number;
  readonly piece: Piece;
}

export function chunksOf(text: string): Chunk[] {
  const starts = chunkStarts(text);
  return starts.map((from, i) => ({ from, piece: pieceOf(text.slice(from, starts[i + 1] ?? text.length)) }));
}

/** The tree of a text that is made of these chunks. */
export function treeOf(chunks: readonly Chunk[]): Tree {
  const trees = chunks.map(({ piece }) => chunkTree(piece));
  if (trees.length === 1) return trees[0]!;
  const positions = trees.flatMap((tree, i) => tree.positions.map((at) => chunks[i]!.from + at));
  const last = chunks.at(-1)!;
  return new Tree(trees[0]!.type, trees.flatMap((tree) => tree.children), positions, last.from + last.piece.text.length);
}

/** Offsets at which chunks begin; 0 is the first. */
export function chunkStarts(text: string): number[] {
  // A string that never ends would take all the rest: then definitions end strings.
  return scan(text, false) ?? scan(text, true) ?? [0];
}

const NEWLINE = 10;
const DOUBLE = 34;
const HASH = 35;
const SINGLE = 39;
const BACKSLASH = 92;

/** `torn`: a definition ends a string in triple quotes. Null when the text ends within such a string. */
function scan(text: string, torn: boolean): number[] | null {
  const starts = [0];
  let decorated = false;
  /** Three quotes of an open string, and where they stand next. */
  let open: string | null = null;
  let next = -1;
  const line = (at: number): void => {
    BEGINS.lastIndex = at;
    if (!BEGINS.test(text)) return;
    if (open !== null && !torn) {
      if (next < at) next = text.indexOf(open, at);
      if (next < 0) next = text.length;
      if (!beginsDocstring(text, at, next)) return;
    }
    open = null;
    if (!decorated && at > 0) starts.push(at);
    decorated = text[at] === "@";
  };
  line(0);
  for (let i = nextSign(text, 0); i < text.length; i = nextSign(text, i + 1)) {
    const c = text.charCodeAt(i);
    if (c === BACKSLASH) i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === NEWLINE ? 2 : 1;
    else if (c === NEWLINE) line(i + 1);
    else if (open !== null) {
      if ((c === DOUBLE || c === SINGLE) && text.startsWith(open, i)) {
        open = null;
        i += 2;
      }
    } else if (c === HASH) i = lineEnd(text, i) - 1;
    else if (c === DOUBLE || c === SINGLE) {
      const three = (c === DOUBLE ? '"' : "'").repeat(3);
      if (text.startsWith(three, i)) {
        open = three;
        next = -1;
        i += 2;
      } else i = stringEnd(text, i + 1, c);
    }
  }
  return open === null || torn ? starts : null;
}

/** What may begin or end a string or comment, and line ends before what may begin a definition. */
const SIGN = /["'#\\]|\n(?=[@acd])/g;

function nextSign(text: string, from: number): number {
  SIGN.lastIndex = from;
  return SIGN.exec(text)?.index ?? text.length;
}

/** Whether quotes stand indented below a head, as the end of a string hardly does: the string that seems to be open lost its end before. */
function beginsDocstring(text: string, from: number, quotes: number): boolean {
  return /:[ \t]*\r?\n[ \t]+[rRuU]?$/.test(text.slice(Math.max(from, quotes - 100), quotes));
}

function lineEnd(text: string, from: number): number {
  const at = text.indexOf("\n", from);
  return at < 0 ? text.length : at;
}

/** The closing quote of a string on one line, or the last character before the line's end where there is none. */
function stringEnd(text: string, from: number, quote: number): number {
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === quote) return i;
    if (c === NEWLINE) return i - 1;
    if (c === BACKSLASH) i += text.charCodeAt(i + 1) === 13 && text.charCodeAt(i + 2) === NEWLINE ? 2 : 1;
  }
  return text.length;
}

/** Lezer's parser recurses by nesting: what is too deep for its stack (and for Python's own parser) is read as nothing. */
const chunkTree = perPiece((text: string): Tree => {
  try {
    return parser.parse(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return new Tree(parser.parse("").type, [], [], text.length);
  }
});
