import assert from "node:assert/strict";
import { applyPatch, makePatch } from "../../../src/protocol";

/** What a channel of structured clones makes of it. */
function sent<T>(value: T): T {
  return structuredClone(value);
}

function roundTrip(before: unknown, after: unknown): unknown {
  const patch = makePatch(before, after);
  return patch === undefined ? before : applyPatch(before, sent(patch));
}

describe("delta", () => {
  it("turns one state into the other, whatever changed", () => {
    const states: unknown[] = [
      null,
      3,
      "text",
      [],
      [1, [2, 3], { a: null }],
      {},
      { a: 1, b: { c: [1, 2, 3] }, n: Float64Array.of(1, NaN, 3) },
      { a: 2, b: { c: [1, 2, 3, 4], d: "x" }, n: Float64Array.of(1, NaN, 3, 4) },
      { b: { c: [] }, n: Float64Array.of(9), k: null },
      { n: new Float64Array(0) },
      { n: [1, 2] },
      Float64Array.of(1, 2),
    ];
    for (const before of states) for (const after of states) assert.deepEqual(roundTrip(before, after), after);
  });

  it("says nothing when nothing changed; NaN equals NaN, 0 is not -0", () => {
    const state = { a: [1, { b: "x" }], n: Float64Array.of(NaN, 1), u: undefined };
    assert.equal(makePatch(state, structuredClone(state)), undefined);
    assert.notEqual(makePatch(Float64Array.of(0), Float64Array.of(-0)), undefined);
  });

  it("sends of a longer curve the new points alone", () => {
    const before = { curve: Float64Array.from({ length: 1000 }, (_, i) => i) };
    const after = { curve: Float64Array.from({ length: 1002 }, (_, i) => i) };
    const patch = sent(makePatch(before, after)!);
    assert.ok(patch.op === "merge");
    const inner = patch.fields["curve"]!;
    assert.ok(inner.op === "extend");
    assert.equal(inner.keep, 1000);
    assert.equal(inner.tail.length, 2);
    assert.equal(inner.tail.buffer.byteLength, 16);
  });

  it("leaves what did not change in place, and never changes what it starts from", () => {
    const before = { same: { deep: [1] }, list: [{ x: 1 }, { x: 2 }], n: Float64Array.of(1, 2) };
    const copy = structuredClone(before);
    const after = { same: { deep: [1] }, list: [{ x: 1 }, { x: 5 }], n: Float64Array.of(1, 2, 3) };
    const out = roundTrip(before, after) as typeof before;
    assert.equal(out.same, before.same);
    assert.equal(out.list[0], before.list[0]);
    assert.notEqual(out.list[1], before.list[1]);
    assert.deepEqual(before, copy);
  });

  it("treats a field called __proto__ as a field", () => {
    const after = JSON.parse('{"__proto__": {"polluted": 1}, "a": 1}') as unknown;
    const out = roundTrip({ a: 0 }, after) as Record<string, unknown>;
    assert.ok(Object.hasOwn(out, "__proto__"));
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("refuses a patch that was made for other data", () => {
    assert.throws(() => applyPatch([], { op: "extend", keep: 0, tail: new Float64Array(1) }), /numbers/);
    assert.throws(() => applyPatch(Float64Array.of(1), { op: "extend", keep: 2, tail: new Float64Array(1) }), /numbers/);
    assert.throws(() => applyPatch({}, { op: "items", length: 0, items: [] }), /list/);
    assert.throws(() => applyPatch(null, { op: "merge", fields: {}, remove: [] }), /object/);
  });
});
