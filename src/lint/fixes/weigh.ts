/** The class weights on both sides of the fraction bar. */
import type { Loss, Model } from "../model/model";
import type { RatioMet } from "../model/trace";
import type { Tensor } from "../model/values";
import { textOf, type PythonFile } from "../python";
import type { Edit, Fix, Range } from "../rules/rule";
import { absentEdits } from "./absent";
import { weightsIn } from "../evaluate";
import { insert, joined, replace } from "./edits";
import { binaryAt, isProduct, summedOverClasses } from "./classSum";
import { nodeAt, statementOf, withoutLines } from "./source";
import { sumSites, type SumSite } from "./sums";
import { Words } from "./words";
import { functionsOf } from "../python";

export type Side = "above" | "below";

/** Weights that stand on one side only are put on the other too. */
export function weighFixes(model: Model, loss: Loss, ratio: RatioMet, id: number, side: Side): Fix[] {
  const name = weightName(model.file, loss, id);
  if (name === null || loss.trace.ratios.some((r) => r.node.from !== ratio.node.from) || name.from >= ratio.node.from) return [];
  const target = ratio[side];
  const sites = classSums(loss, target, side, name.value);
  const edits = sites === null ? perClass(model, loss, ratio, name.text, side) : sites.flatMap((s) => (name.from < s.met.node.from ? weighed(model.file, s, name.text) : [null]));
  return finished(model, loss, edits, side === "above" ? "Multiply the overlap with the weights" : "Multiply the sums with the weights", id);
}

/** Weights that nothing uses: they are used, or go. */
export function unusedFixes(model: Model, loss: Loss, at: Range): Fix[] {
  const { file } = model;
  const node = nodeAt(file.root, at);
  const value = loss.trace.assigns.findLast((a) => a.file === file && a.node.from === at.from)?.value;
  const [ratio] = loss.trace.ratios;
  const fixes: Fix[] = [];
  if (node === null || value?.kind !== "tensor") return fixes;
  const text = textOf(file, node);
  const [id] = value.weights;
  if (node.name === "VariableName" && ratio !== undefined && id !== undefined && loss.trace.ratios.every((r) => r.node.from === ratio.node.from) && ratio.above.axes?.roles.join() === value.axes?.roles.join() && at.to < ratio.node.from) {
    const met = binaryAt(loss, file, ratio.node);
    const found = met === null ? null : summedOverClasses(model, loss, met, { above: text, below: text });
    fixes.push(...finished(model, loss, found?.edits ?? null, "Weigh the classes with them", id));
  }
  const gone = withoutLines(file, statementOf(node));
  if (gone !== null && statementOf(node).name === "AssignStatement") fixes.push({ title: "Remove the weights", edits: [gone], safe: false });
  return fixes;
}

/** Weights that begin to count must have a branch for absent classes. */
function finished(model: Model, loss: Loss, edits: readonly (Edit | null)[] | null, title: string, id: number): Fix[] {
  if (edits === null || edits.includes(null)) return [];
  const whole = edits.flatMap((e) => (e === null ? [] : [e]));
  const place = loss.weightPlaces[id];
  const fn = functionsOf(model.file).find((f) => f.body.from === loss.fn.body.from && f.body.to === loss.fn.body.to);
  const last = fn === undefined ? undefined : weightsIn(fn).at(-1);
  const node = place === undefined || place.path !== model.file.path ? null : nodeAt(model.file.root, place);
  const words = Words.of(model, loss);
  if (last !== undefined && (typeof last.absent === "number" ? last.absent >= 0.5 : last.absent === "infinite") && last.power === 2) {
    const branch = node === null || words === null ? null : absentEdits(model.file, loss, node, last.power, words);
    if (branch === null) return [];
    whole.push(...branch);
  }
  const all = joined(whole);
  return all === null ? [] : [{ title, edits: all, safe: false }];
}

/** The name under which the weights are known where they multiply something. */
export function weightName(file: PythonFile, loss: Loss, id: number): { text: string; from: number; value: Tensor } | null {
  for (const met of loss.trace.binaries) {
    if (met.op !== "*" || met.file !== file) continue;
    for (const [value, node] of [[met.left, met.leftNode], [met.right, met.rightNode]] as const) {
      if (value.kind !== "tensor" || value.state !== "weights" || !value.weights.includes(id) || node?.name !== "VariableName") continue;
      const text = textOf(file, node);
      const made = loss.trace.assigns.filter((a) => a.file === file && a.name === text).at(-1);
      if (made !== undefined) return { text, from: made.node.from, value };
    }
  }
  return null;
}

/** The sums over classes on one side of the bar; null where there is none. */
function classSums(loss: Loss, target: Tensor, side: Side, weights: Tensor): SumSite[] | null {
  const all = sumSites(loss);
  // In PyTorch the axes of labels are known by those of predictions.
  const over = weights.over ?? all?.find((s) => s.met.result.origin === 1 && s.met.result.volume === 1)?.over ?? null;
  const sites = all?.filter(({ met }) => {
    const { of, result } = met;
    const fits = of.weights.length === 0 && of.ratio === null && of.over === over && over !== null && of.axes !== null && of.axes.roles.join() === (weights.axes ?? of.axes).roles.join() && of.axes.roles.includes("C");
    return fits && result.axes?.roles.includes("C") !== true && (side === "above" ? of.part === "tp" : of.part !== "tp" && of.origin !== 0);
  });
  return sites === undefined || sites.length === 0 || target.over === over ? null : sites;
}

function weighed(file: PythonFile, site: SumSite, weights: string): Edit[] {
  const { argument, isMethod } = site;
  const text = textOf(file, argument);
  const inner = isProduct(file, argument) ? text : `(${text})`;
  return isMethod ? [replace(argument, `(${weights} * ${inner})`)] : inner === text ? [insert(argument.from, `${weights} * `)] : [replace(argument, `${weights} * ${inner}`)];
}

/** A ratio for each class: its weights would cancel, so the classes are summed first. */
function perClass(model: Model, loss: Loss, ratio: RatioMet, weights: string, side: Side): Edit[] | null {
  const met = binaryAt(loss, model.file, ratio.node);
  return met === null || ratio.above.over?.includes("C") !== false ? null : (summedOverClasses(model, loss, met, side === "above" ? { above: weights } : { below: weights })?.edits ?? null);
}
