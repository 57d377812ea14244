/** One activation in the place of another. */
import { textOf, type Node } from "../python";
import { roleAt } from "../model/axes";
import type { Instance, Tensor } from "../model/values";
import type { Loss, Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Fix } from "../rules/rule";
import { activationOf } from "./activation";
import { fixOf } from "./code";
import { replace } from "./edits";
import { activatedNode, madeBy } from "./logits";
import { atomText, callParts } from "./source";

/** The sigmoid that made these probabilities becomes a softmax over the class axis, where it is known which axis that is. */
export function softmaxInstead(model: Model, loss: Loss, tensor: Tensor): Fix[] {
  const source = madeBy(loss, tensor);
  const inner = source === null ? null : activatedNode(source);
  if (source === null || inner === null || source.instance !== null || source.method !== "sigmoid" || source.file.path !== model.file.path) return [];
  if (roleAt(tensor.axes, loss.framework === "torch" ? 1 : -1) !== "C") return [];
  const softmax = activationOf(model, loss, "softmax");
  return softmax === null ? [] : fixOf("Apply a softmax over the classes instead", [replace(source.node, softmax.apply(textOf(model.file, inner))), ...softmax.edits], false);
}

/** softmax(x) of a single channel becomes sigmoid(x). */
export function sigmoidInstead(model: Model, call: CallMet): Fix[] {
  const inner = activatedNode(call);
  const parts = callParts(call.file, call.node);
  if (inner === null || parts === null || parts.open || call.instance !== null || call.method !== "softmax" || call.file.path !== model.file.path) return [];
  const text = sigmoidOf(model, call, parts.callee, inner);
  return text === null ? [] : fixOf("Apply a sigmoid instead", [replace(call.node, text)], false);
}

function sigmoidOf(model: Model, call: CallMet, callee: Node, inner: Node): string | null {
  const name = textOf(model.file, callee);
  // tf.nn, K, keras.ops and jax.nn name both alike; PyTorch's functional module does not keep its sigmoid.
  if (call.path !== null && call.family !== "torch") return name.endsWith(".softmax") ? `${name.slice(0, -"softmax".length)}sigmoid(${textOf(model.file, inner)})` : null;
  return name === "torch.softmax" ? `torch.sigmoid(${textOf(model.file, inner)})` : `${atomText(model.file, inner)}.sigmoid()`;
}

/** nn.Softmax(dim=1) behind a single channel becomes nn.Sigmoid(). */
export function sigmoidLayer(model: Model, layer: Instance): Fix[] {
  const callee = layer.node.firstChild;
  const name = callee === null ? "" : textOf(model.file, callee);
  return layer.file.path === model.file.path && layer.path.startsWith("torch.") && /\.Softmax(2d)?$/.test(name) ? fixOf("End with a sigmoid instead", [replace(layer.node, `${name.replace(/Softmax(2d)?$/, "Sigmoid")}()`)], false) : [];
}
