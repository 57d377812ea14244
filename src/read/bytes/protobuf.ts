/** A walk over protobuf wire format: no schema, no copies, no belief in lengths. */

/** Wire types, https://protobuf.dev/programming-guides/encoding. */
export const WIRE = { varint: 0, fixed64: 1, bytes: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/**
 * Stands in a buffer at `pos`; a message is read up to `end`. A read that would pass `end` sets `bad` and stands still at `end`,
 * so that every loop `while (pos < end)` stops.
 */
export class WireReader {
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  pos = 0;
  end = 0;
  bad = false;

  /** Takes another buffer; the next message is set by `at`. */
  over(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at(0, bytes.length);
  }

  at(pos: number, end: number): void {
    this.pos = pos;
    this.end = end;
    this.bad = false;
  }

  fail(): number {
    this.bad = true;
    this.pos = this.end;
    return 0;
  }

  /** An unsigned varint as a number: exact up to 2^53, nearest above. */
  varint(): number {
    if (this.pos < this.end) {
      const first = this.bytes[this.pos]!;
      if (first < 128) {
        this.pos++;
        return first;
      }
    }
    return this.longVarint();
  }

  private longVarint(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (this.pos >= this.end) return this.fail();
      const b = this.bytes[this.pos++]!;
      value += (b & 127) * scale;
      if (b < 128) return value;
      scale *= 128;
    }
    return this.fail();
  }

  /** An int64 varint: two's complement in 64 bits. */
  int64(): number {
    const start = this.pos;
    const value = this.varint();
    if (value < 2 ** 53) return value;
    // Large or negative: once more in full precision, so that -1 is -1.
    let exact = 0n;
    for (let i = start; i < this.pos; i++) exact |= BigInt(this.bytes[i]! & 127) << BigInt(7 * (i - start));
    return Number(BigInt.asIntN(64, exact));
  }

  double(): number {
    if (this.pos + 8 > this.end) return this.fail();
    const value = this.view.getFloat64(this.pos, true);
    this.pos += 8;
    return value;
  }

  float(): number {
    if (this.pos + 4 > this.end) return this.fail();
    const value = this.view.getFloat32(this.pos, true);
    this.pos += 4;
    return value;
  }

  /** Length of a bytes field, checked against the message's end; 0 and `bad` when it does not fit. */
  length(): number {
    const n = this.varint();
    return n > this.end - this.pos ? this.fail() : n;
  }

  /** Steps over a field's value. Groups are long gone from the wire and count as damage. */
  skip(wire: number): void {
    if (wire === WIRE.varint) this.varint();
    else if (wire === WIRE.bytes) {
      const n = this.length(); // moves pos: not to be read before
      this.pos += n;
    } else if (wire === WIRE.fixed64 && this.pos + 8 <= this.end) this.pos += 8;
    else if (wire === WIRE.fixed32 && this.pos + 4 <= this.end) this.pos += 4;
    else this.fail();
  }
}
