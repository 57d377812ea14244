/** Event messages of TensorBoard → points. Payloads are never copied; tags are interned. */
import { WIRE, WireReader } from "../bytes/protobuf";
import type { ByteSource } from "../bytes/source";
import type { LogSink } from "../format";
import { scalarTensor } from "./scalarTensor";
import { isSettingsTag, sessionSettings, textSettings } from "./tfeventsSettings";
import { TagTable } from "./tagTable";

/** A Summary.Value longer than this holds no scalar (an image, a histogram, a mesh). */
const LARGE = 1 << 18;
/** Bytes at the start of a large record that are read at once, and those in which a field's key and length stand. */
const NEAR = 256;
const FIELD = 32;
/** A larger Summary.Value is stepped through, unless it has more fields: its picture or histogram need not be read. */
const PEEK = 1 << 12;
const MOST_FIELDS = 32;
/** Fields of a Summary.Value that `value` looks into: tag, tensor and metadata. */
const LOOKED_INTO = [10, 66, 74];

export class EventDecoder {
  private readonly wire = new WireReader();
  private readonly tags = new TagTable();
  private readonly plugins = new TagTable();
  /** [start, end) of the summaries of one event; wall time and step may follow them. */
  private readonly ranges: number[] = [];

  /** Start of the large record that is stepped through. */
  private near: Uint8Array = new Uint8Array(0);
  private nearStart = 0;

  private sink: LogSink;
  /** What a trial reading found. */
  private found = 0;
  private readonly trial: LogSink;

  constructor(private readonly real: LogSink) {
    this.sink = real;
    const count = (): void => {
      this.found++;
    };
    this.trial = { point: count, restart: count, reset: count, fact: count };
  }

  /** Whether `read` would give anything, or is about something damaged; nothing is given yet. */
  gives(read: () => boolean): boolean {
    this.found = 0;
    this.sink = this.trial;
    const good = read();
    this.sink = this.real;
    return !good || this.found > 0;
  }

  /** The buffer that `event` looks into. */
  over(bytes: Uint8Array): void {
    this.wire.over(bytes);
  }

  /** Decodes the Event in [start, end) of the buffer; false when it is damaged. */
  event(start: number, end: number): boolean {
    return this.plainEvent(start, end) || this.anyEvent(start, end);
  }

  /**
   * What nearly all events are: wall time, step, and a summary of one tag and its simple value, in the order of their fields.
   * False for any other; nothing has been given then.
   */
  private plainEvent(start: number, end: number): boolean {
    const { bytes, view } = this.wire;
    let p = start;
    if (end - p < 16 || bytes[p] !== 9) return false;
    const wallTime = view.getFloat64(p + 1, true);
    p += 9;
    let step = 0;
    if (bytes[p] === 16) {
      let scale = 1;
      for (let b = 128; b >= 128; scale *= 128) {
        if (scale > 2 ** 42) return false; // negative, or longer than any training
        b = bytes[++p]!;
        step += (b & 127) * scale;
      }
      p++;
    }
    // Lengths of one byte that end where the event does.
    const length = bytes[p + 1]!;
    if (bytes[p] !== 42 || length >= 128 || p + 2 + length !== end) return false;
    const inner = bytes[p + 3]!;
    if (bytes[p + 2] !== 10 || inner >= 128 || p + 4 + inner !== end) return false;
    const tag = p + 6;
    const tagEnd = tag + bytes[p + 5]!;
    if (bytes[p + 4] !== 10 || bytes[p + 5]! >= 128 || tagEnd + 5 !== end || bytes[tagEnd] !== 21) return false;
    this.sink.point(this.tags.at(bytes, tag, tagEnd), step, view.getFloat32(tagEnd + 1, true), 0, wallTime);
    return true;
  }

  private anyEvent(start: number, end: number): boolean {
    const { wire, ranges } = this;
    wire.at(start, end);
    let wallTime = 0;
    let step = 0;
    let restart = false;
    ranges.length = 0;
    while (wire.pos < end) {
      const key = wire.varint();
      if (key === 9) wallTime = wire.double();
      else if (key === 16) step = wire.int64();
      else if (key === 42) {
        const n = wire.length();
        ranges.push(wire.pos, wire.pos + n);
        wire.pos += n;
      } else if (key === 58) {
        const n = wire.length();
        const after = wire.pos + n;
        restart = this.isStart(after);
        wire.at(after, end);
      } else wire.skip(key & 7);
    }
    if (wire.bad) return false;
    if (restart) this.sink.restart(null, step);
    for (let i = 0; i < ranges.length; i += 2) if (!this.summary(ranges[i]!, ranges[i + 1]!, step, wallTime)) return false;
    return true;
  }

  /**
   * An Event larger than the window, in [start, end) of the file: only its frame and its small values are read.
   * False when it is damaged. The buffer given to `over` is gone afterwards.
   */
  largeEvent(source: ByteSource, start: number, end: number): boolean {
    const { wire } = this;
    let wallTime = 0;
    let step = 0;
    const summaries: number[] = [];
    this.near = source.read(start, Math.min(NEAR, end - start), true);
    this.nearStart = start;
    for (let pos = start; pos < end; ) {
      const field = this.field(source, pos, end);
      if (field === null) return false;
      if (field.key === 9) wallTime = wire.double();
      else if (field.key === 16) step = wire.int64();
      else if (field.key === 42) summaries.push(field.data, field.next);
      pos = field.next;
    }
    for (let i = 0; i < summaries.length; i += 2) {
      const stop = summaries[i + 1]!;
      for (let pos = summaries[i]!; pos < stop; ) {
        const field = this.field(source, pos, stop);
        if (field === null) return false;
        const n = field.next - field.data;
        if (field.key === 10 && n <= LARGE) {
          const bytes = this.withoutSkipped(source, field.data, field.next);
          wire.over(bytes);
          if (!this.value(0, bytes.length, step, wallTime)) return false;
        }
        pos = field.next;
      }
    }
    return true;
  }

  /** The Summary.Value in [start, end) of the file, without large fields that `value` skips. */
  private withoutSkipped(source: ByteSource, start: number, end: number): Uint8Array {
    const kept: number[] = [];
    let length = 0;
    let pos = start;
    for (let fields = 0; end - start > PEEK && pos < end && fields < MOST_FIELDS; fields++) {
      const field = this.field(source, pos, end);
      if (field === null) break;
      if ((field.key & 7) !== WIRE.bytes || LOOKED_INTO.includes(field.key)) {
        kept.push(pos, field.next);
        length += field.next - pos;
      }
      pos = field.next;
    }
    if (pos !== end || 2 * length > end - start) return source.read(start, end - start);
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < kept.length; i += 2) {
      const part = source.read(kept[i]!, kept[i + 1]! - kept[i]!);
      bytes.set(part, at);
      at += part.length;
    }
    return bytes.subarray(0, at);
  }

  /** Key, start of the data and end of the field at `pos` of the file; the wire stands at the data. Null when damaged. */
  private field(source: ByteSource, pos: number, end: number): { key: number; data: number; next: number } | null {
    const { wire } = this;
    // Most fields stand close together at the start.
    const length = Math.min(FIELD, end - pos);
    const at = pos - this.nearStart;
    wire.over(at >= 0 && at + length <= this.near.length ? this.near.subarray(at, at + length) : source.read(pos, length));
    const key = wire.varint();
    const type = key & 7;
    let data = pos + wire.pos;
    let next: number;
    if (type === WIRE.bytes) {
      const n = wire.varint();
      data = pos + wire.pos;
      next = data + n;
    } else {
      const behindKey = wire.pos;
      wire.skip(type);
      next = pos + wire.pos;
      if (!wire.bad) wire.pos = behindKey;
    }
    return wire.bad || next > end ? null : { key, data, next };
  }

  /** SessionLog in [pos, end): whether its status is START. */
  private isStart(end: number): boolean {
    const { wire } = this;
    wire.at(wire.pos, end);
    let start = false;
    while (wire.pos < end) {
      const key = wire.varint();
      if (key === 8) start = wire.varint() === 1;
      else wire.skip(key & 7);
    }
    return start && !wire.bad;
  }

  private summary(start: number, end: number, step: number, wallTime: number): boolean {
    const { wire } = this;
    wire.at(start, end);
    while (wire.pos < end) {
      const key = wire.varint();
      if (key !== 10) {
        wire.skip(key & 7);
        continue;
      }
      const n = wire.length();
      const after = wire.pos + n;
      if (!this.value(wire.pos, after, step, wallTime)) return false;
      wire.at(after, end);
    }
    return !wire.bad;
  }

  /** Summary.Value in [start, end) of the buffer. */
  private value(start: number, end: number, step: number, wallTime: number): boolean {
    const { wire } = this;
    wire.at(start, end);
    let tag = -1;
    let tagEnd = -1;
    let value = 0;
    let found = false;
    let tensor = -1;
    let tensorEnd = -1;
    let plugin = "";
    let metadata = -1;
    let metadataEnd = -1;
    while (wire.pos < end) {
      const key = wire.varint();
      if (key === 21) {
        value = wire.float();
        found = true;
      } else if (key === 10) {
        const n = wire.length();
        tag = wire.pos;
        wire.pos = tagEnd = tag + n;
      } else if (key === 66) {
        const n = wire.length();
        tensor = wire.pos;
        wire.pos = tensorEnd = tensor + n;
      } else if (key === 74) {
        const n = wire.length();
        metadata = wire.pos;
        metadataEnd = wire.pos + n;
        plugin = this.pluginOf(metadataEnd);
        wire.at(metadataEnd, end);
      } else wire.skip(key & 7);
    }
    if (wire.bad) return false;
    if (tag < 0) return true;
    if (plugin === "hparams") return sessionSettings(wire, metadata, metadataEnd, this.sink);
    if (plugin === "text") {
      if (tensor >= 0 && isSettingsTag(this.tags.at(wire.bytes, tag, tagEnd))) textSettings(wire, tensor, tensorEnd, this.sink);
      return true;
    }
    if (!found && tensor >= 0 && (plugin === "" || plugin === "scalars")) {
      const scalar = scalarTensor(wire, tensor, tensorEnd);
      if (scalar === undefined) return false;
      if (scalar === null) return true;
      value = scalar;
      found = true;
    }
    if (found) this.sink.point(this.tags.at(wire.bytes, tag, tagEnd), step, value, 0, wallTime);
    return true;
  }

  /** SummaryMetadata in [pos, end): the plugin that it names, "" when none. */
  private pluginOf(end: number): string {
    const { wire } = this;
    wire.at(wire.pos, end);
    let plugin = "";
    while (wire.pos < end) {
      const key = wire.varint();
      if (key !== 10) {
        wire.skip(key & 7);
        continue;
      }
      const n = wire.length();
      const after = wire.pos + n;
      while (wire.pos < after) {
        const inner = wire.varint();
        if (inner !== 10) {
          wire.skip(inner & 7);
          continue;
        }
        const m = wire.length();
        if (m > 0) plugin = this.plugins.at(wire.bytes, wire.pos, wire.pos + m);
        wire.pos += m;
      }
    }
    return plugin;
  }
}
