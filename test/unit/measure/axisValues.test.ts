import assert from "node:assert/strict";
import { valuesAlong } from "../../../src/measure/axisValues";
import { PrefixReader, SLAB } from "../../../src/measure/prefixReader";
import type { VolumeEntry } from "../../../src/read/format";

describe("values along the class axis", () => {
  it("of an array whose beginning holds no whole line are read in storage order", () => {
    const [channels, inner] = [3, SLAB];
    const starts: number[] = [];
    const entry: VolumeEntry = {
      entry: null,
      dtype: "float32",
      shape: [2, channels, inner],
      order: "C",
      scaled: false,
      seekable: true,
      read(start, count) {
        if (count === 1) starts.push(start);
        const first = Math.floor(start / inner) % channels === 0 ? 0.5 : 0.25;
        return new Float32Array(count).fill(first);
      },
    };
    const values = valuesAlong(new PrefixReader(entry), 2, channels, inner);
    assert.deepEqual(values, { min: 0.25, max: 0.5, integers: false, sumToOne: true });
    assert.ok(starts.length >= 2 * channels * 5, "what the beginning holds is not read again");
    assert.deepEqual(starts, [...starts].sort((a, b) => a - b));
  });
});
