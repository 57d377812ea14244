/** What a trial showed: which variants learned, which did not and how, in words that follow from the numbers. */

/** The training of one variant from one seed. */
export interface Trained {
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly why: "done" | "nan" | "failed" | "stopped";
  readonly message?: string;
  /** Steps that were done. */
  readonly step: number;
  /** Mean loss of the first and of the last slice; null where there is none. */
  readonly firstLoss: number | null;
  readonly lastLoss: number | null;
  /** Foreground Dice and share of voxels predicted as background, as last measured; null where they were not. */
  readonly foreground: number | null;
  readonly background: number | null;
}

/**
 * learned: every seed came to half of the best variant's foreground Dice at least. partly: some seeds did. background: every seed predicts
 * nothing but background. stuck: the loss stood still. little: none of these. Else how it ended.
 */
export type Outcome = "learned" | "partly" | "little" | "background" | "stuck" | "nan" | "failed" | "stopped";

export interface VariantVerdict {
  readonly id: string;
  readonly name: string;
  readonly outcome: Outcome;
  /** Mean over the seeds, with the least and the largest; null where nothing was measured. */
  readonly foreground: { readonly mean: number; readonly least: number; readonly largest: number } | null;
  /** Trainings that came to their end. */
  readonly runs: number;
  readonly sentence: string;
}

export interface Verdict {
  /** Best first. */
  readonly variants: readonly VariantVerdict[];
  /** One paragraph: who learned, who did not. */
  readonly summary: string;
  /** What the trial does not tell. */
  readonly limits: string;
}

export interface Setting {
  readonly from: string;
  readonly steps: number;
  readonly seeds: number;
  readonly batchNorm: boolean;
  /** Validation images. */
  readonly images: number;
}

/** Foreground Dice below which nothing counts as learned, whatever the others did: objects that are mostly missed. */
const LEAST = 0.2;
/** Share of voxels from which on all is background. */
const ALL = 0.999;
/** Relative change of the loss below which it stood still. */
const STILL = 1e-3;

export function verdictOf(trained: readonly Trained[], setting: Setting): Verdict {
  const ids = [...new Set(trained.map((t) => t.id))];
  const groups = ids.map((id) => trained.filter((t) => t.id === id));
  const best = Math.max(0, ...groups.map((g) => spread(g)?.mean ?? 0));
  const bar = Math.max(LEAST, best / 2);
  const variants = groups.map((group) => judged(group, bar)).sort((a, b) => (b.foreground?.mean ?? -1) - (a.foreground?.mean ?? -1));
  return { variants, summary: summary(variants), limits: limits(setting) };
}

function spread(group: readonly Trained[]): VariantVerdict["foreground"] {
  const values = group.filter((t) => t.why === "done").flatMap((t) => (t.foreground === null ? [] : [t.foreground]));
  if (values.length === 0) return null;
  return { mean: values.reduce((a, b) => a + b, 0) / values.length, least: Math.min(...values), largest: Math.max(...values) };
}

function judged(group: readonly Trained[], bar: number): VariantVerdict {
  const { id, name } = group[0]!;
  const foreground = spread(group);
  const done = group.filter((t) => t.why === "done");
  const ended = group.find((t) => t.why !== "done");
  const of = (outcome: Outcome, sentence: string): VariantVerdict => ({ id, name, outcome, foreground, runs: done.length, sentence });
  if (ended !== undefined && ended.why === "nan") return of("nan", ended.message ?? `Its loss or its gradient was not a finite number after step ${ended.step}.`);
  if (ended !== undefined && ended.why === "failed") return of("failed", ended.message ?? `It failed after step ${ended.step}.`);
  if (done.length === 0) return of("stopped", `It was stopped after step ${Math.max(0, ...group.map((t) => t.step))}.`);
  const reached = done.filter((t) => (t.foreground ?? 0) >= bar).length;
  const dice = `foreground Dice ${range(foreground)}`;
  if (reached === done.length) return of("learned", `It learned: ${dice}.`);
  if (reached > 0) return of("partly", `It learned from ${reached} of ${done.length} seeds: ${dice}.`);
  if (done.every((t) => (t.background ?? 0) >= ALL)) return of("background", `It predicts background alone: ${share(done)} of the voxels, ${dice}.`);
  if (done.every(still)) return of("stuck", `Its loss stood still at ${figure(done[0]!.lastLoss!)}: ${dice}.`);
  return of("little", `It learned little in this time: ${dice}, and ${share(done)} of the voxels are predicted as background.`);
}

function still({ firstLoss, lastLoss }: Trained): boolean {
  return firstLoss !== null && lastLoss !== null && Math.abs(lastLoss - firstLoss) <= STILL * Math.max(Math.abs(firstLoss), 1e-6);
}

function share(done: readonly Trained[]): string {
  const mean = done.reduce((s, t) => s + (t.background ?? 0), 0) / done.length;
  return `${(100 * mean).toFixed(1)} %`;
}

function range(of: VariantVerdict["foreground"]): string {
  if (of === null) return "not defined";
  return of.largest - of.least < 5e-4 ? of.mean.toFixed(3) : `${of.mean.toFixed(3)} (${of.least.toFixed(3)} to ${of.largest.toFixed(3)})`;
}

function summary(variants: readonly VariantVerdict[]): string {
  const of = (outcome: Outcome): readonly VariantVerdict[] => variants.filter((v) => v.outcome === outcome);
  const count = (n: number, one: string, more: string): string => `${n} ${n === 1 ? one : more}`;
  const learned = of("learned");
  const parts: string[] = [];
  const [first] = learned;
  if (first === undefined) parts.push("No variant learned.");
  else {
    // What lies within the spread of the best is no worse than it.
    const even = learned.filter((v) => v !== first && v.foreground!.largest >= first.foreground!.least).length;
    const others = learned.length - 1;
    parts.push(`${count(learned.length, "variant", "variants")} of ${variants.length} learned; the best is ${first.name} with a foreground Dice of ${range(first.foreground)}${others === 0 ? "" : even === 0 ? `, above all others${first.runs > 1 ? " from every seed" : ""}` : `, which ${count(even, "other reaches", "others reach")} within the spread`}.`);
  }
  const tell = (outcome: Outcome, one: string, more: string): void => {
    const list = of(outcome);
    if (list.length > 0) parts.push(`${count(list.length, one, more)}: ${list.map((v) => v.name).join("; ")}.`);
  };
  tell("partly", "learned from some seeds only", "learned from some seeds only");
  tell("little", "learned little in this time", "learned little in this time");
  tell("background", "predicts background alone", "predict background alone");
  tell("stuck", "stood still", "stood still");
  tell("nan", "came to numbers that are not finite", "came to numbers that are not finite");
  tell("failed", "could not be trained", "could not be trained");
  tell("stopped", "was stopped", "were stopped");
  return parts.join(" ");
}

function limits({ from, steps, seeds, batchNorm, images }: Setting): string {
  const once = seeds === 1 ? "one seed, so that chance is not told from cause" : `${seeds} seeds`;
  return `A small U-Net ${batchNorm ? "with" : "without"} batch normalisation, ${steps} ${steps === 1 ? "step" : "steps"}, ${once}; measured on ${images} images; ${from}. A longer training, another network or other data may rank them otherwise: ${batchNorm ? "without batch normalisation more losses end at background" : "with batch normalisation fewer losses end at background"}.`;
}

function figure(value: number): string {
  return Number(value.toPrecision(4)).toString();
}
