/**
 * The YAML that files of settings are written in: block and flow maps and lists, plain, quoted and block scalars, comments. Tags are
 * never acted upon: `!!python/name:` gives the name as text, `!!python/object:` a map with the class as `__class__`. Aliases give
 * null, so that nothing is multiplied; depth is bounded; lines that are no YAML are left out and counted.
 */
import type { JsonDict, JsonList, JsonNode } from "../logs/jsonTree";
import { YamlFlow } from "./yamlFlow";
import { scalarOf } from "./scalars";

const DEEPEST = 32;
/** Lines that one flow collection or quoted text may go over. */
const MOST_FLOW_LINES = 2000;

interface Line {
  indent: number;
  text: string;
  /** From 1. */
  readonly at: number;
}

export interface YamlRead {
  readonly root: JsonNode;
  /** Lines that were left out, from 1. */
  readonly bad: readonly number[];
}

/** The first document of `text`. Never throws. */
export function parseYaml(text: string): YamlRead {
  const parser = new Parser(text);
  const root = parser.block(0, 0) ?? null;
  return { root, bad: parser.bad };
}

interface Marked {
  readonly rest: string;
  readonly tag: string | null;
}

class Parser {
  private readonly lines: Line[];
  private next = 0;
  readonly bad: number[] = [];

  constructor(text: string) {
    const all = text.replace(/^\ufeff/, "").split(/\r\n?|\n/);
    this.lines = [];
    let begun = false;
    for (const [i, raw] of all.entries()) {
      if (/^(?:---|\.\.\.)(?:\s|$)/.test(raw)) {
        if (begun) break; // the second document
        const rest = raw.slice(3).trim();
        if (rest !== "") this.lines.push({ indent: 0, text: rest, at: i + 1 });
        begun ||= rest !== "" && !rest.startsWith("#");
        continue;
      }
      if (raw.startsWith("%")) continue;
      const indent = /^ */.exec(raw)![0].length;
      const body = raw.slice(indent).trimEnd();
      begun ||= body !== "" && !body.startsWith("#");
      this.lines.push({ indent, text: body, at: i + 1 });
    }
  }

  /** The next line that says something; null at the end. */
  private peek(): Line | null {
    for (; this.next < this.lines.length; this.next++) {
      const line = this.lines[this.next]!;
      if (line.text !== "" && !line.text.startsWith("#")) return line;
    }
    return null;
  }

  private leaveOut(line: Line): void {
    if (this.bad.length < 100) this.bad.push(line.at);
    this.next++;
  }

  /** What stands at `indent` or deeper from here on; undefined where there is nothing. */
  block(indent: number, depth: number): JsonNode | undefined {
    const line = this.peek();
    if (line === null || line.indent < indent) return undefined;
    if (depth > DEEPEST) {
      this.skipDeeper(indent);
      return null;
    }
    if (isItem(line.text)) return this.list(line.indent, depth);
    if (keyOf(line.text) !== null) return this.map(line.indent, depth);
    this.next++;
    return this.value(line.text, indent - 1, line.indent);
  }

  private skipDeeper(indent: number): void {
    for (let line = this.peek(); line !== null && line.indent >= indent; line = this.peek()) this.next++;
  }

  private list(indent: number, depth: number): JsonList {
    const list: JsonList = { kind: "list", items: [], lines: [] };
    for (let line = this.peek(); line !== null && line.indent >= indent; line = this.peek()) {
      if (line.indent > indent || !isItem(line.text)) {
        if (line.indent === indent) break;
        this.leaveOut(line);
        continue;
      }
      const inner = line.text.slice(1);
      const rest = inner.trimStart();
      list.lines.push(line.at);
      const { rest: bare } = marks(rest);
      if (rest === "" || bare === "" || bare.startsWith("#")) {
        this.next++;
        list.items.push(this.nested(rest, indent + 1, depth));
      } else if (isItem(rest) || keyOf(rest) !== null) {
        // "- key: value": what follows the dash is a block of its own.
        line.indent = indent + 1 + inner.length - rest.length;
        line.text = rest;
        list.items.push(this.block(line.indent, depth + 1) ?? null);
      } else {
        this.next++;
        list.items.push(this.value(rest, indent, indent));
      }
    }
    return list;
  }

  private map(indent: number, depth: number): JsonDict {
    const dict: JsonDict = { kind: "dict", keys: [], values: [], lines: [] };
    for (let line = this.peek(); line !== null && line.indent >= indent; line = this.peek()) {
      const key = line.indent === indent ? keyOf(line.text) : null;
      if (key === null) {
        if (line.indent === indent && isItem(line.text)) break;
        this.leaveOut(line);
        continue;
      }
      this.next++;
      const { rest } = marks(key.rest);
      const empty = rest === "" || rest.startsWith("#");
      const value = empty ? this.nested(key.rest, indent, depth) : this.value(key.rest, indent, indent);
      dict.keys.push(key.name);
      dict.values.push(value);
      dict.lines.push(line.at);
    }
    return dict;
  }

  /** The block below a key or dash with nothing behind it; a list may stand at the key's own indent. */
  private nested(mark: string, indent: number, depth: number): JsonNode {
    const { tag } = marks(mark);
    const line = this.peek();
    const below = line !== null && (line.indent > indent || (line.indent === indent && isItem(line.text)));
    const value = below ? (this.block(line.indent, depth + 1) ?? null) : null;
    return tagged(tag, value);
  }

  /** A value that begins on its key's line. `indent`: the key's; deeper lines may go on with it. */
  private value(text: string, indent: number, own: number): JsonNode {
    const { rest, tag } = marks(text);
    const first = rest[0] ?? "";
    if (first === "|" || first === ">") return this.blockScalar(own, first === ">");
    if (first === "*") return null;
    if (first === "[" || first === "{" || first === '"' || first === "'") {
      const whole = this.gathered(rest, indent);
      if (whole !== null) return tagged(tag, whole);
      return rest.slice(0, 200);
    }
    let plain = uncommented(rest);
    for (let line = this.peek(); line !== null && line.indent > own && keyOf(line.text) === null && plain.length < 4096; line = this.peek()) {
      plain += ` ${uncommented(line.text)}`;
      this.next++;
    }
    return tagged(tag, tag === "!!str" ? plain : scalarOf(plain));
  }

  /** A flow collection or quoted text, over as many lines as it takes; null when it never ends. */
  private gathered(text: string, indent: number): JsonNode | null {
    const flow = new YamlFlow();
    let done = flow.add(text);
    const from = this.next;
    let blank = false; // an empty line in a quoted text is its line break
    while (!done && !flow.broken && this.next < this.lines.length && this.next - from < MOST_FLOW_LINES) {
      const line = this.lines[this.next]!;
      if (line.text !== "" && line.indent < indent) break;
      this.next++;
      done = flow.add(line.text === "" ? "\n" : `${blank ? "" : " "}${line.text}`);
      blank = line.text === "";
    }
    if (done && !flow.broken) return flow.value();
    this.next = from;
    return null;
  }

  private blockScalar(indent: number, folded: boolean): string {
    const lines: string[] = [];
    let base = -1;
    for (; this.next < this.lines.length; this.next++) {
      const line = this.lines[this.next]!;
      if (line.text !== "" && line.indent <= indent) break;
      if (base < 0 && line.text !== "") base = line.indent;
      if (lines.length < 200) lines.push(" ".repeat(Math.max(0, line.indent - Math.max(base, 0))) + line.text);
    }
    return lines.join(folded ? " " : "\n").trimEnd().slice(0, 4096);
  }
}

/** Tags and anchors before a value. */
function marks(text: string): Marked {
  let rest = text;
  let tag: string | null = null;
  for (let match = /^(!\S*|&\S+)(?:\s+|$)/.exec(rest); match !== null; match = /^(!\S*|&\S+)(?:\s+|$)/.exec(rest)) {
    if (match[1]!.startsWith("!")) tag = match[1]!;
    rest = rest.slice(match[0].length);
  }
  return { rest, tag };
}

/** What Python's tags name, where it is worth knowing. */
function tagged(tag: string | null, value: JsonNode): JsonNode {
  const python = tag === null ? null : /^!(?:!python|<tag:yaml\.org,2002:python)\/(name|object|module|class):([\w.]+)/.exec(tag);
  if (python === null) return value;
  if (python[1] !== "object") return value === null || value === "" ? python[2]! : value;
  if (typeof value === "object" && value !== null && value.kind === "dict") {
    return { kind: "dict", keys: ["__class__", ...value.keys], values: [python[2]!, ...value.values], lines: [value.lines[0] ?? 0, ...value.lines] };
  }
  return value === null || value === "" ? python[2]! : value;
}

function isItem(text: string): boolean {
  return text === "-" || text.startsWith("- ");
}

/** "key: rest", the key plain or quoted; null for other lines. */
function keyOf(text: string): { name: string; rest: string } | null {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^']|'')*)')\s*:(?:\s+(.*))?$/s.exec(text);
  if (quoted !== null) return { name: quoted[1] ?? quoted[2]!.replaceAll("''", "'"), rest: quoted[3] ?? "" };
  if (/^[[{"'#|>@`%*]/.test(text)) return null;
  const at = text.indexOf(": ");
  const end = at >= 0 ? at : text.endsWith(":") ? text.length - 1 : -1;
  if (end <= 0) return null;
  const name = marks(text.slice(0, end)).rest.trim();
  return name === "" || name.includes(" #") || name.length > 256 ? null : { name, rest: text.slice(end + 1).trim() };
}

/** Without a comment at the end. */
function uncommented(text: string): string {
  if (text.startsWith("#")) return "";
  const at = text.search(/\s#/);
  return (at < 0 ? text : text.slice(0, at)).trim();
}
