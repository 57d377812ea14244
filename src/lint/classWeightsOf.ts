/** The rule by which a loss weighs its classes, where they are the inverse of volumes. */
import { weightsIn } from "./evaluate";
import type { Loss } from "./model/model";
import type { RatioMet } from "./model/trace";
import { functionsOf } from "./python";
import type { Inverse } from "./values";

/** Null where the weights of this coefficient are not found in the function's own file. */
export function classWeightsOf(loss: Loss, ratio: RatioMet): Inverse | null {
  if (ratio.below.weights.length === 0 && ratio.above.weights.length === 0) return null;
  const { node, body, file } = loss.fn;
  const fn = functionsOf(file).find((f) => f.node.from === node.from || (f.body.from === body.from && f.body.to === body.to));
  return fn === undefined ? null : (weightsIn(fn).at(-1) ?? null);
}
