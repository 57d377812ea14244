/**
 * Plain text that a training loop printed: captured by nohup, SLURM, tee or a logger. The form is learned (learner.ts), and what
 * was learned is said in `understood`. Also what Keras' and tqdm's progress bars leave in a file: one value an epoch, the last
 * state of its bar, at the epoch that the log prints (Keras' "Epoch 1/10" is epoch 1).
 *
 * A line counts once its newline is there. A file in which nothing is found for long is not read on.
 */
import type { LogFormat, LogRead, LogSink } from "../../format";
import { continues, fingerprint, type Fingerprint } from "../fingerprint";
import { Learner } from "./learner";
import { learnerStart, type LearnerState } from "./learnerState";
import { countsAndMeasures, looksLikeKeras, looksLikeLog } from "./look";
import { sayingOf } from "./message";
import { eachPiece } from "./pieces";
import { LinePlans } from "./plans";

/** After so many lines without a name that could be a series, the file is left alone. */
const PATIENCE = 20_000;

export interface TextLogState extends Fingerprint {
  readonly line: number;
  readonly skipping: number;
  /** 1 when the file is given up. */
  readonly dead: number;
  readonly learner: LearnerState;
}

type Source = Parameters<LogFormat["read"]>[0];

/** Keras' progress output caught in a file (keras/src/utils/progbar.py, both verbosities). */
export const kerasProgress: LogFormat<TextLogState> = {
  name: "keras-progress",
  probe: (name, head) => looksLikeKeras(name, head),
  read: (source, state, sink) => ({ ...readText(source, state, sink), understood: null }),
};

/** Any other plain text of a training loop. */
export const textLog: LogFormat<TextLogState> = {
  name: "text-log",
  probe: (name, head) => looksLikeLog(name, head),
  read: readText,
};

/** Whether a small file that is called as logs are holds nothing of a training so far; `head` is all of it. */
export function isEmptyTextLog(head: Uint8Array): boolean {
  const nothing = (): void => undefined;
  const source: Source = { name: "", size: head.length, read: (offset, length) => head.slice(offset, offset + length) };
  return !countsAndMeasures(head) && readText(source, null, { point: nothing, restart: nothing, reset: nothing, fact: nothing }).understood === null;
}

function readText(source: Source, before: TextLogState | null, sink: LogSink): LogRead<TextLogState> {
  const going = before !== null && continues(source, before);
  if (!going) sink.reset();
  const learner = new Learner(going ? (JSON.parse(JSON.stringify(before.learner)) as LearnerState) : learnerStart(), sink);
  const from = going ? before : { offset: 0, line: 0, skipping: 0, dead: 0 };
  if (from.dead === 1) return { state: { ...from, learner: learner.state, ...fingerprint(source, from.offset) }, end: "complete", problem: null, unit: "epoch", understood: null };
  let dead = 0;
  const plans = new LinePlans();
  const take = (text: string, line: number, newline: boolean): boolean => {
    const { table, phase, firstName } = learner.state;
    const saying = sayingOf(text, table);
    if (firstName !== 0) plans.learn(text, saying, table, phase);
    learner.takeSaying(saying, line, newline);
    if (learner.state.firstName === 0 && line >= PATIENCE) dead = 1;
    return dead === 0;
  };
  const known = (bytes: Uint8Array, start: number, end: number, line: number): boolean => {
    const { table, phase, firstName } = learner.state;
    const saying = firstName === 0 ? undefined : plans.find(bytes, start, end, table, phase);
    if (saying !== undefined) learner.takeSaying(saying, line, true);
    return saying !== undefined;
  };
  const pieces = eachPiece(source, from, take, known);
  const { offset, line, skipping } = pieces;
  return { state: { ...fingerprint(source, offset), line, skipping, dead, learner: learner.state }, end: pieces.rest && dead === 0 ? "torn" : "complete", problem: null, ...told(learner.state) };
}

/** What the steps count, and what was learned, in one line. */
function told(state: LearnerState): { unit: "epoch" | "step"; units: Record<string, "epoch" | "step">; understood: string | null } {
  const given = Object.entries(state.names).filter(([, name]) => name.believed === 1);
  if (state.file === 0) return { unit: "epoch", units: {}, understood: null };
  const unit = given.some(([, name]) => name.unit === "epoch") ? "epoch" : "step";
  const units: Record<string, "epoch" | "step"> = {};
  for (const [tag, name] of given) if (name.unit !== unit) Object.defineProperty(units, tag, { value: name.unit, enumerable: true });
  const classes = new Map<string, number>();
  const all: string[] = [];
  for (const [tag, name] of given) {
    const family = /^(.*)\/\d+$/.exec(tag)?.[1];
    const label = family ?? tag;
    const by = `${label}\n${name.unit}`;
    if (!classes.has(by)) all.push(by);
    classes.set(by, (classes.get(by) ?? 0) + 1);
  }
  const listed = (of: "epoch" | "step"): string[] =>
    all.filter((by) => by.endsWith(`\n${of}`)).map((by) => {
      const label = by.slice(0, by.indexOf("\n"));
      const count = classes.get(by)!;
      return count > 1 ? `${label} of ${count} classes` : label;
    });
  const parts: string[] = [];
  for (const [of, word] of [["epoch", "epoch"], ["step", "iteration"]] as const) {
    const names = listed(of);
    if (names.length > 0) parts.push(`${shorten(names)}, by ${word}`);
  }
  const lines = state.shown.map((kind) => `“${kind.length > 80 ? `${kind.slice(0, 79)}…` : kind}”`).join(", ");
  return { unit, units, understood: `lines as ${lines}: ${parts.join("; ")}` };
}

function shorten(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}
