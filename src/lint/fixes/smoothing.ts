/** Constants above and below the bar: scaled with the weights (L18), above too (L19), in place of a mask (L20). */
import type { Loss, Model } from "../model/model";
import type { BinaryMet, RatioMet } from "../model/trace";
import { textOf, type Node, type PythonFile } from "../python";
import type { Edit, Fix } from "../rules/rule";
import { binaryAt, isProduct } from "./classSum";
import { insert, joined, replace } from "./edits";
import { overBatchEdits } from "./perClass";
import { bare, isAtom, isWithin, withoutLines } from "./source";
import { operands, sumSites, type SumSite } from "./sums";
import { weightName } from "./weigh";
import { Words } from "./words";

/** What MONAI and others add on both sides. */
const SMOOTH = "1e-5";

/** L18: what is added to weighted sums is weighted too. */
export function scaledFixes(model: Model, loss: Loss, ratio: RatioMet): Fix[] {
  const { file } = model;
  const [id] = ratio.above.weights;
  const weights = id === undefined ? null : weightName(file, loss, id);
  const sites = sumSites(loss);
  // Without background there may be images in which no class is present, and all weights 0.
  if (weights === null || sites === null || ratio.above.foreground || ratio.below.foreground || loss.trace.ratios.some((r) => r.node.from !== ratio.node.from)) return [];
  const edits: Edit[] = [];
  const classSums = sites.filter((s) => s.met.of.weights.length > 0 && s.met.of.ratio === null && (s.met.result.over?.includes("C") ?? s.met.of.axes?.roles.includes("C")) === true);
  const restOf = (s: SumSite): string => file.text.slice(s.argument.to, s.met.node.to);
  for (const met of once(loss.trace.binaries)) {
    const { left, right, result } = met;
    const parts = operands(met.node);
    if (met.op !== "+" || met.file.path !== file.path || left.kind !== "tensor" || left.weights.length === 0 || left.state === "weights" || result.kind !== "tensor" || right.kind !== "number") continue;
    // The weights are summed as what they weigh is: there, or where it got its name, when all are summed alike.
    const alike = new Set(classSums.map(restOf)).size === 1;
    const site = parts === null ? undefined : (classSums.find((s) => isWithin(s.met.node, parts.left)) ?? (alike ? classSums[0] : undefined));
    if (parts === null || site === undefined || weights.from >= site.met.node.from) return [];
    const rest = restOf(site);
    const sum = site.isMethod ? `${weights.text}${rest}` : `${textOf(file, site.call.callee)}(${weights.text}${rest}`;
    edits.push(replace(parts.right, `${textOf(file, parts.right)} * ${sum}`));
  }
  const all = edits.length === 2 ? joined(edits) : null;
  return all === null ? [] : [{ title: "Scale the smoothing with the weights", edits: all, safe: false }];
}

/** L19: the same constant above and below, summed over the batch where it was per image. */
export function smoothedFixes(model: Model, loss: Loss, ratio: RatioMet): Fix[] {
  const edits = smoothed(model, loss, ratio);
  const perImage = ratio.above.over === "S";
  return edits === null ? [] : [{ title: perImage ? "Sum over the whole batch, smooth above too" : "Smooth above the bar too", edits, safe: false }];
}

/** L20: absent classes count, and a prediction that is as empty as they are scores 1. */
export function unmaskedFixes(model: Model, loss: Loss, met: BinaryMet, kept: "left" | "right"): Fix[] {
  const { file } = model;
  const [ratio] = loss.trace.ratios;
  if (ratio === undefined || loss.trace.ratios.some((r) => r.node.from !== ratio.node.from)) return [];
  // A sum of the masked scores is divided by the number of those that are there: without the mask that is no mean.
  if (sumSites(loss)?.every((s) => s.met.mean || s.met.of.over === "") !== true) return [];
  const smoothing = ratio.above.added === 0 ? smoothed(model, loss, ratio) : [];
  const parts = operands(met.node);
  const { parent } = met.node;
  // (loss * mask).mean(): the parentheses go too.
  const whole = parts !== null && isAtom(parts[kept]) && parent?.name === "ParenthesizedExpression" ? parent : met.node;
  const gone = met.node.name === "UpdateStatement" ? withoutLines(file, met.node) : parts === null ? null : replace(whole, textOf(file, parent?.name === "ArgList" ? bare(parts[kept]) : parts[kept]));
  if (smoothing === null || gone === null || smoothing.some((e) => isWithin(e, gone))) return [];
  const all = joined([...smoothing, gone]);
  return all === null ? [] : [{ title: "Keep absent classes, smooth above the bar", edits: all, safe: false }];
}

function smoothed(model: Model, loss: Loss, ratio: RatioMet): Edit[] | null {
  const { file } = model;
  const parts = operands(ratio.node);
  const words = Words.of(model, loss);
  if (parts === null || words === null || binaryAt(loss, file, ratio.node) === null) return null;
  const sums = ratio.above.over === "S" ? overBatchEdits(model, loss, words) : [];
  if (sums === null) return null;
  const { text, edits } = constantBelow(loss, file, parts.right);
  const above = bare(parts.left) === parts.left ? [insert(parts.left.from, "("), insert(parts.left.to, ` + ${text})`)] : [insert(bare(parts.left).to, ` + ${text}`)];
  // 2 * (a + b) / c is read as (2 * (a + b)) / c: only a product or sum may have the constant put behind it.
  if (!isProduct(file, bare(parts.left)) && parts.left === bare(parts.left)) return null;
  return joined([...sums, ...above, ...edits, ...words.edits]);
}

/** The constant that stands below, or one that is put there. */
function constantBelow(loss: Loss, file: PythonFile, node: Node): { text: string; edits: Edit[] } {
  const at = bare(node);
  const met = binaryAt(loss, file, at);
  const parts = operands(at);
  if (met?.op === "+" && parts !== null) {
    const found = met.right.kind === "number" ? { value: met.right, own: parts.right } : met.left.kind === "number" ? { value: met.left, own: parts.left } : null;
    if (found !== null) {
      const { value, own } = found;
      // One that only keeps the division from failing has no effect above.
      if (value.param === null && value.value < 1e-5) return { text: SMOOTH, edits: [replace(own, SMOOTH)] };
      return { text: textOf(file, own), edits: [] };
    }
  }
  if (at !== node) return { text: SMOOTH, edits: [insert(at.to, ` + ${SMOOTH}`)] };
  return { text: SMOOTH, edits: [insert(node.from, "("), insert(node.to, ` + ${SMOOTH})`)] };
}

function once(mets: readonly BinaryMet[]): BinaryMet[] {
  const seen = new Set<string>();
  return mets.filter((m) => {
    const key = `${m.file.path}:${m.node.from}:${m.node.to}`;
    return !seen.has(key) && seen.add(key);
  });
}
