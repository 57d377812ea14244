/** What several rules ask of the coefficients of a loss. */
import type { RatioMet } from "../model/trace";
import type { Loss, Model } from "../model/model";
import { isHere, type Finding } from "./rule";

/** Coefficients in the file at hand that are per class, without weights; of what they sum over, see `over`. */
export function perClass(model: Model, loss: Loss): RatioMet[] {
  return loss.trace.ratios.filter((r) => isHere(model, r) && r.above.over !== null && r.above.over.includes("S") && !r.above.over.includes("C") && r.above.weights.length === 0 && r.below.weights.length === 0);
}

export function note(rule: string, ratio: RatioMet, message: string): Finding {
  return { rule, severity: "info", message, range: { from: ratio.node.from, to: ratio.node.to }, related: [] };
}

/** Whether classes that are absent are treated apart: masked, or chosen by a condition on the labels. */
export function minds(loss: Loss): boolean {
  return loss.trace.binaries.some((b) => /^[<>]|[=!]=/.test(b.op) && b.result.kind === "tensor" && b.result.origin === 1 && b.result.over !== "") || loss.trace.calls.some((c) => /^(divide_no_nan|nan_to_num|nanmean|masked_fill_?|where|switch|cond)$/.test(c.method));
}
