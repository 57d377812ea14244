import assert from "node:assert/strict";
import type { ElementType } from "../../../../src/read/bytes/typed";
import { sizeOf, toNumbers, widenBfloat16, widenFloat16 } from "../../../../src/read/bytes/typed";

/** binary16 by its definition, in doubles. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const READS: Partial<Record<ElementType, (view: DataView, at: number, little: boolean) => number | bigint>> = {
  bool: (v, at) => v.getUint8(at),
  int8: (v, at) => v.getInt8(at),
  uint8: (v, at) => v.getUint8(at),
  int16: (v, at, little) => v.getInt16(at, little),
  uint16: (v, at, little) => v.getUint16(at, little),
  int32: (v, at, little) => v.getInt32(at, little),
  uint32: (v, at, little) => v.getUint32(at, little),
  int64: (v, at, little) => v.getBigInt64(at, little),
  uint64: (v, at, little) => v.getBigUint64(at, little),
  float32: (v, at, little) => v.getFloat32(at, little),
  float64: (v, at, little) => v.getFloat64(at, little),
};

describe("typed", () => {
  it("widens each of the 65,536 values of float16 exactly", () => {
    const wide = widenFloat16(Uint16Array.from({ length: 65536 }, (_, i) => i));
    for (let i = 0; i < 65536; i++) assert.ok(Object.is(wide[i], half(i)), `bits ${i}: ${wide[i]!} for ${half(i)}`);
  });

  it("widens bfloat16 exactly", () => {
    assert.deepEqual([...widenBfloat16(Uint16Array.of(0x3f80, 0xc000, 0x7f80, 0x0001, 0x8000))], [1, -2, Infinity, 2 ** -133, -0]);
  });

  it("reads each type in both byte orders, aligned and not", () => {
    for (const type of Object.keys(READS) as ElementType[]) {
      const size = sizeOf(type);
      const bytes = Uint8Array.from({ length: 3 * size }, (_, i) => (i * 37 + 11) % 256);
      const view = new DataView(bytes.buffer);
      for (const little of [true, false]) {
        const get = (at: number): number | bigint => READS[type]!(view, at, little);
        for (const shift of [0, 1, 2, 4]) {
          const moved = new Uint8Array(bytes.length + 8).subarray(shift, shift + bytes.length);
          moved.set(bytes);
          assert.deepEqual(Array.from(toNumbers(type, moved, little) as ArrayLike<number | bigint>), [get(0), get(size), get(2 * size)], `${type} ${little} ${shift}`);
        }
      }
    }
  });
});
