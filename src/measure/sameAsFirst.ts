/** Whether all cases hold the same values as the first, kept as runs: exact, and a few bytes for a blobby volume. */
import type { Codes } from "./codes";

/** A first case in more runs than this is noise; it is not compared (and counts as different). */
const MAX_RUNS = 1 << 20;

export class SameAsFirst {
  /** No case differed so far. */
  same = true;
  private first: { values: number[]; lengths: number[] } | null = null;
  private filling = true;
  private foldedFrom: Int16Array | null = null;
  private folded = new Int16Array(0);
  private run = 0;
  private left = 0;

  /** `fold` gives what a value is compared as. */
  constructor(private fold: (value: number) => number = (value) => value) {}

  foldBy(fold: (value: number) => number): void {
    this.fold = fold;
    this.foldedFrom = null;
  }

  begin(): void {
    this.filling = this.first === null;
    if (this.filling) this.first = { values: [], lengths: [] };
    this.run = 0;
    this.left = this.first?.lengths[0] ?? 0;
  }

  /** The next voxels: [from, to) of a slab. */
  push(codes: Codes, from: number, to: number): void {
    const first = this.first;
    if (!this.same || first === null) return;
    const { data } = codes;
    if (this.foldedFrom !== codes.decode) {
      this.foldedFrom = codes.decode;
      this.folded = Int16Array.from(codes.decode, (value) => this.fold(value));
    }
    const folded = this.folded;
    for (let i = from; i < to; ) {
      const code = data[i]!;
      const end = runEnd(data, i, to);
      const value = folded[code]!;
      const ok = this.filling ? this.add(first, value, end - i) : this.follow(first, value, end - i);
      if (!ok) {
        this.same = false;
        return;
      }
      i = end;
    }
  }

  end(): void {
    if (this.same && !this.filling && this.first !== null && this.run < this.first.values.length) this.same = false;
  }

  /** Nothing that came counts. */
  reset(): void {
    this.same = true;
    this.first = null;
  }

  private add(first: { values: number[]; lengths: number[] }, value: number, n: number): boolean {
    const last = first.values.length - 1;
    if (last >= 0 && first.values[last] === value) first.lengths[last]! += n;
    else {
      first.values.push(value);
      first.lengths.push(n);
    }
    return first.values.length <= MAX_RUNS;
  }

  private follow(first: { values: number[]; lengths: number[] }, value: number, n: number): boolean {
    while (n > 0) {
      if (first.values[this.run] !== value) return false;
      const step = Math.min(n, this.left);
      n -= step;
      this.left -= step;
      if (this.left === 0) this.left = first.lengths[++this.run] ?? 0;
    }
    return true;
  }
}

/** Where the stretch of equal codes that begins at `from` ends, four voxels at a time where it is long. */
function runEnd(data: Uint8Array | Uint16Array, from: number, n: number): number {
  const code = data[from]!;
  let end = from + 1;
  const near = Math.min(n, from + 16);
  while (end < near && data[end] === code) end++;
  if (end < near || !(data instanceof Uint8Array)) {
    while (end < n && data[end] === code) end++;
    return end;
  }
  while (end < n && ((data.byteOffset + end) & 3) !== 0 && data[end] === code) end++;
  if (end < n && ((data.byteOffset + end) & 3) === 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset + end, (n - end) >> 2);
    const four = (code * 0x01010101) >>> 0;
    let w = 0;
    while (w < words.length && words[w] === four) w++;
    end += w * 4;
  }
  while (end < n && data[end] === code) end++;
  return end;
}
