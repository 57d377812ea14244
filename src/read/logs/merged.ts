/** One tag over the files that continue each other: a series whose arrays grow in place, so that a point more costs a point. */
import type { Role, Series } from "../../run";
import type { Track } from "./track";

/** The first `n` points of a track, kept in a series. */
export interface Kept {
  readonly track: Track;
  readonly n: number;
}

/** What a series says besides its points. */
export type About = Pick<Series, "tag" | "source" | "unit" | "restarts">;

/** Bytes from which on arrays lie in memory that threads share: a series of millions of points is handed over without a copy. */
const SHARED = 1 << 16;
/** Room for the first points. */
const FIRST = 16;

const NONE = new Float64Array(0);

export class Merged {
  private parts: (Kept & { readonly drops: number })[] = [];
  private count = 0;
  private steps: Float64Array = NONE;
  private values: Float64Array = NONE;
  private times: Float64Array | null = null;
  private lines: Uint32Array | null = null;
  private series: Series | null = null;
  /** Whether steps rise by 1 from 0 or 1. */
  consecutive = false;

  /** The series of these points, in this order. What was given before never changes; the same object again where nothing has. */
  update(kept: readonly Kept[], about: About, role: Role): Series {
    const before = this.count;
    if (this.continues(kept)) this.append(kept.at(-1)!, before);
    else this.renew(kept);
    this.parts = kept.map(({ track, n }) => ({ track, n, drops: track.drops }));
    const known = this.series;
    if (known !== null && known.steps.length === this.count && this.count === before && same(known, about, role)) return known;
    const cut = <T extends Float64Array | Uint32Array>(array: T): T => (array.length === this.count ? array : (array.subarray(0, this.count) as T));
    this.series = { ...about, steps: cut(this.steps), values: cut(this.values), lines: this.lines === null ? null : cut(this.lines), wallTimes: this.times === null ? null : cut(this.times), ...role };
    return this.series;
  }

  /** Whether these are the points from before, and perhaps more of the last track. */
  private continues(kept: readonly Kept[]): boolean {
    if (this.parts.length === 0 || kept.length !== this.parts.length) return false;
    const last = kept.length - 1;
    const held = kept.every(({ track, n }, i) => {
      const part = this.parts[i]!;
      return part.track === track && part.drops === track.drops && (i < last ? n === part.n : n >= part.n);
    });
    // What had no times or lines so far may get some.
    return held && (this.times !== null || kept.every(({ track }) => !track.timed)) && (this.lines !== null || kept.length > 1 || !kept[0]!.track.lined);
  }

  private append({ track, n }: Kept, before: number): void {
    const from = this.parts.at(-1)!.n;
    this.reserve(before + n - from, before);
    this.copy(track, from, n, before);
  }

  private renew(kept: readonly Kept[]): void {
    const total = kept.reduce((sum, { n }) => sum + n, 0);
    this.steps = floats(total);
    this.values = floats(total);
    this.times = kept.some(({ track }) => track.timed) ? floats(total) : null;
    // Lines are those of one file alone.
    this.lines = kept.length === 1 && kept[0]!.track.lined ? integers(total) : null;
    this.count = 0;
    this.consecutive = true;
    this.series = null;
    for (const { track, n } of kept) this.copy(track, 0, n, this.count);
  }

  private copy(track: Track, from: number, to: number, at: number): void {
    track.copyTo(from, to, at, this.steps, this.values);
    if (this.times !== null) track.copyTimes(from, to, at, this.times);
    if (this.lines !== null) track.copyLines(from, to, at, this.lines);
    this.count = at + to - from;
    const first = this.steps[0];
    this.consecutive &&= first === 0 || first === 1;
    for (let i = Math.max(at, 1); this.consecutive && i < this.count; i++) this.consecutive = this.steps[i] === first! + i;
  }

  /** Room for `count` points; twice as much as before, so that growing costs no more than the points. */
  private reserve(count: number, held: number): void {
    if (count <= this.steps.length) return;
    const room = Math.max(FIRST, count, 2 * held);
    const grown = <T extends Float64Array | Uint32Array>(from: T, into: T): T => {
      into.set(from.subarray(0, held));
      return into;
    };
    this.steps = grown(this.steps, floats(room));
    this.values = grown(this.values, floats(room));
    if (this.times !== null) this.times = grown(this.times, floats(room));
    if (this.lines !== null) this.lines = grown(this.lines, integers(room));
  }
}

function floats(n: number): Float64Array {
  return 8 * n < SHARED ? new Float64Array(n) : new Float64Array(new SharedArrayBuffer(8 * n));
}

function integers(n: number): Uint32Array {
  return 4 * n < SHARED ? new Uint32Array(n) : new Uint32Array(new SharedArrayBuffer(4 * n));
}

function same(series: Series, about: About, role: Role): boolean {
  return series.source === about.source && series.unit === about.unit && series.restarts === about.restarts && series.split === role.split && series.quantity === role.quantity && series.class === role.class && series.className === role.className;
}
