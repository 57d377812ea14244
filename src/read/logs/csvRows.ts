/** Rows of plain numbers, from bytes. */
import { NumberScanner } from "./csvNumber";

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
        if (number.scan(bytes, i, end)) {
          i = number.next;
          values[count] = number.value;
        } else if ((c | 32) === 110 && (bytes[i + 1]! | 32) === 97 && (bytes[i + 2]! | 32) === 110) {
          i += 3;
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
