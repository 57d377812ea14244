import type { Series, Since } from "../../run";
import { coreOf } from "../curves";
import { finding, sinceText, whenText } from "../finding";
import type { Rule } from "../view";
import { amount, list } from "../words";

interface Broken {
  readonly series: Series;
  readonly at: number;
  readonly bad: number;
  readonly toTheEnd: boolean;
  readonly nan: boolean;
}

/** A training or validation loss that is not finite. A Dice that is NaN because its class is absent is none. */
export const nanLoss: Rule = (view) => {
  const broken = view.measures.series.flatMap((s): Broken[] => {
    if (s.quantity !== "loss" || s.class !== null || s.split === "test") return [];
    const found = look(s);
    return found === null || placeholder(s) || partAlone(s, view.measures.series) ? [] : [found];
  });
  if (broken.length === 0) return [];
  const when = (x: Broken): Since => view.clock.since(x.series, x.series.steps[x.at]!);
  const rank = (x: Broken): number[] => {
    const since = when(x);
    return [since.epoch === undefined ? 1 : 0, since.epoch ?? since.step ?? 0, x.series.split === "val" ? 1 : 0];
  };
  const sorted = [...broken].sort((a, b) => {
    const [p, q] = [rank(a), rank(b)];
    return p[0]! - q[0]! || p[1]! - q[1]! || p[2]! - q[2]!;
  });
  const lead = sorted[0]!;
  const since = when(lead);
  const last = lead.toTheEnd ? "and has not come back" : "and was finite again later";
  const before = lead.at > 0 ? lead.series.values[lead.at - 1]! : null;
  const value = lead.nan ? "NaN" : "infinite";
  return [
    finding("nan-loss", {
      severity: broken.some((x) => x.toTheEnd) ? "error" : "warning",
      subject: { series: lead.series.tag },
      since,
      evidence: { series: sorted.map((x) => x.series.tag), nonFinite: sorted.map((x) => x.bad), points: sorted.map((x) => x.series.values.length), lastFinite: before !== null && Number.isFinite(before) ? before : null },
      message: `${lead.series.tag} is ${value}${sinceText(since)} ${last}: ${list(sorted.map((x) => `${x.bad} of ${amount(x.series.values.length, "point")} of ${x.series.tag}`), 4)} ${sorted.length === 1 && lead.bad === 1 ? "is" : "are"} not finite.`,
      causes: [
        ...(view.measures.loss?.weights?.absent === "infinite" ? [`${view.measures.loss.name} divides by the volume of each class: a class that is absent makes it infinite.`] : []),
        "A logarithm of 0, a division by 0 or a root of 0 in the loss: log(p) without clipping, Dice without smoothing, 1/V of an absent class.",
        "The learning rate is too high, or gradients are not clipped; in half precision sums overflow at 65,504.",
        "NaN or infinity in the inputs or labels.",
      ],
      advice: [
        `Start again from the last checkpoint before ${whenText(since)}: weights that hold NaN do not recover.`,
        "Compute the loss on logits with the framework's own function (from_logits, log_softmax), and clip what goes into log, division and root.",
        "Lower the learning rate, clip the gradient norm, and check the inputs for values that are not finite.",
      ],
      at: view.row(since, lead.series),
    }),
  ];
};

function look(s: Series): Broken | null {
  let at = -1;
  let bad = 0;
  for (let i = 0; i < s.values.length; i++) {
    if (Number.isFinite(s.values[i]!)) continue;
    if (at < 0) at = i;
    bad++;
  }
  if (at < 0) return null;
  return { series: s, at, bad, toTheEnd: !Number.isFinite(s.values[s.values.length - 1]!), nan: Number.isNaN(s.values[at]!) };
}

/** A part of a loss (of one class, one output) that is not finite where the whole is: it does not count in the whole. */
function partAlone(s: Series, all: readonly Series[]): boolean {
  if (coreOf(s.tag) === "loss") return false;
  const whole = all.filter((x) => x.quantity === "loss" && x.split === s.split && x.class === null && coreOf(x.tag) === "loss" && x.values.length > 0);
  return whole.length > 0 && whole.every((x) => look(x) === null);
}

/** NaN written where nothing was validated: finite points come back at even distances, three or more. */
function placeholder(s: Series): boolean {
  const finite: number[] = [];
  for (let i = 0; i < s.values.length; i++) {
    if (Number.isFinite(s.values[i]!)) finite.push(i);
    else if (!Number.isNaN(s.values[i]!)) return false;
  }
  if (finite.length < 3) return false;
  const gap = finite[1]! - finite[0]!;
  const tail = s.values.length - 1 - finite.at(-1)!;
  return gap >= 2 && finite[0]! < gap && tail < gap && finite.every((at, i) => i === 0 || at - finite[i - 1]! === gap);
}
