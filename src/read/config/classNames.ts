/** Class names, the ignored label and such, wherever a tree of settings keeps them. */
import { at, isDict, type JsonNode } from "../logs/jsonTree";

/** More classes than a label map of 16 bits can hold are none. */
export const MOST_CLASSES = 4096;
const NAME_KEYS = ["class_names", "classnames", "names", "id2label", "id_to_label", "label_names", "classes", "class_labels", "categories", "labels", "label2id"];
const IGNORE_KEYS = /^(?:ignore_(?:index|label|value|class|id)|ignored_(?:index|label)|semantic_loss_ignore_index|seg_ignore_label|void_(?:index|label|class))$/;
/** Names nested in names in which class names are looked for ("data.names"). */
const DEEPEST = 3;

/** Index → name: a list of texts or of {id, name}, {0: "a", 1: "b"}, or {"a": 0, "b": 1}; null for anything else. */
export function classNamesOf(node: JsonNode | undefined): (string | null)[] | null {
  if (typeof node !== "object" || node === null) return null;
  if (node.kind === "list") {
    const { items } = node;
    if (items.length === 0 || items.length > MOST_CLASSES || !items.every((item) => typeof item === "string" || isNamed(item))) return null;
    const ids = items.map((item) => at(item, "id"));
    // COCO's categories: their ids are the labels, in any order and with holes.
    if (ids.every((id) => typeof id === "number" && Number.isInteger(id) && id >= 0)) return filled(items.map((item, i) => [ids[i] as number, nameIn(item) ?? ""] as const));
    return items.map((item) => (typeof item === "string" ? item : nameIn(item)));
  }
  const byIndex = node.keys.every((key) => /^\d{1,4}$/.test(key)) && node.values.every((value) => typeof value === "string");
  const byName = !byIndex && node.values.every((value) => typeof value === "number" && Number.isInteger(value) && value >= 0 && value < MOST_CLASSES);
  if (node.keys.length === 0 || (!byIndex && !byName)) return null;
  const pairs = node.keys.map((key, i): [number, string] => (byIndex ? [Number(key), node.values[i] as string] : [node.values[i] as number, key]));
  return filled(pairs);
}

/** Names by index, holes null; null when there are none or an index is too large. */
export function filled<T>(pairs: readonly (readonly [number, T])[]): (T | null)[] | null {
  const last = pairs.reduce((most, [index]) => Math.max(most, index), -1);
  if (last < 0 || last >= MOST_CLASSES) return null;
  const out = new Array<T | null>(last + 1).fill(null);
  for (const [index, value] of pairs) out[index] = value;
  return out;
}

/** The class names that a tree of settings holds, nearest to its root; null when it holds none. */
export function findClassNames(root: JsonNode): (string | null)[] | null {
  let level: JsonNode[] = [root];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    for (const key of NAME_KEYS) {
      for (const dict of level) {
        if (!isDict(dict)) continue;
        for (const [i, own] of dict.keys.entries()) {
          if (plainKey(own) !== key) continue;
          const names = classNamesOf(dict.values[i]);
          if (names !== null && isTelling(names)) return names;
        }
      }
    }
    level = level.flatMap((dict) => (isDict(dict) ? dict.values.filter(isDict) : [])).slice(0, 1000);
  }
  return null;
}

/** The label value that no score counts; null where it is not told. */
export function findIgnored(root: JsonNode): number | null {
  let level: JsonNode[] = [root];
  for (let depth = 0; depth < DEEPEST && level.length > 0; depth++) {
    for (const dict of level) {
      if (!isDict(dict)) continue;
      for (const [i, key] of dict.keys.entries()) {
        const value = dict.values[i];
        if (typeof value === "number" && Number.isInteger(value) && IGNORE_KEYS.test(plainKey(key))) return value;
      }
    }
    level = level.flatMap((dict) => (isDict(dict) ? dict.values.filter(isDict) : [])).slice(0, 1000);
  }
  return null;
}

function plainKey(key: string): string {
  return key.toLowerCase().replaceAll("-", "_");
}

/** transformers numbers classes that nobody named: LABEL_0, LABEL_1. */
function isTelling(names: readonly (string | null)[]): boolean {
  return !names.every((name, i) => name === null || name === `LABEL_${i}`);
}

function isNamed(node: JsonNode): boolean {
  return isDict(node) && node.keys.some((key, i) => key === "name" && typeof node.values[i] === "string");
}

function nameIn(node: JsonNode): string | null {
  const name = at(node, "name");
  return typeof name === "string" ? name : null;
}
