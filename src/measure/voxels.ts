/** The voxels of one array as a stream of codes in the order its layout says. */
import { argmaxCodes, type ArgmaxNotes } from "./argmax";
import { ValueCoder, type Codes } from "./codes";
import { shapeText, MeasureError } from "./measureError";
import type { ArrayLayout } from "./labelLayout";
import { SLAB, type PrefixReader } from "./prefixReader";
import { toLastFastest } from "./reorder";

/** `what` is "labels" or "predictions"; `turn`: bring Fortran order into C order. */
export function voxelsOf(reader: PrefixReader, layout: ArrayLayout, what: "labels" | "predictions", turn: boolean, notes: ArgmaxNotes): Iterable<Codes> {
  const turned = turn && layout.order === "F";
  const codes = layout.classAxis === null ? singleChannel(reader, what, !turned) : argmaxCodes(reader, layout.outer, layout.channels, layout.inner, notes, what === "labels" ? oneHotCheck(reader) : accept);
  return turned ? toLastFastest(codes, layout.core) : codes;
}

/** `lend`: each slab is done with before the next is asked for. */
function* singleChannel(reader: PrefixReader, what: "labels" | "predictions", lend: boolean): Iterable<Codes> {
  const coder = new ValueCoder(what, what === "labels");
  for (let at = 0; at < reader.total; ) {
    const values = reader.read(at, Math.min(SLAB, reader.total - at), lend);
    if (values.length === 0) throw new MeasureError(`${what} end after ${at} of ${reader.total} values`);
    at += values.length;
    yield coder.code(values);
  }
}

function accept(): void {
  // any score may be compared
}

/** Labels along a class axis are 0 and 1 (or 0 and 255, or shares of 1); anything else is no one-hot array. */
function oneHotCheck(reader: PrefixReader): (values: ArrayLike<number>) => void {
  return (values) => {
    for (let i = 0; i < values.length; i++) {
      const v = values[i]!;
      if (!(v >= 0 && v <= 1) && v !== 255) throw new MeasureError(`labels ${shapeText(reader.entry.shape)} hold the value ${v}: neither one-hot nor one class index a voxel`);
    }
  };
}

/** Two streams side by side: pieces of equal length. Ends with the shorter. */
export function* sideBySide(a: Iterable<Codes>, b: Iterable<Codes>): Iterable<{ a: Codes; b: Codes; n: number }> {
  const left = new Cursor(a);
  const right = new Cursor(b);
  for (;;) {
    const n = Math.min(left.ready(), right.ready());
    if (n === 0) return;
    yield { a: left.take(n), b: right.take(n), n };
  }
}

class Cursor {
  private readonly iterator: Iterator<Codes>;
  private slab: Codes | null = null;
  private at = 0;

  constructor(codes: Iterable<Codes>) {
    this.iterator = codes[Symbol.iterator]();
  }

  /** Voxels at hand; 0 at the end. */
  ready(): number {
    while (this.slab === null || this.at === this.slab.data.length) {
      const next = this.iterator.next();
      if (next.done === true) return 0;
      this.slab = next.value;
      this.at = 0;
    }
    return this.slab.data.length - this.at;
  }

  take(n: number): Codes {
    const { data, decode } = this.slab!;
    const from = this.at;
    this.at += n;
    return { data: data.subarray(from, this.at), decode };
  }
}
