/**
 * JSON read in place, value by value: what is not wanted is stepped over and never held, so that a manifest can be had from
 * behind a hundred megabytes of other things. Grammar: RFC 8259, and NaN, Infinity, -Infinity as Python writes them.
 */
import { type ByteSource, FormatError } from "./source";

const WINDOW = 1 << 16;
/** Bytes of the longest string that is given, as it stands there. */
const LONGEST = 1 << 16;
const LONGEST_WORD = 64;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_DICT = 0x7b;
const CLOSE_DICT = 0x7d;

const decoder = new TextDecoder();

export type JsonKind = "object" | "array" | "string" | "other";

/** Stands before a value of the text in bytes [start, end) of a source. All methods throw FormatError where the text is no JSON, torn where it ends. */
export class JsonPull {
  private bytes: Uint8Array = new Uint8Array(0);
  /** Where `bytes` lies in the source. */
  private from = 0;
  private at = 0;
  /** Values taken so far. */
  private taken = 0;

  constructor(
    private readonly format: string,
    private readonly source: ByteSource,
    start = 0,
    private readonly end = source.size,
    private readonly what = "the text",
    /** Whether all of it is known to be there, so that nothing is missing where it ends. */
    private readonly whole = end < source.size,
  ) {
    this.from = start;
    if (this.byte() === 0xef) this.at += 3; // a byte order mark
  }

  /** Position in the source. */
  get position(): number {
    return this.from + this.at;
  }

  kind(): JsonKind {
    const c = this.blank();
    return c === OPEN_DICT ? "object" : c === OPEN_LIST ? "array" : c === QUOTE ? "string" : "other";
  }

  /** Calls `each` for every member, which takes the value, or leaves it to be stepped over. False when this is no object; it is then stepped over. */
  object(each: (key: string) => void): boolean {
    return this.container(OPEN_DICT, CLOSE_DICT, () => {
      if (this.blank() !== QUOTE) this.fail();
      const key = this.string() ?? this.fail();
      if (this.blank() !== COLON) this.fail();
      this.at++;
      this.value(() => each(key));
    });
  }

  /** As `object`, for the items of a list. */
  array(each: (index: number) => void): boolean {
    let index = 0;
    return this.container(OPEN_LIST, CLOSE_LIST, () => this.value(() => each(index++)));
  }

  /** A string; null for a longer one than 64 KiB and for any other value, which are stepped over. */
  string(): string | null {
    if (this.blank() !== QUOTE) {
      this.skip();
      return null;
    }
    this.taken++;
    const raw = this.quoted();
    if (raw?.every((b) => b !== BACKSLASH && b >= 0x20) ?? true) return raw === null ? null : decoder.decode(raw);
    try {
      return String(JSON.parse(`"${decoder.decode(raw!)}"`));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return this.fail();
    }
  }

  /** A number, true, false or null; undefined for any other value, which is stepped over. */
  scalar(): number | boolean | null | undefined {
    if (this.kind() !== "other") {
      this.skip();
      return undefined;
    }
    this.taken++;
    const word = this.word();
    switch (word) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return null;
      case "NaN":
        return NaN;
      case "Infinity":
        return Infinity;
      case "-Infinity":
        return -Infinity;
      default:
        return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(word) ? Number(word) : this.fail();
    }
  }

  /** A number; NaN for any other value. */
  number(): number {
    const value = this.scalar();
    return typeof value === "number" ? value : NaN;
  }

  /** A list of numbers; null for any other value, or a longer list than `most`. */
  numbers(most: number): number[] | null {
    const out: number[] = [];
    const is = this.array(() => {
      const value = this.number();
      if (out.length <= most) out.push(value);
    });
    return is && out.length <= most ? out : null;
  }

  /** Steps over a value, whatever it holds. */
  skip(): void {
    this.taken++;
    let depth = 0;
    for (;;) {
      const c = this.blank();
      if (c === QUOTE) this.skipString();
      else if (c === OPEN_DICT || c === OPEN_LIST) {
        this.at++;
        depth++;
        continue;
      } else if (depth > 0 && (c === CLOSE_DICT || c === CLOSE_LIST)) {
        this.at++;
        depth--;
      } else if ((c === COMMA || c === COLON) && depth > 0) {
        this.at++;
        continue;
      } else this.word();
      if (depth === 0) return;
    }
  }

  private container(open: number, close: number, each: () => void): boolean {
    if (this.blank() !== open) {
      this.skip();
      return false;
    }
    this.at++;
    this.taken++;
    if (this.blank() === close) {
      this.at++;
      return true;
    }
    for (;;) {
      each();
      const c = this.blank();
      if (c !== close && c !== COMMA) this.fail();
      this.at++;
      if (c === close) return true;
    }
  }

  /** Lets `each` take the value ahead, and steps over it otherwise. */
  private value(each: () => void): void {
    const before = this.taken;
    each();
    if (this.taken === before) this.skip();
  }

  /** The byte ahead, -1 at the end. */
  private byte(): number {
    if (this.at >= this.bytes.length) {
      this.from += this.at;
      this.at = 0;
      this.bytes = this.source.read(this.from, Math.max(0, Math.min(WINDOW, this.end - this.from)), true);
      if (this.bytes.length === 0) return -1;
    }
    return this.bytes[this.at]!;
  }

  /** Steps over blanks; the byte ahead. */
  private blank(): number {
    for (;;) {
      const c = this.byte();
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) return c;
      this.at++;
    }
  }

  /** The bytes between quotes, as they are; null for too many. */
  private quoted(): Uint8Array | null {
    this.at++;
    const out: number[] = [];
    for (let escaped = false; ; ) {
      const c = this.byte();
      if (c < 0) this.fail();
      this.at++;
      if (c === QUOTE && !escaped) return out.length > LONGEST ? null : Uint8Array.from(out);
      if (out.length <= LONGEST) out.push(c);
      escaped = c === BACKSLASH && !escaped;
    }
  }

  private skipString(): void {
    this.at++;
    for (let escaped = false; ; ) {
      const c = this.byte();
      if (c < 0) this.fail();
      this.at++;
      if (c === QUOTE && !escaped) return;
      escaped = c === BACKSLASH && !escaped;
    }
  }

  /** A number or a word. */
  private word(): string {
    let out = "";
    for (;;) {
      const c = this.byte();
      const more = (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a) || c === 0x2b || c === 0x2d || c === 0x2e;
      if (!more) break;
      if (out.length >= LONGEST_WORD) this.fail();
      out += String.fromCharCode(c);
      this.at++;
    }
    // At the end of the text the rest of the word may be missing.
    if (out === "" || (this.byte() < 0 && !this.whole)) this.fail();
    return out;
  }

  private fail(): never {
    const ends = this.byte() < 0;
    throw new FormatError(this.format, ends ? `${this.what} ends at byte ${this.position}, inside a value` : `${this.what} is no JSON at byte ${this.position}`, ends && !this.whole);
  }
}
