/** The points of one tag in one file, growing. */

/** Points a piece of memory holds: the first few, then twice as many each time, up to the largest. */
const SMALLEST = 16;
const LARGEST = 1 << 15;

interface Piece {
  /** Index of its first point. */
  readonly start: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  lines: Uint32Array | null;
  wallTimes: Float64Array | null;
}

function piece(start: number, size: number): Piece {
  return { start, steps: new Float64Array(size), values: new Float64Array(size), lines: null, wallTimes: null };
}

export class Track {
  /** Never moved when it grows: a log of millions of points is copied only into its series. */
  private readonly pieces: Piece[] = [piece(0, SMALLEST)];
  private piece = this.pieces[0]!;
  length = 0;
  restarts = 0;
  /** How often points were given up: while it stays the same, what was there is there still. */
  drops = 0;
  /** Lowest step at which this file gave a point: points of earlier files at or after it give way. */
  cut = Infinity;
  private last = -Infinity;
  /** How often its file had gone back when it was last given a point. */
  private backs = 0;

  /**
   * Appends a point; returns whether it went back: points at or after `step` have given way then. A step that is logged twice
   * stands twice, unless the file went back (`backs` times so far, by any tag) in between.
   */
  push(step: number, value: number, line: number, wallTime: number, backs: number): boolean {
    const back = step < this.last;
    if (back || (step === this.last && this.backs !== backs)) this.drop(step, back);
    this.backs = backs;
    let i = this.length - this.piece.start;
    if (i === this.piece.steps.length) {
      this.grow();
      i = 0;
    }
    const { piece } = this;
    piece.steps[i] = step;
    piece.values[i] = value;
    if (line > 0) (piece.lines ??= new Uint32Array(piece.steps.length))[i] = line;
    else if (piece.lines !== null) piece.lines[i] = 0;
    if (!Number.isNaN(wallTime)) (piece.wallTimes ??= new Float64Array(piece.steps.length).fill(NaN))[i] = wallTime;
    else if (piece.wallTimes !== null) piece.wallTimes[i] = NaN;
    this.length++;
    this.last = step;
    if (step < this.cut) this.cut = step;
    return back;
  }

  /** Gives up the points at or after `step`; `counts`: as a restart, if there were any. */
  drop(step: number, counts: boolean): void {
    const before = this.length;
    this.length = this.firstAt(step);
    if (this.length === before) return;
    this.drops++;
    while (this.pieces.length > 1 && this.piece.start >= this.length) {
      this.pieces.pop();
      this.piece = this.pieces[this.pieces.length - 1]!;
    }
    this.last = this.length > 0 ? this.piece.steps[this.length - 1 - this.piece.start]! : -Infinity;
    if (counts) this.restarts++;
  }

  /** Index of the first point at or after `step`; `length` when there is none. */
  firstAt(step: number): number {
    let at = this.pieces.length - 1;
    while (at > 0 && this.pieces[at]!.steps[0]! >= step) at--;
    const { start, steps } = this.pieces[at]!;
    let low = 0;
    let high = Math.min(this.length - start, steps.length);
    while (low < high) {
      const mid = (low + high) >>> 1;
      if (steps[mid]! < step) low = mid + 1;
      else high = mid;
    }
    return start + low;
  }

  /** Step of the newest point; -Infinity where there is none. */
  get lastStep(): number {
    return this.last;
  }

  /** Copies the points [from, to) to `at`. */
  copyTo(from: number, to: number, at: number, steps: Float64Array, values: Float64Array): void {
    for (const [one, first, last] of this.within(from, to)) {
      steps.set(one.steps.subarray(first, last), at + one.start + first - from);
      values.set(one.values.subarray(first, last), at + one.start + first - from);
    }
  }

  /** Whether any point tells its line. */
  get lined(): boolean {
    return this.pieces.some((one) => one.lines !== null);
  }

  /** Copies the lines of the points [from, to) to `at`; 0 where none is told. */
  copyLines(from: number, to: number, at: number, into: Uint32Array): void {
    for (const [one, first, last] of this.within(from, to)) if (one.lines !== null) into.set(one.lines.subarray(first, last), at + one.start + first - from);
  }

  /** Whether any point tells its wall time. */
  get timed(): boolean {
    return this.pieces.some((one) => one.wallTimes !== null);
  }

  /** Copies the wall times of the points [from, to) to `at`; NaN where none is told. */
  copyTimes(from: number, to: number, at: number, into: Float64Array): void {
    for (const [one, first, last] of this.within(from, to)) {
      const place = at + one.start + first - from;
      if (one.wallTimes === null) into.fill(NaN, place, place + last - first);
      else into.set(one.wallTimes.subarray(first, last), place);
    }
  }

  /** Pieces that hold points of [from, to), and which of theirs. */
  private *within(from: number, to: number): Iterable<[Piece, number, number]> {
    // From the end: what is asked for is mostly what came last.
    for (let i = this.pieces.length - 1; i >= 0; i--) {
      const one = this.pieces[i]!;
      const begin = Math.max(from - one.start, 0);
      const end = Math.min(to - one.start, one.steps.length);
      if (begin < end) yield [one, begin, end];
      if (one.start <= from) return;
    }
  }

  private grow(): void {
    this.piece = piece(this.length, Math.min(2 * this.piece.steps.length, LARGEST));
    this.pieces.push(this.piece);
  }
}
