import assert from "node:assert/strict";
import { SeriesCollector } from "../../../../src/read/logs/collector";
import { trainerState } from "../../../../src/read/logs/trainerState";
import { memory, NO_TOOLS, points, readWhole, series, text } from "./helpers";

function state(upTo: number, loss = 1): string {
  const rows = [];
  for (let step = 10; step <= upTo; step += 10) rows.push({ loss: loss / step, epoch: step / 100, step });
  return JSON.stringify({ epoch: upTo / 100, global_step: upTo, log_history: rows, max_steps: 100, num_train_epochs: 1 }, null, 2);
}

function gather(files: Readonly<Record<string, string>>): ReturnType<SeriesCollector["series"]> {
  const collector = new SeriesCollector();
  for (const [path, content] of Object.entries(files)) collector.settle(path, trainerState.read(memory(text(content), path), null, collector.sink(path, trainerState.name), NO_TOOLS).unit);
  return collector.series();
}

describe("trainerState", () => {
  it("gives the history once, from the state that goes furthest, in whichever order they are read", () => {
    const files = { "out/checkpoint-50/trainer_state.json": state(50), "out/checkpoint-100/trainer_state.json": state(100), "out/checkpoint-30/trainer_state.json": state(30) };
    for (const order of [Object.entries(files), Object.entries(files).reverse()]) {
      const all = gather(Object.fromEntries(order));
      assert.equal(all.filter((s) => s.tag === "loss").length, 1);
      assert.deepEqual([series(all, "loss").steps.length, series(all, "loss").source, series(all, "loss").restarts], [10, "out/checkpoint-100/trainer_state.json", 0]);
    }
  });

  it("keeps trainings of different folders apart", () => {
    const all = gather({ "a/checkpoint-50/trainer_state.json": state(50), "b/trainer_state.json": state(20, 2), "b/checkpoint-10/trainer_state.json": state(10, 2) });
    assert.deepEqual(all.filter((s) => s.tag === "loss").map((s) => [s.source, s.steps.length]), [["a/checkpoint-50/trainer_state.json", 5], ["b/trainer_state.json", 2]]);
  });

  it("gives what a torn file has, and no number that is cut off", () => {
    const whole = state(50);
    for (let n = 0; n < whole.length; n++) {
      const { read, series: all } = readWhole(trainerState, text(whole.slice(0, n)), "trainer_state.json");
      assert.notEqual(read.end, "complete");
      for (const s of all) if (s.tag === "loss") assert.deepEqual(points(all, "loss"), points(readWhole(trainerState, text(whole), "trainer_state.json").series, "loss").slice(0, s.steps.length));
    }
  });

  it("claims its own name alone", () => {
    assert.ok(trainerState.probe("a/checkpoint-5/trainer_state.json", text(state(50)).subarray(0, 100)));
    assert.ok(!trainerState.probe("a/other.json", text(state(50))));
    assert.ok(!trainerState.probe("a/trainer_state.json", text("[1, 2]")));
    assert.ok(!trainerState.probe("a/trainer_state.json", text("")));
  });
});
