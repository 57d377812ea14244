/** A walk over protobuf wire format in a source: payloads are stepped over and never loaded. */
import { WIRE } from "./protobuf";
import { type ByteSource, FormatError } from "./source";

const WINDOW = 1 << 16;
/** A read that needs less takes less: fields lie close to one another between payloads. */
const SMALL = 1 << 10;

/** Bytes [start, end) of the source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Gives the fields of messages. Every length is held against the message around it; what passes it is a FormatError, torn where
 * that is the end of the source.
 */
export class ProtoWindow {
  private bytes: Uint8Array = new Uint8Array(0);
  private from = 0;
  pos = 0;

  constructor(
    private readonly format: string,
    private readonly source: ByteSource,
  ) {}

  /** Number and wire type of the next field of a message that ends at `end`; null at its end. */
  field(end: number): { readonly number: number; readonly wire: number } | null {
    if (this.pos >= end) return null;
    const at = this.pos;
    const tag = this.varint(end);
    if (tag < 8 || tag > 0xffffffff) this.damaged(at);
    return { number: Math.floor(tag / 8), wire: tag & 7 };
  }

  /** Exact up to 2^53. */
  varint(end: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      const b = this.byte(end);
      value += (b & 127) * scale;
      if (b < 128) return value;
      scale *= 128;
    }
    return this.damaged(this.pos);
  }

  /** An int64 varint in full. */
  bigVarint(end: number): bigint {
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      const b = this.byte(end);
      value |= BigInt(b & 127) << BigInt(7 * i);
      if (b < 128) return BigInt.asIntN(64, value);
    }
    return BigInt(this.damaged(this.pos));
  }

  /** An int32 or int64 varint as a number. */
  signed(end: number): number {
    const start = this.pos;
    const value = this.varint(end);
    if (value < 2 ** 53) return value;
    this.pos = start;
    return Number(this.bigVarint(end));
  }

  /** Takes a field of bytes: where its payload lies. The position is then behind it. */
  span(end: number): Span {
    const length = this.varint(end);
    const start = this.pos;
    if (length > end - start) this.short(start + length, end);
    this.pos = start + length;
    return { start, end: start + length };
  }

  /** A string of at most `longest` bytes; what is longer is cut off. */
  text(end: number, longest = 4096): string {
    const span = this.span(end);
    return new TextDecoder().decode(this.source.read(span.start, Math.min(longest, span.end - span.start), true));
  }

  /** Steps over a field's value. */
  skip(wire: number, end: number): void {
    if (wire === WIRE.varint) this.varint(end);
    else if (wire === WIRE.bytes) this.span(end);
    else if (wire === WIRE.fixed64) this.over(8, end);
    else if (wire === WIRE.fixed32) this.over(4, end);
    else this.damaged(this.pos);
  }

  private over(bytes: number, end: number): void {
    if (this.pos + bytes > end) this.short(this.pos + bytes, end);
    this.pos += bytes;
  }

  private byte(end: number): number {
    if (this.pos >= end) this.short(this.pos + 1, end);
    let at = this.pos - this.from;
    if (at < 0 || at >= this.bytes.length) {
      // On from where it was: the next window; after a payload: a little.
      this.bytes = this.source.read(this.pos, Math.min(at === this.bytes.length ? WINDOW : SMALL, end - this.pos), true);
      this.from = this.pos;
      at = 0;
      if (this.bytes.length === 0) this.short(this.pos + 1, end);
    }
    this.pos++;
    return this.bytes[at]!;
  }

  private short(wanted: number, end: number): never {
    const torn = end >= this.source.size;
    throw new FormatError(this.format, torn ? `ends at byte ${this.source.size}, data are claimed up to ${wanted}` : `data are claimed up to byte ${wanted}, what they lie in ends at ${end}`, torn);
  }

  private damaged(at: number): never {
    throw new FormatError(this.format, `no protobuf field at byte ${at}`);
  }
}
