import type { ClassInfo, Finding } from "../../run";
import { classSubject, finding } from "../finding";
import { together, type Rule, type Scored, type View } from "../view";
import { classNames, list, oneClass, percent, whole } from "../words";

interface Pair {
  readonly c: number;
  readonly as: number;
  readonly share: number;
  /** Index of the measured epoch from which on it holds. */
  readonly from: number;
}

/** Most voxels of one class are predicted as one other foreground class, in the last two measured epochs where there are two. One finding for what began together. */
export const classConfused: Rule = (view, limits) => {
  const { epochs, last } = view;
  if (last === null || !view.outcome || (view.running && epochs.length < 3)) return [];
  const b = view.measures.background;
  const limit = limits("classConfused.share");
  const pairs: Pair[] = [];
  for (let c = 0; c < last.labels.length; c++) {
    const now = takenBy(last, c, b);
    if (now === null || now.share <= limit) continue;
    const same = (e: Scored): boolean => {
      const other = takenBy(e, c, b);
      return other !== null && other.as === now.as && other.share > limit;
    };
    const from = view.holdsFrom(same);
    if (epochs.length >= 2 && epochs.length - from < 2) continue;
    pairs.push({ c, as: now.as, share: now.share, from });
  }
  const causes = [...codingCauses(pairs), "The classes are swapped, shifted or merged in the training labels.", "The classes look alike at this resolution, and the loss does not weigh the rarer one enough."];
  return together(pairs).map((group) => confusedTogether(view, last, group, causes));
};

function confusedTogether(view: View, last: Scored, group: readonly [Pair, ...Pair[]], causes: readonly string[]): Finding {
  const pairs = [...group].sort((a, b) => a.c - b.c);
  const since = { epoch: view.epochs[group[0].from]!.epoch };
  const { classes } = view.measures;
  return finding("class-confused", {
    severity: "warning",
    subject: classSubject(pairs.map((p) => p.c)),
    since,
    evidence: { classes: pairs.map((p) => p.c), predictedAs: pairs.map((p) => p.as), share: pairs.map((p) => p.share), labelVoxels: pairs.map((p) => last.labels[p.c]!), epoch: last.epoch },
    message: `${said(pairs, classes)} (${whole(pairs.reduce((n, p) => n + last.labels[p.c]!, 0))} labelled voxels, epoch ${last.epoch}).`,
    causes,
    advice: ["Look at one case: labels and prediction side by side, with the class table of the panel.", "Compare the class lists of training and validation labels, value by value.", "If the labels are right, show the two classes more evenly: sampling, or a weight for the rarer one."],
    at: view.row(since),
  });
}

function said(pairs: readonly Pair[], classes: readonly ClassInfo[]): string {
  const shares = pairs.map((p) => p.share);
  const into = pairs[0]!.as;
  if (pairs.length > 2 && pairs.every((p) => p.as === into)) {
    const [low, high] = [percent(Math.min(...shares)), percent(Math.max(...shares))];
    return `Most voxels of ${classNames(pairs.map((p) => p.c), classes)} are predicted as class ${oneClass(into, classes)}: ${low === high ? low : `${low.replace(" %", "")} to ${high}`} of each`;
  }
  const each = pairs.map((p) => `${percent(p.share)} of class ${oneClass(p.c, classes)} as class ${oneClass(p.as, classes)}`);
  return `Most voxels of ${pairs.length === 1 ? "a class" : `${pairs.length} classes`} are predicted as another class: ${list(each, 6)}`;
}

/** What the pattern of all confusions says of how classes are counted. */
function codingCauses(pairs: readonly Pair[]): string[] {
  const as = new Map(pairs.map((p) => [p.c, p.as]));
  if (pairs.length >= 3 && new Set(pairs.map((p) => p.as - p.c)).size === 1) return [`All are off by ${pairs[0]!.as - pairs[0]!.c}: training and validation labels count classes differently.`];
  const swapped = pairs.find((p) => p.c < p.as && as.get(p.as) === p.c);
  if (swapped !== undefined) return [`Classes ${swapped.c} and ${swapped.as} take each other's place: swapped in the training or in the validation labels.`];
  return [];
}

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
