/** What MONAI's losses do with their input before they compare: activation, one-hot labels, background, ignored labels. */
import type { NdArray } from "./ndarray";
import { axesFrom, same } from "./shapes";
import { flag, maybe, oneHot, word, type Spec } from "./options";

/** 1.5: what was there up to that release; 1.6: what the releases from there on compute. */
export type Version = "1.5" | "1.6";

/** A plain function in the place of a callable. */
type OtherAct = "tanh" | "relu" | "sigmoid" | "softmax" | "log_softmax" | "log_sigmoid" | "exp" | "softplus" | null;
const otherAct: Spec<OtherAct> = maybe(word("tanh", ["tanh", "relu", "sigmoid", "softmax", "log_softmax", "log_sigmoid", "exp", "softplus"]));

export const inputs = { include_background: flag(true), to_onehot_y: flag(false), sigmoid: flag(false), softmax: flag(false), other_act: otherAct };

export interface Inputs {
  readonly include_background: boolean;
  readonly to_onehot_y: boolean;
  readonly sigmoid: boolean;
  readonly softmax: boolean;
  readonly other_act: OtherAct;
}

/** A sentence for more than one activation. */
export function oneActivation({ sigmoid, softmax, other_act }: Pick<Inputs, "sigmoid" | "softmax" | "other_act">): string | null {
  return Number(sigmoid) + Number(softmax) + Number(other_act !== null) > 1 ? "more than one of sigmoid, softmax and other_act" : null;
}

export function activated(input: NdArray, { sigmoid, softmax, other_act }: Pick<Inputs, "sigmoid" | "softmax" | "other_act">): NdArray {
  if (sigmoid) return input.sigmoid();
  if (softmax) return input.shape[1] === 1 ? input : input.softmax(1);
  switch (other_act) {
    case null:
      return input;
    case "tanh":
      return input.map(Math.tanh, (_, y) => 1 - y * y);
    case "relu":
      return input.map((x) => Math.max(0, x), (x) => (x > 0 ? 1 : 0));
    case "sigmoid":
      return input.sigmoid();
    case "softmax":
      return input.softmax(1);
    case "log_softmax":
      return input.logSoftmax(1);
    case "log_sigmoid":
      return input.logSigmoid();
    case "exp":
      return input.exp();
    case "softplus":
      return input.negative().logSigmoid().negative();
  }
}

export interface Compared {
  readonly input: NdArray;
  readonly target: NdArray;
  /** 0 where the label is ignored. */
  readonly mask: NdArray | null;
}

/** Labels as a channel for each class where asked, and both without the first class where asked; one channel stays as it is. */
export function compared(input: NdArray, labels: NdArray, options: Pick<Inputs, "to_onehot_y" | "include_background">, ignored: number | null = null): Compared {
  const channels = input.shape[1] ?? 0;
  const mask = ignoreMask(labels, ignored);
  let target = labels;
  if (options.to_onehot_y && channels > 1) target = classChannels(ignored !== null && (ignored < 0 || ignored >= channels) ? labels.map((l) => (l === ignored ? 0 : l), () => 0) : labels, channels);
  if (!options.include_background && channels > 1) return { input: fitting(input.cut(1, 1, channels), target.cut(1, 1, target.shape[1]!)), target: target.cut(1, 1, target.shape[1]!), mask };
  return { input: fitting(input, target), target, mask };
}

/** Labels (B, 1, …) as (B, C, …). */
function classChannels(labels: NdArray, channels: number): NdArray {
  if (labels.shape[1] !== 1) throw new RangeError(`losses: labels of shape (${labels.shape.join(", ")}) should have one channel`);
  return oneHot(labels.reshape([labels.shape[0]!, ...labels.shape.slice(2)]), channels, 1);
}

function fitting(input: NdArray, target: NdArray): NdArray {
  if (!same(input.shape, target.shape)) throw new RangeError(`losses: the target has another shape (${target.shape.join(", ")}) than the input (${input.shape.join(", ")})`);
  return input;
}

/** 1 where the label counts; of labels with a channel for each class those without the ignored class, or with any. */
export function ignoreMask(labels: NdArray, ignored: number | null): NdArray | null {
  if (ignored === null) return null;
  const channels = labels.shape[1] ?? 0;
  if (channels === 1) return labels.map((l) => (l === ignored ? 0 : 1), () => 0);
  if (ignored >= 0 && ignored < channels) return labels.cut(1, ignored, ignored + 1).complement();
  return labels.sum([1], true).map((x) => (x > 0 ? 1 : 0), () => 0);
}

/** Σ over space, with `batch` over images too: [B, C], or [C]. */
export const sumAxes = (x: NdArray, batch: boolean): number[] => (batch ? [0, ...axesFrom(2, x.shape.length)] : axesFrom(2, x.shape.length));

/** As (B, C, 1, …), or (C, 1, …) of a batch, as "none" leaves them. */
export function spread(values: NdArray, rank: number): NdArray {
  return values.reshape([...values.shape.slice(0, 2), ...new Array<number>(rank - 2).fill(1)]);
}
