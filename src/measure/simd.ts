/** The kernels in WebAssembly, and when they are worth it. Each has a twin in plain JavaScript, which serves where there is no WebAssembly. */
import bytes from "./simd/kernels.wasm";

interface Kernels {
  readonly sums32: (from: number, n: number, shift: number) => void;
  readonly change32: (a: number, b: number, n: number) => number;
  readonly pairs8: (labels: number, predictions: number, n: number, shift: number, table: number) => void;
}

/** Bytes that fit one of the two operands. */
const OPERAND = 1 << 18;
const FIRST = 1 << 10;
const SECOND = FIRST + OPERAND;
const TABLE = 768 << 10;
/** Cells of the table of counts: pairs of codes of up to eight bits each. */
const CELLS = 1 << 16;

export class Simd {
  private readonly bytes: Uint8Array;
  private readonly out: Float64Array;
  private readonly table: Uint32Array;

  private constructor(
    private readonly kernels: Kernels,
    memory: ArrayBuffer,
  ) {
    this.bytes = new Uint8Array(memory);
    this.out = new Float64Array(memory, 0, 6);
    this.table = new Uint32Array(memory, TABLE, CELLS);
  }

  /** Null where WebAssembly or its SIMD is missing. */
  static load(): Simd | null {
    try {
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
      return new Simd(exports as unknown as Kernels, (exports.memory as WebAssembly.Memory).buffer);
    } catch {
      return null; // the twins do
    }
  }

  /** Sum of (v - shift), sum of (v - shift)², sum of |v|, min, max, min of |v| over at most 65,536 values; valid until the next call. */
  sums(values: Float32Array, shift: number): Float64Array {
    this.put(values, FIRST);
    this.kernels.sums32(FIRST, values.length, shift);
    return this.out;
  }

  /** Largest |a - b|, not finite when a value is not; at most 65,536 values each. */
  change(a: Float32Array, b: Float32Array): number {
    this.put(a, FIRST);
    this.put(b, SECOND);
    return this.kernels.change32(FIRST, SECOND, a.length);
  }

  /**
   * Counts of pairs of codes below 2^8 each: index (label << shift) | prediction, `size` cells; valid until the next call. Without
   * predictions labels alone are counted, beside prediction 0.
   */
  pairs(labels: Uint8Array, predictions: Uint8Array | null, shift: number, size: number): Uint32Array {
    this.table.fill(0, 0, size);
    if (predictions === null) this.bytes.fill(0, SECOND, SECOND + Math.min(OPERAND, labels.length));
    for (let at = 0; at < labels.length; at += OPERAND) {
      const n = Math.min(OPERAND, labels.length - at);
      this.bytes.set(labels.subarray(at, at + n), FIRST);
      if (predictions !== null) this.bytes.set(predictions.subarray(at, at + n), SECOND);
      this.kernels.pairs8(FIRST, SECOND, n, shift, TABLE);
    }
    return this.table;
  }

  private put(values: Float32Array, at: number): void {
    this.bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
  }
}

let loaded: Simd | null | undefined;

/** Loaded with the first use: the smallest runs do without. */
export function simd(): Simd | null {
  return loaded === undefined ? (loaded = Simd.load()) : loaded;
}
