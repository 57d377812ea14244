/** Names and what they hold; an inner scope sees the outer ones. */
import { join, UNKNOWN, type Value } from "./values";

type Names = ReadonlyMap<string, Value>;

export class Env {
  private names: Names = new Map<string, Value>();
  /** The same names when nobody else holds them, to be written to. */
  private own: Map<string, Value> | null = null;

  /** Whether a name was set since somebody last asked. */
  written = false;

  constructor(readonly outer: Env | null) {}

  get(name: string): Value | undefined {
    // A loop, not a recursion: nothing bounds how deep scopes nest in a hostile file.
    let value = this.names.get(name);
    for (let env = this.outer; value === undefined && env !== null; env = env.outer) value = env.names.get(name);
    return value;
  }

  set(name: string, value: Value): void {
    if (this.own === null) this.take(new Map(this.names));
    this.written = true;
    this.own!.set(name, value);
  }

  /** The names of this scope alone, to come back to after a branch. */
  save(): Names {
    this.own = null;
    return this.names;
  }

  restore(saved: Names): void {
    this.names = saved;
    this.own = null;
  }

  /** What holds after any one of the ways that led here. A name that one way leaves alone has there what the outer scope says. */
  joinWays(ways: readonly Names[]): void {
    const [first, ...rest] = ways;
    if (first === undefined) return;
    const others = rest.filter((way) => way !== first);
    if (others.length === 0) {
      this.restore(first);
      return;
    }
    const out = new Map(first);
    for (const way of others) {
      for (const [name, b] of way) if (out.get(name) !== b) out.set(name, this.either(name, out.get(name), b));
      for (const [name, a] of out) if (!way.has(name)) out.set(name, this.either(name, a, undefined));
    }
    this.take(out);
  }

  private either(name: string, one: Value | undefined, other: Value | undefined): Value {
    const a = one ?? this.outer?.get(name);
    const b = other ?? this.outer?.get(name);
    // Bound on one way only: the other would fail, so what is bound holds.
    return a === undefined ? (b ?? UNKNOWN) : b === undefined ? a : join(a, b);
  }

  private take(names: Map<string, Value>): void {
    this.names = names;
    this.own = names;
  }
}
