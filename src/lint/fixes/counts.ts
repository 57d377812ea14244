/** for l in …: w[l] = np.sum(y_true[..., l] == 1): one sum over all classes in its place. */
import type { Loss, Model } from "../model/model";
import type { CallMet, ItemMet, PickMet } from "../model/trace";
import { child, children, textOf, type Node } from "../python";
import type { Edit, Range } from "../rules/rule";
import { replace } from "./edits";
import { callParts, isWithin, statementOf, withoutLines } from "./source";
import { axesText, countingName, imageRank, sumSites } from "./sums";
import type { Words } from "./words";

export interface CountLoop {
  /** What the edits replace: from the empty array to the end of the loop. */
  readonly range: Range;
  readonly edits: readonly Edit[];
}

/** null when there is such a loop that is not understood. */
export function countLoops(model: Model, loss: Loss, words: Words, unit: "NS" | "S"): CountLoop[] | null {
  const loops: CountLoop[] = [];
  const seen = new Set<number>();
  for (const item of loss.trace.items) {
    const { value } = item;
    if (value.kind !== "tensor" || value.origin !== 1 || !value.array || seen.has(item.node.from)) continue;
    seen.add(item.node.from);
    const loop = item.file.path === model.file.path ? countLoop(model, loss, item, words, unit) : null;
    if (loop === null) return null;
    loops.push(loop);
  }
  return loops;
}

function countLoop(model: Model, loss: Loss, item: ItemMet, words: Words, unit: "NS" | "S"): CountLoop | null {
  const { file } = model;
  const statement = statementOf(item.node);
  const loop = statement.parent?.parent ?? null;
  const body = loop === null ? null : child(loop, "Body");
  if (!/^\w+$/.test(item.name) || loop?.name !== "ForStatement" || body === null || statement.name !== "AssignStatement") return null;
  const statements = children(body).filter((c) => c.name !== ":" && c.name !== "Comment");
  const variable = child(loop, "VariableName");
  const source = children(statement).at(-1);
  if (statements.length !== 1 || variable === null || source === undefined) return null;
  const index = textOf(file, variable);
  const slots = children(item.node).filter((c) => c.name !== "Comment");
  if (slots.length !== 4 || textOf(file, slots[2]!) !== index) return null;
  // The array that is filled: made empty just before.
  const made = loss.trace.assigns.filter((a) => a.file === item.file && a.name === item.name && a.node.from < loop.from && a.value.kind === "tensor" && a.value.array && a.value.origin === 0).at(-1);
  if (made === undefined) return null;
  const creation = statementOf(made.node);
  const empty = children(creation).at(-1);
  if (creation.name !== "AssignStatement" || children(creation).length !== 3 || empty === undefined || creation.parent?.from !== loop.parent?.from) return null;
  if (new RegExp(`\\b${item.name}\\b`).test(file.text.slice(creation.to, loop.from))) return null;
  const count = countIn(loss, source, item);
  if (count === null) return null;
  const pick = classPick(loss, count.node, item, index);
  if (pick === null) return null;
  const labels = textOf(file, pick.node.firstChild ?? pick.node);
  const sites = sumSites(loss);
  const rank = pick.of.axes?.spread === -1 ? pick.of.axes.roles.length : sites === null ? null : imageRank(sites);
  const axes = axesText(pick.of.axes, unit, rank, countingName(loss), sites ?? []);
  const gone = withoutLines(file, loop);
  if (axes === null || gone === null || pick.of.axes?.roles.at(-1) !== "C") return null;
  const before = file.text.slice(source.from, count.node.from);
  const after = file.text.slice(count.node.to, source.to);
  // What is done with the count must be arithmetic: it is done with all counts at once now.
  if (/[A-Za-z]/.test(`${before}${after}`.replace(/\d[eE][-+]?\d/g, "")) || new RegExp(`\\b${index}\\b`).test(before + after)) return null;
  return { range: { from: creation.from, to: loop.to }, edits: [replace(empty, before + words.reduce("sum", labels, axes) + after), gone] };
}

/** The sum over everything that is left of one class. */
function countIn(loss: Loss, source: Node, item: ItemMet): CallMet | null {
  const sums = loss.trace.calls.filter((c) => c.file === item.file && isWithin(c.node, source) && /^(sum|count_nonzero|nansum)$/.test(c.method));
  const [only] = sums;
  const parts = only === undefined ? null : callParts(item.file, only.node);
  if (only === undefined || sums.some((s) => s.node.from !== only.node.from) || parts === null || parts.open || parts.named.size > 0 || parts.positional.length > (only.path === null ? 0 : 1)) return null;
  // Nothing else than a comparison and a cast may stand between the labels and their sum.
  const others = loss.trace.calls.filter((c) => c.file === item.file && isWithin(c.node, only.node) && c.node.from !== only.node.from && !/^(asarray|array|astype|float|int|int_|equal|cast|numpy)$/.test(c.method));
  return others.length === 0 ? only : null;
}

/** labels[..., l] */
function classPick(loss: Loss, count: Node, item: ItemMet, index: string): PickMet | null {
  const pick = loss.trace.picks.find((p) => p.file === item.file && isWithin(p.node, count) && p.of.origin === 1);
  if (pick === undefined) return null;
  const parts = children(pick.node).filter((c) => c.name !== "Comment").slice(2, -1).filter((c) => c.name !== ",");
  const last = parts.pop();
  const whole = parts.every((p) => p.name === ":" || textOf(item.file, p) === "...");
  return whole && last !== undefined && textOf(item.file, last) === index ? pick : null;
}
