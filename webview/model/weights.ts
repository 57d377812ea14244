/** Mean magnitude of each kernel over checkpoints. */
import type { WeightsView } from "../../src/protocol";
import type { Line, LineChart, Table, Unit } from "./chart";
import { cycled } from "./curves";
import { amount, number, shorten } from "./format";

/** Magnitudes below this are around 1e-10: too small for the network to compute anything with. */
export const TINY = 1e-9;
const SCALES = [
  { id: "whole", text: "Whole scale" },
  { id: "fit", text: "Fit to weights" },
];

type Kernel = WeightsView["kernels"][number];

/** The chart; null when there is no checkpoint with a kernel. */
export function weightsChart(weights: WeightsView | null, scale: string | undefined): LineChart | null {
  if (!weights || weights.checkpoints.length === 0 || weights.kernels.length === 0) return null;
  const { unit, xs, columns } = axis(weights);
  const labels = shortNames(weights.kernels);
  const many = weights.kernels.length > 12;
  const lowest = lowestNewest(weights.kernels, 8);
  const lines = weights.kernels.map(
    (kernel, i): Line => ({
      key: kernel.name,
      label: labels[i]!,
      title: kernel.name === kernel.layer ? kernel.name : `${kernel.name} of ${kernel.layer}`,
      x: xs,
      y: Float64Array.from(columns, (c) => kernel.meanAbs[c]!),
      style: cycled(i, many ? "thin" : "normal"),
      named: !many || lowest.has(i),
    }),
  );
  const positive = lines.flatMap((l) => [...l.y].filter((v) => Number.isFinite(v) && v > 0));
  const low = positive.reduce((a, b) => Math.min(a, b), Infinity);
  const fits = low > TINY && !lines.some((l) => l.y.includes(0));
  const whole = !fits || scale !== "fit";
  return {
    key: "weights",
    title: "Weight magnitudes",
    sentence: sentence(weights, unit),
    unit,
    lines,
    scales: fits ? SCALES : [],
    scale: whole ? "whole" : "fit",
    log: true,
    min: whole ? Math.min(1e-11, low / 10) : null,
    max: null,
    region: whole ? { below: TINY, text: "around 1e-10 and below" } : null,
    notes: [],
    value: number,
    table: () => tableFor(weights, unit),
  };
}

/** Epochs where names tell them, else steps, else places in the order; checkpoints that lack it are in the table alone. */
function axis(weights: WeightsView): { unit: Unit; xs: Float64Array; columns: number[] } {
  for (const unit of ["epoch", "step"] as const) {
    const columns = weights.checkpoints.flatMap((c, i) => (c[unit] === null ? [] : [i]));
    if (columns.length === 0) continue;
    columns.sort((a, b) => weights.checkpoints[a]![unit]! - weights.checkpoints[b]![unit]! || a - b);
    return { unit, columns, xs: Float64Array.from(columns, (i) => weights.checkpoints[i]![unit]!) };
  }
  const columns = weights.checkpoints.map((_, i) => i);
  return { unit: "checkpoint", columns, xs: Float64Array.from(columns, (i) => i + 1) };
}

/** Layers where they tell kernels apart, else tensors; without the beginning that all share, and shortened only as far as no two look alike. */
function shortNames(kernels: readonly Kernel[]): string[] {
  const times = new Map<string, number>();
  for (const k of kernels) times.set(k.layer, (times.get(k.layer) ?? 0) + 1);
  const names = withoutShared(kernels.map((k) => (times.get(k.layer) === 1 ? k.layer : k.name)));
  const different = new Set(names).size;
  for (const length of [20, 26, 32]) {
    const short = names.map((name) => shorten(name, length));
    if (new Set(short).size === different) return short;
  }
  return names.map((name) => shorten(name, 40));
}

/** Names without the leading parts ("net.", "model.") that all of them have; a part of each stays. */
function withoutShared(names: readonly string[]): string[] {
  const parts = names.map((name) => name.split("."));
  let shared = 0;
  while (parts.length > 1 && parts.every((p) => p.length > shared + 1 && p[shared] === parts[0]![shared])) shared++;
  return parts.map((p) => p.slice(shared).join("."));
}

function newest(kernel: Kernel): number {
  return kernel.meanAbs[kernel.meanAbs.length - 1]!;
}

function lowestNewest(kernels: readonly Kernel[], n: number): Set<number> {
  const order = kernels.map((_, i) => i).filter((i) => !Number.isNaN(newest(kernels[i]!)));
  order.sort((a, b) => newest(kernels[a]!) - newest(kernels[b]!) || a - b);
  return new Set(order.slice(0, n));
}

function sentence(weights: WeightsView, unit: Unit): string {
  const last = weights.checkpoints[weights.checkpoints.length - 1]!;
  const at = unit !== "checkpoint" && last[unit] !== null ? `${unit} ${last[unit]}` : "the newest checkpoint";
  const order = [...lowestNewest(weights.kernels, weights.kernels.length)].map((i) => weights.kernels[i]!);
  const parts: string[] = [];
  const [low, high] = [order[0], order[order.length - 1]];
  if (low && high) {
    parts.push(
      low === high
        ? `Mean |w| of ${low.layer} is ${number(newest(low))} at ${at}.`
        : `Mean |w| of ${amount(order.length, "kernel")} lies between ${number(newest(low))} (${low.layer}) and ${number(newest(high))} (${high.layer}) at ${at}.`,
    );
  }
  const tiny = order.filter((k) => newest(k) < TINY);
  if (tiny.length > 0) parts.push(`${amount(tiny.length, "kernel lies", "kernels lie")} below 1e-9.`);
  const broken = weights.kernels.filter((k) => k.nonFinite > 0);
  if (broken.length > 0) parts.push(`${amount(broken.length, "kernel holds", "kernels hold")} values that are not finite.`);
  if (weights.leftOut > 0) parts.push(`${amount(weights.leftOut, "more kernel is", "more kernels are")} not shown.`);
  return parts.join(" ");
}

function tableFor(weights: WeightsView, unit: Unit): Table {
  const plain = weights.checkpoints.map((c, i) => (c.epoch !== null ? `epoch ${c.epoch}` : c.step !== null ? `step ${c.step}` : `checkpoint ${i + 1}`));
  // Two of one epoch, e.g. the last and the best, are told apart by their files.
  const heads = plain.map((head, i) => (plain.indexOf(head) === i && plain.lastIndexOf(head) === i ? head : `${head}, ${weights.checkpoints[i]!.path.split("/").pop()!}`));
  const unknown = unit === "checkpoint" ? 0 : weights.checkpoints.filter((c) => c[unit] === null).length;
  return {
    caption: "Mean |w| per kernel and checkpoint; of the newest: values that are zero, below 1e-9, and not finite",
    columns: ["kernel", ...heads, "values", "zero", "below 1e-9", "not finite"],
    rows: weights.kernels.map((k) => [k.name, ...Array.from(k.meanAbs, (v) => (Number.isNaN(v) ? "–" : number(v))), number(k.count), number(k.zeros), number(k.tiny), number(k.nonFinite)]),
    note: unknown > 0 ? `${amount(unknown, "checkpoint has", "checkpoints have")} no known ${unit} and ${unknown === 1 ? "is" : "are"} in this table alone.` : null,
  };
}
