/** What the learner of text logs knows of a file. Plain data: stored between looks at a file that grows. */
import { CLOCK_START, type ClockState } from "./clock";
import type { TableState } from "./table";

export type Unit = "epoch" | "step";
type Waiting = [step: number, value: number | string, line: number, wallTime: number | null, kind: number];

export interface NameState {
  unit: Unit;
  believed: number;
  measure: number;
  last: number | null;
  kinds: number[];
  waiting: Waiting[];
  /** `marks` when its last point came. */
  mark: number;
}

/** The bars of an epoch: what their last states say. */
export interface BarState {
  epoch: number;
  values: Record<string, [value: number | string, measure: number, line: number]>;
  /** States at 100 %. */
  states: number;
  given: number;
}

export interface LearnerState {
  clock: ClockState;
  names: Record<string, NameState>;
  /** 1 once a name that measures something is believed. */
  file: number;
  /** Phase that a line of its own named last. */
  phase: string | null;
  table: TableState | null;
  bar: BarState | null;
  /** Names and states of the last epoch's bars. */
  barBefore: { names: number; states: number } | null;
  /** Epoch of the last bar at 100 % that names one, and whether a newline ended it. */
  barDone: { epoch: number; newline: number } | null;
  /** 1 where a bar was drawn again after a newline had ended it (Lightning's, which puts validation bars below). */
  reopened: number;
  /** 1 where bars are redrawn in place: then a newline ends the last state alone. */
  redrawn: number;
  /** A few kinds of lines that gave series, as shown. */
  shown: string[];
  /** Lines so far that tell of a training taken up again, or of a crash: after one, an epoch that is trained once more replaces the first. */
  marks: number;
  /** Line of the first name that waited or was believed; 0 before. */
  firstName: number;
  /** 1 as long as each line that tells both an epoch and an iteration is the first of its epoch. */
  perEpoch: number;
}

export function learnerStart(): LearnerState {
  return { clock: { ...CLOCK_START, leads: [] }, names: {}, file: 0, phase: null, table: null, bar: null, barBefore: null, barDone: null, reopened: 0, redrawn: 0, shown: [], marks: 0, firstName: 0, perEpoch: 1 };
}
