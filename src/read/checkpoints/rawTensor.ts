/** Tensors whose elements lie one after the other in a source. */
import { asOneLine, type ByteSource, FormatError, type NumericArray } from "../bytes/source";
import { type ElementType, sizeOf, toNumbers, widthOf } from "../bytes/typed";
import type { TensorEntry } from "../format";

/** Bytes a piece, once read: small enough to stay near the processor until it has been looked at. */
export const PIECE_BYTES = 1 << 18;
const MOST_PROBLEMS = 20;
const LONGEST_NAME = 200;

export interface RawPlace {
  readonly source: ByteSource;
  /** Of the first element, in bytes. */
  readonly offset: number;
  readonly count: number;
  readonly type: ElementType;
  readonly littleEndian: boolean;
}

/** Elements that one piece holds. */
export function pieceOf(type: ElementType): number {
  return Math.floor(PIECE_BYTES / Math.max(sizeOf(type), widthOf(type)));
}

/** All elements, piece by piece. Throws a torn FormatError, `what` after the format's name, where the data end before. */
export function* rawChunks(format: string, what: string, { source, offset, count, type, littleEndian }: RawPlace): Iterable<NumericArray> {
  const size = sizeOf(type);
  const most = pieceOf(type);
  for (let at = 0; at < count; at += most) {
    const length = Math.min(most, count - at) * size;
    const bytes = source.read(offset + at * size, length);
    if (bytes.length < length) {
      const there = at + Math.floor(bytes.length / size);
      throw new FormatError(format, `${what} ends after ${there} of ${count} elements`, true);
    }
    yield toNumbers(type, bytes, littleEndian);
  }
}

/** A tensor at `place`; nothing is read before `chunks` is walked. */
export function rawTensor(format: string, name: string, shape: readonly number[], kind: TensorEntry["kind"], place: RawPlace): TensorEntry {
  return { name, layer: null, dtype: place.type, shape, kind, chunks: () => rawChunks(format, shown(name), place) };
}

/** Elements of a tensor of `shape`; null when an axis is no count, or their number beyond what can be counted. */
export function countOf(shape: readonly number[]): number | null {
  let total = 1;
  for (const n of shape) {
    if (!Number.isSafeInteger(n) || n < 0) return null;
    total *= Math.max(1, n);
    // Sixteen bytes are the most that an element takes.
    if (!Number.isSafeInteger(total * 16)) return null;
  }
  return shape.includes(0) ? 0 : total;
}

/** A name of the file's, fit for a message: on one line and not too long. */
export function shown(name: string): string {
  const plain = asOneLine(JSON.stringify(name).slice(1, -1)) || "(no name)";
  return plain.length <= LONGEST_NAME ? plain : `${plain.slice(0, LONGEST_NAME)}…`;
}

/** Lines about tensors, of which there may be thousands: the first are kept, the others counted. */
export class TensorProblems {
  private readonly kept: string[] = [];
  private more = 0;

  add(line: string): void {
    if (this.kept.length < MOST_PROBLEMS) this.kept.push(line);
    else this.more++;
  }

  lines(): string[] {
    return this.more === 0 ? this.kept : [...this.kept, `${this.more} more tensors cannot be read`];
  }
}

/**
 * What `read` takes of each item, and lines about what it could not: one that fails hides no other. Throws FormatError with the
 * first line where there is no tensor at all.
 */
export function gathered<T>(format: string, items: readonly T[], read: (item: T, into: TensorEntry[], problems: TensorProblems) => void): { tensors: TensorEntry[]; problems: string[] } {
  const problems = new TensorProblems();
  const tensors: TensorEntry[] = [];
  let torn = false;
  for (const item of items) {
    try {
      read(item, tensors, problems);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      problems.add(error.message.slice(format.length + 2));
      torn ||= error.torn;
    }
  }
  const lines = problems.lines();
  if (tensors.length === 0) throw new FormatError(format, lines[0] ?? "no tensor in it", torn);
  return { tensors: uniqueNames(tensors), problems: lines };
}

/** The same entries; a name that was there before gets a number. */
export function uniqueNames(tensors: readonly TensorEntry[]): TensorEntry[] {
  const seen = new Map<string, number>();
  return tensors.map((tensor) => {
    const nth = (seen.get(tensor.name) ?? 0) + 1;
    seen.set(tensor.name, nth);
    return nth === 1 ? tensor : { ...tensor, name: `${tensor.name} (${nth})` };
  });
}
