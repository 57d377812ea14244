/** Where labels and ticks of a drawing go: numbers in, numbers out. */

/**
 * Pixel positions for labels that want to be at `wanted` (any order), at least `gap` apart and inside [from, to].
 * Moves as little as a sweep down and one up can; when not all fit, the later ones of the input are dropped (null).
 */
export function spread(wanted: readonly number[], gap: number, from: number, to: number): (number | null)[] {
  const room = Math.max(0, Math.floor((to - from) / gap) + 1);
  const order = wanted
    .map((y, i) => ({ y: Math.min(Math.max(y, from), to), i }))
    .slice(0, room)
    .sort((a, b) => a.y - b.y || a.i - b.i);
  const placed = order.map((o) => o.y);
  // Clusters of labels that touch are centred on where they want to be.
  let clusters = placed.map((y, i) => ({ first: i, n: 1, sum: y, top: y }));
  for (let merged = true; merged; ) {
    merged = false;
    const next: typeof clusters = [];
    for (const c of clusters) {
      const before = next[next.length - 1];
      if (before && before.top + before.n * gap > c.top) {
        before.sum += c.sum;
        before.n += c.n;
        merged = true;
      } else next.push({ ...c });
      const last = next[next.length - 1]!;
      const centred = last.sum / last.n - ((last.n - 1) * gap) / 2;
      last.top = Math.min(Math.max(centred, from), to - (last.n - 1) * gap);
    }
    clusters = next;
  }
  const out = new Array<number | null>(wanted.length).fill(null);
  for (const c of clusters) for (let k = 0; k < c.n; k++) out[order[c.first + k]!.i] = c.top + k * gap;
  return out;
}

/** Ticks of a log axis over [min, max] (both above 0): powers of ten, 1-2-5 on short axes, even steps on very short ones. */
export function logTicks(min: number, max: number, most = 7): number[] {
  if (!(min > 0) || !(max >= min) || !Number.isFinite(max)) return [];
  const decades = Math.log10(max) - Math.log10(min);
  if (decades >= 2) {
    const every = Math.max(1, Math.ceil(decades / most));
    const out: number[] = [];
    for (let p = Math.ceil(Math.log10(min) - 1e-9); p <= Math.log10(max) + 1e-9; p++) if (p % every === 0) out.push(Number(`1e${p}`));
    return out;
  }
  const out: number[] = [];
  for (let p = Math.floor(Math.log10(min)); p <= Math.ceil(Math.log10(max)); p++) {
    for (const m of [1, 2, 5]) {
      const v = Number(`${m}e${p}`);
      if (v >= min && v <= max) out.push(v);
    }
  }
  return out.length >= 3 ? out : linearTicks(min, max, 5);
}

/** Even, round steps over [min, max]: 1, 2 or 5 times a power of ten apart, at most `most` of them. */
export function linearTicks(min: number, max: number, most = 5): number[] {
  const range = max - min;
  if (!(range > 0) || !Number.isFinite(range)) return Number.isFinite(min) ? [min] : [];
  let step = 10 ** Math.floor(Math.log10(range / most));
  for (const m of [1, 2, 5, 10]) {
    if ((range / (step * m)) <= most) {
      step *= m;
      break;
    }
  }
  const out: number[] = [];
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++) out.push(k * step);
  return out;
}

/** Ticks as text, with as many digits as tell neighbours apart. */
export function tickTexts(ticks: readonly number[], log: boolean): string[] {
  if (log && ticks.every((t) => Number.isInteger(Math.round(Math.log10(t) * 1e9) / 1e9))) return ticks.map((t) => (t >= 0.01 && t < 1e5 ? t.toLocaleString("en", { maximumFractionDigits: 2, useGrouping: t >= 1e4 }) : `1e${Math.round(Math.log10(t))}`));
  let step = Infinity;
  for (let i = 1; i < ticks.length; i++) step = Math.min(step, Math.abs(ticks[i]! - ticks[i - 1]!));
  const most = ticks.reduce((a, b) => Math.max(a, Math.abs(b)), 0);
  if (most === 0) return ticks.map(() => "0");
  if (!Number.isFinite(step)) return ticks.map((t) => (most >= 1e5 || most < 1e-3 ? exponentText(t, 3) : String(Number(t.toPrecision(5)))));
  if (most >= 1e5 || most < 1e-3) {
    const digits = Math.min(8, Math.max(0, Math.ceil(Math.log10(most / step) - 1e-9)));
    return ticks.map((t) => (t === 0 ? "0" : exponentText(t, digits)));
  }
  const decimals = Math.min(10, Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
  return ticks.map((t) => (Math.abs(t) < step * 1e-6 ? 0 : t).toFixed(decimals));
}

function exponentText(value: number, digits: number): string {
  const [mantissa, power] = value.toExponential(digits).split("e") as [string, string];
  return `${String(Number(mantissa))}e${power.replace("+", "")}`;
}

/** Ends of an axis around finite values: a little room on both sides; on a log axis by factors. Null when there is no value. */
export function ends(values: Iterable<number>, log: boolean): { min: number; max: number } | null {
  let min = Infinity;
  let max = -Infinity;
  for (const v of values) {
    if (!Number.isFinite(v) || (log && v <= 0)) continue;
    min = Math.min(min, v);
    max = Math.max(max, v);
  }
  if (min > max) return null;
  if (log) {
    const factor = max === min ? 2 : (max / min) ** 0.05;
    return { min: min / factor, max: max * factor };
  }
  const room = max === min ? Math.abs(max) * 0.1 || 1 : (max - min) * 0.06;
  return { min: min - room, max: max + room };
}
