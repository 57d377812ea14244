/** L30: the focal power taken of the mean over classes. */
import { powerFirst } from "../fixes/powers";
import type { Model } from "../model/model";
import type { Met } from "../model/trace";
import { PREDICTIONS, type Tensor, type Value } from "../model/values";
import type { Node } from "../python";
import { tracesOf } from "./known";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L30: Rule = {
  id: "L30",
  name: "focal power after the mean",
  check: (model) =>
[...ofLibrary(model), ...eachLoss(model, (loss) => {
      const means = loss.trace.sums.filter((s) => s.mean && s.of.ratio !== null && s.of.over !== null && !s.of.over.includes("C"));
      // A mean over classes that was given a name.
      const kinds = loss.trace.ratios.map((r) => r.above.over);
      const ofMean = (base: Tensor) => means.find((m) => base.over !== null && base.over.includes("C") && m.result.over === base.over && kinds.includes(m.of.over));
      const of = (met: Met, base: Value, exponent: Value | undefined, node: Node | null | undefined): Finding[] => {
        if (base.kind === "tensor" && base.state === "loss" && base.axes?.roles.length === 0 && exponent !== undefined && !(exponent.kind === "number" && exponent.value <= 1) && (base.origin & PREDICTIONS) !== 0) {
          return [{ rule: "L30", severity: "info", message: "The power is taken of the mean over pixels: it changes the size of the whole loss and favours no hard pixel. Take it of each pixel's loss (reduction=\"none\"), then average.", range: { from: met.node.from, to: met.node.to }, related: [] }];
        }
        if (base.kind !== "tensor" || base.ratio !== "loss" || exponent === undefined || (exponent.kind === "number" && exponent.value === 1) || !/gamma/i.test(met.file.text.slice(met.node.from, met.node.to))) return [];
        const inside = means.find((m) => base === m.result || (m.node.from >= met.node.from && m.node.to <= met.node.to));
        const mean = inside ?? ofMean(base);
        if (mean === undefined) return [];
        return [{ rule: "L30", severity: "info", message: "The power is taken of the mean over classes: it changes the size of the whole loss and favours no hard class. Take it of each class's loss, then average.", range: { from: met.node.from, to: met.node.to }, related: [], fixes: inside === undefined ? [] : powerFirst(loss, met, node, mean) }];
      };
      return [
        ...loss.trace.binaries.flatMap((met) => (met.op === "**" && isHere(model, met) ? of(met, met.left, met.right, met.leftNode) : [])),
        ...loss.trace.calls.flatMap((met) => (/^pow(er)?$/.test(met.method) && isHere(model, met) && met.args[0] !== undefined ? of(met, met.args[0], met.args[1] ?? met.named.get("exponent"), met.argNodes[0]) : [])),
      ];
    })],
};

const isBinary = (mode: Value | undefined): boolean => mode?.kind !== "string" || mode.value === "binary";

/** smp's TverskyLoss takes the power of the mean over classes. */
function ofLibrary(model: Model): Finding[] {
  return tracesOf(model).flatMap((trace) =>
    trace.calls.flatMap((call): Finding[] => {
      if (!isHere(model, call) || call.instance !== null || call.path?.startsWith("segmentation_models_pytorch.losses.") !== true || call.method !== "TverskyLoss") return [];
      const gamma = call.named.get("gamma") ?? call.args[9];
      if (gamma?.kind !== "number" || gamma.param !== null || gamma.value === 1 || isBinary(call.named.get("mode") ?? call.args[0])) return [];
      return [{ rule: "L30", severity: "info", message: "gamma is the power of the mean over classes in smp's TverskyLoss: it changes the size of the whole loss and favours no hard class.", range: { from: call.node.from, to: call.node.to }, related: [] }];
    }),
  );
}
