import { stepCauses } from "../dynamics";
import { finding, sinceText } from "../finding";
import { indexOfLeast, least, most, movingMean } from "../curves";
import type { Rule } from "../view";
import { capital, number, percent } from "../words";

/** The loss ends far above where it began or was, and stays there. Of the training loss; of the validation loss where no other is logged. */
export const divergingLoss: Rule = (view, limits) => {
  const curve = view.losses.train ?? view.losses.val;
  if (curve === null) return [];
  const { series } = curve;
  // Many points are smoothed over a fiftieth of the run: single batches jump.
  const width = curve.y.length < 200 ? 1 : Math.ceil(curve.y.length / 50);
  const y = movingMean(curve.y, width);
  const n = y.length;
  const tail = Math.max(3, Math.ceil(n / 10));
  if (n < tail + 2) return [];
  const opening = y[0]!;
  const low = indexOfLeast(y);
  if (low >= n - tail) return [];
  const best = y[low]!;
  const end = y.subarray(n - tail);
  const fall = opening - best;
  const wobble = Math.min(noise(y), y.length - low > 4 ? noise(y.subarray(low + 1)) : Infinity);
  const size = Math.abs(opening);
  const fell = fall >= limits("divergingLoss.gain") * Math.max(size, most(y) - best) && fall > 5 * wobble;
  const givenBack = best + limits("divergingLoss.return") * fall + 3 * wobble;
  const aboveOpening = opening + limits("divergingLoss.rise") * Math.max(size, fall) + 3 * wobble;
  if (least(end) <= aboveOpening && !(fell && least(end) > givenBack)) return [];
  // It was best at `low`, and has not come back there since.
  const since = view.clock.since(series, curve.x[low + width]!);
  const bestAt = view.clock.since(series, curve.x[low]!);
  const last = y[n - 1]!;
  const where = bestAt.epoch === undefined ? `step ${bestAt.step}` : `epoch ${bestAt.epoch}`;
  return [
    finding("diverging-loss", {
      severity: "error",
      subject: { series: series.tag },
      since,
      evidence: { opening, best, bestEpoch: bestAt.epoch ?? null, last, leastOfTheEnd: least(end) },
      message: `${capital(view.nameOf(series))} has diverged${sinceText(since)}: it opened at ${number(opening)}, was ${number(best)} at ${where}, and ends at ${number(last)}${fall > 0 && last < opening ? `, which gives back ${percent((last - best) / fall)} of what was gained` : ""}.`,
      causes: [...stepCauses(view, since.epoch ?? null), "The learning rate is too high or rises (schedule, warm restart), for this optimizer and batch size.", "A few batches with enormous gradients: no clipping, a loss that divides by something near 0.", "The data changed during the run (resumed with other labels or another normalisation)."],
      advice: [`Go back to the checkpoint nearest ${where} and continue with a tenth of the learning rate.`, "Clip the gradient norm (1 is usual) and log it.", `Look at what happened at ${since.epoch === undefined ? `step ${since.step}` : `epoch ${since.epoch}`}: schedule, data, restart.`],
      at: [...view.row(since, series)],
    }),
  ];
};

/** Typical change between neighbours that have no trend: half the median of |second difference|. */
function noise(y: ArrayLike<number>): number {
  // A sample of ten thousand suffices for a median.
  const stride = Math.max(1, Math.floor(y.length / 10_000));
  const all: number[] = [];
  for (let i = 1; i + 1 < y.length; i += stride) all.push(Math.abs(y[i + 1]! - 2 * y[i]! + y[i - 1]!));
  const second = Float64Array.from(all).sort();
  return (second[Math.floor(second.length / 2)] ?? 0) / 2;
}
