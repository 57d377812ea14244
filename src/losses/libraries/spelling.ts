/** Names of losses with options, spelled as the configurations are: "monai.DiceLoss(softmax,smooth_nr=0,batch=True)". */
import type { OptionValue, Options } from "./options";

export interface Spelled {
  /** "monai" */
  readonly library: string;
  /** "DiceLoss" */
  readonly loss: string;
  readonly options: Options;
  /** Words without a value, as they stand. */
  readonly words: readonly string[];
}

/** A sentence where the text cannot be read; null where it does not begin as a library's loss does. */
export function parseSpelling(text: string): Spelled | string | null {
  const head = /^\s*([\w-]+)\.(\w+)\s*(?:\(([\s\S]*)\))?\s*$/.exec(text);
  if (head === null) return null;
  const [, library = "", loss = "", inside = ""] = head;
  const reader = new Reader(inside);
  const options: Record<string, OptionValue> = {};
  const words: string[] = [];
  for (let rest = reader.rest; rest !== ""; rest = reader.rest) {
    const name = reader.word();
    if (name !== null && reader.takes("=")) {
      if (Object.hasOwn(options, name)) return `${library}.${loss}: ${name} is given twice`;
      const value = reader.value();
      if (value === undefined) return `${library}.${loss}: the value of ${name} cannot be read: ${reader.rest}`;
      options[name] = value;
    } else if (name !== null) words.push(name);
    else if (!reader.pairs(options)) return `${library}.${loss}: cannot be read from here on: ${reader.rest}`;
    if (reader.rest !== "" && !reader.takes(",")) return `${library}.${loss}: a comma is missing before ${reader.rest}`;
  }
  return { library, loss, options, words };
}

/** Python's literals, as far as options have them. */
class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  get rest(): string {
    return this.text.slice(this.at).trim();
  }

  takes(token: string): boolean {
    return this.match(new RegExp(`^\\s*${token.replace(/[[\](){}=:,]/, "\\$&")}`)) !== null;
  }

  word(): string | null {
    return this.match(/^\s*([A-Za-z_]\w*)/)?.[1] ?? null;
  }

  /** Undefined where there is none. */
  value(): OptionValue | undefined {
    const number = this.match(/^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?:\s*\/\s*(\d+\.?\d*))?/);
    if (number !== null) return Number(number[1]) / (number[2] === undefined ? 1 : Number(number[2]));
    const quoted = this.match(/^\s*(?:"([^"]*)"|'([^']*)')/);
    if (quoted !== null) return quoted[1] ?? quoted[2] ?? "";
    const word = this.word();
    if (word !== null) return word === "True" ? true : word === "False" ? false : word === "None" ? null : word;
    const close = this.takes("[") ? "]" : this.takes("(") ? ")" : null;
    if (close === null) return undefined;
    const list: OptionValue[] = [];
    while (!this.takes(close)) {
      const item = this.value();
      if (item === undefined || (!this.takes(",") && !this.match(new RegExp(`^\\s*(?=\\${close})`)))) return undefined;
      list.push(item);
    }
    return list;
  }

  /** {'name': value, …} into `options`. */
  pairs(options: Record<string, OptionValue>): boolean {
    if (!this.takes("{")) return false;
    while (!this.takes("}")) {
      const name = this.match(/^\s*['"](\w+)['"]\s*:/)?.[1];
      const value = name === undefined ? undefined : this.value();
      if (name === undefined || value === undefined) return false;
      options[name] = value;
      if (!this.takes(",") && this.match(/^\s*(?=\})/) === null) return false;
    }
    return true;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    const found = pattern.exec(this.text.slice(this.at));
    if (found !== null) this.at += found[0].length;
    return found;
  }
}
