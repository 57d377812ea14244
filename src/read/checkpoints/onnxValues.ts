/** Elements that an ONNX tensor keeps in typed fields (float_data, int32_data, …) and not as raw bytes. */
import { WIRE } from "../bytes/protobuf";
import { ProtoWindow, type Span } from "../bytes/protobufWindow";
import { type ByteSource, FormatError, type NumericArray } from "../bytes/source";
import { allocate, type ElementType, sizeOf, toNumbers } from "../bytes/typed";
import { NAME } from "./onnxGraph";
import { pieceOf, rawChunks } from "./rawTensor";

/** The field that holds elements of a type (onnx.proto, TensorProto). */
const FIELDS: Readonly<Partial<Record<ElementType, number>>> = {
  float32: 4,
  complex64: 4,
  int32: 5,
  int16: 5,
  int8: 5,
  uint16: 5,
  uint8: 5,
  bool: 5,
  float16: 5,
  bfloat16: 5,
  float8_e4m3fn: 5,
  float8_e4m3fnuz: 5,
  float8_e5m2: 5,
  float8_e5m2fnuz: 5,
  float8_e8m0fnu: 5,
  int64: 7,
  float64: 10,
  complex128: 10,
  uint32: 11,
  uint64: 11,
};

interface Place {
  readonly source: ByteSource;
  readonly message: Span;
  readonly type: ElementType;
  readonly count: number;
}

/** All elements, piece by piece. Throws FormatError where there are fewer or more than `count`. */
export function* typedChunks(what: string, place: Place): Iterable<NumericArray> {
  const field = FIELDS[place.type];
  const own = fixedSize(field);
  let given = 0;
  for (const piece of own === null ? varints(place, field) : fixed(what, place, field, own)) {
    given += place.type.startsWith("complex") ? piece.length / 2 : piece.length;
    if (given > place.count) break;
    yield piece;
  }
  if (given !== place.count) throw new FormatError(NAME, `${what} holds ${given < place.count ? String(given) : "more than"} of ${place.count} elements`);
}

/** Bytes of a number in a field of fixed width; null where they are varints. */
function fixedSize(field: number | undefined): 4 | 8 | null {
  return field === 4 ? 4 : field === 10 ? 8 : null;
}

/** float_data and double_data: a packed field lies there as the numbers do in memory. */
function* fixed(what: string, { source, message, type }: Place, field: number | undefined, width: 4 | 8): Iterable<NumericArray> {
  const proto = new ProtoWindow(NAME, source);
  proto.pos = message.start;
  const size = sizeOf(type);
  const most = pieceOf(type);
  const wire = width === 4 ? WIRE.fixed32 : WIRE.fixed64;
  let single: number[] = [];
  for (let f = proto.field(message.end); f !== null; f = proto.field(message.end)) {
    if (f.number === field && f.wire === WIRE.bytes) {
      const span = proto.span(message.end);
      const count = (span.end - span.start) / size;
      if (single.length > 0) yield toNumbers(type, Uint8Array.from(single), true);
      single = [];
      if (!Number.isInteger(count)) throw new FormatError(NAME, `${what} holds ${span.end - span.start} bytes, no multiple of ${size}`);
      yield* rawChunks(NAME, what, { source, offset: span.start, count, type, littleEndian: true });
    } else if (f.number === field && f.wire === wire) {
      const start = proto.pos;
      proto.skip(f.wire, message.end);
      for (const b of source.read(start, width, true)) single.push(b);
      if (single.length >= most * size) {
        yield toNumbers(type, Uint8Array.from(single), true);
        single = [];
      }
    } else proto.skip(f.wire, message.end);
  }
  if (single.length > 0) yield toNumbers(type, Uint8Array.from(single), true);
}

/** int32_data, int64_data and uint64_data, packed or one by one. Floats in int32_data are their bits. */
function* varints({ source, message, type }: Place, field: number | undefined): Iterable<NumericArray> {
  const proto = new ProtoWindow(NAME, source);
  proto.pos = message.start;
  const most = pieceOf(type);
  const room = carrier(type, most);
  let filled = 0;
  const take = (end: number): void => {
    if (room instanceof BigInt64Array || room instanceof BigUint64Array) room[filled++] = proto.bigVarint(end);
    else room[filled++] = proto.signed(end);
  };
  for (let f = proto.field(message.end); f !== null; f = proto.field(message.end)) {
    if (f.number === field && f.wire === WIRE.varint) take(message.end);
    else if (f.number === field && f.wire === WIRE.bytes) {
      const span = proto.span(message.end);
      proto.pos = span.start;
      while (proto.pos < span.end) {
        take(span.end);
        if (filled === most) {
          yield widened(type, room, filled);
          filled = 0;
        }
      }
    } else proto.skip(f.wire, message.end);
    if (filled === most) {
      yield widened(type, room, filled);
      filled = 0;
    }
  }
  if (filled > 0) yield widened(type, room, filled);
}

/** What the numbers of `type` are put into, modulo their width. */
function carrier(type: ElementType, count: number): NumericArray {
  if (type === "float16" || type === "bfloat16") return new Uint16Array(count);
  return type.startsWith("float8") ? new Uint8Array(count) : allocate(type, count);
}

/** The first `count`, in memory of their own. */
function widened(type: ElementType, room: NumericArray, count: number): NumericArray {
  const own = room.slice(0, count);
  // Bits of small floats, in the byte order of this machine.
  const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return toNumbers(type, new Uint8Array(own.buffer, own.byteOffset, own.byteLength), hostIsLittle);
}
