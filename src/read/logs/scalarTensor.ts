/** TensorProto (tensorflow/core/framework/tensor.proto) of one number. */
import { WIRE, type WireReader } from "../bytes/protobuf";

/** DataType of tensorflow/core/framework/types.proto. */
const DT = { float: 1, double: 2, int32: 3, int16: 5, int64: 9, bool: 10, bfloat16: 14, half: 19, uint32: 22, uint64: 23 } as const;

/** TensorProto in [start, end): its value when it is one number; null when it is anything else; undefined when damaged. */
export function scalarTensor(wire: WireReader, start: number, end: number): number | null | undefined {
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
      one = isOne(wire, after);
      wire.at(after, end);
    } else if (key === 34) {
      contentLength = wire.length();
      content = wire.pos;
      wire.pos += contentLength;
    } else if (isNumberField(field)) {
      if ((key & 7) !== WIRE.bytes) take(numberOf(wire, field));
      else {
        const n = wire.length();
        if (n > 16) {
          one = false;
          wire.pos += n;
        } else for (const after = wire.pos + n; wire.pos < after; ) take(numberOf(wire, field));
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
function isOne(wire: WireReader, end: number): boolean {
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

function numberOf(wire: WireReader, field: number): number {
  if (field === 5) return wire.float();
  if (field === 6) return wire.double();
  return field === 7 || field === 10 ? wire.int64() : wire.varint();
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
