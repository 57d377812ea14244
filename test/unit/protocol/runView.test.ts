import assert from "node:assert/strict";
import { applyPatch, folderOfState, makePatch, MAX_KERNELS, MAX_POINTS, STATE_SCHEMA, toRunView } from "../../../src/protocol";
import { checkpoint, epochMeasure, inspection, kernel, series } from "../webview/fake";

describe("run view", () => {
  it("holds Dice and volumes per epoch and class, undefined ones as NaN", () => {
    const view = toRunView(inspection({ epochs: [epochMeasure(0, [[8, 0, 0], [2, 2, 0], [0, 0, 0]]), epochMeasure(1, [[7, 1, 0], [0, 4, 0], [0, 0, 0]])] }));
    const e = view.epochs!;
    assert.deepEqual([...e.epochs], [0, 1]);
    assert.equal(e.classes, 3);
    assert.ok(Math.abs(e.dice[1]! - 4 / 6) < 1e-12);
    assert.ok(Number.isNaN(e.dice[2]));
    assert.deepEqual([...e.labelled], [8, 4, 0, 8, 4, 0]);
    assert.deepEqual([...e.predicted], [10, 2, 0, 7, 5, 0]);
    assert.ok(Math.abs(e.foreground[1]! - 8 / 9) < 1e-12);
  });

  it("can be posted: no number is lost on the way, and a patch of two views rebuilds the second", () => {
    const before = toRunView(inspection({ series: [series("loss", [0, 1], [1, NaN])] }));
    const after = toRunView(inspection({ series: [series("loss", [0, 1, 2], [1, NaN, 0.5])], epochs: [epochMeasure(0, [[1, 0], [0, 1]])] }));
    assert.deepEqual(structuredClone(after), after);
    assert.deepEqual(applyPatch(before, structuredClone(makePatch(before, after)!)), after);
  });

  it("decimates long curves and says how many points and gaps there were", () => {
    const n = 10_000;
    const view = toRunView(inspection({ series: [series("loss", Array.from({ length: n }, (_, i) => i), Array.from({ length: n }, (_, i) => (i % 1000 === 0 ? NaN : i)))] }));
    assert.ok(view.series[0]!.steps.length <= MAX_POINTS);
    assert.equal(view.series[0]!.points, n);
    assert.equal(view.series[0]!.nonFinite, 10);
  });

  it("lists a kernel that several names share once, and one that shares its storage with no kernel all the same", () => {
    const shared = checkpoint(0, [kernel("stem", 0.1), kernel("stem.alias", 0.1, { sameAs: "stem" }), { ...kernel("ema.head", 0.2), role: "averaged" as const }, kernel("head", 0.2, { sameAs: "ema.head" })]);
    assert.deepEqual(toRunView(inspection({ checkpoints: [shared] })).weights!.kernels.map((k) => k.name), ["stem", "head"]);
  });

  it("lists kernels alone, a column a checkpoint, with gaps where one lacks it", () => {
    const view = toRunView(inspection({ checkpoints: [checkpoint(0, [kernel("a", 0.1), { ...kernel("bias", 1), role: "bias" }]), checkpoint(1, [kernel("a", 0.2), kernel("b", 0.3)])] }));
    const w = view.weights!;
    assert.deepEqual(w.kernels.map((k) => k.name), ["a", "b"]);
    assert.deepEqual([...w.kernels[0]!.meanAbs], [0.1, 0.2]);
    assert.ok(Number.isNaN(w.kernels[1]!.meanAbs[0]));
    assert.equal(w.leftOut, 0);
  });

  it("of too many kernels never leaves out the odd ones", () => {
    const tensors = Array.from({ length: 400 }, (_, i) => kernel(`k${i}`, i === 390 ? 2e-11 : 0.1, i === 395 ? { nan: 3 } : i === 390 ? { tiny: 5 } : {}));
    const w = toRunView(inspection({ checkpoints: [checkpoint(0, tensors)] })).weights!;
    assert.equal(w.kernels.length, MAX_KERNELS);
    assert.equal(w.leftOut, 400 - MAX_KERNELS);
    const names = w.kernels.map((k) => k.name);
    assert.ok(names.includes("k390") && names.includes("k395"));
    assert.deepEqual(names, [...names].sort((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
  });

  it("reads the folder of a kept state, and of nothing else", () => {
    assert.equal(folderOfState({ schema: STATE_SCHEMA, folder: "/runs/a" }), "/runs/a");
    for (const state of [null, 3, {}, { schema: STATE_SCHEMA }, { schema: STATE_SCHEMA + 1, folder: "/a" }, { schema: STATE_SCHEMA, folder: "" }, { schema: STATE_SCHEMA, folder: 3 }]) assert.equal(folderOfState(state), null);
  });
});
