/** Terms of losses from descriptions, of which their code is made too. */
import { activated, backward, type Activation } from "./activation";
import { valueOf, type Formula } from "./formula";
import type { Term } from "./loss";
import { crossEntropy, powerCrossEntropy, sigmoidFocal, softmaxFocal, voxelsIn, type Pointwise } from "./pointwise";
import { clDice } from "./spatial/clDice";
import { hausdorffDt } from "./spatial/hausdorff";
import { neighbourLogits } from "./spatial/neighbours";
import { wassersteinDice } from "./spatial/wasserstein";
import type { Sums } from "./sums";
import { foreground, joined, pooled, shifted, without } from "./sumViews";
import { targetAt, type Voxels } from "./voxels";

/** What an overlap is summed over and which labels and classes take part. */
export interface OverlapOptions {
  readonly activation?: Activation;
  readonly over?: "image" | "batch" | "image, all classes" | "batch, all classes";
  /** False: the first class is left out (after the activation). */
  readonly background?: boolean;
  /** Voxels of this label count for nothing. */
  readonly ignored?: number;
  /** Added to each one-hot label. */
  readonly shift?: number;
  readonly scale?: number;
}

export interface OverlapForm extends OverlapOptions {
  readonly loss: Formula;
}

export type PointwiseForm =
  | { readonly form: "cross-entropy" }
  /** -(1 - p)^γ log p of the true class over voxels times classes; `alpha` weighs all classes but the first, 1 - alpha the first. */
  | { readonly form: "softmax focal"; readonly gamma: number; readonly alpha?: number; /** false: cut off before the softmax */ readonly background?: boolean; /** added to each one-hot label */ readonly shift?: number }
  /** (-log p)^γ, classes weighed by (1/f)^0.5, f the share of the batch's voxels */
  | { readonly form: "rare power cross-entropy"; readonly gamma: number }
  | { readonly form: "sigmoid focal"; readonly gamma: number; readonly input: "logits" | "log softmax" }
  /** Jaccard of the classes of each voxel */
  | { readonly form: "voxel Jaccard"; readonly smooth: number };

export type SpatialForm =
  | { readonly form: "clDice"; readonly iterations: number }
  | { readonly form: "hausdorff"; readonly log: boolean }
  | { readonly form: "neighbour logits"; readonly weight: number }
  | { readonly form: "wasserstein"; readonly mode: "default" | "GDL"; readonly distances: (classes: number) => readonly (readonly number[])[] };

/** A function of the sums over voxels. */
export function overlap(loss: Formula, options: OverlapOptions = {}): Term {
  const { activation = "softmax", scale } = options;
  return { kind: "overlap", activation, of: (sums) => valueOf(loss, prepared(sums, options)), form: { loss, ...options }, ...(scale === undefined ? {} : { scale }) };
}

function prepared(all: Sums, { over = "image", background = true, ignored, shift }: OverlapOptions): Sums {
  let s = background ? all : foreground(all);
  if (ignored !== undefined) s = without(s, ignored);
  if (shift !== undefined) s = shifted(s, shift);
  if (over.startsWith("batch")) s = pooled(s);
  return over.endsWith("all classes") ? joined(s) : s;
}

export function pointwise(form: PointwiseForm, scale = 1): Term {
  return { kind: "pointwise", of: pointwiseOf(form), form, scale };
}

export function spatial(form: SpatialForm, scale = 1): Term {
  return { kind: "spatial", of: spatialOf(form), form, scale };
}

function spatialOf(form: SpatialForm): Pointwise {
  switch (form.form) {
    case "clDice":
      return clDice(form.iterations);
    case "hausdorff":
      return hausdorffDt(form);
    case "neighbour logits":
      return neighbourLogits(form.weight);
    case "wasserstein":
      return wassersteinDice(form.mode, form.distances);
  }
}

function pointwiseOf(form: PointwiseForm): Pointwise {
  switch (form.form) {
    case "cross-entropy":
      return crossEntropy();
    case "softmax focal":
      return focal(form);
    case "rare power cross-entropy":
      return powerCrossEntropy(form.gamma, { weight: rareness });
    case "sigmoid focal":
      return sigmoidFocal(form.gamma, form.input);
    case "voxel Jaccard":
      return voxelJaccard(form.smooth);
  }
}

/** With labels that are shifted every class of a voxel has a part. */
function focal({ gamma, alpha, background = true, shift }: PointwiseForm & { form: "softmax focal" }): Pointwise {
  const from = background ? 0 : 1;
  const weight = (label: number): number => (alpha === undefined ? 1 : label === 0 ? 1 - alpha : alpha);
  const norm = (v: Voxels): number => voxelsIn(v) * (v.classes - from);
  const plain = softmaxFocal(gamma, { from, norm, weight: (_, label) => weight(label) });
  if (shift === undefined) return plain;
  const all = softmaxFocal(gamma, { from, norm: () => 1 });
  return (voxels, scale, gradient) => {
    let total = plain(voxels, scale, gradient);
    for (let c = from; c < voxels.classes; c++) total += all({ ...voxels, label: new Int32Array(voxels.size).fill(c) }, (scale / norm(voxels)) * shift * weight(c), gradient);
    return total;
  };
}

/** (Σ f / f_l)^0.5 of the classes that the batch holds. */
function rareness(voxels: Voxels, label: number): number {
  let own = 0;
  for (let g = 0; g < voxels.size; g++) if (voxels.label[g] === label) own += voxels.count[g]!;
  return own === 0 ? 0 : Math.sqrt(voxelsIn(voxels) / own);
}

function voxelJaccard(smooth: number): Pointwise {
  return (voxels, scale, gradient) => {
    const { classes: n, size } = voxels;
    const p = activated(voxels, "softmax");
    const slope = new Float64Array(p.length);
    const by = (scale * smooth) / voxelsIn(voxels);
    let total = 0;
    for (let g = 0; g < size; g++) {
      let hit = 0;
      let both = 0;
      for (let c = 0; c < n; c++) {
        const t = targetAt(voxels, g, c);
        hit += t * p[g * n + c]!;
        both += t + p[g * n + c]!;
      }
      const over = hit + smooth;
      const under = both - hit + smooth;
      total += by * voxels.count[g]! * (1 - over / under);
      for (let c = 0; c < n; c++) {
        const t = targetAt(voxels, g, c);
        slope[g * n + c] = -by * (t / under - (over * (1 - t)) / under ** 2);
      }
    }
    if (gradient !== null) backward(voxels, "softmax", slope, gradient);
    return total;
  };
}
