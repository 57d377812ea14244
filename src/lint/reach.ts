/** What a loss returns, followed back through sums and means to what it was made of. */
import type { Loss } from "./model/model";
import type { Value } from "./model/values";

/** Arrays that the returned value was computed from, as far as the trace tells: ways that a branch joined are not followed. */
export function reachedFrom(loss: Loss): ReadonlySet<Value> {
  const made = new Map<Value, readonly Value[]>();
  const { binaries, calls, picks, returns } = loss.trace;
  for (const { result, left, right } of binaries) made.set(result, [left, right]);
  for (const { result, args, named } of calls) made.set(result, [...args, ...named.values()]);
  for (const { result, of } of picks) made.set(result, [of]);
  const reached = new Set<Value>();
  const open: Value[] = [loss.returned, ...returns.flatMap(({ value, depth }) => (depth === 0 ? [value] : []))];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (reached.has(value)) continue;
    reached.add(value);
    if (value.kind === "sequence") open.push(...value.items);
    else if (value.kind === "tensor") open.push(...(made.get(value) ?? []));
  }
  return reached;
}
