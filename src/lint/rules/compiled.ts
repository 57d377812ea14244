/** model.compile(loss=…) of a Keras model whose last layer is known. */
import { knownLoss } from "../catalogue/losses";
import { isOn } from "../catalogue/options";
import { endOf } from "../model/ends";
import type { Model } from "../model/model";
import type { CallMet } from "../model/trace";
import type { Channels, Instance, Value } from "../model/values";
import { tracesOf } from "./known";
import { isHere } from "./rule";

export { layerActivation } from "../model/ends";

export interface Compiled {
  readonly call: CallMet;
  /** As compile takes it: "categorical_crossentropy"; logits: null where it is not known. */
  readonly loss: { readonly name: string; readonly logits: boolean | null };
  readonly activation: "softmax" | "sigmoid" | "linear" | null;
  readonly channels: Channels | null;
  /** The layer that the model ends with. */
  readonly layer: Instance | null;
}

export function compiledOutput(model: Model): Compiled[] {
  return tracesOf(model).flatMap((trace) =>
    trace.calls.flatMap((call) => {
      const [network] = call.args;
      const loss = call.method === "compile" && isHere(model, call) ? lossOf(call.named.get("loss") ?? call.args[2]) : null;
      if (loss === null || network?.kind !== "instance" || !/^keras\.(\w+\.)*(Sequential|Model)$/.test(network.path)) return [];
      const end = endOf(network, trace, call);
      return end === null ? [] : [{ call, loss, ...end }];
    }),
  );
}

function lossOf(value: Value | undefined): Compiled["loss"] | null {
  if (value?.kind === "string") return { name: value.value, logits: false };
  const path = value?.kind === "library" || value?.kind === "instance" ? value.path : null;
  const known = knownLoss(path);
  if (known === null || !path?.startsWith("keras.")) return null;
  return { name: snake(known.name), logits: value?.kind === "instance" ? isOn(value, known.signature, "from_logits") : false };
}

/** CategoricalCrossentropy is categorical_crossentropy. */
export function snake(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
}
