/** Numbers that remember how they were computed, so that one definition of a loss gives its value and its gradient (reverse-mode differentiation). */

/** Up to two operands with the partial derivatives of the result. */
export class Tape {
  private length = 0;
  private left = new Int32Array(1024);
  private right = new Int32Array(1024);
  private leftSlope = new Float64Array(1024);
  private rightSlope = new Float64Array(1024);

  /** A number that others are computed from. */
  number(value: number): Scalar {
    return this.push(value, -1, 0, -1, 0);
  }

  push(value: number, left: number, leftSlope: number, right: number, rightSlope: number): Scalar {
    const at = this.length++;
    if (at === this.left.length) this.grow();
    this.left[at] = left;
    this.right[at] = right;
    this.leftSlope[at] = leftSlope;
    this.rightSlope[at] = rightSlope;
    return new Scalar(this, at, value);
  }

  private grow(): void {
    const twice = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const size = 2 * this.length;
    this.left = twice(this.left, new Int32Array(size));
    this.right = twice(this.right, new Int32Array(size));
    this.leftSlope = twice(this.leftSlope, new Float64Array(size));
    this.rightSlope = twice(this.rightSlope, new Float64Array(size));
  }

  /** Derivative of `of` with respect to each number, by its place on the tape. */
  gradient(of: Scalar): Float64Array {
    const slopes = new Float64Array(this.length);
    slopes[of.at] = 1;
    for (let i = of.at; i >= 0; i--) {
      const slope = slopes[i]!;
      if (slope === 0) continue;
      const left = this.left[i]!;
      const right = this.right[i]!;
      if (left >= 0) slopes[left]! += slope * this.leftSlope[i]!;
      if (right >= 0) slopes[right]! += slope * this.rightSlope[i]!;
    }
    return slopes;
  }
}

export class Scalar {
  constructor(
    private readonly tape: Tape,
    readonly at: number,
    readonly value: number,
  ) {}

  plus(other: Scalar | number): Scalar {
    return typeof other === "number" ? this.map(this.value + other, 1) : this.tape.push(this.value + other.value, this.at, 1, other.at, 1);
  }

  minus(other: Scalar | number): Scalar {
    return typeof other === "number" ? this.map(this.value - other, 1) : this.tape.push(this.value - other.value, this.at, 1, other.at, -1);
  }

  times(other: Scalar | number): Scalar {
    return typeof other === "number" ? this.map(this.value * other, other) : this.tape.push(this.value * other.value, this.at, other.value, other.at, this.value);
  }

  over(other: Scalar | number): Scalar {
    if (typeof other === "number") return this.map(this.value / other, 1 / other);
    const value = this.value / other.value;
    return this.tape.push(value, this.at, 1 / other.value, other.at, -value / other.value);
  }

  /** 1 - x */
  complement(): Scalar {
    return this.map(1 - this.value, -1);
  }

  negative(): Scalar {
    return this.map(-this.value, -1);
  }

  log(): Scalar {
    return this.map(Math.log(this.value), 1 / this.value);
  }

  exp(): Scalar {
    const value = Math.exp(this.value);
    return this.map(value, value);
  }

  power(exponent: number): Scalar {
    return this.map(this.value ** exponent, exponent === 0 ? 0 : exponent * this.value ** (exponent - 1));
  }

  /** log(cosh(x)) */
  logCosh(): Scalar {
    const a = Math.abs(this.value);
    return this.map(a + Math.log1p(Math.exp(-2 * a)) - Math.LN2, Math.tanh(this.value));
  }

  /** The larger of x and a number; no slope where the number is the larger, as clamp(min=…) has it. */
  atLeast(least: number): Scalar {
    return this.value >= least ? this : this.map(least, 0);
  }

  abs(): Scalar {
    return this.map(Math.abs(this.value), Math.sign(this.value));
  }

  /** A number on the same tape that nothing is derived through. */
  constant(value: number): Scalar {
    return this.map(value, 0);
  }

  private map(value: number, slope: number): Scalar {
    return this.tape.push(value, this.at, slope, -1, 0);
  }
}

/** A number that stays plain where no gradient is asked for: only what is derived through needs a tape. */
export type Value = Scalar | number;

export const plus = (x: Value, y: Value): Value => (typeof x !== "number" ? x.plus(y) : typeof y !== "number" ? y.plus(x) : x + y);
export const minus = (x: Value, y: Value): Value => (typeof x !== "number" ? x.minus(y) : typeof y === "number" ? x - y : x === 1 ? y.complement() : y.negative().plus(x));
export const times = (x: Value, y: Value): Value => (typeof x !== "number" ? x.times(y) : typeof y !== "number" ? y.times(x) : x * y);
export const over = (x: Value, y: Value): Value => (typeof x !== "number" ? x.over(y) : typeof y !== "number" ? y.power(-1).times(x) : x / y);

/** Sum of one number at least. */
export function sum(numbers: ArrayLike<Value>): Value {
  const first = numbers[0];
  if (first === undefined) throw new RangeError("losses: a sum of no numbers");
  let total = first;
  for (let i = 1; i < numbers.length; i++) total = plus(total, numbers[i]!);
  return total;
}
