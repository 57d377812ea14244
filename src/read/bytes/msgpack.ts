/**
 * MessagePack read in place (https://github.com/msgpack/msgpack/blob/master/spec.md): values one after the other, payloads of
 * strings, binaries and extensions as places in the source, never loaded.
 */
import { type ByteSource, FormatError } from "./source";

export type MsgpackToken =
  | { readonly kind: "map" | "array"; readonly count: number }
  | { readonly kind: "string" | "binary"; readonly start: number; readonly end: number }
  | { readonly kind: "extension"; readonly type: number; readonly start: number; readonly end: number }
  | { readonly kind: "value"; readonly value: number | boolean | null };

const WINDOW = 1 << 12;

/** Stands before a value of bytes [pos, end). Methods throw FormatError, torn where a value passes the end of the source. */
export class Msgpack {
  private bytes: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.bytes.buffer);
  private from = 0;

  constructor(
    private readonly format: string,
    private readonly source: ByteSource,
    public pos = 0,
    private readonly end = source.size,
  ) {}

  get done(): boolean {
    return this.pos >= this.end;
  }

  /** The next token; of a map or an array its values follow as tokens of their own. */
  next(): MsgpackToken {
    const at = this.pos;
    const b = this.uint(1);
    if (b < 0x80) return { kind: "value", value: b };
    if (b < 0x90) return this.container("map", b & 15);
    if (b < 0xa0) return this.container("array", b & 15);
    if (b < 0xc0) return this.payload("string", b & 31);
    if (b >= 0xe0) return { kind: "value", value: b - 256 };
    switch (b) {
      case 0xc0:
        return { kind: "value", value: null };
      case 0xc2:
        return { kind: "value", value: false };
      case 0xc3:
        return { kind: "value", value: true };
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.payload("binary", this.uint(1 << (b - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.extension(this.uint(1 << (b - 0xc7)));
      case 0xca:
        return { kind: "value", value: this.at(4).getFloat32(0) };
      case 0xcb:
        return { kind: "value", value: this.at(8).getFloat64(0) };
      case 0xcc:
      case 0xcd:
      case 0xce:
        return { kind: "value", value: this.uint(1 << (b - 0xcc)) };
      case 0xcf:
        return { kind: "value", value: Number(this.at(8).getBigUint64(0)) };
      case 0xd0:
        return { kind: "value", value: this.at(1).getInt8(0) };
      case 0xd1:
        return { kind: "value", value: this.at(2).getInt16(0) };
      case 0xd2:
        return { kind: "value", value: this.at(4).getInt32(0) };
      case 0xd3:
        return { kind: "value", value: Number(this.at(8).getBigInt64(0)) };
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.extension(1 << (b - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.payload("string", this.uint(1 << (b - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.container("array", this.uint(2 << (b - 0xdc)));
      case 0xde:
      case 0xdf:
        return this.container("map", this.uint(2 << (b - 0xde)));
      default:
        throw new FormatError(this.format, `no MessagePack value at byte ${at}`);
    }
  }

  /** Steps over the value ahead. */
  skip(): void {
    for (let left = 1; left > 0; left--) {
      const token = this.next();
      if (token.kind === "map") left += 2 * token.count;
      else if (token.kind === "array") left += token.count;
    }
  }

  /** The text of a string, cut off after `longest` bytes. */
  text(token: { readonly start: number; readonly end: number }, longest = 4096): string {
    return new TextDecoder().decode(this.source.read(token.start, Math.min(longest, token.end - token.start), true));
  }

  /** Each value takes a byte at least. */
  private container(kind: "map" | "array", count: number): MsgpackToken {
    const least = kind === "map" ? 2 * count : count;
    if (least > this.end - this.pos) this.short(this.pos + least);
    return { kind, count };
  }

  private payload(kind: "string" | "binary", length: number): MsgpackToken {
    const start = this.pos;
    this.over(length);
    return { kind, start, end: start + length };
  }

  private extension(length: number): MsgpackToken {
    const type = this.at(1).getInt8(0);
    const start = this.pos;
    this.over(length);
    return { kind: "extension", type, start, end: start + length };
  }

  private over(length: number): void {
    if (length > this.end - this.pos) this.short(this.pos + length);
    this.pos += length;
  }

  private uint(size: number): number {
    const view = this.at(size);
    return size === 1 ? view.getUint8(0) : size === 2 ? view.getUint16(0) : view.getUint32(0);
  }

  /** A view of the next bytes, which are then behind. */
  private at(size: number): DataView {
    if (size > this.end - this.pos) this.short(this.pos + size);
    let at = this.pos - this.from;
    if (at < 0 || at + size > this.bytes.length) {
      this.bytes = this.source.read(this.pos, Math.min(WINDOW, this.end - this.pos), true);
      this.from = this.pos;
      at = 0;
      if (this.bytes.length < size) this.short(this.pos + size);
      this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    }
    this.pos += size;
    return new DataView(this.view.buffer, this.view.byteOffset + at, size);
  }

  private short(wanted: number): never {
    const torn = this.end >= this.source.size;
    throw new FormatError(this.format, torn ? `ends at byte ${this.source.size}, data are claimed up to ${wanted}` : `data are claimed up to byte ${wanted}, what they lie in ends at ${this.end}`, torn);
  }
}
