/** L9: a sigmoid for each of several classes that exclude one another. */
import { EXCLUSIVE } from "../catalogue/keras";
import { knownLoss } from "../catalogue/losses";
import { isOn, option } from "../catalogue/options";
import { softmaxInstead } from "../fixes/exchanged";
import { changeString, renameOption, sayOption } from "../fixes/options";
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import { LABELS, PREDICTIONS, type Instance } from "../model/values";
import { compiledOutput, snake } from "./compiled";
import { channelsGiven, lossCalls, tensorOf, tracesOf, type LossCall } from "./known";
import { eachLoss, isHere, onePerPlace, type Finding, type Fix, type Rule } from "./rule";

const EACH = "Each pixel is of one class, but a sigmoid judges every class for itself: several classes, or none, may be likely at once";

export const L09: Rule = {
  id: "L9",
  name: "sigmoid with classes that exclude one another",
  check: (model) => onePerPlace([...lossCalls(model).flatMap((met) => known(met)), ...compiled(model), ...products(model), ...makers(model)]),
};

function found(severity: Finding["severity"], message: string, range: { readonly from: number; readonly to: number }, fixes: Finding["fixes"] = []): Finding[] {
  return [{ rule: "L9", severity, message, range: { from: range.from, to: range.to }, related: [], ...(fixes.length > 0 ? { fixes } : {}) }];
}

/** A known loss that is called. */
function known(met: LossCall): Finding[] {
  const { call, loss, made, predictions, labels } = met;
  const given = tensorOf(predictions);
  const count = channelsGiven(met);
  // compile(loss="categorical_crossentropy") and its like, called by hand
  if (EXCLUSIVE.test(snake(loss.name))) {
    if (call.family !== "keras" || loss.applies(made) !== "none" || given?.activation !== "sigmoid" || given.state !== "probabilities" || count === 1) return [];
    return found("warning", normalised(loss.name), call.node);
  }
  const oneHot = tensorOf(labels)?.state === "oneHot" && tensorOf(labels)?.origin !== PREDICTIONS && (tensorOf(labels)?.channels?.count ?? 2) > 1;
  if (loss.applies(made) !== "sigmoid" || !oneHot || count === 1 || option(made, loss.signature, "mode")?.value === "multiclass") return [];
  return found("info", `${EACH}. ${call.method} applies a sigmoid, and its labels are one-hot. A softmax makes the classes compete.`, call.node, call.family === "monai" && call.instance !== null && call.instance.file.path === met.call.file.path ? ofMaker(call, loss.name, call.instance) : []);
}

/** model.compile(loss=…) of a network that ends with a sigmoid. */
function compiled(model: Model): Finding[] {
  return compiledOutput(model).flatMap(({ call, loss, activation, channels, layer }) => {
    if (activation !== "sigmoid" || channels?.count === 1 || !EXCLUSIVE.test(loss.name) || loss.logits !== false) return [];
    const here = layer !== null && layer.file.path === model.file.path;
    return found("warning", normalised(loss.name), call.node, here ? changeString(model.file, layer.node, "activation", 1, "sigmoid", "softmax") : []);
  });
}

function normalised(name: string): string {
  return `The network ends with a sigmoid, and ${name} divides its outputs by their sum: only their ratios are trained, and all of them may drift to 0 or 1 together, where the gradient vanishes. End it with a softmax.`;
}

/** One-hot labels times the sigmoid of several classes. */
function products(model: Model): Finding[] {
  return eachLoss(model, (loss) =>
    loss.trace.binaries.flatMap((met) => {
      if (met.op !== "*" || !isHere(model, met) || met.result.kind !== "tensor" || met.result.part !== "tp" || met.result.over !== "") return [];
      const sides = [tensorOf(met.left), tensorOf(met.right)];
      const labels = sides.find((t) => t?.origin === LABELS && t.state === "oneHot");
      const guess = sides.find((t) => t?.origin === PREDICTIONS && t.state === "probabilities" && t.activation === "sigmoid");
      if (labels === undefined || labels === null || guess === undefined || guess === null || labels.oneClass || guess.oneClass || labels.channels?.count === 1 || guess.channels?.count === 1) return [];
      return found("info", `${EACH}. The labels are one-hot here: a softmax over the classes makes them compete.`, met.node, softmaxInstead(model, loss, guess));
    }),
  );
}

/** Losses of MONAI and segmentation_models.pytorch whose options say so by themselves. */
function makers(model: Model): Finding[] {
  const single = new Set(lossCalls(model).filter((met) => channelsGiven(met) === 1).map((met) => met.made.node.from));
  return tracesOf(model).flatMap((trace) => trace.calls.flatMap((call) => (call.instance === null && isHere(model, call) && !single.has(call.node.from) ? maker(model, call) : [])));
}

function maker(model: Model, call: CallMet): Finding[] {
  const loss = knownLoss(call.path);
  if (loss === null || loss.applies(call) !== "sigmoid") return [];
  if (call.family === "smp") {
    if (loss.name !== "FocalLoss" || option(call, loss.signature, "mode")?.value !== "multiclass") return [];
    return found("info", `${EACH}. FocalLoss of segmentation_models.pytorch is a sum of binary focal losses in mode "multiclass" too, while its other losses apply a softmax there.`, call.node);
  }
  if (call.family !== "monai" || isOn(call, loss.signature, "to_onehot_y") !== true) return [];
  if (loss.name === "FocalLoss") return found("info", `${EACH}. MONAI's FocalLoss applies a sigmoid unless it is made with use_softmax=True.`, call.node, sayOption(model.file, call.node, "use_softmax", "True"));
  const mixed = loss.name === "DiceCELoss" ? " Its cross-entropy applies a softmax all the same: the two parts read the same logits differently." : "";
  return found("info", `${EACH}. to_onehot_y=True says that the classes exclude one another; softmax=True makes them compete.${mixed}`, call.node, renameOption(model.file, call.node, "sigmoid", "softmax"));
}

/** What the maker of a MONAI loss must say for a softmax. */
function ofMaker({ file }: CallMet, name: string, made: Instance): Fix[] {
  return name === "FocalLoss" ? sayOption(file, made.node, "use_softmax", "True") : renameOption(file, made.node, "sigmoid", "softmax");
}
