/** Training steps that compute their loss themselves: predictions and labels are known by what they are called and come from. */
import { perPiece } from "../pieces";
import { textOf, type Node } from "../python";
import { imageAxes, type Axes, type Layout } from "./axes";
import { ownParams, pieceOfDefinition, type FunctionInfo } from "./definitions";
import { SHARE } from "./level";
import { isGuessName, isTruthName } from "./losses";
import type { Frame } from "./interpret";
import type { Trace } from "./trace";
import { LABELS, PREDICTIONS, TENSOR, type Tensor, type Value } from "./values";

/** What arrays are in a step; null where a function is no step. */
export interface Step {
  readonly layout: Layout;
}

const CALLED = /^(training_step|compute_loss|training_loss)$/;
const MAYBE = /^(train|fit|step|main|run)$|train|epoch|_step$/i;
const trainsHere = perPiece((text) => /\bloss\w*\s*=(?!=)/.test(text) && /\.backward\s*\(|GradientTape\s*\(/.test(text));
const returnsLoss = perPiece((text) => /\bloss\w*\s*=(?!=)/.test(text) && /\breturn\b[^\n]{0,200}\bloss/.test(text));

export function isStep(fn: FunctionInfo): boolean {
  return (CALLED.test(fn.name) && returnsLoss(pieceOfDefinition(fn))) || (MAYBE.test(fn.name) && trainsHere(pieceOfDefinition(fn)));
}

function labelsOf(name: string): Tensor {
  return { ...TENSOR, origin: LABELS, state: "raw", over: "", level: SHARE, param: name };
}

function predictionsOf(axes: Axes): Tensor {
  return { ...TENSOR, origin: PREDICTIONS, state: "raw", axes, over: "", level: SHARE, gradient: "flows" };
}

/** The labels among a step's own parameters. */
export function stepArguments(fn: FunctionInfo): ReadonlyMap<string, Value> {
  return new Map(ownParams(fn).flatMap(({ name }) => (isLabelName(name) ? [[name, labelsOf(name)] as const] : [])));
}

const isLabelName = (name: string): boolean => (isTruthName(name, true) && name !== "t") || /^(y_mix\w*|ys)$/.test(name);

/** y of `x, y = batch`, labels of inputs.pop("labels"): of what is not known, the name tells. */
export function labelsBy(step: Step | null, name: string, value: Value, source: Node, frame: Frame): Value {
  if (step !== null && value.kind === "tensor" && value.origin === PREDICTIONS && value.state === "raw" && /logits?$/i.test(name)) return { ...value, state: "logits" };
  if (step === null || value.kind !== "unknown" || !isLabelName(name) || isGuessName(name, false)) return value;
  const said = textOf(frame.file, source);
  return source.name !== "CallExpression" || (said.length < 200 && /\.(pop|get|to|cuda|long|float)\(/.test(said)) ? labelsOf(name) : value;
}

const NETWORK = /^(self|model|net|network|unet|student)$|^(?:self|model|net)\.(?:forward|\w*(?:model|net|network|backbone|unet|module))$/i;

/** What a network returns of which nothing else is known: model(x), self(x), self.net(x). */
export function predictionsBy(step: Step | null, callee: string): Tensor | null {
  return step !== null && callee.length < 60 && NETWORK.test(callee) ? predictionsOf(imageAxes(step.layout, null)) : null;
}

/** The loss of a step: what a variable of that name holds last; null where it comes of no predictions and labels that are known. */
export function lossOfStep(trace: Trace, fn: FunctionInfo): { readonly value: Tensor; readonly node: Node } | null {
  for (let i = trace.assigns.length - 1; i >= 0; i--) {
    const { name, value, node, file } = trace.assigns[i]!;
    if (/^(?:\w+_)?loss$/i.test(name) && file === fn.file && node.from >= fn.body.from && node.to <= fn.body.to) return value.kind === "tensor" && (value.origin & PREDICTIONS) !== 0 ? { value, node } : null;
  }
  return null;
}
