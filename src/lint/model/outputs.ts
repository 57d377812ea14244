/** How many channels the objects of libraries return: layers, chains of them, networks. */
import { channelsOf, KEEPS_CHANNELS } from "../catalogue/networks";
import { lastName } from "./names";
import { PREDICTIONS, TENSOR, type Channels, type Instance, type Sequence, type Value } from "./values";

/** What is returned, with its number of channels. */
export function withChannels(instance: Instance, input: Value | undefined, result: Value): Value {
  const channels = outputChannels(instance, input?.kind === "tensor" ? input.channels : null);
  if (channels === undefined) return result;
  if (result.kind === "tensor") return { ...result, channels };
  return channels === null ? result : { ...TENSOR, origin: PREDICTIONS, gradient: "flows", added: null, channels };
}

/** undefined: what returned it knows better. */
function outputChannels(instance: Instance, input: Channels | null): Channels | null | undefined {
  const name = lastName(instance.path);
  if (KEEPS_CHANNELS.test(name)) return input;
  if (name === "Model") return undefined;
  return name === "Sequential" ? lastChannels(layersOf(instance), input) : channelsOf(instance.path, instance);
}

/** The layers of Sequential([…]) or Sequential(…); null when they are not all known. */
export function layersOf(instance: Instance): readonly Value[] | null {
  const [first] = instance.args;
  const list: Pick<Sequence, "items" | "complete"> = instance.args.length === 1 && first?.kind === "sequence" ? first : { items: instance.args, complete: !instance.named.has("layers") };
  return list.complete ? list.items : null;
}

/** The channels behind the last of some layers. */
export function lastChannels(layers: readonly Value[] | null, input: Channels | null): Channels | null {
  if (layers === null) return null;
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i]!;
    if (layer.kind !== "instance") return null;
    const name = lastName(layer.path);
    // Chains in chains: one level.
    if (!KEEPS_CHANNELS.test(name)) return channelsOf(layer.path, layer);
  }
  return input;
}
