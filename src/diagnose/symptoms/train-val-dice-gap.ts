import type { Finding, Series, Since } from "../../run";
import { coreOf, type Curve, curveOf } from "../curves";
import { finding, sinceText } from "../finding";
import type { Rule, Scored, View } from "../view";
import { amount, number } from "../words";

interface Gap {
  readonly what: string;
  readonly since: Since;
  readonly train: number;
  readonly val: number;
  readonly points: number;
  readonly series: Series | null;
}

/** The same score is far higher on training than on validation, and stays so. */
export const trainValDiceGap: Rule = (view, limits) => {
  const [gap, points] = [limits("trainValGap.gap"), limits("trainValGap.points")];
  const found = recomputed(view, gap, points) ?? logged(view, gap, points);
  return found === null ? [] : [toFinding(view, found)];
};

function toFinding(view: View, gap: Gap): Finding {
  return finding("train-val-dice-gap", {
    severity: "warning",
    subject: gap.series === null ? {} : { series: gap.series.tag },
    since: gap.since,
    evidence: { score: gap.what, train: gap.train, val: gap.val, gap: gap.train - gap.val, points: gap.points },
    message: `${gap.what} is ${number(gap.train, 3)} on training and ${number(gap.val, 3)} on validation, ${number(gap.train - gap.val, 3)} apart, and has been far apart${sinceText(gap.since)} (${amount(gap.points, "point")}).`,
    causes: ["The network learns the training cases by heart: too few cases, or too little augmentation.", "Training and validation labels are coded differently (shifted class values, another background), or inputs are prepared differently.", "Cases of training and validation come from different sources."],
    advice: ["Run the validation code on training cases: if their score is low too, preparation or evaluation differ between the two.", "Compare the class values and voxels per class of training and validation labels.", "If both are right: more cases, more augmentation, or earlier stopping."],
    at: view.row(gap.since, gap.series),
  });
}

/** Mean Dice over the foreground classes that both label sets hold. */
function recomputed(view: View, gap: number, points: number): Gap | null {
  const pairs = view.epochs.flatMap((val) => {
    const train = view.trainEpochs.find((e) => e.epoch === val.epoch);
    if (train === undefined) return [];
    const classes = val.labels.flatMap((v, c) => (v > 0 && (train.labels[c] ?? 0) > 0 && c !== view.measures.background ? [c] : []));
    if (classes.length === 0) return [];
    const score = (e: Scored): number => classes.reduce((a, c) => a + (e.dice[c] ?? 0), 0) / classes.length;
    return [{ epoch: val.epoch, train: score(train), val: score(val) }];
  });
  const last = pairs.at(-1);
  if (last === undefined || !view.measuredToTheEnd || (view.last !== null && last.epoch !== view.last.epoch)) return null;
  let from = pairs.length;
  while (from > 0 && pairs[from - 1]!.train - pairs[from - 1]!.val > gap) from--;
  const held = pairs.length - from;
  // A run that kept its end alone is judged by it.
  if (held < Math.min(points, pairs.length) || held === 0 || (view.running && held < points)) return null;
  return { what: "Mean foreground Dice", since: { epoch: pairs[from]!.epoch }, train: last.train, val: last.val, points: held, series: null };
}

function logged(view: View, gap: number, points: number): Gap | null {
  const scores = view.measures.series.filter((s) => s.class === null && (s.quantity === "dice" || s.quantity === "iou" || s.quantity === "accuracy"));
  for (const v of scores.filter((s) => s.split === "val")) {
    const t = scores.find((s) => s.split === "train" && s.quantity === v.quantity && s.unit === v.unit && coreOf(s.tag) === coreOf(v.tag));
    if (t === undefined) continue;
    const val = curveOf(v);
    const own = curveOf(t);
    const far = apart(own, val, gap);
    if (far.last === null || far.held < Math.max(points, Math.ceil(far.pairs / 10))) continue;
    return { what: `${view.nameOf(t)} against ${view.nameOf(v)}`, since: view.clock.since(v, far.from), ...far.last, points: far.held, series: v };
  }
  return null;
}

interface Apart {
  /** Points at which both scores were logged; of the training's the last of each step. */
  readonly pairs: number;
  /** How many of them, up to the last, are further apart than `gap`, and the step of the first of these. */
  readonly held: number;
  readonly from: number;
  readonly last: { readonly train: number; readonly val: number } | null;
}

/** How long two scores have been further apart than `gap`; steps ascend. */
function apart(train: Curve, val: Curve, gap: number): Apart {
  let [i, pairs, held, from] = [0, 0, 0, NaN];
  let [lastTrain, lastVal] = [0, -1];
  for (let j = 0; j < val.x.length; j++) {
    const x = val.x[j]!;
    while (i + 1 < train.x.length && train.x[i + 1]! <= x) i++;
    if (train.x[i] !== x) continue;
    pairs++;
    lastTrain = i;
    lastVal = j;
    if (!(train.y[i]! - val.y[j]! > gap)) held = 0;
    else if (held++ === 0) from = x;
  }
  return { pairs, held, from, last: lastVal < 0 ? null : { train: train.y[lastTrain]!, val: val.y[lastVal]! } };
}
