/** How a Keras model ends: the activation and channels of its last layer. */
import { channelsOf } from "../catalogue/networks";
import type { Node } from "../python";
import { lastName } from "./names";
import { lastChannels, layersOf } from "./outputs";
import type { CallMet, Trace } from "./trace";
import { UNKNOWN, type Channels, type Instance, type Value } from "./values";

export interface End {
  readonly activation: "softmax" | "sigmoid" | "linear" | null;
  readonly channels: Channels | null;
  /** The layer that the model ends with. */
  readonly layer: Instance | null;
}

/** Null where it is not known how it ends. */
export function endOf(network: Instance, trace: Trace, call: CallMet): End | null {
  if (lastName(network.path) === "Model") {
    const out = network.named.get("outputs") ?? network.args[1];
    if (out?.kind !== "tensor") return null;
    return { activation: out.state === "logits" ? "linear" : out.state === "probabilities" ? out.activation : null, channels: out.channels, layer: null };
  }
  const layers = allLayers(network, trace, call);
  const layer = layers?.at(-1);
  if (layers === null || layer?.kind !== "instance") return null;
  return { activation: layerActivation(layer), channels: lastChannels(layers, null), layer };
}

/** The layers in the list, and those that are added after it; null when one of them may not be. */
function allLayers(network: Instance, trace: Trace, call: CallMet): readonly Value[] | null {
  const layers = layersOf(network);
  const later = trace.calls.filter((c) => (c.method === "add" || c.method === "pop") && c.args[0] === network);
  if (layers === null || later.length === 0) return layers;
  // One that stands in a branch or loop of its own may not be the last.
  const block = blockOf(call.node);
  const sure = later.every((c) => c.method === "add" && c.file === call.file && c.node.from < call.node.from) && later.at(-1)!.args.length === 2 && blockOf(later.at(-1)!.node) === block;
  return sure ? [...layers, ...later.map((c) => c.args[1] ?? UNKNOWN)] : null;
}

/** Where the block begins that a statement stands in. */
function blockOf(node: Node): number {
  let at: Node = node;
  while (at.parent !== null && at.parent.name !== "Body" && at.parent.name !== "Script") at = at.parent;
  return at.parent?.from ?? 0;
}

/** The activation that a Keras layer is told. */
export function layerActivation(layer: Instance): "softmax" | "sigmoid" | "linear" | null {
  const name = lastName(layer.path);
  if (name === "Softmax") return "softmax";
  const told = layer.named.get("activation") ?? (name === "Activation" ? layer.args[0] : name === "Dense" ? layer.args[1] : undefined);
  if (told === undefined || told.kind === "none") return name === "Activation" || channelsOf(layer.path, layer) === null ? null : "linear";
  const text = told.kind === "string" ? told.value : told.kind === "library" ? lastName(told.path) : null;
  return text === "softmax" || text === "sigmoid" || text === "linear" ? text : null;
}
