import assert from "node:assert/strict";
import { commands, TabInputWebview, window, type Tab } from "vscode";
import { TOY_FOLDER, type LossTable } from "../../src/protocol";
import { doors, eventually, readRun, runFolder, SICK } from "./doors";

/** The table of a panel, once it is whole. */
async function table(folder: string): Promise<LossTable> {
  const { losses } = await doors();
  return eventually(`losses of ${folder}`, () => {
    const state = losses.stateOf(folder);
    return state?.kind === "table" && state.total > 0 && state.rows.length === state.total && state;
  });
}

function tabs(): readonly Tab[] {
  return window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tab.input instanceof TabInputWebview && tab.input.viewType.endsWith("runDoctor.losses"));
}

describe("losses", () => {
  const folder = runFolder(SICK);

  after(async () => {
    await window.tabGroups.close(tabs());
  });

  it("are compared on a run's labels, its own loss first", async () => {
    await readRun(SICK);
    await commands.executeCommand("runDoctor.compareLossVariants", folder);
    const { rows, instead } = await table(folder);
    assert.equal(instead, null);
    assert.ok(rows.length > 10);
    assert.deepEqual(rows.map((row) => row.own), rows.map((_, i) => i === 0));
  });

  it("are trained in a process of their own, one of them skipped, and judged", async () => {
    const { losses } = await doors();
    const trial = losses.trialOf(folder);
    assert.ok(trial);
    await eventually("the trial can begin", () => trial.state.phase === "none");
    trial.start({ data: "synthetic 2-D", variants: ["port.ce", "port.ben_so"], steps: 4, batchNorm: false, seeds: 1 });
    trial.skip("port.ce");
    const { lines, verdict, variants, backend, error } = await eventually("the verdict", () => trial.state.phase === "ended" && trial.state);
    assert.equal(error, null);
    assert.ok(backend !== null);
    assert.deepEqual(variants.map((v) => v.own), [true, false, false]);
    assert.deepEqual(lines.map((l) => l.why), ["done", "stopped", "done"]);
    assert.deepEqual(lines[0]!.steps, [0, 1, 2, 3, 4]);
    assert.match(verdict?.summary ?? "", /1 was stopped: Categorical cross-entropy\./);
    assert.match(verdict?.limits ?? "", /4 steps, one seed/);
    assert.deepEqual(trial.pictures.predicted.map((p) => p.id), [variants[0]!.id, "port.ben_so"]);
    assert.equal(trial.pid, undefined);
  });

  it("are no longer trained when their panel is closed, and what was trained is found again", async () => {
    const { losses } = await doors();
    const trial = losses.trialOf(folder);
    assert.ok(trial);
    trial.start({ data: "synthetic 2-D", variants: ["port.ce"], steps: 400, batchNorm: false, seeds: 1 });
    await eventually("a measurement", () => trial.state.lines.some((l) => l.steps.length > 1));
    const { pid } = trial;
    assert.ok(pid !== undefined);
    process.kill(pid, 0);
    await window.tabGroups.close(tabs());
    await eventually("the process is gone", () => !isThere(pid));
    assert.equal(losses.trialOf(folder), undefined);
    await commands.executeCommand("runDoctor.compareLossVariants", folder);
    const kept = await eventually("the results", () => losses.trialOf(folder)?.state.phase === "ended" && losses.trialOf(folder)!.state);
    assert.equal(kept.choice?.steps, 400);
    assert.ok(kept.ended !== null);
    assert.deepEqual(kept.lines.map((l) => l.why), ["stopped", "stopped"]);
  });

  it("are compared on the toy set where there is no run", async () => {
    const { losses } = await doors();
    losses.showToy({ name: "categorical_crossentropy", foundBy: "named in the editor", path: null, line: null, endLine: null, weights: null });
    const { rows, instead, classes } = await table(TOY_FOLDER);
    assert.match(instead ?? "", /toy set/);
    assert.equal(classes, 11);
    assert.deepEqual([rows[0]!.id, rows[0]!.own], ["port.ce", true]);
  });
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false; // that is the answer
  }
}
