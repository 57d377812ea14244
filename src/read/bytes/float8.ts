/**
 * Floating numbers of eight bits to float32, exact.
 * Formats: OCP 8-bit Floating Point Specification 1.0 (e4m3fn, e5m2), its MX companion (e8m0fnu), and the FNUZ forms of
 * "8-bit Numerical Formats for Deep Neural Networks" (no infinities, no negative zero, one NaN), as ml_dtypes has them.
 */

export type Float8 = "float8_e4m3fn" | "float8_e4m3fnuz" | "float8_e5m2" | "float8_e5m2fnuz" | "float8_e8m0fnu";

interface Layout {
  /** Bits of the fraction; the exponent has the other seven. */
  readonly fraction: number;
  readonly bias: number;
  /** What is no finite number: IEEE's whole top exponent, the all-ones codes alone, or the code of minus zero alone. */
  readonly special: "ieee" | "fn" | "fnuz";
}

const LAYOUTS: Readonly<Record<Exclude<Float8, "float8_e8m0fnu">, Layout>> = {
  float8_e4m3fn: { fraction: 3, bias: 7, special: "fn" },
  float8_e4m3fnuz: { fraction: 3, bias: 8, special: "fnuz" },
  float8_e5m2: { fraction: 2, bias: 15, special: "ieee" },
  float8_e5m2fnuz: { fraction: 2, bias: 16, special: "fnuz" },
};

const tables = new Map<Float8, Float32Array>();

/** The 256 values of a format, by code; made when first needed. */
export function float8Table(type: Float8): Float32Array {
  let table = tables.get(type);
  if (table === undefined) {
    table = Float32Array.from({ length: 256 }, (_, code) => (type === "float8_e8m0fnu" ? scaleOf(code) : valueOf(code, LAYOUTS[type])));
    tables.set(type, table);
  }
  return table;
}

/** A power of two without sign or zero; the last code is NaN. */
function scaleOf(code: number): number {
  return code === 255 ? NaN : 2 ** (code - 127);
}

function valueOf(code: number, { fraction, bias, special }: Layout): number {
  const sign = code & 0x80 ? -1 : 1;
  const magnitude = code & 0x7f;
  if (special === "fnuz" && code === 0x80) return NaN;
  if (special === "fn" && magnitude === 0x7f) return NaN;
  const exponent = magnitude >> fraction;
  const part = magnitude & ((1 << fraction) - 1);
  if (special === "ieee" && exponent === (0x7f >> fraction)) return part === 0 ? sign * Infinity : NaN;
  const unit = 2 ** -fraction;
  return sign * (exponent === 0 ? part * unit * 2 ** (1 - bias) : (1 + part * unit) * 2 ** (exponent - bias));
}

/** Each byte of `raw` as the float32 that it stands for. */
export function widenFloat8(type: Float8, raw: Uint8Array): Float32Array {
  const table = float8Table(type);
  const out = new Float32Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = table[raw[i]!]!;
  return out;
}
