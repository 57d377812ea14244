import assert from "node:assert/strict";
import { lintPython } from "../../../src/lint/check";
import type { RunFacts } from "../../../src/lint/facts";
import { SNIPPETS } from "./snippets/all";

const FACTS: RunFacts = {
  run: "run 7",
  over: "training labels",
  names: ["background", "liver", null],
  background: 0,
  volumes: [1000, 200, 10],
  images: 100,
  imagesWithout: [0, 10, 71],
  batches: { size: 8, count: 12, without: [0, 0, 1] },
};

const messages = (code: string, facts?: RunFacts): string[] => lintPython("loss.py", code, facts === undefined ? {} : { facts }).filter((f) => f.rule === "L21").map((f) => f.message);

describe("L21: what a run that is near says", () => {
  const [perClass, , , weighted] = SNIPPETS.find(([rule]) => rule === "L21")![1].bad;

  it("shares of images and batches without a class, where they differ most", () => {
    for (const snippet of [perClass, weighted]) {
      assert.ok(snippet !== undefined);
      const [message] = messages(snippet.code, FACTS);
      assert.ok(message?.endsWith(" In run 7, class 2 is absent from 71 % of the images, and from 8 % of the batches of 8."), message);
    }
  });

  it("nothing where there are no batches, no difference or no run", () => {
    assert.ok(perClass !== undefined);
    const plain = messages(perClass.code);
    assert.equal(plain.length, 1);
    assert.deepEqual(messages(perClass.code, { ...FACTS, batches: null }), plain);
    assert.deepEqual(messages(perClass.code, { ...FACTS, imagesWithout: [0, 0, 0], batches: { size: 8, count: 12, without: [0, 0, 0] } }), plain);
    assert.deepEqual(messages(perClass.code, { ...FACTS, images: 0 }), plain);
  });
});
