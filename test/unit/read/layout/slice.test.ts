import assert from "node:assert/strict";
import { FormatError } from "../../../../src/read/bytes/source";
import type { VolumeEntry } from "../../../../src/read/format";
import { sliceEntry } from "../../../../src/read/layout/slice";

/** An array of 0, 1, 2, … in storage order. */
function counting(shape: readonly number[], order: "C" | "F"): VolumeEntry {
  const size = shape.reduce((a, b) => a * b, 1);
  return { entry: null, dtype: "int32", shape, order, scaled: false, seekable: true, read: (start, count) => Int32Array.from({ length: Math.min(count, size - start) }, (_, i) => start + i) };
}

describe("sliceEntry", () => {
  for (const order of ["C", "F"] as const) {
    for (const axis of [0, 1, 2]) {
      it(`gathers axis ${axis} in ${order} order, in any pieces`, () => {
        const shape = [3, 4, 5];
        const strides = order === "C" ? [20, 5, 1] : [1, 3, 12];
        const rest = [0, 1, 2].filter((a) => a !== axis);
        const loop = order === "C" ? rest : [...rest].reverse();
        for (let index = 0; index < shape[axis]!; index++) {
          const want: number[] = [];
          for (let i = 0; i < shape[loop[0]!]!; i++) for (let j = 0; j < shape[loop[1]!]!; j++) want.push(i * strides[loop[0]!]! + j * strides[loop[1]!]! + index * strides[axis]!);
          const slice = sliceEntry(counting(shape, order), { axis, index });
          assert.deepEqual(slice.shape, rest.map((a) => shape[a]!));
          assert.deepEqual([...slice.read(0, want.length)], want);
          for (let start = 0; start < want.length; start += 3) assert.deepEqual([...slice.read(start, Math.min(7, want.length - start))], want.slice(start, start + 7));
        }
      });
    }
  }
  it("says when the index is not there", () => {
    for (const slice of [{ axis: 3, index: 0 }, { axis: 0, index: 3 }, { axis: 0, index: -1 }]) assert.throws(() => sliceEntry(counting([3, 4, 5], "C"), slice), FormatError);
  });
});
