import assert from "node:assert/strict";
import { decimate } from "../../../src/protocol";

const curve = (n: number, f: (i: number) => number): { steps: Float64Array; values: Float64Array } => ({
  steps: Float64Array.from({ length: n }, (_, i) => i * 2),
  values: Float64Array.from({ length: n }, (_, i) => f(i)),
});

describe("decimate", () => {
  it("leaves a short curve alone", () => {
    const points = curve(2000, (i) => i);
    assert.equal(decimate(points), points);
  });

  it("stays within its bound, keeps both ends, ascends, and holds only points that were there", () => {
    for (const n of [2001, 5000, 123_457, 1_000_000]) {
      const points = curve(n, (i) => Math.sin(i / 100) + i * 1e-6);
      const out = decimate(points);
      assert.ok(out.steps.length <= 2000, `${n}: ${out.steps.length}`);
      assert.ok(out.steps.length > 400, `${n}: ${out.steps.length}`);
      assert.equal(out.steps[0], 0);
      assert.equal(out.steps.at(-1), (n - 1) * 2);
      for (let i = 0; i < out.steps.length; i++) {
        if (i > 0) assert.ok(out.steps[i]! > out.steps[i - 1]!);
        assert.equal(out.values[i], points.values[out.steps[i]! / 2]);
      }
    }
  });

  it("keeps a single spike and a single dip", () => {
    const out = decimate(curve(100_000, (i) => (i === 54_321 ? 1e6 : i === 77_777 ? -1e6 : 0.5)));
    assert.ok(out.values.includes(1e6));
    assert.ok(out.values.includes(-1e6));
  });

  it("keeps gaps visible and still stays within its bound", () => {
    const out = decimate(curve(100_000, (i) => (i % 97 === 0 ? NaN : i > 60_000 ? Infinity : i)));
    assert.ok(out.steps.length <= 2000);
    assert.ok(out.values.some(Number.isNaN));
    assert.equal(out.values.at(-1), Infinity);
  });

  it("of a growing curve changes the end alone", () => {
    const before = decimate(curve(50_000, (i) => Math.cos(i)));
    const after = decimate(curve(50_010, (i) => Math.cos(i)));
    const same = before.steps.findIndex((s, i) => s !== after.steps[i] || before.values[i] !== after.values[i]);
    assert.ok(same === -1 || same > before.steps.length - 6, `changed from ${same} of ${before.steps.length}`);
  });

  it("takes an empty curve, and steps and values of different length", () => {
    assert.equal(decimate(curve(0, () => 0)).steps.length, 0);
    const out = decimate({ steps: Float64Array.of(0, 1, 2), values: Float64Array.of(5, 6) });
    assert.deepEqual([...out.steps], [0, 1]);
  });
});
