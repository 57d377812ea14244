/** Bytes of a file as numbers: typed views where alignment and byte order permit, copies where they do not. */
import { type Float8, widenFloat8 } from "./float8";
import type { NumericArray } from "./source";

/**
 * How an element lies in the file. "bool" is one byte that is 0 or not; bfloat16, float16 and the float8 types are widened to
 * float32; a complex number becomes two numbers, its real and its imaginary part.
 */
export type ElementType =
  | "bool"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "complex64"
  | "complex128"
  | Float8;

const SIZES: Readonly<Record<ElementType, number>> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  bfloat16: 2,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
  float8_e4m3fn: 1,
  float8_e4m3fnuz: 1,
  float8_e5m2: 1,
  float8_e5m2fnuz: 1,
  float8_e8m0fnu: 1,
};

/** Bytes of one element in the file. */
export function sizeOf(type: ElementType): number {
  return SIZES[type];
}

/** Whether `name` is one of the types that are read. */
export function isElementType(name: string): name is ElementType {
  return Object.hasOwn(SIZES, name);
}

/** Bytes that one element takes once read. */
export function widthOf(type: ElementType): number {
  return type.startsWith("complex") ? SIZES[type] : allocate(type, 0).BYTES_PER_ELEMENT;
}

/** An array of zeros of the kind and length that `toNumbers` gives for `count` elements of `type`. */
export function allocate(type: ElementType, count: number): NumericArray {
  switch (type) {
    case "bool":
    case "uint8":
      return new Uint8Array(count);
    case "int8":
      return new Int8Array(count);
    case "int16":
      return new Int16Array(count);
    case "uint16":
      return new Uint16Array(count);
    case "int32":
      return new Int32Array(count);
    case "uint32":
      return new Uint32Array(count);
    case "int64":
      return new BigInt64Array(count);
    case "uint64":
      return new BigUint64Array(count);
    case "float16":
    case "bfloat16":
    case "float32":
    case "float8_e4m3fn":
    case "float8_e4m3fnuz":
    case "float8_e5m2":
    case "float8_e5m2fnuz":
    case "float8_e8m0fnu":
      return new Float32Array(count);
    case "float64":
      return new Float64Array(count);
    case "complex64":
      return new Float32Array(2 * count);
    case "complex128":
      return new Float64Array(2 * count);
  }
}

/** Copies `count` elements from `start` on to `at` of `target`; both are arrays of one kind. */
export function setRange(target: NumericArray, at: number, source: NumericArray, start: number, count: number): void {
  const part = source.subarray(start, start + count);
  if (target instanceof BigInt64Array || target instanceof BigUint64Array) target.set(part as BigInt64Array, at);
  else target.set(part as Float64Array, at);
}

const HOST_IS_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Elements of `bytes` (its length a multiple of the element's size). The result shares memory with `bytes` where alignment and
 * byte order permit: hand in bytes that nobody writes to.
 */
export function toNumbers(type: ElementType, bytes: Uint8Array, littleEndian: boolean): NumericArray {
  // Of a complex number each part is turned round on its own.
  const size = type === "complex64" ? 4 : type === "complex128" ? 8 : SIZES[type];
  const turn = size > 1 && littleEndian !== HOST_IS_LITTLE;
  const own = bytes.byteOffset % size === 0 && !turn ? bytes : new Uint8Array(bytes);
  if (turn) swapBytes(own, size);
  const { buffer, byteOffset } = own;
  const count = Math.floor(own.length / size);
  switch (type) {
    case "bool":
    case "uint8":
      return own;
    case "int8":
      return new Int8Array(buffer, byteOffset, count);
    case "int16":
      return new Int16Array(buffer, byteOffset, count);
    case "uint16":
      return new Uint16Array(buffer, byteOffset, count);
    case "int32":
      return new Int32Array(buffer, byteOffset, count);
    case "uint32":
      return new Uint32Array(buffer, byteOffset, count);
    case "int64":
      return new BigInt64Array(buffer, byteOffset, count);
    case "uint64":
      return new BigUint64Array(buffer, byteOffset, count);
    case "float16":
      return widenFloat16(new Uint16Array(buffer, byteOffset, count));
    case "bfloat16":
      return widenBfloat16(new Uint16Array(buffer, byteOffset, count));
    case "float32":
    case "complex64":
      return new Float32Array(buffer, byteOffset, count);
    case "float64":
    case "complex128":
      return new Float64Array(buffer, byteOffset, count);
    case "float8_e4m3fn":
    case "float8_e4m3fnuz":
    case "float8_e5m2":
    case "float8_e5m2fnuz":
    case "float8_e8m0fnu":
      return widenFloat8(type, own);
  }
}

/** Turns the bytes of every element round, in place. */
function swapBytes(bytes: Uint8Array, size: number): void {
  const { buffer, byteOffset, length } = bytes;
  if (size === 2 && byteOffset % 2 === 0) {
    const a = new Uint16Array(buffer, byteOffset, length >> 1);
    for (let i = 0; i < a.length; i++) a[i] = (a[i]! >> 8) | (a[i]! << 8);
    return;
  }
  if (size === 4 && byteOffset % 4 === 0) {
    const a = new Uint32Array(buffer, byteOffset, Math.floor(length / 4));
    for (let i = 0; i < a.length; i++) {
      const v = a[i]!;
      a[i] = (v >>> 24) | ((v >>> 8) & 0xff00) | ((v << 8) & 0xff0000) | (v << 24);
    }
    return;
  }
  for (let at = 0; at + size <= length; at += size) {
    for (let i = at, j = at + size - 1; i < j; i++, j--) {
      const v = bytes[i]!;
      bytes[i] = bytes[j]!;
      bytes[j] = v;
    }
  }
}

/** The 65,536 values of IEEE 754 binary16, as bits of float32; made when first needed. */
let halves: Uint32Array | null = null;

function float16Table(): Uint32Array {
  const table = new Uint32Array(1 << 16);
  for (let h = 0; h < table.length; h++) {
    const sign = (h & 0x8000) << 16;
    const exponent = (h >> 10) & 0x1f;
    const fraction = h & 0x3ff;
    let bits: number;
    if (exponent === 0x1f) bits = sign | 0x7f800000 | (fraction << 13);
    else if (exponent > 0) bits = sign | ((exponent + 112) << 23) | (fraction << 13);
    else if (fraction === 0) bits = sign;
    else {
      // Subnormal: fraction × 2^-24, normal as a float32.
      const lead = 31 - Math.clz32(fraction);
      bits = sign | ((lead + 103) << 23) | ((fraction << (23 - lead)) & 0x7fffff);
    }
    table[h] = bits;
  }
  return table;
}

/** IEEE 754 binary16 to float32, exact, NaN payloads kept. */
export function widenFloat16(raw: Uint16Array): Float32Array {
  halves ??= float16Table();
  const table = halves;
  const bits = new Uint32Array(raw.length);
  for (let i = 0; i < raw.length; i++) bits[i] = table[raw[i]!]!;
  return new Float32Array(bits.buffer);
}

/** bfloat16 (the upper half of a float32) to float32, exact. */
export function widenBfloat16(raw: Uint16Array): Float32Array {
  const bits = new Uint32Array(raw.length);
  for (let i = 0; i < raw.length; i++) bits[i] = raw[i]! << 16;
  return new Float32Array(bits.buffer);
}
