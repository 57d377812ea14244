/** What calls and comparisons mean for class weights, where it needs no scope. */
import { UNKNOWN, type Over, type Value } from "./values";

/** Calls that leave what something is as it is. */
export const PASSING = /^(tuple|list|float|double|half|long|int|type|to|cast|astype|movedim|permute|transpose|contiguous|view_as|asarray|array|convert_to_tensor|constant|stop_gradient|detach|identity|expand_dims|unsqueeze|squeeze|reshape|view|flatten|float32|copy|clone|numpy|full|stack|from_numpy|to_float)$/;

/** What a sum over these axes of labels is the volume of; null when it is no class's volume. */
export function overOf(labels: Extract<Value, { kind: "labels" }>, axes: Value | undefined): Over | null {
  if (labels.oneImage) return "image";
  if (axes === undefined) return labels.oneClass ? "batch" : null; // a sum over the classes too is no class's volume
  if (axes.kind === "number") return axes.value === 0 ? "batch" : axes.value > 0 ? "image" : null;
  if (axes.kind !== "axes") return null;
  if (Array.isArray(axes.axes)) {
    const list = axes.axes as readonly number[];
    return list.length === 0 ? null : list.includes(0) ? "batch" : "image";
  }
  return (axes.axes as { from: number }).from === 0 ? "batch" : "image";
}

/** einsum("bkwh->bk", t): per image when the batch's letter stays. */
export function einsum(source: string, args: readonly Value[]): Value {
  const labels = args.find((a) => a.kind === "labels");
  if (labels?.kind !== "labels") return UNKNOWN;
  const pattern = /["']([a-z]+)->([a-z]*)["']/.exec(source);
  if (pattern === null) return UNKNOWN;
  const [, from = "", to = ""] = pattern;
  return { kind: "volume", power: 1, over: to.includes(from.charAt(0)) ? "image" : "batch", epsilon: 0, floor: 0, symbolic: false };
}

/** A comparison: of labels with a class index, or of what tells absent classes. */
export function compare(op: string, left: Value, right: Value): Value {
  if (left.kind === "labels") return op === "==" ? { ...left, compared: true, oneClass: true } : UNKNOWN;
  if (left.kind === "volume" && right.kind === "number") {
    if (op === ">" || op === "!=") return { kind: "test", trueWhere: "present" };
    if (op === "==" || op === "<" || op === "<=") return { kind: "test", trueWhere: "absent" };
  }
  // w == inf
  if (left.kind === "weights" && op === "==") return { kind: "test", trueWhere: "absent" };
  return UNKNOWN;
}
