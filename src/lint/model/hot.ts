/** Labels made one-hot: by a library's function, by scatter, by rows of an identity matrix; and where their classes lie then. */
import { CHANNELS_FIRST, CHANNELS_LAST, type Axes } from "./axes";
import type { LibraryCall } from "./library";
import { LABELS, TENSOR, type Tensor, type Value } from "./values";

/** Where one_hot(…) puts the classes: behind all other axes unless it is told otherwise. */
export function oneHotAxes(call: LibraryCall, a: Tensor): Axes | null {
  const { family, path, named } = call;
  const given = named.get("axis") ?? named.get("dim");
  // MONAI's and kornia's put them second.
  const at = given === undefined ? (family === "monai" || family === "kornia" ? 1 : path === null || family !== null ? -1 : null) : given.kind === "number" ? given.value : null;
  const indices = a.axes === null || a.axes.roles.includes("C") ? null : a.axes;
  if (at === 1) return CHANNELS_FIRST;
  if (at !== -1) return null;
  return indices === null ? CHANNELS_LAST : { roles: [...indices.roles, "C"], spread: indices.spread };
}

/** zeros.scatter_(1, labels, 1): null where it is something else. */
export function scattered(call: LibraryCall): Tensor | null {
  const [held, , index] = call.args;
  const indices = index ?? call.named.get("index");
  if (!/^scatter_?$/.test(call.method) || held?.kind !== "tensor" || held.origin !== 0 || indices?.kind !== "tensor" || indices.origin !== LABELS) return null;
  const source = call.args[3] ?? call.named.get("value") ?? call.named.get("src");
  if (source?.kind === "tensor" && source.origin !== 0) return null;
  return { ...TENSOR, origin: LABELS, state: "oneHot", axes: held.axes, over: "", added: 0 };
}

/** An identity matrix, whose rows one-hot labels are picked from. */
export const EYE: Tensor = { ...TENSOR, state: "oneHot", axes: { roles: ["C", "C"], spread: -1 } };

/** eye(n)[labels] */
export function rowsOf(held: Tensor, index: Value): Tensor | null {
  if (held.origin !== 0 || held.state !== "oneHot" || index.kind !== "tensor" || index.origin !== LABELS) return null;
  const indices = index.axes === null || index.axes.roles.includes("C") ? null : index.axes;
  return { ...TENSOR, origin: LABELS, state: "oneHot", axes: indices === null ? CHANNELS_LAST : { roles: [...indices.roles, "C"], spread: indices.spread }, over: "", array: held.array && index.array, added: 0 };
}

/** Arrays of zeros or ones in the shape of another have its axes. */
export function shapeAxes(of: Value | undefined): Axes | null {
  if (of?.kind === "shape" && of.axis === null) return of.of?.axes ?? null;
  return of?.kind === "tensor" ? of.axes : null;
}
