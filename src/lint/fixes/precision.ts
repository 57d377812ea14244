/** Sums in 32 bits, powers of what stays above 0. */
import { textOf, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { Met } from "../model/trace";
import type { Value } from "../model/values";
import { isHere, type Edit, type Fix } from "../rules/rule";
import { fixOf } from "./code";
import { replace } from "./edits";
import { atomText, bare } from "./source";
import { Words } from "./words";

/** The array that a function or method is called with. */
export function arrayNode(loss: Loss, met: Met): Node | null {
  const call = loss.trace.calls.find((c) => c.node.from === met.node.from && c.node.to === met.node.to && c.file.path === met.file.path);
  return call?.argNodes[0] ?? ["input", "x", "a", "input_tensor"].flatMap((name) => call?.namedNodes.get(name) ?? [])[0] ?? null;
}

/** Casts before all the sums. TensorFlow mixes no types: there nothing is done when a 16-bit array would be left that meets them. */
export function sumIn32Bits(model: Model, loss: Loss): Fix[] {
  const words = Words.of(model, loss);
  if (words === null) return [];
  const sums = loss.trace.sums.filter((s) => s.of.half && s.of.over === "");
  if ((!words.isTorch && loss.framework !== "jax" && mixes(loss)) || !sums.every((s) => isHere(model, s))) return [];
  const edits = sums.map((s): Edit | null => {
    const node = arrayNode(loss, s);
    if (node === null) return null;
    if (words.isTorch) return replace(node, `${atomText(model.file, node)}.float()`);
    return loss.framework === "jax" ? replace(node, `${atomText(model.file, node)}.astype("float32")`) : replace(node, `${words.name("cast")}(${textOf(model.file, node)}, "float32")`);
  });
  return fixOf("Sum in float32", [...edits, ...words.edits], true);
}

/** Whether sums meet 16-bit arrays that would stay. */
function mixes(loss: Loss): boolean {
  const stays = (v: Value): boolean => v.kind === "tensor" && v.half && v.over === "";
  const sum = (v: Value): boolean => v.kind === "tensor" && v.half && v.over !== "";
  return loss.trace.binaries.some((b) => (stays(b.left) && sum(b.right)) || (sum(b.left) && stays(b.right))) || loss.trace.calls.some((c) => /cast|convert/.test(c.method) && sum(c.result));
}

/** The least value a power below 1 is taken of. */
const LEAST = "1e-7";

export function aboveZero(model: Model, loss: Loss, base: Node | null | undefined, exponent: number): Fix[] {
  const words = Words.of(model, loss);
  if (words === null || base === null || base === undefined || exponent < 0) return [];
  const text = words.isTorch ? atomText(model.file, base) : textOf(model.file, bare(base));
  return fixOf(`Keep what the power is taken of above ${LEAST}`, [replace(base, words.atLeast(text, LEAST)), ...words.edits], true);
}
