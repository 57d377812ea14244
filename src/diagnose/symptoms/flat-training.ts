import { least, mean, most, smooth } from "../curves";
import { stepCauses } from "../dynamics";
import { finding } from "../finding";
import { absentDominates, lossAdvice, ruleCauses } from "../lossCauses";
import type { Limits } from "../thresholds";
import type { Rule, View } from "../view";
import { amount, number } from "../words";

/** The training loss has never left its first level. */
export const flatTraining: Rule = (view, limits) => {
  const curve = view.losses.train;
  if (curve === null) return [];
  const { series } = curve;
  // A loss per batch needs more points for the same number of epochs.
  const enough = limits("flatTraining.points") * (series.unit === "epoch" ? 1 : 4);
  if (curve.y.length < enough || resumed(view) || useful(view, limits("flatValidation.usefulDice")) || warmingUp(view)) return [];
  const s = smooth(curve.y);
  const opening = s[0]!;
  // The first row is a mean over an epoch in which the loss may have risen to its level.
  const rest = s.slice(1);
  const scale = Math.max(Math.abs(opening), most(s) - least(s));
  const range = most(rest) - least(rest);
  const limit = limits("flatTraining.range") * scale;
  const narrow = range <= limit && opening - least(rest) <= limit;
  const later = rest.slice(Math.floor(rest.length / 2));
  // A slow but steady fall is told from a level by a later half of four points or more.
  const blindAndStill = later.length >= 4 && findsNothing(view, limits) && range <= limits("flatTraining.rangeWhenBlind") * scale && most(later) - least(later) <= limit && opening - least(rest) < limits("flatValidation.trainingGain") * scale;
  if (!narrow && !blindAndStill) return [];
  const stuckFrom = Math.abs(opening - mean(rest)) > limit ? 1 : 0;
  const since = view.clock.since(series, curve.x[stuckFrom]!);
  const exact = least(curve.y) === most(curve.y);
  const causes: string[] = [];
  const rates = view.measures.series.filter((r) => r.quantity === "lr" && r.values.length > 0);
  const rate = rates.length === 0 ? null : Math.max(...rates.map((r) => most(r.values)));
  if (rate !== null && rate < 1e-7) causes.push(`The learning rate never exceeds ${number(rate)}.`);
  causes.push(...ruleCauses(view), ...stepCauses(view, since.epoch ?? null));
  if (exact && absentDominates(view.measures.classWeights)) causes.push("With such weights the loss rounds to the same number whatever is predicted, and its gradient to 0.");
  causes.push("No gradient arrives: all layers frozen, an operation that has none (argmax, round, numpy) between output and loss, dead activations.", "The learning rate is far too small, or the optimizer got no parameters.");
  return [
    finding("flat-training", {
      severity: "error",
      subject: { series: series.tag },
      since,
      evidence: { opening, least: least(curve.y), most: most(curve.y), last: curve.y.at(-1)!, points: curve.y.length },
      message: exact
        ? `The training loss has not moved at all: ${view.nameOf(series)} is ${number(opening)} at all ${amount(curve.y.length, "point")}.`
        : `The training loss never left its first level: ${view.nameOf(series)} opened at ${number(opening, 6)} and ${between(least(rest), most(rest))} at the other ${amount(rest.length, "point")}.`,
      causes,
      advice: ["Print the gradient norm of one batch: around 1e-8 or 0, the loss is the cause; if not, change the learning rate tenfold for some steps.", ...lossAdvice(view)],
      at: [...view.row(since, series), ...view.lossPlaces()],
    }),
  ];
};

/** "lies between 0.141 and 0.142", or "is 0.141" where six digits do not tell them apart. */
function between(low: number, high: number): string {
  const [a, b] = [number(low, 6), number(high, 6)];
  return a === b ? `is ${a}` : `lies between ${a} and ${b}`;
}

/** A log that starts late belongs to a training that went on: its opening is no first level. */
export function resumed(view: View): boolean {
  const curve = view.losses.train ?? view.losses.val;
  return curve !== null && curve.series.unit === "epoch" && curve.x.length > 0 && curve.x[0]! > 1;
}

/** The measured end of the run finds its foreground. */
export function useful(view: View, dice: number): boolean {
  return (view.last?.foreground ?? 0) >= dice;
}

/** The measured end of the run finds next to nothing, or says the same of all cases. */
export function findsNothing(view: View, limits: Limits): boolean {
  const { last } = view;
  return last !== null && view.outcome && ((last.foreground ?? 1) < limits("onlyBackground.dice") || last.measure.constant);
}

/** The learning rate is still on its way up. */
function warmingUp(view: View): boolean {
  if (!view.running) return false;
  return view.measures.series.some((s) => s.quantity === "lr" && s.values.length >= 2 && s.values[s.values.length - 1]! > s.values[0]! && s.values[s.values.length - 1]! >= most(s.values));
}
