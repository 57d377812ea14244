import { classSubject, finding } from "../finding";
import type { Rule } from "../view";
import { classNames, number, whole } from "../words";
import { capital } from "./class-never-learned";

/** Its Dice reached 0.2 and is below 0.01 in the last two measured epochs. */
export const classLost: Rule = (view, limits) => {
  const { epochs, last } = view;
  if (last === null || epochs.length < 3 || !view.measuredToTheEnd) return [];
  const [reached, limit] = [limits("classLost.reached"), limits("classLost.dice")];
  const lost: { c: number; best: number; bestEpoch: number; from: number }[] = [];
  for (let c = 0; c < last.labels.length; c++) {
    if (last.labels[c]! === 0) continue;
    const gone = view.holdsFrom((e) => (e.labels[c] ?? 0) > 0 && (e.dice[c] ?? 0) < limit);
    if (gone < 0 || epochs.length - gone < 2) continue;
    let best = -1;
    let bestEpoch = 0;
    for (const e of epochs.slice(0, gone)) {
      const d = e.dice[c] ?? -1;
      if (d > best) [best, bestEpoch] = [d, e.epoch];
    }
    if (best >= reached) lost.push({ c, best, bestEpoch, from: epochs[gone]!.epoch });
  }
  if (lost.length === 0) return [];
  const classes = lost.map((l) => l.c);
  const since = { epoch: Math.min(...lost.map((l) => l.from)) };
  const first = lost[0]!;
  const also = lost.length === 1 ? "" : ` (class ${first.c}; best of the others ${lost.slice(1, 4).map((l) => `${l.c}: ${number(l.best, 3)}`).join(", ")})`;
  const rate = rateChange(view, since.epoch);
  return [
    finding("class-lost", {
      severity: "error",
      subject: classSubject(classes),
      since,
      evidence: { classes, bestDice: lost.map((l) => l.best), bestEpoch: lost.map((l) => l.bestEpoch), lastDice: classes.map((c) => last.dice[c] ?? null), labelVoxels: classes.map((c) => last.labels[c]!), predictedVoxels: classes.map((c) => last.predicted[c]!) },
      message: `${capital(classNames(classes, view.measures.classes))} ${lost.length === 1 ? "was" : "were"} learned and lost: Dice reached ${number(first.best, 3)} at epoch ${first.bestEpoch}${also} and has been below ${limit} since epoch ${since.epoch}; ${whole(classes.reduce((n, c) => n + last.predicted[c]!, 0))} voxels are predicted for ${whole(classes.reduce((n, c) => n + last.labels[c]!, 0))} labelled.`,
      causes: [
        ...rate,
        "The data changed: a resumed run with other labels, another order or a subset without the class.",
        "An overlap loss on batches that lack the class rewards predicting none of it (Dice with smoothing, per image).",
        "The learning rate is too high for the class's few voxels.",
      ],
      advice: [`Compare what changed at epoch ${since.epoch}: learning rate, data, a restart of the training.`, `Go back to the checkpoint nearest before epoch ${since.epoch} and continue with a lower learning rate.`, "Add cross-entropy to the overlap loss: it keeps a gradient where the class is missed."],
      at: view.row(since),
    }),
  ];
};

/** What the logged learning rate did at that epoch, if it jumped. */
function rateChange(view: Parameters<Rule>[0], epoch: number): string[] {
  for (const s of view.measures.series) {
    if (s.quantity !== "lr" || s.unit !== "epoch") continue;
    const at = s.steps.indexOf(epoch);
    if (at > 0 && s.values[at]! >= 2 * s.values[at - 1]! && s.values[at - 1]! > 0) return [`The learning rate rose from ${number(s.values[at - 1]!)} to ${number(s.values[at]!)} at epoch ${epoch}.`];
  }
  return [];
}
