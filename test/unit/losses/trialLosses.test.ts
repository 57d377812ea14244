/** Every variant on tensors: value and gradient are those of the arrays, in two and three dimensions, on each backend. */
import assert from "node:assert/strict";
import { evaluate } from "../../../src/losses/loss";
import { lossOn, truthOf } from "../../../src/losses/trial/lossTensor";
import { random } from "../../../src/losses/random";
import { VARIANTS } from "../../../src/losses/variants";
import type { Voxels } from "../../../src/losses/voxels";
import { BACKENDS, running } from "./trialSupport";

interface Sample {
  readonly shape: number[];
  readonly voxels: Voxels;
}

/** Logits (B, spatial…, C) of float32; the labels hold `held` alone. */
function sample(seed: number, images: number, space: readonly number[], classes: number, held: readonly number[]): Sample {
  const next = random(seed);
  const n = space.reduce((a, b) => a * b, 1);
  const logits = Float32Array.from({ length: images * n * classes }, () => next() * 6 - 3);
  const label = Int32Array.from({ length: images * n }, () => held[Math.floor(next() * held.length)]!);
  return {
    shape: [images, ...space, classes],
    voxels: { images, classes, size: images * n, image: Int32Array.from(label, (_, g) => Math.floor(g / n)), label, count: new Float64Array(images * n).fill(1), logits: Float64Array.from(logits), space },
  };
}

describe("trial: losses on tensors", () => {
  const samples: readonly (readonly [string, Sample])[] = [
    ["2-D, every class", sample(1, 3, [9, 7], 4, [0, 1, 2, 3])],
    ["3-D, a class absent", sample(2, 2, [5, 4, 6], 4, [0, 0, 1, 3])],
    ["background alone", sample(3, 2, [6, 6], 4, [0])],
  ];
  for (const backend of BACKENDS) {
    for (const [what, { shape, voxels }] of samples) {
      it(`${backend}, ${what}: ${VARIANTS.length} variants`, async () => {
        const tf = await running(backend);
        for (const variant of VARIANTS) {
          const wanted = evaluate(variant, voxels);
          const got = tf.tidy(() => {
            const truth = truthOf(tf, voxels.label, voxels.images, voxels.classes, voxels.space!);
            const { value, gradient } = lossOn(tf, variant, tf.tensor(Float32Array.from(voxels.logits), shape), truth);
            assert.deepEqual(gradient.shape, shape);
            return { value, gradient: gradient.dataSync<"float32">() };
          });
          assert.ok(Math.abs(got.value - wanted.value) <= 1e-5 * Math.max(1, Math.abs(wanted.value)), `${variant.id}: ${got.value}, not ${wanted.value}`);
          const largest = wanted.gradient!.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
          got.gradient.forEach((g, i) => assert.ok(Math.abs(g - wanted.gradient![i]!) <= 1e-5 * largest + 1e-37, `${variant.id}, entry ${i}: ${g}, not ${wanted.gradient![i]}`));
        }
        assert.equal(tf.memory().numTensors, 0);
      });
    }
  }
});
