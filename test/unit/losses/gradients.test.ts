/** Each variant by itself: its gradient by central differences, grouped voxels as single ones, one-hot labels as class numbers. */
import assert from "node:assert/strict";
import { evaluate, isSpatial } from "../../../src/losses/loss";
import { VARIANTS } from "../../../src/losses/variants";
import { voxelsOf, type Voxels } from "../../../src/losses/voxels";
import { random } from "../../../src/losses/random";

function sample(seed: number, shape: readonly number[], classes: readonly number[]): Voxels {
  const next = random(seed);
  const [b = 1, c = 1, ...space] = shape;
  const n = space.reduce((x, y) => x * y, 1);
  return voxelsOf(
    Array.from({ length: b * c * n }, () => next() * 4 - 2),
    Array.from({ length: b * n }, () => classes[Math.floor(next() * classes.length)]!),
    shape,
  );
}

describe("losses: gradients", () => {
  const shapes = [
    ["2-D, every class", sample(1, [2, 4, 5, 4], [0, 1, 2, 3])],
    ["3-D, a class absent", sample(2, [2, 4, 3, 4, 3], [0, 0, 1, 3])],
    ["background alone", sample(3, [2, 4, 4, 4], [0])],
  ] as const;
  for (const variant of VARIANTS) {
    for (const [what, voxels] of shapes) {
      it(`${variant.id}: ${what}`, () => {
        const { value, gradient } = evaluate(variant, voxels);
        assert.ok(Number.isFinite(value), String(value));
        const next = random(9);
        const largest = gradient!.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
        for (let k = 0; k < 12; k++) {
          const i = Math.floor(next() * voxels.logits.length);
          const at = (by: number): number => {
            const logits = voxels.logits.slice();
            logits[i]! += by;
            return evaluate(variant, { ...voxels, logits }, false).value;
          };
          const h = 1e-5;
          const difference = (at(h) - at(-h)) / (2 * h);
          // Sorting, thresholds and minima change their pieces between the two points.
          const kink = variant.id.includes("ovasz") || isSpatial(variant) ? 1e-3 : 1e-5;
          assert.ok(Math.abs(difference - gradient![i]!) <= kink * largest + 1e-9, `entry ${i}: ${gradient![i]}, by differences ${difference}`);
        }
      });
    }
  }
});

describe("losses: groups of voxels", () => {
  it("what groups give is what single voxels give", () => {
    const next = random(5);
    const classes = 4;
    const rows = Array.from({ length: 9 }, (_, g) => ({ image: g < 5 ? 0 : 1, label: [0, 0, 1, 3, 2, 0, 1, 1, 0][g]!, count: 1 + Math.floor(next() * 5), logits: Array.from({ length: classes }, () => next() * 4 - 2) }));
    const single = rows.flatMap((r) => Array.from({ length: r.count }, () => ({ ...r, count: 1 })));
    const made = (list: typeof rows): Voxels => ({
      images: 2,
      classes,
      size: list.length,
      image: Int32Array.from(list, (r) => r.image),
      label: Int32Array.from(list, (r) => r.label),
      count: Float64Array.from(list, (r) => r.count),
      logits: Float64Array.from(list.flatMap((r) => r.logits)),
      space: null,
    });
    for (const variant of VARIANTS.filter((v) => !isSpatial(v))) {
      const grouped = evaluate(variant, made(rows));
      const apart = evaluate(variant, made(single));
      assert.ok(Math.abs(grouped.value - apart.value) <= 1e-9 * Math.max(1, Math.abs(apart.value)), variant.id);
      let at = 0;
      rows.forEach((r, g) => {
        for (let c = 0; c < classes; c++) {
          let mean = 0;
          for (let k = 0; k < r.count; k++) mean += apart.gradient![(at + k) * classes + c]! / r.count;
          assert.ok(Math.abs(grouped.gradient![g * classes + c]! - mean) <= 1e-9, `${variant.id}: group ${g}`);
        }
        at += r.count;
      });
    }
  });
  it("losses that look at neighbours say that groups have none", () => {
    const voxels = { ...sample(1, [1, 4, 3, 3], [0, 1]), space: null };
    for (const variant of VARIANTS.filter(isSpatial)) assert.throws(() => evaluate(variant, voxels), /neighbouring voxels/);
  });
});

describe("losses: bad input", () => {
  it("names the numbers", () => {
    assert.throws(() => voxelsOf([0, 0], [2], [1, 2, 1]), /label 2 where there are 2 classes/);
    assert.throws(() => voxelsOf([0, 0, 0], [0], [1, 2, 1]), /3 logits and 1 labels do not fill the shape \(1, 2, 1\)/);
    assert.throws(() => voxelsOf([0, 0], [0.5], [1, 2, 1]), /label 0.5/);
  });
});
