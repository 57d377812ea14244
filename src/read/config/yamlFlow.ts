/** YAML's flow style, `[a, b]`, `{a: 1}` and quoted texts, gathered over lines until it is whole. */
import type { JsonDict, JsonList, JsonNode } from "../logs/jsonTree";
import { scalarOf } from "./scalars";

const DEEPEST = 32;
const LONGEST = 1 << 18;

export class YamlFlow {
  private text = "";
  private seen = 0;
  private open = 0;
  private quote = "";
  /** It is longer than what is read. */
  broken = false;

  /** Takes more of it; true once every bracket and quote is closed. */
  add(text: string): boolean {
    this.text += text;
    if (this.text.length > LONGEST) this.broken = true;
    const all = this.text;
    for (; this.seen < all.length; this.seen++) {
      const c = all[this.seen]!;
      if (this.quote !== "") {
        if (c === "\\" && this.quote === '"') this.seen++;
        else if (c === this.quote) this.quote = "";
      } else if (c === "#" && this.seen > 0 && all[this.seen - 1] === " ") {
        this.text = all.slice(0, this.seen);
        break;
      } else if ((c === '"' || c === "'") && /[\s[{,:]/.test(all[this.seen - 1] ?? " ")) this.quote = c;
      else if (c === "[" || c === "{") this.open++;
      else if (c === "]" || c === "}") this.open--;
    }
    return this.open <= 0 && this.quote === "";
  }

  value(): JsonNode {
    return new FlowParser(this.text).node(0);
  }
}

class FlowParser {
  private pos = 0;
  constructor(private readonly text: string) {}

  node(depth: number): JsonNode {
    this.blank();
    const c = this.text[this.pos];
    if (depth > DEEPEST) {
      this.pos = this.text.length;
      return null;
    }
    if (c === "[") return this.list(depth);
    if (c === "{") return this.dict(depth);
    const text = this.scalar();
    return text.quoted ? text.text : text.text.startsWith("*") ? null : scalarOf(text.text.replace(/^(?:!\S*|&\S+)\s*/, ""));
  }

  private blank(): void {
    while (/\s/.test(this.text[this.pos] ?? "x")) this.pos++;
  }

  private list(depth: number): JsonList {
    const list: JsonList = { kind: "list", items: [], lines: [] };
    this.pos++;
    for (;;) {
      this.blank();
      const c = this.text[this.pos];
      if (c === undefined) return list;
      if (c === "]") {
        this.pos++;
        return list;
      }
      if (c === "," || c === "}") {
        this.pos++;
        continue;
      }
      const item = this.node(depth + 1);
      this.blank();
      if (this.text[this.pos] === ":") {
        // "[a: 1]", a map of one.
        this.pos++;
        this.node(depth + 1);
      }
      list.items.push(item);
      list.lines.push(0);
    }
  }

  private dict(depth: number): JsonDict {
    const dict: JsonDict = { kind: "dict", keys: [], values: [], lines: [] };
    this.pos++;
    for (;;) {
      this.blank();
      const c = this.text[this.pos];
      if (c === undefined) return dict;
      if (c === "}") {
        this.pos++;
        return dict;
      }
      if (c === "," || c === "]" || c === "[" || c === "{" || c === ":") {
        this.pos++;
        continue;
      }
      const key = this.scalar().text;
      this.blank();
      let value: JsonNode = null;
      if (this.text[this.pos] === ":") {
        this.pos++;
        this.blank();
        const after = this.text[this.pos];
        if (after !== "," && after !== "}") value = this.node(depth + 1);
      }
      dict.keys.push(key);
      dict.values.push(value);
      dict.lines.push(0);
    }
  }

  /** Up to a comma, bracket, or a colon that ends a key. Always moves on. */
  private scalar(): { text: string; quoted: boolean } {
    const start = this.pos;
    const quote = this.text[start];
    if (quote === '"' || quote === "'") {
      let out = "";
      for (this.pos++; this.pos < this.text.length; this.pos++) {
        const c = this.text[this.pos]!;
        if (c === "\\" && quote === '"') {
          const next = this.text[++this.pos] ?? "";
          out += ESCAPES.get(next) ?? next;
        } else if (c === quote) {
          if (quote === "'" && this.text[this.pos + 1] === "'") {
            out += "'";
            this.pos++;
          } else {
            this.pos++;
            break;
          }
        } else out += c;
      }
      return { text: out, quoted: true };
    }
    while (this.pos < this.text.length) {
      const c = this.text[this.pos]!;
      if (",[]{}".includes(c) || (c === ":" && /[\s,[\]{}]|^$/.test(this.text[this.pos + 1] ?? ""))) break;
      this.pos++;
    }
    if (this.pos === start) this.pos++;
    return { text: this.text.slice(start, this.pos).trim(), quoted: false };
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["0", "\0"],
]);
