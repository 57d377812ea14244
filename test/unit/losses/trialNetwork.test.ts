/** The trial's network: its gradients by central differences, the same on each backend; shapes of any extent. */
import assert from "node:assert/strict";
import type * as core from "@tensorflow/tfjs-core";
import { random } from "../../../src/losses/random";
import type { Tensor } from "../../../src/losses/trial/tensorflow";
import { initialParameters, pass, type Plan } from "../../../src/losses/trial/unet";
import { BACKENDS, running } from "./trialSupport";

type Tf = typeof core;

const plan = (dimensions: 2 | 3, batchNorm: boolean): Plan => ({ dimensions, channels: 2, classes: 3, batchNorm, widths: [3, 4, 5] });

function numbers(seed: number, count: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: count }, () => next() * 2 - 1);
}

/** Σ w z of the logits z, w being numbers of chance: its slopes with respect to the logits are w. */
function probe(tf: Tf, of: Plan, shape: number[], parameters: readonly { readonly shape: readonly number[]; readonly values: Float32Array }[]): { value: number; gradients: Float32Array[] } {
  return tf.tidy(() => {
    const images = tf.tensor(numbers(5, shape.reduce((a, b) => a * b, 1)), shape);
    const tensors = parameters.map((p): Tensor => tf.tensor(p.values, p.shape as number[]));
    const { logits, back } = pass(tf, of, tensors, images, { training: true, seen: () => undefined });
    assert.deepEqual(logits.shape, [...shape.slice(0, -1), of.classes]);
    const slope = numbers(6, logits.size);
    const value = logits.dataSync<"float32">().reduce((s, z, i) => s + z * slope[i]!, 0);
    return { value, gradients: back(tf.tensor(slope, logits.shape)).map((g) => Float32Array.from(g.dataSync<"float32">())) };
  });
}

/** Biases that are not 0, so that few voxels lie on a bend. */
const parametersOf = (of: Plan): { shape: readonly number[]; values: Float32Array }[] => initialParameters(of, 3).map((p, k) => (p.shape.length === 4 ? p : { ...p, values: p.values.map((v, i) => v + numbers(100 + k, 16)[i]! / 4) }));

describe("trial: network", () => {
  const settings = [
    ["2-D", [3, 8, 12, 2], plan(2, false)],
    ["2-D, batch normalisation", [3, 8, 12, 2], plan(2, true)],
    ["2-D, extents that cannot be halved", [2, 7, 9, 2], plan(2, false)],
    ["3-D", [2, 4, 8, 4, 2], plan(3, false)],
    ["3-D, batch normalisation, odd extents", [2, 5, 4, 7, 2], plan(3, true)],
  ] as const;
  for (const [what, shape, of] of settings) {
    it(`${what}: gradients are those of central differences`, async () => {
      const parameters = parametersOf(of);
      const known: Float32Array[][] = [];
      for (const backend of BACKENDS) {
        const tf = await running(backend);
        const { gradients } = probe(tf, of, [...shape], parameters);
        known.push(gradients);
        assert.deepEqual(gradients.map((g) => g.length), parameters.map((p) => p.values.length));
        assert.equal(tf.memory().numTensors, 0);
      }
      // Both backends bring convolutions of their own.
      known[0]!.forEach((gradient, k) => {
        const largest = gradient.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
        // A bias before a normalisation has no slope but rounding.
        gradient.forEach((g, i) => assert.ok(Math.abs(g - known[1]![k]![i]!) <= 1e-4 * largest + 2e-4, `parameter ${k}, entry ${i}: wasm ${g}, cpu ${known[1]![k]![i]}`));
      });
      const tf = await running("wasm");
      const next = random(11);
      let off = 0;
      for (let n = 0; n < 30; n++) {
        const k = Math.floor(next() * parameters.length);
        const i = Math.floor(next() * parameters[k]!.values.length);
        const largest = known[0]![k]!.reduce((m, g) => Math.max(m, Math.abs(g)), 0);
        const h = 5e-4;
        const at = (by: number): number => probe(tf, of, [...shape], parameters.map((p, j) => (j === k ? { ...p, values: p.values.map((v, m) => (m === i ? v + by : v)) } : p))).value;
        const difference = (at(h) - at(-h)) / (2 * h);
        if (Math.abs(difference - known[0]![k]![i]!) > 0.03 * largest + 0.05) off++;
      }
      // A ReLU or a maximum may bend between the two points.
      assert.ok(off <= 3, `${off} of 30 slopes are others by differences`);
    });
  }

  it("starts from the same weights for the same seed, and others for another", () => {
    const values = (seed: number): number[] => initialParameters(plan(2, true), seed).flatMap((p) => [...p.values]);
    assert.deepEqual(values(4), values(4));
    assert.notDeepEqual(values(4), values(5));
  });
});
