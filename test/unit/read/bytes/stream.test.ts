import assert from "node:assert/strict";
import { firstBytes, KEPT_STREAM, streamSource } from "../../../../src/read/bytes/stream";

/** A stream of `total` bytes, byte i being i modulo 251, in pieces of their own. */
function counting(total: number, piece: number): { open: () => Iterable<Uint8Array>; opened: () => number } {
  let opened = 0;
  return {
    opened: () => opened,
    *open() {
      opened++;
      for (let at = 0; at < total; at += piece) {
        const n = Math.min(piece, total - at);
        const own = new Uint8Array(n);
        for (let i = 0; i < n; i++) own[i] = (at + i) % 251;
        yield own;
      }
    },
  };
}

const wanted = (offset: number, length: number): number[] => Array.from({ length }, (_, i) => (offset + i) % 251);

describe("stream source", () => {
  it("keeps a short stream, so that jumps cost nothing", () => {
    const stream = counting(1000, 64);
    const source = streamSource("s", 1000, stream.open);
    for (const [offset, length] of [[900, 50], [0, 10], [60, 8], [500, 300], [64, 64]] as const) assert.deepEqual([...source.read(offset, length)], wanted(offset, length));
    assert.deepEqual([...source.read(990, 50)], wanted(990, 10));
    assert.deepEqual([...source.read(2000, 50)], []);
    assert.deepEqual([...source.read(3, 2)], wanted(3, 2));
    assert.equal(stream.opened(), 1);
  });

  it("starts a long stream again on a jump back, and only then", () => {
    const total = KEPT_STREAM + 5_000_000;
    const stream = counting(total, 1_000_000);
    const source = streamSource("s", total, stream.open);
    assert.deepEqual([...source.read(total - 3_000_010, 20)], wanted(total - 3_000_010, 20));
    assert.deepEqual([...source.read(total - 5, 20)], wanted(total - 5, 5));
    assert.equal(stream.opened(), 1);
    const across = source.read(999_990, 3_000_020);
    assert.equal(across.length, 3_000_020);
    assert.deepEqual([...across.subarray(0, 15)], wanted(999_990, 15));
    assert.deepEqual([...across.subarray(-15)], wanted(3_999_995 + 0, 15));
    assert.equal(stream.opened(), 2);
  });

  it("takes no more of a stream than the first bytes need", () => {
    let taken = 0;
    const pieces = function* (): Iterable<Uint8Array> {
      for (;;) {
        taken++;
        yield Uint8Array.of(1, 2, 3);
      }
    };
    assert.deepEqual([...firstBytes(pieces(), 7)], [1, 2, 3, 1, 2, 3, 1]);
    assert.equal(taken, 3);
  });
});
