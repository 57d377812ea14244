/** L28: scores of classes that are absent. */
import { child, children, type Node } from "../python";
import type { Loss, Model } from "../model/model";
import type { CallMet, Met, RatioMet } from "../model/trace";
import { isArray, scoredBy } from "../model/scores";
import type { Value } from "../model/values";
import { ofLibraries } from "./libraryScores";
import { isHere, onePerPlace, type Finding, type Range, type Rule, type Severity } from "./rule";

export const L28: Rule = {
  id: "L28",
  name: "undefined scores of absent classes",
  check: (model) => onePerPlace([...model.metrics.flatMap((metric) => inMetric(model, metric)), ...averaged(model), ...ofLibraries(model)]),
};

const finding = (severity: Severity, range: Range, message: string): Finding => ({ rule: "L28", severity, message, range: { from: range.from, to: range.to }, related: [] });

const ZEROED = "A class that is neither in the labels nor predicted has no score (0/0), and counts as 0 here: it lowers the mean although nothing is wrong. Leave it out of the mean (nanmean), or give it 1.";

function inMetric(model: Model, metric: Loss): Finding[] {
  const { trace } = metric;
  const zeroed = trace.calls.find((call) => isHere(model, call) && call.method === "nan_to_num" && isScore(call.args[0]) && isZero(call));
  if (zeroed !== undefined) return [finding("info", zeroed.node, ZEROED)];
  const put = trace.items.find((item) => isHere(model, item) && isScore(item.target) && item.value.kind === "number" && item.value.value === 0 && trace.calls.some((c) => c.method === "isnan" && c.node.from >= item.node.from && c.node.to <= item.node.to));
  if (put !== undefined) return [finding("info", put.node, ZEROED)];
  if (isMinded(metric)) return [];
  const ratio = trace.ratios.find((r) => isHere(model, r) && isHard(r) && r.below.added === 0 && r.above.added === 0);
  if (ratio === undefined) return [];
  const mean = trace.sums.find((s) => s.mean && isHere(model, s) && s.of.ratio !== null && s.of.over !== null && !s.of.over.includes("C"));
  const { over } = ratio.above;
  if (mean !== undefined && over !== null && over.includes("S") && !over.includes("C")) return [{ ...finding("warning", mean.node, "A class that is neither in the labels nor predicted scores 0/0, which is not a number, and makes the whole mean not a number. Take the mean of the others (nanmean), or give it 1."), fixes: meanOfOthers(metric, mean) }];
  return [finding("info", ratio.node, "Where neither the labels nor the prediction hold anything this is 0/0: the score is not a number, and so is every mean that it enters. Give that case a value, or leave it out of means (nanmean).")];
}

const isScore = (value: Value | undefined): boolean => value?.kind === "tensor" && value.ratio === "score";

function isZero(call: CallMet): boolean {
  const value = call.named.get("nan") ?? call.args[1];
  return value === undefined || (value.kind === "number" && value.value === 0);
}

/** Predictions that a threshold or an argmax made hard: they may hold nothing at all, which probabilities never do. */
function isHard({ above }: RatioMet): boolean {
  return above.gradient === "lost" || above.gradient === "cut";
}

const MINDS = /^(divide_no_nan|nan_to_num|nanmean|nansum|nanmedian|masked_fill_?|where|switch|cond|isnan|isfinite|maximum|clamp|clamp_|clip|clip_by_value|clamp_min|errstate|any|all)$/;

/** Whether anything is done about 0/0: a branch, a bound, a mean without what is not a number. */
function isMinded({ fn, trace }: Loss): boolean {
  if (trace.calls.some((c) => MINDS.test(c.method) || (c.method === "max" && c.family === "python"))) return true;
  if (trace.binaries.some((b) => /^[<>]|[=!]=/.test(b.op) && [b.left, b.right].some((v) => v.kind === "tensor" && v.over !== ""))) return true;
  // Smoothed before the sum: sum(i + smooth).
  if (trace.binaries.some((b) => b.op === "+" && [[b.left, b.right], [b.right, b.left]].some(([of, by]) => of?.kind === "tensor" && of.origin !== 0 && of.over === "" && (by?.kind === "unknown" || (by?.kind === "number" && by.value !== 0))))) return true;
  return branches(fn.node, 0);
}

/** A check of what was handed in: nothing but an exception. */
function refuses(node: Node): boolean {
  const bodies = children(node).filter((c) => c.name === "Body");
  return node.name === "IfStatement" && bodies.length === 1 && bodies[0] !== undefined && children(bodies[0]).every((c) => c.name === ":" || c.name === "RaiseStatement");
}

function branches(node: Node, depth: number): boolean {
  if (depth > 60) return true;
  for (let c = node.firstChild; c !== null; c = c.nextSibling) if ((/^(IfStatement|ConditionalExpression|TryStatement|AssertStatement|WhileStatement)$/.test(c.name) && !refuses(c)) || branches(c, depth + 1)) return true;
  return false;
}

/** compute_dice(…).mean(): a plain mean of scores among which are some that are not a number, or -1. */
function averaged(model: Model): Finding[] {
  return [...model.flows, ...model.losses, ...model.metrics].flatMap(({ trace }) =>
    trace.calls.flatMap((call): Finding[] => {
      if (!isHere(model, call) || call.method !== "mean") return [];
      const scores = scoredBy(call.args[0]);
      const holes = scores === null ? null : holesOf(scores.path, scores.named);
      if (holes === null) return [];
      const fixes = holes.fill === "nan" ? nanmean(call) : [];
      return [{ ...finding("warning", call.node, `${holes.what}, and a plain mean counts it with the others: ${holes.fill === "nan" ? "one of them makes the mean not a number. Use nanmean." : "each of them pulls the mean down by more than a wrong class would. Leave them out."}`), fixes }];
    }),
  );
}

/** What stands in a library's scores for classes that are absent. */
function holesOf(path: string, named: ReadonlyMap<string, Value>): { readonly what: string; readonly fill: "nan" | "-1" } | null {
  const text = (name: string): string | null => {
    const value = named.get(name);
    return value === undefined ? null : value.kind === "string" ? value.value : "?";
  };
  const flag = (name: string): boolean | null => {
    const value = named.get(name);
    return value?.kind === "boolean" ? value.value : null;
  };
  const last = path.slice(path.lastIndexOf(".") + 1);
  if (path.startsWith("monai.")) {
    if (named.has("ignore_empty") && flag("ignore_empty") !== true) return null;
    const what = "Where the labels hold nothing of a class its score is not a number (ignore_empty=True)";
    if (/^compute_(dice|iou|meandice)$/.test(last) || last === "called") return path.includes("GeneralizedDice") ? null : { what, fill: "nan" };
    return last === "aggregate" && text("reduction") === "none" && named.get("get_not_nans")?.kind !== "boolean" && !path.includes("GeneralizedDice") ? { what, fill: "nan" } : null;
  }
  if (path.startsWith("torchmetrics.")) {
    if (/mean_iou|MeanIoU/.test(path) && flag("per_class") === true) return { what: "A class that is neither in the labels nor predicted has the score -1", fill: "-1" };
    const none = named.get("average");
    if (/dice_score$|DiceScore\.compute$/.test(path) && !path.includes("eneralized") && (none?.kind === "none" || text("average") === "none")) return { what: "A class that is neither in the labels nor predicted has no score (not a number)", fill: "nan" };
  }
  return null;
}

/** PyTorch's arrays and numpy have it; Keras and TensorFlow do not. */
function meanOfOthers({ trace, framework }: Loss, mean: Met): Finding["fixes"] {
  const call = trace.calls.find((c) => c.node.from === mean.node.from && c.node.to === mean.node.to);
  const has = call !== undefined && (call.path === null ? framework === "torch" && !(call.args[0]?.kind === "tensor" && call.args[0].array) : /^(numpy|torch|jax\.numpy)\.mean$/.test(call.path));
  return has ? nanmean(call) : [];
}

function nanmean(call: CallMet): Finding["fixes"] {
  const callee = call.node.firstChild;
  const name = callee === null ? null : callee.name === "MemberExpression" ? child(callee, "PropertyName") : null;
  // Arrays of numpy have no such method.
  return name === null || (call.path === null && isArray(call.args[0])) ? [] : [{ title: "Take the mean of what is there: nanmean", edits: [{ from: name.from, to: name.to, text: "nanmean" }], safe: false }];
}
