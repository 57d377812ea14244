/** What products and sums of labels and predictions count: true and false positives and negatives. */
import { LABELS, PREDICTIONS, type Part, type Tensor } from "./values";

/** Labels times predictions: what kind of agreement their sum counts. A mask or a weight leaves it. */
export function partOf(a: Tensor, b: Tensor): Part | null {
  const pure = (t: Tensor, origin: number): boolean => t.origin === origin && t.part === null && t.ratio === null && t.weights.length === 0 && (t.added === null || t.added >= 0);
  const [t, p] = a.origin === LABELS ? [a, b] : [b, a];
  if (pure(t, LABELS) && pure(p, PREDICTIONS) && t.over === "" && p.over === "") return t.complement ? (p.complement ? null : "fp") : p.complement ? "fn" : "tp";
  if (a.part !== null && b.part === null && (b.origin === 0 || b.state === "weights")) return a.part;
  if (b.part !== null && a.part === null && (a.origin === 0 || a.state === "weights")) return b.part;
  return null;
}

export function partOfSum(a: Tensor, b: Tensor, sign: 1 | -1): Part | null {
  const pure = (t: Tensor, origin: number): boolean => t.origin === origin && t.part === null && t.weights.length === 0;
  const pair = (pure(a, PREDICTIONS) && pure(b, LABELS)) || (pure(a, LABELS) && pure(b, PREDICTIONS));
  if (pair && sign > 0 && !a.complement && !b.complement) return "both";
  if (pair && sign < 0 && a.over === "" && b.over === "") return "minus";
  if (sign > 0) return null;
  if (a.part === "both" && b.part === "difference") return "tp";
  if (b.part !== "tp" || b.over === "" || a.over === "") return null;
  return pure(a, PREDICTIONS) ? "fp" : pure(a, LABELS) ? "fn" : null;
}

/** |p - t|, and (p - t)² where labels are 0 or 1. */
export function unsigned(part: Part | null): Part | null {
  return part === "minus" ? "difference" : part;
}

/** Squares of single voxels' products are an overlap still; of sums they are not. */
export function partOfPower(a: Tensor, exponent: number | null): Part | null {
  if (a.part === "tp") return a.over === "" ? "tp" : null;
  if (a.part === "minus") return exponent === 2 ? "difference" : null;
  return a.part === "both" && a.over === "" ? null : a.part;
}
