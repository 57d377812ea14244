/** Where the training stands while lines go by: the epoch, and the iteration over all epochs. */
import type { Count, Counted } from "./counters";

/** Plain data. */
export interface ClockState {
  epoch: number | null;
  epochOf: number;
  /** Epochs count from 0 where the first that was seen was 0; else from 1. */
  base: number;
  /** Iteration over all epochs. */
  step: number | null;
  /** Iteration as last printed, and its total. */
  inner: number | null;
  innerOf: number;
  /** Iterations of the epochs before, where lines do not tell how many an epoch has. */
  innerBase: number;
  /** 1 once iterations were seen to go on over an epoch's end. */
  global: number;
  /** Epoch in which `inner` was printed. */
  innerEpoch: number | null;
  /** What a line without values counted last: what lines after it without a counter belong to. */
  header: "epoch" | "step" | null;
  /** What stands before the counters of this file's lines. */
  leads: string[];
}

export const CLOCK_START: ClockState = { epoch: null, epochOf: 0, base: 1, step: null, inner: null, innerOf: 0, innerBase: 0, global: 0, innerEpoch: null, header: null, leads: [] };

/** Lines of more kinds carry no counter that may go back. */
const MOST_LEADS = 24;

/** No training counts up to so many epochs. */
const MANY = 10_000;

export interface Tick {
  /** What the line's own counter counts; null where it has none, or one that is not to be believed. */
  readonly own: "epoch" | "step" | null;
  /** The line is of another time: it goes back without being of a kind that counted before. */
  readonly foreign: boolean;
  /** The training started anew at an earlier epoch. */
  readonly wentBack: boolean;
}

/** Moves the clock to what a line says. */
export function tick(clock: ClockState, counted: Counted): Tick {
  const { epoch, iteration } = resolved(clock, counted);
  if (epoch === null && iteration === null) return { own: null, foreign: false, wentBack: false };
  // A log whose lines begin with "[3/63]" alone goes on counting what the first of them counted.
  const lead = counted.bare !== null && epoch !== null ? `bare ${counted.lead}` : counted.lead;
  const known = clock.leads.includes(lead);
  const back = epoch !== null && clock.epoch !== null && epoch.at < clock.epoch;
  if (back && !known) return { own: null, foreign: true, wentBack: false };
  if (!known && clock.leads.length < MOST_LEADS) clock.leads.push(lead);
  if (epoch !== null) {
    if (clock.epoch === null) clock.base = epoch.at < 1 ? 0 : 1;
    clock.epoch = epoch.at;
    clock.epochOf = epoch.of;
  }
  if (iteration !== null) goTo(clock, iteration);
  return { own: iteration !== null ? "step" : "epoch", foreign: false, wentBack: back };
}

/** A bare "3/63": the iteration where epochs are counted otherwise, else the epoch. */
function resolved(clock: ClockState, counted: Counted): { epoch: Count | null; iteration: Count | null } {
  const { epoch, iteration, bare } = counted;
  if (bare === null) return { epoch, iteration };
  const inEpoch = clock.epoch !== null && !clock.leads.includes(`bare ${counted.lead}`);
  // A log that begins with "[100/20000]" prints now and then: those are iterations.
  const iterations = inEpoch || (clock.epoch === null && (clock.step !== null || bare.at > 1 || bare.of >= MANY));
  return iterations ? { epoch: null, iteration: bare } : { epoch: bare, iteration: null };
}

function goTo(clock: ClockState, iteration: Count): void {
  const { at, of } = iteration;
  const before = clock.inner;
  const newEpoch = clock.innerEpoch !== clock.epoch;
  if (before !== null && newEpoch && at > before && clock.innerEpoch !== null && clock.epoch === clock.innerEpoch + 1 && !(of > 0 && before === of)) clock.global = 1;
  if (clock.epoch !== null && of > 0 && at <= of && clock.global === 0) clock.step = (clock.epoch - clock.base) * of + at;
  else {
    // Without a total, an epoch has as many iterations as it printed.
    const wrapped = before !== null && at <= before && (newEpoch || (clock.epoch === null && of > 0 && before === of));
    if (wrapped && clock.global === 0) clock.innerBase += clock.epoch === null && of > 0 ? of : before;
    clock.step = clock.innerBase + at;
  }
  clock.inner = at;
  clock.innerOf = of;
  clock.innerEpoch = clock.epoch;
}
