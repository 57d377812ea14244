import { finding } from "../finding";
import { absentDominates, absentSentence, lossAdvice, presentRange } from "../lossCauses";
import type { Rule } from "../view";
import { capital, number } from "../words";

/**
 * With the loss that the run used, classes that an image or batch lacks carry most of the weight. Information; the grouping
 * raises it to a warning below a finding of harm.
 */
export const absentClassDominates: Rule = (view, limits) => {
  const { classWeights: w, loss } = view.measures;
  if (w === null || loss === null || loss.weights === null || !absentDominates(w, limits("absentClass.share"))) return [];
  const present = presentRange(w);
  const rule = loss.weights;
  const absent = rule.absent === "infinite" ? "an infinite weight" : rule.absent === "max" ? "the largest weight of the others" : `the weight ${number(rule.absent)}`;
  return [
    finding("absent-class-dominates", {
      severity: "info",
      since: null,
      evidence: { absentShare: w.absentShare, absentPerImage: w.absentPerImage, presentPerImage: w.presentPerImage, absentWeight: typeof rule.absent === "number" ? rule.absent : rule.absent, leastWeight: present?.[0] ?? null, mostWeight: present?.[1] ?? null, batchSize: w.batch?.batchSize ?? null, batchAbsentShare: w.batch?.absentShare ?? null },
      message: `${capital(absentSentence(w))}: ${loss.name} gives a class with V = 0 ${absent}${present === null ? "" : `, and those that are there ${number(present[0], 2)} to ${number(present[1], 2)}`}.`,
      causes: [`Classes that ${rule.over === "image" ? "an image" : "a batch"} lacks have no voxels to be right about: with most of the weight on them, the loss asks for nothing but not to predict them.`],
      advice: lossAdvice(view),
      at: view.lossPlaces(),
    }),
  ];
};
