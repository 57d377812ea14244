/** x[…]: classes and images picked, background left out, axes added. */
import { children, textOf, type Node } from "../python";
import type { Axes } from "./axes";
import { rowsOf } from "./hot";
import type { Frame, Interpreter } from "./interpret";
import { derived, UNKNOWN, type Tensor, type Value } from "./values";

/** What stands between two commas. */
type Index =
  | { readonly kind: "all" }
  | { readonly kind: "slice"; readonly from: number | null; readonly to: number | null }
  | { readonly kind: "ellipsis" }
  | { readonly kind: "new" }
  | { readonly kind: "one" }
  | { readonly kind: "other"; readonly value: Value };

export function subscript(interpreter: Interpreter, held: Value, parts: readonly Node[], node: Node, frame: Frame): Value {
  const bracket = parts.findIndex((p) => p.name === "[");
  const indices = indicesOf(interpreter, parts.slice(bracket + 1), frame);
  const [only] = indices;
  if (held.kind === "sequence") {
    const at = indices.length === 1 && only?.kind === "other" && only.value.kind === "number" ? only.value.value : null;
    const item = at === null || !held.complete || held.span !== null ? undefined : held.items.at(at);
    if (item !== undefined) return item;
    return only?.kind === "slice" ? held : derived([held]);
  }
  if (held.kind === "shape" && held.axis === null) {
    const at = only?.kind === "other" && only.value.kind === "number" ? only.value.value : null;
    return at === null ? { kind: "shape", of: held.of, axis: null } : { kind: "shape", of: held.of, axis: at };
  }
  if (held.kind !== "tensor") return UNKNOWN;
  const rows = only?.kind === "other" && indices.length === 1 ? rowsOf(held, only.value) : null;
  const result: Tensor = { ...(rows ?? picked(held, indices)), channels: null, ...(indices.some((i) => i.kind === "other") ? { holds: null } : {}) };
  interpreter.trace.picks.push({ file: frame.file, node, of: held, by: indices.flatMap((i) => (i.kind === "other" && i.value.kind === "tensor" ? [i.value] : [])), result });
  return result;
}

function picked(held: Tensor, indices: readonly Index[]): Tensor {
  const places = matched(held.axes, indices);
  let { foreground, oneClass, empty } = held;
  const roles: string[] = [];
  if (places === null) {
    // The class is picked by the last index after an ellipsis or colons, or by the second in a channels-first array.
    const fixed = indices.some((i) => i.kind === "one" || (i.kind === "other" && i.value.kind !== "tensor"));
    return { ...held, axes: null, oneClass: oneClass || fixed, param: null, foreground: foreground || (indices.length > 1 && indices.some((i) => i.kind === "slice" && i.from === 1 && i.to === null)) };
  }
  let open = -1;
  let masked = false;
  for (const { role, index, spread } of places) {
    switch (index.kind) {
      case "all":
      case "ellipsis":
        if (spread) open = roles.length;
        roles.push(role);
        break;
      case "slice":
        if (role === "C" && index.from === 1 && index.to === null) foreground = true;
        if ((role === "1" || (role === "C" && held.channels?.count === 1)) && index.from !== null && index.from >= 1) empty = true;
        if (role === "C" && (index.from ?? 0) >= 0 && index.to !== null && index.to - (index.from ?? 0) === 1) oneClass = true;
        if (spread) open = roles.length;
        roles.push(role);
        break;
      case "new":
        roles.push("1");
        break;
      case "one":
        if (role === "C") oneClass = true;
        break;
      case "other":
        if (index.value.kind === "tensor") {
          masked = true;
          break;
        }
        if (role === "C") oneClass = true;
        break;
    }
  }
  return { ...held, axes: masked ? null : { roles, spread: open }, foreground, oneClass, empty, param: null };
}

interface Matched {
  readonly role: string;
  readonly index: Index;
  readonly spread: boolean;
}

/** Each axis with its index; null when the open number of spatial axes leaves it undecided. */
function matched(axes: Axes | null, indices: readonly Index[]): Matched[] | null {
  if (axes === null) return null;
  const takes = indices.filter((i) => i.kind !== "new" && i.kind !== "ellipsis").length;
  const dots = indices.findIndex((i) => i.kind === "ellipsis");
  let { roles, spread } = axes;
  if (spread >= 0 && dots < 0 && takes > spread + 1) {
    // More indices than named roles: they tell how many axes there are, where the last one picks or slices.
    const last = indices.at(-1);
    if (takes < roles.length || last?.kind === "all" || last?.kind === "new") return null;
    roles = [...roles.slice(0, spread), ...new Array<string>(takes - roles.length + 1).fill(roles[spread] ?? "?"), ...roles.slice(spread + 1)];
    spread = -1;
  }
  const free = roles.length - takes;
  if (free < 0) return null;
  const out: Matched[] = [];
  let at = 0;
  const rest = (n: number): void => {
    for (let k = 0; k < n; k++, at++) out.push({ role: roles[at] ?? "?", index: { kind: "all" }, spread: at === spread });
  };
  for (const index of indices) {
    if (index.kind === "ellipsis") rest(free);
    else if (index.kind === "new") out.push({ role: "1", index, spread: false });
    else {
      const role = roles[at];
      if (role === undefined) return null;
      // An index into an open run of axes leaves others of the run.
      if (at === spread && index.kind !== "all" && index.kind !== "slice") return null;
      out.push({ role, index, spread: at === spread });
      at++;
    }
  }
  if (dots < 0) rest(roles.length - at);
  return out;
}

function indicesOf(interpreter: Interpreter, parts: readonly Node[], frame: Frame): Index[] {
  const groups: Node[][] = [[]];
  for (const part of parts) {
    if (part.name === "]") break;
    if (part.name === ",") groups.push([]);
    else groups.at(-1)!.push(part);
  }
  return groups.filter((g) => g.length > 0).flatMap((group) => indexOf(interpreter, group, frame));
}

function indexOf(interpreter: Interpreter, group: readonly Node[], frame: Frame): Index[] {
  const [first] = group;
  if (first === undefined) return [];
  const colon = group.findIndex((p) => p.name === ":");
  if (colon >= 0) {
    const number = (node: Node | undefined): number | null => {
      const value = node === undefined || node.name === ":" ? null : interpreter.expression(node, frame);
      return value?.kind === "number" ? value.value : null;
    };
    return group.length === 1 ? [{ kind: "all" }] : [{ kind: "slice", from: colon === 0 ? null : number(first), to: number(group[colon + 1]) }];
  }
  if (first.name === "Ellipsis" || textOf(frame.file, first) === "...") return [{ kind: "ellipsis" }];
  if (first.name === "None") return [{ kind: "new" }];
  if (first.name === "TupleExpression" && children(first).length === 0) return [];
  const value = interpreter.expression(first, frame);
  if (value.kind === "none") return [{ kind: "new" }];
  if (value.kind === "library" && value.path.endsWith("newaxis")) return [{ kind: "new" }];
  return [value.kind === "tensor" || value.kind === "number" ? { kind: "other", value } : { kind: "one" }];
}
