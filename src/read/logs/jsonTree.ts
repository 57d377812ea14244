/**
 * JSON as Python writes it (NaN, Infinity), as far as it goes: a file that is being written ends anywhere, and what was
 * there until then is kept. Every value knows its line, so that a finding can point at it.
 */

export type JsonNode = number | string | boolean | null | JsonList | JsonDict;

export interface JsonList {
  readonly kind: "list";
  readonly items: JsonNode[];
  /** Line of each item's start, from 1. */
  readonly lines: number[];
}

export interface JsonDict {
  readonly kind: "dict";
  readonly keys: string[];
  readonly values: JsonNode[];
  /** Line of each value's start, from 1. */
  readonly lines: number[];
}

export function isDict(node: JsonNode | undefined): node is JsonDict {
  return typeof node === "object" && node !== null && node.kind === "dict";
}

export function isList(node: JsonNode | undefined): node is JsonList {
  return typeof node === "object" && node !== null && node.kind === "list";
}

/** The value of `key`, the last where it stands twice; undefined when the node is no dict or has none. */
export function at(node: JsonNode | undefined, key: string): JsonNode | undefined {
  if (!isDict(node)) return undefined;
  const i = node.keys.lastIndexOf(key);
  return i < 0 ? undefined : node.values[i];
}

export interface JsonRead {
  /** Null when there is not even the start of a value. */
  readonly root: JsonNode | null;
  /** Torn: the text ends inside; corrupt: something is there that is no JSON. */
  readonly end: "complete" | "torn" | "corrupt";
  /** Where it ended, when torn or corrupt: line, from 1, and character offset. */
  readonly line: number;
  readonly offset: number;
}

/** Deeper nesting is no history, and would cost stack. */
const DEEPEST = 40;

/** Parses as much of `text` as there is. Never throws. */
export function parseJson(text: string): JsonRead {
  const parser = new Parser(text);
  const root = parser.value(0);
  if (!parser.stopped) parser.trailing();
  return { root: root === undefined ? null : root, end: parser.end, line: parser.line, offset: parser.pos };
}

class Parser {
  pos = 0;
  line = 1;
  end: JsonRead["end"] = "complete";
  stopped = false;

  constructor(private readonly text: string) {
    if (text.charCodeAt(0) === 0xfeff) this.pos = 1;
  }

  /** A value, whole or as far as it goes; undefined when nothing of it can be taken. */
  value(depth: number): JsonNode | undefined {
    this.blank();
    const c = this.text.charCodeAt(this.pos);
    if (c === 34) return this.string();
    const opens = c === 91 || c === 123;
    if (Number.isNaN(c) || (opens && depth >= DEEPEST)) {
      this.stop(opens ? "corrupt" : "torn");
      return undefined;
    }
    if (opens) return c === 91 ? this.list(depth) : this.dict(depth);
    return this.word();
  }

  /** Only blanks may follow the value. */
  trailing(): void {
    this.blank();
    if (this.pos < this.text.length) this.stop("corrupt");
  }

  private stop(end: "torn" | "corrupt"): void {
    if (!this.stopped) this.end = end;
    this.stopped = true;
  }

  private blank(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.pos);
      if (c === 10) this.line++;
      else if (c !== 32 && c !== 13 && c !== 9) return;
      this.pos++;
    }
  }

  /** After an item: true when another follows; false at the end of the container or of what can be read. */
  private another(close: number): boolean {
    if (this.stopped) return false;
    this.blank();
    const c = this.text.charCodeAt(this.pos);
    if (c === 44) {
      this.pos++;
      return true;
    }
    if (c === close) this.pos++;
    else this.stop(Number.isNaN(c) ? "torn" : "corrupt");
    return false;
  }

  private isEmpty(close: number): boolean {
    this.pos++;
    this.blank();
    if (this.text.charCodeAt(this.pos) !== close) return false;
    this.pos++;
    return true;
  }

  private list(depth: number): JsonList {
    const list: JsonList = { kind: "list", items: [], lines: [] };
    if (this.isEmpty(93)) return list;
    do {
      this.blank();
      const { line } = this;
      const item = this.value(depth + 1);
      if (item === undefined) break;
      list.items.push(item);
      list.lines.push(line);
    } while (this.another(93));
    return list;
  }

  private dict(depth: number): JsonDict {
    const dict: JsonDict = { kind: "dict", keys: [], values: [], lines: [] };
    if (this.isEmpty(125)) return dict;
    do {
      this.blank();
      const c = this.text.charCodeAt(this.pos);
      if (c !== 34) {
        this.stop(Number.isNaN(c) ? "torn" : "corrupt");
        break;
      }
      const key = this.string();
      if (key === undefined) break;
      this.blank();
      const colon = this.text.charCodeAt(this.pos);
      if (colon !== 58) {
        this.stop(Number.isNaN(colon) ? "torn" : "corrupt");
        break;
      }
      this.pos++;
      this.blank();
      const { line } = this;
      const value = this.value(depth + 1);
      if (value === undefined) break;
      dict.keys.push(key);
      dict.values.push(value);
      dict.lines.push(line);
    } while (this.another(125));
    return dict;
  }

  private string(): string | undefined {
    const start = this.pos;
    let escaped = false;
    for (let i = start + 1; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 92) {
        escaped = true;
        i++;
      } else if (c === 34) {
        this.pos = i + 1;
        return escaped ? unescape(this.text.slice(start + 1, i)) : this.text.slice(start + 1, i);
      } else if (c < 32) {
        this.pos = i;
        this.stop("corrupt");
        return undefined;
      }
    }
    this.pos = this.text.length;
    this.stop("torn");
    return undefined;
  }

  /** A number or a name. One that touches the end of the text may go on there, and is not taken. */
  private word(): JsonNode | undefined {
    const start = this.pos;
    let i = start;
    for (; i < this.text.length; i++) {
      const c = this.text.charCodeAt(i);
      if (c === 44 || c === 93 || c === 125 || c <= 32) break;
    }
    if (i === this.text.length && start > 0) {
      this.pos = i;
      this.stop("torn");
      return undefined;
    }
    const word = this.text.slice(start, i);
    const value = wordValue(word);
    if (value === undefined) {
      this.stop("corrupt");
      return undefined;
    }
    this.pos = i;
    return value;
  }
}

function wordValue(word: string): number | boolean | null | undefined {
  const first = word.charCodeAt(0);
  if ((first >= 48 && first <= 57) || first === 45) {
    const value = Number(word);
    if (!Number.isNaN(value)) return /^-?0[xob]/i.test(word) ? undefined : value;
  }
  switch (word) {
    case "NaN":
    case "-NaN":
      return NaN;
    case "Infinity":
      return Infinity;
    case "-Infinity":
      return -Infinity;
    case "null":
      return null;
    case "true":
      return true;
    case "false":
      return false;
    default:
      return undefined;
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f" };

function unescape(text: string): string {
  return text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, code: string) => (code.length === 5 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (ESCAPES[code] ?? code)));
}
