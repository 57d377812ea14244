/** Class names as they are typed. */

/** Names by index; `problem` says why they cannot be taken. `known` is the number of classes, 0 when unknown. */
export function parseClassNames(text: string, known: number): { readonly names: string[]; readonly problem: string | null } {
  if (text.trim() === "") return { names: [], problem: null };
  const names = text.split(",").map((name) => name.trim());
  const empty = names.indexOf("");
  if (empty >= 0) return { names, problem: `Class ${empty} has no name.` };
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) return { names, problem: `${JSON.stringify(twice)} is there twice.` };
  if (known > 0 && names.length > known) return { names, problem: `There are ${known} classes, and ${names.length} names.` };
  return { names, problem: null };
}
