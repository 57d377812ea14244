import { classSubject, finding } from "../finding";
import type { Rule, Scored } from "../view";
import { list, oneClass, percent, whole } from "../words";

/** Most voxels of one class are predicted as one other foreground class, in the last two measured epochs where there are two. */
export const classConfused: Rule = (view, limits) => {
  const { epochs, last } = view;
  if (last === null || !view.measuredToTheEnd || (view.running && epochs.length < 3)) return [];
  const b = view.measures.background;
  const limit = limits("classConfused.share");
  const pairs: { c: number; as: number; share: number; from: number }[] = [];
  for (let c = 0; c < last.labels.length; c++) {
    const now = takenBy(last, c, b);
    if (now === null || now.share <= limit) continue;
    const same = (e: Scored): boolean => {
      const other = takenBy(e, c, b);
      return other !== null && other.as === now.as && other.share > limit;
    };
    const from = view.holdsFrom(same);
    if (epochs.length >= 2 && epochs.length - from < 2) continue;
    pairs.push({ c, as: now.as, share: now.share, from: epochs[from]!.epoch });
  }
  if (pairs.length === 0) return [];
  const since = { epoch: Math.min(...pairs.map((p) => p.from)) };
  const { classes } = view.measures;
  const said = pairs.map((p) => `${percent(p.share)} of class ${oneClass(p.c, classes)} as class ${oneClass(p.as, classes)}`);
  const shifted = pairs.length >= 3 && new Set(pairs.map((p) => p.as - p.c)).size === 1;
  return [
    finding("class-confused", {
      severity: "warning",
      subject: classSubject(pairs.map((p) => p.c)),
      since,
      evidence: { classes: pairs.map((p) => p.c), predictedAs: pairs.map((p) => p.as), share: pairs.map((p) => p.share), labelVoxels: pairs.map((p) => last.labels[p.c]!), epoch: last.epoch },
      message: `Most voxels of ${pairs.length === 1 ? "a class" : `${pairs.length} classes`} are predicted as another class: ${list(said, 6)} (${whole(pairs.reduce((n, p) => n + last.labels[p.c]!, 0))} labelled voxels, epoch ${last.epoch}).`,
      causes: [
        ...(shifted ? [`All are off by ${pairs[0]!.as - pairs[0]!.c}: the training labels and the validation labels count classes differently.`] : []),
        "The classes are swapped, shifted or merged in the training labels.",
        "The classes look alike at this resolution, and the loss does not weigh the rarer one enough.",
      ],
      advice: ["Look at one case: labels and prediction side by side, with the class table of the panel.", "Compare the class lists of training and validation labels, value by value.", "If the labels are right, show the two classes more evenly: sampling, or a weight for the rarer one."],
      at: view.row(since),
    }),
  ];
};

/** The other foreground class that gets most of a class's voxels. */
function takenBy(e: Scored, c: number, background: number): { as: number; share: number } | null {
  const labelled = e.labels[c] ?? 0;
  if (labelled === 0) return null;
  let as = -1;
  let most = 0;
  for (let p = 0; p < e.measure.classes; p++) {
    const n = e.measure.confusion[c * e.measure.classes + p]!;
    if (p !== c && p !== background && n > most) [as, most] = [p, n];
  }
  return as < 0 ? null : { as, share: most / labelled };
}
