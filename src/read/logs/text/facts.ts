/** Settings that argparse prints: "Namespace(batch_size=16, lr=0.001, name='unet')". */
import type { ConfigValue } from "../../format";

const MOST = 300;

/** The settings of a line; none where it prints no Namespace. */
export function factsOf(line: string): [string, ConfigValue][] {
  const start = /\b(?:Namespace|ArgumentNamespace|Args|Config)\(/.exec(line);
  if (start === null) return [];
  const out: [string, ConfigValue][] = [];
  for (const part of topLevel(line.slice(start.index + start[0].length))) {
    const pair = /^\s*['"]?([A-Za-z_][\w.-]*)['"]?\s*[=:]\s*(.*?)\s*$/.exec(part);
    if (pair === null || out.length >= MOST) continue;
    const value = literal(pair[2]!);
    if (value !== undefined) out.push([pair[1]!, value]);
  }
  return out;
}

/** Parts between commas outside of quotes and brackets, up to the bracket that closes the whole. */
function topLevel(text: string): string[] {
  const out: string[] = [];
  let depth = 0;
  let quote = "";
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (quote !== "") {
      if (c === "\\") i++;
      else if (c === quote) quote = "";
    } else if (c === "'" || c === '"') quote = c;
    else if (c === "(" || c === "[" || c === "{") depth++;
    else if (c === ")" || c === "]" || c === "}") {
      if (depth-- === 0) {
        out.push(text.slice(start, i));
        return out;
      }
    } else if (c === "," && depth === 0) {
      out.push(text.slice(start, i));
      start = i + 1;
    }
  }
  return out;
}

/** A Python literal; undefined for what is none (an object's repr). */
function literal(text: string): ConfigValue | undefined {
  if (/^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text)) return Number(text);
  if (text === "True" || text === "False") return text === "True";
  if (text === "None") return null;
  const quoted = /^(['"])(.*)\1$/.exec(text);
  if (quoted !== null) return quoted[2]!;
  const list = /^[[(](.*)[\])]$/.exec(text);
  if (list === null) return undefined;
  const elements = list[1]!.split(",").map((element) => element.trim()).filter((element) => element !== "");
  const values = elements.map(literal);
  return values.every((value) => value !== undefined) ? values : undefined;
}
