/** Predictions of several epochs in one array. */
import type { Item } from "./arrays";
import type { Peek, PlanInput, VolumeHeader } from "./plan";
import type { ItemSet } from "./sets";
import { compatible, extraAxes, sameShape, sizeOf, squeezed, without } from "./shapes";
import { beyondOne, lookOf, oneHotAxis, sumsToOne } from "./values";

const EPOCHS = /^(?:.*[^a-z])?(?:epochs?|epoch_?(?:numbers?|ids?|list)|steps?)$/i;

/**
 * Splits an array that stacks epochs along an axis into one set an epoch; null when it stacks none. An array of epoch
 * numbers beside it says so; else whole numbers beyond 1 along a first axis that the labels lack do.
 */
export function unstack(item: Item, labels: readonly Item[], input: PlanInput, name: string, assume: (text: string) => void): ItemSet[] | null {
  if (item.token !== null) return null;
  const same = labels.filter((l) => l.split === item.split);
  const own = same.length > 0 ? same : labels;
  const label = own[0];
  if (label === undefined) return null;
  const beside = input.volumes.find((v) => isNumbers(v, item) && item.shape.includes(sizeOf(v.shape)));
  const numbers = beside === undefined ? null : input.peek({ path: beside.path, entry: beside.entry }, sizeOf(beside.shape));
  const axis = numbers === null ? plainAxis(item, label, own.length, input.peek) : item.shape.findIndex((n, i) => n === numbers.length && compatible(without(item.shape, i), label.shape));
  if (axis === null || axis < 0) return null;
  if (numbers === null) assume(`${name} holds ${item.shape[axis]!} epochs along axis ${axis}; nothing numbers them, so they are taken for the first ones, one after the other.`);
  const counts = beside !== undefined && /step/i.test(beside.entry ?? beside.path) ? "step" : "epoch";
  return Array.from({ length: item.shape[axis]! }, (_, index) => {
    const shape = without(item.shape, axis);
    const slice: Item = { ...item, shape, ref: { ...item.ref, slice: { axis, index } } };
    const number = numbers === null ? index : Number(numbers[index]);
    return { path: `${name}[${index}]`, split: item.split, number: Number.isInteger(number) ? number : null, counts, series: name, items: [slice], keys: [""] };
  });
}

/** One-dimensional, called epochs, in the same file or folder. */
function isNumbers(header: VolumeHeader, item: Item): boolean {
  if (squeezed(header.shape).length > 1 || sizeOf(header.shape) > 1_000_000 || !/int|float|^[<>|=]?[uif]\d/.test(header.dtype)) return false;
  const folder = (path: string): string => path.slice(0, path.lastIndexOf("/") + 1);
  if (header.entry !== null && header.path === item.header.path) return EPOCHS.test(header.entry.split("/").at(-1)!);
  return folder(header.path) === folder(item.header.path) && EPOCHS.test(header.path.slice(folder(header.path).length).replace(/\.[^.]*$/, ""));
}

/**
 * 0 where the first axis counts epochs, by shapes and values alone. Labels of N cases and predictions of E epochs of N cases of
 * C classes tell by their axes. (E, N, …) may be (C, N, …) too, classes first: whole numbers beyond 1 are no scores of classes,
 * and scores that do not sum to 1 are none either where they are whole, or more than two for labels of two classes.
 */
function plainAxis(item: Item, label: Item, cases: number, peek: Peek): number | null {
  const epochs = item.shape[0] ?? 0;
  if (item.shape.length < 3 || epochs < 2) return null;
  const rest = squeezed(item.shape.slice(1));
  const classes = oneHotAxis(label, peek);
  const one = classes === null ? label.shape : without(label.shape, classes);
  if (cases > 1 && epochs === cases) return null; // labels of one case a file: the first axis holds the cases
  const voxels = squeezed(cases > 1 ? [cases, ...one] : one);
  if (extraAxes(rest, voxels).length > 0) return 0;
  if (!sameShape(rest, voxels)) return null;
  const look = lookOf(item, peek);
  if (look === "classes" && item.integer && beyondOne(item, peek)) return 0;
  if (look !== "classes" && look !== "shares") return null;
  const sums = sumsToOne(item, 0, peek);
  if (sums !== false) return null;
  if (look === "classes") return beyondOne(item, peek) ? null : 0;
  return epochs > 2 && lookOf(label, peek) === "classes" && !beyondOne(label, peek) ? 0 : null;
}
