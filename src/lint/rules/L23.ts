/** L23: a power below 1 of what goes to 0. */
import type { Met } from "../model/trace";
import type { Value } from "../model/values";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L23: Rule = {
  id: "L23",
  name: "infinite gradient of a power below 1",
  check: (model) =>
    eachLoss(model, (loss) => [
      ...loss.trace.binaries.flatMap((met) => (met.op === "**" && isHere(model, met) ? of(met, met.left, met.right) : [])),
      ...loss.trace.calls.flatMap((met) => (/^pow(er)?$/.test(met.method) && isHere(model, met) && met.args[0] !== undefined ? of(met, met.args[0], met.args[1] ?? met.named.get("exponent")) : [])),
    ]),
};

function of(met: Met, base: Value, exponent: Value | undefined): Finding[] {
  if (base.kind !== "tensor" || base.ratio !== "loss" || exponent?.kind !== "number" || exponent.value >= 1 || exponent.value === 0) return [];
  return [{ rule: "L23", severity: "info", message: `The slope of x^${exponent.value} is infinite at x = 0, where a perfect class takes 1 − score: gradients become infinite or not a number. Keep x above a small number, or use a power of 1 or more.`, range: { from: met.node.from, to: met.node.to }, related: [] }];
}
