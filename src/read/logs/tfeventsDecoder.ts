/** Event messages of TensorBoard → points. Payloads are never copied; tags are interned. */
import { WIRE, WireReader } from "../bytes/protobuf";
import type { ByteSource } from "../bytes/source";
import type { LogSink } from "../format";

/** A Summary.Value longer than this holds no scalar (an image, a histogram, a mesh). */
const LARGE = 1 << 18;

/** DataType of tensorflow/core/framework/types.proto. */
const DT = { float: 1, double: 2, int32: 3, int16: 5, int64: 9, bool: 10, bfloat16: 14, half: 19, uint32: 22, uint64: 23 } as const;

export class EventDecoder {
  private readonly wire = new WireReader();
  private readonly tags = new TagTable();
  /** [start, end) of the summaries of one event; wall time and step may follow them. */
  private readonly ranges: number[] = [];

  constructor(private readonly sink: LogSink) {}

  /** The buffer that `event` looks into. */
  over(bytes: Uint8Array): void {
    this.wire.over(bytes);
  }

  /** Decodes the Event in [start, end) of the buffer; false when it is damaged. */
  event(start: number, end: number): boolean {
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
          wire.over(source.read(field.data, n));
          if (!this.value(0, n, step, wallTime)) return false;
        }
        pos = field.next;
      }
    }
    return true;
  }

  /** Key, start of the data and end of the field at `pos` of the file; the wire stands at the data. Null when damaged. */
  private field(source: ByteSource, pos: number, end: number): { key: number; data: number; next: number } | null {
    const { wire } = this;
    wire.over(source.read(pos, Math.min(32, end - pos)));
    const key = wire.varint();
    const type = key & 7;
    let data = pos + wire.pos;
    let next: number;
    if (type === WIRE.bytes) {
      const n = wire.varint();
      data = pos + wire.pos;
      next = data + n;
    } else {
      const at = wire.pos;
      wire.skip(type);
      next = pos + wire.pos;
      if (!wire.bad) wire.pos = at;
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
    let scalars = true;
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
        const after = wire.pos + n;
        scalars = this.isScalars(after);
        wire.at(after, end);
      } else wire.skip(key & 7);
    }
    if (wire.bad) return false;
    if (tag < 0) return true;
    if (!found && tensor >= 0 && scalars) {
      const scalar = this.tensor(tensor, tensorEnd);
      if (scalar === undefined) return false;
      if (scalar === null) return true;
      value = scalar;
      found = true;
    }
    if (found) this.sink.point(this.tags.at(wire.bytes, tag, tagEnd), step, value, 0, wallTime);
    return true;
  }

  /** SummaryMetadata in [pos, end): false when it names a plugin other than "scalars". */
  private isScalars(end: number): boolean {
    const { wire } = this;
    wire.at(wire.pos, end);
    let scalars = true;
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
        scalars = m === 0 || (m === 7 && this.tags.at(wire.bytes, wire.pos, wire.pos + m) === "scalars");
        wire.pos += m;
      }
    }
    return scalars;
  }

  /** TensorProto in [start, end): its value when it is one number; null when it is anything else; undefined when damaged. */
  private tensor(start: number, end: number): number | null | undefined {
    const { wire } = this;
    wire.at(start, end);
    let type = 0;
    let value = 0;
    let count = 0;
    let content = -1;
    let contentLength = 0;
    let one = true;
    const take = (v: number): void => {
      value = v;
      count++;
    };
    while (wire.pos < end) {
      const key = wire.varint();
      const field = key >>> 3;
      if (key === 8) type = wire.varint();
      else if (key === 18) {
        const n = wire.length();
        const after = wire.pos + n;
        one = this.isOne(after);
        wire.at(after, end);
      } else if (key === 34) {
        contentLength = wire.length();
        content = wire.pos;
        wire.pos += contentLength;
      } else if (isNumberField(field)) {
        if ((key & 7) !== WIRE.bytes) take(this.number(field));
        else {
          const n = wire.length();
          if (n > 16) {
            one = false;
            wire.pos += n;
          } else for (const after = wire.pos + n; wire.pos < after; ) take(this.number(field));
        }
      } else wire.skip(key & 7);
    }
    if (wire.bad) return undefined;
    if (!one) return null;
    if (content >= 0 && contentLength > 0) return fromContent(wire.view, content, contentLength, type);
    if (count !== 1) return null;
    if (type === DT.half) return fromHalf(value);
    if (type === DT.bfloat16) return fromBfloat16(value);
    return value;
  }

  /** TensorShapeProto in [pos, end): whether it holds one element (no dimensions, or all of size 1). */
  private isOne(end: number): boolean {
    const { wire } = this;
    wire.at(wire.pos, end);
    let one = true;
    while (wire.pos < end) {
      const key = wire.varint();
      if (key !== 18) {
        wire.skip(key & 7);
        continue;
      }
      const n = wire.length();
      const after = wire.pos + n;
      let size = 0;
      while (wire.pos < after) {
        const inner = wire.varint();
        if (inner === 8) size = wire.int64();
        else wire.skip(inner & 7);
      }
      one &&= size === 1;
    }
    return one;
  }

  private number(field: number): number {
    const { wire } = this;
    if (field === 5) return wire.float();
    if (field === 6) return wire.double();
    return field === 7 || field === 10 ? wire.int64() : wire.varint();
  }
}

/** float_val, double_val, int_val, int64_val, bool_val, half_val, uint32_val, uint64_val. */
function isNumberField(field: number): boolean {
  return field === 5 || field === 6 || field === 7 || field === 10 || field === 11 || field === 13 || field === 16 || field === 17;
}

function fromContent(view: DataView, at: number, length: number, type: number): number | null {
  if (type === DT.float && length === 4) return view.getFloat32(at, true);
  if (type === DT.double && length === 8) return view.getFloat64(at, true);
  if (type === DT.int32 && length === 4) return view.getInt32(at, true);
  if (type === DT.uint32 && length === 4) return view.getUint32(at, true);
  if (type === DT.int64 && length === 8) return Number(view.getBigInt64(at, true));
  if (type === DT.uint64 && length === 8) return Number(view.getBigUint64(at, true));
  if (type === DT.half && length === 2) return fromHalf(view.getUint16(at, true));
  if (type === DT.bfloat16 && length === 2) return fromBfloat16(view.getUint16(at, true));
  return null;
}

/** IEEE 754 binary16. */
function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

function fromBfloat16(bits: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, (bits << 16) >>> 0);
  return view.getFloat32(0);
}

/** Strings by their bytes: a tag is decoded once, however often it is logged. */
class TagTable {
  private readonly decoder = new TextDecoder();
  private readonly slots = new Map<number, { bytes: Uint8Array; tag: string }[]>();

  at(bytes: Uint8Array, start: number, end: number): string {
    let h = end - start;
    for (let i = start; i < end; i++) h = (Math.imul(h, 31) + bytes[i]!) | 0;
    const slot = this.slots.get(h);
    if (slot !== undefined) {
      for (const known of slot) if (same(known.bytes, bytes, start, end)) return known.tag;
    }
    const own = bytes.slice(start, end);
    const tag = this.decoder.decode(own);
    if (slot === undefined) this.slots.set(h, [{ bytes: own, tag }]);
    else slot.push({ bytes: own, tag });
    return tag;
  }
}

function same(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
