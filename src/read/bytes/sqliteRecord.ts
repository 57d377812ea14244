/** SQLite's record format: a header of serial types, then the values. */

export type SqliteValue = number | string | Uint8Array | null;

/** Text encodings by the database header's number. */
const ENCODINGS: Readonly<Record<number, string>> = { 1: "utf-8", 2: "utf-16le", 3: "utf-16be" };
/** Bytes of the integers of serial types 1 to 6. */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];
/** Short texts repeat (names of metrics and runs); so many of them are decoded once. */
const SHORT = 64;
const MOST_SHORT = 4096;

export class RecordReader {
  private readonly decoder: TextDecoder;
  private readonly short = new Map<number, { bytes: Uint8Array; text: string }>();

  /** `encoding`: as the database header has it; unknown ones are taken for UTF-8. */
  constructor(encoding: number) {
    this.decoder = new TextDecoder(ENCODINGS[encoding] ?? "utf-8");
  }

  /** Puts the columns `wanted` (−1: none) of the record into `values`; false when it is damaged. */
  read(bytes: Uint8Array, wanted: readonly number[], values: SqliteValue[]): boolean {
    values.fill(null);
    let at = 0;
    const varint = (end: number): number => {
      let value = 0;
      for (let i = 0; i < 9 && at < end; i++) {
        const b = bytes[at++]!;
        if (i === 8) return value * 256 + b;
        value = value * 128 + (b & 127);
        if (b < 128) return value;
      }
      return -1;
    };
    const headerEnd = varint(bytes.length);
    if (headerEnd < 1 || headerEnd > bytes.length) return false;
    let body = headerEnd;
    for (let column = 0; at < headerEnd; column++) {
      const type = varint(headerEnd);
      if (type < 0) return false;
      const length = type >= 12 ? Math.floor((type - 12) / 2) : type === 7 ? 8 : (INTEGER_BYTES[type] ?? 0);
      if (body + length > bytes.length) return false;
      const place = wanted.indexOf(column);
      if (place >= 0) {
        const value = this.value(bytes, body, length, type);
        for (let i = place; i < wanted.length; i++) if (wanted[i] === column) values[i] = value;
      }
      body += length;
    }
    return true;
  }

  private value(bytes: Uint8Array, at: number, length: number, type: number): SqliteValue {
    if (type === 0 || type === 10 || type === 11) return null;
    if (type === 8 || type === 9) return type - 8;
    if (type >= 12) return type % 2 === 0 ? bytes.slice(at, at + length) : this.text(bytes, at, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset + at, length);
    if (type === 7) return view.getFloat64(0);
    if (type === 6) return Number(view.getBigInt64(0));
    let value = view.getInt8(0);
    for (let i = 1; i < length; i++) value = value * 256 + view.getUint8(i);
    return value;
  }

  private text(bytes: Uint8Array, at: number, length: number): string {
    if (length > SHORT) return this.decoder.decode(bytes.subarray(at, at + length));
    let h = length;
    for (let i = at; i < at + length; i++) h = (Math.imul(h, 31) + bytes[i]!) | 0;
    const known = this.short.get(h);
    if (known?.bytes.length === length && known.bytes.every((b, i) => b === bytes[at + i])) return known.text;
    const own = bytes.slice(at, at + length);
    const text = this.decoder.decode(own);
    if (this.short.size < MOST_SHORT) this.short.set(h, { bytes: own, text });
    return text;
  }
}
