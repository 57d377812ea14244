/** What happened in a run around the time something went wrong: causes that its own numbers suggest. */
import type { TensorStats } from "../run";
import { indexOfLeast, least, smooth } from "./curves";
import type { View } from "./view";
import { amount, number, oneClass, percent } from "./words";

/** Kernels of healthy trainings stay near the scale of their initialisation; several times that is a sign of steps that were too large. */
const LARGE = 5;

/** Signs of steps that were too large, by the end or at `epoch`: a learning rate that rose, weights far above their initial scale. */
export function stepCauses(view: View, epoch: number | null): string[] {
  return [...rateCauses(view, epoch), ...largeWeights(view)];
}

/** The logged learning rate jumped at `epoch`, else rose over the run. */
function rateCauses(view: View, epoch: number | null): string[] {
  for (const s of view.measures.series) {
    if (s.quantity !== "lr" || s.values.length < 2) continue;
    const at = epoch === null || s.unit !== "epoch" ? -1 : s.steps.indexOf(epoch);
    const [before, now] = [s.values[at - 1] ?? 0, s.values[at] ?? 0];
    if (at > 0 && before > 0 && now >= 2 * before) return [`The learning rate rose from ${number(before)} to ${number(now)} at epoch ${epoch}.`];
    const [first, last] = [s.values[0]!, s.values[s.values.length - 1]!];
    if (first > 0 && last > 2 * first) return [`The learning rate rose from ${number(first)} to ${number(last)} (${s.tag}).`];
  }
  return [];
}

function largeWeights(view: View): string[] {
  const newest = view.checkpoints.at(-1);
  const kernels = newest?.tensors.filter((t) => t.role === "kernel" && t.meanAbs !== null) ?? [];
  const large = kernels.filter((t) => t.meanAbs! > LARGE * initialScale(t));
  if (newest === undefined || large.length === 0 || large.length < kernels.length / 2) return [];
  const most = large.reduce((a, b) => (b.meanAbs! / initialScale(b) > a.meanAbs! / initialScale(a) ? b : a));
  return [`The steps were too large: ${large.length} of ${amount(kernels.length, "kernel")} lie far above the scale of an initialisation in ${newest.path} (${most.name}: mean magnitude ${number(most.meanAbs, 3)}, ${number(most.meanAbs! / initialScale(most), 2)} times it). Lower the learning rate.`];
}

/** Standard deviation of He's initialisation, sqrt(2 / fan-in); Glorot's is no larger. (He et al. 2015, https://arxiv.org/abs/1502.01852) */
export function initialScale(t: TensorStats): number {
  return Math.sqrt(2 / fanIn(t));
}

/** Inputs that one output sees: all axes but that of the outputs, which is the last (Keras) or the first (PyTorch); the smaller product of the two. */
function fanIn(t: TensorStats): number {
  if (t.shape.length < 2) return Math.max(1, t.count);
  const [first, last] = [t.shape[0]!, t.shape.at(-1)!];
  return Math.max(1, Math.min(t.count / Math.max(1, first), t.count / Math.max(1, last)));
}

/** Foreground was found before the measured epoch of index `from`: something changed there. */
export function collapseCauses(view: View, from: number): string[] {
  let best = 0;
  let at = -1;
  for (let i = 0; i < from; i++) {
    const dice = view.epochs[i]!.foreground ?? 0;
    if (dice > best) [best, at] = [dice, i];
  }
  if (at < 0 || best < 0.1) return [];
  const epoch = view.epochs[from]!.epoch;
  return [`Foreground was found before (mean Dice ${number(best, 3)} at epoch ${view.epochs[at]!.epoch}): look at what changed by epoch ${epoch}, such as a step that was too large (learning rate), the loss, the data.`];
}

/** The training loss still fell by a twentieth or more over the last quarter, to its least: what is missing may come yet. */
export function stillFalling(view: View): string[] {
  const y = view.losses.train === null ? new Float64Array(0) : smooth(view.losses.train.y);
  const quarter = Math.ceil(y.length / 4);
  if (view.losses.train === null || y.length < 4) return [];
  const [before, end] = [y[y.length - 1 - quarter]!, y[y.length - 1]!];
  if (before - end < 0.05 * Math.max(Math.abs(before), Math.abs(end)) || end > least(y)) return [];
  return [`The training is not over: ${view.nameOf(view.losses.train.series)} still fell from ${number(before, 3)} to ${number(end, 3)} over its last quarter, and rare classes come late. Train on.`];
}

/** Signs that validation is not like training: its loss is far higher even at its best, or classes take each other's place. */
export function mismatchCauses(view: View): string[] {
  const out = lossMismatch(view);
  const taken = mostTaken(view);
  if (taken !== null) out.push(`${percent(taken.share)} of class ${oneClass(taken.c, view.measures.classes)} is predicted as class ${oneClass(taken.as, view.measures.classes)}: training and validation labels may code classes differently.`);
  return out;
}

/** The validation loss is at its best twice the training loss or more, and little foreground is found. */
export function lossMismatch(view: View): string[] {
  const { train, val } = view.losses;
  if (train === null || val === null || train.series.unit !== val.series.unit || val.y.length === 0 || (view.last?.foreground ?? 0) >= 0.3) return [];
  const best = indexOfLeast(val.y);
  const same = train.x.indexOf(val.x[best]!);
  const [v, t] = [val.y[best]!, train.y[same] ?? 0];
  if (same < 0 || t <= 0 || v < 2 * t) return [];
  return [`Even at its best ${view.nameOf(val.series)} is ${number(v, 3)} where ${view.nameOf(train.series)} is ${number(t, 3)}: inputs or labels of validation are not prepared like those of training, or BatchNorm's running statistics do not fit.`];
}

/** The foreground class of which the largest share, four fifths or more, goes to one other foreground class. */
function mostTaken(view: View): { readonly c: number; readonly as: number; readonly share: number } | null {
  const { last } = view;
  const b = view.measures.background;
  let out: { c: number; as: number; share: number } | null = null;
  for (const c of view.foregroundClasses) {
    for (let as = 0; last !== null && as < last.measure.classes; as++) {
      const share = last.measure.confusion[c * last.measure.classes + as]! / last.labels[c]!;
      if (as !== c && as !== b && share >= 0.8 && share > (out?.share ?? 0)) out = { c, as, share };
    }
  }
  return out;
}
