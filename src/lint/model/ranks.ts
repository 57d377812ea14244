/** Comparisons of the number of axes. */
import { UNKNOWN, type Value } from "./values";

/** len(x.shape) == 4, len(axes) > 0 */
export function rankCompared(op: string, size: number | null, offset: number, to: number): Value {
  const known = (yes: boolean): Value => ({ kind: "boolean", value: yes });
  if (size !== null) {
    switch (op) {
      case "==":
        return known(size === to);
      case "!=":
        return known(size !== to);
      case ">":
        return known(size > to);
      case ">=":
        return known(size >= to);
      case "<":
        return known(size < to);
      case "<=":
        return known(size <= to);
    }
  }
  // How many axes a list has that leaves out some: images have three at least, and what is left of them when their space was flattened.
  return offset === 0 ? UNKNOWN : (op === ">" && FEWEST + offset > to) || (op === ">=" && FEWEST + offset >= to) || (op === "!=" && FEWEST + offset > to) ? known(true) : UNKNOWN;
}

const FEWEST = 3;
