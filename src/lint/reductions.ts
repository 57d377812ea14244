/** Sums over labels: which make volumes of classes, and over what. */
import { UNKNOWN, type Axes, type Labels, type Lie, type Over, type Value, type VolumeValue } from "./values";

/** Sum of `value` over `axes` (undefined: all). `symbolic`: graph mode makes it a constant. */
export function sum(value: Value, axes: Value | undefined, symbolic: boolean): Value {
  if (value.kind === "volume") return summedAgain(value, axes);
  if (value.kind !== "labels") return UNKNOWN;
  const list = axes === undefined ? undefined : axesOf(axes);
  if (list === null) return UNKNOWN;
  const over = overOf(value, list);
  if (over === null) return UNKNOWN;
  const partial = value.lie === "given" && list?.from === null && list.list.length === 1;
  return { kind: "volume", power: 1, over, epsilon: 0, floor: 0, symbolic, ...(partial ? { partial } : {}) };
}

function axesOf(value: Value): Axes | null {
  if (value.kind === "axes") return value;
  return value.kind === "number" ? { kind: "axes", list: [value.value], from: null } : null;
}

/** What a sum of labels over these axes is the volume of; null when it is no class's volume. */
function overOf(labels: Labels, axes: Axes | undefined): Over | null {
  if (labels.oneImage) return "image";
  if (axes === undefined) return labels.oneClass ? "batch" : null; // a sum over the classes too is no class's volume
  const overBatch = axes.list.includes(0) || axes.from === 0;
  const only = axes.from === null && axes.list.length === 1 ? axes.list[0]! : null;
  switch (labels.lie) {
    case "flat":
      return labels.oneClass ? "batch" : null;
    case "rows":
      return only === 0 || only === -2 ? "batch" : null;
    case "columns":
      return only === 1 || only === -1 ? "batch" : null;
    case "imageRows":
      return only === 1 || only === -2 ? "image" : overBatch && axes.list.length === 2 ? "batch" : null;
    case "imageColumns":
      return only === 2 || only === -1 ? "image" : overBatch && axes.list.length === 2 ? "batch" : null;
    case "given":
      // The last axis alone is the classes, or a row of voxels.
      if (axes.list.length === 0 && axes.from === null) return null;
      if (only === -1) return labels.oneClass ? "image" : null;
      return overBatch ? "batch" : "image";
  }
}

/** K.sum(K.sum(t, 1), 1): the next axis; K.sum(v, 0): the batch. Anything else sums over the classes. */
function summedAgain(volume: VolumeValue, axes: Value | undefined): Value {
  const list = axes === undefined ? null : axesOf(axes);
  if (list?.list.length !== 1 || list.from !== null || volume.power !== 1 || volume.epsilon !== 0) return UNKNOWN;
  if (list.list[0] === 0) return { ...volume, over: "batch" };
  return volume.partial === true && list.list[0]! > 0 ? volume : UNKNOWN;
}

/** einsum("bkwh->bk", t): per image when the batch's letter stays. `source` begins with the call. */
export function einsum(source: string, args: readonly Value[]): Value {
  const labels = args.find((a) => a.kind === "labels");
  const pattern = /^[^"']*["']\s*([a-z.]+)\s*->\s*([a-z]*)\s*["']/.exec(source);
  if (labels?.kind !== "labels" || pattern === null) return UNKNOWN;
  const [, from = "", to = ""] = pattern;
  return { kind: "volume", power: 1, over: to.includes(from.charAt(0)) ? "image" : "batch", epsilon: 0, floor: 0, symbolic: false };
}

/** Labels brought into the shape `sizes`; -1 stands for what is left, NaN for a size that is not known. */
export function reshaped(labels: Labels, sizes: readonly number[]): Labels {
  const rest = sizes.indexOf(-1);
  const lie = ((): Lie => {
    if (sizes.length === 1) return "flat";
    if (sizes.length === 2) return rest === 0 ? "rows" : rest === 1 ? (labels.swapped ? "columns" : "flat") : "given";
    if (sizes.length === 3) return rest === 1 ? "imageRows" : rest === 2 ? "imageColumns" : "given";
    return "given";
  })();
  return { ...labels, lie, swapped: false };
}

/** t.flatten(from): from 2 on, images and classes stay. */
export function flattened(labels: Labels, from: number): Labels {
  return { ...labels, lie: from === 2 ? "imageColumns" : from === 1 && labels.swapped ? "columns" : "flat", swapped: false };
}
