/** The verdict follows from what was measured. */
import assert from "node:assert/strict";
import { verdictOf, type Trained } from "../../../src/losses/trial/verdict";

const SETTING = { from: "some images", steps: 300, seeds: 2, batchNorm: false, images: 40 };
const one = (id: string, seed: number, foreground: number | null, rest: Partial<Trained> = {}): Trained => ({ id, name: `Loss ${id}`, seed, why: "done", step: 300, firstLoss: 1, lastLoss: 0.5, foreground, background: 0.8, ...rest });

describe("trial: verdict", () => {
  const verdict = verdictOf(
    [
      one("a", 0, 0.8), one("a", 1, 0.7),
      one("b", 0, 0.75), one("b", 1, 0.65),
      one("c", 0, 0.7), one("c", 1, 0.1),
      one("d", 0, 0, { background: 1 }), one("d", 1, 0, { background: 0.9995 }),
      one("e", 0, 0.01, { firstLoss: 1, lastLoss: 0.99999, background: 0.1 }), one("e", 1, 0.01, { firstLoss: 1, lastLoss: 1, background: 0.1 }),
      one("f", 0, 0.2), one("f", 1, 0.1),
      one("g", 0, 0.9, { why: "nan", step: 12, message: "Its loss or its gradient was not a finite number in step 13." }), one("g", 1, 0.9),
      one("h", 0, null, { why: "failed", step: 0, message: "It is made for 3 classes, and there are 4." }),
      one("i", 0, 0.1, { why: "stopped", step: 60 }),
    ],
    SETTING,
  );
  const of = (id: string): (typeof verdict.variants)[number] => verdict.variants.find((v) => v.id === id)!;
  it("tells who learned, who did not and how", () => {
    assert.deepEqual(Object.fromEntries(verdict.variants.map((v) => [v.id, v.outcome])), { a: "learned", b: "learned", c: "partly", d: "background", e: "stuck", f: "little", g: "nan", h: "failed", i: "stopped" });
  });
  it("shows the spread over the seeds", () => {
    assert.deepEqual(of("a").foreground, { mean: 0.75, least: 0.7, largest: 0.8 });
    assert.equal(of("a").sentence, "It learned: foreground Dice 0.750 (0.700 to 0.800).");
    assert.equal(of("c").sentence, "It learned from 1 of 2 seeds: foreground Dice 0.400 (0.100 to 0.700).");
    assert.match(of("d").sentence, /^It predicts background alone: 100\.0 % of the voxels, foreground Dice 0\.000\.$/);
    assert.match(of("e").sentence, /^Its loss stood still at 1: foreground Dice 0\.010\.$/);
    assert.match(of("i").sentence, /stopped after step 60/);
  });
  it("names no winner within the spread, and says what it does not tell", () => {
    assert.match(verdict.summary, /^2 variants of 9 learned; the best is Loss a with a foreground Dice of 0\.750 \(0\.700 to 0\.800\), which 1 other reaches within the spread\./);
    assert.match(verdict.summary, /1 predicts background alone: Loss d\./);
    assert.match(verdict.limits, /without batch normalisation, 300 steps, 2 seeds; measured on 40 images; some images/);
    assert.match(verdictOf([one("a", 0, 0.8)], { ...SETTING, seeds: 1 }).limits, /one seed, so that chance is not told from cause/);
  });
  it("from one seed nothing is said of every seed", () => {
    assert.match(verdictOf([one("a", 0, 0.8), one("b", 0, 0.5)], { ...SETTING, seeds: 1 }).summary, /^2 variants of 2 learned; the best is Loss a with a foreground Dice of 0\.800, above all others\.$/);
    assert.match(verdictOf([one("a", 0, 0.8), one("a", 1, 0.7), one("b", 0, 0.5), one("b", 1, 0.6)], SETTING).summary, /above all others from every seed\.$/);
  });
  it("with nobody who learned says so", () => {
    assert.match(verdictOf([one("a", 0, 0.03), one("b", 0, 0, { background: 1 })], SETTING).summary, /^No variant learned\. 1 learned little in this time: Loss a\. 1 predicts background alone: Loss b\.$/);
  });
  it("one who learned where others were stopped is not beaten by them", () => {
    assert.equal(verdictOf([one("a", 0, 0.3), one("b", 0, 0.9, { why: "stopped" })], SETTING).variants.find((v) => v.id === "a")!.outcome, "learned");
  });
});
