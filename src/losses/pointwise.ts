/** Losses that add up what each voxel contributes: cross-entropies and focal losses. */
import { activated, sigmoid } from "./activation";
import { targetAt, type Voxels } from "./voxels";

/** Adds the gradient with respect to the logits, times `scale`, and returns the value times `scale`. */
export type Pointwise = (voxels: Voxels, scale: number, gradient: Float64Array | null) => number;

interface Options {
  /** Classes below this one take no part in the softmax and hold no label. */
  readonly from?: number;
  /** What a voxel of a class counts. */
  readonly weight?: (voxels: Voxels, label: number) => number;
  /** What the sum is divided by; the number of voxels when not given. */
  readonly norm?: (voxels: Voxels) => number;
}

/** Sum over voxels of f(log p) of the label's class, p being the softmax of the logits. `f` gives its value and its derivative with respect to log p. */
export function ofTrueClass(f: (logP: number) => readonly [number, number], { from = 0, weight = () => 1, norm = voxelsIn }: Options = {}): Pointwise {
  return (voxels, scale, gradient) => {
    const { classes, size, logits } = voxels;
    const by = scale / norm(voxels);
    const weights = Array.from({ length: Math.max(classes, 2) }, (_, l) => weight(voxels, l));
    const p = new Float64Array(classes);
    let total = 0;
    for (let g = 0; g < size; g++) {
      const label = voxels.label[g]!;
      if (label < from) continue;
      const at = g * classes;
      let top = -Infinity;
      for (let c = from; c < classes; c++) if (logits[at + c]! > top) top = logits[at + c]!;
      let sum = 0;
      for (let c = from; c < classes; c++) sum += p[c] = Math.exp(logits[at + c]! - top);
      const [value, slope] = f(logits[at + label]! - top - Math.log(sum));
      const w = by * weights[label]!;
      total += w * voxels.count[g]! * value;
      if (gradient === null) continue;
      for (let c = from; c < classes; c++) gradient[at + c]! -= (w * slope * p[c]!) / sum;
      gradient[at + label]! += w * slope;
    }
    return total;
  };
}

/** Mean over voxels and classes of f(x, t), x being the logit (or what `input` makes of the logits) of a class of its own. */
export function ofEachClass(f: (x: number, t: number) => readonly [number, number], input: "logits" | "log softmax" = "logits"): Pointwise {
  return (voxels, scale, gradient) => {
    const { classes, size, logits } = voxels;
    const by = scale / (voxelsIn(voxels) * classes);
    const p = input === "logits" ? null : activated(voxels, "softmax");
    const slopes = new Float64Array(classes);
    let total = 0;
    for (let g = 0; g < size; g++) {
      const at = g * classes;
      let through = 0;
      for (let c = 0; c < classes; c++) {
        // smp clamps probabilities at 1e-7 on both sides before the log; there the gradient ends.
        const clamped = p === null ? 0 : Math.min(Math.max(p[at + c]!, 1e-7), 1 - 1e-7);
        const [value, slope] = f(p === null ? logits[at + c]! : Math.log(clamped), targetAt(voxels, g, c));
        total += by * voxels.count[g]! * value;
        slopes[c] = p !== null && clamped !== p[at + c]! ? 0 : by * slope;
        through += slopes[c]!;
      }
      if (gradient === null) continue;
      for (let c = 0; c < classes; c++) gradient[at + c]! += p === null ? slopes[c]! : slopes[c]! - p[at + c]! * through;
    }
    return total;
  };
}

/** -log p of the label's class. */
export const crossEntropy = (options: Options = {}): Pointwise => ofTrueClass((logP) => [-logP, -1], options);

/** -(1 - p)^γ log p of the label's class (Lin et al. 2017, with a softmax). */
export function softmaxFocal(gamma: number, options: Options = {}): Pointwise {
  return ofTrueClass((logP) => {
    const rest = -Math.expm1(logP); // 1 - p
    const factor = rest ** gamma;
    const slope = gamma === 0 || rest === 0 ? 0 : gamma * rest ** (gamma - 1) * Math.exp(logP) * logP;
    return [-factor * logP, slope - factor];
  }, options);
}

/** (-log p)^γ of the label's class (exponential logarithmic loss, Wong et al. 2018). */
export const powerCrossEntropy = (gamma: number, options: Options = {}): Pointwise => ofTrueClass((logP) => [(-logP) ** gamma, -gamma * (-logP) ** (gamma - 1)], options);

/** Focal loss of each class by itself with a sigmoid. */
export function sigmoidFocal(gamma: number, input: "logits" | "log softmax" = "logits"): Pointwise {
  return ofEachClass((x, t) => {
    const q = sigmoid(x);
    const ce = Math.max(x, 0) - x * t + Math.log1p(Math.exp(-Math.abs(x)));
    const pt = q * t + (1 - q) * (1 - t);
    const rest = 1 - pt;
    const slope = rest ** gamma * (q - t) - (rest === 0 ? 0 : gamma * rest ** (gamma - 1) * q * (1 - q) * (2 * t - 1) * ce);
    return [rest ** gamma * ce, slope];
  }, input);
}

export function voxelsIn(voxels: Voxels): number {
  let total = 0;
  for (let g = 0; g < voxels.size; g++) total += voxels.count[g]!;
  return total;
}
