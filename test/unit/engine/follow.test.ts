import assert from "node:assert/strict";
import { Followed } from "../../../src/engine/follow";
import type { Inspection } from "../../../src/run";

const POLL = { running: 2000, idle: 30_000 };

/** First time (of 100 ms steps) at which a run is due. */
function dueAt(run: Followed, from: number): number {
  for (let now = from; now < 1e8; now += 100) if (run.isDue(now)) return now;
  return Infinity;
}

function ready(state: Inspection["state"]): Followed {
  const run = new Followed("/w/run", "run", POLL);
  // Only the state counts for when it is looked at.
  run.entry.inspection = { state } as Inspection;
  run.inspected(0, 10);
  return run;
}

describe("following a run", () => {
  it("looks often while it is written, seldom when it rests, and not before it was read", () => {
    assert.equal(dueAt(new Followed("/w/run", "run", POLL), 0), Infinity);
    assert.equal(dueAt(ready("running"), 0), 2000);
    assert.equal(dueAt(ready("stalled"), 0), 2000);
    assert.equal(dueAt(ready("finished"), 0), 30_000);
  });

  it("spends at most a twentieth of the time on looking", () => {
    const run = ready("running");
    run.looked(10_000, 900); // 100,000 files
    assert.equal(dueAt(run, 10_000), 28_000);
    run.looked(30_000, 1);
    assert.equal(dueAt(run, 30_000), 32_000);
  });

  it("rests after an inspection, though not for what the first one took", () => {
    const run = new Followed("/w/run", "run", POLL);
    run.inspected(0, 60_000);
    assert.equal(run.rest(0), 0);
    run.inspected(100_000, 1000);
    assert.equal(run.rest(101_000), 4000);
    assert.equal(run.rest(200_000), 0);
  });

  it("is looked at by nobody else while somebody does", () => {
    const run = ready("running");
    run.looking = true;
    assert.equal(run.isDue(5000), false);
    run.looking = false;
    run.work = Promise.resolve();
    assert.equal(run.isDue(5000), false);
  });

  it("waits longer each time that it killed its worker", () => {
    const run = ready("running");
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      run.failed(0, true);
      waits.push(dueAt(run, 0) / 30_000);
    }
    assert.deepEqual(waits, [2, 4, 8, 16, 32, 64, 128, 256, 256, 256, 256, 256]);
    run.inspected(0, 1);
    run.failed(0, true);
    assert.equal(dueAt(run, 0), 60_000);
    run.failed(0, false); // a file was in the way: soon again
    assert.equal(dueAt(run, 0), 30_000);
  });
});
