/** Compared losses as the page shows them. */
import type { Compared } from "../../losses/compare";
import type { LossNumbers, LossRow, Sent } from "../../protocol/losses";

/** `noCode`: why there is no code of it. */
export function rowOf({ analysis, ...row }: Compared, noCode: string | null): LossRow {
  return { ...row, noCode, numbers: analysis === null ? null : numbersOf(analysis) };
}

function numbersOf(a: NonNullable<Compared["analysis"]>): LossNumbers {
  return {
    uniform: sent(a.values.uniform),
    background: sent(a.values.background),
    perfect: sent(a.values.perfect),
    wrongClass: orNull(a.values.wrongClass),
    own: orNull(a.values.own),
    missing: a.values.missing.map(orNull),
    fresh: a.fresh.norms.map(sent),
    collapsed: a.collapsed.norms.map(sent),
    towardsTruth: sent(a.collapsed.towardsTruth),
    onBackground: sent(a.collapsed.onBackground),
    barrier: sent(a.barrier),
    maskBarrier: orNull(a.maskBarrier),
    weights: a.weights === null ? null : { mean: a.weights.mean.map(orNull), ratio: sent(a.weights.ratio), absentShare: sent(a.weights.absentShare) },
    absent: a.absent,
    unit: a.unit,
    scaleShift: sent(a.scaleShift),
    float32: a.precision.float32,
    float16: a.precision.float16,
  };
}

function sent(value: number): Sent {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "-∞";
}

const orNull = (value: number | null): Sent | null => (value === null ? null : sent(value));
