/** What was met while a function was followed: rules read it. */
import type { Node, PythonFile } from "../python";
import type { FunctionInfo } from "./definitions";
import type { Family } from "./names";
import type { Place, Tensor, Value } from "./values";

export interface Met {
  readonly file: PythonFile;
  readonly node: Node;
}

/** A call of a library's function, or of an array's method. */
export interface Called {
  readonly node: Node;
  /** Canonical path of a library's function or class; null for a method of an array. */
  readonly path: string | null;
  readonly family: Family | null;
  /** Last name of the function. */
  readonly method: string;
  /** With a method's array, or the called instance's array, first. */
  readonly args: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  /** Nodes of positional arguments as they are written. */
  readonly argNodes: readonly Node[];
  /** Nodes of the values of named arguments. */
  readonly namedNodes: ReadonlyMap<string, Node>;
}

export interface CallMet extends Met, Called {
  /** The library's object that was called: criterion(pred, target). */
  readonly instance: Extract<Value, { kind: "instance" }> | null;
  readonly result: Value;
}

export interface BinaryMet extends Met {
  readonly op: string;
  readonly left: Value;
  readonly right: Value;
  readonly leftNode: Node | null;
  readonly rightNode: Node | null;
  readonly result: Value;
}

/** overlap / sums: a Dice, Jaccard or Tversky coefficient. */
export interface RatioMet extends Met {
  readonly above: Tensor;
  readonly below: Tensor;
}

export interface SumMet extends Met {
  readonly of: Tensor;
  readonly result: Tensor;
  readonly mean: boolean;
}

export interface AssignMet extends Met {
  readonly name: string;
  readonly value: Value;
}

/** x[i] = …, x[i] += … */
export interface ItemMet extends Met {
  readonly target: Value;
  readonly name: string;
  readonly value: Value;
}

export interface PickMet extends Met {
  readonly of: Tensor;
  /** Arrays that are indices: x[mask], x[order]. */
  readonly by: readonly Tensor[];
  readonly result: Tensor;
}

/** A function of the user's own, or an object's call, that is followed. */
export interface OwnCallMet extends Met {
  readonly fn: FunctionInfo;
  readonly positional: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
}

export interface ReturnMet extends Met {
  readonly value: Value;
  /** Calls between the entry and the function that returns; 0: the entry itself. */
  readonly depth: number;
}

export class Trace {
  constructor(
    readonly calls: CallMet[] = [],
    readonly binaries: BinaryMet[] = [],
    readonly ratios: RatioMet[] = [],
    readonly sums: SumMet[] = [],
    readonly assigns: AssignMet[] = [],
    readonly items: ItemMet[] = [],
    readonly picks: PickMet[] = [],
    readonly returns: ReturnMet[] = [],
    readonly own: OwnCallMet[] = [],
  ) {}

  /** How much of it there is. */
  marks(): TraceMarks {
    const { calls, binaries, ratios, sums, assigns, items, picks, returns, own } = this;
    return { calls: calls.length, binaries: binaries.length, ratios: ratios.length, sums: sums.length, assigns: assigns.length, items: items.length, picks: picks.length, returns: returns.length, own: own.length };
  }

  /** What was met since. */
  since(marks: TraceMarks): Trace {
    const { calls, binaries, ratios, sums, assigns, items, picks, returns, own } = this;
    return new Trace(calls.slice(marks.calls), binaries.slice(marks.binaries), ratios.slice(marks.ratios), sums.slice(marks.sums), assigns.slice(marks.assigns), items.slice(marks.items), picks.slice(marks.picks), returns.slice(marks.returns), own.slice(marks.own));
  }

  add(more: Trace): void {
    append(this.calls, more.calls);
    append(this.binaries, more.binaries);
    append(this.ratios, more.ratios);
    append(this.sums, more.sums);
    append(this.assigns, more.assigns);
    append(this.items, more.items);
    append(this.picks, more.picks);
    append(this.returns, more.returns);
    append(this.own, more.own);
  }
}

export type TraceMarks = Readonly<Record<"calls" | "binaries" | "ratios" | "sums" | "assigns" | "items" | "picks" | "returns" | "own", number>>;

/** One by one: a spread of thousands would be too many arguments. */
function append<T>(to: T[], more: readonly T[]): void {
  for (const one of more) to.push(one);
}

/** Where it stands, for a finding. */
export function placeAt({ file, node }: Met): Place {
  return { path: file.path, from: node.from, to: node.to };
}
