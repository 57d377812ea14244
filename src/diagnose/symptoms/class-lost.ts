import type { Finding } from "../../run";
import { stepCauses } from "../dynamics";
import { classSubject, finding } from "../finding";
import { together, type Rule, type Scored, type View } from "../view";
import { capital, classNames, number, oneClass, whole } from "../words";

interface Lost {
  readonly c: number;
  readonly best: number;
  readonly bestEpoch: number;
  /** Index of the first measured epoch without it. */
  readonly from: number;
}

/** Its Dice reached 0.2 and is below 0.01 in the last two measured epochs. One finding for the classes that went together. */
export const classLost: Rule = (view, limits) => {
  const { epochs, last } = view;
  if (last === null || epochs.length < 3 || !view.measuredToTheEnd) return [];
  const [reached, limit] = [limits("classLost.reached"), limits("classLost.dice")];
  const lost: Lost[] = [];
  for (const c of view.labelledClasses) {
    const from = view.holdsFrom((e) => (e.labels[c] ?? 0) > 0 && (e.dice[c] ?? 0) < limit);
    if (from < 0 || epochs.length - from < 2) continue;
    let best = -1;
    let bestEpoch = 0;
    for (const e of epochs.slice(0, from)) {
      const d = e.dice[c] ?? -1;
      if (d > best) [best, bestEpoch] = [d, e.epoch];
    }
    if (best >= reached) lost.push({ c, best, bestEpoch, from });
  }
  return together(lost).map((group) => lostTogether(view, last, group, limit));
};

function lostTogether(view: View, last: Scored, group: readonly [Lost, ...Lost[]], limit: number): Finding {
  const lost = [...group].sort((a, b) => a.c - b.c);
  const classes = lost.map((l) => l.c);
  const since = { epoch: view.epochs[group[0].from]!.epoch };
  const top = group.reduce((a, b) => (b.best > a.best ? b : a));
  const one = classes.length === 1;
  const sum = (voxels: readonly number[]): string => whole(classes.reduce((n, c) => n + voxels[c]!, 0));
  return finding("class-lost", {
    severity: "error",
    subject: classSubject(classes),
    since,
    evidence: { classes, bestDice: lost.map((l) => l.best), bestEpoch: lost.map((l) => l.bestEpoch), lastDice: classes.map((c) => last.dice[c] ?? null), labelVoxels: classes.map((c) => last.labels[c]!), predictedVoxels: classes.map((c) => last.predicted[c]!) },
    message: `${capital(classNames(classes, view.measures.classes))} ${one ? "was" : "were"} learned and lost: Dice reached ${number(top.best, 3)}${one ? "" : ` (class ${oneClass(top.c, view.measures.classes)})`} at epoch ${top.bestEpoch} and has been below ${limit} since epoch ${since.epoch}; at the end ${sum(last.predicted)} voxels are predicted for ${sum(last.labels)} labelled.`,
    causes: [
      ...stepCauses(view, since.epoch),
      "The data changed: a resumed run with other labels, another order, or a subset without the class.",
      "The learning rate is too high for the class's few voxels.",
      "The loss rewards predicting none of it on batches that lack the class (Dice with smoothing, per image).",
    ],
    advice: [`Compare what changed at epoch ${since.epoch}: learning rate, data, loss, a restart of the training.`, `Go back to the last checkpoint before epoch ${since.epoch} and continue with a lower learning rate.`, "Add cross-entropy to an overlap loss: it keeps a gradient where the class is missed."],
    at: view.row(since),
  });
}
