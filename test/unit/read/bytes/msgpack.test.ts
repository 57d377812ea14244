import assert from "node:assert/strict";
import { Msgpack } from "../../../../src/read/bytes/msgpack";
import { FormatError } from "../../../../src/read/bytes/source";
import { source } from "../checkpoints/support";

const over = (...bytes: number[]): Msgpack => new Msgpack("msgpack", source("a", Uint8Array.from(bytes)));

describe("MessagePack read in place", () => {
  it("gives every kind of number", () => {
    const cases: [number[], unknown][] = [
      [[0x07], 7], [[0xff], -1], [[0xe0], -32], [[0xc0], null], [[0xc2], false], [[0xc3], true], [[0xcc, 200], 200], [[0xcd, 1, 0], 256], [[0xce, 0, 1, 0, 0], 65536],
      [[0xcf, 0, 0, 0, 1, 0, 0, 0, 0], 2 ** 32], [[0xd0, 0x80], -128], [[0xd1, 0xff, 0], -256], [[0xd2, 0xff, 0xff, 0xff, 0xfe], -2], [[0xd3, 255, 255, 255, 255, 255, 255, 255, 255], -1],
      [[0xca, 0x3f, 0x80, 0, 0], 1], [[0xcb, 0xbf, 0xf0, 0, 0, 0, 0, 0, 0], -1],
    ];
    for (const [bytes, value] of cases) assert.deepEqual(over(...bytes).next(), { kind: "value", value });
  });

  it("gives places of payloads, and counts of what follows", () => {
    assert.deepEqual(over(0xa2, 104, 105).next(), { kind: "string", start: 1, end: 3 });
    assert.deepEqual(over(0xd9, 1, 104).next(), { kind: "string", start: 2, end: 3 });
    assert.deepEqual(over(0xc4, 2, 1, 2).next(), { kind: "binary", start: 2, end: 4 });
    assert.deepEqual(over(0xd5, 1, 8, 9).next(), { kind: "extension", type: 1, start: 2, end: 4 });
    assert.deepEqual(over(0xc7, 1, 0xff, 9).next(), { kind: "extension", type: -1, start: 3, end: 4 });
    assert.deepEqual(over(0x81, 0, 0).next(), { kind: "map", count: 1 });
    assert.deepEqual(over(0xdc, 0, 2, 0, 0).next(), { kind: "array", count: 2 });
    const pack = over(0x82, 0xa1, 97, 0x92, 1, 2, 0xa1, 98, 0xc4, 1, 0, 5);
    pack.skip();
    assert.deepEqual([pack.pos, pack.next(), pack.done], [11, { kind: "value", value: 5 }, true]);
  });

  it("believes no length", () => {
    for (const bytes of [[], [0xdb, 255, 255, 255, 255, 1], [0xdd, 255, 255, 255, 255, 1], [0xdf, 127, 255, 255, 255, 1], [0xc6, 0, 0, 1, 0], [0xc9, 0, 1, 0, 0, 1, 0], [0xcf, 1], [0x8f, 0], [0xd8, 1, 2]]) {
      assert.throws(() => over(...bytes).skip(), (error) => error instanceof FormatError && error.torn, String(bytes));
    }
    assert.throws(() => over(0xc1).next(), (error) => error instanceof FormatError && !error.torn);
  });
});
