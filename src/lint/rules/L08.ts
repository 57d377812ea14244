/** L8: an activation applied twice. */
import { knownLoss } from "../catalogue/losses";
import { isOn } from "../catalogue/options";
import { withLogits, withOption, withoutOption, withoutSecond } from "../fixes/doubled";
import { callParts } from "../fixes/source";
import type { Flow, Loss, Model } from "../model/model";
import { lastName } from "../model/names";
import type { CallMet } from "../model/trace";
import type { Tensor, Value } from "../model/values";
import { isHere, onePerPlace, type Finding, type Fix, type Rule } from "./rule";

export const L08: Rule = { id: "L8", name: "activation applied twice", check: (model) => onePerPlace([...model.losses, ...model.flows].flatMap((owner) => inTrace(model, owner))) };

interface Twice {
  readonly found: string;
  readonly fixes: readonly Fix[];
}

function inTrace(model: Model, owner: Loss | Flow): Finding[] {
  return owner.trace.calls.flatMap((call) => {
    // Half-typed: ce(p may become ce(pred).
    if (!isHere(model, call) || callParts(call.file, call.node) === null) return [];
    const twice = applied(owner, call) ?? given(owner, call) ?? told(model, owner, call) ?? compiled(model, call);
    if (twice === null) return [];
    const { from, to } = call.node;
    return [{ rule: "L8", severity: "warning" as const, message: `${twice.found} An activation on top of probabilities flattens them: the loss stays above its floor and often ends with background everywhere. Apply it once.`, range: { from, to }, related: [], fixes: twice.fixes }];
  });
}

/** An activation of what an activation returned. */
function applied(owner: Loss | Flow, call: CallMet): Twice | null {
  const tensor = /^(softmax|sigmoid|Softmax|Sigmoid)$/.test(call.method) ? probabilities(call.args[0]) : null;
  return tensor === null ? null : { found: `${call.method} is applied to the result of a ${tensor.activation ?? "softmax"}.`, fixes: withoutSecond(owner, call, tensor) };
}

const TORCH_LOGITS = /^torch\.nn\.(functional\.)?(cross_entropy|binary_cross_entropy_with_logits|CrossEntropyLoss|BCEWithLogitsLoss)$/;

/** Losses that take nothing but logits. */
function given(owner: Loss | Flow, call: CallMet): Twice | null {
  const torch = TORCH_LOGITS.test(call.path ?? "");
  if (!torch && !(call.family === "tensorflow" && /with_logits/.test(call.method))) return null;
  const tensor = probabilities(torch ? (call.args[0] ?? call.named.get("input")) : call.named.get("logits"));
  if (tensor === null) return null;
  const node = torch ? (call.argNodes[0] ?? call.namedNodes.get("input")) : call.namedNodes.get("logits");
  const binary = /binary|BCE|sigmoid/.test(call.method);
  // Cross-entropy of sigmoids is a mistake of the same kind; binary cross-entropy of a softmax may be another.
  return { found: `${call.method} takes logits, and is given the result of a ${tensor.activation ?? "softmax"}.`, fixes: withLogits(owner, call, node, tensor, binary ? "sigmoid" : null) };
}

/** Losses that are told to apply an activation of their own. */
function told(model: Model, owner: Loss | Flow, call: CallMet): Twice | null {
  const { instance, method } = call;
  const options = instance === null ? call.named : instance.named;
  if (call.family === "keras" && isTrue(options.get("from_logits"))) {
    const tensor = probabilities(call.args[1] ?? call.named.get("y_pred"));
    return tensor === null ? null : { found: `${method} is told from_logits=True, and is given the result of a ${tensor.activation ?? "softmax"}.`, fixes: suits(method, tensor.activation) ? withOption(model, call, "from_logits", "False") : [] };
  }
  if (call.family === "kornia" && knownLoss(call.path) !== null && (instance !== null || !/^[A-Z]/.test(method))) {
    const given = probabilities(call.args[0] ?? call.named.get("pred"));
    return given === null ? null : { found: `${method} applies a softmax of its own, and is given the result of a ${given.activation ?? "softmax"}.`, fixes: withLogits(owner, call, call.argNodes[0] ?? call.namedNodes.get("pred"), given, "softmax") };
  }
  const tensor = instance === null ? null : probabilities(call.args[0] ?? call.named.get("input") ?? call.named.get("y_pred"));
  if (tensor === null || instance === null) return null;
  const node = call.argNodes[0] ?? call.namedNodes.get("input") ?? call.namedNodes.get("y_pred");
  const own = isTrue(options.get("softmax")) ? "softmax" : isTrue(options.get("sigmoid")) ? "sigmoid" : null;
  if (call.family === "monai" && /Loss$/.test(method) && own !== null) {
    // Where a cross-entropy or focal loss takes part, logits are needed; an overlap takes either.
    const fixes = /^(Dice|GeneralizedDice|Tversky|MaskedDice)Loss$/.test(method) && (own === tensor.activation || own === "sigmoid") ? withoutOption(model, instance, own) : withLogits(owner, call, node, tensor, own);
    return { found: `${method} applies its own activation, and is given the result of a ${tensor.activation ?? "softmax"}.`, fixes };
  }
  const loss = knownLoss(instance.path);
  // LovaszLoss does not heed from_logits.
  if (call.family === "smp" && loss !== null && (method === "LovaszLoss" || isOn(instance, loss.signature, "from_logits") === true)) {
    const fixes = method === "LovaszLoss" || method === "FocalLoss" ? withLogits(owner, call, node, tensor, null) : instance.args.length < 4 ? withOption(model, call, "from_logits", "False") : [];
    return { found: `${method} takes logits unless from_logits=False, and is given the result of a ${tensor.activation ?? "softmax"}.`, fixes };
  }
  return null;
}

/** Categorical losses go with a softmax, binary ones with a sigmoid. */
function suits(method: string, activation: string | null): boolean {
  return activation === (/binary/i.test(method) ? "sigmoid" : "softmax");
}

/** model.compile(loss=…(from_logits=True)) of a Keras model whose last layer has an activation. */
function compiled(model: Model, call: CallMet): Twice | null {
  if (call.method !== "compile") return null;
  const loss = call.named.get("loss") ?? call.args[2];
  const network = call.args[0];
  if (loss?.kind !== "instance" || !isTrue(loss.named.get("from_logits")) || network?.kind !== "instance") return null;
  const output = network.named.get("outputs") ?? network.args[1] ?? lastLayer(network.args[0]);
  const activation = output?.kind === "tensor" ? output.activation : output?.kind === "instance" ? layerActivation(output) : null;
  if (activation === null) return null;
  return { found: `The model ends with a ${activation}, and its loss is told from_logits=True.`, fixes: suits(lastName(loss.path), activation) ? withOption(model, { ...call, instance: loss }, "from_logits", "False") : [] };
}

function lastLayer(layers: Value | undefined): Value | undefined {
  return layers?.kind === "sequence" && layers.complete ? layers.items.at(-1) : undefined;
}

function layerActivation(layer: Extract<Value, { kind: "instance" }>): string | null {
  const name = layer.path.slice(layer.path.lastIndexOf(".") + 1);
  const kind = name === "Activation" ? layer.args[0] : layer.named.get("activation");
  if (name === "Softmax") return "softmax";
  return kind?.kind === "string" && (kind.value === "softmax" || kind.value === "sigmoid") ? kind.value : null;
}

function probabilities(value: Value | undefined): Tensor | null {
  return value?.kind === "tensor" && value.state === "probabilities" && value.activation !== null ? value : null;
}

const isTrue = (value: Value | undefined): boolean => value?.kind === "boolean" && value.value;
