import assert from "node:assert/strict";
import { unlzf } from "../../../../src/read/bytes/lzf";
import { FormatError } from "../../../../src/read/bytes/source";

const of = (size: number, ...bytes: number[]): number[] => [...unlzf(Uint8Array.from(bytes), size, "HDF5")];

describe("LZF", () => {
  it("gives literals and copies, short and long, that may overlap what they give", () => {
    assert.deepEqual(of(3, 2, 7, 8, 9), [7, 8, 9]);
    assert.deepEqual(of(8, 1, 7, 8, 0x80, 1), [7, 8, 7, 8, 7, 8, 7, 8]);
    assert.deepEqual(of(10, 0, 5, 0xe0, 0, 0), new Array(10).fill(5));
    assert.deepEqual(of(265, 0, 5, 0xe0, 255, 0), new Array(265).fill(5));
    assert.deepEqual(of(0), []);
  });

  it("refuses what reaches outside or claims too much, in one line", () => {
    const cases: [number, number[], string][] = [
      [3, [5, 1], "a literal is too long in a chunk of 2 bytes"],
      [1, [1, 1, 2], "a literal is too long in a chunk of 3 bytes"],
      [3, [0x20], "a copy is cut off in a chunk of 1 bytes"],
      [9, [0, 1, 0xe0, 0], "a copy is cut off in a chunk of 4 bytes"],
      [9, [0, 1, 0x20, 1], "a copy points outside in a chunk of 4 bytes"],
      [3, [0, 1, 0x40, 0], "a copy points outside in a chunk of 4 bytes"],
      [300, [0, 1, 0], "300 bytes are claimed in a chunk of 3 bytes"],
    ];
    for (const [size, bytes, line] of cases) assert.throws(() => of(size, ...bytes), (error) => error instanceof FormatError && error.message === `HDF5: lzf: ${line}`);
  });
});
