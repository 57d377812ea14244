/** Trees of settings made flat: nested names joined by dots, lists of plain values kept as lists. */
import type { ConfigValue } from "../format";
import { isDict, isList, type JsonNode } from "../logs/jsonTree";

/** Settings kept of one file; what a training is told rarely needs a tenth of it. */
export const MOST_FACTS = 2000;
/** Deeper names are no settings. */
const DEEPEST = 12;
/** Elements of a list that is kept as one setting. */
const MOST_ITEMS = 1024;
/** Characters of a text that is kept. */
const LONGEST_TEXT = 4096;

export type Facts = Map<string, ConfigValue>;

/** A plain value or a list of them (two deep); undefined for what is no setting in itself. */
export function valueOf(node: JsonNode, depth = 0): ConfigValue | undefined {
  if (typeof node !== "object" || node === null) return typeof node === "string" ? node.slice(0, LONGEST_TEXT) : node;
  if (node.kind === "dict" || depth > 2 || node.items.length > MOST_ITEMS) return undefined;
  const items: ConfigValue[] = [];
  for (const item of node.items) {
    const value = valueOf(item, depth + 1);
    if (value === undefined) return undefined;
    items.push(value);
  }
  return items;
}

/** Puts what `node` holds into `facts` under `name`; at most MOST_FACTS in all. */
export function flatten(name: string, node: JsonNode, facts: Facts, depth = 0): void {
  if (facts.size >= MOST_FACTS || depth > DEEPEST) return;
  if (isDict(node)) {
    for (const [i, key] of node.keys.entries()) flatten(name === "" ? key : `${name}.${key}`, node.values[i]!, facts, depth + 1);
    return;
  }
  const value = valueOf(node);
  if (value !== undefined) {
    if (name !== "") facts.set(name, value);
  } else if (isList(node) && node.items.length <= MOST_ITEMS) {
    for (const [i, item] of node.items.entries()) flatten(`${name}[${i}]`, item, facts, depth + 1);
  }
}
