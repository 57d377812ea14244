/** The options a library's class or function was given, by name: those in the call, else the library's defaults. */
import { child, children, type Node, type PythonFile } from "../python";
import { lastName } from "../model/names";
import type { Value } from "../model/values";

/** A default as the library's source has it; "?" where it differs between versions. */
export type Default = boolean | number | string | null;
export const DIFFERS = "?";

export interface Signature {
  /** In the order in which they may be given without their names; those behind the first that moved between versions are left out. */
  readonly params: readonly string[];
  readonly defaults: Readonly<Record<string, Default>>;
}

/** What is known of one option. `given` is null where the default holds. */
export interface Option {
  readonly value: Default;
  readonly given: Value | null;
}

export interface Made {
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly node: Node;
  readonly file: PythonFile;
}

/** Whether *args or **kwargs hide options, or the call is not typed to its end: nothing of what is not seen is known then. */
export function hidesArguments(node: Node): boolean {
  const list = node.name === "ArgList" ? node : child(node, "ArgList");
  if (list === null) return false;
  const parts = children(list);
  return parts.at(-1)?.name !== ")" || parts.some((part) => part.name === "*" || part.name === "**" || part.name === "⚠");
}

/** The value given, where one is; `undefined`: none; null: it cannot be known whether one is. */
export function given(made: Made, { params }: Signature, name: string): Value | undefined | null {
  const named = made.named.get(name);
  if (named !== undefined) return named;
  if (hidesArguments(made.node)) return null;
  const at = params.indexOf(name);
  if (at >= 0) return made.args[at];
  // Given without its name, behind the parameters whose place is known.
  return made.args.length > params.length ? null : undefined;
}

/** What an option is set to; null when that is not known. */
export function option(made: Made, signature: Signature, name: string): Option | null {
  const value = given(made, signature, name);
  if (value === null) return null;
  if (value !== undefined) {
    const constant = constantOf(value);
    return constant === undefined ? null : { value: constant, given: value };
  }
  const fallback = signature.defaults[name];
  return fallback === undefined || fallback === DIFFERS ? null : { value: fallback, given: null };
}

export function isOn(made: Made, signature: Signature, name: string): boolean | null {
  const known = option(made, signature, name);
  return known === null ? null : known.value !== false && known.value !== null;
}

function constantOf(value: Value): Default | undefined {
  switch (value.kind) {
    case "boolean":
    case "number":
    case "string":
      return value.value;
    case "none":
      return null;
    case "library": {
      // smp.losses.MULTICLASS_MODE is "multiclass"
      const constant = /^(BINARY|MULTICLASS|MULTILABEL)_MODE$/.exec(lastName(value.path));
      return constant === null ? undefined : constant[1]!.toLowerCase();
    }
    case "unknown":
    case "sequence":
    case "shape":
    case "rank":
    case "function":
    case "class":
    case "object":
    case "instance":
    case "tensor":
      return undefined;
  }
}

/** The number of items of a list, tuple or one-dimensional array; null when it is not known. */
export function lengthOf(value: Value | undefined | null): number | null {
  return value?.kind === "sequence" && value.complete && value.span === null ? value.items.length : null;
}
