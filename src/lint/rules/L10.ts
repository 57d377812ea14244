/** L10: a softmax over a single channel. */
import { channelsOf } from "../catalogue/networks";
import { EXCLUSIVE } from "../catalogue/keras";
import { sigmoidInstead, sigmoidLayer } from "../fixes/exchanged";
import { changeString, renameOption, sayOption } from "../fixes/options";
import { roleAt } from "../model/axes";
import { lastName } from "../model/names";
import { layersOf } from "../model/outputs";
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Channels, Instance, Tensor, Value } from "../model/values";
import { compiledOutput, layerActivation } from "./compiled";
import { bothRun } from "./labels";
import { channelsGiven, isAlways, lossCalls, tensorOf, tracesOf, type LossCall } from "./known";
import { child, type Node } from "../python";
import { isHere, onePerPlace, type Finding, type Fix, type Range, type Rule } from "./rule";

const ALWAYS = "A softmax over a single channel is 1 whatever the network computes, and no gradient passes it";

export const L10: Rule = {
  id: "L10",
  name: "softmax over a single channel",
  check: (model) => {
    const losses = lossCalls(model);
    const calls = tracesOf(model).flatMap((trace) => trace.calls.filter((call) => isHere(model, call)));
    return onePerPlace([...losses.flatMap((met) => taken(model, met, losses)), ...compiled(model), ...calls.flatMap((call) => [...(leavesToSigmoid(call, calls) ? [] : applied(model, call)), ...layer(model, call), ...chain(model, call)])]);
  },
};

function found(severity: Finding["severity"], message: string, range: Range, fixes: readonly Fix[] = []): Finding[] {
  return [{ rule: "L10", severity, message, range: { from: range.from, to: range.to }, related: [], ...(fixes.length > 0 ? { fixes } : {}) }];
}

/** softmax(x, 1) if n > 1 else sigmoid(x): the number of channels may decide which one is taken. */
function leavesToSigmoid(call: CallMet, calls: readonly CallMet[]): boolean {
  const body = functionOf(call.node);
  return calls.some((c) => /sigmoid$/i.test(c.method) && c.file === call.file && functionOf(c.node)?.from === body?.from && !bothRun(c.node, call.node, call.file));
}

function functionOf(node: Node): Node | null {
  let at: Node | null = node;
  while (at !== null && !/^(FunctionDefinition|LambdaExpression)$/.test(at.name)) at = at.parent;
  return at;
}

/** softmax(x, dim=1) of x with one channel there. */
function applied(model: Model, call: CallMet): Finding[] {
  if (!/^(log_)?softmax$|^(Log)?Softmax(2d)?$/.test(call.method) || (call.instance === null && /^[A-Z]/.test(call.method))) return [];
  const tensor = tensorOf(call.args[0] ?? call.named.get("input") ?? call.named.get("logits") ?? call.named.get("x"));
  const axis = axisOf(call);
  if (tensor === null || axis === null || !(tensor.channels === null ? isMade(call.argNodes[0]) && isSingle(tensor, axis) : tensor.channels.count === 1 && runsOver(tensor.channels, axis))) return [];
  const log = /log/i.test(call.method) ? " (its logarithm 0)" : "";
  return found("warning", `${ALWAYS}${log}. One channel needs a sigmoid.`, call.node, sigmoidInstead(model, call));
}

/** A shape that is made on the spot: what is known of others may have been broadcast since. */
function isMade(node: Node | undefined): boolean {
  return node?.name === "CallExpression" || (node?.name === "MemberExpression" && child(node, "[") !== null);
}

/** An axis of length one, as unsqueeze makes it; the class axis of x[:, :1]. */
function isSingle({ axes, oneClass }: Tensor, axis: number): boolean {
  const role = roleAt(axes, axis);
  return role === "1" || (role === "C" && oneClass);
}

/** The axis of a softmax; null when it is not known. */
function axisOf(call: CallMet): number | null {
  const options = call.instance ?? { args: call.args.slice(1), named: call.named };
  if (/Softmax2d$/.test(call.method)) return -3;
  const axis = options.named.get("dim") ?? options.named.get("axis") ?? options.args[0];
  if (axis?.kind === "number") return axis.value;
  // The default of PyTorch depends on the number of axes.
  const last = call.family === "keras" || call.family === "tensorflow" || call.family === "jax";
  return axis === undefined && last ? -1 : null;
}

function runsOver({ axis, rank }: Channels, over: number | null): boolean {
  return over !== null && axis !== null && (over === axis || (rank !== null && over + (over < 0 ? rank : -rank) === axis));
}

/** Dense(1, activation="softmax"), smp.Unet(classes=1, activation="softmax") */
function layer(model: Model, call: CallMet): Finding[] {
  if (call.instance !== null || call.path === null || !/^[A-Z]/.test(call.method)) return [];
  const made: Instance = { kind: "instance", path: call.path, args: call.args, named: call.named, node: call.node, file: call.file };
  const channels = channelsOf(call.path, made);
  if (channels?.count !== 1) return [];
  if (call.family === "keras" && channels.axis === -1 && layerActivation(made) === "softmax") {
    return found("warning", `${ALWAYS}. A layer of one channel needs a sigmoid: with a softmax every pixel is predicted as 1.`, call.node, ends(model, made) ? changeString(model.file, call.node, "activation", call.method === "Dense" ? 1 : null, "softmax", "sigmoid") : []);
  }
  const activation = call.named.get("activation");
  if (call.family === "smp" && activation?.kind === "string" && /^(log)?softmax(2d)?$/.test(activation.value)) {
    return found("warning", `${call.method} has one class here (classes=1 is the default). ${ALWAYS}. One class needs a sigmoid.`, call.node);
  }
  return [];
}

/** Whether each model that is compiled here is told a binary loss: a sigmoid is right then. */
function ends(model: Model, made: Instance): boolean {
  const compiles = compiledOutput(model).filter((c) => c.layer === null || c.layer.node.from === made.node.from);
  return compiles.length > 0 && compiles.every((c) => c.loss.name === "binary_crossentropy" && c.loss.logits === false);
}

/** nn.Sequential(nn.Conv2d(64, 1, 1), nn.Softmax(dim=1)) */
function chain(model: Model, call: CallMet): Finding[] {
  if (call.instance !== null || call.path === null || call.method !== "Sequential") return [];
  const layers = layersOf({ kind: "instance", path: call.path, args: call.args, named: call.named, node: call.node, file: call.file }) ?? [];
  return layers.flatMap((second, i) => {
    const first = layers[i - 1];
    if (second.kind !== "instance" || first?.kind !== "instance" || second.file.path !== model.file.path || !/^(Log)?Softmax(2d)?$|^Activation$/.test(lastName(second.path))) return [];
    const channels = channelsOf(first.path, first);
    const axis = lastName(second.path) === "Activation" ? (layerActivation(second) === "softmax" ? -1 : null) : axisOf({ ...call, method: lastName(second.path), instance: second });
    return channels?.count === 1 && runsOver(channels, axis) ? found("warning", `${ALWAYS}. One channel needs a sigmoid.`, second.node, sigmoidLayer(model, second)) : [];
  });
}

/** A known loss with a softmax inside is given one channel. */
function taken(model: Model, met: LossCall, losses: readonly LossCall[]): Finding[] {
  const { call, loss, made } = met;
  if (channelsGiven(met) !== 1) return [];
  const happens = loss.oneChannel?.(made) ?? null;
  const own = call.instance !== null && call.instance.file.path === model.file.path && happens !== null && isAlways(losses, met, 1) ? call.instance : null;
  switch (happens) {
    case null:
      return [];
    case "softmax ignored":
      if (isProbable(met.predictions)) return [];
      return found("warning", `${call.method} ignores softmax=True for a single channel (MONAI only warns): the overlap is computed on logits. One channel needs sigmoid=True.`, call.node, own === null ? [] : renameOption(model.file, own.node, "softmax", "sigmoid"));
    case "fails":
      return found("error", `${call.method} in mode "multiclass" is given one channel: label 1 has no channel, and the softmax over a single one is always 1. Use mode "binary", or one channel for each class.`, call.node, own === null ? [] : changeString(model.file, own.node, "mode", 0, "multiclass", "binary"));
    case "constant":
      return found("error", `${call.method} takes a softmax over the channels, and is given a single one: the loss is 0 with no gradient, or fails at label 1. One channel needs a binary loss.`, call.node, own !== null && loss.name === "FocalLoss" && call.family === "monai" ? sayOption(model.file, own.node, "use_softmax", "False") : []);
  }
}

/** model.compile(loss="categorical_crossentropy") of a network with one output. */
function compiled(model: Model): Finding[] {
  return compiledOutput(model).flatMap(({ call, loss, channels }) => {
    if (channels?.count !== 1 || channels.axis !== -1 || !EXCLUSIVE.test(loss.name)) return [];
    return found("error", `The network has a single output, and ${loss.name} compares several: the loss is 0 for every prediction, or fails at label 1. Use binary_crossentropy with a sigmoid, or one output for each class.`, call.node);
  });
}

function isProbable(value: Value | undefined): boolean {
  return tensorOf(value)?.state === "probabilities";
}
