import assert from "node:assert/strict";
import { SeriesCollector } from "../../../../src/read/logs/collector";
import type { Series } from "../../../../src/run";
import { points, series } from "./helpers";

const A = "tb/events.out.tfevents.1";
const B = "tb/events.out.tfevents.2";

function give(collector: SeriesCollector, path: string, tag: string, values: readonly [number, number][], format = "tfevents"): void {
  const sink = collector.sink(path, format);
  for (const [step, value] of values) sink.point(tag, step, value, format === "tfevents" ? 0 : step + 2, NaN);
}

describe("SeriesCollector", () => {
  it("continues event files of a folder in name order, whichever is read first", () => {
    for (const order of [[A, B], [B, A]]) {
      const collector = new SeriesCollector();
      for (const path of order) give(collector, path, "loss", path === A ? [[0, 1], [1, 2], [2, 3]] : [[2, 9], [3, 8]]);
      const all = collector.series();
      assert.deepEqual(points(all, "loss"), [[0, 1], [1, 2], [2, 9], [3, 8]]);
      assert.deepEqual([series(all, "loss").source, series(all, "loss").restarts], [B, 0]);
    }
  });

  it("counts a restart where a later file goes back over an earlier one, by points or by a session's start", () => {
    const collector = new SeriesCollector();
    give(collector, A, "loss", [[0, 1], [1, 2], [2, 3]]);
    give(collector, A, "dice", [[0, 1], [1, 2], [2, 3]]);
    give(collector, B, "loss", [[1, 9]]);
    assert.deepEqual([points(collector.series(), "loss"), series(collector.series(), "loss").restarts], [[[0, 1], [1, 9]], 1]);
    assert.equal(series(collector.series(), "dice").steps.length, 3);
    collector.sink(B, "tfevents").restart(null, 2);
    assert.deepEqual([points(collector.series(), "dice"), series(collector.series(), "dice").restarts], [[[0, 1], [1, 2]], 1]);
    assert.equal(series(collector.series(), "dice").source, A);
  });

  it("keeps other files and other folders apart", () => {
    const collector = new SeriesCollector();
    give(collector, "b.csv", "loss", [[0, 1]], "keras-csv");
    give(collector, "a.csv", "loss", [[0, 2]], "keras-csv");
    give(collector, "tb/train/events.out.tfevents.1", "epoch_loss", [[0, 3]]);
    give(collector, "tb/validation/events.out.tfevents.1", "epoch_loss", [[0, 4]]);
    assert.deepEqual(collector.series().map((s) => [s.source, s.values[0], s.split]), [["a.csv", 2, "train"], ["b.csv", 1, "train"], ["tb/train/events.out.tfevents.1", 3, "train"], ["tb/validation/events.out.tfevents.1", 4, "val"]]);
  });

  it("is the same object while nothing changes, and never changes what it gave", () => {
    const collector = new SeriesCollector();
    give(collector, "a.csv", "loss", [[0, 1], [1, 2]], "keras-csv");
    give(collector, "b.csv", "loss", [[0, 1], [1, 2]], "keras-csv");
    const first = collector.series();
    assert.equal(collector.series(), first);
    collector.sink("a.csv", "keras-csv").restart(null, 1);
    give(collector, "a.csv", "loss", [[1, 7]], "keras-csv");
    assert.deepEqual(points(first, "loss"), [[0, 1], [1, 2]]);
    assert.deepEqual(points(collector.series(), "loss"), [[0, 1], [1, 7]]);
    assert.equal(collector.series()[1], first[1]);
  });

  it("forgets and resets files", () => {
    const collector = new SeriesCollector();
    give(collector, A, "loss", [[0, 1], [1, 2]]);
    give(collector, B, "loss", [[1, 9]]);
    collector.sink(B, "tfevents").reset();
    assert.deepEqual(points(collector.series(), "loss"), [[0, 1], [1, 2]]);
    collector.forget(A);
    collector.forget(B);
    assert.deepEqual(collector.series(), []);
  });

  it("knows what Keras' tags count, and otherwise what is evident", () => {
    const collector = new SeriesCollector();
    const epochs: [number, number][] = [[0, 1], [1, 1], [2, 1], [3, 1]];
    for (const tag of ["epoch_loss", "batch_loss", "Loss/val", "Loss/train"]) give(collector, A, tag, epochs);
    give(collector, A, "evaluation_loss_vs_iterations", [[32, 1]]);
    give(collector, A, "train/step_loss", [[10, 1], [20, 1], [30, 1]]);
    give(collector, "elsewhere/events.out.tfevents.1", "loss", Array.from({ length: 50 }, (_, i) => [i, 1]));
    collector.settle(A, "step");
    assert.deepEqual(Object.fromEntries(collector.series().map((s) => [s.tag, s.unit])), { "epoch_loss": "epoch", "batch_loss": "step", "Loss/val": "epoch", "Loss/train": "epoch", "evaluation_loss_vs_iterations": "step", "train/step_loss": "step", "loss": "step" });
    give(collector, "t.csv", "loss", epochs, "keras-csv");
    collector.settle("t.csv", "epoch");
    assert.equal(collector.series().find((s) => s.source === "t.csv")?.unit, "epoch");
  });

  it("grows to a hundred thousand points, with lines and wall times", () => {
    const collector = new SeriesCollector();
    const sink = collector.sink("a.csv", "keras-csv");
    for (let i = 0; i < 100_000; i++) sink.point("loss", i, -i, i + 2, 1.7e9 + i);
    const loss = series(collector.series(), "loss");
    assert.deepEqual([loss.steps.length, loss.values[99_999], loss.lines?.[99_999], loss.wallTimes?.[50_000]], [100_000, -99_999, 100_001, 1.7e9 + 50_000]);
    // Posting a view would carry its whole buffer along.
    assert.equal(loss.steps.buffer.byteLength, 800_000);
  });

  it("leaves out points on no axis", () => {
    const collector = new SeriesCollector();
    give(collector, "a.csv", "loss", [[NaN, 1], [0, 2]], "keras-csv");
    assert.deepEqual(points(collector.series(), "loss"), [[0, 2]]);
  });

  it("grows as if it were built anew after every point, and what was given stays as it was", () => {
    let seed = 7;
    const random = (n: number): number => Math.floor(((seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32) * n);
    for (let round = 0; round < 20; round++) {
      const growing = new SeriesCollector();
      const done: ((collector: SeriesCollector) => void)[] = [];
      const given: { series: readonly Series[]; copy: unknown }[] = [];
      for (let i = 0; i < 120; i++) {
        const path = `tb/events.out.tfevents.${random(2)}`;
        const tag = `tag${random(2)}`;
        const step = random(12) === 0 ? random(30) : i;
        const action = random(40);
        const value = random(1000);
        const act = (collector: SeriesCollector): void => {
          const sink = collector.sink(path, "tfevents");
          if (action === 0) sink.reset();
          else if (action < 3) sink.restart(action === 1 ? null : tag, step);
          else sink.point(tag, step, value, action % 2 === 0 ? i : 0, action % 3 === 0 ? i : NaN);
        };
        done.push(act);
        act(growing);
        const series = growing.series();
        const anew = new SeriesCollector();
        for (const again of done) again(anew);
        assert.deepEqual(series, anew.series());
        given.push({ series, copy: structuredClone(series) });
      }
      for (const { series, copy } of given) assert.deepEqual(series, copy);
    }
  });
});
