/** From logits to what an overlap is computed of, and the way back of the gradient. */
import type { Voxels } from "./voxels";

/** `twice`: a softmax of a softmax, as a network that ends with one and a loss that applies its own have it. `log`: the logs of a softmax through a sigmoid. */
export type Activation = "softmax" | "sigmoid" | "none" | "twice" | "log";

/** What `make` gives for voxels and an activation, made once and kept for as long as the voxels are. */
export function memo<T>(make: (voxels: Voxels, activation: Activation) => T): (voxels: Voxels, activation: Activation) => T {
  const known = new WeakMap<Voxels, Map<Activation, T>>();
  return (voxels, activation) => {
    let of = known.get(voxels);
    if (of === undefined) known.set(voxels, (of = new Map<Activation, T>()));
    let made = of.get(activation);
    if (made === undefined) of.set(activation, (made = make(voxels, activation)));
    return made;
  };
}

/** Probabilities, laid out as the logits are. */
export const activated = memo(activate);

function activate(voxels: Voxels, activation: Activation): Float64Array {
  const { logits, classes } = voxels;
  switch (activation) {
    case "none":
      return logits;
    case "sigmoid":
      return logits.map(sigmoid);
    case "softmax":
      return softmax(logits, classes);
    case "twice":
      return softmax(softmax(logits, classes), classes);
    case "log":
      return softmax(logits, classes).map((p) => p / (1 + p)); // sigmoid(log p)
  }
}

export function sigmoid(z: number): number {
  if (z >= 0) return 1 / (1 + Math.exp(-z));
  const e = Math.exp(z);
  return e / (1 + e);
}

/** Softmax of each run of `classes` numbers. */
export function softmax(logits: Float64Array, classes: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    let top = -Infinity;
    for (let c = 0; c < classes; c++) if (logits[at + c]! > top) top = logits[at + c]!;
    let total = 0;
    for (let c = 0; c < classes; c++) total += out[at + c] = Math.exp(logits[at + c]! - top);
    for (let c = 0; c < classes; c++) out[at + c]! /= total;
  }
  return out;
}

/** Adds to `gradient` (with respect to logits) what a gradient with respect to the probabilities comes to. `slope` is used up. */
export function backward(voxels: Voxels, activation: Activation, slope: Float64Array, gradient: Float64Array): void {
  const { classes } = voxels;
  if (activation === "none") {
    for (let i = 0; i < slope.length; i++) gradient[i]! += slope[i]!;
    return;
  }
  if (activation === "sigmoid") {
    const p = activated(voxels, "sigmoid");
    for (let i = 0; i < slope.length; i++) gradient[i]! += slope[i]! * p[i]! * (1 - p[i]!);
    return;
  }
  const p = activated(voxels, "softmax");
  if (activation === "twice") through(activated(voxels, "twice"), slope, classes);
  if (activation === "log") for (let i = 0; i < slope.length; i++) slope[i]! /= (1 + p[i]!) ** 2;
  through(p, slope, classes);
  for (let i = 0; i < slope.length; i++) gradient[i]! += slope[i]!;
}

/** Jacobian of the softmax: p (s - Σ p s). */
function through(p: Float64Array, slope: Float64Array, classes: number): void {
  for (let at = 0; at < p.length; at += classes) {
    let dot = 0;
    for (let c = 0; c < classes; c++) dot += p[at + c]! * slope[at + c]!;
    for (let c = 0; c < classes; c++) slope[at + c] = p[at + c]! * (slope[at + c]! - dot);
  }
}
