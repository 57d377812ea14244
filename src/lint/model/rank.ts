/** The number of axes of the images, told by sums with class weights. */
import { axisList } from "./reductions";
import type { Trace } from "./trace";

/**
 * Sums over the axes 0 to 3 of channels-last arrays are over volumes with a class axis left, or over images with none. Where class weights
 * multiply them and the products are summed once more, a class axis was left. null: nothing tells.
 */
export function weightedRank(trace: Trace): number | null {
  if (!trace.sums.some((s) => !s.mean && s.of.over === null && s.of.weights.length > 0 && s.of.ratio === null)) return null;
  const ranks = new Set<number>();
  for (const { node, file, of, result } of trace.sums) {
    if (of.over !== "" || result.over !== null || of.axes?.spread !== 1) continue;
    const call = trace.calls.find((c) => c.file === file && c.node.from === node.from && c.node.to === node.to);
    const list = axisList(call?.named.get("axis") ?? call?.named.get("reduction_indices") ?? call?.args[1]);
    if (list === null || list === undefined || list.from !== null || list.list.some((i) => i < 0)) return null;
    ranks.add(Math.max(...list.list) + 2);
  }
  const [rank] = ranks;
  return ranks.size === 1 && rank !== undefined && rank >= 5 && rank <= 6 ? rank : null;
}
