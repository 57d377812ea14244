import assert from "node:assert/strict";
import { FormatError, type NumericArray } from "../../../src/read/bytes/source";
import type { TensorEntry } from "../../../src/read/format";
import type { TensorStats } from "../../../src/run";
import { measureTensor, outputChannels, roleOfTensor } from "../../../src/measure/tensors";

/** Numerical Recipes' generator; the golden numbers were made from the same values by numpy 2 in float64. */
function uniform(n: number): Float64Array {
  let x = 1;
  return Float64Array.from({ length: n }, () => (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) / 2 ** 32);
}

const N = 30011;
const u = uniform(N);
const plain = Float32Array.from(u, (v) => (v - 0.5) * 0.2);
const far = Float64Array.from(u, (v) => 1000 + (v - 0.5) * 1e-3);
const odd = plain.slice();
for (let i = 0; i < N; i += 7) odd[i] = 0;
odd[5] = NaN;
odd[20000] = Infinity;
odd[20001] = -Infinity;
odd.fill(1e-40, 100, 140);
odd.fill(1e-10, 200, 230);
const half = Float32Array.from(u, (v) => toHalf((v - 0.5) * 2e-4));
const int8 = Int8Array.from(u, (v) => Math.floor((v - 0.5) * 200));
const changed = plain.slice();
changed[29999]! += 0.25;

/** To the nearest float16 (no value here is half-way between two). */
function toHalf(v: number): number {
  const quantum = Math.abs(v) < 2 ** -14 ? 2 ** -24 : 2 ** (Math.floor(Math.log2(Math.abs(v))) - 10);
  return Math.round(v / quantum) * quantum;
}

/** An entry over `values` that gives them in pieces of `piece` elements. */
function entry(values: NumericArray, dtype: string, piece = 262144, more: Partial<TensorEntry> = {}): TensorEntry {
  return {
    name: "enc1/kernel",
    layer: "enc1",
    dtype,
    shape: [values.length],
    kind: null,
    *chunks() {
      for (let at = 0; at < values.length; at += piece) yield values.subarray(at, at + piece);
    },
    ...more,
  };
}

type Golden = Partial<Record<keyof TensorStats, number>>;
const GOLDEN: Record<string, Golden> = {
  plain: { count: 30011, zeros: 0, subnormal: 0, nan: 0, inf: 0, min: -0.09999728947877884, max: 0.09999913722276688, mean: -0.00029840490025876136, std: 0.05793148286948417, meanAbs: 0.05022870563702982, l2: 10.035999710618642, tiny: 0 },
  far: { count: 30011, zeros: 0, subnormal: 0, nan: 0, inf: 0, min: 999.9995000135542, max: 1000.0004999956955, mean: 999.9999985079756, std: 0.00028965741433154506, meanAbs: 999.9999985079756, l2: 173236.83185295275, tiny: 0 },
  odd: { count: 30011, zeros: 4279, subnormal: 40, nan: 1, inf: 2, min: -0.0999969020485878, max: 0.09999913722276688, mean: -0.00016172623529815726, std: 0.05362163188306173, meanAbs: 0.04301826615196067, l2: 9.288819584846204, tiny: 70 },
  half: { count: 30011, zeros: 15, subnormal: 18286, nan: 0, inf: 0, min: -0.00010001659393310547, max: 0.00010001659393310547, mean: -2.984542061140082e-07, std: 5.7931232290748795e-05, meanAbs: 5.022847327907664e-05, l2: 0.010035956345729156, tiny: 0 },
  int8: { count: 30011, zeros: 149, subnormal: 0, nan: 0, inf: 0, min: -100.0, max: 99.0, mean: -0.7996734530672087, std: 57.9313056527237, meanAbs: 50.23228149678451, l2: 10036.791967556168, tiny: 0 },
  changed: { count: 30011, zeros: 0, subnormal: 0, nan: 0, inf: 0, min: -0.09999728947877884, max: 0.16813987493515015, mean: -0.00029007462136102386, std: 0.057937728157354644, meanAbs: 0.05023158057454841, l2: 10.037074281333432, tiny: 0, maxAbsChange: 0.25 }
};

function holds(got: TensorStats, want: Golden): void {
  for (const [key, value] of Object.entries(want) as [keyof TensorStats, number][]) {
    const have = got[key];
    assert.equal(typeof have, "number", key);
    assert.ok(Math.abs((have as number) - value) <= 1e-9 * Math.abs(value), `${key}: ${String(have)} for ${value}`);
  }
}

describe("measureTensor", () => {
  it("agrees with numpy on float32, float64 far from zero, float16 and int8", () => {
    holds(measureTensor(entry(plain, "float32"), null), GOLDEN.plain!);
    holds(measureTensor(entry(far, "float64"), null), GOLDEN.far!);
    holds(measureTensor(entry(half, "float16"), null), GOLDEN.half!);
    holds(measureTensor(entry(int8, "int8"), null), GOLDEN.int8!);
  });

  it("counts NaN, infinities, zeros, subnormal and tiny values apart", () => {
    holds(measureTensor(entry(odd, "float32"), entry(plain, "float32", 999)), GOLDEN.odd!);
  });

  it("gives the same whatever the pieces, also against a file with other pieces", () => {
    for (const piece of [1, 7, 8192, 8193, N]) {
      const got = measureTensor(entry(changed, "float32", piece), entry(plain, "float32", 5000));
      holds(got, GOLDEN.changed!);
      assert.equal(got.identical, false);
    }
  });

  it("holds sorted values and outliers: nothing cancels between blocks", () => {
    const sorted = Float64Array.from({ length: 100000 }, (_, i) => 1e6 + i * 1e-3);
    const got = measureTensor(entry(sorted, "float64"), null);
    // Standard deviation of n equal steps d: d sqrt((n² - 1) / 12).
    const want = 1e-3 * Math.sqrt((100000 ** 2 - 1) / 12);
    assert.ok(Math.abs(got.std! - want) < 1e-9 * want, `${got.std}`);
    const constant = measureTensor(entry(new Float32Array(50000).fill(0.1), "float32"), null);
    assert.equal(constant.std, 0);
    assert.equal(constant.mean, Math.fround(0.1));
  });

  it("says identical for the same bits alone: NaN equals itself, 0 does not equal -0", () => {
    const same = measureTensor(entry(odd, "float32"), entry(odd.slice(), "float32", 1000));
    assert.equal(same.identical, true);
    // As numpy's largest |a - b|: the difference of two NaN is none.
    assert.equal(same.maxAbsChange, null);
    const minus = measureTensor(entry(Float32Array.of(0, 1), "float32"), entry(Float32Array.of(-0, 1), "float32"));
    assert.equal(minus.maxAbsChange, 0);
    assert.equal(minus.identical, false);
    const becameNaN = measureTensor(entry(Float32Array.of(NaN, 1), "float32"), entry(Float32Array.of(0, 1), "float32"));
    assert.equal(becameNaN.maxAbsChange, null);
    assert.equal(becameNaN.identical, false);
  });

  it("compares nothing when name or shape differ, or when the file before breaks off", () => {
    const before = entry(plain, "float32");
    for (const other of [
      { ...before, name: "enc2/kernel" },
      { ...before, shape: [1, N] },
      entry(plain.subarray(0, 100), "float32", 50, { shape: [N] }),
      { ...before, chunks: () => { throw new FormatError("test", "broken"); } },
      { ...before, *chunks(): Iterable<NumericArray> { yield plain.subarray(0, 10); throw new FormatError("test", "broken"); } },
    ]) {
      const got = measureTensor(entry(plain, "float32"), other);
      assert.equal(got.maxAbsChange, null);
      assert.equal(got.identical, null);
      holds(got, GOLDEN.plain!);
    }
    const allNaN = measureTensor(entry(new Float32Array(5).fill(NaN), "float32"), entry(new Float32Array(5).fill(NaN), "float32"));
    assert.deepEqual([allNaN.nan, allNaN.min, allNaN.mean, allNaN.std, allNaN.maxAbsChange, allNaN.identical], [5, null, null, null, null, true]);
  });

  it("takes 64-bit integers, booleans, scalars and empty tensors", () => {
    const big = measureTensor(entry(BigInt64Array.of(2n ** 53n + 3n, 5n, 0n), "int64"), entry(BigInt64Array.of(2n ** 53n + 2n, 5n, 0n), "int64"));
    assert.deepEqual([big.count, big.zeros, big.min, big.max, big.maxAbsChange, big.identical], [3, 1, 0, 2 ** 53 + 4, 1, false]);
    const bool = measureTensor(entry(Uint8Array.of(1, 0, 1, 1), "bool"), null);
    assert.deepEqual([bool.zeros, bool.mean, bool.subnormal, bool.tiny], [1, 0.75, 0, 0]);
    const scalar = measureTensor(entry(BigUint64Array.of(7n), "uint64", 1, { shape: [], name: "optimizer/iteration" }), null);
    assert.deepEqual([scalar.count, scalar.mean, scalar.std, scalar.l2, scalar.role], [1, 7, 0, 7, "optimizer"]);
    const empty = measureTensor(entry(new Float32Array(0), "float32"), null);
    assert.deepEqual([empty.count, empty.min, empty.l2], [0, null, null]);
  });

  it("keeps infinities out of the sums where float64 overflows", () => {
    const got = measureTensor(entry(Float64Array.of(1e308, 1e308, -1e308), "float64"), null);
    assert.deepEqual([got.inf, got.nan, got.min, got.max], [0, 0, -1e308, 1e308]);
    assert.ok(!Number.isNaN(got.std) && !Number.isNaN(got.l2));
  });
});

describe("roleOfTensor", () => {
  const of = (name: string, shape: number[], kind: TensorEntry["kind"] = null): string => roleOfTensor(name, kind, shape);

  it("knows Keras' variables", () => {
    assert.equal(of("enc1/kernel", [3, 3, 1, 8]), "kernel");
    assert.equal(of("enc1/bias", [8]), "bias");
    assert.equal(of("bn/gamma", [8]), "norm");
    assert.equal(of("bn/moving_variance", [8]), "running");
    assert.equal(of("sep/depthwise_kernel:0", [3, 3, 8, 1]), "kernel");
    assert.equal(of("lstm/recurrent_kernel", [8, 32]), "kernel");
    assert.equal(of("dropout/seed_generator/seed_generator_state", [2]), "running");
    assert.equal(of("optimizer/vars/3", [3, 3, 1, 8]), "optimizer");
    assert.equal(of("normalization/mean", [3]), "running");
    assert.equal(of("prelu/alpha", [1, 1, 8]), "other");
    assert.equal(of("block/vars/0", [3, 3, 8, 8]), "kernel");
    assert.equal(of("layer_normalization/vars/0", [8]), "norm");
    assert.equal(of("dense/kernel_scale", [8]), "other");
  });

  it("knows those of other frameworks", () => {
    assert.equal(of("down.0.conv.weight", [8, 1, 3, 3]), "kernel");
    assert.equal(of("down.0.conv.bias", [8]), "bias");
    assert.equal(of("down.0.bn1.weight", [8]), "norm");
    assert.equal(of("down.0.bn1.bias", [8]), "norm");
    assert.equal(of("down.0.norm.running_mean", [8]), "running");
    assert.equal(of("bn1.num_batches_tracked", []), "running");
    assert.equal(of("model/_operations/1/_kernel/.ATTRIBUTES/VARIABLE_VALUE", [3, 3, 3, 1, 4]), "kernel");
    assert.equal(of("dense/kernel/m:0", [4, 4]), "optimizer");
    assert.equal(of("conv_in/bias", [4]), "bias");
  });

  it("believes the file before the name", () => {
    assert.equal(of("enc1/kernel", [3, 3], "optimizer"), "optimizer");
    assert.equal(of("enc1/kernel", [3, 3], "running"), "running");
  });
});

describe("outputChannels", () => {
  const tensor = (name: string, shape: number[]): TensorStats => measureTensor(entry(new Float32Array(1), "float32", 1, { name, layer: null, shape }), null);

  it("reads the last layer, whichever way its kernel lies", () => {
    assert.equal(outputChannels([tensor("enc1/kernel", [3, 3, 1, 8]), tensor("head/kernel", [1, 1, 8, 5]), tensor("head/bias", [5]), tensor("optimizer/vars/2", [1, 1, 8, 9])]), 5);
    assert.equal(outputChannels([tensor("up/kernel", [3, 3, 4, 16]), tensor("up/bias", [4])]), 4);
    assert.equal(outputChannels([tensor("conv2d_transpose/kernel", [3, 3, 4, 16])]), 4);
    assert.equal(outputChannels([tensor("conv3d/kernel", [1, 1, 1, 16, 4]), tensor("bn/gamma", [4])]), 4);
    assert.equal(outputChannels([tensor("out.weight", [5, 16, 1, 1]), tensor("out.bias", [5])]), 5);
    assert.equal(outputChannels([tensor("head/depthwise_kernel", [3, 3, 8, 1]), tensor("head/pointwise_kernel", [1, 1, 8, 6]), tensor("head/bias", [6])]), 6);
  });

  it("is null when unsure", () => {
    assert.equal(outputChannels([]), null);
    assert.equal(outputChannels([tensor("enc1/bias", [8])]), null);
    assert.equal(outputChannels([tensor("odd/kernel", [3, 3, 4, 16]), tensor("odd/bias", [7])]), null);
  });
});
