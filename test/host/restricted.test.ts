/** In a workspace that is not trusted: everything is shown, and the workspace's settings reach no file outside of it. */
import assert from "node:assert/strict";
import { ConfigurationTarget, languages, workspace } from "vscode";
import { doors, eventually, extension, readRun, runFolder, SICK } from "./doors";
import { QUESTION } from "./question";

describe("a workspace that is not trusted", () => {
  it("is not trusted, and the extension wakes all the same", async () => {
    assert.equal(workspace.isTrusted, false);
    await eventually("the extension wakes by itself", () => extension().isActive);
    const { inspection } = await readRun(SICK);
    assert.equal(inspection?.findings[0]?.symptom, "only-background");
  });

  it("cannot make us read files outside of it by its settings", async () => {
    const { settings } = await doors();
    await workspace.getConfiguration("runDoctor").update("runs", { [SICK]: { labels: "/etc/labels.npz", predictions: "predictions", background: 0 } }, ConfigurationTarget.Workspace);
    await eventually("the setting is read", () => settings.optionsOf(runFolder(SICK)).predictions === "predictions");
    assert.equal(settings.optionsOf(runFolder(SICK)).labels, undefined);
    assert.equal(settings.optionsOf(runFolder(SICK)).background, 0);
  });

  it("has warnings in loss code, of which nothing is run", async () => {
    const document = await workspace.openTextDocument({ language: "python", content: QUESTION });
    await eventually("a warning", () => languages.getDiagnostics(document.uri).some(({ code }) => typeof code === "object" && code.value === "L2"));
  });
});
