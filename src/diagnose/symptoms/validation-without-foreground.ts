import { finding } from "../finding";
import type { Rule } from "../view";
import { amount, whole } from "../words";

/** The validation labels hold background alone. */
export const validationWithoutForeground: Rule = (view) => {
  const b = view.measures.background;
  const set = view.measures.labels;
  const last = view.last;
  const voxels = last !== null && last.total > 0 ? [...last.labels] : set === null || set.cases === 0 ? null : sums(set.classes, set.volumes);
  if (voxels === null) return [];
  const all = voxels.reduce((a, v) => a + v, 0);
  if (all === 0 || voxels.some((v, c) => v > 0 && c !== b)) return [];
  const cases = last?.measure.cases ?? set?.cases ?? 0;
  const path = last?.measure.labels ?? set?.path ?? "the validation labels";
  const since = { epoch: view.epochs[0]?.epoch ?? view.firstEpoch };
  return [
    finding("validation-without-foreground", {
      severity: "error",
      since,
      evidence: { labels: path, cases, voxels: all, foregroundVoxels: 0 },
      message: `The validation labels hold background alone: ${whole(all)} voxels in ${amount(cases, "case")} (${path}), none of a foreground class. No validation score says anything.`,
      causes: ["The label files are empty or the wrong ones, or foreground values were lost in preparation (resampling, a cast, a threshold).", "The split put all cases with foreground into training.", "Labels are stored as 0 and 255 or one class too low, and were clipped."],
      advice: ["Open one label file and list its values.", "Choose the right labels by command, if others were meant.", "Split by cases so that validation holds every class."],
      at: view.row(since),
    }),
  ];
};

/** Voxels per class over all cases. */
export function sums(classes: number, volumes: Float64Array): number[] {
  const out = new Array<number>(classes).fill(0);
  for (let i = 0; i < volumes.length; i++) out[i % classes]! += volumes[i]!;
  return out;
}
