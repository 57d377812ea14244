/** Bytes of a pickle, in order, through a window on the source; every length is held against what is left before it is believed. */
import type { ByteSource } from "./source";
import { FormatError } from "./source";

const WINDOW = 1 << 16;
/** Text and bytes that one pickle may hold in memory. */
const MOST_BYTES = 128 << 20;
/** Integers of more bytes than this are refused: counts and seeds need a few. */
const MOST_INTEGER = 1 << 16;
/** Digits of an integer written as text, as many as Python reads. */
const MOST_DIGITS = 4300;
const MOST_LINE = 1 << 20;
/** Text up to this length is decoded by hand: starting a decoder costs more. */
const SHORT = 48;

export class PickleInput {
  private window: Uint8Array = new Uint8Array(0);
  private view = new DataView(this.window.buffer);
  private at = 0;
  /** Where the window begins in the source. */
  private from: number;
  private held = 0;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly source: ByteSource,
    private readonly format: string,
    /** What it is called in messages. */
    readonly what: string,
    start = 0,
    private readonly end = source.size,
  ) {
    this.from = start;
  }

  get position(): number {
    return this.from + this.at;
  }

  fail(detail: string, torn = false): never {
    throw new FormatError(this.format, `${this.what}: ${detail}`, torn);
  }

  byte(): number {
    if (this.at >= this.window.length) this.fill(1);
    return this.window[this.at++]!;
  }

  u16(): number {
    this.need(2);
    const value = this.view.getUint16(this.at, true);
    this.at += 2;
    return value;
  }

  i32(): number {
    this.need(4);
    const value = this.view.getInt32(this.at, true);
    this.at += 4;
    return value;
  }

  u32(): number {
    this.need(4);
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  /** A length of 64 bits; one beyond 2^53 is refused by whoever holds it against what is left. */
  u64(): number {
    this.need(8);
    const value = Number(this.view.getBigUint64(this.at, true));
    this.at += 8;
    return value;
  }

  f64(): number {
    this.need(8);
    const value = this.view.getFloat64(this.at, false);
    this.at += 8;
    return value;
  }

  /** `length` bytes in memory of their own. */
  bytes(length: number): Uint8Array {
    this.charge(length);
    const position = this.position;
    if (this.at + length <= this.window.length) {
      this.at += length;
      return this.window.slice(this.at - length, this.at);
    }
    const out = this.source.read(position, length, true);
    if (out.length < length) this.fail(`ends at byte ${position + out.length}`, true);
    this.seek(position + length);
    return out;
  }

  /** UTF-8. */
  text(length: number): string {
    if (length > SHORT) return this.decoder.decode(this.bytes(length));
    this.need(length);
    let out = "";
    for (let i = this.at; i < this.at + length; i++) {
      const code = this.window[i]!;
      if (code > 127) return this.decoder.decode(this.bytes(length));
      out += String.fromCharCode(code);
    }
    this.charge(length);
    this.at += length;
    return out;
  }

  /** A `str` of Python 2, or bytes: one character a byte. */
  latin1(length: number): string {
    const raw = this.bytes(length);
    let out = "";
    for (let at = 0; at < raw.length; at += 4096) out += String.fromCharCode(...raw.subarray(at, at + 4096));
    return out;
  }

  /** Text up to the line's end, which is taken and left out. */
  line(): string {
    const parts: string[] = [];
    let length = 0;
    for (;;) {
      if (this.at >= this.window.length) this.fill(1);
      const end = this.window.indexOf(10, this.at);
      const stop = end < 0 ? this.window.length : end;
      length += stop - this.at;
      if (length > MOST_LINE) this.fail(`a line of more than ${MOST_LINE} bytes at byte ${this.position}`);
      this.charge(stop - this.at);
      parts.push(this.decoder.decode(this.window.subarray(this.at, stop)));
      this.at = stop;
      if (end < 0) continue;
      this.at++;
      return parts.join("");
    }
  }

  /** A two's complement integer of `length` bytes, low byte first. */
  integer(length: number): number | bigint {
    if (length > MOST_INTEGER) this.fail(`an integer of ${length} bytes at byte ${this.position}, at most ${MOST_INTEGER} are read`);
    const raw = this.bytes(length);
    if (length === 0) return 0;
    let hex = "";
    for (let i = length - 1; i >= 0; i--) hex += raw[i]!.toString(16).padStart(2, "0");
    return narrow(BigInt.asIntN(8 * length, BigInt(`0x${hex}`)));
  }

  /** An integer as text, also "12L", and the booleans "00" and "01". */
  decimal(): number | bigint | boolean {
    const text = this.line();
    if (text === "00" || text === "01") return text === "01";
    if (text.length > MOST_DIGITS || !/^\s*[-+]?\d+L?\s*$/.test(text)) this.fail(`no integer in a line of ${text.length} characters before byte ${this.position}`);
    const digits = text.trim().replace(/L$/, "");
    const value = BigInt(digits.replace(/^[-+]/, ""));
    return narrow(digits.startsWith("-") ? -value : value);
  }

  /** Goes on at another place of the source. */
  seek(position: number): void {
    this.from = position;
    this.at = 0;
    this.window = new Uint8Array(0);
  }

  private charge(length: number): void {
    if (length > this.end - this.position) this.fail(`${length} bytes are claimed at byte ${this.position}, it has ${Math.max(0, this.end - this.position)} more`, true);
    this.held += length;
    if (this.held > MOST_BYTES) this.fail(`more than ${MOST_BYTES} bytes of text and data in it`);
  }

  private need(length: number): void {
    if (this.at + length > this.window.length) this.fill(length);
  }

  private fill(length: number): void {
    const position = this.position;
    this.window = this.source.read(position, Math.max(0, Math.min(WINDOW, this.end - position)), true);
    this.view = new DataView(this.window.buffer, this.window.byteOffset, this.window.byteLength);
    this.from = position;
    this.at = 0;
    if (this.window.length < length) this.fail(`ends at byte ${position + this.window.length}, before it is complete`, true);
  }
}

function narrow(value: bigint): number | bigint {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
