/** All losses against the values and gradients of the reference implementations. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluate } from "../../../src/losses/loss";
import { variantOf, VARIANTS } from "../../../src/losses/variants";
import { gradientArray, voxelsOf } from "../../../src/losses/voxels";

const path = join(process.cwd(), "..", "shared", "conformance", "reference_vectors.json");

interface Reference {
  readonly fixtures: Readonly<Record<string, { readonly shape_BCHW: number[]; readonly logits: unknown[]; readonly labels_BHW: unknown[] }>>;
  readonly vectors: readonly { readonly fixture: string; readonly loss: string; readonly value: number; readonly grad: unknown[] }[];
}

const flat = (values: unknown[]): number[] => values.flat(Infinity) as number[];

if (existsSync(path)) {
  describe("losses: reference vectors", () => {
    const reference = JSON.parse(readFileSync(path, "utf8")) as Reference;
    const voxels = new Map(Object.entries(reference.fixtures).map(([name, f]) => [name, voxelsOf(flat(f.logits), flat(f.labels_BHW), f.shape_BCHW)]));
    for (const { fixture, loss, value, grad } of reference.vectors) {
      it(`${loss} on ${fixture}`, () => {
        const variant = variantOf(loss);
        assert.ok(variant !== undefined, "known");
        const given = voxels.get(fixture)!;
        const got = evaluate(variant, given);
        assert.ok(Math.abs(got.value - value) <= 1e-6 * Math.abs(value) + 1e-12, `value ${got.value}, reference ${value}`);
        const wanted = flat(grad);
        const own = gradientArray(given, got.gradient!);
        const largest = Math.max(...wanted.map(Math.abs));
        const off = Math.max(...wanted.map((g, i) => Math.abs(g - own[i]!)));
        assert.ok(off <= 1e-5 * largest, `gradient off by ${off / largest} of the largest`);
      });
    }
    it("each is listed once", () => {
      assert.equal(new Set(VARIANTS.map((v) => v.id)).size, VARIANTS.length);
      assert.deepEqual([...new Set(reference.vectors.map((v) => v.loss))].filter((id) => variantOf(id) === undefined), []);
    });
  });
}
