import assert from "node:assert/strict";
import { NumberScanner } from "../../../../src/read/logs/csvNumber";
import { text } from "./helpers";

const scanner = new NumberScanner();

function same(word: string): void {
  const bytes = text(word + ",");
  assert.ok(scanner.scan(bytes, 0, bytes.length), word);
  assert.ok(Object.is(scanner.value, Number(word)), `${word}: ${scanner.value}`);
  assert.equal(scanner.next, word.length, word);
}

describe("NumberScanner", () => {
  it("reads every form that Number() reads of a decimal, to the last bit", () => {
    for (const word of "0 -0 0.0 -0.0 000123.4500 1e5 1E-5 1. .5 +3 1e400 1e-400 4.9e-324 1e23 8.5e22 1.7976931348623157e308 0.1e1 123456789012345678901234567890".split(" ")) same(word);
  });

  it("rounds to even where a number lies half way between two doubles, and away from it beside it", () => {
    for (const word of ["9007199254740993", "9007199254740992.5", "9007199254740993.0000001", "4503599627370496.5", "4503599627370497.5", "1.00000000000000011102230246251565", "0.500000000000000166533453693773481"]) same(word);
    for (let k = 0n; k < 2000n; k++) {
      const half = 2n ** 53n + 2n * k * 7919n + 1n;
      for (const word of [String(half), `${half}0e-1`, `0.0${half}`, `${half}e-9`]) same(word);
    }
  });

  it("reads what Python and C print of any double", () => {
    let seed = 12345;
    const next = (): number => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0);
    const word = new Uint32Array(2);
    const value = new Float64Array(word.buffer);
    for (let i = 0; i < 50_000; i++) {
      word[0] = next();
      word[1] = i % 2 === 0 ? next() : 0x3f000000 + (next() >>> 7);
      if (!Number.isFinite(value[0])) continue;
      for (const printed of [String(value[0]), value[0]!.toPrecision(9), value[0]!.toExponential(5)]) same(printed);
    }
  });

  it("takes nothing that is no number", () => {
    for (const word of ["", "-", ".", "e5", "1e", "1e+", "nan", "-.", "+"]) {
      const bytes = text(word + ",");
      assert.equal(scanner.scan(bytes, 0, bytes.length), false, word);
    }
  });

  it("ends at the first byte that is no part of a number, and at the end that it is given", () => {
    const bytes = text("0x10,1_000,12.5");
    assert.ok(scanner.scan(bytes, 0, bytes.length));
    assert.deepEqual([scanner.value, scanner.next], [0, 1]);
    assert.ok(scanner.scan(bytes, 5, bytes.length));
    assert.deepEqual([scanner.value, scanner.next], [1, 6]);
    assert.ok(scanner.scan(bytes, 11, bytes.length));
    assert.deepEqual([scanner.value, scanner.next], [12.5, 15]);
  });
});
