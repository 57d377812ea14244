/** Messages whose numbers stand at known places of a line (plans.ts). */
import { NumberScanner } from "../csvNumber";
import type { Count, Counted } from "./counters";
import type { Message } from "./message";
import type { Pair } from "./pairs";
import { stampAt } from "./stamp";

export const ZERO = 48;
const LONGEST_NUMBER = 64;
const NUMBERS = /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/g;

/** Where a number stands in the bytes of a line. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/** A number of what a line says: at a place, or the same in all lines of the kind. */
type Place = Span | number;

interface CountPlace {
  readonly at: Place;
  readonly of: Place;
}

interface PairPlace {
  readonly name: string;
  readonly measure: boolean;
  readonly value: Place;
}

/** The digits of a stamp: year to second, and its fraction. */
interface StampPlace {
  readonly fields: readonly Span[];
  readonly fraction: Span | null;
}

/** A line, and what it says. */
export interface Reading {
  readonly raw: string;
  readonly message: Message;
}

export function shapeOfPairs(pairs: readonly Pair[]): string {
  return JSON.stringify(pairs.map(({ name, measure }) => [name, measure]));
}

/** For each character of a text the place of its first byte in UTF-8. */
export function placesInBytes(raw: string): number[] {
  const places: number[] = [];
  let at = 0;
  for (const character of raw) {
    for (let i = 0; i < character.length; i++) places.push(at);
    const code = character.codePointAt(0)!;
    at += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  places.push(at);
  return places;
}

/** Finds numbers by their values in several readings. */
export class Places {
  private readonly spans: readonly Span[];

  constructor(
    private readonly readings: readonly Reading[],
    private readonly byteAt: readonly number[],
  ) {
    const spans: Span[] = [];
    for (const found of readings[0]!.raw.matchAll(NUMBERS)) {
      const to = found.index + found[0].length;
      spans.push({ from: found.index, to });
      if (/^[-+]/.test(found[0])) spans.push({ from: found.index + 1, to });
    }
    this.spans = spans;
  }

  /** The place of a number with these values, one a reading; undefined where it is none, or more than one. */
  of(values: readonly number[]): Place | undefined {
    const first = values[0]!;
    if (values.every((value) => Object.is(value, first))) return first;
    const fit = this.spans.filter(({ from, to }) => this.readings.every(({ raw }, i) => Object.is(Number(raw.slice(from, to)), values[i])));
    const [place, ...more] = fit;
    // "+5" is the same with its sign and without.
    if (place === undefined || more.some(({ to }) => to !== place.to) || place.to - place.from > LONGEST_NUMBER) return undefined;
    return this.inBytes(place);
  }

  inBytes({ from, to }: Span): Span {
    return { from: this.byteAt[from]!, to: this.byteAt[to]! };
  }
}

const scanner = new NumberScanner();

/** A message whose numbers are read from the bytes of a line. */
export class PlannedMessage implements Message {
  wallTime = NaN;
  readonly counted: Counted;
  readonly wordsAlone: boolean;
  readonly phase: string | null;
  readonly kind: Message["kind"];
  private readonly epoch: Mutable<Count> | null;
  private readonly iteration: Mutable<Count> | null;
  private readonly bare: Mutable<Count> | null;
  /** Pairs of each phase in force, as far as it was asked for; null where they have no certain places. */
  private readonly byPhase = new Map<string | null, { readonly places: readonly PairPlace[]; readonly pairs: readonly Mutable<Pair>[] } | null>();
  private bytes: Uint8Array = new Uint8Array(0);
  private start = 0;

  private constructor(
    private readonly readings: readonly Reading[],
    private readonly places: Places,
    private readonly counts: Readonly<Record<"epoch" | "iteration" | "bare", CountPlace | null>>,
    private readonly stamp: StampPlace | null,
  ) {
    const { message } = readings[0]!;
    this.epoch = counts.epoch === null ? null : { at: 0, of: 0 };
    this.iteration = counts.iteration === null ? null : { at: 0, of: 0 };
    this.bare = counts.bare === null ? null : { at: 0, of: 0 };
    this.counted = { epoch: this.epoch, iteration: this.iteration, bare: this.bare, lead: message.counted.lead, text: "", overrun: false };
    this.wordsAlone = message.wordsAlone;
    this.phase = message.phase;
    this.kind = message.kind;
  }

  static of(readings: readonly Reading[], places: Places): PlannedMessage | null {
    const counts: Record<"epoch" | "iteration" | "bare", CountPlace | null> = { epoch: null, iteration: null, bare: null };
    for (const which of ["epoch", "iteration", "bare"] as const) {
      if (readings[0]!.message.counted[which] === null) continue;
      const at = places.of(readings.map(({ message }) => message.counted[which]!.at));
      const of = places.of(readings.map(({ message }) => message.counted[which]!.of));
      if (at === undefined || of === undefined) return null;
      counts[which] = { at, of };
    }
    const timed = !Number.isNaN(readings[0]!.message.wallTime);
    const stamp = timed ? stampPlace(readings, places) : null;
    if (timed && stamp === null) return null;
    const message = new PlannedMessage(readings, places, counts, stamp);
    // Its pairs are asked for in most lines; where they have no place no plan is needed.
    return message.placed(null) === null ? null : message;
  }

  /** Takes the numbers of a line; false where they may mean something else than those that were learned from. */
  take(bytes: Uint8Array, start: number, phase: string | null): boolean {
    this.bytes = bytes;
    this.start = start;
    // A new epoch ends the phase in force.
    if (this.placed(null) === null || this.placed(phase) === null) return false;
    if (!this.count(this.counts.epoch, this.epoch, true) || !this.count(this.counts.iteration, this.iteration, false) || !this.count(this.counts.bare, this.bare, true)) return false;
    if (this.stamp !== null) this.wallTime = this.time(this.stamp);
    return true;
  }

  pairs(phase: string | null): readonly Pair[] {
    const known = this.placed(phase);
    if (known === null) return [];
    for (let i = 0; i < known.places.length; i++) known.pairs[i]!.value = this.number(known.places[i]!.value);
    return known.pairs;
  }

  private placed(phase: string | null): { readonly places: readonly PairPlace[]; readonly pairs: readonly Mutable<Pair>[] } | null {
    let known = this.byPhase.get(phase);
    if (known === undefined) this.byPhase.set(phase, (known = this.place(phase)));
    return known;
  }

  private place(phase: string | null): { readonly places: readonly PairPlace[]; readonly pairs: readonly Mutable<Pair>[] } | null {
    const all = this.readings.map(({ message }) => message.pairs(phase));
    const shape = shapeOfPairs(all[0]!);
    if (all.some((pairs) => shapeOfPairs(pairs) !== shape)) return null;
    const places: PairPlace[] = [];
    for (const [i, { name, measure }] of all[0]!.entries()) {
      const value = this.places.of(all.map((pairs) => pairs[i]!.value));
      if (value === undefined) return null;
      places.push({ name, measure, value });
    }
    return { places, pairs: places.map(({ name, measure }) => ({ name, measure, value: NaN })) };
  }

  /** `bounded`: a count beyond what it counts up to is none. */
  private count(place: CountPlace | null, into: Mutable<Count> | null, bounded: boolean): boolean {
    if (place === null || into === null) return true;
    const at = this.number(place.at);
    const of = this.number(place.of);
    if (bounded && place.of !== 0 && at > of) return false;
    into.at = at;
    into.of = of;
    return true;
  }

  private number(place: Place): number {
    if (typeof place === "number") return place;
    const to = this.start + place.to;
    if (scanner.scan(this.bytes, this.start + place.from, to) && scanner.next === to) return scanner.value;
    return Number(new TextDecoder().decode(this.bytes.subarray(this.start + place.from, to)));
  }

  private digits({ from, to }: Span): number {
    let value = 0;
    for (let i = this.start + from; i < this.start + to; i++) value = value * 10 + this.bytes[i]! - ZERO;
    return value;
  }

  private time({ fields, fraction }: StampPlace): number {
    const part = (i: number): number => this.digits(fields[i]!);
    const behind = fraction === null ? 0 : this.digits(fraction) / 10 ** (fraction.to - fraction.from);
    return Date.UTC(part(0), part(1) - 1, part(2), part(3), part(4), part(5)) / 1000 + behind;
  }
}

/** Where the stamp of lines stands; null where it has a zone. */
function stampPlace(readings: readonly Reading[], places: Places): StampPlace | null {
  const [first, ...others] = readings;
  const stamp = stampAt(first!.raw, first!.message.wallTime);
  if (stamp === null || stamp.fields.length !== 6) return null;
  for (const { raw, message } of others) {
    const same = stampAt(raw, message.wallTime);
    if (same === null || same.fields[0]!.from !== stamp.fields[0]!.from) return null;
  }
  return { fields: stamp.fields.map((field) => places.inBytes(field)), fraction: stamp.fraction === null ? null : places.inBytes(stamp.fraction) };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
