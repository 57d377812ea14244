/** Entropy coding of Zstandard: finite-state tables and Huffman trees (RFC 8878, sections 4.1 and 4.2). */

/** Told with the format's name by whoever asked. */
export class ZstdDamage extends Error {
  constructor(
    message: string,
    readonly torn = false,
  ) {
    super(message);
  }
}

/** Bits that are read from the last byte's highest to the first byte's lowest; a 1 marks where they begin. */
export class BackwardBits {
  /** Bits left. */
  left: number;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly from: number,
    to: number,
  ) {
    const last = to > from ? bytes[to - 1]! : 0;
    if (last === 0) throw new ZstdDamage("a stream of bits has no end mark");
    this.left = (to - from) * 8 - 8 + (31 - Math.clz32(last));
  }

  /** The next `count` bits (31 at most) as a number. */
  read(count: number): number {
    if (count === 0) return 0;
    if (count > 24) return this.read(count - 16) * 65536 + this.read(16);
    this.left -= count;
    if (this.left < 0) throw new ZstdDamage("a stream of bits is cut off");
    return this.at(this.left) & ((1 << count) - 1);
  }

  /** The next `count` bits without taking them; zeros where there are fewer. */
  peek(count: number): number {
    const at = this.left - count;
    return at >= 0 ? this.at(at) & ((1 << count) - 1) : (this.at(0) & ((1 << this.left) - 1)) << -at;
  }

  finish(): void {
    if (this.left !== 0) throw new ZstdDamage(`${this.left} bits are left over`);
  }

  /** At least 24 bits from bit `bit` on, counted from the lowest of the first byte. */
  private at(bit: number): number {
    const { bytes } = this;
    const i = this.from + (bit >> 3);
    // Beyond the input nothing is: undefined counts as 0, and what is read there is masked away.
    return (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) >>> (bit & 7);
  }
}

/** By state: symbol, and next state as base + so many bits. */
export interface FseTable {
  readonly log: number;
  readonly symbols: Uint8Array;
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

/** One symbol for ever. */
export function rleTable(symbol: number, most: number): FseTable {
  if (symbol > most) throw new ZstdDamage(`code ${symbol}`);
  return { log: 0, symbols: Uint8Array.of(symbol), bits: Uint8Array.of(0), bases: Uint16Array.of(0) };
}

/** A table from the probabilities that lie at `at`. */
export function fseTable(input: Uint8Array, at: number, end: number, mostLog: number, mostSymbol: number): { table: FseTable; end: number } {
  let bit = 0;
  const take = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, bit++) {
      const byte = at + (bit >> 3);
      if (byte >= end) throw new ZstdDamage("a table is cut off");
      value |= ((input[byte]! >> (bit & 7)) & 1) << i;
    }
    return value;
  };
  const log = take(4) + 5;
  if (log > mostLog) throw new ZstdDamage(`a table of 2^${log} states`);
  const shares: number[] = [];
  let left = 1 << log;
  while (left > 0 && shares.length <= mostSymbol) {
    const width = 32 - Math.clz32(left + 1);
    const low = take(width - 1);
    const threshold = (1 << width) - 2 - left;
    let value = low;
    if (low >= threshold && take(1) === 1) value = low + (1 << (width - 1)) - threshold;
    const share = value - 1;
    left -= Math.abs(share);
    shares.push(share);
    if (share !== 0) continue;
    for (let more = 3; more === 3; ) {
      more = take(2);
      for (let i = 0; i < more; i++) shares.push(0);
      if (shares.length > mostSymbol + 1) throw new ZstdDamage("a table has too many codes");
    }
  }
  if (left !== 0 || shares.length > mostSymbol + 1) throw new ZstdDamage("a table's probabilities do not add up");
  return { table: tableOf(shares, log), end: at + ((bit + 7) >> 3) };
}

function tableOf(shares: readonly number[], log: number): FseTable {
  const size = 1 << log;
  const symbols = new Uint8Array(size);
  const next = new Uint16Array(shares.length);
  let high = size;
  shares.forEach((share, s) => {
    if (share === -1) {
      symbols[--high] = s;
      next[s] = 1;
    }
  });
  const step = (size >> 1) + (size >> 3) + 3;
  let at = 0;
  shares.forEach((share, s) => {
    if (share <= 0) return;
    next[s] = share;
    for (let i = 0; i < share; i++) {
      symbols[at] = s;
      do at = (at + step) & (size - 1);
      while (at >= high);
    }
  });
  const bits = new Uint8Array(size);
  const bases = new Uint16Array(size);
  for (let state = 0; state < size; state++) {
    const n = next[symbols[state]!]!++;
    const width = log - (31 - Math.clz32(n));
    bits[state] = width;
    bases[state] = (n << width) - size;
  }
  return { log, symbols, bits, bases };
}

/** Tables of blocks that bring none (RFC 8878, 3.1.1.3.2.2). */
export const predefined = {
  literals: tableOf([4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1], 6),
  offsets: tableOf([1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1], 5),
  matches: tableOf([1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1], 6),
};

const MOST_BITS = 11;

export class Huffman {
  constructor(
    private readonly width: number,
    private readonly symbols: Uint8Array,
    private readonly bits: Uint8Array,
  ) {}

  /** Decodes [from, to) of `input` into [at, end) of `out`, exactly. */
  decode(input: Uint8Array, from: number, to: number, out: Uint8Array, at: number, end: number): void {
    const stream = new BackwardBits(input, from, to);
    const { width, symbols, bits } = this;
    for (; at < end; at++) {
      const code = stream.peek(width);
      out[at] = symbols[code]!;
      stream.left -= bits[code]!;
      if (stream.left < 0) throw new ZstdDamage("a stream of literals is cut off");
    }
    stream.finish();
  }
}

/** A tree from the weights that lie at `at`. */
export function readHuffman(input: Uint8Array, at: number, end: number): { tree: Huffman; end: number } {
  if (at >= end) throw new ZstdDamage("a tree is cut off");
  const head = input[at++]!;
  const stop = at + (head < 128 ? head : (head - 126) >> 1);
  if (stop > end) throw new ZstdDamage("a tree is cut off");
  const weights = head < 128 ? packedWeights(input, at, stop) : Array.from({ length: head - 127 }, (_, i) => (i % 2 === 0 ? input[at + (i >> 1)]! >> 4 : input[at + (i >> 1)]! & 15));
  let sum = 0;
  for (const weight of weights) sum += weight === 0 ? 0 : 2 ** (weight - 1);
  const width = sum === 0 ? 0 : 32 - Math.clz32(sum);
  const rest = 2 ** width - sum;
  // The last weight is what is missing to a power of two.
  if (width === 0 || width > MOST_BITS || (rest & (rest - 1)) !== 0) throw new ZstdDamage("a tree's weights do not add up");
  weights.push(32 - Math.clz32(rest));
  if (weights.length > 256) throw new ZstdDamage("a tree has too many codes");
  const symbols = new Uint8Array(1 << width);
  const bits = new Uint8Array(1 << width);
  let code = 0;
  for (let weight = 1; weight <= width; weight++) {
    weights.forEach((own, symbol) => {
      if (own !== weight) return;
      const count = 1 << (weight - 1);
      symbols.fill(symbol, code, code + count);
      bits.fill(width + 1 - weight, code, code + count);
      code += count;
    });
  }
  return { tree: new Huffman(width, symbols, bits), end: stop };
}

/** Two states take turns until the bits are used up. */
function packedWeights(input: Uint8Array, at: number, stop: number): number[] {
  const { table, end } = fseTable(input, at, stop, 6, 255);
  const stream = new BackwardBits(input, end, stop);
  const weights: number[] = [];
  let [one, other] = [stream.read(table.log), stream.read(table.log)];
  for (;;) {
    weights.push(table.symbols[one]!);
    if (weights.length > 254) throw new ZstdDamage("a tree has too many codes");
    const width = table.bits[one]!;
    if (stream.left < width) {
      weights.push(table.symbols[other]!);
      return weights;
    }
    [one, other] = [other, table.bases[one]! + stream.read(width)];
  }
}
