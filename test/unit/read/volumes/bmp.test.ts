import assert from "node:assert/strict";
import { inflate } from "../../../../src/engine/inflate";
import type { ReadTools } from "../../../../src/read/bytes/source";
import { bmp } from "../../../../src/read/volumes/bmp";
import { memorySource } from "../bytes/memory";

const tools: ReadTools = { inflate, hdf5: { open: () => assert.fail("no HDF5") }, sibling: () => null };

/** One pixel of 32 bits whose masks are told. */
function masked(...masks: number[]): Uint8Array {
  const out = Buffer.alloc(14 + 40 + 12 + 4);
  out.write("BM", 0, "latin1");
  [[66, 10], [40, 14], [1, 18], [1, 22], [3, 30]].forEach(([value, at]) => out.writeUInt32LE(value!, at));
  out.writeUInt16LE(32, 28);
  masks.forEach((mask, i) => out.writeUInt32LE(mask, 54 + 4 * i));
  out.writeUInt32LE(0x00112233, 66);
  return new Uint8Array(out);
}

describe("BMP images", () => {
  it("of 32 bits are read where their masks are the usual ones", () => {
    const [entry] = bmp.open(memorySource("a.bmp", masked(0xff0000, 0xff00, 0xff)), tools).entries;
    assert.deepEqual([...entry!.read(0, 3)], [0x11, 0x22, 0x33]);
    assert.throws(() => entry!.read(1, 3), { message: "bmp: values 1 to 4 asked of 3" });
    assert.throws(() => bmp.open(memorySource("a.bmp", masked(0xff, 0xff00, 0xff0000)), tools), { message: "bmp: colours in an order of its own are not read" });
  });
});
