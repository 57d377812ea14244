import assert from "node:assert/strict";
import { ConfigurationTarget, window, workspace } from "vscode";
import { doors, eventually, readRun, runFolder, SICK, uriIn } from "./doors";

function set(name: string, value: unknown): Thenable<void> {
  return workspace.getConfiguration("runDoctor").update(name, value, ConfigurationTarget.Workspace);
}

describe("settings", () => {
  afterEach(async () => {
    for (const name of ["runs", "exclude", "thresholds", "decorations.enabled"]) await set(name, undefined);
  });

  it("name the classes and the background of a run, which is inspected again", async () => {
    const { runs } = await doors();
    await readRun(SICK);
    await set("runs", { [SICK]: { classNames: ["paper", "zero"], background: 0 } });
    await eventually("the names are in", () => runs.get(runFolder(SICK))?.inspection?.classes[1]?.name === "zero");
    await set("runs", undefined);
    await eventually("the names are gone", () => runs.get(runFolder(SICK))?.inspection?.classes[1]?.name === null);
  });

  it("pass over what they do not understand", async () => {
    const { settings } = await doors();
    await set("runs", { [SICK]: { background: "zero", labels: 7 } });
    await eventually("the setting is read", () => workspace.getConfiguration("runDoctor").get<Record<string, unknown>>("runs")?.[SICK] !== undefined);
    assert.equal(settings.optionsOf(runFolder(SICK)).background, undefined);
    assert.equal(settings.optionsOf(runFolder(SICK)).labels, undefined);
  });

  it("leave runs out of the view", async () => {
    const { runs, tree } = await doors();
    await readRun(SICK);
    await set("exclude", ["digits-cross-*"]);
    await eventually("the run is left out", () => !tree.getChildren().some((row) => row.label === "digits-cross-entropy"));
    assert.ok(runs.get(runFolder(SICK)));
  });

  it("change the thresholds of rules", async () => {
    const { settings } = await doors();
    await set("thresholds", { "onlyBackground.share": 1 });
    await eventually("the threshold is in", () => settings.optionsOf(runFolder(SICK)).thresholds?.["onlyBackground.share"] === 1);
  });

  it("turn the notes at line ends off", async () => {
    const { inline } = await doors();
    await readRun(SICK);
    const editor = await window.showTextDocument(uriIn(SICK, "training.csv"));
    await eventually("a note", () => inline.notesFor(editor).length === 1);
    await set("decorations.enabled", false);
    await eventually("no note", () => inline.notesFor(editor).length === 0);
  });
});
