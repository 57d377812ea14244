/** Calls of known losses, with their labels and predictions. */
import { knownLoss, type KnownLoss } from "../catalogue/losses";
import type { Made } from "../catalogue/options";
import type { Node } from "../python";
import type { Model } from "../model/model";
import type { CallMet, Trace } from "../model/trace";
import type { Tensor, Value } from "../model/values";
import { isHere } from "./rule";

export interface LossCall {
  readonly call: CallMet;
  readonly trace: Trace;
  readonly loss: KnownLoss;
  /** Where its options stand: the object, or the call of a function. */
  readonly made: Made;
  readonly predictions: Value | undefined;
  readonly labels: Value | undefined;
  readonly labelsNode: Node | undefined;
}

const GUESSES = ["input", "y_pred", "pred", "logits", "inputs", "outputs"];
const TRUTHS = ["target", "y_true", "targets", "labels"];

export function tracesOf(model: Model): readonly Trace[] {
  return [...model.losses, ...model.flows].map(({ trace }) => trace);
}

const found = new WeakMap<Model, readonly LossCall[]>();

/** Calls of losses of libraries, looked for once for all rules. */
export function lossCalls(model: Model): readonly LossCall[] {
  let calls = found.get(model);
  if (calls === undefined) {
    calls = lossCallsIn(model);
    found.set(model, calls);
  }
  return calls;
}

function lossCallsIn(model: Model): LossCall[] {
  return tracesOf(model).flatMap((trace) =>
    trace.calls.flatMap((call) => {
      const loss = isHere(model, call) && (call.instance !== null || /^[a-z]/.test(call.method)) ? knownLoss(call.path) : null;
      if (loss === null) return [];
      // Keras and TensorFlow take the labels first.
      const [guess, truth] = call.family === "keras" || call.family === "tensorflow" ? [1, 0] : [0, 1];
      const of = (at: number, names: readonly string[]): Value | undefined => call.args[at] ?? names.map((n) => call.named.get(n)).find((v) => v !== undefined);
      const labelsNode = call.argNodes[truth] ?? TRUTHS.map((n) => call.namedNodes.get(n)).find((n) => n !== undefined);
      return [{ call, trace, loss, made: call.instance ?? call, predictions: of(guess, GUESSES), labels: of(truth, TRUTHS), labelsNode }];
    }),
  );
}

/** The number of channels of what a loss is given as predictions; null when it is not known to lie along the axis that the loss takes. */
export function channelsGiven({ call, predictions }: LossCall): number | null {
  const channels = predictions?.kind === "tensor" ? predictions.channels : null;
  if (channels === null) return null;
  const last = call.family === "keras" || call.family === "tensorflow" || call.family === "jax";
  // Behind a Linear the channels are the last axis, which is the second of [B, C].
  return channels.axis === (last ? -1 : 1) || (!last && channels.axis === -1) ? channels.count : null;
}

/** Whether each call of the same object that is seen is given this number of channels: its options may be changed then. */
export function isAlways(calls: readonly LossCall[], { made }: LossCall, channels: number): boolean {
  return calls.every((other) => other.made.node.from !== made.node.from || other.made.file.path !== made.file.path || channelsGiven(other) === channels);
}

export function tensorOf(value: Value | undefined): Tensor | null {
  return value?.kind === "tensor" ? value : null;
}
