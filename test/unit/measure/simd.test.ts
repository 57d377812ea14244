import assert from "node:assert/strict";
import { PLAIN } from "../../../src/measure/codes";
import { SlabPair, type Cells } from "../../../src/measure/counts";
import * as fast from "../../../src/measure/kernels";
import * as plain from "../../../src/measure/kernelsTensor";
import { simd } from "../../../src/measure/simd";

/** Numerical Recipes' generator: the same values each time. */
function* random(seed: number): Generator<number, never> {
  for (let x = seed >>> 0; ; ) yield (x = (Math.imul(x, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

function floats(n: number, seed: number, scale = 1): Float32Array {
  const values = random(seed);
  return Float32Array.from({ length: n }, () => (values.next().value - 0.5) * scale);
}

const sums = (): plain.BlockSums => ({ sum: 0, squares: 0, sumAbs: 0, min: 0, max: 0, minAbs: 0 });

function near(a: number, b: number, scale: number, what: string): void {
  assert.ok(Math.abs(a - b) <= 1e-12 * scale, `${what}: ${a} for ${b}`);
}

describe("kernels in WebAssembly", () => {
  it("load here", () => {
    assert.notEqual(simd(), null);
  });

  it("sum as their twin in JavaScript does, to 1e-12; extremes to the bit, for any length and start", () => {
    for (const n of [256, 257, 258, 259, 1000, 8191, 8192]) {
      for (const from of [0, 1, 3]) {
        for (const scale of [1e-10, 1, 1e20]) {
          const values = floats(n + from, n + from, scale).subarray(from);
          const shift = values[0]!;
          const a = sums();
          const b = sums();
          fast.sumBlock(values, shift, a);
          plain.sumBlock(values, shift, b);
          near(a.sum, b.sum, b.sumAbs, "sum");
          near(a.squares, b.squares, b.squares, "squares");
          near(a.sumAbs, b.sumAbs, b.sumAbs, "sumAbs");
          assert.deepEqual([a.min, a.max, a.minAbs], [b.min, b.max, b.minAbs]);
        }
      }
    }
  });

  it("notice a NaN or an infinity in any place", () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (const at of [0, 1, 2, 3, 150, 256, 257, 258]) {
        const values = floats(259, 7);
        values[at] = bad;
        const got = sums();
        fast.sumBlock(values, 0, got);
        assert.ok(!Number.isFinite(got.sumAbs), `${bad} at ${at}`);
        assert.ok(!Number.isFinite(fast.maxChange(values, floats(259, 8))), `${bad} at ${at} in a change`);
        assert.ok(!Number.isFinite(fast.maxChange(floats(259, 8), values)), `${bad} at ${at} in what was`);
        assert.ok(!Number.isFinite(fast.maxChange(values, values)), `${bad} at ${at} in both`);
      }
    }
  });

  it("give the largest change to the bit", () => {
    for (const n of [256, 259, 8192]) {
      const a = floats(n, 3);
      const b = floats(n, 4);
      assert.equal(fast.maxChange(a, b), plain.maxChange(a, b));
      b[n - 1] = 100;
      assert.equal(fast.maxChange(a, b), plain.maxChange(a, b));
    }
  });

  it("count pairs exactly, in stretches and in noise, whatever the length, start and number of classes", () => {
    for (const classes of [2, 5, 200, 256]) {
      for (const noise of [0, 0.02, 1]) {
        for (const n of [8192, 8207, 300_001]) {
          const values = random(n + classes);
          const labels = new Uint8Array(n + 4);
          const predictions = new Uint8Array(n + 4);
          for (let i = 0; i < n + 4; i++) {
            labels[i] = Math.floor(i / 997) % classes;
            predictions[i] = values.next().value < noise ? Math.floor(values.next().value * classes) : labels[i]!;
          }
          for (const from of [0, 3]) {
            const expected = new Map<string, number>();
            for (let i = from; i < from + n; i++) expected.set(`${labels[i]} ${predictions[i]}`, (expected.get(`${labels[i]} ${predictions[i]}`) ?? 0) + 1);
            const whole: Cells = new Map();
            const pair = new SlabPair({ data: labels, decode: PLAIN }, { data: predictions, decode: PLAIN }, n + 4);
            pair.addTo(whole, from, from + n);
            // Short stretches go through JavaScript: the twin.
            const twin: Cells = new Map();
            for (let at = from; at < from + n; at += 4000) pair.addTo(twin, at, Math.min(from + n, at + 4000));
            assert.deepEqual(new Map([...whole].sort()), new Map([...twin].sort()));
            assert.equal(whole.size, expected.size);
            assert.deepEqual([...whole.values()].sort(), [...expected.values()].sort());
          }
        }
      }
    }
  });
});
