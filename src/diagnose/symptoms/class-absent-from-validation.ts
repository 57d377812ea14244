import { classSubject, finding } from "../finding";
import type { Rule } from "../view";
import { capital, classNames } from "../words";
import { sums } from "./validation-without-foreground";

/** A class that the training labels or the network have never appears in the validation labels: its Dice is undefined. */
export const classAbsentFromValidation: Rule = (view) => {
  const { measures, last } = view;
  const set = measures.labels;
  const voxels = last !== null ? [...last.labels] : set === null || set.cases === 0 ? null : sums(set.classes, set.volumes);
  if (voxels === null) return [];
  const train = measures.trainLabels === null ? [] : sums(measures.trainLabels.classes, measures.trainLabels.volumes);
  const known = Math.max(measures.outputChannels ?? 0, measures.classes.length, voxels.length, last?.predicted.length ?? 0);
  const absent: number[] = [];
  for (let c = 0; c < Math.max(known, train.length); c++) {
    if ((voxels[c] ?? 0) > 0 || c === measures.background) continue;
    if (c < known || (train[c] ?? 0) > 0) absent.push(c);
  }
  if (absent.length === 0) return [];
  return [
    finding("class-absent-from-validation", {
      severity: "info",
      subject: classSubject(absent),
      since: null,
      evidence: { classes: absent, trainVoxels: absent.map((c) => (measures.trainLabels === null ? null : (train[c] ?? 0))), predictedVoxels: absent.map((c) => last?.predicted[c] ?? null) },
      message: `${capital(classNames(absent, measures.classes))} never ${absent.length === 1 ? "appears" : "appear"} in the validation labels: ${absent.length === 1 ? "its" : "their"} Dice is undefined, which is no collapse.`,
      causes: ["The validation split holds no case with the class.", "The network has more output channels than the labels have classes."],
      advice: ["Split by cases so that validation holds every class, or read the scores without it.", "Leave the class out of logged means; do not count it as 0 or 1."],
    }),
  ];
};
