import { finding } from "../finding";
import { lossAdvice } from "../lossCauses";
import type { Rule } from "../view";
import { number, oneClass, whole } from "../words";

/**
 * The loss in use weighs classes by 1/V or 1/V², and on these labels such weights lie near 1e-10. Information; the grouping
 * raises it to a warning below a finding of harm.
 */
export const classWeightsNearZero: Rule = (view, limits) => {
  const { classWeights: w, loss, classes } = view.measures;
  if (w === null || (!w.inUse && loss !== null)) return [];
  const present = w.weights.flatMap((x, c) => (x !== null && Number.isFinite(x) && (w.volumes[c] ?? 0) > 0 ? [{ c, x }] : []));
  if (present.length === 0) return [];
  const low = present.reduce((a, b) => (b.x < a.x ? b : a));
  const high = present.reduce((a, b) => (b.x > a.x ? b : a));
  if (low.x > limits("classWeights.nearZero")) return [];
  const near = present.filter((p) => p.x <= limits("classWeights.nearZero")).map((p) => p.c);
  const graph = w.inUse && w.constantInGraphMode !== null ? `; as its code runs in graph mode, every class gets ${number(w.constantInGraphMode)} instead` : "";
  const who = w.inUse ? `${loss?.name ?? "The loss"} weighs classes by ${w.formula}` : `Weights ${w.formula}, where the loss uses them,`;
  return [
    finding("class-weights-near-zero", {
      severity: "info",
      subject: near.length === 1 ? { class: near[0]! } : { classes: near },
      since: null,
      evidence: { formula: w.formula, over: w.over, volumes: w.volumes, weights: w.weights, least: low.x, most: high.x, inUse: w.inUse ? "yes" : "unknown" },
      message: `${who}${w.inUse ? ", and on these labels such weights" : ""} lie between ${number(low.x, 2)} (class ${oneClass(low.c, classes)}, V = ${whole(w.volumes[low.c]!)}) and ${number(high.x, 2)} (class ${oneClass(high.c, classes)}, V = ${whole(w.volumes[high.c]!)}) over the ${w.over}${graph}.`,
      causes: ["1/V² of a volume of 1e5 voxels is 1e-10. The size of the weights cancels in the quotient; what matters is their ratio, and what an absent class gets."],
      advice: lossAdvice(view),
      at: view.lossPlaces(),
    }),
  ];
};
