/** Curves that several files of a run tell: the same loss in a CSV, in event files and in a text of fewer digits. */
import type { SeriesView } from "../../src/protocol";
import { indexAt } from "./chart";

/** A curve, and where else it stands. */
export interface Merged {
  readonly series: SeriesView;
  readonly also: readonly string[];
}

/** Curves of one class that agree wherever both have a point become one; a split that only one of them names is the split of both. */
export function mergeEqual(members: readonly SeriesView[], told: ReadonlyMap<SeriesView, readonly string[]>): Merged[] {
  const out: { series: SeriesView; also: string[] }[] = [];
  // Those that name their split first: of two equal ones these say more.
  for (const s of [...members].sort((a, b) => Number(a.split === null) - Number(b.split === null))) {
    const same = out.find((m) => (m.series.split === s.split || s.split === null) && m.series.class === s.class && agree(m.series, s));
    if (same) same.also.push(whereFrom(s), ...(told.get(s) ?? []));
    else out.push({ series: s, also: [...(told.get(s) ?? [])] });
  }
  return out;
}

/**
 * Curves by step that repeat one by epoch, value for value (as Keras writes evaluation_loss_vs_iterations beside epoch_loss), are left out;
 * each of the others comes with the names of those that it stands for.
 */
export function withoutRepeats(series: readonly SeriesView[]): Map<SeriesView, string[]> {
  const out = new Map<SeriesView, string[]>(series.map((s) => [s, []]));
  for (const s of series) {
    if (s.unit !== "step") continue;
    const same = series.find((o) => o.unit === "epoch" && o.split === s.split && o.quantity === s.quantity && o.class === s.class && o.points === s.points && sameValues(o.values, s.values));
    if (!same) continue;
    out.get(same)!.push(whereFrom(s));
    out.delete(s);
  }
  return out;
}

export function whereFrom(s: SeriesView): string {
  return `${s.tag} in ${s.source}`;
}

function sameValues(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  const step = rounding(a, b);
  return a.every((v, i) => close(v, b[i]!, step));
}

/** Equal to single precision, or to the digits of the one that was rounded more. */
function close(u: number, v: number, step: number): boolean {
  return Object.is(u, v) || Math.abs(u - v) <= Math.max(1e-6 * Math.max(Math.abs(u), Math.abs(v)), step);
}

/** Decimals that a text has at least before it is taken for a rounded copy: of fewer, different curves agree by chance. */
const DECIMALS = 3;

/** How far two curves may lie apart when the one with fewer decimals is the other rounded: half a unit of its last place; 0 where neither is so rounded. */
function rounding(a: Float64Array, b: Float64Array): number {
  const decimals = Math.min(decimalsOf(a), decimalsOf(b));
  return decimals < DECIMALS || decimals > 7 ? 0 : 0.5000001 * 10 ** -decimals;
}

/** Most decimals that a value of a curve is written with; above 7 for numbers that were never rounded. */
function decimalsOf(values: Float64Array): number {
  let most = 0;
  for (const v of values) {
    if (!Number.isFinite(v)) continue;
    const text = String(v);
    const point = text.indexOf(".");
    if (point < 0) continue;
    const exponent = text.indexOf("e");
    // A tiny number written with an exponent has more decimals than are asked about.
    most = Math.max(most, exponent >= 0 ? 8 : text.length - point - 1);
    if (most > 7) break;
  }
  return most;
}

/** Whether two curves say the same, and nearly all of their points lie at the same steps. */
function agree(a: SeriesView, b: SeriesView): boolean {
  const step = rounding(a.values, b.values);
  let shared = 0;
  for (let i = 0; i < b.steps.length; i++) {
    const k = indexAt(a.steps, b.steps[i]!);
    if (k < 0 || a.steps[k] !== b.steps[i]) continue;
    if (!close(a.values[k]!, b.values[i]!, step)) return false;
    shared++;
  }
  return shared >= 0.9 * Math.max(a.steps.length, b.steps.length);
}
