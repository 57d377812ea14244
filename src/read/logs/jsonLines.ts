/**
 * JSON lines of any shape: one object a line, as Detectron2's metrics.json, mmengine's vis_data/scalars.json, mmcv's .log.json
 * and hand-written loops write them. Names within names are joined by "/"; a list gives a series an element ("dice[3]"). NaN
 * and Infinity may stand as Python writes them.
 *
 * Steps are the key `epoch`, or a step where epochs repeat, or the row's number from 0; the epoch beside a step is a series of
 * its own. Lines that are no objects are left out and counted. A last line without newline is given when it is whole.
 */
import type { ByteSource } from "../bytes/source";
import type { ConfigValue, LogFormat, LogRead, LogSink } from "../format";
import { continues, fingerprint, hashBytes, type Fingerprint } from "./fingerprint";
import { isWallTime, planOfRows, sampleOf, type JsonLinesPlan } from "./jsonLinesPlan";
import { eachNumber, isRow, rowOf, type JsonRow } from "./jsonRows";
import { behindLastLine, eachLine, LONGEST_LINE } from "./lines";

const NAME = "json-lines";
/** Bytes that may decide the layout. */
const PLAN_BYTES = 1 << 18;
const LONGEST_FACT = 200;

export interface JsonLinesState extends Fingerprint {
  /** Lines consumed, and rows among them. */
  readonly line: number;
  readonly row: number;
  /** Hash of the layout taken. */
  readonly layout: number;
  readonly lastStep: number | null;
  readonly lastEpoch: number | null;
  /** Steps of the epochs before, where the step starts anew in each. */
  readonly base: number;
  /** 1 when the last line was given though it has no newline yet. */
  readonly tentative: number;
  readonly leftOut: number;
  readonly firstLeftOut: number;
}

type Mutable = { -readonly [K in keyof JsonLinesState]: JsonLinesState[K] };

const START: JsonLinesState = { offset: 0, size: 0, head: 0, tail: 0, line: 0, row: 0, layout: 0, lastStep: null, lastEpoch: null, base: 0, tentative: 0, leftOut: 0, firstLeftOut: 0 };

export const jsonLines: LogFormat<JsonLinesState> = {
  name: NAME,
  probe(name, head) {
    const suffix = /\.(jsonl|ndjson|json|log|txt)$/i.exec(name)?.[1]?.toLowerCase();
    if (suffix === undefined || head[head[0] === 0xef ? 3 : 0] !== 123 || head.includes(0)) return false;
    const newline = head.indexOf(10);
    // mmcv's first line tells the machine and the whole config: longer than any head.
    if (newline < 0 && head.length >= 4096) return suffix !== "json" || /\.log\.json$/i.test(name);
    const plan = planOfRows(sampleOf(head));
    // A document of one object is no log of lines, unless it ends as a line does and says where it stands.
    const enough = suffix !== "json" || plan.rows > 1 || (newline >= 0 && plan.axis !== null);
    return plan.training && enough;
  },
  read(source, state, sink) {
    const reader = new Reader(source, sink);
    if (state !== null && continues(source, state)) {
      const going = reader.resume(state);
      if (going !== null) return going;
    }
    sink.reset();
    return new Reader(source, sink).from(0);
  },
};

class Reader {
  private state: Mutable = { ...START };
  private readonly plan: JsonLinesPlan;
  /** Keys that are no measures of their own. */
  private readonly aside: ReadonlySet<string>;

  constructor(
    private readonly source: ByteSource,
    private readonly sink: LogSink,
  ) {
    const { rows, ...plan } = planOfRows(sampleOf(source.read(0, PLAN_BYTES)));
    this.plan = { ...plan, rows };
    this.aside = new Set([plan.axis, plan.split, plan.wall, plan.inner].filter((key) => key !== null));
    this.state.layout = hashBytes(new TextEncoder().encode(JSON.stringify(plan)));
  }

  /** Goes on from a state; null when the file must be read from the start. */
  resume(state: JsonLinesState): LogRead<JsonLinesState> | null {
    if (state.layout !== this.state.layout) return null;
    this.state = { ...state };
    if (state.tentative === 0) return this.from(state.offset);
    const on = behindLastLine(this.source, state.offset);
    if (on === null) return null;
    if (on === state.offset) return this.result(on, "complete");
    this.state.tentative = 0;
    return this.from(on);
  }

  from(offset: number): LogRead<JsonLinesState> {
    const s = this.state;
    const lines = eachLine(this.source, offset, (line) => {
      s.line++;
      this.take(line);
    });
    if (lines.tooLong) return this.result(lines.offset, "corrupt", `${NAME}: line ${s.line + 1} is longer than ${LONGEST_LINE} bytes; what comes before was kept`);
    if (lines.rest === null || lines.rest.trim() === "") return this.result(lines.offset, "complete");
    const row = rowOf(lines.rest);
    if (row === null || !lines.rest.endsWith("}")) return this.result(lines.offset, "torn");
    s.line++;
    this.give(row);
    s.tentative = 1;
    return this.result(lines.offset + lines.bytes, "complete");
  }

  private result(offset: number, end: LogRead<JsonLinesState>["end"], trouble: string | null = null): LogRead<JsonLinesState> {
    const { leftOut, firstLeftOut } = this.state;
    const left = leftOut === 0 ? null : `${NAME}: ${leftOut} ${leftOut === 1 ? "line" : "lines"} left out that ${leftOut === 1 ? "is" : "are"} no JSON object, the first at line ${firstLeftOut}`;
    return { state: { ...this.state, ...fingerprint(this.source, offset) }, end, problem: trouble ?? left, unit: this.plan.unit };
  }

  private take(line: string): void {
    const s = this.state;
    const row = rowOf(s.line === 1 ? line.replace(/^\uFEFF/, "") : line);
    if (row !== null) this.give(row);
    else if (line.trim() !== "" && s.leftOut++ === 0) s.firstLeftOut = s.line;
  }

  private give(row: JsonRow): void {
    const { plan, state: s, sink } = this;
    const place = plan.axis === null ? s.row : row[plan.axis];
    if (typeof place !== "number" || !Number.isFinite(place)) {
      // Before the first row with a place: settings.
      if (s.row === 0) facts(row, sink);
      return;
    }
    s.row++;
    const said = plan.split === null ? undefined : row[plan.split];
    const split = typeof said === "string" && said !== "" ? said : null;
    const step = this.stepOf(row, place, split);
    const again = this.goTo(step);
    const time = plan.wall === null ? undefined : row[plan.wall];
    const wallTime = isWallTime(time) ? Number(time) : NaN;
    const prefix = split === null ? "" : `${split}/`;
    eachNumber(row, this.aside, (name, value) => {
      const tag = prefix === "" || name === plan.epoch ? name : prefix + name; // one clock for both splits
      if (again) sink.restart(tag, step);
      sink.point(tag, step, value, s.line, wallTime);
    });
  }

  private stepOf(row: JsonRow, place: number, split: string | null): number {
    const { plan, state: s } = this;
    if (plan.unit === "epoch") return place;
    // Rows of validation that count epochs, or batches of their own, stand where training stood.
    const apart = (plan.ownValidationSteps && split !== null && !/^train/i.test(split)) || (plan.inner !== null && row[plan.inner] === undefined);
    if (apart && s.lastStep !== null && (plan.ownValidationSteps || place < s.lastStep)) return s.lastStep;
    const epoch = plan.epoch === null ? undefined : row[plan.epoch];
    if (typeof epoch !== "number" || Number.isNaN(epoch)) return place + s.base;
    if (s.lastStep !== null && s.lastEpoch !== null && epoch > s.lastEpoch && 2 * place <= s.lastStep - s.base) s.base = s.lastStep + 1 - Math.min(place, 1);
    s.lastEpoch = epoch;
    return place + s.base;
  }

  /** Tells of a restart where the epochs go back; rows that count steps may come late. Returns whether the row's epoch was there just before. */
  private goTo(step: number): boolean {
    const { state: s, plan } = this;
    const last = plan.unit === "epoch" ? s.lastStep : null;
    if (last !== null && step < last) this.sink.restart(null, step);
    s.lastStep = step;
    return step === last;
  }
}

/** Settings that a line before the log tells. */
function facts(row: JsonRow, sink: LogSink): void {
  const walk = (of: JsonRow, prefix: string, depth: number): void => {
    for (const [key, value] of Object.entries(of)) {
      if (isSetting(value)) sink.fact(prefix + key, value);
      else if (depth < 3 && isRow(value)) walk(value, `${prefix}${key}.`, depth + 1);
    }
  };
  walk(row, "", 0);
}

function isSetting(value: unknown): value is ConfigValue {
  if (typeof value === "string") return value.length <= LONGEST_FACT;
  return typeof value === "number" || typeof value === "boolean" || value === null;
}
