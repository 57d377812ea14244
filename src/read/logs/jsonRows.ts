/** Objects of JSON lines: what a line holds, and the numbers in it under flat names. */
import { cellNumber } from "./csvCells";
import { isTrainingName } from "./csvPlan";
import { parseJson, type JsonNode } from "./jsonTree";

export type JsonRow = Readonly<Record<string, unknown>>;

/** Names nested in names: {"train": {"loss": 0.5}} is "train/loss". */
const DEEPEST = 4;
/** Longer lists are data, not one score a class. */
const LONGEST_LIST = 256;
const MOST_NAMES = 4096;

export function isRow(value: unknown): value is JsonRow {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object that a line holds, NaN and Infinity as Python writes them; null for lines that hold none. */
export function rowOf(line: string): JsonRow | null {
  const text = line.trim();
  if (!text.startsWith("{") || !text.endsWith("}")) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { root, end } = parseJson(text);
    value = root === null || end !== "complete" ? null : plain(root);
  }
  return isRow(value) ? value : null;
}

/** As JSON.parse gives it; the parser bounds the depth. */
export function plain(node: JsonNode): unknown {
  if (typeof node !== "object" || node === null) return node;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries(node.keys.map((key, i) => [key, plain(node.values[i]!)]));
}

/** A number, or text that is one ("nan", "tensor(0.5)") where the name says that it was measured. */
function numberOf(name: string, value: unknown): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.length <= 64 && isTrainingName(name) ? cellNumber(value.trim()) : undefined;
}

/** Gives every number of a row under its flat name, elements of a list as "name[0]"; `left` are keys that are no measures. */
export function eachNumber(row: JsonRow, left: ReadonlySet<string>, take: (name: string, value: number) => void): void {
  let names = 0;
  const walk = (of: JsonRow, prefix: string, depth: number): void => {
    for (const key of Object.keys(of)) {
      if (++names > MOST_NAMES) return;
      const name = prefix + key;
      if (left.has(name)) continue;
      const value = of[key];
      const number = numberOf(name, value);
      if (number !== undefined) take(name, number);
      else if (Array.isArray(value)) list(name, value);
      else if (depth < DEEPEST && isRow(value)) walk(value, `${name}/`, depth + 1);
    }
  };
  const list = (name: string, items: readonly unknown[]): void => {
    if (items.length > LONGEST_LIST) return;
    for (const [i, item] of items.entries()) {
      const number = numberOf(name, item);
      if (number !== undefined) take(`${name}[${i}]`, number);
    }
  };
  walk(row, "", 0);
}
