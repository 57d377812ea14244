import assert from "node:assert/strict";
import { closedByHistory, runState, type Activity } from "../../../src/engine/state";
import type { Series } from "../../../src/run";

const NOW = 1_700_000_000_000;
const MINUTE = 60_000;

/** Minutes ago, as times. */
const ago = (...minutes: number[]): number[] => minutes.map((m) => NOW - m * MINUTE);

function logged(minutes: readonly number[], unit: Series["unit"] = "epoch"): Series {
  const n = minutes.length;
  return { tag: "loss", split: "train", quantity: "loss", class: null, source: "log", unit, steps: new Float64Array(n), values: new Float64Array(n), lines: null, wallTimes: Float64Array.from(minutes, (m) => (NOW - m * MINUTE) / 1000), restarts: 0 };
}

/** A loss at these epochs. */
const at = (...epochs: number[]): Series => ({ ...logged([]), steps: Float64Array.from(epochs), values: new Float64Array(epochs.length), wallTimes: null });

const CASES: readonly [string, Partial<Activity>, ReturnType<typeof runState>][] = [
  ["no file that a training writes", { times: [] }, "unknown"],
  ["written a moment ago", { times: ago(3, 2, 1, 0) }, "running"],
  ["resting for two hours", { times: ago(123, 122, 121, 120) }, "finished"],
  ["the same, cut off in the middle of a record", { times: ago(123, 122, 121, 120), torn: true }, "stalled"],
  ["slow epochs: an hour each, the last 90 minutes ago", { times: ago(270, 210, 150, 90) }, "running"],
  ["slow epochs, and five hours of silence", { times: ago(480, 420, 360, 300) }, "finished"],
  ["a history was written when the training ended", { times: ago(3, 2, 1, 0), closed: true }, "finished"],
  ["one file, just now", { times: ago(0) }, "running"],
  ["all files of one moment, just now: a copy, of which nothing tells when it was made", { times: ago(0, 0, 0, 0) }, "unknown"],
  ["a copy whose log tells of yesterday", { times: ago(0, 0, 0, 0), series: [logged([1500, 1470, 1440])] }, "finished"],
  ["files of one moment whose log tells of now", { times: ago(0, 0, 0, 0), series: [logged([2, 1, 0])] }, "running"],
  ["a copy made long ago", { times: ago(300, 300, 300, 300) }, "finished"],
  ["the log's own clock tells how slow epochs are", { times: ago(70, 70, 70, 70), series: [logged([130, 100, 70])] }, "running"],
  ["steps do not tell how long an epoch takes", { times: ago(30, 20, 10), series: [logged([10.2, 10.1, 10], "step")] }, "running"],
  ["the last planned epoch is there, just written", { times: ago(3, 2, 1, 0), series: [at(0, 1, 2)], planned: 3 }, "finished"],
  ["the same, counted from 1", { times: ago(3, 2, 1, 0), series: [at(1, 2, 3)], planned: 3 }, "finished"],
  ["fewer than planned", { times: ago(3, 2, 1, 0), series: [at(0, 1, 2)], planned: 4 }, "running"],
  ["fewer than planned, and quiet: it may have stopped early", { times: ago(123, 122, 121, 120), series: [at(0, 1, 2)], planned: 100 }, "finished"],
  ["more than planned: the plan is another run's", { times: ago(3, 2, 1, 0), series: [at(0, 1, 2, 3)], planned: 3 }, "running"],
  ["planned, but one loss is not there yet", { times: ago(3, 2, 1, 0), series: [at(0, 1, 2), at(0, 1)], planned: 3 }, "running"],
  ["planned and there, but a file ends in the middle of a record", { times: ago(3, 2, 1, 0), series: [at(0, 1, 2)], planned: 3, torn: true }, "running"],
  ["a wall time that is no number", { times: ago(0, 0, 0), series: [{ ...logged([0]), wallTimes: Float64Array.of(NaN) }] }, "unknown"],
];

describe("state of a run", () => {
  for (const [what, given, state] of CASES) {
    it(`${what}: ${state}`, () => {
      assert.equal(runState({ times: [], series: [], closed: false, torn: false, now: NOW, ...given }), state);
    });
  }

  it("is closed by a history that was written once, after the log", () => {
    const log = { mtime: 1000_000, begun: null };
    assert.equal(closedByHistory([log, { mtime: 1000_010, begun: 1000_005 }]), true);
    assert.equal(closedByHistory([log, { mtime: 1000_000, begun: 1000_000 }]), true);
    // Older than the log: of an earlier training, or of its first phase.
    assert.equal(closedByHistory([log, { mtime: 999_000, begun: 999_000 }]), false);
    // Written after every epoch.
    assert.equal(closedByHistory([log, { mtime: 1000_010, begun: 900_000 }]), false);
    // Alone it says nothing: it may be all that there is, epoch after epoch.
    assert.equal(closedByHistory([{ mtime: 1000_010, begun: 1000_005 }]), false);
    assert.equal(closedByHistory([log]), false);
    assert.equal(closedByHistory([]), false);
  });
});
