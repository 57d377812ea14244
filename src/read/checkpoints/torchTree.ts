/** What lies inside what a checkpoint unpickles to: dicts, lists, modules, objects; each looked into once, so that circles end. */
import { NumpyArray } from "../bytes/pickleNumpy";
import { PickleList, PickleMap, PickleObject, type PickleValue } from "../bytes/pickleValues";
import { TorchTensor } from "./torchValues";

/** Containers inside each other are followed to here. */
export const DEEPEST = 48;

export type Container = PickleMap | PickleList | PickleObject;

export function isContainer(value: PickleValue | undefined): value is Container {
  return value instanceof PickleMap || value instanceof PickleList || value instanceof PickleObject;
}

/** An nn.Module that was pickled whole: its tensors and children lie in dicts of their own. */
export function isModule(value: PickleValue): boolean {
  return value instanceof PickleObject && (value.attribute("_modules") instanceof PickleMap || value.attribute("_parameters") instanceof PickleMap);
}

/** Named parts, in the order in which the file has them; of a module what its `state_dict` would list. Keys that are neither text nor numbers are left out. */
export function* partsOf(value: Container): Iterable<readonly [string, PickleValue]> {
  if (value instanceof PickleMap) yield* named(value.entries);
  else if (value instanceof PickleList) yield* listed(value.items);
  else if (isModule(value)) {
    for (const name of ["_parameters", "_buffers", "_modules"]) {
      const part = value.attribute(name);
      if (part instanceof PickleMap) yield* named(part.entries);
    }
  } else {
    yield* named(value.entries);
    yield* listed(value.items);
    if (value.state instanceof PickleMap) yield* named(value.state.entries);
    else if (value.state instanceof PickleList) {
      // (attributes, slots), or a state of the class's own.
      for (const part of value.state.items) if (part instanceof PickleMap) yield* named(part.entries);
    }
    for (const argument of value.args) if (argument instanceof PickleMap) yield* named(argument.entries);
  }
}

function* named(entries: ReadonlyMap<PickleValue, PickleValue>): Iterable<readonly [string, PickleValue]> {
  for (const [key, value] of entries) if (typeof key === "string" || typeof key === "number") yield [String(key), value];
}

function* listed(items: readonly PickleValue[]): Iterable<readonly [string, PickleValue]> {
  for (let i = 0; i < items.length; i++) yield [String(i), items[i]!];
}

/** Knows of each container whether tensors lie in it, at any depth. */
export class TensorSearch {
  private readonly known = new Map<Container, boolean>();

  has(value: PickleValue, depth = 0): boolean {
    if (value instanceof TorchTensor) return true;
    if (value instanceof NumpyArray) return value.shape.reduce((n, m) => n * m, 1) > 1;
    if (!isContainer(value) || depth > DEEPEST) return false;
    const before = this.known.get(value);
    if (before !== undefined) return before;
    this.known.set(value, false);
    for (const [, part] of partsOf(value)) {
      if (!this.has(part, depth + 1)) continue;
      this.known.set(value, true);
      return true;
    }
    return false;
  }
}
