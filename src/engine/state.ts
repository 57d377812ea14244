/** Whether a run is still being written, judged by when its files changed. */
import type { RunState, Series } from "../run";

export interface Activity {
  /** Milliseconds since 1970 of each file that the training writes (logs, checkpoints, predictions). */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  /** A file that is written once the training has ended (a history) is there and as new as the rest. */
  readonly closed: boolean;
  /** Epochs that the run's settings plan. */
  readonly planned?: number | null;
  /** Some file ends in the middle of a record. */
  readonly torn: boolean;
  readonly now: number;
}

/** A run whose files rest this long is not being written, however slow its epochs seem (milliseconds). */
const QUIET_AT_LEAST = 120_000;
/** An epoch may take this many times the usual one before the run counts as ended. */
const PATIENCE = 4;
/** Files that all changed within this time were copied or unpacked, not written by a training (milliseconds). */
const COPIED_WITHIN = 5_000;
/** A file that is written once is written within this time (milliseconds). */
const WRITTEN_WITHIN = 5_000;

export function runState(activity: Activity): RunState {
  const { times, now } = activity;
  if (times.length === 0) return "unknown";
  const newest = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const oldest = times.reduce((a, b) => Math.min(a, b), Infinity);
  const quiet = Math.max(QUIET_AT_LEAST, PATIENCE * usualGap(activity));
  if (now - newest >= quiet) return activity.torn ? "stalled" : "finished";
  if (activity.closed || (!activity.torn && reached(activity))) return "finished";
  // A copy is as new as its making; what the log itself says of time is older.
  const copied = times.length >= 3 && newest - oldest < COPIED_WITHIN;
  if (!copied) return "running";
  const logged = lastWallTime(activity.series);
  if (logged === null) return "unknown";
  return now - logged * 1000 < quiet ? "running" : "finished";
}

/**
 * Whether the log holds the last epoch that was planned. Fewer say nothing, since many trainings stop early; more say that another
 * number was planned than the file tells.
 */
function reached({ series, planned }: Activity): boolean {
  if (planned === undefined || planned === null) return false;
  const counted = series.filter((one) => one.unit === "epoch" && one.steps.length > 0 && one.repeats === undefined);
  if (counted.length === 0) return false;
  const first = counted.reduce((least, { steps }) => Math.min(least, steps[0]!), Infinity);
  // What is scored less often may never reach the end.
  const ends = counted.filter(({ quantity }) => quantity === "loss").map(({ steps }) => steps[steps.length - 1]!);
  return ends.length > 0 && ends.every((last) => last + (first === 0 ? 1 : 0) === planned);
}

/**
 * Whether a history says that the training has ended: Keras' is written once, when `fit` returns. `begun`: when a history's
 * file was made, null for other logs. One that was made long before its last change is written after every epoch, and says nothing.
 */
export function closedByHistory(logs: readonly { readonly mtime: number; readonly begun: number | null }[]): boolean {
  const newest = logs.reduce((latest, log) => (log.begun === null ? Math.max(latest, log.mtime) : latest), -Infinity);
  return newest > -Infinity && logs.some((log) => log.begun !== null && log.mtime >= newest && log.mtime - log.begun <= WRITTEN_WITHIN);
}

/** So many of the newest points tell how often the log is written. */
const NEWEST = 1000;

/** Median milliseconds between two writes, by the log's own clock where it has one, else by the files' times. */
function usualGap(activity: Activity): number {
  const clock = activity.series.find((s) => s.unit === "epoch" && s.wallTimes !== null && s.wallTimes.length > 1)?.wallTimes;
  const times = clock !== undefined && clock !== null ? Array.from(clock.subarray(-NEWEST), (t) => t * 1000) : [...activity.times].sort((a, b) => a - b);
  const gaps: number[] = [];
  for (let i = 1; i < times.length; i++) {
    const gap = times[i]! - times[i - 1]!;
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}

function lastWallTime(series: readonly Series[]): number | null {
  let last: number | null = null;
  for (const s of series) {
    const time = s.wallTimes?.at(-1);
    if (time !== undefined && Number.isFinite(time) && (last === null || time > last)) last = time;
  }
  return last;
}
