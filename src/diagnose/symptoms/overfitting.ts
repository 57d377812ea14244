import { mismatchCauses } from "../dynamics";
import { finding } from "../finding";
import { indexOfLeast, least, mean, most, movingMean, type Curve } from "../curves";
import type { Rule, View } from "../view";
import { time } from "../view";
import { capital, number, percent } from "../words";

/** Validation loss has turned and risen clearly from its minimum while the training loss goes on falling. */
export const overfitting: Rule = (view, limits) => {
  const { train, val } = view.losses;
  if (train === null || val === null || val.y.length < limits("overfitting.points")) return [];
  const rise = val.y.length < limits("overfitting.longRun") ? limits("overfitting.riseInShortRuns") : limits("overfitting.rise");
  const turn = turned(train, val, rise, limits("overfitting.trainingGain"));
  if (turn === null) return [];
  const at = val.x[turn.best]!;
  const since = view.clock.since(val.series, at);
  const when = since.epoch === undefined ? `step ${since.step}` : `epoch ${since.epoch}`;
  const nearest = nearestCheckpoint(view, since.epoch ?? null);
  return [
    finding("overfitting", {
      severity: "warning",
      subject: { series: val.series.tag },
      since,
      evidence: { best: val.y[turn.best]!, bestEpoch: since.epoch ?? null, bestMean: turn.low, endMean: turn.end, trainingAtBest: turn.trainBest, trainingAtEnd: turn.trainEnd, checkpoint: nearest },
      message: `${capital(view.nameOf(val.series))} was best at ${when} (${number(val.y[turn.best]!)}) and has risen since, to ${number(turn.end)} on average at the end${turn.low > 0 ? ` (${percent(turn.end / turn.low - 1)} above its lowest mean)` : ""}, while ${view.nameOf(train.series)} went on falling from ${number(turn.trainBest)} to ${number(turn.trainEnd)}.`,
      causes: [...mismatchCauses(view), ...(turn.best === 0 ? ["Validation was best in the first epoch and has only got worse: labels or inputs of training and validation are not prepared alike."] : []), "The network learns the training cases by heart: too few cases for its size, or too little augmentation.", "The training went on for too long.", "Validation cases differ from the training cases (scanner, centre, preparation)."],
      advice: [
        nearest === null ? `Use the weights of ${when}; keep checkpoints of the best validation epochs.` : `Use ${nearest}, the checkpoint nearest to the best epoch.`,
        "Stop early: patience on the validation loss, or better on the foreground Dice.",
        "More augmentation, weight decay or dropout, or a smaller network.",
      ],
      at: view.row(since, val.series, `${val.series.tag} is best here`),
    }),
  ];
};

interface Turn {
  readonly best: number;
  readonly low: number;
  readonly end: number;
  readonly trainBest: number;
  readonly trainEnd: number;
}

/** Mean of the last tenth against the least moving mean of the same width; for losses near or below zero against the range. */
function turned(train: Curve, val: Curve, rise: number, trainingGain: number): Turn | null {
  const n = val.y.length;
  const width = Math.max(3, Math.floor(n / 10));
  const means = movingMean(val.y, width);
  const low = least(means);
  const end = means.at(-1)!;
  const lowAt = indexOfLeast(means);
  if (lowAt + width > n - width) return null;
  const range = most(val.y) - low;
  // For a positive loss a share of its best. Near zero that says little (a loss that fell to a tenth of its opening may wander
  // by a tenth of what is left), so part of the range counts too, within bounds; below zero the range takes its place.
  const scale = low > 0 ? Math.max(low, Math.min(0.2 * range, 2 * low)) : range;
  if (end - low <= rise * scale || end - low <= 3 * wobble(val.y.subarray(lowAt)) / Math.sqrt(width)) return null;
  // The single best point, within the window of the best mean.
  let best = lowAt;
  for (let i = lowAt; i < lowAt + width; i++) if (val.y[i]! < val.y[best]!) best = i;
  // A training loss that was as low before has not gone on falling.
  const around = Math.min(levelNear(train, val, best, width), lowestBefore(train, val, best, width));
  const after = mean(train.y.subarray(-Math.max(1, Math.min(train.y.length, Math.round((width * train.y.length) / n)))));
  const trainRange = most(train.y) - least(train.y);
  const gain = around - after;
  if (gain < trainingGain * Math.max(Math.min(Math.abs(around), trainRange), 0) || gain <= 0) return null;
  return { best, low, end, trainBest: around, trainEnd: after };
}

/** Mean of the training loss around a point of the validation loss. */
function levelNear(train: Curve, val: Curve, at: number, width: number): number {
  const [from, to] = [val.x[Math.max(0, at - Math.floor(width / 2))]!, val.x[Math.min(val.x.length - 1, at + Math.floor(width / 2))]!];
  if (train.series.unit === val.series.unit) {
    const near = train.y.filter((_, i) => train.x[i]! >= from && train.x[i]! <= to);
    if (near.length > 0) return mean(near);
  }
  const share = train.y.length / val.y.length;
  const start = Math.min(train.y.length - 1, Math.floor(at * share));
  return mean(train.y.subarray(start, Math.max(start + 1, Math.ceil((at + 1) * share))));
}

/** Least moving mean of the training loss up to a point of the validation loss; infinite where there are too few points. */
function lowestBefore(train: Curve, val: Curve, at: number, width: number): number {
  const share = train.y.length / val.y.length;
  const wide = Math.max(1, Math.round(width * share));
  const before = train.series.unit === val.series.unit ? train.y.filter((_, i) => train.x[i]! <= val.x[at]!) : train.y.subarray(0, Math.ceil((at + 1) * share));
  return before.length < wide ? Infinity : least(movingMean(before, wide));
}

/** Standard deviation of what neighbouring points differ by, over sqrt(2): the noise without the trend. */
function wobble(y: ArrayLike<number>): number {
  if (y.length < 3) return 0;
  let sum = 0;
  for (let i = 1; i < y.length; i++) sum += (y[i]! - y[i - 1]!) ** 2;
  return Math.sqrt(sum / (y.length - 1) / 2);
}

function nearestCheckpoint(view: View, epoch: number | null): string | null {
  if (epoch === null) return null;
  let best: { path: string; far: number } | null = null;
  for (const c of view.checkpoints) {
    const t = c.epoch === null ? null : time(c);
    if (t === null) continue;
    const far = Math.abs(t - epoch);
    if (best === null || far < best.far) best = { path: c.path, far };
  }
  return best?.path ?? null;
}
