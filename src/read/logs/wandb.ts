/**
 * W&B's `.wandb` files, which every run writes, offline or not: protobuf records (wandb/proto/wandb_internal.proto) of which
 * history gives points, and run and config give settings. Media, histograms and tables (values with a "_type") are no scalars;
 * summary, console output and system statistics are not taken. `_step` is the step, `_timestamp` the wall time.
 */
import { WireReader } from "../bytes/protobuf";
import { flatten, type Facts } from "../config/flatten";
import type { LogFormat, LogRead, LogSink } from "../format";
import { continues, fingerprint, type Fingerprint } from "./fingerprint";
import { parseJson } from "./jsonTree";
import { eachLogged, NUMBER_WORDS } from "./loggedDict";
import { TagTable } from "./tagTable";
import { eachRecord, FILE_HEADER } from "./wandbRecords";

export interface WandbState extends Fingerprint {
  /** Blocks given up, and where the first of them is. */
  readonly bad: number;
  readonly firstBad: number;
}

const NAME = "wandb";
/** ":W&B", then 0xBEE1 in little-endian. */
const MAGIC = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe];
/** A value longer than this is no number and no setting. */
const LONGEST_VALUE = 1 << 18;
/** Record, HistoryRecord, HistoryItem, ConfigItem, RunRecord: field numbers. */
const FIELD = { history: 2, config: 5, run: 17, item: 1, step: 2, key: 1, nested: 2, integer: 5, number: 6, text: 7, json: 8, valueJson: 16, update: 1, runConfig: 4 } as const;

export const wandb: LogFormat<WandbState> = {
  name: NAME,
  probe(name, head) {
    if (!/\.wandb$/i.test(name)) return false;
    return head.subarray(0, MAGIC.length).every((byte, i) => byte === MAGIC[i]);
  },
  read(source, state, sink) {
    let from = state !== null && continues(source, state) ? state : null;
    if (from === null) sink.reset();
    from ??= { offset: 0, size: 0, head: 0, tail: 0, bad: 0, firstBad: 0 };
    const give = (offset: number, end: LogRead<WandbState>["end"], problem: string | null, bad: number, firstBad: number): LogRead<WandbState> => ({
      state: { ...fingerprint(source, offset), bad, firstBad },
      end,
      problem,
      unit: "step",
    });
    if (source.size < FILE_HEADER) return give(0, "torn", null, 0, 0);
    const version = source.read(0, FILE_HEADER)[FILE_HEADER - 1]!;
    if (version !== 0) return give(0, "corrupt", `${NAME}: version ${version} of the file, 0 is read`, 0, 0);
    const decoder = new RecordDecoder(sink);
    const { offset, end, bad, badEnd } = eachRecord(source, Math.max(FILE_HEADER, from.offset), (bytes, start, stop) => {
      decoder.record(bytes, start, stop);
    });
    const count = from.bad + bad.length;
    const firstBad = from.bad > 0 ? from.firstBad : (bad[0] ?? 0);
    const all = count + (badEnd === null ? 0 : 1);
    const problem = all === 0 ? null : `${NAME}: ${all} damaged ${all === 1 ? "block" : "blocks"} left out, the first at offset ${count > 0 ? firstBad : badEnd} of ${source.size}`;
    return give(offset, end, problem, count, firstBad);
  },
};

/** One item of a history or config record. */
interface Item {
  /** Joined with dots. */
  name: string;
  /** The value where it was given as a number. */
  number: number | null;
  /** JSON text [start, end) of the buffer; start < 0 when there is none. */
  start: number;
  end: number;
}

class RecordDecoder {
  private readonly wire = new WireReader();
  private readonly tags = new TagTable();
  private readonly text = new TextDecoder();
  private readonly item: Item = { name: "", number: null, start: -1, end: -1 };

  constructor(private readonly sink: LogSink) {}

  /** A Record in [start, end). Damaged ones give nothing: their checksum was right, so that nobody wrote them so. */
  record(bytes: Uint8Array, start: number, end: number): void {
    this.wire.over(bytes);
    this.each(start, end, (field, from, to) => {
      if (field === FIELD.history) this.history(from, to);
      else if (field === FIELD.config) this.config(from, to);
      else if (field === FIELD.run) {
        this.each(from, to, (inner, a, b) => {
          if (inner === FIELD.runConfig) this.config(a, b);
        });
      }
    });
  }

  /** Gives each length-delimited field of the message in [start, end). */
  private each(start: number, end: number, take: (field: number, from: number, to: number) => void): void {
    const { wire } = this;
    wire.at(start, end);
    while (wire.pos < end) {
      const key = wire.varint();
      if ((key & 7) !== 2) {
        wire.skip(key & 7);
        continue;
      }
      const n = wire.length();
      const from = wire.pos;
      if (!wire.bad) take(Math.floor(key / 8), from, from + n);
      wire.at(from + n, end);
    }
  }

  private history(start: number, end: number): void {
    const points: [string, number][] = [];
    let step = NaN;
    let own = NaN;
    let wallTime = NaN;
    this.each(start, end, (field, from, to) => {
      if (field === FIELD.step) {
        // HistoryStep; an absent number is 0 in proto3.
        step = 0;
        const { wire } = this;
        wire.at(from, to);
        while (wire.pos < to) {
          const key = wire.varint();
          if (key === 8) step = wire.int64();
          else wire.skip(key & 7);
        }
        return;
      }
      if (field !== FIELD.item) return;
      const item = this.read(from, to);
      const value = item.number ?? this.number(item);
      if (item.name === "_step") own = value ?? NaN;
      else if (item.name === "_timestamp") wallTime = value ?? NaN;
      else if (item.name === "_runtime" || /^_wandb(\.|$)/.test(item.name)) return;
      else if (value !== null) points.push([item.name, value]);
      else if (item.start >= 0 && item.end - item.start <= LONGEST_VALUE && this.wire.bytes[item.start] === 0x7b) {
        eachLogged(item.name, parseJson(this.text.decode(this.wire.bytes.subarray(item.start, item.end))).root, (tag, number) => void points.push([tag, number]));
      }
    });
    const at = Number.isNaN(own) ? step : own;
    if (Number.isNaN(at)) return;
    for (const [tag, value] of points) this.sink.point(tag, at, value, 0, wallTime);
  }

  private config(start: number, end: number): void {
    this.each(start, end, (field, from, to) => {
      if (field !== FIELD.update) return;
      const { name, start: a, end: b } = this.read(from, to);
      if (name === "" || name === "_wandb" || name.startsWith("_wandb.") || a < 0 || b - a > LONGEST_VALUE) return;
      const { root, end: complete } = parseJson(this.text.decode(this.wire.bytes.subarray(a, b)) + " ");
      if (complete !== "complete") return;
      const facts: Facts = new Map();
      flatten(name, root, facts);
      for (const [key, value] of facts) this.sink.fact(key, value);
    });
  }

  /** HistoryItem or ConfigItem in [start, end): the same object each time. */
  private read(start: number, end: number): Item {
    const { wire, item, tags } = this;
    item.name = "";
    item.number = null;
    item.start = item.end = -1;
    wire.at(start, end);
    while (wire.pos < end) {
      const key = wire.varint();
      const field = Math.floor(key / 8);
      if (field === FIELD.number && (key & 7) === 1) item.number = wire.double();
      else if (field === FIELD.integer && (key & 7) === 0) item.number = zigzag(wire.varint());
      else if ((key & 7) === 2) {
        const n = wire.length();
        const from = wire.pos;
        if (wire.bad) break;
        if (field === FIELD.key || field === FIELD.nested) {
          const name = tags.at(wire.bytes, from, from + n);
          item.name = item.name === "" ? name : `${item.name}.${name}`;
        } else if (field === FIELD.valueJson || field === FIELD.json) {
          item.start = from;
          item.end = from + n;
        }
        wire.pos = from + n;
      } else wire.skip(key & 7);
    }
    return item;
  }

  /** The number that the item's JSON is, also NaN and infinities as words or strings; null for anything else. */
  private number(item: Item): number | null {
    const n = item.end - item.start;
    if (item.start < 0 || n === 0 || n > 64) return null;
    let text = "";
    for (let i = item.start; i < item.end; i++) text += String.fromCharCode(this.wire.bytes[i]!);
    return numberIn(text.trim());
  }
}

function numberIn(text: string): number | null {
  const first = text.charCodeAt(0);
  if ((first >= 48 && first <= 57) || first === 45) {
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
  }
  return NUMBER_WORDS.get(text.startsWith('"') ? text.slice(1, -1) : text) ?? null;
}

/** sint64 as protobuf writes it. */
function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
