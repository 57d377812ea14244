/** L2's fixes: absent classes get a small finite weight, per image where the rest of the loss allows it. */
import type { Loss, Model } from "../model/model";
import { textOf, type Node } from "../python";
import type { Edit, Fix, Range } from "../rules/rule";
import { ABSENT, absentEdits } from "./absent";
import { joined } from "./edits";
import { numpyFix } from "./numpy";
import { perImageEdits } from "./perImage";
import { nodeAt } from "./source";
import { Words } from "./words";

/** `place`: where the weights are made; `power`: of the volume in them. */
export function absentFixes(model: Model, loss: Loss, place: Range, power: number): Fix[] {
  const node = nodeAt(model.file.root, place);
  const words = Words.of(model, loss);
  if (node === null || words === null) return [];
  const nodes = sameWeights(model, loss, node);
  if (nodes === null) return [];
  const fixes: Fix[] = [];
  const add = (title: string, unit: "NS" | "S", sums: readonly Edit[], safe: boolean): void => {
    // Labels that numpy counts must be counted by the framework first.
    const counted = usesNumpy(loss) ? (numpyFix(model, loss, unit)?.edits ?? null) : [];
    if (counted === null) return;
    let own: Edit[] | null = [...counted, ...sums];
    for (const at of nodes) own = own === null ? null : absentEdits(model.file, loss, at, power, words, own);
    const edits = own === null ? null : joined(own);
    if (edits !== null) fixes.push({ title, edits, safe });
  };
  const sums = perImageEdits(model, loss, words);
  if (sums !== null) add(`Weigh per image, absent classes ${ABSENT}`, "S", sums, false);
  add(`Give absent classes the weight ${ABSENT}`, "NS", [], true);
  return fixes;
}

/** Every place where the weights are written out, here where there is one; null where those above and below the bar differ. */
function sameWeights(model: Model, loss: Loss, node: Node): Node[] | null {
  const used = new Set(loss.trace.ratios.flatMap((r) => [...r.above.weights, ...r.below.weights]));
  const places = loss.weightPlaces.filter((p, id) => used.has(id) && p.path === model.file.path);
  const nodes = places.flatMap((p) => nodeAt(model.file.root, p) ?? []);
  if (!nodes.some((n) => n.from === node.from)) return [node];
  return nodes.length === places.length && nodes.every((n) => textOf(model.file, n) === textOf(model.file, node)) ? nodes : null;
}

function usesNumpy(loss: Loss): boolean {
  return loss.symbolic && loss.trace.calls.some((c) => c.family === "numpy" && c.args.some((a) => a.kind === "tensor" && a.origin !== 0));
}
