/** Rows of plain numbers, from bytes. */
import { NumberScanner } from "./csvNumber";

/** Ten to the 0 to 9. */
const POWERS = Float64Array.from({ length: 10 }, (_, i) => 10 ** i);

/** Reads rows of numbers and empty cells; anything else is left to the one that reads strings. */
export class RowScanner {
  /** Of each cell; NaN also stands for an empty one. */
  readonly values: Float64Array;
  /** 1 for an empty cell. */
  readonly empty: Uint8Array;
  /** Cells of the row. */
  count = 0;
  /** How many of them are empty. */
  blanks = 0;
  /** Start of the next row. */
  next = 0;
  readonly #number = new NumberScanner();

  constructor(
    private readonly separator: number,
    private readonly width: number,
  ) {
    this.values = new Float64Array(width);
    this.empty = new Uint8Array(width);
  }

  /** Whether a row of `width` numbers at most starts at `at`; the newline at `end` - 1 ends the last one. */
  scan(bytes: Uint8Array, at: number, end: number): boolean {
    const { separator, width, values, empty } = this;
    const number = this.#number;
    let i = at;
    let count = 0;
    let blanks = 0;
    for (;;) {
      if (count === width) return false;
      let c = bytes[i]!;
      while (c === 32) c = bytes[++i]!;
      if (c === separator || c === 10 || c === 13) {
        values[count] = NaN;
        empty[count++] = 1;
        blanks++;
      } else {
        // Up to fifteen digits, nine on a side of the point: mantissa and power of ten are exact, so that one division rounds as it must.
        const from = i;
        let [whole, fraction, places] = [0, 0, 0];
        let digit = c - 48;
        while (digit >>> 0 < 10 && i - from < 10) {
          whole = (Math.imul(whole, 10) + digit) | 0;
          digit = bytes[++i]! - 48;
        }
        const digits = i - from;
        if (digit === -2) {
          const dot = i;
          digit = bytes[++i]! - 48;
          while (digit >>> 0 < 10 && i - dot <= 10) {
            fraction = (Math.imul(fraction, 10) + digit) | 0;
            digit = bytes[++i]! - 48;
          }
          places = i - dot - 1;
        }
        if (digits > 0 && digits < 10 && places < 10 && digits + places < 16 && (digit === separator - 48 || digit === -38)) {
          const power = POWERS[places]!;
          values[count] = places === 0 ? whole : (whole * power + fraction) / power;
        } else if (number.scan(bytes, from, end)) {
          i = number.next;
          values[count] = number.value;
        } else if ((c | 32) === 110 && (bytes[from + 1]! | 32) === 97 && (bytes[from + 2]! | 32) === 110) {
          i = from + 3;
          values[count] = NaN;
        } else return false;
        empty[count++] = 0;
        c = bytes[i]!;
        while (c === 32) c = bytes[++i]!;
      }
      i++;
      if (c === separator) continue;
      if (c === 13 && bytes[i] === 10) i++;
      else if (c !== 10) return false;
      this.count = count;
      this.blanks = blanks;
      this.next = i;
      return true;
    }
  }
}
