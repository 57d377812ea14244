/** L8: an activation applied twice. */
import type { CallMet, Trace } from "../model/trace";
import type { Model } from "../model/model";
import type { Tensor, Value } from "../model/values";
import { isHere, onePerPlace, type Finding, type Rule } from "./rule";

export const L08: Rule = { id: "L8", name: "activation applied twice", check: (model) => onePerPlace([...model.losses, ...model.flows].flatMap(({ trace }) => inTrace(model, trace))) };

function inTrace(model: Model, trace: Trace): Finding[] {
  return trace.calls.flatMap((call) => {
    if (!isHere(model, call)) return [];
    const found = twice(call) ?? compiled(call);
    if (found === null) return [];
    const { from, to } = call.node;
    return [{ rule: "L8", severity: "warning" as const, message: `${found} An activation on top of probabilities flattens them: the loss stays above its floor and often ends with background everywhere. Apply it once.`, range: { from, to }, related: [] }];
  });
}

const TORCH_LOGITS = /^torch\.nn\.(functional\.)?(cross_entropy|binary_cross_entropy_with_logits|CrossEntropyLoss|BCEWithLogitsLoss)$/;

function twice(call: CallMet): string | null {
  const name = call.method;
  const path = call.path ?? "";
  if (/^(softmax|sigmoid|Softmax|Sigmoid)$/.test(name)) {
    const tensor = probabilities(call.args[0]);
    return tensor === null ? null : `${name} is applied to the result of a ${tensor.activation ?? "softmax"}.`;
  }
  if (TORCH_LOGITS.test(path)) {
    const tensor = probabilities(call.args[0] ?? call.named.get("input"));
    return tensor === null ? null : `${name} takes logits, and is given the result of a ${tensor.activation ?? "softmax"}.`;
  }
  if (call.family === "tensorflow" && /with_logits/.test(name)) {
    const tensor = probabilities(call.named.get("logits"));
    return tensor === null ? null : `${name} takes logits, and is given the result of a ${tensor.activation ?? "softmax"}.`;
  }
  const options = call.instance === null ? call.named : call.instance.named;
  if (call.family === "keras" && isTrue(options.get("from_logits"))) {
    const tensor = probabilities(call.args[1]);
    return tensor === null ? null : `${name} is told from_logits=True, and is given the result of a ${tensor.activation ?? "softmax"}.`;
  }
  if (call.instance !== null && call.family === "monai" && /Loss$/.test(name) && (isTrue(options.get("softmax")) || isTrue(options.get("sigmoid")))) {
    const tensor = probabilities(call.args[0]);
    return tensor === null ? null : `${name} applies its own activation, and is given the result of a ${tensor.activation ?? "softmax"}.`;
  }
  if (call.instance !== null && call.family === "smp" && /^(Dice|Jaccard|Tversky|Lovasz)Loss$/.test(name) && !isFalse(options.get("from_logits"))) {
    const tensor = probabilities(call.args[0]);
    return tensor === null ? null : `${name} takes logits unless from_logits=False, and is given the result of a ${tensor.activation ?? "softmax"}.`;
  }
  return null;
}

/** model.compile(loss=…(from_logits=True)) of a Keras model whose last layer has an activation. */
function compiled(call: CallMet): string | null {
  if (call.method !== "compile") return null;
  const loss = call.named.get("loss") ?? call.args[2];
  const model = call.args[0];
  if (loss?.kind !== "instance" || !isTrue(loss.named.get("from_logits")) || model?.kind !== "instance") return null;
  const output = model.named.get("outputs") ?? model.args[1] ?? lastLayer(model.args[0]);
  const activation = output?.kind === "tensor" ? output.activation : output?.kind === "instance" ? layerActivation(output) : null;
  return activation === null ? null : `The model ends with a ${activation}, and its loss is told from_logits=True.`;
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
const isFalse = (value: Value | undefined): boolean => value?.kind === "boolean" && !value.value;
