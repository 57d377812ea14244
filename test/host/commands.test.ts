import assert from "node:assert/strict";
import { commands, TabInputText, TabInputWebview, Uri, window, workspace } from "vscode";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeReport } from "../../src/editor/commands/reportCommands";
import { doors, eventually, extension, readRun, runFolder, SICK, workspaceFolder } from "./doors";

interface Declared {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe("commands", () => {
  it("are all registered that are declared", async () => {
    await doors();
    const there = new Set(await commands.getCommands(true));
    const { contributes } = extension().packageJSON as Declared;
    assert.ok(contributes.commands.length > 10);
    assert.deepEqual(contributes.commands.map((c) => c.command).filter((name) => !there.has(name)), []);
  });

  it("open a run in a panel, once", async () => {
    await readRun(SICK);
    await commands.executeCommand("runDoctor.openRun", runFolder(SICK));
    await commands.executeCommand("runDoctor.openRun", runFolder(SICK));
    const tabs = await eventually("the panel's tab", () => {
      const found = window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => tab.input instanceof TabInputWebview && tab.input.viewType.endsWith("runDoctor.run"));
      return found.length > 0 && found;
    });
    assert.deepEqual(tabs.map((tab) => tab.label), [SICK]);
    await window.tabGroups.close(tabs);
  });

  it("open a place at its line", async () => {
    await commands.executeCommand("runDoctor.openPlace", join(runFolder(SICK), "training.csv"), 3);
    const editor = await eventually("the editor", () => (window.activeTextEditor?.document.uri.path.endsWith("training.csv") === true ? window.activeTextEditor : undefined));
    assert.equal(editor.selection.active.line, 2);
  });

  it("explain a symptom by its page, as a preview", async () => {
    await commands.executeCommand("runDoctor.openDocs", "only-background");
    await eventually("the preview", () => window.tabGroups.all.some((group) => group.tabs.some((tab) => !(tab.input instanceof TabInputText) && /only-background/.test(tab.label))));
  });

  it("take in a folder that is pointed at, and open its run", async () => {
    const { panels } = await doors();
    await commands.executeCommand("runDoctor.inspectFolder", Uri.file(runFolder(SICK)));
    assert.ok(panels.of(runFolder(SICK)));
    await commands.executeCommand("workbench.action.closeAllEditors");
  });

  it("write a report as text and as JSON, and never into a run's folder", async () => {
    const { inspection } = await readRun(SICK);
    assert.ok(inspection);
    const text = Uri.file(join(workspaceFolder(), "report.txt"));
    await writeReport(inspection, text, [runFolder(SICK)]);
    assert.match(new TextDecoder().decode(await workspace.fs.readFile(text)), /only-background since epoch 0/);
    const json = Uri.file(join(workspaceFolder(), "report.json"));
    await writeReport(inspection, json, [runFolder(SICK)]);
    assert.equal((JSON.parse(new TextDecoder().decode(await workspace.fs.readFile(json))) as { schema: string }).schema, "run-doctor/report/1");
    await workspace.fs.delete(text);
    await workspace.fs.delete(json);
    const inside = Uri.file(join(runFolder(SICK), "report.txt"));
    await assert.rejects(writeReport(inspection, inside, [runFolder(SICK)]), /nothing is ever written/);
    assert.ok(!existsSync(inside.fsPath));
  });
});
