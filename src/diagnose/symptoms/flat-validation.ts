import { finding, sinceText } from "../finding";
import { gainOf, least, most, smooth, standsStillFrom, type Curve } from "../curves";
import { backgroundShare, lossAdvice, lossCauses } from "../lossCauses";
import type { Limits } from "../thresholds";
import type { Rule, View } from "../view";
import { amount, capital, number, percent } from "../words";
import { findsNothing, resumed, useful } from "./flat-training";

interface Still {
  readonly from: number;
  readonly why: string;
}

/** Validation stands still since early on while the training loss improves, and the run has not simply converged. */
export const flatValidation: Rule = (view, limits) => {
  const { train, val } = view.losses;
  if (train === null || train.y.length < 3 || resumed(view)) return [];
  const gain = endGain(train.y);
  if (gain < limits("flatValidation.trainingGain") || useful(view, limits("flatValidation.usefulDice"))) return [];
  const still = val === null ? null : lossStands(view, val, limits);
  if (still !== null && val !== null) {
    const since = view.clock.since(val.series, val.x[still.from]!);
    const rest = val.y.slice(still.from);
    return [
      finding("flat-validation", {
        severity: "warning",
        subject: { series: val.series.tag },
        since,
        evidence: { opening: val.y[0]!, least: least(rest), most: most(rest), points: rest.length, trainingGain: gain, foregroundDice: view.last?.foreground ?? null },
        message: `${capital(view.nameOf(val.series))} stands still${sinceText(since)} (${number(least(rest), 6)} to ${number(most(rest), 6)} over ${amount(rest.length, "point")}) while ${view.nameOf(train.series)} improved by ${percent(gain)} of its opening; ${still.why}.`,
        causes: [...lossCauses(view), "The network has settled on an answer that does not depend on the input.", "Validation data or labels are not prepared like the training data."],
        advice: [...lossAdvice(view), "Look at predictions of some validation cases, not at the loss alone."],
        at: view.row(since, val.series),
      }),
    ];
  }
  return scoreStands(view, gain, limits);
};

/** How far a curve ends below its opening, as a share of the opening or of its range, whichever is larger. */
function endGain(y: Float64Array): number {
  const s = smooth(y);
  const scale = Math.max(Math.abs(s[0]!), most(s) - least(s));
  return scale === 0 ? 0 : (s[0]! - s.at(-1)!) / scale;
}

/** The loss stands still, and something says that this is no convergence. */
function lossStands(view: View, val: Curve, limits: Limits): Still | null {
  const n = val.y.length;
  if (n < limits("flatValidation.points") + 1) return null;
  const s = smooth(val.y);
  const scale = Math.max(Math.abs(s[0]!), most(s) - least(s));
  const from = standsStillFrom(val.y, limits("flatValidation.range") * scale);
  const longEnough = n - from >= limits("flatValidation.points") && n - from >= n / 2;
  const last = view.last;
  if (last !== null && view.outcome) {
    return longEnough && findsNothing(view, limits) ? { from, why: last.measure.constant ? "all cases get the same prediction" : `mean foreground Dice is ${number(last.foreground, 2)}` } : null;
  }
  // Without predictions: a score that is the share of background, or that has not changed by a bit since the first epochs.
  const early = from <= Math.max(1, Math.floor(n / 10));
  const score = view.measures.series.find((x) => x.split === "val" && x.class === null && x.quantity === "accuracy" && x.values.length >= 5);
  if (early && longEnough && score !== undefined) {
    const tail = score.values.subarray(Math.min(score.values.length - 1, Math.max(1, Math.ceil(score.values.length / 10))));
    const share = backgroundShare(view);
    const end = tail.at(-1)!;
    if (share !== null && share < 0.999 && Math.abs(end - share) < 1e-6) return { from, why: `${score.tag} is ${number(end)}, exactly the share of background in the labels` };
    if (end < 0.99 && tail.every((v) => v === end)) return { from, why: `${score.tag} has been exactly ${number(end)} since the first epochs` };
  }
  const improved = (s[0]! - least(s)) / (scale || 1);
  const range = (most(s) - least(s)) / (scale || 1);
  const never = limits("flatValidation.neverImproved");
  // A validation loss far below the opening of the training loss has been learned within the first epoch.
  const high = Math.abs(s[0]!) >= 0.5 * Math.abs(view.losses.train!.y[0]!);
  if (high && n >= 8 && improved < never && range < never && gainOf(view.losses.train!.y) >= 0.1) return { from: 0, why: `its best is ${percent(improved)} below its opening` };
  return null;
}

/** The recomputed Dice stands at nothing while the training loss improves. */
function scoreStands(view: View, gain: number, limits: Limits): ReturnType<Rule> {
  const { epochs } = view;
  const train = view.losses.train!;
  if (!view.outcome || epochs.length < limits("flatValidation.points")) return [];
  const scores = epochs.map((e) => e.foreground);
  if (scores.some((d) => d === null)) return [];
  const known = scores as number[];
  if (most(known) - least(known) > 0.01 || most(known) > 0.05 || (view.running && epochs.length < 10)) return [];
  const since = { epoch: epochs[0]!.epoch };
  return [
    finding("flat-validation", {
      severity: "warning",
      since,
      evidence: { leastDice: least(known), mostDice: most(known), epochs: epochs.length, trainingGain: gain },
      message: `The mean foreground Dice on validation is ${most(known) === 0 ? "0" : `at most ${number(most(known), 2)}`} in all ${amount(epochs.length, "measured epoch")} while ${view.nameOf(train.series)} improved by ${percent(gain)} of its opening.`,
      causes: [...lossCauses(view), "Training and validation labels are coded differently.", "Validation inputs are not prepared like the training inputs."],
      advice: ["Predict some training cases too: if they are right, the validation data differ; if not, the loss rewards something else.", ...lossAdvice(view)],
      at: view.row(since),
    }),
  ];
}
