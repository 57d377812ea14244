/** What a loss of the file is handed as predictions: by compile(loss=…) of a model whose end is known, or where it is called. */
import { ownParams, type FunctionInfo } from "./definitions";
import { endOf } from "./ends";
import type { Pair } from "./losses";
import type { CallMet, OwnCallMet, Trace } from "./trace";
import type { Channels, Tensor, Value } from "./values";

export interface Handed {
  readonly state: "logits" | "probabilities" | null;
  readonly activation: "softmax" | "sigmoid" | null;
  readonly channels: Channels | null;
  /** All is computed in 16 bits. */
  readonly half?: boolean;
}

const NOTHING: Handed = { state: null, activation: null, channels: null };

/** K.set_floatx("float16") */
function isHalf(traces: readonly Trace[]): boolean {
  return traces.some((trace) => trace.calls.some((c) => c.method === "set_floatx" && c.args.some((a) => a.kind === "string" && a.value === "float16")));
}

/** Null where nothing is known. */
export function handedTo(fn: FunctionInfo, pair: Pair, traces: readonly Trace[]): Handed | null {
  const handed = agreedOn(fn, pair, traces);
  return isHalf(traces) ? { ...(handed ?? NOTHING), half: true } : handed;
}

/** Null also where not all that hand something in agree. */
function agreedOn(fn: FunctionInfo, pair: Pair, traces: readonly Trace[]): Handed | null {
  const each = traces.flatMap((trace) => [...trace.calls.flatMap((call) => (call.method === "compile" ? compiled(fn, trace, call) : [])), ...trace.own.flatMap((own) => (own.fn === fn ? [called(own, pair)] : []))]);
  const [first] = each;
  if (first === undefined || first === null) return null;
  const agree = each.every((h) => h !== null && h.state === first.state && h.activation === first.activation && h.channels?.count === first.channels?.count && h.channels?.axis === first.channels?.axis);
  return agree ? first : null;
}

function compiled(fn: FunctionInfo, trace: Trace, call: CallMet): (Handed | null)[] {
  const loss = call.named.get("loss") ?? call.args[2];
  if (!isIt(loss, fn)) return [];
  const [network] = call.args;
  const end = network?.kind === "instance" && /^keras\.(\w+\.)*(Sequential|Model)$/.test(network.path) ? endOf(network, trace, call) : null;
  if (end === null) return [null];
  const { activation, channels } = end;
  return [activation === "linear" ? { state: "logits", activation: null, channels } : { state: activation === null ? null : "probabilities", activation, channels }];
}

/** The function itself, or an object whose method it is. */
function isIt(value: Value | undefined, fn: FunctionInfo): boolean {
  return value?.kind === "function" ? value.fn === fn : value?.kind === "object" && value.info === fn.owner;
}

function called(own: OwnCallMet, pair: Pair): Handed | null {
  const value = own.named.get(pair.predictions) ?? own.positional[ownParams(own.fn).findIndex((p) => p.name === pair.predictions)];
  if (value?.kind !== "tensor" || (value.over !== "" && value.over !== null)) return null;
  const { channels, activation } = value;
  if (value.state === "logits") return { state: "logits", activation: null, channels };
  if (value.state === "probabilities" && activation !== null) return { state: "probabilities", activation, channels };
  return channels === null ? null : { state: null, activation: null, channels };
}

/** Predictions as they come in, with what is known of what is handed in. */
export function withHanded(predictions: Tensor, handed: Handed | null): Tensor {
  if (handed === null) return predictions;
  return { ...predictions, state: handed.state ?? predictions.state, activation: handed.activation, channels: handed.channels, half: handed.half === true };
}
