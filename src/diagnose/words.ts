/** Numbers and names as a sentence says them. The same on every machine: no locale of the user's. */
import type { ClassInfo } from "../run";

/** "44,431". */
export function whole(n: number): string {
  const digits = Math.abs(Math.round(n)).toString();
  const grouped = digits.includes("e") ? digits : digits.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return n < 0 && Math.round(n) !== 0 ? `-${grouped}` : grouped;
}

/** Four significant digits, e.g. "0.1417", "1.4e-11", "not finite". */
export function number(x: number | null, digits = 4): string {
  if (x === null || !Number.isFinite(x)) return "not finite";
  if (x === 0) return "0";
  const rounded = Number(x.toPrecision(digits));
  const size = Math.abs(rounded);
  if (size >= 1e5 || size < 1e-3) return x.toExponential(Math.min(digits, 2) - 1).replace("e+", "e").replace(/\.0+e/, "e");
  return Number.isInteger(rounded) ? whole(rounded) : String(rounded);
}

/** "85.8 %", at most four decimals; never 100 % or 0 % when it is not quite so. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "not finite";
  const p = share * 100;
  for (let digits = 1; digits <= 4; digits++) {
    const text = p.toFixed(digits);
    const value = Number(text);
    if ((value === 100) === (share === 1) && (value === 0) === (share === 0)) return `${value} %`;
  }
  return share > 0.5 ? "over 99.9999 %" : "under 0.0001 %";
}

/** "class 3", "classes 1 to 10", "classes 1, 5 and 6", with names where they are known. */
export function classNames(indices: readonly number[], classes: readonly ClassInfo[]): string {
  const sorted = [...indices].sort((a, b) => a - b);
  const named = sorted.some((i) => nameOf(i, classes) !== null);
  const word = sorted.length === 1 ? "class" : "classes";
  const run = sorted.length > 3 && !named && sorted.every((c, i) => c === sorted[0]! + i);
  if (run) return `${word} ${sorted[0]!} to ${sorted.at(-1)!}`;
  return `${word} ${list(sorted.map((i) => oneClass(i, classes)))}`;
}

/** "3" or "3 (lesion)". */
export function oneClass(index: number, classes: readonly ClassInfo[]): string {
  const name = nameOf(index, classes);
  return name === null ? String(index) : `${index} (${name})`;
}

function nameOf(index: number, classes: readonly ClassInfo[]): string | null {
  const name = classes.find((c) => c.index === index)?.name ?? null;
  return name === String(index) ? null : name;
}

/** "a", "a and b", "a, b and c"; long lists are cut after `most`. */
export function list(items: readonly string[], most = 12): string {
  if (items.length > most) return `${items.slice(0, most).join(", ")} and ${items.length - most} more`;
  if (items.length <= 1) return items[0] ?? "none";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)!}`;
}

/** "1 epoch", "3 epochs". */
export function amount(n: number, one: string, many = `${one}s`): string {
  return `${whole(n)} ${n === 1 ? one : many}`;
}

/** A number for evidence: null when it is not finite. */
export function finite(x: number | null | undefined): number | null {
  return x !== null && x !== undefined && Number.isFinite(x) ? x : null;
}

/** A sentence begins with a capital; a tag ("val_loss", "loss") stays as its file calls it. */
export function capital(text: string): string {
  return /^[a-z]+ /.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}
