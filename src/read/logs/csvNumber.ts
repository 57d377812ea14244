/**
 * Decimal numbers straight from bytes, rounded as IEEE 754 asks (as Number() does), without making a string of each.
 *
 * Up to 2^53 and ten to the 22 both factors are exact doubles, so that one division or product rounds correctly (Clinger,
 * "How to read floating point numbers accurately", 1990). Longer mantissas, up to 19 digits as Python's repr writes, are
 * divided in double-double arithmetic (Dekker, 1971) and taken where the error cannot reach the rounding; the rest is left
 * to Number().
 */

const TENS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const POWERS = Float64Array.from(TENS);
const EXACT = 2 ** 53;
const SPLITTER = 2 ** 27 + 1;

/** Reads one number at a time; `next` tells where it ended. */
export class NumberScanner {
  /** The number that `scan` found. */
  value = 0;
  /** Just behind it. */
  next = 0;

  /** Whether a plain decimal number starts at `at`; ends before `end` or at the first byte that is no part of it. */
  scan(bytes: Uint8Array, at: number, end: number): boolean {
    let i = at;
    let c = bytes[i]!;
    const negative = c === 45;
    if (negative || c === 43) c = bytes[++i]!;
    let high = 0; // first 15 digits that count
    let low = 0; // up to four after them
    let digits = 0;
    let scale = 0;
    const start = i;
    while (i < end && c >= 48 && c <= 57) {
      if (digits < 15) {
        high = high * 10 + (c - 48);
        if (high !== 0) digits++;
      } else {
        low = low * 10 + (c - 48);
        digits++;
      }
      c = bytes[++i]!;
    }
    let any = i > start;
    if (c === 46 && i < end) {
      c = bytes[++i]!;
      const dot = i;
      while (i < end && c >= 48 && c <= 57) {
        if (digits < 15) {
          high = high * 10 + (c - 48);
          if (high !== 0) digits++;
        } else {
          low = low * 10 + (c - 48);
          digits++;
        }
        c = bytes[++i]!;
      }
      scale = dot - i;
      any ||= i > dot;
    }
    if (!any || i > end) return false;
    if ((c === 101 || c === 69) && i < end) {
      let sign = 1;
      c = bytes[++i]!;
      if (c === 45 || c === 43) {
        if (c === 45) sign = -1;
        c = bytes[++i]!;
      }
      const from = i;
      let power = 0;
      while (i < end && c >= 48 && c <= 57 && i - from < 4) {
        power = power * 10 + (c - 48);
        c = bytes[++i]!;
      }
      if (i === from || i > end || (i < end && c >= 48 && c <= 57)) return false;
      scale += sign * power;
    }
    this.next = i;
    const value = digits <= 15 ? short(high, scale) : long(high, low, digits, scale);
    if (Number.isNaN(value)) return this.slow(bytes, at, i);
    this.value = negative ? -value : value;
    return true;
  }

  private slow(bytes: Uint8Array, at: number, end: number): boolean {
    if (end - at > 400) return false;
    this.value = Number(String.fromCharCode(...bytes.subarray(at, end)));
    return !Number.isNaN(this.value);
  }
}

/** mantissa × 10^scale, correctly rounded; NaN where that takes more than one operation. */
function short(mantissa: number, scale: number): number {
  if (scale === 0 || mantissa === 0) return mantissa;
  if (scale < 0) return scale >= -22 ? mantissa / POWERS[-scale]! : NaN;
  return scale <= 22 ? mantissa * POWERS[scale]! : NaN;
}

/** (high × 10^(digits − 15) + low) × 10^scale, correctly rounded; NaN where that is not certain. */
function long(high: number, low: number, digits: number, scale: number): number {
  if (digits > 19 || scale > 0 || scale < -22) return NaN;
  const shift = POWERS[digits - 15]!;
  // The mantissa as an exact sum of two doubles.
  const product = high * shift;
  const rest = productError(high, shift, product);
  const m = product + low;
  const t = m - product;
  const mLow = product - (m - t) + (low - t) + rest;
  if (mLow === 0 && m <= EXACT) return short(m, scale);
  const divisor = POWERS[-scale]!;
  const q = m / divisor;
  const back = q * divisor;
  const remainder = m - back - productError(q, divisor, back) + mLow;
  const correction = remainder / divisor;
  // Relative error of the correction: a few roundings of 2^-53 each.
  const doubt = Math.abs(correction) * 2 ** -48 + q * 2 ** -104;
  const lowest = q + (correction - doubt);
  return lowest === q + (correction + doubt) ? lowest : NaN;
}

/** a × b − product, exactly (Dekker's product). */
function productError(a: number, b: number, product: number): number {
  const ta = SPLITTER * a;
  const aHigh = ta - (ta - a);
  const aLow = a - aHigh;
  const tb = SPLITTER * b;
  const bHigh = tb - (tb - b);
  const bLow = b - bHigh;
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow;
}
