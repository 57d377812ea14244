import { finding } from "../finding";
import { least, mean, most, smooth } from "../curves";
import { absentDominates, lossAdvice, lossCauses } from "../lossCauses";
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
  if (range > limit || opening - least(rest) > limit) return [];
  const stuckFrom = Math.abs(opening - mean(rest)) > limit ? 1 : 0;
  const since = view.clock.since(series, curve.x[stuckFrom]!);
  const exact = least(curve.y) === most(curve.y);
  const causes: string[] = [];
  const rates = view.measures.series.filter((r) => r.quantity === "lr" && r.values.length > 0);
  const rate = rates.length === 0 ? null : Math.max(...rates.map((r) => most([...r.values])));
  if (rate !== null && rate < 1e-7) causes.push(`The learning rate never exceeds ${number(rate)}.`);
  causes.push(...lossCauses(view));
  if (exact && absentDominates(view.measures.classWeights)) causes.push("With such weights the loss rounds to the same number whatever is predicted, and its gradient to 0.");
  causes.push("No gradient arrives: all layers frozen, an operation that has none (argmax, round, numpy) between output and loss, dead activations.", "The learning rate is far too small, or the optimizer got no parameters.");
  return [
    finding("flat-training", {
      severity: "error",
      subject: { series: series.tag },
      since,
      evidence: { opening, least: least(curve.y), most: most(curve.y), last: curve.y.at(-1)!, points: curve.y.length },
      message: exact
        ? `The training loss has not moved at all: ${series.tag} is ${number(opening)} at all ${amount(curve.y.length, "point")}.`
        : `The training loss never left its first level: ${series.tag} lies between ${number(least(rest), 6)} and ${number(most(rest), 6)} over ${amount(curve.y.length, "point")}, and opened at ${number(opening, 6)}.`,
      causes,
      advice: [...lossAdvice(view), "Print the gradient norm of one batch. If it is 0 or around 1e-8, the loss is the cause; if not, raise the learning rate tenfold for some steps."],
      at: [...view.row(since, series), ...view.lossPlaces()],
    }),
  ];
};

/** A log that starts late belongs to a training that went on: its opening is no first level. */
export function resumed(view: View): boolean {
  const curve = view.losses.train ?? view.losses.val;
  return curve !== null && curve.series.unit === "epoch" && curve.x.length > 0 && curve.x[0]! > 1;
}

/** The measured end of the run finds its foreground. */
export function useful(view: View, dice: number): boolean {
  return (view.last?.foreground ?? 0) >= dice;
}

/** The learning rate is still on its way up. */
function warmingUp(view: View): boolean {
  if (!view.running) return false;
  return view.measures.series.some((s) => s.quantity === "lr" && s.values.length >= 2 && s.values[s.values.length - 1]! > s.values[0]! && s.values[s.values.length - 1]! >= most([...s.values]));
}
