/**
 * Learns what the lines of a hand-written training loop say. A name with a number is a series once lines of one kind gave it
 * at two different epochs or iterations; what came before that is kept until then. Nothing of a file is given before a name
 * that measures something (loss, dice, accuracy, …) is believed, so that noise gives nothing.
 */
import type { LogSink } from "../../format";
import type { Bar } from "./bars";
import { tick } from "./clock";
import { countersOf } from "./counters";
import { hashText } from "./hash";
import { type BarState, type LearnerState, type NameState, type Unit } from "./learnerState";
import { kindOf, sayingOf, type LineKind, type Message, type Saying } from "./message";
import { phaseOf } from "./names";
import { pairsOf, skeleton, type Pair } from "./pairs";
import { unstamp } from "./stamp";
import { headerOf, rowOf } from "./table";

/** Beyond so many names, no further ones are learned. */
const MOST_NAMES = 512;
/** Points of a name that wait until it is believed. */
const MOST_WAITING = 32;
/** Kinds of lines that are remembered for a name. */
const MOST_KINDS = 4;

export class Learner {
  constructor(
    readonly state: LearnerState,
    private readonly sink: LogSink,
  ) {}

  /** Takes one line; `newline`: whether a newline ended it, and no carriage return or backspace. */
  take(raw: string, line: number, newline: boolean): void {
    this.takeSaying(sayingOf(raw, this.state.table), line, newline);
  }

  /** Takes what a line says, read with the table of `state`. */
  takeSaying(saying: Saying, line: number, newline: boolean): void {
    if (saying === null) return;
    if (saying.is === "bar") {
      this.takeBar(saying.bar, line, newline);
      return;
    }
    if (saying.is === "facts") {
      for (const [key, value] of saying.facts) this.sink.fact(key, value);
      return;
    }
    if (saying.takenUp) this.state.marks++;
    if (saying.is === "table") this.takeTable(saying.text, line, saying.wallTime);
    else if (saying.is === "message") this.takeMessage(saying.message, line);
    else if (saying.phase !== null) this.state.phase = saying.phase;
  }

  private takeMessage(message: Message, line: number): void {
    const { clock } = this.state;
    const { counted, wallTime } = message;
    const hasCounter = counted.epoch !== null || counted.iteration !== null || counted.bare !== null;
    if (hasCounter && this.state.bar !== null && counted.epoch !== null && counted.epoch.at !== this.state.bar.epoch) this.giveBar();
    const epochBefore = clock.epoch;
    // "Epoch[1] Complete": an evaluation that counts for itself (ignite's engines); only values or a bare header start anew.
    const back = counted.epoch !== null && epochBefore !== null && counted.epoch.at < epochBefore;
    if (back && message.wordsAlone) return;
    const ticked = tick(clock, counted);
    if (ticked.foreign) return;
    if (ticked.wentBack) this.goBack();
    if (clock.epoch !== epochBefore) this.state.phase = null;
    const pairs = message.pairs(this.state.phase);
    if (pairs.length === 0) {
      if (ticked.own !== null) clock.header = ticked.own;
      const { phase } = message;
      if (phase !== null) this.state.phase = phase;
      return;
    }
    const own = ticked.own ?? this.ofContext();
    if (own === null) return;
    // Beside a counter any name counts; elsewhere a name that is not known to measure something must fill its line.
    const taken = ticked.own !== null || pairs.some((pair) => pair.measure) || this.state.file === 1 ? pairs : [];
    const { kind } = message;
    for (const pair of taken) this.point(pair, own, line, wallTime, kind);
    if (own === "step" && counted.epoch !== null && taken.length > 0 && this.state.perEpoch === 1) {
      // One line an epoch, told by its iteration: the epoch stands beside it, since no line by epoch would tell which it was.
      if (epochBefore === clock.epoch) this.state.perEpoch = 0;
      else this.point({ name: "epoch", value: counted.epoch.at, measure: false }, "step", line, wallTime, kind);
    }
  }

  /** What lines without a counter of their own belong to. */
  private ofContext(): Unit | null {
    const { clock } = this.state;
    if (clock.epoch === null) return clock.step === null ? null : "step";
    return clock.header === "step" && clock.step !== null ? "step" : "epoch";
  }

  private takeBar(bar: Bar, line: number, newline: boolean): void {
    const { clock } = this.state;
    if (!newline) this.state.redrawn = 1;
    const counted = countersOf(unstamp(bar.title).text);
    const before = clock.epoch;
    if (counted.epoch !== null) {
      if (clock.epoch !== counted.epoch.at) this.giveBar();
      const ticked = tick(clock, { ...counted, iteration: null, bare: null });
      if (ticked.foreign) return;
      if (ticked.wentBack) this.goBack();
    }
    let epoch = clock.epoch;
    let done = bar.done;
    let title = counted.text.replace(/§/g, " ");
    if (counted.epoch === null && bar.kind === "tqdm" && /\bepochs?\b/i.test(title)) {
      // A bar over the epochs themselves: each of its states is one.
      epoch = bar.at;
      if (bar.at < 1) return;
      if (clock.epoch !== epoch) this.giveBar();
      clock.epoch = epoch;
      done = true;
      title = "";
    }
    const row = bar.kind === "tqdm" && this.state.table !== null ? rowOf(this.state.table, bar.title) : null;
    if (row?.count != null) {
      // Ultralytics draws its bar behind the row of its table.
      epoch = row.count.at;
      if (clock.epoch !== epoch) this.giveBar();
      clock.epoch = epoch;
    }
    if (clock.epoch !== before) this.state.phase = null;
    if (epoch === null || !done) return;
    if (counted.epoch !== null) {
      if (this.state.barDone?.epoch === epoch && this.state.barDone.newline === 1) this.state.reopened = 1;
      this.state.barDone = { epoch, newline: newline ? 1 : 0 };
    }
    const values = bar.kind === "keras" || / - /.test(bar.values) ? bar.values.replace(/ - (?=[^\d\s])/g, ", ").replace(/^\s*-\s/, "") : bar.values;
    const inner = countersOf(values);
    const pairs = row?.pairs ?? pairsOf(inner.text, phaseOf(title.replace(/\bDataLoader \d+/, "")) ?? this.state.phase);
    if (pairs.length === 0) return;
    if (this.state.bar !== null && this.state.bar.epoch !== epoch) this.giveBar();
    const held = (this.state.bar ??= { epoch, values: {}, states: 0, given: 0 });
    if (held.given === 1) return;
    held.states++;
    for (const { name, value, measure } of pairs) Object.defineProperty(held.values, name, { value: [plainNumber(value), measure || bar.kind === "keras" ? 1 : 0, line], enumerable: true, configurable: true, writable: true });
    this.show(skeleton(`${bar.title} … ${values}`));
    // The last state of an epoch is known by the next epoch, or here by what the epoch before ended with.
    const { barBefore, redrawn } = this.state;
    const same = newline && barBefore?.names === namesOf(held);
    const enough = bar.kind === "tqdm" ? this.state.reopened === 0 : held.states >= Math.min(2, redrawn === 1 ? 1 : (barBefore?.states ?? 2));
    if (bar.over || (same && enough)) this.giveBar();
  }

  /** Gives what the bars of an epoch ended with, once. */
  private giveBar(): void {
    const { bar, clock } = this.state;
    if (bar === null) return;
    if (bar.given === 0) {
      const { epoch } = clock;
      clock.epoch = bar.epoch;
      for (const [name, [value, measure, line]] of Object.entries(bar.values)) this.point({ name, value: Number(value), measure: measure === 1 }, "epoch", line, NaN, null);
      clock.epoch = epoch;
      bar.given = 1;
      this.state.barBefore = { names: namesOf(bar), states: bar.states };
    }
    if (clock.epoch !== bar.epoch) this.state.bar = null;
  }

  private takeTable(text: string, line: number, wallTime: number): void {
    const header = headerOf(text);
    if (header !== null) {
      this.state.table = header;
      return;
    }
    const { table, clock } = this.state;
    const row = table === null ? null : rowOf(table, text);
    if (table === null || row === null) return;
    if (row.count !== null) {
      const ticked = tick(clock, { epoch: table.unit === "epoch" ? row.count : null, iteration: table.unit === "step" ? row.count : null, bare: null, lead: "table", text, overrun: false });
      if (ticked.foreign) return;
      if (ticked.wentBack) this.goBack();
    }
    const unit = row.count !== null ? table.unit : this.ofContext();
    if (unit === null) return;
    for (const pair of row.pairs) this.point(pair, unit, line, wallTime, kindOf(table.columns.join(" | ")));
  }

  /** An earlier epoch came again: what was given from there on gives way. */
  private goBack(): void {
    const { clock, names } = this.state;
    const epoch = clock.epoch ?? 0;
    clock.inner = null;
    if (clock.step !== null) {
      const first = clock.innerOf > 0 && clock.global === 0 ? (epoch - clock.base) * clock.innerOf : null;
      if (first === null) clock.innerBase = 0;
      for (const [name, state] of Object.entries(names)) if (state.unit === "step") this.cut(name, state, first ?? 0);
    }
    for (const [name, state] of Object.entries(names)) if (state.unit === "epoch") this.cut(name, state, epoch);
  }

  private cut(name: string, state: NameState, step: number): void {
    state.waiting = state.waiting.filter(([at]) => at < step);
    if (state.last === null || state.last < step) return;
    state.last = step - 1;
    if (this.given(state)) this.sink.restart(name, step);
  }

  private given(state: NameState): boolean {
    return state.believed === 1 && this.state.file === 1;
  }

  private point(pair: Pair, unit: Unit, line: number, wallTime: number, lineKind: LineKind | null): void {
    const { clock, names } = this.state;
    const step = unit === "epoch" ? clock.epoch : clock.step;
    if (step === null) return;
    let { name } = pair;
    let state = own(names, name);
    // "loss" of each iteration and "loss" of the epoch are two series.
    if (state !== undefined && state.unit !== unit) state = own(names, (name = `${name} (${unit === "epoch" ? "epoch" : "iteration"})`));
    if (state === undefined) {
      if (Object.keys(names).length >= MOST_NAMES) return;
      state = { unit, believed: 0, measure: pair.measure ? 1 : 0, last: null, kinds: [], waiting: [], mark: 0 };
      Object.defineProperty(names, name, { value: state, enumerable: true, configurable: true, writable: true });
      if (this.state.firstName === 0) this.state.firstName = line;
    }
    const kind = lineKind?.hash ?? 0;
    const { last } = state;
    if (last !== null && (step < last || (step === last && state.mark !== this.state.marks))) {
      // Only lines of a kind that gave this name before may go back.
      if (!state.kinds.includes(kind)) return;
      this.cut(name, state, step);
    }
    if (state.believed === 0 && last !== null && step !== last && state.kinds.includes(kind)) this.believe(state);
    if (!state.kinds.includes(kind) && state.kinds.length < MOST_KINDS) state.kinds.push(kind);
    state.last = step;
    state.mark = this.state.marks;
    const wall = Number.isNaN(wallTime) ? null : wallTime;
    if (this.given(state)) {
      this.giveWaiting(name, state);
      this.sink.point(name, step, pair.value, line, wallTime);
      if (lineKind !== null) this.show(lineKind.shown);
      return;
    }
    if (state.waiting.length >= MOST_WAITING) state.waiting.shift();
    state.waiting.push([step, plainNumber(pair.value), line, wall, kind]);
  }

  private believe(state: NameState): void {
    state.believed = 1;
    if (state.measure === 1 && this.state.file === 0) {
      this.state.file = 1;
      for (const [name, other] of Object.entries(this.state.names)) if (other.believed === 1) this.giveWaiting(name, other);
    }
  }

  private giveWaiting(name: string, state: NameState): void {
    for (const [step, value, line, wallTime] of state.waiting) this.sink.point(name, step, Number(value), line, wallTime ?? NaN);
    state.waiting = [];
  }

  private show(kind: string): void {
    if (this.state.shown.length < 4 && kind !== "" && !this.state.shown.includes(kind)) this.state.shown.push(kind);
  }
}

function namesOf(bar: BarState): number {
  return hashText(Object.keys(bar.values).sort().join("\n"));
}

function own<T>(of: Record<string, T>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined;
}

/** JSON knows no NaN. */
function plainNumber(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}
