import type { Series, Since } from "../../run";
import { coreOf, least } from "../curves";
import { finding, sinceText, whenText } from "../finding";
import type { Rule } from "../view";
import { amount, capital, list, number } from "../words";

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
  const before = lead.at > 0 ? lead.series.values[lead.at - 1]! : null;
  const value = lead.nan ? "NaN" : "infinite";
  return [
    finding("nan-loss", {
      severity: broken.some((x) => x.toTheEnd) ? "error" : "warning",
      subject: { series: lead.series.tag },
      since,
      evidence: { series: sorted.map((x) => x.series.tag), nonFinite: sorted.map((x) => x.bad), points: sorted.map((x) => x.series.values.length), lastFinite: before !== null && Number.isFinite(before) ? before : null },
      message: `${capital(view.nameOf(lead.series))} ${lead.toTheEnd ? `has been ${value}${sinceText(since)}` : `was ${value} at ${whenText(since)} and is finite again at the end`}: ${list(sorted.map((x) => `${x.bad} of ${amount(x.series.values.length, "point")} of ${view.nameOf(x.series)}`), 4)} ${sorted.length === 1 && lead.bad === 1 ? "is" : "are"} not finite.`,
      causes: [
        ...curveCauses(lead, view.measures.series),
        ...(view.measures.loss?.weights?.absent === "infinite" ? [`${view.measures.loss.name} divides by the volume of each class: a class that is absent makes it infinite.`] : []),
        "A logarithm of 0, a division by 0 or a root of 0 in the loss: log(p) without clipping, Dice without smoothing, 1/V of an absent class.",
        "The learning rate is too high, or gradients are not clipped; in half precision sums overflow at 65,504.",
        "NaN or infinity in the inputs or labels.",
      ],
      advice: [
        restartAdvice(lead, since, view.measures.series),
        "Compute the loss on logits with the framework's own function (from_logits, log_softmax), and clip what goes into log, division and root.",
        "Lower the learning rate, clip the gradient norm, and check the inputs for values that are not finite.",
      ],
      at: view.row(since, lead.series),
    }),
  ];
};

/** What the losses did before, and which of them stayed finite. */
function curveCauses(lead: Broken, all: readonly Series[]): string[] {
  const out: string[] = [];
  const before = lead.series.values.subarray(0, lead.at);
  const low = least(before);
  const end = before.at(-1);
  if (end !== undefined && before.length >= 2 && low > 0 && end >= 2 * low) out.push(`It had risen from ${number(low)} to ${number(end)} before: it diverged, the learning rate is too high.`);
  const train = finiteTraining(all);
  if (lead.series.split === "val" && train !== null) out.push(`The training loss (${train.tag}) stays finite: the validation inputs or labels hold what training does not (values that are not finite, a class without voxels, an empty case).`);
  return out;
}

function restartAdvice(lead: Broken, since: Since, all: readonly Series[]): string {
  if (lead.series.split === "val" && finiteTraining(all) !== null) return "Run the validation case by case and print the loss: the case that gives NaN shows the cause.";
  if (!lead.toTheEnd) return `Look at the batches of ${whenText(since)}: the one that gives NaN shows the cause.`;
  return lead.at === 0 ? "Print the loss of the first batches: the first that is not finite shows the cause." : `Start again from the last checkpoint before ${whenText(since)}: weights that hold NaN do not recover.`;
}

/** The training loss, where all of it is finite. */
function finiteTraining(all: readonly Series[]): Series | null {
  const train = all.find((s) => s.quantity === "loss" && s.class === null && s.split === "train" && coreOf(s.tag) === "loss");
  return train !== undefined && look(train) === null ? train : null;
}

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
