/** When a run that is followed is looked at: often enough, and never so often that looking is all that is done. */
import type { Extent } from "./pool";
import type { RunEntry } from "./runs";

export type Mutable = { -readonly [K in keyof RunEntry]: RunEntry[K] };

/** Looking may take this share of the time: after one that took a second, the next waits 20. */
const LOOK_SHARE = 20;
/** After a hint, and after an inspection, less: somebody is waiting for it. */
const HINT_SHARE = 5;
/** A run that killed its worker is tried again after twice as long each time, up to this power of two. */
const MAX_BACKOFF = 8;

/** A run, and what is under way with it. Times are of `performance.now()`. */
export class Followed {
  readonly entry: Mutable;
  work: Promise<void> | null = null;
  stop: Int32Array | null = null;
  looking = false;
  hint: NodeJS.Timeout | null = null;
  /** What was its own when it was inspected last. */
  extent: Extent = { except: [], also: [] };
  private lookAt = Infinity;
  private restUntil = 0;
  private inspections = 0;
  private failures = 0;

  constructor(
    folder: string,
    label: string,
    private readonly poll: { readonly running: number; readonly idle: number },
  ) {
    this.entry = { folder, label, phase: "found", inspection: null, error: null, progress: null };
  }

  isDue(now: number): boolean {
    return this.work === null && !this.looking && now >= this.lookAt;
  }

  /** Milliseconds to wait before a hint is followed. */
  rest(now: number): number {
    return Math.max(0, this.restUntil - now);
  }

  looked(now: number, cost: number): void {
    this.lookAt = now + Math.max(this.interval, LOOK_SHARE * cost);
  }

  inspected(now: number, cost: number): void {
    // The first one reads all there is, and says little of what the next will take.
    if (this.inspections++ > 0) this.restUntil = now + HINT_SHARE * cost;
    this.failures = 0;
    this.lookAt = now + Math.max(this.interval, this.inspections > 1 ? HINT_SHARE * cost : 0);
  }

  failed(now: number, workerDied: boolean): void {
    this.failures = workerDied ? Math.min(MAX_BACKOFF, this.failures + 1) : 0;
    this.lookAt = now + this.poll.idle * 2 ** this.failures;
  }

  private get interval(): number {
    const state = this.entry.inspection?.state;
    return state === "running" || state === "stalled" ? this.poll.running : this.poll.idle;
  }
}
