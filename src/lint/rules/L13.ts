/** L13: the number of class weights does not fit the loss. */
import { given, isOn, lengthOf } from "../catalogue/options";
import { withoutFirst } from "../fixes/options";
import type { Model } from "../model/model";
import { channelsGiven, isAlways, lossCalls, type LossCall } from "./known";
import { onePerPlace, related, type Finding, type Rule } from "./rule";

export const L13: Rule = { id: "L13", name: "number of class weights does not fit", check: (model) => onePerPlace(lossCalls(model).flatMap((met, _, all) => judged(model, met, all))) };

function judged(model: Model, met: LossCall, all: readonly LossCall[]): Finding[] {
  const { call, loss, made } = met;
  const weights = loss.weights(made);
  const classes = channelsGiven(met);
  if (weights === null || classes === null || classes < 2) return [];
  const length = lengthOf(given(made, loss.signature, weights.option));
  const needed = classes - weights.less;
  if (length === null || length === needed) return [];
  const own = call.instance === null || call.instance.file.path === model.file.path ? made.node : null;
  const fixes = own !== null && weights.less === 1 && length === classes && isAlways(all, met, classes) ? withoutFirst(model.file, own, weights.option, "Drop the background's weight") : [];
  return [
    {
      rule: "L13",
      severity: "error",
      message: `${call.method} is given ${classes} classes and ${length} weights; it needs ${needed}${why(met, weights.less)}, and stops with an error.`,
      range: { from: call.node.from, to: call.node.to },
      related: call.instance === null ? [] : related(model, { path: call.instance.file.path, from: made.node.from, to: made.node.to }, "made here"),
      ...(fixes.length > 0 ? { fixes } : {}),
    },
  ];
}

function why({ call, loss, made }: LossCall, less: 0 | 1): string {
  if (less === 1) return " (include_background=False leaves out the background's)";
  return call.family === "monai" && loss.name === "DiceCELoss" && isOn(made, loss.signature, "include_background") === false ? " (the cross-entropy keeps the background; the Dice leaves its weight out by itself)" : "";
}
