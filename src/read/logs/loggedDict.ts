/** Numbers in what was logged as JSON by trackers that mark other things with a "_type" (W&B, trackio). */
import { isDict, type JsonNode } from "./jsonTree";

/** Names nested in names that become one tag. */
const DEEPEST = 8;

/** What JSON has no number for, as trackers write it. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

/** Gives the numbers below `name`, nested names joined by dots; a dict with a "_type" is a picture, a table or a histogram. */
export function eachLogged(name: string, node: JsonNode, take: (tag: string, value: number) => void, depth = 0): void {
  if (!isDict(node) || depth > DEEPEST || node.keys.includes("_type")) return;
  for (const [i, key] of node.keys.entries()) {
    const value = node.values[i]!;
    const tag = name === "" ? key : `${name}.${key}`;
    const number = typeof value === "string" ? NUMBER_WORDS.get(value) : value;
    if (typeof number === "number") take(tag, number);
    else eachLogged(tag, value, take, depth + 1);
  }
}
