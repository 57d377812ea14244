/** Which position all charts point at. */
import type { Unit } from "./model/chart";

export interface Position {
  readonly unit: Unit;
  readonly x: number;
}

/** One for the page: a pinned position (a click, a finding, the keyboard) and one under the mouse. */
export class Cursor {
  private readonly listeners = new Set<() => void>();
  private pinned: Position | null = null;
  private hovered: Position | null = null;

  get pin(): Position | null {
    return this.pinned;
  }

  get hover(): Position | null {
    return this.hovered;
  }

  /** What a chart of this unit reads: the hovered position, else the pinned one; null for its end. */
  at(unit: Unit): number | null {
    if (this.hovered?.unit === unit) return this.hovered.x;
    return this.pinned?.unit === unit ? this.pinned.x : null;
  }

  pinAt(position: Position | null): void {
    if (same(position, this.pinned)) return;
    this.pinned = position;
    this.changed();
  }

  hoverAt(position: Position | null): void {
    if (same(position, this.hovered)) return;
    this.hovered = position;
    this.changed();
  }

  /** Returns what ends it. */
  onDidChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

function same(a: Position | null, b: Position | null): boolean {
  return a === b || (a !== null && b !== null && a.unit === b.unit && a.x === b.x);
}
