/** Attributes and subscripts: self.eps, y_true[..., l], w[0]. */
import type { Evaluator } from "./evaluate";
import { children, textOf, type Node } from "./python";
import type { Scope } from "./scope";
import { UNKNOWN, type Value } from "./values";

export function subscript(evaluator: Evaluator, node: Node, scope: Scope): Value {
  const known = scope.get(textOf(evaluator.file, node));
  if (known !== undefined) return known; // self.eps
  const parts = children(node);
  const object = parts[0];
  if (object === undefined) return UNKNOWN;
  const value = evaluator.expression(object, scope);
  const bracket = parts.findIndex((p) => p.name === "[");
  if (bracket < 0) return UNKNOWN;
  if (value.kind !== "labels") return value.kind === "volume" || value.kind === "weights" || value.kind === "largest" ? value : UNKNOWN;
  const indices = indicesOf(parts.slice(bracket + 1));
  const picks = (i: Node | null | undefined): boolean => i !== null && i !== undefined && (i.name === "VariableName" || i.name === "Number");
  return { ...value, oneImage: value.oneImage || picks(indices[0]), oneClass: value.oneClass || (indices.length > 1 && picks(indices.at(-1))) || picks(indices[1]) };
}

/** What stands between the commas; null for a bare colon. */
function indicesOf(parts: readonly Node[]): (Node | null)[] {
  const out: (Node | null)[] = [];
  let current: Node | null = null;
  for (const part of parts) {
    if (part.name === "," || part.name === "]") {
      out.push(current);
      current = null;
    } else if (part.name !== ":" || current === null) current = part;
  }
  return out;
}
