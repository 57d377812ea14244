/** What classes are called. */
import type { ClassInfo } from "../../src/run";
import { listed, ranges, shorten } from "./format";

/** Short name: the author's, else the index. */
export function classLabel(classes: readonly ClassInfo[], index: number): string {
  return classes[index]?.name ?? String(index);
}

/** Name that stands by itself: "3 spleen", "class 3". */
export function classTitle(classes: readonly ClassInfo[], index: number): string {
  const name = classes[index]?.name ?? null;
  return name === null ? `class ${index}` : `${index} ${name}`;
}

/** Several classes in few characters: "classes 1–10", "liver, spleen and 3 more". */
export function classesInShort(classes: readonly ClassInfo[], indices: readonly number[]): string {
  if (indices.every((c) => (classes[c]?.name ?? null) === null)) return `${indices.length === 1 ? "class" : "classes"} ${ranges(indices)}`;
  const names = indices.map((c) => shorten(classLabel(classes, c), 16));
  return names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : listed(names);
}
