/** Lines of a captured console: a carriage return or a run of backspaces ends a line just as a newline does, and colours are left out. */
import type { ByteSource } from "../../bytes/source";
import type { LogSink } from "../../format";
import { continues, fingerprint, type Fingerprint } from "../fingerprint";

const WINDOW = 1 << 18;
/** A longer line is passed over: no loop prints such a one. */
const LONGEST = 1 << 12;
const NEWLINE = 10;
const RETURN = 13;
const BACKSPACE = 8;
const ESCAPE = 27;

/** Where reading stands. Plain numbers. */
export interface PiecesState {
  /** Where the first piece that was not given starts. */
  readonly offset: number;
  /** Newlines before it. */
  readonly line: number;
  /** 1 while a piece longer than LONGEST is being passed over. */
  readonly skipping: number;
}

export interface PiecesRead extends PiecesState {
  /** Whether bytes without an end of line are left. */
  readonly rest: boolean;
}

/** Takes the piece in `bytes` from `start` to `end`; false where it is to be read as text. */
export type KnownPiece = (bytes: Uint8Array, start: number, end: number, line: number) => boolean;

/**
 * Gives every piece from `from` on that has ended, with the number of its line (from 1) and whether a newline ended it. `take` returns
 * false to stop there.
 * Memory stays at one window, whatever a line's length. `known` is asked first, and may take a piece from its bytes.
 */
export function eachPiece(source: ByteSource, from: PiecesState, take: (text: string, line: number, newline: boolean) => boolean, known: KnownPiece = () => false): PiecesRead {
  const decoder = new TextDecoder();
  let { offset: at, line, skipping } = from;
  while (at < source.size) {
    const bytes = source.read(at, WINDOW, true);
    // Whether a newline follows a carriage return is known with the next byte.
    const end = bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : bytes.length;
    let start = 0;
    for (let i = 0; i < end; i++) {
      const c = bytes[i]!;
      if (c !== NEWLINE && c !== RETURN && c !== BACKSPACE) continue;
      const length = i - start;
      const go = length === 0 || skipping === 1 || length > LONGEST || known(bytes, start, i, line + 1) || take(plain(decoder.decode(bytes.subarray(start, i))), line + 1, endsLine(bytes, i));
      skipping = 0;
      if (c === NEWLINE) line++;
      start = i + 1;
      if (!go) return { offset: at + start, line, skipping, rest: at + start < source.size };
    }
    if (at + bytes.length >= source.size || bytes.length === 0) {
      if (end - start <= LONGEST && skipping === 0) return { offset: at + start, line, skipping, rest: start < bytes.length };
      return { offset: at + end, line, skipping: 1, rest: true };
    }
    if (start === 0) {
      skipping = 1;
      start = end;
    }
    at += start;
  }
  return { offset: at, line, skipping, rest: skipping === 1 };
}

/** What a line goes to. */
interface LineReader {
  /** False to stop there. */
  take(text: string, line: number, newline: boolean): boolean;
}

/** Reads on from `before`, or from the start where there is none or the file is another by now; `make` gives the reader for it. */
export function readPieces<S extends Fingerprint & PiecesState, R extends LineReader>(source: ByteSource, before: S | null, sink: LogSink, make: (before: S | null) => R): { reader: R; place: Fingerprint & PiecesState; torn: boolean } {
  const going = before !== null && continues(source, before) ? before : null;
  if (going === null) sink.reset();
  const reader = make(going);
  const { offset, line, skipping, rest } = eachPiece(source, going ?? { offset: 0, line: 0, skipping: 0 }, (text, at, newline) => reader.take(text, at, newline));
  return { reader, place: { ...fingerprint(source, offset), line, skipping }, torn: rest };
}

/** A newline, also where a carriage return stands before it. */
function endsLine(bytes: Uint8Array, i: number): boolean {
  return bytes[i] === NEWLINE || (bytes[i] === RETURN && bytes[i + 1] === NEWLINE);
}

const ESCAPES = new RegExp(`${String.fromCharCode(ESCAPE)}(?:\\[[0-9;?]*[ -/]*[@-~]|\\][^${String.fromCharCode(7)}]*${String.fromCharCode(7)}|[@-Z\\\\^_])`, "g");

/** Without ANSI escapes (ECMA-48 control sequences). */
function plain(text: string): string {
  return text.includes(String.fromCharCode(ESCAPE)) ? text.replace(ESCAPES, "") : text;
}
