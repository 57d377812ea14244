/** Names and what they hold; an inner scope sees the outer ones. */
import { join, UNKNOWN, type Value } from "./values";

export class Env {
  private names = new Map<string, Value>();

  constructor(readonly outer: Env | null) {}

  get(name: string): Value | undefined {
    // A loop, not a recursion: nothing bounds how deep scopes nest in a hostile file.
    let value = this.names.get(name);
    for (let env = this.outer; value === undefined && env !== null; env = env.outer) value = env.names.get(name);
    return value;
  }

  set(name: string, value: Value): void {
    this.names.set(name, value);
  }

  /** The names of this scope alone, to come back to after a branch. */
  save(): ReadonlyMap<string, Value> {
    return new Map(this.names);
  }

  restore(saved: ReadonlyMap<string, Value>): void {
    this.names = new Map(saved);
  }

  /** What holds after any one of the ways that led here. A name that one way leaves alone has there what the outer scope says. */
  joinWays(ways: readonly ReadonlyMap<string, Value>[]): void {
    const [first, ...rest] = ways;
    if (first === undefined) return;
    const out = new Map(first);
    for (const way of rest) {
      for (const name of new Set([...out.keys(), ...way.keys()])) {
        const a = out.get(name) ?? this.outer?.get(name);
        const b = way.get(name) ?? this.outer?.get(name);
        // Bound on one way only: the other would fail, so what is bound holds.
        out.set(name, a === undefined ? (b ?? UNKNOWN) : b === undefined ? a : join(a, b));
      }
    }
    this.names = out;
  }
}
