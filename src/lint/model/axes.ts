/**
 * Axes of a tensor by what lies along them. A role is a string of letters: N images, C classes, S space; axes that a reshape merged have
 * several ("NS"); "1" is an axis of length one, "?" one of which nothing is known.
 */
export interface Axes {
  readonly roles: readonly string[];
  /** Index of the role that stands for one or more axes (2-D and 3-D images alike); -1 when every axis is listed. */
  readonly spread: number;
}

export type Layout = "first" | "last";

export const CHANNELS_LAST: Axes = { roles: ["N", "S", "C"], spread: 1 };
export const CHANNELS_FIRST: Axes = { roles: ["N", "C", "S"], spread: 2 };

/** The axes of images with `rank` axes in all; null leaves the number of spatial axes open. */
export function imageAxes(layout: Layout, rank: number | null): Axes {
  const open = layout === "last" ? CHANNELS_LAST : CHANNELS_FIRST;
  if (rank === null || rank < 3) return open;
  const space = new Array<string>(rank - 2).fill("S");
  return { roles: layout === "last" ? ["N", ...space, "C"] : ["N", "C", ...space], spread: -1 };
}

/** Which axes an operation runs over: listed ones, and those from `from` up to `to` (an offset from the rank, 0: up to the last). */
export interface AxisList {
  readonly list: readonly number[];
  readonly from: number | null;
  readonly to: number;
}

/** Position in `roles` of an axis; null when the open number of spatial axes leaves it undecided. */
export function placeOf(axes: Axes, index: number): number | null {
  const { roles, spread } = axes;
  if (!Number.isInteger(index)) return null;
  if (spread < 0) {
    const at = index < 0 ? roles.length + index : index;
    return at >= 0 && at < roles.length ? at : null;
  }
  // Images have two spatial axes at least.
  if (index >= 0) {
    if (index <= spread) return index;
    return index === spread + 1 || spread === roles.length - 1 ? spread : null;
  }
  const behind = roles.length - 1 - spread;
  if (-index <= behind) return roles.length + index;
  return -index <= behind + 2 || spread === 0 ? spread : null;
}

export function roleAt(axes: Axes | null, index: number): string | null {
  const at = axes === null ? null : placeOf(axes, index);
  return at === null ? null : (axes?.roles[at] ?? null);
}

/** Positions in `roles` that a list of axes covers; null when one of them is undecided. */
export function placesOf(axes: Axes, over: AxisList): Set<number> | null {
  const places = new Set<number>();
  for (const index of over.list) {
    const at = placeOf(axes, index);
    if (at === null) return null;
    places.add(at);
  }
  if (over.from !== null) {
    const start = placeOf(axes, over.from);
    const end = axes.roles.length + over.to;
    if (start === null || (axes.spread >= 0 && end <= axes.spread)) return null;
    for (let at = start; at < end; at++) places.add(at);
  }
  return places;
}

export interface Reduced {
  /** What is left; null when it is not known. */
  readonly axes: Axes | null;
  /** Letters of the axes that were reduced; null when undecided. */
  readonly over: string | null;
}

/** `over` null: all axes. */
export function reduceAxes(axes: Axes | null, over: AxisList | null, keep: boolean): Reduced {
  if (axes === null) return { axes: over === null ? { roles: [], spread: -1 } : null, over: null };
  if (over === null) return { axes: { roles: [], spread: -1 }, over: lettersOf(axes.roles) };
  const places = placesOf(axes, over);
  if (places === null) return { axes: null, over: null };
  const letters = lettersOf(axes.roles.filter((_, i) => places.has(i)));
  // One axis of an open run of spatial axes: others may be left.
  const partial = axes.spread >= 0 && places.has(axes.spread) && over.from === null && over.list.filter((i) => placeOf(axes, i) === axes.spread).length < 2;
  if (partial) return { axes: null, over: letters };
  if (keep) return { axes: { roles: axes.roles.map((role, i) => (places.has(i) ? "1" : role)), spread: axes.spread >= 0 && !places.has(axes.spread) ? axes.spread : places.has(axes.spread) ? axes.spread : -1 }, over: letters };
  const roles = axes.roles.filter((_, i) => !places.has(i));
  return { axes: { roles, spread: axes.spread < 0 || places.has(axes.spread) ? -1 : roles.indexOf("S") }, over: letters };
}

export function lettersOf(roles: readonly string[]): string {
  return [...new Set(roles.join(""))].filter((c) => c !== "1").sort().join("");
}

export function union(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : lettersOf([a, b]);
}

/** Axes in another order; null when the order does not fit. */
export function permuted(axes: Axes | null, order: readonly number[]): Axes | null {
  if (axes === null) return null;
  const listed = axes.spread >= 0 && order.length >= axes.roles.length ? opened(axes, order.length) : axes;
  if (listed === null || listed.spread >= 0 || order.length !== listed.roles.length) return null;
  const roles = order.map((i) => roleAt(listed, i));
  return roles.includes(null) ? null : { roles: roles.map((r) => r ?? "?"), spread: -1 };
}

/** The same axes with their number known. */
export function opened(axes: Axes, rank: number): Axes | null {
  if (axes.spread < 0) return axes.roles.length === rank ? axes : null;
  const run = rank - axes.roles.length + 1;
  if (run < 1) return null;
  const roles = [...axes.roles.slice(0, axes.spread), ...new Array<string>(run).fill(axes.roles[axes.spread] ?? "?"), ...axes.roles.slice(axes.spread + 1)];
  return { roles, spread: -1 };
}

/** One axis more, of length one. */
export function expanded(axes: Axes | null, index: number | null): Axes | null {
  if (axes === null || index === null) return null;
  const { roles, spread } = axes;
  const at = index < 0 ? roles.length + 1 + index : index;
  if (at < 0 || at > roles.length || (spread >= 0 && index >= 0 && at > spread) || (spread >= 0 && index < 0 && at <= spread)) return null;
  return { roles: [...roles.slice(0, at), "1", ...roles.slice(at)], spread: spread >= at ? spread + 1 : spread };
}

/** One axis moved; null when undecided. */
export function moved(axes: Axes | null, from: number, to: number): Axes | null {
  if (axes === null) return null;
  const at = placeOf(axes, from);
  if (at === null || at === axes.spread) return null;
  const role = axes.roles[at] ?? "?";
  const rest = axes.roles.filter((_, i) => i !== at);
  const target = to < 0 ? rest.length + 1 + to : to;
  const open = axes.spread < 0 ? -1 : axes.spread > at ? axes.spread - 1 : axes.spread;
  if (open >= 0 && ((to >= 0 && target > open) || (to < 0 && target <= open))) return null;
  const roles = [...rest.slice(0, target), role, ...rest.slice(target)];
  return { roles, spread: open < 0 ? -1 : open >= target ? open + 1 : open };
}
