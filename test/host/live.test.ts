import assert from "node:assert/strict";
import { appendFileSync, cpSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { doors, eventually, readRun, runFolder, SICK } from "./doors";

const LIVE = "live-run";

describe("a run that is being written", () => {
  after(() => rmSync(runFolder(LIVE), { recursive: true, force: true }));

  it("appears by itself", async () => {
    await readRun(SICK);
    const { runs } = await doors();
    cpSync(runFolder(SICK), runFolder(LIVE), { recursive: true });
    // As a training leaves them, one after the other: files of the same second are a copy.
    const files = readdirSync(runFolder(LIVE), { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
    for (const [i, file] of files.entries()) utimesSync(join(file.parentPath, file.name), Date.now() / 1000 - 3600 + 10 * i, Date.now() / 1000 - 3600 + 10 * i);
    await eventually("the new run is read", () => runs.get(runFolder(LIVE))?.inspection?.lastEpoch === 11);
  });

  it("shows a new row of its log without any action", async () => {
    const { runs, tree } = await doors();
    appendFileSync(join(runFolder(LIVE), "training.csv"), "12,0.858,0.1419,0.8583,0.14165\r\n");
    const begun = Date.now();
    await eventually("the row is read", () => runs.get(runFolder(LIVE))?.inspection?.lastEpoch === 12);
    console.log(`      the row was seen after ${Date.now() - begun} ms`);
    assert.equal(runs.get(runFolder(LIVE))?.inspection?.state, "running");
    assert.match(tree.getChildren().find((row) => row.label === LIVE)?.description ?? "", /13 epochs.*running$/);
  });

  it("shows a new epoch of predictions", async () => {
    const { runs } = await doors();
    const before = runs.get(runFolder(LIVE))!.inspection!.epochs.length;
    const now = new Date();
    cpSync(join(runFolder(LIVE), "predictions", "epoch_012.npz"), join(runFolder(LIVE), "predictions", "epoch_013.npz"));
    utimesSync(join(runFolder(LIVE), "predictions", "epoch_013.npz"), now, now);
    await eventually("the epoch is measured", () => runs.get(runFolder(LIVE))!.inspection!.epochs.length === before + 1);
    console.log(`      the epoch was measured after ${Date.now() - now.getTime()} ms`);
  });

  it("goes when its folder is deleted", async () => {
    const { runs } = await doors();
    rmSync(runFolder(LIVE), { recursive: true });
    await eventually("the run is gone", () => runs.get(runFolder(LIVE)) === undefined);
  });
});
