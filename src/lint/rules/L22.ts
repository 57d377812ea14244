/** L22: sums in 16-bit floating point. */
import { sumIn32Bits } from "../fixes/precision";
import { eachLoss, isHere, type Rule } from "./rule";

export const L22: Rule = {
  id: "L22",
  name: "sums in float16",
  check: (model) =>
    eachLoss(model, (loss) =>
      loss.trace.sums.flatMap((met) => {
        // A sum over classes stays small.
        if (met.mean || !isHere(model, met) || !met.of.half || met.result.over === "C" || met.of.over !== "") return [];
        return [{ rule: "L22", severity: "warning" as const, message: "Pixels are summed in float16, which ends at 65504: a sum over 256 × 256 pixels is infinite, its square at 256 pixels, and 1/V² is 0. Sum in float32.", range: { from: met.node.from, to: met.node.to }, related: [], fixes: sumIn32Bits(model, loss) }];
      }),
    ),
};
