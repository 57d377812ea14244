import { lossMismatch, stillFalling } from "../dynamics";
import { classSubject, finding } from "../finding";
import { absentDominates, absentSentence, lossAdvice } from "../lossCauses";
import type { Rule, View } from "../view";
import { amount, capital, classNames, list, number, oneClass, percent, whole } from "../words";

/** The class is in the labels; its Dice has been below 0.01 at every measured epoch, three or more, and training has moved on. */
export const classNeverLearned: Rule = (view, limits) => {
  const { epochs, last } = view;
  if (last === null || epochs.length < limits("neverLearned.epochs") || !view.measuredToTheEnd || !view.movedOn) return [];
  const limit = limits("neverLearned.dice");
  const b = view.measures.background;
  const lost: number[] = [];
  for (const c of view.labelledClasses) {
    if (epochs.every((e) => (e.labels[c] ?? 0) > 0 && (e.dice[c] ?? 0) < limit)) lost.push(c);
  }
  if (lost.length === 0) return [];
  const others = last.dice.filter((d, c): d is number => d !== null && c !== b && last.labels[c]! > 0 && !lost.includes(c));
  const othersMean = others.length === 0 ? null : others.reduce((a, d) => a + d, 0) / others.length;
  if (view.running && (othersMean ?? 0) < limits("neverLearned.othersWhileRunning") && epochs.length < 10) return [];
  const best = lost.map((c) => Math.max(...epochs.map((e) => e.dice[c] ?? 0)));
  const voxels = lost.map((c) => last.labels[c]!);
  const since = { epoch: epochs[0]!.epoch };
  const goes = lost.map((c) => {
    const row = [...last.measure.confusion.subarray(c * last.measure.classes, (c + 1) * last.measure.classes)];
    const as = row.indexOf(Math.max(...row));
    return { as, share: row[as]! / last.labels[c]! };
  });
  const causes = lossMismatch(view);
  const weighted = view.measures.loss?.weights ?? null;
  if (lost.includes(b) && weighted !== null) causes.push("Background counts for next to nothing in the loss (weights 1/V or 1/V²), so that predicting foreground everywhere costs nothing.");
  causes.push(...lighterCause(view, lost), ...stillFalling(view));
  if (absentDominates(view.measures.classWeights)) causes.push(`The class weights of ${view.measures.loss?.name ?? "the loss"} favour classes that are absent: ${absentSentence(view.measures.classWeights!)}.`);
  const toOther = lost.flatMap((c, i) => (goes[i]!.as !== b && goes[i]!.as !== c ? [`${percent(goes[i]!.share)} of class ${c} is predicted as class ${goes[i]!.as}`] : []));
  if (toOther.length > 0) causes.push(`Another class takes its place: ${list(toOther, 4)}. Labels may be shifted or merged between training and validation, or the two look alike to the network.`);
  const share = voxels.reduce((a, v) => a + v, 0) / last.total;
  if (!lost.includes(b)) {
    if (share < 0.1 && (weighted === null || weighted.constantInGraphMode !== null)) causes.push(`${lost.length === 1 ? "The class is" : "The classes are"} small: ${percent(share)} of the labelled voxels. Under a loss that counts voxels, leaving ${lost.length === 1 ? "it" : "them"} out costs little.`);
  } else if (weighted === null) causes.push("Training labels count classes from another number than validation labels, so that background is another class there.");
  const trainVolumes = trainVoxels(view.measures.trainLabels, lost);
  if (trainVolumes?.every((v) => v === 0) === true) causes.unshift(`The training labels do not hold a single voxel of ${lost.length === 1 ? "it" : "them"}.`);
  else if (trainVolumes?.every((v) => v > 0) === true) causes.push("The training labels code the class otherwise than the validation labels.");
  else causes.push("The training labels lack the class, or code it otherwise than the validation labels.");
  const groundAlone = lost.length === 1 && lost[0] === b;
  const who = groundAlone ? `Background (class ${b})` : capital(classNames(lost, view.measures.classes));
  return [
    finding("class-never-learned", {
      severity: "error",
      subject: classSubject(lost),
      since,
      evidence: { classes: lost, bestDice: best, labelVoxels: voxels, predictedVoxels: lost.map((c) => last.predicted[c]!), measuredEpochs: epochs.length, othersMeanDice: othersMean },
      message: `${who} ${lost.length === 1 ? "was" : "were"} never learned: Dice ${Math.max(...best) === 0 ? "is 0" : `is at most ${number(Math.max(...best), 2)}`} in all ${amount(epochs.length, "measured epoch")} (${epochs[0]!.epoch} to ${last.epoch}), though the labels hold ${whole(voxels.reduce((a, v) => a + v, 0))} voxels of ${lost.length === 1 ? "it" : "them"}${othersMean === null || othersMean < 0.05 ? "" : `; the ${groundAlone ? "" : "other "}foreground classes reach ${number(othersMean, 3)} on average`}.`,
      causes,
      advice: [
        "Check that the training labels hold the class and code it like the validation labels: count voxels per class in both.",
        ...lossAdvice(view),
        "Sample cases or patches so that every batch holds the class.",
      ],
      at: [...view.row(since), ...view.lossPlaces()],
    }),
  ];
};

/** The loss in use weighs a class that is missed far less than another. */
function lighterCause(view: View, lost: readonly number[]): string[] {
  const { classWeights: w, loss, classes } = view.measures;
  if (w === null || loss === null || !w.inUse || w.constantInGraphMode !== null) return [];
  const known = w.weights.flatMap((x, c) => (x !== null && Number.isFinite(x) && x > 0 && (w.volumes[c] ?? 0) > 0 ? [{ c, x }] : []));
  const missed = known.filter((k) => lost.includes(k.c) && k.c !== view.measures.background);
  if (missed.length === 0) return [];
  const [low, high] = [missed.reduce((p, q) => (q.x < p.x ? q : p)), known.reduce((p, q) => (q.x > p.x ? q : p))];
  if (high.x < 10 * low.x) return [];
  return [`${loss.name} weighs class ${oneClass(low.c, classes)} ${whole(high.x / low.x)} times less than class ${oneClass(high.c, classes)} (${number(low.x, 2)} and ${number(high.x, 2)}).`];
}

function trainVoxels(labels: { readonly classes: number; readonly volumes: Float64Array } | null, classes: readonly number[]): number[] | null {
  if (labels === null) return null;
  return classes.map((c) => {
    let sum = 0;
    for (let i = c; c < labels.classes && i < labels.volumes.length; i += labels.classes) sum += labels.volumes[i]!;
    return sum;
  });
}
