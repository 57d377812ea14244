import assert from "node:assert/strict";
import { appendFileSync, cpSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { doors, eventually, readRun, runFolder, SICK } from "./doors";

const LIVE = "live-run";

describe("a run that is being written", () => {
  after(() => rmSync(runFolder(LIVE), { recursive: true, force: true }));

  it("appears by itself", async () => {
    await readRun(SICK);
    const { runs } = await doors();
    cpSync(runFolder(SICK), runFolder(LIVE), { recursive: true });
    await eventually("the new run is read", () => runs.get(runFolder(LIVE))?.inspection?.lastEpoch === 11);
  });

  it("shows a new row of its log without any action", async () => {
    const { runs, tree } = await doors();
    appendFileSync(join(runFolder(LIVE), "training.csv"), "12,0.858,0.1419,0.8583,0.14165\r\n");
    await eventually("the row is read", () => runs.get(runFolder(LIVE))?.inspection?.lastEpoch === 12);
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
  });

  it("goes when its folder is deleted", async () => {
    const { runs } = await doors();
    rmSync(runFolder(LIVE), { recursive: true });
    await eventually("the run is gone", () => runs.get(runFolder(LIVE)) === undefined);
  });
});
