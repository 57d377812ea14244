/** Numbers and names as the page writes them. */

/** Shown for a value that does not exist. */
export const NONE = "–";

/**
 * A measured number in four significant digits: 0.1417, 12,340, 1.43e-10. Whole numbers below a billion are written out.
 * NaN and infinities by name; null and undefined as a dash.
 */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return NONE;
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (Number.isInteger(value) && magnitude < 1e9) return value.toLocaleString("en");
  if (magnitude < 1e-3 || magnitude >= 1e6) return exponent(value, 2);
  if (magnitude >= 1000) return value.toLocaleString("en", { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(4)));
}

/** A number as a tick of an axis: short, powers of ten as 1e-5. */
export function tick(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0";
  if (magnitude >= 1e5 || magnitude < 1e-3) return exponent(value, 1);
  return String(Number(value.toPrecision(4)));
}

/** A score between 0 and 1 in three decimals; a dash when undefined. */
export function score(value: number): string {
  return Number.isNaN(value) ? NONE : value.toFixed(3);
}

/** A share between 0 and 1 in percent: 85.8 %, <0.1 %. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return NONE;
  const p = share * 100;
  if (p > 0 && p < 0.1) return "<0.1 %";
  if (p > 99.9 && p < 100) return ">99.9 %";
  return `${p >= 10 || p === 0 ? String(Number(p.toFixed(1))) : p.toFixed(1)} %`;
}

/** "1 epoch", "12 epochs". */
export function amount(n: number, one: string, many: string = `${one}s`): string {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

/** "a", "a and b", "a, b and c". */
export function listed(parts: readonly string[]): string {
  if (parts.length <= 1) return parts[0] ?? "";
  return `${parts.slice(0, -1).join(", ")} and ${parts[parts.length - 1]!}`;
}

/** Ascending whole numbers with neighbours joined: "1–10", "0, 3 and 5–7". */
export function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let end = i;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end]! + 1) end++;
    if (end - i >= 2) parts.push(`${numbers[i]!}–${numbers[end]!}`);
    else for (let k = i; k <= end; k++) parts.push(String(numbers[k]));
    i = end + 1;
  }
  return listed(parts);
}

/** Shortened in its middle to at most `length` characters, so that both ends of a path or tag stay. */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (length - 1 - head)).join("")}`;
}

/** A moment, to the minute, in the reader's time zone: "2026-11-24 20:14". */
export function moment(milliseconds: number): string {
  const d = new Date(milliseconds);
  if (Number.isNaN(d.getTime())) return NONE;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())} ${two(d.getHours())}:${two(d.getMinutes())}`;
}

function exponent(value: number, digits: number): string {
  const [mantissa, power] = value.toExponential(digits).split("e") as [string, string];
  return `${String(Number(mantissa))}e${power.replace("+", "")}`;
}
