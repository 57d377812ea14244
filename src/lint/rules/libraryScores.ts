/** Metrics of libraries that are made so that absent classes spoil what they say. */
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Value } from "../model/values";
import { isHere, type Finding, type Severity } from "./rule";

export function ofLibraries(model: Model): Finding[] {
  return [...model.flows, ...model.losses, ...model.metrics].flatMap(({ trace }) =>
    trace.calls.flatMap((call): Finding[] => {
      if (!isHere(model, call) || call.instance !== null || call.path === null) return [];
      const [severity, message] = spoiled(call, call.path) ?? [null, ""];
      return severity === null ? [] : [{ rule: "L28", severity, message, range: { from: call.node.from, to: call.node.to }, related: [] }];
    }),
  );
}

function spoiled(call: CallMet, path: string): readonly [Severity, string] | null {
  if (path.startsWith("torchmetrics.")) return ofTorchmetrics(call, path);
  if (path.startsWith("monai.metrics.")) return ofMonai(call);
  return path.startsWith("segmentation_models_pytorch.metrics.") ? ofSmp(call) : null;
}

function ofTorchmetrics(call: CallMet, path: string): readonly [Severity, string] | null {
  const { method, named, args } = call;
  if (!/^torchmetrics\.(functional\.)?segmentation\./.test(path)) return null;
  const made = method === "GeneralizedDiceScore";
  if (!made && method !== "generalized_dice_score") return null;
  const perClass = named.get("per_class") ?? args[made ? 2 : 4];
  const weights = named.get("weight_type") ?? args[made ? 3 : 5];
  if (isTrue(perClass)) return ["warning", `${method} with per_class=True gives 0 to a class that an image has nothing of, and averages over images: a perfect prediction scores 0.5 for a class that half of the images hold.`];
  if (weights !== undefined && (weights.kind !== "string" || weights.value === "linear")) return null;
  return ["info", `${method} weighs a class that an image lacks as another class of the batch (torchmetrics 1.9): an image's score depends on the images beside it. Without any foreground and with include_background=False a perfect prediction scores 0.`];
}

function ofMonai(call: CallMet): readonly [Severity, string] | null {
  if (!/^(DiceMetric|MeanIoU)$/.test(call.method)) return null;
  const reduction = call.named.get("reduction") ?? call.args[1];
  const counts = call.named.get("get_not_nans") ?? call.args[2];
  const ignores = call.named.get("ignore_empty") ?? call.args[3];
  if (reduction?.kind !== "string" || !/^mean_(batch|channel)$/.test(reduction.value) || (counts !== undefined && !isFalse(counts)) || (ignores !== undefined && !isTrue(ignores))) return null;
  const what = reduction.value === "mean_batch" ? "a class that no image holds" : "an image that holds none of the classes";
  return ["info", `With reduction="${reduction.value}" ${what} is reported as 0, the same as one that is all wrong: a mean of these values is too low. get_not_nans=True tells them apart.`];
}

function ofSmp(call: CallMet): readonly [Severity, string] | null {
  if (!/^(iou_score|f1_score|fbeta_score)$/.test(call.method) || call.named.has("zero_division")) return null;
  const reduction = call.named.get("reduction");
  if (reduction?.kind !== "string" || !/^(macro|macro-imagewise|micro-imagewise|weighted-imagewise)$/.test(reduction.value)) return null;
  const what = reduction.value === "macro" ? "a class that is" : reduction.value === "micro-imagewise" ? "an image whose foreground is" : "a class of an image that is";
  return ["info", `${call.method} counts ${what} neither in the labels nor predicted as 1 (zero_division=1.0), which raises the mean. Give zero_division what you mean.`];
}

const isTrue = (value: Value | undefined): boolean => value?.kind === "boolean" && value.value;
const isFalse = (value: Value | undefined): boolean => value?.kind === "boolean" && !value.value;
