/**
 * Metrics of tracking servers' databases (MLflow, trackio): rows of (run, tag, time, step, value) in the order of their writing,
 * several runs in one table. New rows are read from the last known one on. Where rows came late (asynchronous logging), or a
 * metric was logged without a step (all its steps are 0), they are put in order over the whole table: by time, and counted.
 */
import type { ConfigValue, LogRead, LogSink } from "../format";
import { hashBytes } from "./fingerprint";

/** Points held at once while they are put in order; what a table has beyond is not read. */
const MOST_POINTS = 4_000_000;

export interface StorePoint {
  readonly run: string;
  readonly tag: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly step: number;
  readonly value: number;
}

export interface Store {
  /** Run → its name; runs that were deleted are not in it. */
  readonly runs: ReadonlyMap<string, string>;
  /** Points of the rows above `after`, ascending; a row may give several. Returns false to stop. */
  rows(after: number, take: (rowid: number, point: StorePoint) => boolean): void;
  /** Settings by run. */
  readonly facts: ReadonlyMap<string, ReadonlyMap<string, ConfigValue>>;
}

export interface StoreState {
  /** Last row that was read, and a hash of its points. */
  readonly rowid: number;
  readonly row: number;
  /** Hash of the runs and their names. */
  readonly runs: number;
  /** The run that all points belong to; null when there are several. */
  readonly only: string | null;
  /** Latest time of a row, seconds. */
  readonly time: number;
  /** Whether rows had to be put in order. */
  readonly unordered: boolean;
}

/** Reads on from `state` where what was read still stands; else anew. */
export function readStore(format: string, store: Store, state: StoreState | null, sink: LogSink): LogRead<StoreState> {
  const runs = hashText([...store.runs].map(([run, name]) => `${run}\0${name}`).join("\n"));
  const onward = state !== null && state.runs === runs && !state.unordered ? readOn(store, state, sink) : null;
  if (onward !== null) return result(onward, null);
  sink.reset();
  return readAll(format, store, runs, sink);
}

function result(state: StoreState, problem: string | null): LogRead<StoreState> {
  return { state, end: "complete", problem, unit: "step" };
}

/** Null when the new rows do not simply follow. Points that were given until then are void (the caller resets). */
function readOn(store: Store, state: StoreState, sink: LogSink): StoreState | null {
  if (state.rowid === 0) return null;
  let { rowid, row, time } = state;
  const seen = { known: false, follows: true };
  let hash = "";
  const names = namesOf(store.runs);
  const begun = new Set<string>();
  store.rows(state.rowid - 1, (id, point) => {
    if (id === state.rowid) {
      hash += textOf(point);
      return true;
    }
    if (!seen.known) {
      seen.known = hashText(hash) === state.row;
      if (!seen.known) return false;
    }
    const tag = state.only === null ? `${names.get(point.run) ?? point.run}/${point.tag}` : point.tag;
    // A first step 0 may be one of a metric that never gets another.
    const unsure = (state.only !== null && point.run !== state.only) || point.time < time || (point.step === 0 && !begun.has(tag));
    if (unsure) return (seen.follows = false);
    begun.add(tag);
    if (id !== rowid) {
      rowid = id;
      hash = "";
    }
    hash += textOf(point);
    row = hashText(hash);
    time = Math.max(time, point.time);
    sink.point(tag, point.step, point.value, 0, point.time);
    return true;
  });
  if (!seen.known && hashText(hash) !== state.row) return null;
  if (!seen.follows) return null;
  giveFacts(store, state.only, sink);
  return { ...state, rowid, row, time };
}

interface Track {
  readonly times: number[];
  readonly steps: number[];
  readonly values: number[];
}

function readAll(format: string, store: Store, runs: number, sink: LogSink): LogRead<StoreState> {
  const byRun = new Map<string, Map<string, Track>>();
  let rowid = 0;
  let hash = "";
  let time = -Infinity;
  let unordered = false;
  let count = 0;
  let problem: string | null = null;
  store.rows(0, (id, point) => {
    if (++count > MOST_POINTS) {
      problem = `${format}: more than ${MOST_POINTS} points; the first of them are read`;
      return false;
    }
    if (id !== rowid) {
      rowid = id;
      hash = "";
    }
    hash += textOf(point);
    if (point.time < time) unordered = true;
    else time = point.time;
    let tracks = byRun.get(point.run);
    if (tracks === undefined) byRun.set(point.run, (tracks = new Map<string, Track>()));
    let track = tracks.get(point.tag);
    if (track === undefined) tracks.set(point.tag, (track = { times: [], steps: [], values: [] }));
    track.times.push(point.time);
    track.steps.push(point.step);
    track.values.push(point.value);
    return true;
  });
  const only = byRun.size === 1 ? [...byRun.keys()][0]! : null;
  const names = namesOf(store.runs);
  for (const [run, tracks] of byRun) {
    const prefix = byRun.size === 1 ? "" : `${names.get(run) ?? run}/`;
    for (const [tag, { times, steps, values }] of tracks) if (giveOrdered(prefix + tag, times, steps, values, sink)) unordered = true;
  }
  giveFacts(store, byRun.size <= 1 ? (only ?? (store.runs.size === 1 ? [...store.runs.keys()][0]! : null)) : null, sink);
  return result({ rowid, row: hashText(hash), runs, only, time: Number.isFinite(time) ? time : 0, unordered }, problem);
}

/** Gives one tag's points by time; steps that are all 0 become 0, 1, 2, …. Whether anything had to be changed. `lines`: where each stands, if the log has lines. */
export function giveOrdered(tag: string, times: readonly number[], steps: readonly number[], values: readonly number[], sink: LogSink, lines: readonly number[] = []): boolean {
  const n = steps.length;
  let changed = false;
  let sorted = true;
  for (let i = 1; i < n && sorted; i++) sorted = times[i]! > times[i - 1]! || (times[i] === times[i - 1] && steps[i]! >= steps[i - 1]!);
  let order: number[] | null = null;
  if (!sorted) {
    order = Array.from({ length: n }, (_, i) => i).sort((a, b) => times[a]! - times[b]! || steps[a]! - steps[b]! || a - b);
    changed = true;
  }
  const stepless = n > 1 && steps.every((step) => step === 0);
  for (let i = 0; i < n; i++) {
    const k = order === null ? i : order[i]!;
    sink.point(tag, stepless ? i : steps[k]!, values[k]!, lines[k] ?? 0, times[k]!);
  }
  return changed || stepless;
}

/** A run by its name; by name and id where several have the same. */
function namesOf(runs: ReadonlyMap<string, string>): Map<string, string> {
  const count = new Map<string, number>();
  for (const name of runs.values()) count.set(name, (count.get(name) ?? 0) + 1);
  return new Map([...runs].map(([run, name]) => [run, name === "" ? run : count.get(name) === 1 ? name : `${name} ${run.slice(0, 8)}`]));
}

function giveFacts(store: Store, only: string | null, sink: LogSink): void {
  const names = namesOf(store.runs);
  for (const [run, facts] of store.facts) {
    if (only !== null && run !== only) continue;
    const prefix = only === null ? `${names.get(run) ?? run}/` : "";
    for (const [key, value] of facts) sink.fact(prefix + key, value);
  }
}

function textOf(point: StorePoint): string {
  return `${point.run}\0${point.tag}\0${point.time}\0${point.step}\0${point.value}\n`;
}

function hashText(text: string): number {
  return hashBytes(new TextEncoder().encode(text));
}
