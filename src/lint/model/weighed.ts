/** Weights per class that are handed in: nothing is known of them but what they are called. */
import type { Frame } from "./interpret";
import type { Operand } from "./operators";
import { named, type Value } from "./values";

/** Weights per class, by what they are called; those of pixels and samples are none. */
const WEIGHTS = /^(?:\d[\d.]{0,6} ?\* ?)?((?:self\.)?(?!\w*(?:sample|pixel|voxel|mask|valid|map|loss|dice|bce|edge|border|boundary|region))\w*(?:weights?|[wW]|cw|class_w)(?:\[[^\]]{0,60}\])?)$/;
/** What is longer is no name. */
const MAX_NAME = 100;

/** weights * sums: which weights, where they are handed in and nothing is known of their values. */
export function weighedBy(result: Value, left: Operand, right: Operand, { file }: Frame): Value {
  if (result.kind !== "tensor" || result.origin === 0) return result;
  // Before a sum over space an array may weigh pixels; numbers that are written out weigh classes.
  const summed = result.over !== "";
  const names = [left, right].flatMap(({ value, node }) => {
    const constant = (summed && value.kind === "unknown") || (value.kind === "sequence" && value.items.length > 1) || (summed && value.kind === "tensor" && value.origin === 0 && value.weights.length === 0 && value.state === "unknown");
    const name = constant && node.to - node.from < MAX_NAME ? WEIGHTS.exec(file.text.slice(node.from, node.to))?.[1] : undefined;
    return name === undefined ? [] : [name];
  });
  return names.length === 0 ? result : { ...result, by: named(result.by, names), weighed: named(result.weighed, names) };
}
