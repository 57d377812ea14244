/** Epochs of prediction and checkpoint files as the log counts them. */
import { alignEpochs } from "../read/layout/epochs";
import { logClock } from "../read/layout/logClock";
import { numbersInNames } from "../read/layout/numbers";
import type { RunPlan } from "../read/layout/plan";
import type { Series } from "../run";
import type { CheckpointHead } from "./weights";

export interface Clock {
  readonly predictions: readonly (number | null)[];
  readonly checkpoints: readonly (number | null)[];
  readonly lastEpoch: number | null;
  readonly assumptions: readonly string[];
}

/** `predictions` in the order of `plan.pairs`, `checkpoints` in that of `heads`. */
export function alignRun(series: readonly Series[], plan: RunPlan, heads: readonly CheckpointHead[]): Clock {
  const byEpoch = series.filter((s) => s.unit === "epoch" && s.steps.length > 0);
  // Several points may stand at one epoch.
  const fullest = byEpoch.reduce<{ steps: Float64Array; count: number } | null>((best, { steps }) => {
    const count = distinct(steps);
    return best === null || count > best.count ? { steps, count } : best;
  }, null);
  const longest = fullest === null ? null : fullest.count === fullest.steps.length ? fullest.steps : fullest.steps.filter((step, i, all) => i === 0 || step !== all[i - 1]);
  const byStep = series.find((s) => s.unit === "step" && longest !== null && s.steps.length === longest.length);
  const stepsPerEpoch = byStep === undefined || longest === null ? null : byStep.steps.at(-1)! / longest.length;
  // Without a series by epoch, the one that says which epoch a step lay in.
  const clock = logClock(series);
  const perEpoch = clock?.stepsPerEpoch ?? stepsPerEpoch;
  const ofClock = clock === null ? null : Array.from({ length: clock.last - clock.first + 1 }, (_, i) => clock.first + i);
  const names = numbersInNames(heads.map((head) => head.file.path));
  const aligned = alignEpochs({
    logEpochs: longest ?? ofClock,
    stepsPerEpoch: perEpoch !== null && perEpoch > 0 ? perEpoch : null,
    predictions: plan.pairs.map((pair) => ({ path: pair.predictions, number: pair.number, counts: pair.counts, split: pair.split, contentEpoch: null, contentStep: null })),
    checkpoints: heads.map((head, i) => {
      const number = names[i]?.number ?? null;
      // TensorFlow 1 numbers checkpoints by the steps inside ("model.ckpt-504"); with a log its length tells that as well.
      const counts = names[i]?.counts ?? (longest === null && clock === null && number !== null && number === head.step ? "step" : null);
      return { path: head.file.path, number, counts, contentEpoch: head.epoch, contentStep: head.step };
    }),
  });
  const logged = byEpoch.reduce<number | null>((last, s) => Math.max(last ?? -Infinity, s.steps.at(-1)!), null) ?? clock?.last ?? null;
  const seen = [...aligned.predictions, ...aligned.checkpoints].reduce<number | null>((last, e) => (e === null ? last : Math.max(last ?? -Infinity, e)), null);
  const lastEpoch = logged ?? seen;
  // The one prediction without a number was made at the end.
  const predictions = aligned.predictions.map((epoch) => epoch ?? (plan.pairs.length === 1 ? (lastEpoch ?? 0) : null));
  return { predictions, checkpoints: aligned.checkpoints, lastEpoch, assumptions: aligned.assumptions };
}

/** How many steps there are; they ascend. */
function distinct(steps: Float64Array): number {
  let count = 0;
  for (let i = 0; i < steps.length; i++) if (i === 0 || steps[i] !== steps[i - 1]) count++;
  return count;
}
