/**
 * Voxel values as small codes that count fast. What a value means (class, mask, ignored, above a threshold) is decided
 * after counting, when all values of a set have been seen.
 */
import type { NumericArray } from "../read/bytes/source";
import { MeasureError } from "./measureError";

/** Largest value that is taken for a class index. */
export const MAX_CLASS = 1023;

/** What a value is when it is no class index from 0 to MAX_CLASS. All negative; integers stand for themselves. */
export const Special = {
  /** a negative integer */
  negative: -1,
  /** in (0, 0.5] */
  low: -2,
  /** in (0.5, 1) */
  high: -3,
  /** above 1, not an integer */
  above: -4,
  /** below 0, not an integer */
  below: -5,
  /** NaN or infinite */
  nonFinite: -6,
  /** an integer above MAX_CLASS */
  huge: -7,
} as const;

export const SPECIALS = 7;

/** One slab of codes. `decode[code]` is the value, or one of Special. */
export interface Codes {
  readonly data: Uint8Array | Uint16Array;
  readonly decode: Int16Array;
}

/** Codes that are the values themselves. */
export const PLAIN = Int16Array.from({ length: MAX_CLASS + 1 }, (_, v) => v);
/** Eight bits for any dtype: values to 244, then the specials, then 255 (the usual ignore value) as itself. */
const NARROW_VALUES = 245;
const NARROW = Int16Array.from({ length: 256 }, (_, code) => (code < NARROW_VALUES || code === 255 ? code : code < NARROW_VALUES + SPECIALS ? -1 - (code - NARROW_VALUES) : Special.huge));
export const WIDE = Int16Array.from({ length: MAX_CLASS + 1 + SPECIALS }, (_, code) => (code <= MAX_CLASS ? code : -1 - (code - MAX_CLASS - 1)));

/** The code of `value` in WIDE. */
export function wideCode(value: number): number {
  return value >= 0 ? value : MAX_CLASS - value;
}

/** Codes of single-channel values, slab by slab. Eight bits as long as they do. `what` names the array in errors. */
export class ValueCoder {
  private wide = false;

  /** `strict`: labels; a value that is no integer, or above MAX_CLASS, is a MeasureError. */
  constructor(
    private readonly what: string,
    private readonly strict: boolean,
  ) {}

  code(values: NumericArray): Codes {
    if (values instanceof Uint8Array) return { data: (values.byteOffset & 3) === 0 ? values : values.slice(), decode: PLAIN }; // counted four at a time
    if (values instanceof Int8Array) {
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.length).slice();
      if (!hasHighBit(bytes)) return { data: bytes, decode: PLAIN };
    }
    if (!this.wide) {
      const narrow = values instanceof BigInt64Array || values instanceof BigUint64Array ? narrowCodes64(values) : narrowCodes(values, this.strict);
      if (narrow !== null) return { data: narrow, decode: NARROW };
    }
    const numbers = values instanceof BigInt64Array || values instanceof BigUint64Array ? from64(values) : values;
    if (this.strict) this.check(numbers);
    this.wide = true;
    return { data: wideCodes(numbers), decode: WIDE };
  }

  private check(values: Exclude<NumericArray, BigInt64Array | BigUint64Array>): void {
    let i = 0;
    while (i < values.length && Math.floor(values[i]!) === values[i]! && values[i]! <= MAX_CLASS && values[i]! > -Infinity) i++;
    if (i === values.length) return;
    const value = values[i]!;
    if (Number.isInteger(value)) throw new MeasureError(`${this.what} hold the value ${value}, which is no class index (0 to ${MAX_CLASS}); numbers of objects (instances) are not measured`);
    throw new MeasureError(`${this.what} hold the value ${value}, which is no class index`);
  }
}

function hasHighBit(bytes: Uint8Array): boolean {
  let or = 0;
  for (let i = 0; i < bytes.length; i++) or |= bytes[i]!;
  return or > 127;
}

type Numbers = Exclude<NumericArray, BigInt64Array | BigUint64Array>;

/** The 32-bit halves of 64-bit integers, low before high (typed arrays are little-endian here). */
function halvesOf(values: BigInt64Array | BigUint64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function from64(values: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(values.length);
  const signed = values instanceof BigInt64Array;
  const halves = halvesOf(values);
  for (let i = 0; i < out.length; i++) {
    const high = halves[2 * i + 1]!;
    out[i] = (signed ? high : high >>> 0) * 4294967296 + (halves[2 * i]! >>> 0);
  }
  return out;
}

/** Null when a value does not fit. */
function narrowCodes64(values: BigInt64Array | BigUint64Array): Uint8Array | null {
  const halves = halvesOf(values);
  const out = new Uint8Array(values.length);
  const signed = values instanceof BigInt64Array;
  for (let i = 0; i < out.length; i++) {
    const low = halves[2 * i]!;
    const high = halves[2 * i + 1]!;
    if (high === 0 && low >= 0 && (low < NARROW_VALUES || low === 255)) out[i] = low;
    else if (signed && high < 0) out[i] = NARROW_VALUES - 1 - Special.negative;
    else return null;
  }
  return out;
}

function specialOf(v: number): number {
  if (v - v !== 0) return Special.nonFinite;
  const integer = Math.floor(v) === v;
  if (integer) return v < 0 ? Special.negative : v > MAX_CLASS ? Special.huge : v;
  if (v < 0) return Special.below;
  if (v > 1) return Special.above;
  return v > 0.5 ? Special.high : Special.low;
}

/** Null when a value does not fit; when `strict`, also when one is no integer. */
function narrowCodes(values: Numbers, strict: boolean): Uint8Array | null {
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    const small = v & 255;
    if (small === v && (small < NARROW_VALUES || small === 255)) {
      out[i] = small;
      continue;
    }
    const special = specialOf(v);
    if (special >= 0 || (strict && special !== Special.negative)) return null;
    out[i] = NARROW_VALUES - 1 - special;
  }
  return out;
}

function wideCodes(values: Numbers): Uint16Array {
  const out = new Uint16Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = wideCode(specialOf(values[i]!));
  return out;
}
