/** Sums as they are written: what they sum, over which axes, and other axes for them. */
import { opened, type Axes } from "../model/axes";
import type { Loss } from "../model/model";
import { axisList } from "../model/reductions";
import type { SumMet } from "../model/trace";
import { children, textOf, type Node } from "../python";
import type { Edit } from "../rules/rule";
import { insert, replace } from "./edits";
import { callParts, objectOf, type CallParts } from "./source";

export interface SumSite {
  readonly met: SumMet;
  readonly call: CallParts;
  /** x.sum(…) */
  readonly isMethod: boolean;
  readonly argument: Node;
  /** From the first to the last node that names axes; null: all axes. */
  readonly axes: { readonly from: number; readonly to: number } | null;
  /** As it is written; null: all axes. */
  readonly axesText: string | null;
  /** Their numbers where each is known. */
  readonly numbers: readonly number[];
  readonly keeps: boolean;
  /** Letters of the axes it sums over, with those summed before; null when not known. */
  readonly over: string | null;
}

const PLAIN = /^(sum|reduce_sum|nansum|mean|reduce_mean)$/;
const AXES = ["axis", "dim", "axes", "reduction_indices"];

const known = new WeakMap<Loss, readonly SumSite[] | null>();

/** Every sum and mean of the loss, once each; null when one of them is written in a way that is not understood. */
export function sumSites(loss: Loss): readonly SumSite[] | null {
  let sites = known.get(loss);
  if (sites === undefined) {
    sites = sitesOf(loss);
    known.set(loss, sites);
  }
  return sites;
}

/** A loss with more sums than this was not written by hand, and is not rewritten by us. */
const MAX_SUMS = 200;

function sitesOf(loss: Loss): SumSite[] | null {
  const sites: SumSite[] = [];
  const seen = new Set<string>();
  for (const met of loss.trace.sums) {
    if (seen.size > MAX_SUMS) return null;
    const key = `${met.file.path}:${met.node.from}:${met.node.to}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const site = siteOf(loss, met);
    if (site === null) return null;
    sites.push(site);
  }
  // In PyTorch the axes of labels are known by those of predictions: the same sum over both.
  return sites.map((site) => (site.over !== null ? site : { ...site, over: sites.find((s) => s.over !== null && s.met.of.over === site.met.of.over && s.axesText === site.axesText && site.axesText !== null)?.over ?? null }));
}

export function siteOf(loss: Loss, met: SumMet): SumSite | null {
  const called = loss.trace.calls.find((c) => c.node.from === met.node.from && c.node.to === met.node.to && c.file === met.file);
  const call = callParts(met.file, met.node);
  if (called === undefined || call === null || call.open || !PLAIN.test(called.method)) return null;
  const object = objectOf(call.callee);
  const isMethod = called.path === null;
  const named = ["input", "x", "input_tensor", "a"].map((n) => call.named.get(n)?.value).find((n) => n !== undefined);
  const argument = isMethod ? object : (call.positional[0] ?? named ?? null);
  if (argument === null) return null;
  const rest = isMethod ? call.positional : call.positional.slice(1);
  const axis = AXES.map((n) => call.named.get(n)?.value).find((n) => n !== undefined);
  const numbers = rest.filter((_, i) => rest.slice(0, i + 1).every((m) => /^(Number|UnaryExpression)$/.test(m.name)));
  const [first] = rest;
  const spot = axis ?? (numbers.length > 1 ? { from: numbers[0]!.from, to: numbers.at(-1)!.to } : first?.name === "Boolean" || first?.name === "None" ? undefined : first) ?? null;
  const keep = ["keepdims", "keepdim", "keep_dims"].map((n) => call.named.get(n)?.value).find((n) => n !== undefined) ?? rest.find((n) => n.name === "Boolean");
  const keeps = keep !== undefined && textOf(met.file, keep) !== "False";
  const list = axisList(AXES.map((n) => called.named.get(n)).find((v) => v !== undefined) ?? (called.args.length === 2 ? called.args[1] : { kind: "sequence", items: called.args.slice(1), span: null, complete: true }));
  return { met, call, isMethod, argument, axes: spot, numbers: list === null || list === undefined || list.from !== null ? [] : list.list, axesText: spot === null ? null : met.file.text.slice(spot.from, spot.to).replace(/\s+/g, " "), keeps, over: met.result.over };
}

/** The sum over other axes. */
export function withAxes(site: SumSite, text: string, isTorch: boolean): Edit {
  if (site.axes !== null) return replace(site.axes, text);
  const { call, met, isMethod } = site;
  const before = met.file.text.slice(call.callee.to, call.close.from).trimEnd();
  const comma = before.endsWith("(") || before.endsWith(",") ? "" : ", ";
  return insert(call.close.from, `${comma}${isMethod && call.empty && isTorch ? "" : isTorch ? "dim=" : "axis="}${text}`);
}

/** The number of axes of the images: from an index that names them all, or from the axes that sums of the loss list. */
export function imageRank(sites: readonly SumSite[]): number | null {
  for (const { met } of sites) if (met.of.over === "" && met.of.axes?.spread === -1 && isImage(met.of.axes)) return met.of.axes.roles.length;
  for (const site of sites) {
    const { axes } = site.met.of;
    if (axes === null || axes.spread < 0 || site.met.of.over !== "" || !isImage(axes)) continue;
    const list = site.numbers;
    const inside = list.filter((n) => n >= axes.spread);
    // Only a sum over all of space tells how many axes there are.
    if (inside.length < 2 || list.some((n) => n < 0)) continue;
    return Math.max(...inside) + (site.over?.includes("C") === true && axes.spread === 1 ? 1 : axes.roles.length - axes.spread);
  }
  return null;
}

const isImage = (axes: Axes): boolean => axes.roles.length >= 3 && axes.roles.every((r) => r.length === 1) && axes.roles.includes("C") && axes.roles[0] === "N";

/** Python text for the axes whose roles are among `letters`; null when it cannot be told. `name`: an array of that many axes. */
export function axesText(axes: Axes | null, letters: string, rank: number | null, name: string | null, like: readonly SumSite[]): string | null {
  if (axes === null) return null;
  const listed = axes.spread >= 0 && rank !== null && isImage(axes) ? opened(axes, rank) : axes;
  if (listed === null) return null;
  const [open, close] = like.some((s) => s.axesText?.startsWith("[") === true) ? ["[", "]"] : ["(", ")"];
  if (listed.spread < 0) {
    const chosen: number[] = [];
    for (const [i, role] of listed.roles.entries()) {
      const inside = Array.from(role).filter((c) => letters.includes(c)).length;
      if (inside === role.length && role !== "1") chosen.push(i);
      else if (inside > 0 || role === "?") return null;
    }
    if (!Array.from(letters).every((c) => chosen.some((i) => listed.roles[i]?.includes(c) === true))) return null;
    return chosen.length === 1 ? String(chosen[0]) : `${open}${chosen.join(", ")}${close}`;
  }
  if (name === null || !isImage(axes)) return null;
  const count = listed.spread === 2 ? `${name}.dim()` : `len(${name}.shape)`;
  if (listed.spread === 1) return letters === "NS" ? `list(range(${count} - 1))` : letters === "S" ? `list(range(1, ${count} - 1))` : null;
  return letters === "NS" ? `(0, *range(2, ${count}))` : letters === "S" ? `tuple(range(2, ${count}))` : null;
}

/** The predictions' name where it stands for an array with all axes throughout the function, to count axes with. */
export function countingName(loss: Loss): string | null {
  const { predictions } = loss.pair;
  const changed = loss.trace.assigns.some((a) => a.name === predictions && (a.value.kind !== "tensor" || a.value.axes === null || !isImage(a.value.axes)));
  return changed ? null : predictions;
}

/** The class axis of an array, counted from behind; null when it is not known. */
export function classAxis(axes: Axes | null): string | null {
  if (axes === null) return null;
  const at = axes.roles.indexOf("C");
  if (at < 0 || (axes.spread >= 0 && at <= axes.spread)) return null;
  return String(at - axes.roles.length);
}

/** The parts of a binary expression as they are written. */
export function operands(node: Node): { readonly left: Node; readonly op: Node; readonly right: Node } | null {
  const parts = children(node).filter((c) => c.name !== "Comment");
  const [left, op, right] = parts;
  return node.name === "BinaryExpression" && parts.length === 3 && left !== undefined && op !== undefined && right !== undefined ? { left, op, right } : null;
}
