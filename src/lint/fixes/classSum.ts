/** Σ w·overlap / Σ w·sums in place of a ratio for each class. */
import type { Loss, Model } from "../model/model";
import type { BinaryMet } from "../model/trace";
import type { Tensor } from "../model/values";
import { textOf, type Node, type PythonFile } from "../python";
import type { Edit, Fix, Range } from "../rules/rule";
import { joined, replace } from "./edits";
import { bare, isAtom } from "./source";
import { classAxis, operands, sumSites } from "./sums";
import { Words } from "./words";

/** Sums both sides of the bar over the classes; `weight` is what each side is multiplied with before. null where it cannot surely be done. */
export function summedOverClasses(model: Model, loss: Loss, met: BinaryMet, weight: { readonly above?: string; readonly below?: string } = {}): { edits: Edit[]; words: Words } | null {
  const { left, right, node, file } = met;
  const parts = operands(node);
  const words = Words.of(model, loss);
  if (parts === null || words === null || left.kind !== "tensor" || right.kind !== "tensor" || file.path !== model.file.path) return null;
  const axis = classAxis(left.axes);
  if (axis === null || !sameAxes(left, right) || left.oneClass || right.oneClass) return null;
  const sites = sumSites(loss);
  const after = sites?.filter((s) => s.met.of.ratio !== null) ?? null;
  // A sum of the classes' scores, unlike their mean, is another number with fewer of them.
  if (after === null || after.some((s) => !s.met.mean) || loss.trace.picks.some((p) => p.of.ratio !== null)) return null;
  const keep = after.some((s) => s.axes !== null);
  const side = (at: Node, own: string | undefined): string => {
    const { body, rest } = constantApart(loss, file, at);
    const text = textOf(file, bare(body));
    const product = own === undefined ? text : `${own} * ${isProduct(file, bare(body)) ? text : `(${text})`}`;
    const sum = words.reduce("sum", product, axis, keep);
    return rest === null ? sum : `(${sum} + ${rest})`;
  };
  return { edits: [replace(node, `${side(parts.left, weight.above)} / ${side(parts.right, weight.below)}`), ...words.edits], words };
}

/** The fix of weights that cancel. */
export function cancelFixes(model: Model, loss: Loss, met: BinaryMet): Fix[] {
  const found = summedOverClasses(model, loss, met);
  const edits = found === null ? null : joined(found.edits);
  return edits === null ? [] : [{ title: "Sum over the classes, then divide", edits, safe: true }];
}

/** X + eps: eps is added once, not for each class. */
function constantApart(loss: Loss, file: PythonFile, node: Node): { body: Node; rest: string | null } {
  const at = bare(node);
  const met = binaryAt(loss, file, at);
  const parts = operands(at);
  if (met === null || parts === null || met.op !== "+") return { body: at, rest: null };
  if (met.right.kind === "number") return { body: parts.left, rest: textOf(file, parts.right) };
  if (met.left.kind === "number") return { body: parts.right, rest: textOf(file, parts.left) };
  return { body: at, rest: null };
}

export function binaryAt(loss: Loss, file: PythonFile, range: Range): BinaryMet | null {
  return loss.trace.binaries.find((b) => b.file === file && b.node.from === range.from && b.node.to === range.to) ?? null;
}

/** Whether a factor may stand before it without parentheses. */
export function isProduct(file: PythonFile, node: Node): boolean {
  const parts = operands(node);
  return isAtom(node) || (parts !== null && /^(\*|\/)$/.test(textOf(file, parts.op)));
}

function sameAxes(a: Tensor, b: Tensor): boolean {
  return a.axes !== null && b.axes !== null && a.axes.roles.join() === b.axes.roles.join();
}
