/**
 * What changed between two states of plain data, so that a page being shown gets that alone.
 * Plain data: null, booleans, numbers, strings, arrays, objects without prototype tricks, and Float64Array.
 */

export type Patch =
  | { readonly op: "set"; readonly value: unknown }
  /** A Float64Array whose first `keep` numbers stay. */
  | { readonly op: "extend"; readonly keep: number; readonly tail: Float64Array }
  /** An object: fields that changed or came, and names of those that went. */
  | { readonly op: "merge"; readonly fields: Readonly<Record<string, Patch>>; readonly remove: readonly string[] }
  /** An array: its new length, and the entries that changed or came. */
  | { readonly op: "items"; readonly length: number; readonly items: readonly (readonly [number, Patch])[] };

/** The patch that turns `before` into `after`; undefined when they are the same. NaN equals NaN. */
export function makePatch(before: unknown, after: unknown): Patch | undefined {
  if (Object.is(before, after)) return undefined;
  if (before instanceof Float64Array && after instanceof Float64Array) return patchNumbers(before, after);
  if (Array.isArray(before) && Array.isArray(after)) return patchItems(before, after);
  if (isRecord(before) && isRecord(after)) return patchFields(before, after);
  return { op: "set", value: after };
}

/**
 * `before` with the patch applied. Parts that did not change keep their identity.
 * Throws when the patch was not made for data of this shape.
 */
export function applyPatch(before: unknown, patch: Patch): unknown {
  switch (patch.op) {
    case "set":
      return patch.value;
    case "extend": {
      if (!(before instanceof Float64Array) || patch.keep > before.length) throw new Error("patch: extends numbers that are not there");
      const out = new Float64Array(patch.keep + patch.tail.length);
      out.set(before.subarray(0, patch.keep));
      out.set(patch.tail, patch.keep);
      return out;
    }
    case "items": {
      if (!Array.isArray(before)) throw new Error("patch: changes entries of a list that is not there");
      const out: unknown[] = before.slice(0, patch.length);
      for (const [index, inner] of patch.items) out[index] = applyPatch(index < before.length ? before[index] : undefined, inner);
      return out;
    }
    case "merge": {
      if (!isRecord(before)) throw new Error("patch: changes fields of an object that is not there");
      const gone = new Set(patch.remove);
      const entries = Object.entries(before).filter(([name]) => !gone.has(name));
      const out = new Map<string, unknown>(entries);
      for (const [name, inner] of Object.entries(patch.fields)) out.set(name, applyPatch(out.get(name), inner));
      return Object.fromEntries(out);
    }
  }
}

function patchNumbers(before: Float64Array, after: Float64Array): Patch | undefined {
  const shorter = Math.min(before.length, after.length);
  let keep = 0;
  while (keep < shorter && Object.is(before[keep], after[keep])) keep++;
  if (keep === before.length && keep === after.length) return undefined;
  // slice, not subarray: posting a view would send the whole buffer below it.
  return keep === 0 ? { op: "set", value: after } : { op: "extend", keep, tail: after.slice(keep) };
}

function patchItems(before: readonly unknown[], after: readonly unknown[]): Patch | undefined {
  const items: [number, Patch][] = [];
  for (let i = 0; i < after.length; i++) {
    const patch: Patch | undefined = i < before.length ? makePatch(before[i], after[i]) : { op: "set", value: after[i] };
    if (patch) items.push([i, patch]);
  }
  return items.length === 0 && before.length === after.length ? undefined : { op: "items", length: after.length, items };
}

function patchFields(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): Patch | undefined {
  const fields = new Map<string, Patch>();
  for (const [name, value] of Object.entries(after)) {
    const patch: Patch | undefined = Object.hasOwn(before, name) ? makePatch(before[name], value) : { op: "set", value };
    if (patch) fields.set(name, patch);
  }
  const remove = Object.keys(before).filter((name) => !Object.hasOwn(after, name));
  return fields.size === 0 && remove.length === 0 ? undefined : { op: "merge", fields: Object.fromEntries(fields), remove };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
