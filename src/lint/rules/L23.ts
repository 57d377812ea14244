/** L23: a power below 1 of what goes to 0. */
import { aboveZero } from "../fixes/precision";
import type { Loss, Model } from "../model/model";
import type { Met } from "../model/trace";
import { LABELS, PREDICTIONS, type Tensor, type Value } from "../model/values";
import type { Node } from "../python";
import { eachLoss, isHere, type Finding, type Rule } from "./rule";

export const L23: Rule = {
  id: "L23",
  name: "infinite gradient of a power below 1",
  check: (model) =>
    eachLoss(model, (loss) => [
      ...loss.trace.binaries.flatMap((met) => (met.op === "**" && isHere(model, met) ? of(model, loss, met, met.left, met.right, met.leftNode) : [])),
      ...loss.trace.calls.flatMap((met) => (/^pow(er)?$/.test(met.method) && isHere(model, met) && met.args[0] !== undefined ? of(model, loss, met, met.args[0], met.args[1] ?? met.named.get("exponent"), met.argNodes[0]) : [])),
      ...loss.trace.calls.flatMap((met) => (/^sqrt_?$/.test(met.method) && isHere(model, met) && met.args[0] !== undefined ? of(model, loss, met, met.args[0], HALF, met.argNodes[0]) : [])),
    ]),
};

const HALF: Value = { kind: "number", value: 0.5, param: null };
/** 1 - p of single pixels: what a focal loss raises. */
const isRest = (base: Tensor): boolean => base.origin === PREDICTIONS && base.complement && base.over === "" && base.level?.sense === "share";
/** 1 - p_t, p_t = p·t + (1 - p)·(1 - t) or exp(-ce): of single pixels, with their labels. */
const isRestOfTrue = (loss: Loss, base: Tensor): boolean =>
  base.over === "" && base.origin === (PREDICTIONS | LABELS) && loss.trace.binaries.some((b) => b.result === base && b.op === "-" && b.left.kind === "number" && b.left.value === 1 && b.right.kind === "tensor" && b.right.over === "");
/** -log of a score: 0 where it is perfect. */
const isLog = (loss: Loss, base: Value): boolean => loss.trace.calls.some((c) => /^log$/.test(c.method) && c.args[0]?.kind === "tensor" && c.args[0].ratio === "score" && negatedFrom(base, c.result));
const negatedFrom = (base: Value, log: Value): boolean => base.kind === "tensor" && log.kind === "tensor" && base.origin === log.origin && base.axes === log.axes && base.over === log.over && base.ratio === null && base.weights === log.weights && base.part === null;

function of(model: Model, loss: Loss, met: Met, base: Value, exponent: Value | undefined, node: Node | null | undefined): Finding[] {
  if (base.kind !== "tensor" || !(base.ratio === "loss" || isRest(base) || isRestOfTrue(loss, base) || isLog(loss, base)) || exponent?.kind !== "number" || exponent.value >= 1 || exponent.value <= 0 || staysAbove(loss, base)) return [];
  return [{ rule: "L23", severity: "info", message: `The slope of x^${exponent.value} is infinite at x = 0, where a perfect prediction takes it: gradients become infinite or not a number. Keep x above a small number, or use a power of 1 or more.`, range: { from: met.node.from, to: met.node.to }, related: [], fixes: aboveZero(model, loss, node, exponent.value) }];
}

/** Clamped from below, or with something added: it never is 0. */
function staysAbove(loss: Loss, base: Value): boolean {
  const positive = (v: Value | undefined): boolean => v?.kind === "number" && v.value > 0;
  const clamped = loss.trace.calls.some((c) => c.result === base && (/^(maximum|clamp_min)$/.test(c.method) ? c.args.some(positive) : /^(clamp|clamp_|clip|clip_by_value)$/.test(c.method) && positive(c.args[1] ?? c.named.get("min") ?? c.named.get("clip_value_min"))));
  return clamped || loss.trace.binaries.some((b) => b.result === base && b.op === "+" && (positive(b.left) || positive(b.right)));
}
