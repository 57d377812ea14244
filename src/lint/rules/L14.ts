/** L14: labels outside of 0 … C-1. */
import { option } from "../catalogue/options";
import { classesOf } from "../model/channels";
import type { CallMet } from "../model/trace";
import type { Value } from "../model/values";
import { channelsGiven, lossCalls, tensorOf, tracesOf, type LossCall } from "./known";
import { isHere, onePerPlace, type Finding, type Rule } from "./rule";
import { isOneHot, stops, voids } from "./voids";

export const L14: Rule = {
  id: "L14",
  name: "label values outside of the classes",
  check: (model) => {
    const losses = lossCalls(model);
    return onePerPlace([...tracesOf(model).flatMap((trace) => trace.calls.flatMap((call) => (isHere(model, call) ? hotOnes(call) : []))), ...losses.flatMap(given), ...voids(model, losses)]);
  },
};

function found(severity: Finding["severity"], message: string, call: CallMet): Finding[] {
  return [{ rule: "L14", severity, message, range: { from: call.node.from, to: call.node.to }, related: [] }];
}

/** one_hot of arrays whose values are known. */
function hotOnes(call: CallMet): Finding[] {
  const classes = isOneHot(call) ? classesOf(call) : null;
  const highest = classes === null ? null : highestOf(call.args[0] ?? call.named.get("input") ?? call.named.get("tensor") ?? call.named.get("x") ?? call.named.get("labels"));
  if (classes === null || highest === null || highest < classes) return [];
  const labels = `${call.method} is told ${classes} classes, and the labels hold ${highest}`;
  return stops(call) ? found("error", `${labels}: it stops with an error. Labels must be 0 to ${classes - 1}.`, call) : found("warning", `${labels}: such a pixel is of no class, its row is all 0. Labels must be 0 to ${classes - 1}.`, call);
}

function highestOf(value: Value | undefined): number | null {
  if (value?.kind === "tensor") return value.holds;
  if (value?.kind !== "sequence" || value.array !== true) return null;
  return value.items.reduce((high, v) => (v.kind === "number" ? Math.max(high, v.value) : high), 0);
}

/** A loss whose predictions have a known number of channels. */
function given(met: LossCall): Finding[] {
  const { call, loss, made } = met;
  const classes = channelsGiven(met);
  const labels = tensorOf(met.labels);
  if (classes === null || classes < 2) return [];
  const hot = labels?.state === "oneHot" ? (labels.channels?.count ?? null) : null;
  if (hot !== null && hot > 1 && hot !== classes) return found("error", `The labels are one-hot for ${hot} classes, and the network has ${classes} channels: ${call.method} stops with an error. Both must be the same number.`, call);
  const highest = highestOf(met.labels);
  if (highest === null || highest < classes || !loss.strict(made) || (labels !== null && labels.state === "oneHot")) return [];
  const ignored = loss.ignores === null ? null : option(made, loss.signature, loss.ignores);
  if (loss.ignores !== null && (ignored === null || ignored.value === highest)) return [];
  return found("error", `The labels hold ${highest}, and the network has ${classes} channels: ${call.method} stops with an error. Labels must be 0 to ${classes - 1}.`, call);
}
