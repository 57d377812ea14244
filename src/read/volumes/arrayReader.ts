/** Numbers that lie one after the other in a source. */
import type { ByteSource, NumericArray } from "../bytes/source";
import { FormatError } from "../bytes/source";
import type { ElementType } from "../bytes/typed";
import { sizeOf, toNumbers } from "../bytes/typed";

export interface ArrayPlace {
  /** For messages. */
  readonly format: string;
  readonly source: ByteSource;
  /** Where the first element begins. */
  readonly offset: number;
  readonly element: ElementType;
  readonly littleEndian: boolean;
  /** Elements that the header promises. */
  readonly total: number;
}

/** Elements [start, start + count) in storage order; `lend`: the next read of the source may use their memory again. Throws FormatError beyond the array, torn beyond the data. */
export function readElements(place: ArrayPlace, start: number, count: number, lend = false): NumericArray {
  const { format, source, offset, element, littleEndian, total } = place;
  if (start < 0 || count < 0 || start + count > total) throw new FormatError(format, `elements ${start} to ${start + count} asked of ${total}`);
  const size = sizeOf(element);
  const bytes = source.read(offset + start * size, count * size, !lend);
  if (bytes.length < count * size) {
    // Where the stream ends before `start`, how many there are is not known from this read.
    const there = start + Math.floor(bytes.length / size);
    const upTo = bytes.length > 0 || offset + start * size <= source.size ? there : Math.max(0, Math.floor((source.size - offset) / size));
    throw new FormatError(format, `the data end after ${Math.min(upTo, total)} of ${total} elements`, true);
  }
  return toNumbers(element, bytes, littleEndian);
}

/** Elements of an array of `shape`; throws FormatError when an axis is negative or their number is beyond what can be counted. */
export function countOf(format: string, shape: readonly number[]): number {
  const total = shape.reduce((a, b) => a * b, 1);
  if (shape.some((n) => !Number.isSafeInteger(n) || n < 0) || !Number.isSafeInteger(total * 8)) throw new FormatError(format, `the shape ${shape.join(" × ")} is impossible`);
  return total;
}
