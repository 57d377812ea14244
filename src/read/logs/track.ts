/** The points of one tag in one file, growing. */

export class Track {
  private steps = new Float64Array(16);
  private values = new Float64Array(16);
  private lines: Uint32Array | null = null;
  private wallTimes: Float64Array | null = null;
  length = 0;
  restarts = 0;
  /** Lowest step at which this file gave a point: points of earlier files at or after it give way. */
  cut = Infinity;

  /** Appends a point; points at or after `step` give way. A repeated step overwrites without counting as a restart. */
  push(step: number, value: number, line: number, wallTime: number): void {
    const n = this.length;
    if (n > 0 && step <= this.steps[n - 1]!) this.drop(step, step < this.steps[n - 1]!);
    if (this.length === this.steps.length) this.grow();
    const i = this.length++;
    this.steps[i] = step;
    this.values[i] = value;
    if (line > 0) (this.lines ??= new Uint32Array(this.steps.length))[i] = line;
    else if (this.lines !== null) this.lines[i] = 0;
    if (!Number.isNaN(wallTime)) (this.wallTimes ??= new Float64Array(this.steps.length).fill(NaN))[i] = wallTime;
    else if (this.wallTimes !== null) this.wallTimes[i] = NaN;
    if (step < this.cut) this.cut = step;
  }

  /** Gives up the points at or after `step`; `counts`: as a restart, if there were any. */
  drop(step: number, counts: boolean): void {
    const before = this.length;
    this.length = this.firstAt(step);
    if (counts && this.length < before) this.restarts++;
  }

  /** Index of the first point at or after `step`; `length` when there is none. */
  firstAt(step: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (this.steps[mid]! < step) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  stepAt(i: number): number {
    return this.steps[i]!;
  }


  copyTo(n: number, at: number, steps: Float64Array, values: Float64Array): void {
    steps.set(this.steps.subarray(0, n), at);
    values.set(this.values.subarray(0, n), at);
  }

  /** Lines and wall times of the first `n` points, if the file told any. */
  extras(n: number): { lines: Uint32Array | null; wallTimes: Float64Array | null } {
    return { lines: this.lines?.subarray(0, n) ?? null, wallTimes: this.wallTimes?.subarray(0, n) ?? null };
  }

  private grow(): void {
    const size = this.steps.length * 2;
    this.steps = extend(this.steps, new Float64Array(size));
    this.values = extend(this.values, new Float64Array(size));
    if (this.lines !== null) this.lines = extend(this.lines, new Uint32Array(size));
    if (this.wallTimes !== null) this.wallTimes = extend(this.wallTimes, new Float64Array(size).fill(NaN));
  }
}

function extend<T extends Float64Array | Uint32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
