/**
 * Text logs of OpenMMLab's runners (mmseg, mmdet, mmpretrain, …): mmengine (mmengine/hooks/logger_hook.py and
 * runner/log_processor.py: "… - mmengine - INFO - Iter(train) [   50/20000]  lr: 1.0e-02  loss: 2.3") and the older mmcv
 * (mmcv/runner/hooks/logger/text.py: "… - mmseg - INFO - Iter [50/20000]\tlr: 1.000e-02, eta: 1:02:03, loss: 2.3").
 *
 * Logs by iteration count iterations; logs by epoch ("Epoch(train) [1][50/100]") give their training losses by iteration over
 * all epochs and their validations by epoch. What is measured in validation is called "val/…", per class "val/IoU.road".
 */
import type { LogFormat, LogSink } from "../../format";
import type { Fingerprint } from "../fingerprint";
import { AsciiTable, type AsciiTableState } from "./asciiTable";
import { isSkipped } from "./names";
import { numberOf } from "./pairs";
import { readPieces } from "./pieces";
import { unstamp } from "./stamp";

const LINE = /^(Iter|Epoch)\s?(?:\((train|val|test)\))?\s+\[\s*(\d+)(?:\/(\d+))?\]\s*(?:\[\s*(\d+)(?:\/(\d+))?\])?\s*(.*)$/;
const VALUE = /([A-Za-z][\w./@: -]{0,80}?):\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?nan|[-+]?inf)(?=[\s,]|$)/gi;
const NOT_MEASURED = /^(?:eta|time|data_time|memory|mode)$/;
const LOGGER = / - (?:mm[\w.]+|root|mmengine) - (?:INFO|WARNING) - /;

/** Names of training values that are remembered; beyond, no further ones are given. */
const MOST_TAGS = 512;

export interface MmengineState extends Fingerprint {
  readonly line: number;
  readonly skipping: number;
  /** Iterations over all epochs; null before the first. */
  readonly step: number | null;
  readonly epoch: number | null;
  readonly byEpoch: number;
  /** Tags whose steps count iterations where epochs are counted. */
  readonly iterations: readonly string[];
  readonly table: AsciiTableState | null;
  readonly wallTime: number | null;
  readonly given: number;
}

export const mmengineLog: LogFormat<MmengineState> = {
  name: "mmengine-log",
  probe(path, head) {
    if (!/\.(?:log|txt|out|err|stdout|stderr)$/i.test(path) || head.length === 0 || head.includes(0)) return false;
    return LOGGER.test(new TextDecoder().decode(head));
  },
  read(source, before, sink) {
    const { reader, place, torn } = readPieces(source, before, sink, (from) => new Reader(from, sink));
    const state = { ...place, ...reader.state() };
    const units: Record<string, "step"> = {};
    for (const tag of state.iterations) Object.defineProperty(units, tag, { value: "step", enumerable: true });
    return { state, end: torn ? "torn" : "complete", problem: null, unit: state.byEpoch === 1 ? "epoch" : "step", units, ...(state.given === 0 ? { understood: null } : {}) };
  },
};

type Own = Pick<MmengineState, "step" | "epoch" | "byEpoch" | "iterations" | "table" | "wallTime" | "given">;

class Reader {
  private readonly own: { -readonly [K in keyof Own]: Own[K] };
  private readonly iterations: Set<string>;
  private readonly table: AsciiTable;

  constructor(
    before: MmengineState | null,
    private readonly sink: LogSink,
  ) {
    const { step, epoch, byEpoch, wallTime, given } = before ?? { step: null, epoch: null, byEpoch: 0, wallTime: null, given: 0 };
    this.own = { step, epoch, byEpoch, wallTime, given, iterations: [], table: null };
    this.iterations = new Set(before?.iterations ?? []);
    this.table = new AsciiTable(before?.table ?? null);
  }

  state(): Own {
    return { ...this.own, iterations: [...this.iterations], table: this.table.state };
  }

  take(raw: string, line: number): boolean {
    const stamped = unstamp(raw);
    if (!Number.isNaN(stamped.wallTime)) this.own.wallTime = stamped.wallTime;
    const text = stamped.text;
    const cells = this.table.take(text);
    for (const { column, row, value } of cells) this.give(`val/${column}.${row}`, value, line, false);
    if (cells.length > 0) return true;
    const found = LINE.exec(text);
    if (found === null) return true;
    const [, kind, said, first, firstOf, second, secondOf, rest] = found;
    const phase = said ?? "train";
    const at = Number(first);
    const own = this.own;
    if (kind === "Epoch") own.byEpoch = 1;
    if (phase === "train") {
      let step = at;
      if (kind === "Epoch") {
        // "Epoch [1][50/100]": the iteration over all epochs.
        const of = Number(secondOf ?? 0);
        if (own.epoch !== null && at < own.epoch) this.sink.restart(null, at);
        own.epoch = at;
        step = (at - 1) * of + Number(second ?? 0);
      } else if (firstOf === undefined && second === undefined) return true;
      own.step = step;
    } else if (kind === "Epoch") own.epoch = at;
    else if (own.step === null) own.step = at;
    const values = [...rest!.matchAll(VALUE)];
    for (const [, name, value] of values) {
      const plain = name!.trim();
      if (NOT_MEASURED.test(plain) || (isSkipped(plain) && !/loss/i.test(plain))) continue;
      this.give(phase === "train" ? plain : `${phase}/${plain}`, numberOf(value!), line, phase === "train" && kind === "Epoch");
    }
    return true;
  }

  private give(tag: string, value: number, line: number, iteration: boolean): void {
    const { byEpoch, epoch, step, wallTime } = this.own;
    const at = byEpoch === 1 && !iteration ? epoch : step;
    if (at === null) return;
    if (iteration && this.iterations.size < MOST_TAGS) this.iterations.add(tag);
    if (iteration && !this.iterations.has(tag)) return;
    this.own.given = 1;
    this.sink.point(tag, at, value, line, wallTime ?? NaN);
  }
}
