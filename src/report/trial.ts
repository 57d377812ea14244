/** A trial of losses for people: what each variant came to, and the verdict. */
import type { Trained, Verdict } from "../losses/trial/verdict";
import { wrap } from "../run";
import { table } from "./layout";

export interface TrialText {
  readonly path: string | null;
  readonly instead: string | null;
  readonly backend: string;
  readonly data: string;
  readonly train: number;
  readonly val: number;
  readonly steps: number;
  readonly trained: readonly Trained[];
  readonly verdict: Verdict;
}

export function trialText(trial: TrialText, width: number): string {
  const lines = [...(trial.instead === null ? [] : wrap(`${trial.instead} The toy set was taken in their place.`, width, "", "  ")), ...wrap(`${trial.path === null ? "" : `${trial.path}: `}Trained on ${trial.train} images and measured on ${trial.val}, ${trial.steps} ${trial.steps === 1 ? "step" : "steps"} each: ${trial.data}`, width, "", "  "), ...wrap(trial.backend, width, "Backend: ", "  "), ""];
  const rows = trial.verdict.variants.flatMap(({ id, name, outcome }) =>
    trial.trained.filter((t) => t.id === id).map((t) => [outcome, String(t.seed), short(t.foreground), t.background === null ? "–" : `${(100 * t.background).toFixed(1)} %`, short(t.firstLoss), short(t.lastLoss), name]),
  );
  lines.push(...table([["OUTCOME", "SEED", "DICE", "BACKGROUND", "FIRST LOSS", "LAST LOSS", "LOSS"], ...rows], (cell) => cell), "");
  for (const { name, sentence } of trial.verdict.variants) lines.push(...wrap(`${name}: ${sentence}`, width, "", "    "));
  lines.push("", ...wrap(trial.verdict.summary, width, "", ""), "", ...wrap(trial.verdict.limits, width, "", ""), "", ...wrap("DICE: mean of the classes but the background, over the validation images. BACKGROUND: share of their voxels that is predicted as background. FIRST LOSS, LAST LOSS: means of the first and the last slice of training.", width, "", ""));
  return `${lines.join("\n")}\n`;
}

function short(value: number | null): string {
  return value === null ? "–" : value.toFixed(3);
}
