import type { Series } from "../../run";
import { curveOf, rowless } from "../curves";
import { finding } from "../finding";
import { backgroundShare } from "../lossCauses";
import type { Rule } from "../view";
import { classNames, list, number, percent } from "../words";

/** A logged validation score ends at 0.8 or more while a class that the labels hold has Dice below 0.01. */
export const loggedMetricMisleads: Rule = (view, limits) => {
  const { last } = view;
  if (last === null || !view.outcome) return [];
  const limit = limits("loggedMetric.dice");
  const missed = view.labelledClasses.filter((c) => (last.dice[c] ?? 0) < limit);
  if (missed.length === 0) return [];
  const score = limits("loggedMetric.score");
  const high: { series: Series; last: number; step: number }[] = [];
  // A score per epoch before the same score by steps, one with a row to point at before one without.
  const order = (s: Series): number => (s.unit === "step" ? 3 : 0) + rowless(s);
  for (const s of [...view.measures.series].sort((a, b) => order(a) - order(b))) {
    if (s.split !== "val" || s.class !== null || (s.quantity !== "accuracy" && s.quantity !== "dice" && s.quantity !== "iou")) continue;
    const curve = curveOf(s);
    const end = curve.y.at(-1);
    if (end === undefined || end < score || end > 1.000001 || high.some((h) => Math.abs(h.last - end) < 1e-6)) continue;
    high.push({ series: s, last: end, step: curve.x.at(-1)! });
  }
  if (high.length === 0) return [];
  const lead = high[0]!;
  const curve = curveOf(lead.series);
  let from = curve.y.length - 1;
  while (from > 0 && curve.y[from - 1]! >= score) from--;
  const began = view.clock.since(lead.series, curve.x[from]!);
  const gone = view.holdsFrom((e) => missed.some((c) => (e.labels[c] ?? 0) > 0 && (e.dice[c] ?? 0) < limit));
  const since = began.epoch === undefined || gone < 0 ? began : { epoch: Math.max(began.epoch, view.epochs[gone]!.epoch) };
  const share = backgroundShare(view);
  return [
    finding("logged-metric-misleads", {
      severity: "warning",
      subject: { series: lead.series.tag },
      since,
      evidence: { series: high.map((h) => h.series.tag), lastValue: high.map((h) => h.last), missedClasses: missed, dice: missed.map((c) => last.dice[c] ?? null), foregroundDice: last.foreground, labelBackgroundShare: share },
      message: `${list(high.map((h) => `${view.nameOf(h.series)} ends at ${number(h.last, 3)}`), 3)}, but ${classNames(missed, view.measures.classes)} ${missed.length === 1 ? "is" : "are"} not found at all (Dice below ${limit} at epoch ${last.epoch}); the mean foreground Dice is ${number(last.foreground, 3)}.`,
      causes: [share === null ? "The score counts background, which most voxels are." : `The score counts background, ${percent(share)} of the voxels: predicting background alone would give an accuracy of ${number(share, 3)}.`, "A mean over classes hides those that score 0, or counts absent classes as 1."],
      advice: ["Log the Dice of each foreground class, and a mean without background, over the whole validation set.", "Choose the best checkpoint by that mean, not by this score."],
      at: view.row(since, lead.series),
    }),
  ];
};
