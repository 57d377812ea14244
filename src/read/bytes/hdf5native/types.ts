/** Datatypes, dataspaces and attributes, as messages (HDF5 File Format Specification 3.0, sections IV.A.2.b, IV.A.2.d, IV.A.2.m). */
import { typeOf, type Hdf5Type } from "../hdf5Data";
import type { Hdf5Metadata } from "../hdf5Module";
import { toNumbers } from "../typed";
import { globalHeapObject } from "./objects";
import { Fields, NotSimple, textOf, type Window } from "./window";

const INTEGER = 0;
const FLOAT = 1;
const STRING = 3;
const BITFIELD = 4;
const ENUM = 8;
const VLEN = 9;
const VLEN_STRING = 1;
const SPACE_PADDED = 2;
/** Exponent and mantissa bits of the IEEE formats by size. */
const IEEE: Readonly<Record<number, readonly [number, number]>> = { 2: [5, 10], 4: [8, 23], 8: [11, 52] };

/** What the library would tell of the type, and in which byte order its numbers lie. */
export interface NativeType {
  readonly meta: Omit<Hdf5Metadata, "shape" | "chunks" | "total_size">;
  readonly littleEndian: boolean;
}

export function readType(fields: Fields): NativeType {
  const first = fields.u8();
  const version = first >> 4;
  const type = first & 15;
  if (version < 1 || version > 3) throw new NotSimple();
  const bits = fields.u8() | (fields.u8() << 8) | (fields.u8() << 16);
  const size = fields.u32();
  if (size === 0) throw new NotSimple();
  const plain = { type, size, signed: false, littleEndian: true, vlen: false };
  switch (type) {
    case INTEGER:
    case BITFIELD: {
      const littleEndian = (bits & 1) === 0;
      if (fields.u16() !== 0 || fields.u16() !== size * 8) throw new NotSimple(); // padded or shifted numbers
      return { meta: { ...plain, signed: (bits & 8) !== 0, littleEndian }, littleEndian };
    }
    case FLOAT: {
      const littleEndian = (bits & 1) === 0;
      const ieee = IEEE[size];
      const precision = fields.skip(2).u16();
      const exponent = fields.skip(1).u8();
      const mantissa = fields.skip(1).u8();
      fields.skip(4);
      if ((bits & 64) !== 0 || ieee === undefined || precision !== size * 8 || exponent !== ieee[0] || mantissa !== ieee[1]) throw new NotSimple();
      return { meta: { ...plain, signed: true, littleEndian }, littleEndian };
    }
    case STRING:
      return { meta: { ...plain, strpad: bits & 15 }, littleEndian: true };
    case ENUM: {
      const base = readType(fields);
      return { meta: { ...plain, signed: base.meta.signed, littleEndian: base.littleEndian, enum_type: { type: base.meta.type, members: members(fields, bits & 0xffff, base, version) } }, littleEndian: base.littleEndian };
    }
    case VLEN:
      // As the library: a string of variable length is a string.
      if ((bits & 15) === VLEN_STRING) return { meta: { ...plain, type: STRING, vlen: true, strpad: (bits >> 4) & 15 }, littleEndian: true };
      return { meta: { ...plain, vlen: true }, littleEndian: true };
    default:
      return { meta: plain, littleEndian: true };
  }
}

function members(fields: Fields, count: number, base: NativeType, version: number): Record<string, number> {
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    const end = fields.bytes.indexOf(0, fields.at);
    if (end < 0) throw new NotSimple();
    const length = end - fields.at;
    names.push(textOf(fields.part(length)));
    fields.skip(version < 3 ? 8 * Math.floor(length / 8 + 1) - length : 1); // with its terminator, to a multiple of eight
  }
  const element = typeOf({ ...base.meta, shape: [], chunks: null, total_size: 1 }, false).element;
  if (element === null) throw new NotSimple();
  const values = toNumbers(element, fields.part(count * base.meta.size).slice(), base.littleEndian);
  return Object.fromEntries(names.map((name, i) => [name, Number(values[i])]));
}

/** The axes; null for a null dataspace, none for a scalar. */
export function readSpace(fields: Fields): number[] | null {
  const version = fields.u8();
  const rank = fields.u8();
  if (version === 1) fields.skip(6);
  else if (version === 2) {
    fields.skip(1);
    if (fields.u8() === 2) return null;
  } else throw new NotSimple();
  if (rank > 32) throw new NotSimple();
  const shape = Array.from({ length: rank }, () => fields.u64());
  if (shape.some((n) => n < 0)) throw new NotSimple();
  return shape;
}

/** The numpy-like type of a dataset or attribute. */
export function elementOf(type: NativeType, shape: number[] | null, asBfloat16: boolean): Hdf5Type {
  return typeOf({ ...type.meta, shape, chunks: null, total_size: 1 }, asBfloat16);
}

export interface NativeAttribute {
  readonly name: string;
  /** As `readAttribute` of the library's side gives it; undefined for what is no number or string. */
  readonly value: unknown;
}

export function readNativeAttribute(window: Window, message: Uint8Array): NativeAttribute {
  const fields = new Fields(message);
  const version = fields.u8();
  const flags = fields.u8();
  if (version < 1 || version > 3 || (version > 1 && flags !== 0)) throw new NotSimple();
  const nameSize = fields.u16();
  const typeSize = fields.u16();
  const spaceSize = fields.u16();
  if (version === 3) fields.skip(1);
  const padded = (size: number): Uint8Array => {
    const part = fields.part(size);
    if (version === 1) fields.skip(Math.ceil(size / 8) * 8 - size);
    return part;
  };
  const rawName = padded(nameSize);
  const name = textOf(rawName.subarray(0, rawName.indexOf(0) < 0 ? rawName.length : rawName.indexOf(0)));
  const type = readType(new Fields(padded(typeSize)));
  const shape = readSpace(new Fields(padded(spaceSize)));
  if (shape === null) return { name, value: null };
  const count = shape.reduce((a, b) => a * b, 1);
  const values = valuesOf(window, fields, type, shape, count);
  return { name, value: values === undefined ? undefined : shape.length === 0 ? values[0] : values };
}

function valuesOf(window: Window, fields: Fields, type: NativeType, shape: number[], count: number): unknown[] | undefined {
  const { meta } = type;
  if (count * meta.size > window.length) throw new NotSimple();
  if (meta.type === STRING && meta.vlen) return Array.from({ length: count }, () => variableString(window, fields));
  if (meta.type === STRING) return Array.from({ length: count }, () => fixedString(fields.part(meta.size), meta.strpad === SPACE_PADDED));
  const { element } = elementOf(type, shape, false);
  if (element === null) return undefined;
  const numbers = Array.from(toNumbers(element, fields.part(count * meta.size).slice(), type.littleEndian) as ArrayLike<number | bigint>, Number);
  return element === "bool" ? numbers.map((v) => v !== 0) : numbers;
}

function variableString(window: Window, fields: Fields): string {
  const length = fields.u32();
  const address = fields.u64();
  const index = fields.u32();
  if (length === 0 || index === 0) return "";
  const object = globalHeapObject(window, address, index);
  if (length > object.length) throw new NotSimple();
  return fixedString(object.subarray(0, length), false);
}

function fixedString(bytes: Uint8Array, spaces: boolean): string {
  const end = bytes.indexOf(0);
  const text = textOf(end < 0 ? bytes : bytes.subarray(0, end));
  return spaces ? text.replace(/ +$/, "") : text;
}
