/** The comparison of losses for people: a table of each run's variants, and a sentence on each. */
import type { Compared } from "../losses/compare";
import { wrap } from "../run";
import { table } from "./layout";

/** What was compared on the labels of one run, or why nothing was. */
export type ComparedRun =
  | { readonly path: string; readonly problem: string }
  | {
      readonly path: string;
      /** What was counted. */
      readonly over: string;
      readonly names: readonly (string | null)[];
      readonly classes: number;
      readonly images: number;
      readonly background: number;
      readonly batchSize: number;
      /** The file that tells the batch size; null: it is assumed. */
      readonly batchBy: string | null;
      readonly variants: readonly Compared[];
    };

export function lossesText(runs: readonly ComparedRun[], width: number): string {
  return runs.map((run) => `${("problem" in run ? wrap(run.problem, width, `${run.path}: `, "  ") : runLines(run, width)).join("\n")}\n`).join("\n");
}

function runLines(run: Exclude<ComparedRun, { readonly problem: string }>, width: number): string[] {
  const batch = `batches of ${run.batchSize}${run.batchBy === null ? " (assumed)" : ` (${run.batchBy})`}`;
  const lines = [`${run.path}: ${run.over}, ${run.classes} classes, ${batch}`, ""];
  const rows = run.variants.map(({ own, name, outlook, analysis }) => {
    const values = analysis === null ? ["–", "–", "–"] : [analysis.values.uniform, analysis.values.background, analysis.values.perfect].map(short);
    return [own ? "*" : "", outlook, ...values, name];
  });
  lines.push(...table([["", "OUTLOOK", "FRESH", "BACKGROUND", "PERFECT", "LOSS"], ...rows], (cell) => cell), "");
  for (const { name, sentence } of run.variants) lines.push(...wrap(`${name}: ${sentence}`, width, "", "    "));
  if (run.variants.some((v) => v.own)) lines.push("", "* the loss that this run used");
  lines.push("", ...wrap("FRESH: every class equally likely. BACKGROUND: background alone. PERFECT: the labels. Whether a training gets out of a trap depends on the network too; one with batch normalisation often does.", width, "", ""));
  return lines;
}

function short(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
  return value.toFixed(3);
}
