import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Float8, float8Table, widenFloat8 } from "../../../../src/read/bytes/float8";
import { allocate, isElementType, sizeOf, toNumbers, widthOf } from "../../../../src/read/bytes/typed";

const known = JSON.parse(readFileSync(new URL("../fixtures/bytes/float8.json", import.meta.url), "utf8")) as Record<Float8, (number | string)[]>;

describe("8-bit floats", () => {
  for (const [type, values] of Object.entries(known) as [Float8, (number | string)[]][]) {
    it(`of ${type} have the values of ml_dtypes, the sign of zero too`, () => {
      const table = float8Table(type);
      values.forEach((value, code) => assert.ok(Object.is(table[code], Number(value)), `${code}: ${table[code]} is not ${value}`));
      assert.deepEqual([...widenFloat8(type, Uint8Array.of(1, 0, 200))].map(String), [1, 0, 200].map((code) => String(Number(values[code]))));
    });
  }
});

describe("elements", () => {
  it("of complex numbers are their two parts, each in its own byte order", () => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    [1.5, -2, 0, 8].forEach((v, i) => view.setFloat32(4 * i, v, false));
    assert.deepEqual(toNumbers("complex64", bytes, false), Float32Array.of(1.5, -2, 0, 8));
    const wide = new Uint8Array(16);
    new DataView(wide.buffer).setFloat64(0, 0.1, true);
    new DataView(wide.buffer).setFloat64(8, -7, true);
    assert.deepEqual(toNumbers("complex128", wide, true), Float64Array.of(0.1, -7));
    assert.deepEqual([sizeOf("complex128"), widthOf("complex128"), widthOf("complex64"), widthOf("float8_e5m2"), widthOf("bfloat16"), widthOf("bool")], [16, 16, 8, 4, 4, 1]);
    assert.equal(allocate("complex64", 3).length, 6);
  });

  it("are known by name, and inherited names are not", () => {
    assert.ok(isElementType("float8_e4m3fn"));
    assert.ok(!isElementType("toString") && !isElementType("int4"));
  });

  it("lie at odd places", () => {
    const bytes = new Uint8Array(9).subarray(1);
    new DataView(bytes.buffer).setFloat32(1, 2.5, true);
    new DataView(bytes.buffer).setFloat32(5, -1, true);
    assert.deepEqual(toNumbers("complex64", bytes, true), Float32Array.of(2.5, -1));
  });
});
