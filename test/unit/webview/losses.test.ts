/** What the page that compares losses says. */
import assert from "node:assert/strict";
import type { LossNumbers, LossRow, LossTable } from "../../../src/protocol";
import { classRows, facts, furtherNumbers, gained, gainedText, heading, shown, sorted } from "../../../webview/losses/model";

const numbers: LossNumbers = { uniform: 1, background: 0.25, perfect: 0, wrongClass: 0.5, own: null, missing: [null, 0.1], fresh: [0.5, 0.25], collapsed: [1e-3, 1e-6], towardsTruth: -1e-4, onBackground: 2e-4, barrier: 0, maskBarrier: null, weights: { mean: [1e-6, null], ratio: "∞", absentShare: 0.999999 }, absent: 1, unit: "image", scaleShift: 0, float32: [], float16: ["a weight of 1.0e+5 overflows"] };
const row = (id: string, change: Partial<LossRow> = {}): LossRow => ({ id, name: id, formula: "f", source: "s", unit: "image", absentRule: "weight 1e5", traps: [], own: false, outlook: "open", sentence: "It is.", noCode: null, numbers, ...change });
const table = (rows: readonly LossRow[]): LossTable => ({ kind: "table", title: "run", folder: "/run", over: "validation labels y, 4 images", names: [null, "liver"], classes: 2, images: 4, background: 0, batchSize: 8, batchBy: null, instead: null, unknownLoss: null, rows, total: rows.length, error: null });

describe("page of losses", () => {
  it("the run's own loss stays on top", () => {
    const rows = [row("b"), row("own", { own: true, outlook: "dead" }), row("a", { outlook: "trap" })];
    assert.deepEqual(sorted(rows, null).map((r) => r.id), ["own", "b", "a"]);
    assert.deepEqual(sorted(rows, { column: "name", down: false }).map((r) => r.id), ["own", "a", "b"]);
    assert.deepEqual(sorted(rows, { column: "outlook", down: true }).map((r) => r.id), ["own", "b", "a"]);
    const odd = [row("nan", { numbers: { ...numbers, uniform: "NaN" } }), row("none", { numbers: null }), row("one"), row("low", { numbers: { ...numbers, uniform: -1 } })];
    assert.deepEqual(sorted(odd, { column: "uniform", down: false }).map((r) => r.id), ["low", "one", "nan", "none"]);
  });
  it("what background alone brings", () => {
    assert.equal(gained(row("a")), 0.75);
    assert.equal(gainedText(row("a")), "75 %");
    assert.equal(gainedText(row("a", { numbers: { ...numbers, background: 2 } })), "0 %");
    assert.equal(gainedText(row("a", { numbers: { ...numbers, uniform: "NaN" } })), "–");
    assert.equal(gainedText(row("a", { numbers: null })), "–");
  });
  it("numbers as they are read", () => {
    assert.deepEqual([2e-8, -2e-8, 0.1357, "NaN", "∞", null, 123456].map((v) => shown(v as number)), ["0.000", "0.000", "0.136", "NaN", "∞", "–", "123,456"]);
    assert.deepEqual(classRows(table([]), row("a")), [["0 (background)", "1e-6", "0.5", "0.001", "–"], ["1 liver", "∞", "0.25", "1e-6", "0.100"]]);
    assert.deepEqual(classRows(table([]), row("a", { numbers: null })), []);
    assert.ok(furtherNumbers(row("a")).some(([name, text]) => name === "float16" && text === "a weight of 1.0e+5 overflows"));
    assert.ok(furtherNumbers(row("a")).some(([name, text]) => name.startsWith("Denominator") && text === "99.9999 %"));
    assert.ok(!furtherNumbers(row("a")).some(([name]) => name.includes("last prediction")));
  });
  it("the heading says what the run's loss does", () => {
    assert.equal(heading(table([row("a")])), "What each loss would do to these labels");
    assert.equal(heading(table([row("own", { own: true, name: "gdl, this run's loss", outlook: "dead" })])), "gdl: this run's loss has no gradient on these labels");
    assert.match(facts(table([])).join(), /batches of 8 \(assumed: no file tells\)/);
    assert.match(facts({ ...table([]), batchBy: "config.yaml" }).join(), /batches of 8 \(config\.yaml\)/);
  });
});
