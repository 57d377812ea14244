/**
 * Zstandard (RFC 8878), for data small enough to be held whole: frames without dictionary. Work and memory are bounded by the
 * size that is expected; content checksums are not looked at.
 */
import { copyWithin } from "./lz4";
import { FormatError } from "./source";
import { BackwardBits, type FseTable, fseTable, type Huffman, predefined, readHuffman, rleTable, ZstdDamage } from "./zstdEntropy";

const MAGIC = 0xfd2fb528;
const SKIPPED = 0x184d2a50;
const MOST_BLOCK = 1 << 17;

/** Base and extra bits by code (RFC 8878, 3.1.1.3.2.1.1). */
const LITERAL_BASE = Int32Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536);
const LITERAL_BITS = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
const MATCH_BASE = Int32Array.from({ length: 53 }, (_, i) => (i < 32 ? i + 3 : [35, 37, 39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539][i - 32]!));
const MATCH_BITS = Uint8Array.from({ length: 53 }, (_, i) => (i < 32 ? 0 : [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16][i - 32]!));
const MOST_OFFSET_CODE = 31;

/** Tables that a block may take from the block before. */
interface Kept {
  huffman: Huffman | null;
  literals: FseTable | null;
  offsets: FseTable | null;
  matches: FseTable | null;
  readonly recent: [number, number, number];
}

/** The decompressed bytes, `size` at most. Throws FormatError where they are damaged or more, torn where the input ends early. */
export function unzstd(input: Uint8Array, size: number, format: string): Uint8Array {
  try {
    return new Decoder(input, size).run();
  } catch (error) {
    if (error instanceof ZstdDamage) throw new FormatError(format, `zstd: ${error.message} in ${input.length} bytes`, error.torn);
    throw error;
  }
}

class Decoder {
  private at = 0;
  private done = 0;
  private readonly out: Uint8Array;
  private readonly view: DataView;
  private readonly literals = new Uint8Array(MOST_BLOCK);

  constructor(
    private readonly input: Uint8Array,
    size: number,
  ) {
    this.out = new Uint8Array(size);
    this.view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  }

  run(): Uint8Array {
    while (this.at < this.input.length) {
      this.need(4);
      const magic = this.view.getUint32(this.at, true);
      this.at += 4;
      if (magic === MAGIC) this.frame();
      else if (magic >= SKIPPED && magic < SKIPPED + 16) {
        this.need(4);
        const length = this.view.getUint32(this.at, true);
        this.at += 4;
        this.need(length);
        this.at += length;
      } else throw new ZstdDamage(`no frame at byte ${this.at - 4}`);
    }
    return this.out.subarray(0, this.done);
  }

  private need(bytes: number): void {
    if (this.at + bytes > this.input.length) throw new ZstdDamage(`${bytes} bytes are missing at byte ${this.at}`, true);
  }

  private byte(): number {
    this.need(1);
    return this.input[this.at++]!;
  }

  private frame(): void {
    const start = this.done;
    const flags = this.byte();
    const single = (flags & 32) !== 0;
    if ((flags & 8) !== 0) throw new ZstdDamage("a reserved bit is set");
    if (!single) this.byte(); // how far back copies reach: all of what was given lies here anyway
    for (let i = [0, 1, 2, 4][flags & 3]!; i > 0; i--) if (this.byte() !== 0) throw new ZstdDamage("a dictionary is needed");
    const width = [single ? 1 : 0, 2, 4, 8][flags >> 6]!;
    let claimed = 0;
    for (let i = 0, factor = 1; i < width; i++, factor *= 256) claimed += this.byte() * factor;
    if (width === 2) claimed += 256;
    if (claimed > this.out.length - start) throw new ZstdDamage(`${claimed} bytes are claimed, ${this.out.length - start} expected`);
    const kept: Kept = { huffman: null, literals: null, offsets: null, matches: null, recent: [1, 4, 8] };
    for (let last = false; !last; ) {
      const head = this.byte() | (this.byte() << 8) | (this.byte() << 16);
      last = (head & 1) !== 0;
      const size = head >>> 3;
      const type = (head >> 1) & 3;
      if (type === 3 || size > MOST_BLOCK) throw new ZstdDamage(`a block of type ${type} and ${size} bytes`);
      this.need(type === 1 ? 1 : size);
      if (type === 2) this.block(this.at + size, kept, start);
      else {
        if (size > this.out.length - this.done) throw new ZstdDamage("more bytes than expected");
        if (type === 0) this.out.set(this.input.subarray(this.at, this.at + size), this.done);
        else this.out.fill(this.input[this.at]!, this.done, this.done + size);
        this.done += size;
      }
      this.at += type === 1 ? 1 : size;
    }
    if (width > 0 && this.done - start !== claimed) throw new ZstdDamage(`${this.done - start} of ${claimed} bytes`);
    if ((flags & 4) !== 0) {
      this.need(4);
      this.at += 4;
    }
  }

  /** A compressed block, from `this.at` (left as it is) to `end`. */
  private block(end: number, kept: Kept, start: number): void {
    const { input } = this;
    const [count, from] = this.readLiterals(this.at, end, kept);
    let at = from;
    const next = (): number => {
      if (at >= end) throw new ZstdDamage("a block is cut off");
      return input[at++]!;
    };
    let sequences = next();
    if (sequences === 255) sequences = next() + (next() << 8) + 0x7f00;
    else if (sequences > 127) sequences = ((sequences - 128) << 8) + next();
    if (sequences === 0) {
      if (count > this.out.length - this.done) throw new ZstdDamage("more bytes than expected");
      this.out.set(this.literals.subarray(0, count), this.done);
      this.done += count;
      return;
    }
    const modes = next();
    if ((modes & 3) !== 0) throw new ZstdDamage("a reserved mode");
    const table = (mode: number, before: FseTable | null, fallback: FseTable, mostLog: number, mostSymbol: number): FseTable => {
      if (mode === 0) return fallback;
      if (mode === 1) return rleTable(next(), mostSymbol);
      if (mode === 2) {
        const read = fseTable(input, at, end, mostLog, mostSymbol);
        at = read.end;
        return read.table;
      }
      if (before === null) throw new ZstdDamage("a table of a block before is missing");
      return before;
    };
    const ll = (kept.literals = table(modes >> 6, kept.literals, predefined.literals, 9, 35));
    const of = (kept.offsets = table((modes >> 4) & 3, kept.offsets, predefined.offsets, 8, MOST_OFFSET_CODE));
    const ml = (kept.matches = table((modes >> 2) & 3, kept.matches, predefined.matches, 9, 52));
    this.execute(new BackwardBits(input, at, end), sequences, [ll, of, ml], count, kept.recent, start);
  }

  private execute(bits: BackwardBits, sequences: number, [ll, of, ml]: readonly [FseTable, FseTable, FseTable], count: number, recent: [number, number, number], start: number): void {
    const { out, literals } = this;
    let l = bits.read(ll.log);
    let o = bits.read(of.log);
    let m = bits.read(ml.log);
    let taken = 0;
    let done = this.done;
    const size = out.length;
    for (let i = 0; i < sequences; i++) {
      const offsetCode = of.symbols[o]!;
      const value = 2 ** offsetCode + bits.read(offsetCode);
      const matchCode = ml.symbols[m]!;
      const match = MATCH_BASE[matchCode]! + bits.read(MATCH_BITS[matchCode]!);
      const literalCode = ll.symbols[l]!;
      const literal = LITERAL_BASE[literalCode]! + bits.read(LITERAL_BITS[literalCode]!);
      if (i < sequences - 1) {
        l = ll.bases[l]! + bits.read(ll.bits[l]!);
        m = ml.bases[m]! + bits.read(ml.bits[m]!);
        o = of.bases[o]! + bits.read(of.bits[o]!);
      }
      const offset = offsetOf(value, literal, recent);
      if (literal > count - taken || literal + match > size - done) throw new ZstdDamage("more bytes than expected");
      for (let k = 0; k < literal; k++) out[done + k] = literals[taken + k]!;
      taken += literal;
      done += literal;
      if (offset < 1 || offset > done - start) throw new ZstdDamage("a copy points outside");
      done = copyWithin(out, done, offset, match);
    }
    bits.finish();
    const rest = count - taken;
    if (rest > size - done) throw new ZstdDamage("more bytes than expected");
    out.set(literals.subarray(taken, count), done);
    this.done = done + rest;
  }

  /** Fills `literals`; returns how many there are and where the section ends. */
  private readLiterals(at: number, end: number, kept: Kept): [number, number] {
    const { input, literals } = this;
    const first = input[at] ?? 0;
    const type = first & 3;
    const form = (first >> 2) & 3;
    const wide = type >= 2;
    const width = wide ? [3, 3, 4, 5][form]! : [1, 2, 1, 3][form]!;
    if (at + width > end) throw new ZstdDamage("a block is cut off");
    let head = 0;
    for (let i = width - 1; i >= 0; i--) head = head * 256 + input[at + i]!;
    at += width;
    if (!wide) {
      const count = Math.floor(head / (form === 0 || form === 2 ? 8 : 16));
      const bytes = type === 0 ? count : 1;
      if (count > MOST_BLOCK || at + bytes > end) throw new ZstdDamage(`${count} literals`);
      if (type === 0) literals.set(input.subarray(at, at + count));
      else literals.fill(input[at]!, 0, count);
      return [count, at + bytes];
    }
    const range = 2 ** [10, 10, 14, 18][form]!;
    const count = Math.floor(head / 16) % range;
    const bytes = Math.floor(head / 16 / range);
    const stop = at + bytes;
    if (count > MOST_BLOCK || stop > end) throw new ZstdDamage(`${count} literals in ${bytes} bytes`);
    if (type === 2) {
      const read = readHuffman(input, at, stop);
      kept.huffman = read.tree;
      at = read.end;
    }
    const tree = kept.huffman;
    if (tree === null) throw new ZstdDamage("a tree of a block before is missing");
    if (form === 0) tree.decode(input, at, stop, literals, 0, count);
    else {
      const each = (count + 3) >> 2;
      if (at + 6 > stop || each * 3 > count) throw new ZstdDamage("four streams of literals are cut off");
      const ends = [0, 2, 4].map((i) => input[at + i]! | (input[at + i + 1]! << 8));
      let from = at + 6;
      for (let s = 0; s < 4; s++) {
        const to = s === 3 ? stop : from + ends[s]!;
        if (to > stop) throw new ZstdDamage("a stream of literals is cut off");
        tree.decode(input, from, to, literals, s * each, s === 3 ? count : (s + 1) * each);
        from = to;
      }
    }
    return [count, stop];
  }
}

/** RFC 8878, 3.1.1.5: the three last offsets are called by number. */
function offsetOf(value: number, literal: number, recent: [number, number, number]): number {
  if (value > 3) {
    recent[2] = recent[1];
    recent[1] = recent[0];
    return (recent[0] = value - 3);
  }
  const index = value - 1 + (literal === 0 ? 1 : 0);
  if (index === 0) return recent[0];
  const offset = index === 3 ? recent[0] - 1 : recent[index as 1 | 2];
  if (index > 1) recent[2] = recent[1];
  recent[1] = recent[0];
  return (recent[0] = offset);
}
