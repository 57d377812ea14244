/** Reads an array with its beginning kept, so that deciding its layout costs a compressed stream no second start. */
import type { VolumeEntry } from "../read/format";
import type { NumericArray } from "../read/bytes/source";

/** Elements that are read at a time: flat memory, and few calls. */
export const SLAB = 1 << 20;

export interface Range {
  readonly min: number;
  readonly max: number;
  /** Whether all are integers. */
  readonly integers: boolean;
}

export class PrefixReader {
  readonly total: number;
  private kept: NumericArray | null = null;
  private seen: Range | null = null;

  readonly entry: VolumeEntry;

  constructor(entry: VolumeEntry) {
    this.total = entry.shape.reduce((a, b) => a * b, 1);
    this.entry = entry.scaled && this.nearIntegers(entry) ? rounded(entry) : entry;
  }

  /** Whether a sample of scaled values are integers but for the steps of the scale, as class indices stored so are. */
  private nearIntegers(entry: VolumeEntry): boolean {
    const values = entry.read(0, Math.min(SLAB, this.total));
    const step = Math.max(1, Math.floor(values.length / SAMPLE)) | 1;
    let whole = true;
    let inexact = false;
    for (let i = 0; i < values.length && whole; i += step) {
      const v = Number(values[i]!);
      const off = Math.abs(v - Math.round(v));
      inexact ||= off > 0;
      whole = off <= SCALE_STEP || !Number.isFinite(v);
    }
    if (!whole || !inexact) this.kept = values;
    return whole && inexact;
  }

  /** The first elements in storage order, at most one slab. */
  prefix(): NumericArray {
    this.kept ??= this.entry.read(0, Math.min(SLAB, this.total));
    return this.kept;
  }

  /** Range of the finite values among `sample` of the first elements. */
  range(sample: number): Range {
    if (this.seen !== null) return this.seen;
    const values = this.prefix();
    let min = Infinity;
    let max = -Infinity;
    let integers = true;
    const step = Math.max(1, Math.floor(values.length / sample)) | 1; // odd: not always the same channel
    if (values instanceof Uint8Array) return (this.seen = byteRange(values, step));
    for (let i = 0; i < values.length; i += step) {
      const v = Number(values[i]!);
      if (!Number.isFinite(v)) continue;
      if (v < min) min = v;
      if (v > max) max = v;
      if (integers && !Number.isInteger(v)) integers = false;
    }
    return (this.seen = { min, max, integers });
  }

  /** Elements [start, start + count), or fewer (never none): what is kept is given before the entry is asked. `lend`: until the next. */
  read(start: number, count: number, lend = false): NumericArray {
    const kept = this.kept;
    if (kept !== null && start < kept.length) return kept.subarray(start, Math.min(kept.length, start + count));
    return this.entry.read(start, count, lend);
  }

  /** Exactly the elements [start, start + count). */
  readAll(start: number, count: number): NumericArray {
    const kept = this.kept;
    if (kept === null || start >= kept.length) return this.entry.read(start, count);
    if (start + count <= kept.length) return kept.subarray(start, start + count);
    const head = kept.subarray(start);
    const tail = this.entry.read(kept.length, start + count - kept.length);
    return joined(head, tail);
  }
}

/** Integers stored as multiples of another number come back as near to themselves as this (1.0000153 of 16 bits, 2.004 of 8 bits). */
const SCALE_STEP = 0.01;
const SAMPLE = 1 << 15;

function rounded(entry: VolumeEntry): VolumeEntry {
  const near = (v: number): number => (Math.abs(v - Math.round(v)) <= SCALE_STEP ? Math.round(v) : v);
  return { ...entry, read: (start, count) => Float64Array.from(entry.read(start, count) as ArrayLike<number>, near) };
}

function byteRange(values: Uint8Array, step: number): Range {
  let min = 255;
  let max = 0;
  for (let i = 0; i < values.length; i += step) {
    const v = values[i]!;
    if (v < min) min = v;
    if (v > max) max = v;
  }
  return { min, max, integers: true };
}

function joined(head: NumericArray, tail: NumericArray): NumericArray {
  const bytes = new Uint8Array(head.byteLength + tail.byteLength);
  bytes.set(new Uint8Array(head.buffer, head.byteOffset, head.byteLength), 0);
  bytes.set(new Uint8Array(tail.buffer, tail.byteOffset, tail.byteLength), head.byteLength);
  const whole = new (head.constructor as new (buffer: ArrayBuffer) => NumericArray)(bytes.buffer);
  return whole;
}
