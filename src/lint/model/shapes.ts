/** Functions that change an array's shape. */
import { expanded, moved, permuted, type Axes } from "./axes";
import type { LibraryCall } from "./library";
import { tensorsIn, derived, UNKNOWN, type Sequence, type Tensor, type Value } from "./values";

export const SHAPES = new Set([
  "reshape", "view", "flatten", "ravel", "batch_flatten", "permute", "permute_dimensions", "transpose", "swapaxes", "movedim", "moveaxis", "unsqueeze", "expand_dims", "squeeze", "view_as", "reshape_as", "expand", "expand_as", "repeat", "tile", "broadcast_to", "rearrange", "unfold", "split", "chunk", "unstack", "gather", "index_select", "take", "pad", "interpolate", "resize", "slice", "narrow", "select",
]);

export function shaped(call: LibraryCall, args: readonly Value[]): Value {
  const [a = UNKNOWN, ...rest] = args;
  if (a.kind !== "tensor") return derived(tensorsIn(args));
  const axes = axesAfter(call, a, rest);
  // Reshaping mixes nothing: values stay what they are.
  const keep: Tensor = { ...a, axes, param: null };
  if (/^(gather|index_select|take|slice|narrow|select|split|chunk|unstack)$/.test(call.method)) return { ...keep, axes: null, oneClass: true };
  return keep;
}

function axesAfter(call: LibraryCall, a: Tensor, rest: readonly Value[]): Axes | null {
  const { method, named } = call;
  const first = rest[0];
  switch (method) {
    case "flatten":
    case "ravel": {
      const start = named.get("start_dim") ?? first;
      const from = start?.kind === "number" ? start.value : 0;
      return flattenFrom(a.axes, from);
    }
    case "batch_flatten":
      return flattenFrom(a.axes, 1);
    case "reshape":
    case "view":
      return reshaped(a, named.get("shape") ?? (rest.length === 1 ? first : { kind: "sequence", items: rest, span: null, complete: true }));
    case "unsqueeze":
    case "expand_dims": {
      const at = named.get("dim") ?? named.get("axis") ?? first;
      return expanded(a.axes, at?.kind === "number" ? at.value : null);
    }
    case "permute":
    case "permute_dimensions":
    case "transpose": {
      const order = named.get("dims") ?? named.get("axes") ?? named.get("perm") ?? (rest.length === 1 ? first : { kind: "sequence", items: rest, span: null, complete: true } satisfies Value);
      if (order?.kind !== "sequence" || !order.complete) return null;
      const numbers = order.items.flatMap((v) => (v.kind === "number" ? [v.value] : []));
      if (isLastToSecond(order)) return moved(a.axes, -1, 1);
      // torch's transpose exchanges two axes
      if (method === "transpose" && numbers.length === 2) return swapped(a.axes, numbers[0]!, numbers[1]!);
      if (order.span !== null && numbers.length === 2 && order.span.from === 2 && order.span.to === 0 && numbers[0] === 1 && numbers[1] === 0) return swapped(a.axes, 0, 1);
      return numbers.length === order.items.length && order.span === null ? permuted(a.axes, numbers) : null;
    }
    case "swapaxes": {
      const [x, y] = rest;
      return x?.kind === "number" && y?.kind === "number" ? swapped(a.axes, x.value, y.value) : null;
    }
    case "movedim":
    case "moveaxis": {
      const [x, y] = rest;
      return x?.kind === "number" && y?.kind === "number" ? moved(a.axes, x.value, y.value) : null;
    }
    default:
      return null;
  }
}

/** (0, ndim - 1, *range(1, ndim - 1)), where ndim may be that of the indices that one_hot was made of. */
function isLastToSecond({ items, span }: Sequence): boolean {
  const [first, last] = items;
  return items.length === 2 && span?.from === 1 && first?.kind === "number" && first.value === 0 && ((last?.kind === "number" && last.value === -1) || (last?.kind === "rank" && last.offset >= -1 && last.offset <= 0));
}

function swapped(axes: Axes | null, x: number, y: number): Axes | null {
  if (axes === null) return null;
  const rank = axes.roles.length;
  if (axes.spread >= 0 && (x < 0 || y < 0 || x >= axes.spread || y >= axes.spread)) return null;
  const [i, j] = [x < 0 ? rank + x : x, y < 0 ? rank + y : y];
  const roles = [...axes.roles];
  const [p, q] = [roles[i], roles[j]];
  if (p === undefined || q === undefined) return null;
  roles[i] = q;
  roles[j] = p;
  return { roles, spread: axes.spread };
}

export function flattenFrom(axes: Axes | null, from: number): Axes | null {
  if (axes === null) return from === 0 ? { roles: ["CNS"], spread: -1 } : null;
  if (from < 0 || from >= axes.roles.length || (axes.spread >= 0 && from > axes.spread)) return null;
  return { roles: [...axes.roles.slice(0, from), mergedRole(axes.roles.slice(from))], spread: -1 };
}

function mergedRole(roles: readonly string[]): string {
  return [...new Set(roles.join("").replaceAll("1", ""))].sort().join("") || "1";
}

/** reshape(-1), reshape(-1, C), reshape(B, -1), reshape(B, C, -1), reshape(B, -1, C) */
function reshaped(a: Tensor, sizes: Value | undefined): Axes | null {
  const { axes } = a;
  if (sizes?.kind === "number") return sizes.value === -1 ? flattenFrom(axes, 0) : null;
  if (sizes?.kind !== "sequence" || !sizes.complete || axes === null) return null;
  const { items } = sizes;
  const at = items.findIndex((v) => v.kind === "number" && v.value === -1);
  if (at < 0) return null;
  if (items.length === 1) return flattenFrom(axes, 0);
  const rows = spaceMerged(axes, items);
  if (rows !== null) return rows;
  const { roles } = axes;
  const before = roles.slice(0, at);
  const after = items.length - 1 - at;
  const tail = after === 0 ? [] : roles.slice(roles.length - after);
  if (axes.spread >= 0 && (at > axes.spread || after > roles.length - 1 - axes.spread)) return null;
  if (at + after >= roles.length) return null;
  // The sizes kept must be those of the axes: their own, or names that say so.
  if (!items.every((v, i) => i === at || keepsSize(v, i < at ? i : i - items.length, a))) return null;
  return { roles: [...before, mergedRole(roles.slice(at, roles.length - after)), ...tail], spread: -1 };
}

/** reshape(x, [-1, h * w, c]), with c the size of the last axis of x: images, space, classes. */
function spaceMerged({ roles }: Axes, items: readonly Value[]): Axes | null {
  const [first, space, last] = items;
  const plain = roles.length >= 3 && roles[0] === "N" && roles.at(-1) === "C" && roles.slice(1, -1).every((role) => role === "S");
  if (!plain || items.length !== 3 || first?.kind !== "number" || first.value !== -1 || space?.kind !== "unknown") return null;
  return last?.kind === "shape" && last.axis !== null && (last.axis === -1 || last.axis >= 3) ? { roles: ["N", "S", "C"], spread: -1 } : null;
}

/** x.size(0) and x.shape[-1] are the size of that axis; a number or a name may be. One that is surely another axis's is not. */
function keepsSize(value: Value, place: number, a: Tensor): boolean {
  if (value.kind !== "shape" || value.axis === null) return true;
  if (value.axis === place) return true;
  return a.axes !== null && a.axes.spread < 0 && (value.axis + a.axes.roles.length) % a.axes.roles.length === (place + a.axes.roles.length) % a.axes.roles.length;
}
