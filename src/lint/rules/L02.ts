/** L2: an absent class gets an enormous weight. */
import { weightsIn } from "../evaluate";
import type { RunFacts } from "../facts";
import { absentSentence, neverAbsent, presentSentence, weightSentence, type Weighing } from "../factsWords";
import { functionsOf } from "../python";
import type { Loss, Model } from "../model/model";
import { absentFixes } from "../fixes/absentClasses";
import { placeAt } from "../model/trace";
import { eachLoss, related, type Finding, type Rule } from "./rule";

/** A weight of this size, beside those of classes that are there (1/V², V voxels), is all that the loss sees. */
const ENORMOUS = 100;
/** With 1/V² even 1 is the weight of a class of a single voxel. */
const LARGE = 0.5;

export const L02: Rule = { id: "L2", name: "enormous weight of an absent class", check: (model) => eachLoss(model, (loss) => inLoss(model, loss)) };

function inLoss(model: Model, loss: Loss): Finding[] {
  // Weights that multiply an overlap and its sums: in a cross-entropy an absent class has nothing to be multiplied.
  const ratio = loss.trace.ratios.find((r) => r.below.weights.length > 0);
  if (ratio === undefined) return [];
  const fn = functionsOf(model.file).find((f) => f.node.from === loss.fn.node.from || (f.body.from === loss.fn.body.from && f.body.to === loss.fn.body.to));
  if (fn === undefined) return [];
  const last = weightsIn(fn).at(-1);
  if (last === undefined) return [];
  const { absent, power, over } = last;
  if (absent === "max" || (typeof absent === "number" && absent < (power === 2 ? LARGE : ENORMOUS))) return [];
  const node = loss.weightPlaces.find((p) => p.path === model.file.path && p.from <= last.at && last.at <= p.to) ?? { path: model.file.path, from: last.at, to: last.at + 1 };
  const counted = loss.trace.sums.filter((s) => s.result.volume > 0 && s.file.path === node.path && s.node.from < node.from).at(-1);
  return [
    {
      rule: "L2",
      severity: model.facts !== null && neverAbsent(model.facts, over) ? "info" : "warning",
      message: messageOf({ ...last, absent }, model.facts),
      range: { from: node.from, to: node.to },
      related: [...related(model, counted === undefined ? null : placeAt(counted), "the volumes are counted here"), ...related(model, placeAt(ratio), "the weights are used here")],
      fixes: absentFixes(model, loss, node, power),
    },
  ];
}

/** What it does, with the numbers of a run where one is near. */
function messageOf(rule: Weighing, facts: RunFacts | null): string {
  const { absent, power, over } = rule;
  const size = typeof absent === "number" ? `the weight ${short(absent)}` : "an infinite weight";
  const what = `A class that is absent from ${over === "batch" ? "a batch" : "an image"} gets ${size}, beside 1/V${power === 2 ? "²" : ""} for classes of V voxels`;
  const then = typeof absent === "number" ? "The loss then stands at 1 with almost no gradient" : "The loss is then not a number";
  const remedy = "Give absent classes a weight of their own.";
  if (facts === null) return `${what}. ${then}. ${remedy}`;
  const seen = absentSentence(facts, over);
  if (seen === null) return `${what}. ${presentSentence(facts, over)}: it does no harm there. ${remedy}`;
  const weight = weightSentence(facts, rule);
  return `${weight === null ? seen : `${seen}; ${weight}`}. ${then}. ${remedy}`;
}

function short(value: number): string {
  return value >= 1e4 || value < 1e-2 ? value.toExponential(0).replace("+", "") : String(Number(value.toPrecision(3)));
}
