/** Objects of classes without a constructor of their own: dataclasses, named tuples. */
import type { Arguments } from "./interpret";
import { UNKNOWN, type Value } from "./values";

/** The fields of a dataclass are what it is made with, where they are named; by their order they may be any. */
export function fields(object: Extract<Value, { kind: "object" }>, given: Arguments): void {
  for (const name of object.attributes.keys()) {
    const value = given.named.get(name) ?? (given.open || given.positional.length > 0 ? UNKNOWN : undefined);
    if (value !== undefined) object.attributes.set(name, value);
  }
}
