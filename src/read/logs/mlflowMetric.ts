/**
 * MLflow's file store: one file a metric, `mlruns/EXPERIMENT/RUN/metrics/KEY`, lines "unix-ms value step", also without a step
 * (older versions) or with a data set's name and digest behind it (mlflow/store/tracking/file_store.py). The key is the path below
 * `metrics`.
 *
 * Rows come as they were logged. Where some came late, or none was given a step, the file is put in order as a whole
 * (trackingStore.ts).
 */
import type { ByteSource } from "../bytes/source";
import type { LogFormat, LogRead, LogSink } from "../format";
import { continues, fingerprint, type Fingerprint } from "./fingerprint";
import { eachLine } from "./lines";
import { giveOrdered } from "./trackingStore";

export interface MlflowMetricState extends Fingerprint {
  /** Lines and points so far. */
  readonly lines: number;
  readonly points: number;
  /** Of the last row. */
  readonly time: number;
  readonly step: number;
  /** Lines that are no rows, and the first of them. */
  readonly bad: number;
  readonly firstBad: number;
  /** Whether the file has to be put in order as a whole. */
  readonly unordered: boolean;
}

const NAME = "mlflow-metric";
/** Larger files are taken in the order in which they stand. */
const LARGEST_ORDERED = 1 << 26;
const ROW = /^(\d{1,17}) (-?(?:\d[\d.]*(?:[eE][-+]?\d+)?|\.\d+|inf|infinity)|nan)(?: (-?\d{1,16})(?: \S+ \S+)?)?$/i;
const RUN_PATH = /(?:^|\/)[0-9a-f]{32}\/metrics\/(.+)$/;

interface Row {
  /** Milliseconds since 1970. */
  time: number;
  value: number;
  step: number;
}

export const mlflowMetric: LogFormat<MlflowMetricState> = {
  name: NAME,
  probe(name, head) {
    const stored = RUN_PATH.test(name);
    if (name.includes("/") && !stored && !/(?:^|\/)metrics\//.test(name)) return false;
    if (/(?:^|\/)models\/m-[^/]*\/metrics\//.test(name)) return false; // a logged model's copy of its run's
    const text = new TextDecoder().decode(head);
    const lines = text.split("\n");
    const last = lines.pop()!;
    if (lines.length === 0) return stored && /^\d{0,17}$|^\d{10,17} \S*$|^\d{10,17} \S+ [-\d]*$/.test(last);
    return lines.every((line) => ROW.test(line.trimEnd()) && (stored || /^\d{13} \S+ -?\d/.test(line)));
  },
  read(source, state, sink) {
    const from = state !== null && continues(source, state) ? state : null;
    if (from === null) sink.reset();
    const tag = tagOf(source.name);
    const start = from ?? { offset: 0, size: 0, head: 0, tail: 0, lines: 0, points: 0, time: 0, step: 0, bad: 0, firstBad: 0, unordered: false };
    if (source.size <= LARGEST_ORDERED) {
      const onward = start.unordered ? null : readOn(source, start, tag, sink, false);
      return onward ?? readWhole(source, tag, sink);
    }
    return readOn(source, start, tag, sink, true)!;
  },
};

function tagOf(name: string): string {
  return RUN_PATH.exec(name)?.[1] ?? /(?:^|\/)metrics\/(.+)$/.exec(name)?.[1] ?? name.slice(name.lastIndexOf("/") + 1);
}

/** Null when the rows are not in order, unless `anyway`. */
function readOn(source: ByteSource, from: MlflowMetricState, tag: string, sink: LogSink, anyway: boolean): LogRead<MlflowMetricState> | null {
  let { lines, points, time, step, bad, firstBad } = from;
  const seen = { ordered: true };
  const { offset, rest } = eachLine(source, from.offset, (text) => {
    lines++;
    const row = rowOf(text);
    if (row === null) {
      if (text.trim() !== "" && bad++ === 0) firstBad = lines;
      return;
    }
    if (points > 0 && (row.time < time || (row.time === time && row.step < step) || (row.step === 0 && step === 0))) seen.ordered = false;
    if (!seen.ordered && !anyway) return;
    points++;
    ({ time, step } = row);
    sink.point(tag, row.step, row.value, lines, row.time / 1000);
  });
  if (!seen.ordered && !anyway) return null;
  return result({ ...fingerprint(source, offset), lines, points, time, step, bad, firstBad, unordered: false }, rest !== null);
}

function readWhole(source: ByteSource, tag: string, sink: LogSink): LogRead<MlflowMetricState> {
  sink.reset();
  const times: number[] = [];
  const steps: number[] = [];
  const values: number[] = [];
  const places: number[] = [];
  let lines = 0;
  let bad = 0;
  let firstBad = 0;
  const { offset, rest } = eachLine(source, 0, (text) => {
    lines++;
    const row = rowOf(text);
    if (row !== null) {
      times.push(row.time / 1000);
      steps.push(row.step);
      values.push(row.value);
      places.push(lines);
    } else if (text.trim() !== "" && bad++ === 0) firstBad = lines;
  });
  const unordered = giveOrdered(tag, times, steps, values, sink, places);
  const last = times.length - 1;
  return result({ ...fingerprint(source, offset), lines, points: times.length, time: (times[last] ?? 0) * 1000, step: steps[last] ?? 0, bad, firstBad, unordered }, rest !== null);
}

function result(state: MlflowMetricState, torn: boolean): LogRead<MlflowMetricState> {
  const { bad, firstBad } = state;
  const problem = bad === 0 ? null : `${NAME}: ${bad} ${bad === 1 ? "line is no row" : "lines are no rows"} of "time value step", the first is line ${firstBad}`;
  return { state, end: torn ? "torn" : "complete", problem, unit: "step" };
}

function rowOf(line: string): Row | null {
  const match = ROW.exec(line.trim());
  if (match === null) return null;
  const value = mlflowNumber(match[2]!);
  return Number.isNaN(value) && match[2]!.toLowerCase() !== "nan" ? null : { time: Number(match[1]), value, step: match[3] === undefined ? 0 : Number(match[3]) };
}

/** A number as Python prints it. */
function mlflowNumber(text: string): number {
  const word = text.toLowerCase();
  if (word === "inf" || word === "infinity") return Infinity;
  if (word === "-inf" || word === "-infinity") return -Infinity;
  return Number(text);
}
