import assert from "node:assert/strict";
import { tensorBoardJson } from "../../../../src/read/logs/tensorBoardJson";
import { points, readWhole, series, text } from "./helpers";

const CURVE = '[[1700000000.5, 0, 0.5], [1700000001.5, 10, "NaN"], [1700000002.5, 20, NaN], [1700000003.5, 30, 0.25]]';

describe("tensorBoardJson", () => {
  it("takes tag and split from the file's name, and wall times", () => {
    const { series: all } = readWhole(tensorBoardJson, text(CURVE), "run-validation-tag-epoch_loss.json");
    assert.deepEqual(points(all, "epoch_loss"), [[0, 0.5], [10, NaN], [20, NaN], [30, 0.25]]);
    assert.deepEqual([series(all, "epoch_loss").split, series(all, "epoch_loss").wallTimes?.[3]], ["val", 1700000003.5]);
  });

  it("gives no point that is cut off", () => {
    for (let n = 0; n < CURVE.length; n++) {
      const { series: all } = readWhole(tensorBoardJson, text(CURVE.slice(0, n)), "run-a-tag-loss.json");
      if (all.length > 0) assert.deepEqual(points(all, "loss"), [[0, 0.5], [10, NaN], [20, NaN], [30, 0.25]].slice(0, all[0]!.steps.length));
    }
  });

  it("claims curves alone", () => {
    const probe = (name: string, content: string): boolean => tensorBoardJson.probe(name, text(content));
    assert.ok(probe("run-a-tag-loss.json", CURVE));
    assert.ok(probe("all_scalars.json", `{"runs/a/loss": ${CURVE}}`));
    assert.ok(probe("all_scalars.json", `{"runs/a/loss": ${CURVE}}`.slice(0, 60)));
    for (const [name, content] of [["boxes.json", CURVE], ["run-a-tag-loss.json", "[[1, 2, 3]]"], ["a.json", '{"a/b": [[1, 2, 3]]}'], ["a.json", "{}"], ["run-a-tag-loss.json", "[]"], ["a.json", '{"a/b": 3}']] as const) assert.ok(!probe(name, content), content);
  });
});
