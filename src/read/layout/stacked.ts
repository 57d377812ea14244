/** Predictions of several epochs in one array. */
import type { Item } from "./arrays";
import type { PlanInput, VolumeHeader } from "./plan";
import type { ItemSet } from "./sets";
import { compatible, extraAxes, sizeOf, squeezed, without } from "./shapes";

const EPOCHS = /^(?:.*[^a-z])?(?:epochs?|epoch_?(?:numbers?|ids?|list)|steps?)$/i;

/**
 * Splits an array that stacks epochs along an axis into one set an epoch; null when it stacks none. An array of epoch
 * numbers beside it says so; else whole numbers beyond 1 along a first axis that the labels lack do.
 */
export function unstack(item: Item, labels: readonly Item[], input: PlanInput, name: string): ItemSet[] | null {
  if (item.token !== null) return null;
  const label = labels.find((l) => l.split === item.split) ?? labels[0];
  if (label === undefined) return null;
  const beside = input.volumes.find((v) => isNumbers(v, item) && item.shape.includes(sizeOf(v.shape)));
  const numbers = beside === undefined ? null : input.peek({ path: beside.path, entry: beside.entry }, sizeOf(beside.shape));
  const axis = numbers === null ? plainAxis(item, label, input) : item.shape.findIndex((n, i) => n === numbers.length && compatible(without(item.shape, i), label.shape));
  if (axis === null || axis < 0) return null;
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

function plainAxis(item: Item, label: Item, input: PlanInput): number | null {
  const rest = squeezed(item.shape.slice(1));
  const target = squeezed(label.shape);
  if (item.shape.length < 3 || (item.shape[0] ?? 0) < 2 || !compatible(rest, target)) return null;
  // Labels of N cases, predictions of E epochs of N cases of C classes.
  if (squeezed(item.shape).length === target.length + 2) return 0;
  if (squeezed(item.shape).length !== target.length + 1 || !item.integer) return null;
  if (!extraAxes(squeezed(item.shape), target).includes(0)) return null;
  const values = input.peek(item.ref, 65_536);
  return values !== null && Array.prototype.some.call(values, (v: number | bigint) => Number(v) > 1) ? 0 : null;
}
